/* POST /api/v2/array-data-upload-form/: row 1 of the state table. */
#include <stdlib.h>
#include <string.h>

#include "array-upload/httpd/api/api.h"
#include "array-upload/httpd/httpd.h"
#include "array-upload/util/log.h"

enum { METADATA_MAX = 64 * 1024, METADATA_DEPTH = 16, EXPIRES_MIN = 60, EXPIRES_MAX = 3600, EXPIRES_PRESET = 600 };

static int depth(const json_t *value) {
  const char *key;
  json_t *child;
  size_t i;
  int deepest = 0;
  json_object_foreach((json_t *)value, key, child) {
    int d = depth(child);
    deepest = d > deepest ? d : deepest;
  }
  if (json_is_array(value))
    json_array_foreach(value, i, child) {
      int d = depth(child);
      deepest = d > deepest ? d : deepest;
    }
  return json_is_object(value) || json_is_array(value) ? deepest + 1 : 0;
}

static const char *type_name(const json_t *value) {
  return json_is_array(value)     ? "list"
         : json_is_string(value)  ? "str"
         : json_is_integer(value) ? "int"
         : json_is_real(value)    ? "float"
                                  : "bool";
}

const char *metadata_fault(struct request *r, const json_t *metadata, const char **text) {
  *text = NULL;
  if (metadata == NULL || json_is_null(metadata))
    return NULL;
  if (!json_is_object(metadata))
    return arena_printf(&r->arena, "Expected a dictionary of items but got type \"%s\".", type_name(metadata));
  if (depth(metadata) > METADATA_DEPTH)
    return "Ensure this field has no more than 16 levels.";
  char *json = json_text(metadata);
  if (json == NULL)
    return "Value must be valid JSON.";
  size_t n = strlen(json);
  *text = n > METADATA_MAX ? NULL : arena_strdup(&r->arena, json);
  free(json);
  return n > METADATA_MAX ? "Ensure this field has no more than 65536 bytes." : NULL;
}

/* Form bodies carry JSON as text. Takes the place of the text in r->data. */
static void metadata_from_form(struct request *r) {
  const char *text = json_string_value(json_object_get(r->data, "metadata")), *type = request_header(r, "Content-Type");
  if (text == NULL || type == NULL || strstr(type, "json") != NULL)
    return;
  json_t *value = *text == '\0' ? json_null() : json_loads(text, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
  if (value != NULL)
    json_object_set_new(r->data, "metadata", value);
}

/* The API's clients make file names of it, so it must never be empty or lead anywhere. */
static const char *client_id_of(const json_t *metadata, const char *sample) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  const char *id = json_string_value(json_object_get(metadata, "client_id"));
  size_t n = id == NULL ? 0 : strlen(id);
  if (n == 0 || n > 64 || strspn(id, letters) != n || strspn(id, ".") == n)
    return sample;
  return id;
}

/* The project's own list of origins, when it has one, decides too. */
static int origin_allowed(struct request *r, const struct project *p, const char *url) {
  json_t *brand = p->brand == NULL ? NULL : json_loads(p->brand, 0, NULL),
         *list = json_object_get(brand, "redirect_origins"), *item;
  const char *origin = url_origin(&r->arena, url);
  size_t i;
  int allowed = json_array_size(list) == 0;
  json_array_foreach(list, i, item)
      allowed |= json_is_string(item) && origin != NULL && strcmp(json_string_value(item), origin) == 0;
  json_decref(brand);
  return allowed;
}

/* 0 and the project, or an error stands / the answer is the store's (*result). */
static enum store_result project_choose(struct fields *f, const char *id, struct project *p) {
  struct request *r = f->r;
  enum store_result found = id == NULL ? store_project_default(r->store, &r->arena, r->who.organization, p)
                                       : store_project_get(r->store, &r->arena, r->who.organization, id, p);
  if (found == STORE_NONE || (found == STORE_OK && p->locked)) {
    field_error(f, "project_id", "Project does not exist or you do not have privileges to access it.");
    return STORE_OK;
  }
  return found;
}

static enum MHD_Result session_answer(struct request *r, const struct sample *s) {
  char token[JWT_MAX + 1], expires[TIME_SIZE];
  json_t *claims = json_pack("{s:s, s:s, s:I, s:I}", "sub", s->id, "jti", s->jti, "iat",
                             (json_int_t)(s->created / 1000000), "exp", (json_int_t)(s->link_exp / 1000000));
  int failed = claims == NULL || keyring_sign(&r->server->keys, KEY_UPLOAD, claims, token) != 0;
  json_decref(claims);
  if (failed)
    return reply_detail(r, 500, "A server error occurred.");
  time_format(expires, s->link_exp);
  return reply_json(r, 201,
                    json_pack("{s:s, s:s, s:s}", "sample_id", s->id, "url",
                              arena_printf(&r->arena, "%s/array-data-upload?token=%s", r->server->public_url, token),
                              "expires_at", expires));
}

enum MHD_Result api_session_create(struct request *r) {
  enum MHD_Result result;
  int64_t wait = limit_take(&r->server->rate, 'c', r->who.key != NULL ? r->who.key : r->who.user,
                            r->server->service->config.rate_creates);
  if (wait > 0)
    return reply_throttled(r, wait);
  metadata_from_form(r);
  struct fields f = {.r = r, .data = r->data};
  const json_t *metadata = json_object_get(r->data, "metadata");
  struct project project = {0};
  char sample[UUID_SIZE], jti[UUID_SIZE];
  struct session_new in = {.user = r->who.user, .idempotency = request_header(r, "Idempotency-Key")};
  const char *project_id = field_uuid(&f, "project_id", FIELD_NULL);
  const char *fault = metadata_fault(r, metadata, &in.metadata);
  if (fault != NULL)
    field_error(&f, "metadata", fault);
  in.redirect_on_success = field_redirect(&f, "redirect_on_success");
  in.redirect_on_failure = field_redirect(&f, "redirect_on_failure");
  int64_t expires_in = field_integer(&f, "expires_in", EXPIRES_PRESET, EXPIRES_MIN, EXPIRES_MAX);
  if (in.idempotency != NULL && strlen(in.idempotency) > 255)
    field_error(&f, "Idempotency-Key", "Ensure this field has no more than 255 characters.");
  if (f.errors == NULL || json_object_get(f.errors, "project_id") == NULL) {
    enum store_result found = project_choose(&f, project_id, &project);
    if (found != STORE_OK) {
      json_decref(f.errors);
      return reply_store(r, found);
    }
  }
  const char *const urls[2][2] = {{"redirect_on_success", in.redirect_on_success},
                                  {"redirect_on_failure", in.redirect_on_failure}};
  for (int i = 0; i < 2 && project.id != NULL; i++)
    if (*urls[i][1] != '\0' && !origin_allowed(r, &project, urls[i][1]))
      field_error(&f, urls[i][0], "This origin is not allowed for the project.");
  if (fields_failed(&f, &result))
    return result;
  if (uuid_new(sample) != 0 || uuid_new(jti) != 0)
    return reply_detail(r, 500, "A server error occurred.");
  in.sample = sample;
  in.jti = jti;
  in.project = project.id;
  in.client_id = client_id_of(metadata, sample);
  in.link_exp = (r->now / 1000000 + expires_in) * 1000000;
  struct sample made;
  enum store_result stored = store_session_create(r->store, &r->arena, &in, r->now, &made);
  if (stored != STORE_OK)
    return reply_store(r, stored);
  log_event("session.created", "request=s sample=s project=s", r->request_id, made.id, made.project);
  return session_answer(r, &made);
}
