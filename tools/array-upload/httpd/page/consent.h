/* consent.h - what a form asks people to agree to, and what it was answered with.
 *
 * A project asks for "analysis" (its brand's consent_version and consent_text), without which there is no upload, and
 * for any number of further uses (brand's further_uses), each a box of its own that may stay empty. The texts that a
 * form showed are kept with its page session; only a box of such a text counts. */
#ifndef ARRAY_UPLOAD_HTTPD_PAGE_CONSENT_H
#define ARRAY_UPLOAD_HTTPD_PAGE_CONSENT_H

#include <jansson.h>
#include <stdint.h>

#include "array-upload/deeds/brand.h"
#include "array-upload/pages/upload_page.h"
#include "array-upload/store/types.h"
#include "array-upload/util/arena.h"

/* A form's boxes as they come in. A purpose that comes twice was not answered: nobody knows which one was meant. */
struct consent_answers {
  size_t n;
  struct consent_answer {
    char purpose[CONSENT_PURPOSE_MAX + 1], version[CONSENT_VERSION_MAX + 1];
    int void_; /* came twice, or is longer than any version */
  } list[CONSENTS_MAX];
};

/* Takes a piece of the form's field `name`. 1 when it is a consent's: "consent", or "consent_" and a purpose. */
int consent_take(struct consent_answers *answers, const char *name, const char *bytes, uint64_t offset, size_t n);

/* What the brand asks for in that language, at most CONSENTS_MAX; texts live in the arena. */
size_t consents_asked(struct arena *a, const json_t *brand, const catalog *language,
                      struct page_consent out[CONSENTS_MAX]);
/* struct page_session's `shown` of such a list, in the arena; NULL: no memory. */
char *consents_shown(struct arena *a, const struct page_consent *list, size_t n);
/* Each text of `shown` (NULL: none) with the time, where its box was ticked. Returns 1, or 0 when the project wants the
 * analysis agreed to and it is not. */
int consents_judge(struct arena *a, const char *shown, int is_wanted, const struct consent_answers *answers,
                   int64_t now, struct consent out[CONSENTS_MAX], size_t *n);
/* 1 when the brand wants the analysis agreed to. */
int consent_wanted(const json_t *brand);

#endif
