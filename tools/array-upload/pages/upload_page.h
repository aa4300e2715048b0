/* upload_page.h - the hosted page of one upload, from a plain struct to HTML. Knows neither the store nor the network.
 * All strings are UTF-8, borrowed for the call, and escaped here. */
#ifndef ARRAY_UPLOAD_PAGES_UPLOAD_PAGE_H
#define ARRAY_UPLOAD_PAGES_UPLOAD_PAGE_H

#include <stddef.h>
#include <stdint.h>

#include "array-upload/pages/buffer.h"
#include "array-upload/pages/catalog.h"

#define RETENTION_EVER ((unsigned)-1)

/* How a project looks and what its privacy notice says. Every pointer may be NULL: general words stand in. */
typedef struct page_brand {
  const char *partner;       /* name of the application that sent the person here */
  const char *operator_name; /* who runs this service */
  const char *logo;          /* "data:image/…" or a path on this host; NULL: the partner's name is written */
  const char *colour;        /* "#rrggbb"; anything else is as NULL */
  const char *purpose;       /* what the file is used for, one sentence; NULL: a general one */
  const char *deletion;      /* how to have it deleted, one sentence; NULL: "ask {partner}" */
  const char *privacy_url;   /* the partner's policy; shown when https */
  unsigned retention_days;   /* 0: deleted after the analysis; RETENTION_EVER: not until somebody asks */
} page_brand;

/* A text to agree to. The box is the form's `field` with the version as its value. */
struct page_consent {
  const char *purpose, *field, *version, *text;
  int required; /* no upload without it */
};

typedef struct upload_view {
  const catalog *language; /* of catalog_choose(); NULL: the fallback */
  page_brand brand;
  const char *session; /* token of the page session; goes into the form */
  const char *link; /* absolute address of this upload link, for "Start again", "Copy the link" and the language links;
                       or NULL */
  const char *sample_id;            /* for the host's messages; or NULL */
  uint64_t limit_bytes;             /* largest file */
  unsigned seconds_left;            /* of the page session */
  unsigned extensions_left;         /* 0 where the project has turned them off: no "I need more time" */
  unsigned attempts_left;           /* files that may still be refused; 0: not known */
  const char *success_url;          /* redirect_on_success, or NULL */
  const char *failure_url;          /* redirect_on_failure with its reason already in it, or NULL: "Go back to …" */
  const char *const *embed_origins; /* who may hear more than {type}; may be NULL when embed_count is 0 */
  size_t embed_count;
  const struct page_consent *consents; /* each an unticked box of its own; may be NULL when consent_count is 0 */
  size_t consent_count;
  int rezip;                             /* the page may pack a plain .txt or .csv itself */
  int reason_of_file, reason_of_consent; /* what `reason` is about; else it marks no field of the form */
  const char *reason; /* what went wrong with the form before (no JavaScript), or why this is a result page; or NULL */
  const char *vendor; /* for {vendor} in its text; or NULL */
} upload_view;

typedef enum upload_result {
  UPLOAD_RESULT_DONE,     /* the file is in */
  UPLOAD_RESULT_REASON,   /* view.reason, which allows no other try here */
  UPLOAD_RESULT_CANCELED, /* the person left; the link still works */
  UPLOAD_RESULT_NOT_VALID /* unknown or forged link: nothing of a project is shown */
} upload_result;

/* Appends the page with the form. Returns 1, or 0 when memory ran out (out->failed). */
int upload_page_form(buffer *out, const upload_view *view);
/* Appends a page without a form. Returns as above. */
int upload_page_result(buffer *out, const upload_view *view, upload_result result);

#endif
