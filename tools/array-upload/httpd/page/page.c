/* page.c - opening the link, leaving it, and the files of the page. Rows 2 to 4 of the state table. */
#include <string.h>
#include <strings.h>

#include "array-upload/httpd/httpd.h"
#include "array-upload/httpd/page/page.h"
#include "array-upload/httpd/page/reasons.h"
#include "array-upload/pages/asset.h"
#include "array-upload/util/log.h"

static enum MHD_Result opened(struct visit *v, enum link_outcome outcome) {
  static const char *const reasons[] = {[LINK_EXPIRED] = "link_expired",
                                        [LINK_OVER] = "session_expired",
                                        [LINK_USED] = "already_uploaded",
                                        [LINK_REVOKED] = "session_revoked"};
  struct request *r = v->r;
  if (outcome != LINK_OPENED && outcome != LINK_RESUMED)
    return visit_failed(v, reasons[outcome], 0);
  if (v->page.rejected >= r->server->service->config.attempts)
    return visit_failed(v, "too_many_attempts", 0);
  if (!r->peek)
    log_event("link.opened", "request=s sample=s resumed=b", r->request_id, v->sample.id, outcome == LINK_RESUMED);
  return visit_form(v, 200, NULL);
}

enum MHD_Result page_open(struct request *r) {
  struct visit v = {.r = r};
  json_t *claims;
  enum link_outcome outcome;
  const char *token = request_query(r, "token");
  int64_t now_s = r->now / 1000000;
  if (r->peek && strcmp(r->method, "HEAD") != 0)
    return reply_empty(r, 204); /* looking ahead gets nothing it could keep */
  enum jwt_result valid =
      token == NULL ? JWT_INVALID
                    : keyring_verify(&r->server->keys, r->server->service, r->store, KEY_UPLOAD, token, now_s, &claims);
  if (valid == JWT_INVALID)
    return visit_failed(&v, "link_not_valid", 0);
  int64_t wait = r->peek ? 0 : limit_take(&r->server->rate, 'o', r->bucket, r->server->service->config.rate_opens);
  const char *sample = json_string_value(json_object_get(claims, "sub")),
             *jti = json_string_value(json_object_get(claims, "jti"));
  enum store_result found = STORE_NONE;
  char id[UUID_SIZE];
  if (sample != NULL && jti != NULL && uuid_parse(id, sample) == 0)
    found = store_link_open(r->store, &r->arena, id, jti, valid == JWT_EXPIRED, r->peek || wait > 0,
                            r->server->service->config.page_session_s, r->now, &outcome, &v.page, &v.sample);
  json_decref(claims);
  enum MHD_Result result;
  if (found != STORE_OK) {
    memset(&v.sample, 0, sizeof v.sample);
    result = found == STORE_NONE ? visit_failed(&v, "link_not_valid", 0)
                                 : visit_result(&v, 503, UPLOAD_RESULT_REASON, "service_unavailable");
  } else {
    v.link = arena_printf(&r->arena, "%s/array-data-upload?token=%s", r->server->public_url, token);
    visit_brand(&v);
    result = wait > 0 ? visit_result(&v, 429, UPLOAD_RESULT_REASON, "rate_limited") : opened(&v, outcome);
  }
  visit_end(&v);
  return result;
}

enum MHD_Result page_cancel(struct request *r) {
  struct visit v;
  enum MHD_Result result;
  if (body_parse(r, &result) != 0)
    return result;
  visit_load(&v, r, json_string_value(json_object_get(r->data, "session")));
  v.language = json_string_value(json_object_get(r->data, "lang"));
  if (v.sample.id == NULL)
    result = visit_failed(&v, "link_not_valid", request_wants_json(r));
  else if (visit_failure_url(&v, "user_canceled") != NULL)
    result = visit_failed(&v, "user_canceled", 0);
  else
    result = visit_result(&v, 200, UPLOAD_RESULT_CANCELED, NULL);
  visit_end(&v);
  return result;
}

enum MHD_Result page_asset(struct request *r) {
  asset a;
  if (!asset_find(r->name, &a))
    return reply_not_found(r);
  const char *const extra[] = {"Cache-Control", "public, max-age=31536000, immutable", "ETag", a.etag, NULL};
  const char *match = request_header(r, "If-None-Match");
  if (match != NULL && strstr(match, a.etag) != NULL)
    return reply_bytes(r, 304, NULL, "", 0, extra);
  return reply_bytes(r, 200, a.content_type, a.bytes, a.length, extra);
}
