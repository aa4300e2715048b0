/* view.h - a piece of somebody else's bytes. Never terminated, never owned. */
#ifndef DTC_BASE_VIEW_H
#define DTC_BASE_VIEW_H

#include <stddef.h>
#include <string.h>

typedef struct view {
  const char *at;
  size_t length;
} view;

static inline view view_of(const char *text) { return (view){text, strlen(text)}; }
static inline view view_between(const char *from, const char *to) { return (view){from, (size_t)(to - from)}; }
/* An empty view may be NULL, which memcmp() may not be given. */
static inline int view_equal(view a, view b) {
  /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): a view with a length has a place */
  return a.length == b.length && (!a.length || memcmp(a.at, b.at, a.length) == 0);
}
static inline int view_is(view a, const char *text) { return view_equal(a, view_of(text)); }
static inline int view_starts(view a, const char *prefix) {
  size_t n = strlen(prefix);
  return a.length >= n && memcmp(a.at, prefix, n) == 0;
}
/* The first place where needle stands in a, or NULL. */
static inline const char *view_find(view a, const char *needle) {
  size_t n = strlen(needle);
  for (size_t i = 0; i + n <= a.length; i++)
    if (memcmp(a.at + i, needle, n) == 0)
      return a.at + i;
  return NULL;
}

#endif
