#include "provider/wording.h"

static int is_digit(char c) { return c >= '0' && c <= '9'; }
static int is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

static int in_class(char class, char c) {
  if (class == '9')
    return is_digit(c);
  if (class == 'a')
    return is_letter(c);
  if (class == 'x')
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  if (class == 't')
    return c != ' ';
  if (class == 'v')
    return is_digit(c) || is_letter(c) || (c && strchr(" ._+-/", c));
  return c == ' ';
}

/* *pattern stands behind "%(". Moves both behind what they share; 0 where no word fits. */
static int take_one_of(const char **pattern, const char **at, const char *end) {
  const char *word = *pattern, *close = strchr(word, ')');
  int found = 0;
  while (!found && word < close) {
    size_t n = strcspn(word, "|)");
    if ((size_t)(end - *at) >= n && memcmp(*at, word, n) == 0)
      *at += n, found = 1;
    word += n + 1;
  }
  *pattern = close + 1;
  return found;
}

int wording_matches(const char *pattern, view text) {
  const char *at = text.at, *end = text.at + text.length;
  while (*pattern) {
    if (*pattern != '%') {
      if (at == end || *at != *pattern)
        return 0;
      at++, pattern++;
    } else if (pattern[1] == '(') {
      pattern += 2;
      if (!take_one_of(&pattern, &at, end))
        return 0;
    } else {
      const char *start = at;
      while (at < end && in_class(pattern[1], *at))
        at++;
      if (at == start)
        return 0;
      pattern += 2;
    }
  }
  return at == end;
}

static int wording_is(const header *h, const wording *w) {
  for (size_t i = 0; i + 1 < h->count; i++)
    if (!w->lines[i] || !wording_matches(w->lines[i], header_words(h, i)))
      return 0;
  return !w->lines[h->count - 1];
}

const wording *wording_find(const header *h, const wording *list, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (wording_is(h, &list[i]))
      return &list[i];
  return NULL;
}

static int is_known_line(view text, const wording *list, size_t count) {
  for (size_t i = 0; i < count; i++)
    for (const char *const *l = list[i].lines; *l; l++)
      if (wording_matches(*l, text))
        return 1;
  return 0;
}

unsigned wording_unknown_lines(const header *h, const wording *list, size_t count) {
  unsigned unknown = 0;
  for (size_t i = 0; i + 1 < h->count; i++)
    unknown += !is_known_line(header_words(h, i), list, count);
  return unknown;
}
