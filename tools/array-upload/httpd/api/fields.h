/* fields.h - fields of a body or a query, checked as Django REST Framework checks them, with its words. Errors collect
 * in one object, so that an answer names all of them. */
#ifndef ARRAY_UPLOAD_HTTPD_API_FIELDS_H
#define ARRAY_UPLOAD_HTTPD_API_FIELDS_H

#include "array-upload/deeds/deed.h"
#include "array-upload/httpd/http/request.h"

/* What a field may be. */
enum { FIELD_REQUIRED = 1, FIELD_NULL = 2, FIELD_BLANK = 4 };

struct fields {
  struct request *r;
  const json_t *data;
  struct faults faults; /* what is wrong so far; a deed adds to it */
};

void field_error(struct fields *f, const char *field, const char *text);
/* Texts live in the request. NULL: not given, null, or wrong (then an error stands). */
const char *field_text(struct fields *f, const char *name, unsigned may, size_t max);
const char *field_uuid(struct fields *f, const char *name, unsigned may);
/* The default where it is not given. */
int64_t field_integer(struct fields *f, const char *name, int64_t preset, int64_t min, int64_t max);
int field_bool(struct fields *f, const char *name, int preset);
/* A redirect: "" for none; https, no user, nothing odd, at most 2048 bytes. */
const char *field_redirect(struct fields *f, const char *name);
/* UUIDs, at least one, at most `max`; *n is 0 when wrong. */
const char *const *field_uuids(struct fields *f, const char *name, size_t max, size_t *n);
/* {field: [texts]} with 400. */
enum MHD_Result reply_faults(struct request *r, const struct faults *faults);
/* 1: the answer was given (400 with all errors). */
int fields_failed(struct fields *f, enum MHD_Result *result);

/* The deed of who asks; its faults are the fields'. */
struct deed deed_of(struct request *r, struct faults *faults);
/* 1: it was not done, and the answer was given: the faults with 400, or what the store said. */
int deed_failed(struct request *r, enum store_result done, const struct faults *faults, enum MHD_Result *result);

/* ---- queries ---- */
/* One of `choices` (NULL-ended); the first one where it is not given or empty. */
const char *query_choice(struct fields *f, const char *name, const char *const *choices);
/* INT64_MIN where it is not given. */
int64_t query_time(struct fields *f, const char *name);

/* ---- pages of results ---- */
struct page page_read(const struct request *r);
/* {"meta":{...},"results":results}; takes over results. */
json_t *page_body(struct request *r, json_t *results, int64_t total, struct page page);
/* A time of the API as JSON. */
json_t *json_time(int64_t micros);

#endif
