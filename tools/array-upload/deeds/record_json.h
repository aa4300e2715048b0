/* record_json.h - parts of a sample as JSON that the API, the person's copy and admin all show: in one form. */
#ifndef ARRAY_UPLOAD_DEEDS_RECORD_JSON_H
#define ARRAY_UPLOAD_DEEDS_RECORD_JSON_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "array-upload/store/store.h"

/* New references, the caller's; NULL when memory runs out. */
json_t *record_time_or_null(int64_t micros); /* null for 0: it has not happened */
json_t *record_consents(const struct consent *list, size_t n);
/* `running`: of the sample; the first stage that waits is the one. */
json_t *record_stages(const struct stage *list, size_t n, int running);

#endif
