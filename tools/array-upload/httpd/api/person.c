/* POST /api/v2/sample-person-link/{id}: a link to the person's own page. */
#include "array-upload/httpd/api/api.h"
#include "array-upload/httpd/httpd.h"

enum { EXPIRES_MIN = 60, EXPIRES_MAX = 900 };

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
