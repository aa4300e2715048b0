#include "array-upload/pages/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for `more` bytes and the NUL. */
static int buffer_reserve(buffer *b, size_t more) {
  if (b->failed)
    return 0;
  if (more > BUFFER_LIMIT_BYTES || b->length > BUFFER_LIMIT_BYTES - more) {
    b->failed = 1;
    return 0;
  }
  size_t need = b->length + more + 1;
  if (need <= b->capacity)
    return 1;
  size_t wanted = b->capacity ? b->capacity * 2 : 4096;
  while (wanted < need)
    wanted *= 2;
  char *grown = realloc(b->text, wanted);
  if (!grown) {
    b->failed = 1;
    return 0;
  }
  b->text = grown;
  b->capacity = wanted;
  return 1;
}

void buffer_add(buffer *b, const char *bytes, size_t length) {
  if (!buffer_reserve(b, length))
    return;
  if (length)
    memcpy(b->text + b->length, bytes, length);
  b->length += length;
  b->text[b->length] = '\0';
}

void buffer_text(buffer *b, const char *text) {
  if (text)
    buffer_add(b, text, strlen(text));
}

void buffer_char(buffer *b, char c) { buffer_add(b, &c, 1); }

void buffer_format(buffer *b, const char *format, ...) {
  char small[512];
  va_list list;
  va_start(list, format);
  int length = vsnprintf(small, sizeof small, format, list);
  va_end(list);
  if (length < 0) {
    b->failed = 1;
    return;
  }
  if ((size_t)length < sizeof small) {
    buffer_add(b, small, (size_t)length);
    return;
  }
  if (!buffer_reserve(b, (size_t)length))
    return;
  va_start(list, format);
  vsnprintf(b->text + b->length, (size_t)length + 1, format, list);
  va_end(list);
  b->length += (size_t)length;
}

void buffer_free(buffer *b) {
  free(b->text);
  *b = (buffer){0};
}
