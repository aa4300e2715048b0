/* brand.h - how a project's hosted page looks and what it asks for, as the API takes it. */
#ifndef ARRAY_UPLOAD_DEEDS_BRAND_H
#define ARRAY_UPLOAD_DEEDS_BRAND_H

#include <jansson.h>

enum { CONSENTS_MAX = 8, CONSENT_PURPOSE_MAX = 32, CONSENT_VERSION_MAX = 64, CONSENT_TEXT_MAX = 4000 };
#define CONSENT_ANALYSIS "analysis"

/* NULL, or what is wrong with it: a sentence that names the key. *key (key may be NULL): which one it is, as long as
 * the brand lives; NULL where it is none. */
const char *brand_fault(const json_t *brand, const char **key);
/* The same about a brand that takes the place of another one: a text that is agreed to is known by its version, so a
 * changed text has a new one. Either may be NULL. */
const char *brand_change_fault(const json_t *before, const json_t *after);

#endif
