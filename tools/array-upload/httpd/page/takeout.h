/* takeout.h - everything that is held of a sample, as one zip: the files as they were put, and record.json. */
#ifndef ARRAY_UPLOAD_HTTPD_PAGE_TAKEOUT_H
#define ARRAY_UPLOAD_HTTPD_PAGE_TAKEOUT_H

#include "array-upload/httpd/http/request.h"

/* The record for programs: what is held of the sample beside its files; the caller's. NULL on failure. */
json_t *takeout_record(struct request *r, const struct sample *s);
/* The zip as a response; NULL: something could not be read (nothing was answered yet). *size: its bytes. */
struct MHD_Response *takeout_response(struct request *r, const struct sample *s, uint64_t *size);

#endif
