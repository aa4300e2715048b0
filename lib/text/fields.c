#include "text/fields.h"

static void fields_add(fields *f, view field) {
  if (f->count < FIELDS_MAX)
    f->at[f->count] = field;
  f->count++;
}

void fields_split(view line, char separator, fields *out) {
  out->count = 0;
  const char *at = line.at, *end = line.at + line.length;
  for (;;) {
    const char *cut = at < end ? memchr(at, separator, (size_t)(end - at)) : NULL;
    fields_add(out, view_between(at, cut ? cut : end));
    if (!cut)
      return;
    at = cut + 1;
  }
}

size_t fields_split_runs(view line, char separator, fields *out) {
  out->count = 0;
  const char *at = line.at, *end = line.at + line.length;
  for (;;) {
    const char *cut = at < end ? memchr(at, separator, (size_t)(end - at)) : NULL, *stop = cut ? cut : end;
    while (cut && stop > at && stop[-1] == ' ')
      stop--;
    fields_add(out, view_between(at, stop));
    if (!cut)
      return out->count;
    for (at = cut + 1; at < end && (*at == separator || *at == ' ');)
      at++;
  }
}

size_t fields_split_quoted(view line, char separator, fields *out) {
  out->count = 0;
  size_t at = 0;
  for (;;) {
    if (at >= line.length || line.at[at] != '"')
      return at + 1;
    size_t start = ++at;
    while (at < line.length && line.at[at] != '"' && line.at[at] != separator)
      at++;
    if (at >= line.length || line.at[at] != '"')
      return at + 1;
    fields_add(out, (view){line.at + start, at - start});
    at++;
    if (at == line.length)
      return 0;
    if (line.at[at] != separator)
      return at + 1;
    at++;
  }
}

size_t fields_count_loosely(view line, char separator) {
  size_t count = 0;
  int inside = 0;
  for (size_t i = 0; i < line.length; i++) {
    int cut = line.at[i] == separator || line.at[i] == ' ' || line.at[i] == '\t';
    count += !cut && !inside;
    inside = !cut;
  }
  return count;
}
