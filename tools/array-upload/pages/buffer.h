/* buffer.h - a growable byte buffer for one answer. Append without checking; look at `failed` once, at the end. */
#ifndef ARRAY_UPLOAD_PAGES_BUFFER_H
#define ARRAY_UPLOAD_PAGES_BUFFER_H

#include <stddef.h>

/* The largest page: beyond it an append fails instead of filling the memory. */
#define BUFFER_LIMIT_BYTES ((size_t)8 << 20)

/* Start with {0}. `text` is owned by the buffer, NULL while empty, and always ends in a NUL that `length` does not
 * count. */
typedef struct buffer {
  char *text;
  size_t length, capacity;
  int failed; /* sticky: memory ran out or the limit was passed; the text is not complete */
} buffer;

void buffer_add(buffer *b, const char *bytes, size_t length);
void buffer_text(buffer *b, const char *text); /* NULL adds nothing */
void buffer_char(buffer *b, char c);
void buffer_format(buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Empties it and gives the memory back; the buffer may be used again. */
void buffer_free(buffer *b);

#endif
