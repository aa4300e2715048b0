#include "provider/header.h"

#include "base/alloc.h"

void header_init(header *h, const dtc_allocator *allocator) {
  memset(h, 0, sizeof *h);
  h->allocator = *allocator;
}

void header_free(header *h) {
  alloc_release(&h->allocator, h->text);
  alloc_release(&h->allocator, h->marks);
  header_init(h, &h->allocator);
}

int header_add(header *h, const line *l) {
  void *text = h->text, *marks = h->marks;
  int ok = alloc_grow(&h->allocator, &text, &h->capacity, h->length + l->text.length, 1) &&
           alloc_grow(&h->allocator, &marks, &h->marks_capacity, h->count + 1, sizeof *h->marks);
  h->text = text;
  h->marks = marks;
  if (!ok)
    return 0;
  if (l->text.length)
    memcpy(h->text + h->length, l->text.at, l->text.length);
  h->marks[h->count++] = (header_mark){h->length, l->text.length, l->byte};
  h->length += l->text.length;
  return 1;
}

view header_line(const header *h, size_t i) {
  /* no text was stored as long as every line was empty */
  return h->text ? (view){h->text + h->marks[i].offset, h->marks[i].length} : (view){"", 0};
}

view header_words(const header *h, size_t i) {
  view words = header_line(h, i);
  while (words.length && words.at[words.length - 1] == ' ')
    words.length--;
  return words;
}

size_t header_find(const header *h, const char *words) {
  for (size_t i = 0; i + 1 < h->count; i++)
    if (view_find(header_line(h, i), words))
      return i;
  return SIZE_MAX;
}

view header_behind(const header *h, size_t i, const char *label) {
  view l = header_line(h, i);
  view rest = view_between(view_find(l, label) + strlen(label), l.at + l.length);
  while (rest.length && rest.at[rest.length - 1] == ' ')
    rest.length--;
  return rest;
}

view header_columns(const header *h) { return header_line(h, h->count - 1); }

dtc_status header_fault(const header *h, size_t i, dtc_status status, size_t column, const char *expected,
                        dtc_diag *diag) {
  line l = {header_line(h, i), i + 1, h->marks[i].byte};
  return line_fault(&l, status, column, expected, diag);
}
