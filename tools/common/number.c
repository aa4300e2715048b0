#include "common/number.h"

#include <strings.h>

/* The digits at the front; moves *text behind them. 0 where there are none, or too many. */
static int take_digits(const char **text, uint64_t *out) {
  const char *p = *text;
  uint64_t value = 0;
  for (; *p >= '0' && *p <= '9'; p++) {
    uint64_t digit = (uint64_t)(*p - '0');
    if (value > (UINT64_MAX - digit) / 10)
      return 0;
    value = value * 10 + digit;
  }
  if (p == *text)
    return 0;
  *text = p;
  *out = value;
  return 1;
}

int number_read(const char *text, uint64_t *out) {
  uint64_t value;
  if (!take_digits(&text, &value) || *text)
    return 0;
  *out = value;
  return 1;
}

int number_read_bytes(const char *text, uint64_t *out) {
  static const char *const units[] = {"", "K", "M", "G"};
  uint64_t value;
  if (!take_digits(&text, &value))
    return 0;
  for (unsigned i = 0; i < sizeof units / sizeof *units; i++) {
    const char *rest = i ? text + 1 : text;
    if (i && strncasecmp(text, units[i], 1) != 0)
      continue;
    if (*rest && strcasecmp(rest, "B") != 0 && (!i || strcasecmp(rest, "iB") != 0))
      continue;
    if (value > UINT64_MAX >> 10 * i)
      return 0;
    *out = value << 10 * i;
    return 1;
  }
  return 0;
}
