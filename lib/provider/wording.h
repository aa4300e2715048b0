/* wording.h - a header's lines against the wordings that a vendor is known to have used. */
#ifndef DTC_VENDOR_WORDING_H
#define DTC_VENDOR_WORDING_H

#include "provider/header.h"

/* A known header: its comment lines without blanks at their ends, NULL at the end of the list. In a line
 *   %9 stands for digits, %x for hex digits, %a for letters, %t for anything but blanks, %_ for blanks, %v for
 * what a version or chip may be called (each one or more), and
 *   %(one|two) for one of the words, each of which must not begin another. */
typedef struct wording {
  const char *format; /* slug */
  const char *const *lines;
} wording;

/* The first of `count` wordings that is the header's, or NULL. */
const wording *wording_find(const header *h, const wording *list, size_t count);
/* How many of the header's lines stand in none of the wordings. */
unsigned wording_unknown_lines(const header *h, const wording *list, size_t count);
/* Whether the whole text is as the pattern says. */
int wording_matches(const char *pattern, view text);

#endif
