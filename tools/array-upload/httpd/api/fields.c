#include "array-upload/httpd/api/fields.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "array-upload/httpd/httpd.h"

void field_error(struct fields *f, const char *field, const char *text) {
  fault_add(&f->faults, field, arena_strdup(&f->r->arena, text));
}

enum MHD_Result reply_faults(struct request *r, const struct faults *faults) {
  json_t *errors = json_object();
  for (size_t i = 0; i < faults->n; i++) {
    json_t *list = json_object_get(errors, faults->list[i].field);
    if (list == NULL) {
      list = json_array();
      json_object_set_new(errors, faults->list[i].field, list);
    }
    json_array_append_new(list, json_string(faults->list[i].text));
  }
  return reply_json(r, 400, errors);
}

int fields_failed(struct fields *f, enum MHD_Result *result) {
  if (f->faults.n == 0)
    return 0;
  *result = reply_faults(f->r, &f->faults);
  return 1;
}

struct deed deed_of(struct request *r, struct faults *faults) {
  return (struct deed){.service = r->server->service,
                       .store = r->store,
                       .arena = &r->arena,
                       .keys = &r->server->keys,
                       .public_url = r->server->public_url,
                       .organization = r->who.organization,
                       .user = r->who.user,
                       .actor = r->who.key != NULL ? r->who.key : r->who.user,
                       .request_id = r->request_id,
                       .now = r->now,
                       .faults = faults};
}

int deed_failed(struct request *r, enum store_result done, const struct faults *faults, enum MHD_Result *result) {
  if (done == STORE_OK)
    return 0;
  *result = done == STORE_CONFLICT && faults->n > 0 ? reply_faults(r, faults) : reply_store(r, done);
  return 1;
}

/* The value, or NULL when there is none to look at; what may not be missing or null is an error. */
static const json_t *field_get(struct fields *f, const char *name, unsigned may) {
  const json_t *value = json_object_get(f->data, name);
  if (value == NULL && (may & FIELD_REQUIRED))
    field_error(f, name, "This field is required.");
  if (json_is_null(value)) {
    if (!(may & FIELD_NULL))
      field_error(f, name, "This field may not be null.");
    return NULL;
  }
  return value;
}

const char *field_text(struct fields *f, const char *name, unsigned may, size_t max) {
  const json_t *value = field_get(f, name, may);
  char number[32];
  if (value == NULL)
    return NULL;
  const char *text = json_string_value(value);
  if (json_is_integer(value)) { /* DRF makes text of numbers */
    snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
    text = arena_strdup(&f->r->arena, number);
  }
  if (text == NULL) {
    field_error(f, name, "Not a valid string.");
    return NULL;
  }
  while (*text == ' ' || *text == '\t' || *text == '\n' || *text == '\r')
    text++;
  size_t n = strlen(text), letters = 0;
  while (n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL)
    n--;
  for (size_t i = 0; i < n; i++)
    letters += ((unsigned char)text[i] & 0xc0) != 0x80;
  if (n == 0 && !(may & FIELD_BLANK)) {
    field_error(f, name, "This field may not be blank.");
    return NULL;
  }
  if (letters > max) {
    char message[80];
    snprintf(message, sizeof message, "Ensure this field has no more than %zu characters.", max);
    field_error(f, name, message);
    return NULL;
  }
  return arena_strndup(&f->r->arena, text, n);
}

const char *field_uuid(struct fields *f, const char *name, unsigned may) {
  const json_t *value = field_get(f, name, may);
  char id[UUID_SIZE];
  if (value == NULL)
    return NULL;
  if (!json_is_string(value) || uuid_parse(id, json_string_value(value)) != 0) {
    field_error(f, name, "Must be a valid UUID.");
    return NULL;
  }
  return arena_strdup(&f->r->arena, id);
}

/* "600", 600, 600.0 and "600.0" are integers to DRF; true, "x" and 600.5 are not. */
static int integer_of(const json_t *value, int64_t *out) {
  if (json_is_integer(value)) {
    *out = json_integer_value(value);
    return 0;
  }
  if (json_is_real(value)) {
    double d = json_real_value(value);
    if (d != floor(d) || fabs(d) > 9e15)
      return -1;
    *out = (int64_t)d;
    return 0;
  }
  const char *text = json_string_value(value);
  if (text == NULL)
    return -1;
  char copy[40];
  text += strspn(text, " \t");
  size_t n = strcspn(text, " \t");
  if (n == 0 || n >= sizeof copy || text[n + strspn(text + n, " \t")] != '\0')
    return -1;
  memcpy(copy, text, n);
  copy[n] = '\0';
  char *dot = strchr(copy, '.');
  if (dot != NULL && dot != copy && strspn(dot + 1, "0") == strlen(dot + 1))
    *dot = '\0';
  return number_parse(out, *copy == '+' ? copy + 1 : copy, INT64_MIN, INT64_MAX);
}

int64_t field_integer(struct fields *f, const char *name, int64_t preset, int64_t min, int64_t max) {
  const json_t *value = field_get(f, name, 0);
  int64_t number;
  char text[100];
  if (value == NULL)
    return preset;
  if (integer_of(value, &number) != 0) {
    field_error(f, name, "A valid integer is required.");
  } else if (number < min) {
    snprintf(text, sizeof text, "Ensure this value is greater than or equal to %lld.", (long long)min);
    field_error(f, name, text);
  } else if (number > max) {
    snprintf(text, sizeof text, "Ensure this value is less than or equal to %lld.", (long long)max);
    field_error(f, name, text);
  } else {
    return number;
  }
  return preset;
}

int field_bool(struct fields *f, const char *name, int preset) {
  static const char *const yes[] = {"true", "True", "1", "on", "yes"}, *const no[] = {"false", "False", "0", "off",
                                                                                      "no"};
  const json_t *value = field_get(f, name, 0);
  const char *text = json_string_value(value);
  if (value == NULL)
    return preset;
  if (json_is_boolean(value))
    return json_is_true(value);
  if (json_is_integer(value) && (json_integer_value(value) == 0 || json_integer_value(value) == 1))
    return (int)json_integer_value(value);
  for (size_t i = 0; text != NULL && i < sizeof yes / sizeof *yes; i++)
    if (strcmp(text, yes[i]) == 0 || strcmp(text, no[i]) == 0)
      return strcmp(text, yes[i]) == 0;
  field_error(f, name, "Must be a valid boolean.");
  return preset;
}

const char *const *field_uuids(struct fields *f, const char *name, size_t max, size_t *n) {
  const json_t *value = field_get(f, name, FIELD_REQUIRED), *item;
  size_t i, count = json_array_size(value);
  char text[100], id[UUID_SIZE];
  *n = 0;
  if (value == NULL)
    return NULL;
  if (json_is_string(value)) { /* a form's single value */
    value = json_pack("[O]", value);
    json_object_set_new((json_t *)f->data, name, (json_t *)value);
    count = 1;
  }
  if (!json_is_array(value)) {
    field_error(f, name, "Expected a list of items.");
    return NULL;
  }
  if (count == 0) {
    field_error(f, name, "This list may not be empty.");
    return NULL;
  }
  if (count > max) {
    snprintf(text, sizeof text, "Ensure this field has no more than %zu elements.", max);
    field_error(f, name, text);
    return NULL;
  }
  const char **list = arena_alloc(&f->r->arena, count * sizeof *list);
  json_array_foreach((json_t *)value, i, item) {
    if (list == NULL || !json_is_string(item) || uuid_parse(id, json_string_value(item)) != 0) {
      field_error(f, name, "Must be a valid UUID.");
      return NULL;
    }
    list[i] = arena_strdup(&f->r->arena, id);
  }
  *n = count;
  return list;
}

const char *field_redirect(struct fields *f, const char *name) {
  const char *text = field_text(f, name, FIELD_BLANK, 2048);
  if (text == NULL || *text == '\0')
    return "";
  const char *fault = redirect_fault(&f->r->server->service->config, text);
  if (fault != NULL)
    field_error(f, name, fault);
  return fault != NULL ? "" : text;
}

/* ---- queries -------------------------------------------------------------------------------------------------------
 */
const char *query_choice(struct fields *f, const char *name, const char *const *choices) {
  const char *value = request_query(f->r, name);
  if (value == NULL || *value == '\0')
    return choices[0];
  for (size_t i = 0; choices[i] != NULL; i++)
    if (strcmp(choices[i], value) == 0)
      return choices[i];
  char *text = arena_printf(&f->r->arena, "\"%.60s\" is not a valid choice.", value);
  field_error(f, name, text == NULL ? "Not a valid choice." : text);
  return choices[0];
}

int64_t query_time(struct fields *f, const char *name) {
  const char *value = request_query(f->r, name);
  int64_t micros;
  if (value == NULL || *value == '\0')
    return INT64_MIN;
  if (time_parse(&micros, value) == 0)
    return micros;
  field_error(f, name, "Enter a valid date/time.");
  return INT64_MIN;
}

/* ---- pages ---------------------------------------------------------------------------------------------------------
 */
enum { PAGE_PRESET = 20, PAGE_MAX = 200, ARGUMENTS_MAX = 32 };

struct page page_read(const struct request *r) {
  struct page p = {PAGE_PRESET, 0};
  const char *limit = request_query(r, "limit"), *offset = request_query(r, "offset");
  int64_t n;
  if (limit != NULL && number_parse(&n, limit, 1, INT64_MAX) == 0)
    p.limit = n > PAGE_MAX ? PAGE_MAX : n;
  if (offset != NULL && number_parse(&n, offset, 0, INT64_MAX) == 0)
    p.offset = n;
  return p;
}

struct arguments {
  struct arena *arena;
  const char *names[ARGUMENTS_MAX], *values[ARGUMENTS_MAX];
  size_t n;
};

static void argument_add(struct arguments *a, const char *name, const char *value) {
  size_t at = a->n;
  if (a->n == ARGUMENTS_MAX)
    return;
  for (; at > 0 && strcmp(a->names[at - 1], name) > 0; at--) {
    a->names[at] = a->names[at - 1];
    a->values[at] = a->values[at - 1];
  }
  a->names[at] = name;
  a->values[at] = value;
  a->n++;
}

static enum MHD_Result argument_take(void *cls, enum MHD_ValueKind kind, const char *name, const char *value) {
  (void)kind;
  if (strcmp(name, "limit") != 0 && strcmp(name, "offset") != 0)
    argument_add(cls, name, value == NULL ? "" : value);
  return MHD_YES;
}

static const char *escape(struct arena *a, const char *text) {
  char *out = arena_alloc(a, strlen(text) * 3 + 1), *p = out;
  if (out == NULL)
    return "";
  for (; *text != '\0'; text++) {
    unsigned char c = (unsigned char)*text;
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || strchr("-_.~", c) != NULL)
      *p++ = (char)c;
    else
      p += sprintf(p, "%%%02X", c);
  }
  return out;
}

/* The address of this list at another offset (< 0: without one), keys in order. */
static json_t *page_url(struct request *r, struct page page, int64_t offset) {
  struct arguments a = {.arena = &r->arena};
  MHD_get_connection_values(r->connection, MHD_GET_ARGUMENT_KIND, argument_take, &a);
  argument_add(&a, "limit", arena_printf(&r->arena, "%lld", (long long)page.limit));
  if (offset > 0)
    argument_add(&a, "offset", arena_printf(&r->arena, "%lld", (long long)offset));
  const char *url = request_url(r, r->path);
  for (size_t i = 0; i < a.n && url != NULL; i++)
    url = arena_printf(&r->arena, "%s%c%s=%s", url, i == 0 ? '?' : '&', escape(&r->arena, a.names[i]),
                       escape(&r->arena, a.values[i]));
  return url == NULL ? json_null() : json_string(url);
}

json_t *page_body(struct request *r, json_t *results, int64_t total, struct page page) {
  json_t *next = total - page.limit > page.offset ? page_url(r, page, page.offset + page.limit) : json_null();
  json_t *previous = page.offset > 0 ? page_url(r, page, page.offset - page.limit) : json_null();
  return json_pack("{s:{s:I, s:o, s:o}, s:o}", "meta", "count", (json_int_t)total, "next", next, "previous", previous,
                   "results", results);
}

json_t *json_time(int64_t micros) {
  char text[TIME_SIZE];
  time_format(text, micros);
  return json_string(text);
}
