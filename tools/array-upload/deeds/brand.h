/* brand.h - how a project's hosted page looks and what it asks for, as the API takes it. */
#ifndef ARRAY_UPLOAD_DEEDS_BRAND_H
#define ARRAY_UPLOAD_DEEDS_BRAND_H

#include <jansson.h>

enum { CONSENTS_MAX = 8, CONSENT_PURPOSE_MAX = 32, CONSENT_VERSION_MAX = 64, CONSENT_TEXT_MAX = 4000 };
#define CONSENT_ANALYSIS "analysis"

/* NULL, or what is wrong with it: a sentence that names the key. *key (key may be NULL): which one it is, as long as
 * the brand lives; NULL where it is none. */
const char *brand_fault(const json_t *brand, const char **key);

#endif
