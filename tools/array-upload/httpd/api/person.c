/* POST /api/v2/sample-person-link/{id} and sample-consumer-report/{id}: links to the person's own page, and to the
 * report of what was found. */
#include <string.h>

#include "array-upload/httpd/api/api.h"
#include "array-upload/httpd/api/results.h"
#include "array-upload/httpd/httpd.h"

enum { EXPIRES_MIN = 60, EXPIRES_MAX = 900, REPORT_EXPIRES = 600, REPORT_EXPIRES_MAX = 3600 };

enum MHD_Result api_person_link(struct request *r) {
  struct fields f = {.r = r, .data = r->data};
  struct deed d = deed_of(r, &f.faults);
  struct sample s;
  enum MHD_Result result;
  const char *url;
  int64_t expires;
  char until[TIME_SIZE];
  int64_t wait = session_wait(r);
  if (wait > 0)
    return reply_throttled(r, wait);
  if (api_sample_load(r, &s, &result) != 0)
    return result;
  int64_t seconds = field_integer(&f, "expires_in", EXPIRES_MAX, EXPIRES_MIN, EXPIRES_MAX);
  if (deed_failed(r, person_link_create(&d, s.id, LINK_PERSON, seconds, &url, &expires), &f.faults, &result))
    return result;
  time_format(until, expires);
  return reply_json(r, 201, json_pack("{s:s, s:s, s:s}", "sample_id", s.id, "url", url, "expires_at", until));
}

/* Whether there is something to report. */
static int reportable(struct request *r, const char *sample, enum MHD_Result *result) {
  json_t *json = NULL;
  switch (result_read(r, sample, "traits-json", &json)) {
  case RESULT_FOUND:
    json_decref(json);
    return 1;
  case RESULT_NONE:
    *result = reply_detail(r, 404, "This sample has no scores to report.");
    return 0;
  case RESULT_SEALED:
    *result = reply_detail(r, 403, "The results are encrypted for the project's public key.");
    return 0;
  case RESULT_AWAY:
    break;
  }
  *result = reply_unavailable(r);
  return 0;
}

enum MHD_Result api_consumer_report(struct request *r) {
  struct fields f = {.r = r, .data = r->data};
  struct deed d = deed_of(r, &f.faults);
  struct sample s;
  enum MHD_Result result;
  const char *url;
  int64_t expires, wait = session_wait(r);
  char until[TIME_SIZE];
  if (wait > 0)
    return reply_throttled(r, wait);
  if (api_sample_load(r, &s, &result) != 0)
    return result;
  const char *type = field_text(&f, "report_type", 0, 40);
  if (type != NULL && strcmp(type, "prs") != 0)
    field_error(&f, "report_type", arena_printf(&r->arena, "\"%s\" is not a valid choice.", type));
  int64_t seconds = field_integer(&f, "expires_in", REPORT_EXPIRES, EXPIRES_MIN, REPORT_EXPIRES_MAX);
  if (fields_failed(&f, &result) || !reportable(r, s.id, &result) ||
      deed_failed(r, person_link_create(&d, s.id, LINK_REPORT, seconds, &url, &expires), &f.faults, &result))
    return result;
  time_format(until, expires);
  return reply_json(r, 201, json_pack("{s:s, s:s}", "url", url, "expires_at", until));
}
