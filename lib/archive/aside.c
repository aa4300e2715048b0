#include "archive/aside.h"

#include "archive/kind.h"
#include "archive/name.h"

static char lower(char c) { return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c); }

/* In any case, as Windows compares names. */
static int ends_in(view name, const char *lower_end) {
  size_t n = strlen(lower_end);
  if (name.length < n)
    return 0;
  for (size_t i = 0; i < n; i++)
    if (lower(name.at[name.length - n + i]) != lower_end[i])
      return 0;
  return 1;
}

static int is_named(view base, const char *lower_name) {
  return base.length == strlen(lower_name) && ends_in(base, lower_name);
}

aside aside_by_name(view name) {
  view base = name_base(name);
  if (view_starts(name, "__MACOSX/") || view_starts(name, "__MACOSX\\"))
    return ASIDE_APPLE_DOUBLE;
  if (view_is(base, ".DS_Store") || is_named(base, "thumbs.db"))
    return ASIDE_BINARY;
  if (view_starts(base, "._") && base.length > 2)
    return ASIDE_APPLE_DOUBLE;
  if (is_named(base, "desktop.ini") || view_is(base, ".directory"))
    return ASIDE_INI;
  if (ends_in(base, ":zone.identifier") && base.length > strlen(":zone.identifier"))
    return ASIDE_INI;
  return view_is(base, ".localized") ? ASIDE_EMPTY : ASIDE_NONE;
}

uint32_t aside_bytes_max(aside what) {
  switch (what) {
  case ASIDE_APPLE_DOUBLE:
  case ASIDE_BINARY:
    return 1048576; /* icons and window positions: a few KB */
  case ASIDE_INI:
    return 65536;
  case ASIDE_EMPTY:
  case ASIDE_NONE:
    break;
  }
  return 0;
}

/* A section's first line, behind the mark of UTF-8 or UTF-16 and blank lines. */
static int begins_as_ini(const unsigned char *head, size_t length) {
  size_t i = 0;
  if (length >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0)
    i = 3;
  else if (length >= 2 && memcmp(head, "\xff\xfe", 2) == 0)
    i = 2;
  while (i < length && (head[i] == '\r' || head[i] == '\n' || head[i] == ' ' || (i && head[i] == 0)))
    i++;
  return i < length && head[i] == '[';
}

int aside_fits(aside what, const unsigned char *head, size_t length_bytes) {
  if (length_bytes == 0)
    return 1;
  switch (what) {
  case ASIDE_APPLE_DOUBLE:
    return length_bytes >= 4 && memcmp(head, "\0\5\x16\7", 4) == 0; /* RFC 1740, appendix A */
  case ASIDE_BINARY:
    return !kind_is_text(head, length_bytes) && !kind_archive_words(head, length_bytes);
  case ASIDE_INI:
    return begins_as_ini(head, length_bytes);
  case ASIDE_EMPTY:
  case ASIDE_NONE:
    break;
  }
  return 0;
}
