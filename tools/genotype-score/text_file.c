#include "genotype-score/text_file.h"

#include <float.h>
#include <htslib/bgzf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char byte_order_mark[] = "\xef\xbb\xbf"; /* what programs of Windows begin a text with */

enum { BLOCK_BYTES = 1 << 16, LONGEST_LINE_BYTES = 1 << 24 };

struct text_file {
  const char *path;
  BGZF *file;
  char *buffer;
  size_t size_bytes, from, to;
  uint64_t number;
  int ended;
};

text_file *text_file_open(const char *path, fault *f) {
  text_file *t = calloc(1, sizeof *t);
  char *buffer = malloc(2 * BLOCK_BYTES);
  if (!t || !buffer) {
    fault_set(f, EXIT_TROUBLE, "out of memory");
    free(t);
    free(buffer);
    return NULL;
  }
  *t = (text_file){.path = path, .buffer = buffer, .size_bytes = 2 * BLOCK_BYTES};
  t->file = bgzf_open(path, "r");
  if (!t->file) {
    fault_system(f, path, "cannot open it");
    text_file_free(t);
    return NULL;
  }
  return t;
}

static int read_more(text_file *t, fault *f) {
  if (t->from) {
    memmove(t->buffer, t->buffer + t->from, t->to - t->from);
    t->to -= t->from;
    t->from = 0;
  }
  if (t->size_bytes - t->to < BLOCK_BYTES) {
    if (t->size_bytes >= LONGEST_LINE_BYTES)
      return fault_set(f, EXIT_REFUSED, "%s(%llu): the line is too long", t->path, (unsigned long long)t->number + 1);
    char *larger = realloc(t->buffer, t->size_bytes * 2);
    if (!larger)
      return fault_set(f, EXIT_TROUBLE, "out of memory");
    t->buffer = larger;
    t->size_bytes *= 2;
  }
  ssize_t n = bgzf_read(t->file, t->buffer + t->to, BLOCK_BYTES);
  if (n < 0)
    return fault_set(f, EXIT_TROUBLE, "%s: cannot read it, or its compressed data are damaged", t->path);
  t->ended = n == 0;
  t->to += (size_t)n;
  return 0;
}

int text_file_line(text_file *t, view *line, fault *f) {
  size_t seen = 0;
  for (;;) {
    char *start = t->buffer + t->from, *end = memchr(start + seen, '\n', t->to - t->from - seen);
    if (!end && !t->ended) {
      seen = t->to - t->from;
      if (read_more(t, f) != 0)
        return -1;
      continue;
    }
    size_t length = end ? (size_t)(end - start) : t->to - t->from;
    if (!end && length == 0)
      return 0;
    t->from += length + (end != NULL);
    t->number++;
    if (length && start[length - 1] == '\r')
      length--;
    *line = (view){start, length};
    if (t->number == 1 && view_starts(*line, byte_order_mark))
      *line = (view){start + sizeof byte_order_mark - 1, length - (sizeof byte_order_mark - 1)};
    return 1;
  }
}

uint64_t text_file_number(const text_file *t) { return t->number; }

void text_file_free(text_file *t) {
  if (!t)
    return;
  if (t->file)
    bgzf_close(t->file); /* read only */
  free(t->buffer);
  free(t);
}

size_t text_fields(view line, view *fields, size_t most) {
  size_t count = 0;
  const char *at = line.at, *end = line.at + line.length;
  for (;;) {
    const char *tab = memchr(at, '\t', (size_t)(end - at));
    if (count < most)
      fields[count] = view_between(at, tab ? tab : end);
    count++;
    if (!tab)
      return count;
    at = tab + 1;
  }
}

int text_column(const view *fields, size_t count, const char *name) {
  for (size_t i = 0; i < count; i++)
    if (view_is(fields[i], name))
      return (int)i;
  return -1;
}

/* [+-]digits[.digits][e[+-]digits] with up to 19 digits: the digits as one number and the power of ten behind it. */
typedef struct decimal {
  uint64_t digits;
  int power, negative;
} decimal;

static const char *take_digits(const char *at, const char *end, decimal *d, int *count) {
  for (; at < end && (unsigned)(*at - '0') <= 9; at++, ++*count)
    if (*count < 19)
      d->digits = d->digits * 10 + (unsigned)(*at - '0');
  return at;
}

static int read_decimal(view field, decimal *d) {
  const char *at = field.at, *end = at + field.length;
  int count = 0;
  *d = (decimal){.negative = at < end && *at == '-'};
  at += at < end && (*at == '-' || *at == '+');
  at = take_digits(at, end, d, &count);
  if (at < end && *at == '.') {
    int whole = count;
    at = take_digits(at + 1, end, d, &count);
    d->power = whole - count;
  }
  if (count == 0 || count > 19)
    return -1;
  if (at < end && (*at == 'e' || *at == 'E') && end - at >= 2) {
    int negative = at[1] == '-', power = 0, digits = 0;
    at += 1 + (at[1] == '-' || at[1] == '+');
    for (; at < end && digits < 4 && (unsigned)(*at - '0') <= 9; at++, digits++)
      power = power * 10 + (*at - '0');
    if (digits == 0)
      return -1;
    d->power += negative ? -power : power;
  }
  return at == end ? 0 : -1;
}

int text_real(view field, double *out) {
  /* both factors are exact as doubles, so that one multiplication or division rounds once, to the nearest (Clinger) */
  static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  char text[64], *end;
  decimal d;
  if (FLT_EVAL_METHOD == 0 && read_decimal(field, &d) == 0 && d.digits <= UINT64_C(1) << 53 && d.power >= -22 &&
      d.power <= 22) {
    double value = d.power < 0 ? (double)d.digits / powers[-d.power] : (double)d.digits * powers[d.power];
    *out = d.negative ? -value : value;
    return 0;
  }
  if (field.length == 0 || field.length >= sizeof text)
    return -1;
  for (size_t i = 0; i < field.length; i++) /* no spaces, no hexadecimal, no "nan" */
    if (!strchr("0123456789+-.eE", field.at[i]) || !field.at[i])
      return -1;
  memcpy(text, field.at, field.length);
  text[field.length] = '\0';
  *out = strtod(text, &end);
  return *end == '\0' && isfinite(*out) ? 0 : -1;
}

int text_unsigned(view field, uint64_t limit, uint64_t *out) {
  uint64_t value = 0;
  for (size_t i = 0; i < field.length; i++) {
    unsigned digit = (unsigned)(unsigned char)field.at[i] - '0';
    if (digit > 9 || value > (limit - digit) / 10)
      return -1;
    value = value * 10 + digit;
  }
  *out = value;
  return field.length ? 0 : -1;
}
