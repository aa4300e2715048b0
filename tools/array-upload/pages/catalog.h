/* catalog.h - the texts of the hosted page in each language. Constant data: safe from every thread, nothing to free. */
#ifndef ARRAY_UPLOAD_PAGES_CATALOG_H
#define ARRAY_UPLOAD_PAGES_CATALOG_H

#include <stddef.h>
#include <stdint.h>

#include "array-upload/pages/buffer.h"

typedef struct catalog_entry {
  const char *key, *text;
} catalog_entry;

typedef struct catalog {
  const char *language;         /* "en", "de": what <html lang> says */
  const char *direction;        /* "ltr" or "rtl" */
  const catalog_entry *entries; /* sorted by key */
  size_t count;
} catalog;

/* All languages; the first one is the fallback. */
const catalog *catalog_list(size_t *count);
/* The first that is there of: `query` (?lang=), the best match of the header `accept_language`, `project_default`; else
 * the fallback. Any argument may be NULL; only the primary subtag counts (de-AT is de). Never NULL. */
const catalog *catalog_choose(const char *query, const char *accept_language, const char *project_default);
/* NULL where there is no such key. */
const char *catalog_text(const catalog *c, const char *key);

/* What {partner}, {vendor} and {limit} stand for in a text. NULL or empty: the catalog's general words. */
typedef struct catalog_names {
  const char *partner, *vendor;
  uint64_t limit_bytes;
} catalog_names;

/* Appends the plain-text message of a reason code (for JSON); an unknown code gets the text of upload_failed. Not
 * escaped. */
void catalog_reason(buffer *out, const catalog *c, const char *reason, const catalog_names *names);
/* Appends "25 MB", "12.5 MB", "12,5 MB": units of 1,048,576 bytes, at most one decimal, in the language's way. */
void catalog_size(buffer *out, const catalog *c, uint64_t bytes);

#endif
