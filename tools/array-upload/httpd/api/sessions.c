/* POST /api/v2/array-data-upload-form/ */
#include <string.h>

#include "array-upload/httpd/api/api.h"
#include "array-upload/httpd/httpd.h"

static const char embed_hint[] =
    "No site may show the page in a frame. Give the session a redirect to the site, or set "
    "brand.embed_origins of the project by PATCH /api/v2/projects/{id}";

enum { EXPIRES_MIN = 60, EXPIRES_MAX = 3600, EXPIRES_PRESET = 600 };

/* Form bodies carry JSON as text. Takes the place of the text in r->data. */
static void metadata_from_form(struct request *r) {
  const char *text = json_string_value(json_object_get(r->data, "metadata")), *type = request_header(r, "Content-Type");
  if (text == NULL || type == NULL || strstr(type, "json") != NULL)
    return;
  json_t *value = *text == '\0' ? json_null() : json_loads(text, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
  if (value != NULL)
    json_object_set_new(r->data, "metadata", value);
}

void session_read(struct fields *f, struct session_input *in) {
  metadata_from_form(f->r);
  *in = (struct session_input){.project = field_uuid(f, "project_id", FIELD_NULL),
                               .metadata = json_object_get(f->data, "metadata"),
                               .redirect_on_success = field_redirect(f, "redirect_on_success"),
                               .redirect_on_failure = field_redirect(f, "redirect_on_failure"),
                               .expires_in = field_integer(f, "expires_in", EXPIRES_PRESET, EXPIRES_MIN, EXPIRES_MAX),
                               .idempotency = request_header(f->r, "Idempotency-Key")};
}

int64_t session_wait(struct request *r) {
  return limit_take(&r->server->rate, 'c', r->who.key != NULL ? r->who.key : r->who.user,
                    r->server->service->config.rate_creates);
}

/* Who meets an empty frame in their app finds in the answer's headers what to set: its body is the contract's. */
static const char *embedding(struct request *r, const struct session_made *made) {
  const char *list = made->n_origins == 0 ? "'none'" : "";
  for (size_t i = 0; i < made->n_origins && list != NULL; i++)
    list = arena_printf(&r->arena, "%s%s%s", list, i == 0 ? "" : " ", made->origins[i]);
  return list == NULL ? "" : list;
}

enum MHD_Result api_session_create(struct request *r) {
  struct fields f = {.r = r, .data = r->data};
  struct deed d = deed_of(r, &f.faults);
  struct session_input in;
  struct session_made made;
  char expires[TIME_SIZE];
  enum MHD_Result result;
  int64_t wait = session_wait(r);
  if (wait > 0)
    return reply_throttled(r, wait);
  session_read(&f, &in);
  enum store_result done = session_create(&d, &in, &made);
  if (done == STORE_FULL && made.wait > 0)
    return reply_throttled(r, made.wait);
  if (deed_failed(r, done, &f.faults, &result))
    return result;
  time_format(expires, made.sample.link_exp);
  const char *const headers[] = {"X-Embed-Origins", embedding(r, &made), made.n_origins == 0 ? "X-Embed-Hint" : NULL,
                                 embed_hint, NULL};
  r->headers = headers; /* until reply_json() is through */
  result = reply_json(
      r, 201, json_pack("{s:s, s:s, s:s}", "sample_id", made.sample.id, "url", made.url, "expires_at", expires));
  r->headers = NULL;
  return result;
}
