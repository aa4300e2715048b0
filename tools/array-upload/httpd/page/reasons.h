/* reasons.h - the reason codes of service.md 3.3, and the page's own four words that never leave it. */
#ifndef ARRAY_UPLOAD_HTTPD_PAGE_REASONS_H
#define ARRAY_UPLOAD_HTTPD_PAGE_REASONS_H

#include <stddef.h>

/* Which part of the form a reason is about. */
enum reason_place { REASON_NOWHERE, REASON_FILE, REASON_CONSENT };

struct reason {
  const char *code;
  unsigned status;
  int retry;    /* the person may try again in the same session */
  int redirect; /* may be appended to redirect_on_failure */
  enum reason_place place;
};
/* The table by place; NULL behind its end. */
const struct reason *reason_at(size_t i);
/* upload_failed for a code that is not known. */
const struct reason *reason_find(const char *code);

#endif
