/* reply.c - answers, with the headers every one of them has. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array-upload/httpd/httpd.h"
#include "array-upload/util/log.h"

/* Headers as the API's frames have them; pages set their own policy over these (reply_bytes' extra). */
static void headers_add(struct request *r, struct MHD_Response *response) {
  static const char *const always[][2] = {{"X-Content-Type-Options", "nosniff"},
                                          {"Cross-Origin-Opener-Policy", "same-origin"},
                                          {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"}};
  static const char *const api[][2] = {{"X-Frame-Options", "DENY"},
                                       {"Referrer-Policy", "same-origin"},
                                       {"Cache-Control", "no-store"},
                                       {"Vary", "Accept, Cookie, Origin"}};
  for (size_t i = 0; i < sizeof always / sizeof *always; i++)
    if (MHD_get_response_header(response, always[i][0]) == NULL)
      MHD_add_response_header(response, always[i][0], always[i][1]);
  if (strncmp(r->path, "/array-data-upload", 18) != 0)
    for (size_t i = 0; i < sizeof api / sizeof *api; i++)
      if (MHD_get_response_header(response, api[i][0]) == NULL)
        MHD_add_response_header(response, api[i][0], api[i][1]);
  if (strncmp(r->server->public_url, "https:", 6) == 0)
    MHD_add_response_header(response, "Strict-Transport-Security", "max-age=63072000");
  MHD_add_response_header(response, "X-Request-Id", r->request_id);
  for (const char *const *h = r->headers; h != NULL && h[0] != NULL; h += 2)
    MHD_add_response_header(response, h[0], h[1]);
  if (r->cookie != NULL)
    MHD_add_response_header(response, "Set-Cookie", r->cookie);
  if (r->cookie_too != NULL)
    MHD_add_response_header(response, "Set-Cookie", r->cookie_too);
}

enum MHD_Result reply_response(struct request *r, unsigned status, struct MHD_Response *response) {
  if (response == NULL)
    return MHD_NO;
  headers_add(r, response);
  r->answered = 1;
  r->status = status;
  enum MHD_Result result = MHD_queue_response(r->connection, status, response);
  MHD_destroy_response(response);
  return result;
}

enum MHD_Result reply_bytes(struct request *r, unsigned status, const char *type, const void *bytes, size_t n,
                            const char *const *extra) {
  struct MHD_Response *response = MHD_create_response_from_buffer(n, (void *)bytes, MHD_RESPMEM_MUST_COPY);
  if (response == NULL)
    return MHD_NO;
  if (type != NULL)
    MHD_add_response_header(response, "Content-Type", type);
  for (; extra != NULL && extra[0] != NULL; extra += 2)
    if (extra[1] != NULL)
      MHD_add_response_header(response, extra[0], extra[1]);
  return reply_response(r, status, response);
}

enum MHD_Result reply_json(struct request *r, unsigned status, json_t *body) {
  char *text = body == NULL ? NULL : json_text(body);
  json_decref(body);
  if (text == NULL) {
    static const char failed[] = "{\"detail\":\"A server error occurred.\"}";
    return reply_bytes(r, 500, "application/json", failed, sizeof failed - 1, NULL);
  }
  static const char *const challenge[] = {"WWW-Authenticate", "Bearer realm=\"api\"", NULL};
  enum MHD_Result result =
      reply_bytes(r, status, "application/json", text, strlen(text), status == 401 ? challenge : NULL);
  free(text);
  return result;
}

enum MHD_Result reply_empty(struct request *r, unsigned status) { return reply_bytes(r, status, NULL, "", 0, NULL); }

enum MHD_Result reply_detail(struct request *r, unsigned status, const char *text) {
  return reply_json(r, status, json_pack("{s:s}", "detail", text));
}

enum MHD_Result reply_field(struct request *r, const char *field, const char *text) {
  return reply_json(r, 400, json_pack("{s:[s]}", field, text));
}

enum MHD_Result reply_not_found(struct request *r) { return reply_detail(r, 404, "Not found."); }

enum MHD_Result reply_forbidden(struct request *r) {
  return reply_detail(r, 403, "You do not have permission to perform this action.");
}

enum MHD_Result reply_throttled(struct request *r, int64_t seconds) {
  char text[100], wait[24];
  snprintf(wait, sizeof wait, "%lld", (long long)seconds);
  snprintf(text, sizeof text, "{\"detail\":\"Request was throttled. Expected available in %lld second%s.\"}",
           (long long)seconds, seconds == 1 ? "" : "s");
  const char *const extra[] = {"Retry-After", wait, NULL};
  return reply_bytes(r, 429, "application/json", text, strlen(text), extra);
}

enum MHD_Result reply_unavailable(struct request *r) {
  char eta[TIME_SIZE], text[200];
  time_format(eta, r->now / 1000000 * 1000000 + INT64_C(60000000));
  int n = snprintf(
      text, sizeof text,
      "{\"maintenance\":true,\"maintenance_eta\":\"%.19s\",\"maintenance_message\":\"The service is not available right"
      " now.\"}",
      eta);
  static const char *const extra[] = {"Retry-After", "60", NULL};
  return reply_bytes(r, 503, "application/json", text, (size_t)n, extra);
}

enum MHD_Result reply_store(struct request *r, enum store_result result) {
  switch (result) {
  case STORE_NONE:
    return reply_not_found(r);
  case STORE_BUSY:
  case STORE_FULL:
    log_event("store.unavailable", "request=s error=s", r->request_id, r->store == NULL ? "" : store_error(r->store));
    return reply_unavailable(r);
  case STORE_OK:
  case STORE_CONFLICT:
  case STORE_ERROR:
    break;
  }
  log_event("store.error", "request=s error=s", r->request_id, r->store == NULL ? "" : store_error(r->store));
  return reply_detail(r, 500, "A server error occurred.");
}
