/* search.c - what a search in a project's samples finds: any case, and the metadata as people wrote it rather than as
 * JSON escapes it. Done here and not in SQL, whose lower() knows ASCII only in one dialect and which sees `\"` where
 * there is a quote. */
#include <jansson.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "array-upload/store/internal.h"

/* One letter of UTF-8; *n: its bytes. Bytes that are none count as themselves. */
static wint_t letter_of(const char *text, size_t *n) {
  const unsigned char *p = (const unsigned char *)text;
  static const struct {
    unsigned char mask, lead;
    size_t more;
  } forms[] = {{0xe0, 0xc0, 1}, {0xf0, 0xe0, 2}, {0xf8, 0xf0, 3}};
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    if ((*p & forms[i].mask) != forms[i].lead)
      continue;
    wint_t letter = *p & (unsigned char)~forms[i].mask;
    size_t k = 1;
    for (; k <= forms[i].more && (p[k] & 0xc0) == 0x80; k++)
      letter = letter << 6 | (p[k] & 0x3f);
    if (k > forms[i].more) {
      *n = k;
      return letter;
    }
  }
  *n = 1;
  return *p;
}

static locale_t letters(void) {
  static locale_t made; /* a race would make two alike, once */
  if (made == NULL)
    made = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
  return made;
}

static wint_t folded(wint_t letter) {
  locale_t l = letters();
  if (letter < 0x80)
    return letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter;
  return l == NULL ? letter : towlower_l(letter, l);
}

/* Text as folded letters, in the arena; *n of them. NULL: no memory. */
static wint_t *fold(struct arena *a, const char *text, size_t *n) {
  wint_t *out = arena_alloc(a, (strlen(text) + 1) * sizeof *out);
  *n = 0;
  for (size_t bytes; out != NULL && *text != '\0'; text += bytes)
    out[(*n)++] = folded(letter_of(text, &bytes));
  return out;
}

struct needle {
  const wint_t *letters;
  size_t n;
};

static int text_has(const char *text, const struct needle *needle) {
  for (; *text != '\0'; text++) {
    const char *p = text;
    size_t k = 0;
    for (size_t bytes; k < needle->n && *p != '\0' && folded(letter_of(p, &bytes)) == needle->letters[k]; k++)
      p += bytes;
    if (k == needle->n)
      return 1;
  }
  return needle->n == 0;
}

static int value_has(const json_t *value, const struct needle *needle) {
  const char *key;
  json_t *child;
  size_t i;
  json_object_foreach((json_t *)value, key, child) {
    if (text_has(key, needle) || value_has(child, needle))
      return 1;
  }
  if (json_is_array(value))
    json_array_foreach(value, i, child) if (value_has(child, needle)) return 1;
  return json_is_string(value) && text_has(json_string_value(value), needle);
}

static int metadata_has(const char *json, const struct needle *needle) {
  if (json == NULL)
    return 0;
  if (text_has(json, needle)) /* also a key with its value, and numbers, as they stand there */
    return 1;
  json_t *value = json_loads(json, JSON_DECODE_ANY, NULL);
  int found = value_has(value, needle);
  json_decref(value);
  return found;
}

size_t samples_search(struct arena *a, struct sample *samples, size_t n, const char *search) {
  struct needle needle;
  size_t kept = 0;
  needle.letters = fold(a, search, &needle.n);
  for (size_t i = 0; needle.letters != NULL && i < n; i++)
    if (text_has(samples[i].id, &needle) || text_has(samples[i].client_id, &needle) ||
        metadata_has(samples[i].metadata, &needle))
      samples[kept++] = samples[i];
  return kept;
}
