/* support.h - what the suites of text, vendor and table share: files, an allocator that fails, a digest of calls. */
#ifndef DTC_TESTS_SUPPORT_H
#define DTC_TESTS_SUPPORT_H

#include "table/parser.h"

#include <stddef.h>
#include <stdint.h>

/* A file of the source tree, by its path from the top; NUL behind the bytes. Fails the test where it is not there. */
char *support_read(const char *path, size_t *length);
/* The path of a file of the source tree, in a static buffer. */
const char *support_path(const char *path);

/* Counts its blocks; the call number fail_at (from 1; 0 for never) and all after it fail. */
typedef struct support_memory {
  size_t calls, fail_at, blocks;
} support_memory;
dtc_allocator support_allocator(support_memory *m);

/* All that a parser told, folded into two numbers and a few counts. */
typedef struct support_result {
  dtc_status status;
  dtc_diag diag;
  parser_totals totals;
  uint64_t calls, calls_digest, rejects, rejects_digest;
  dtc_status last_reject;
  int headers;
  parser_header header; /* zeros where there is none */
  const char *foreign;
} support_result;

/* The options of a policy with room for small files. */
dtc_options support_options(dtc_policy policy);
/* Parses text in pieces of `chunk` bytes (0: of random sizes), each in a block of its own that is gone afterwards. */
support_result support_parse(const char *text, size_t length, const dtc_options *options, size_t chunk);
/* Fails the test unless both are the same. */
void support_same(const support_result *a, const support_result *b, const char *what);

/* A small generator of numbers, the same everywhere. */
uint32_t support_random(uint64_t *state);

#endif
