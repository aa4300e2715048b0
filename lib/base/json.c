#include "base/json.h"

#include "base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void json_begin(json *j, char *text, size_t size_bytes) {
  memset(j, 0, sizeof *j);
  j->text = text;
  j->size_bytes = size_bytes;
}

static void put(json *j, const char *bytes, size_t n) {
  if (j->length < j->size_bytes) {
    size_t room = j->size_bytes - j->length;
    memcpy(j->text + j->length, bytes, n < room ? n : room);
  }
  j->length += n;
}

static void put_char(json *j, char c) { put(j, &c, 1); }

size_t json_end(json *j) {
  if (j->size_bytes)
    j->text[j->length < j->size_bytes ? j->length : j->size_bytes - 1] = '\0';
  return j->length;
}

/* The comma before a member, unless it is the first or the value of a key. */
static void separate(json *j) {
  if (j->after_key) {
    j->after_key = 0;
    return;
  }
  if (j->filled >> j->depth & 1u)
    put_char(j, ',');
  j->filled |= 1u << j->depth;
}

static void open_container(json *j, char bracket) {
  separate(j);
  put_char(j, bracket);
  if (j->depth < 31)
    j->depth++;
  j->filled &= ~(1u << j->depth);
}

static void close_container(json *j, char bracket) {
  put_char(j, bracket);
  if (j->depth)
    j->depth--;
}

void json_object(json *j) { open_container(j, '{'); }
void json_object_end(json *j) { close_container(j, '}'); }
void json_array(json *j) { open_container(j, '['); }
void json_array_end(json *j) { close_container(j, ']'); }

static void put_quoted(json *j, const char *text, size_t length) {
  static const char hex[] = "0123456789abcdef";
  put_char(j, '"');
  for (size_t i = 0; i < length;) {
    unsigned char c = (unsigned char)text[i];
    if (c == '"' || c == '\\') {
      put_char(j, '\\');
      put_char(j, (char)c);
      i++;
    } else if (c < 0x20 || c == 0x7f) {
      char escape[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
      put(j, escape, 6);
      i++;
    } else {
      size_t n = utf8_length((const unsigned char *)text + i, length - i);
      if (n)
        put(j, text + i, n);
      else
        put(j, "\xef\xbf\xbd", 3);
      i += n ? n : 1;
    }
  }
  put_char(j, '"');
}

void json_key(json *j, const char *key) {
  separate(j);
  put_quoted(j, key, strlen(key));
  put_char(j, ':');
  j->after_key = 1;
}

void json_string_n(json *j, const char *text, size_t length) {
  separate(j);
  put_quoted(j, text, length);
}

void json_string(json *j, const char *text) {
  if (text)
    json_string_n(j, text, strlen(text));
  else
    json_null(j);
}

static void put_digits(json *j, uint64_t value, unsigned width) {
  char digits[20];
  unsigned n = 0;
  do
    digits[sizeof digits - ++n] = (char)('0' + value % 10);
  while ((value /= 10) || n < width);
  put(j, digits + sizeof digits - n, n);
}

void json_number(json *j, uint64_t value) {
  separate(j);
  put_digits(j, value, 1);
}

void json_signed(json *j, int64_t value) {
  separate(j);
  if (value < 0)
    put_char(j, '-');
  put_digits(j, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 1);
}

void json_real(json *j, double value, unsigned decimals) {
  if (!(value > -1e15 && value < 1e15)) {
    json_null(j);
    return;
  }
  separate(j);
  if (decimals > 9)
    decimals = 9;
  uint64_t scale = 1;
  for (unsigned k = 0; k < decimals; k++)
    scale *= 10;
  double magnitude = value < 0 ? -value : value;
  uint64_t whole = (uint64_t)magnitude;
  uint64_t fraction = (uint64_t)((magnitude - (double)whole) * (double)scale + 0.5);
  if (fraction >= scale) {
    whole++;
    fraction -= scale;
  }
  if (value < 0 && (whole || fraction))
    put_char(j, '-');
  put_digits(j, whole, 1);
  if (decimals == 0)
    return;
  while (decimals > 1 && fraction % 10 == 0) {
    fraction /= 10;
    decimals--;
  }
  put_char(j, '.');
  put_digits(j, fraction, decimals);
}

void json_double(json *j, double value) {
  char text[32];
  if (!(value > -HUGE_VAL && value < HUGE_VAL)) {
    json_null(j);
    return;
  }
  separate(j);
  snprintf(text, sizeof text, "%.15g", value);
  if (strtod(text, NULL) != value)
    snprintf(text, sizeof text, "%.17g", value);
  put(j, text, strlen(text));
}

void json_bool(json *j, int value) {
  separate(j);
  if (value)
    put(j, "true", 4);
  else
    put(j, "false", 5);
}

void json_null(json *j) {
  separate(j);
  put(j, "null", 4);
}
