/* lines.h - pieces of bytes, cut anywhere, into lines. */
#ifndef DTC_TEXT_LINES_H
#define DTC_TEXT_LINES_H

#include "base/view.h"

#include <dtcgeno.h>

/* One line without its end. The text lives until the next call of lines_next(). */
typedef struct line {
  view text;
  uint64_t number; /* from 1 */
  uint64_t byte;   /* of its first byte, from 0 */
} line;

typedef enum line_end { LINE_END_UNSEEN, LINE_END_LF, LINE_END_CRLF } line_end;

/* Where the text stands. Only lib/text writes the members; `end` and `carried` may be read. */
typedef struct lines {
  dtc_allocator allocator;
  size_t limit; /* bytes of a line, its end not counted */
  char *carry;  /* the beginning of a line whose end has not come yet */
  size_t carried, capacity;
  int spent; /* the carry was handed out and goes with the next call */
  uint64_t number, byte;
  line_end end; /* of every line: what the first one had */
} lines;

void lines_init(lines *l, const dtc_allocator *allocator, uint32_t limit_bytes);
void lines_free(lines *l);

/* Takes the next line off *piece. *got is 0 when the piece is used up and the rest is kept. A line that is whole inside
 * the piece is not copied. Line ends are checked here, the line's bytes by line_check(). */
dtc_status lines_next(lines *l, view *piece, line *out, int *got, dtc_diag *diag);
/* Whether the beginning of a line is kept. */
static inline int lines_held(const lines *l) { return l->carried && !l->spent; }
/* Tells that `count` lines of `length_bytes` together were read past lines_next(). Only while nothing is carried. */
void lines_skip(lines *l, uint64_t count, uint64_t length_bytes);
/* The end of the text: *got is 1 where a line without an end is left, which is then in *out. */
void lines_finish(lines *l, line *out, int *got);

typedef enum line_charset { LINE_ASCII, LINE_ANY_ENCODING } line_charset;

/* Refuses NUL, control characters other than TAB, a carriage return in the middle, what is not ASCII where that is
 * asked for, and in the first line UTF-16 and what is no text at all. */
dtc_status line_check(const line *l, line_charset charset, dtc_diag *diag);
/* Takes the byte order mark of UTF-8 off the text's first line; whether there was one. */
int line_take_bom(line *l);
/* Fills diag with a place in this line: column counts from 1. `expected` is our own words. */
dtc_status line_fault(const line *l, dtc_status status, size_t column, const char *expected, dtc_diag *diag);

#endif
