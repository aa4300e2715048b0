#include "array-upload/pages/colour.h"

#include <math.h>
#include <string.h>

enum { ENOUGH = 4500 };

static int hex_digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int colour_parse(const char *text, uint32_t *rgb) {
  if (!text)
    return 0;
  if (*text == '#')
    text++;
  uint32_t value = 0;
  for (int i = 0; i < 6; i++) {
    int digit = hex_digit(text[i]);
    if (digit < 0)
      return 0;
    value = value << 4 | (uint32_t)digit;
  }
  if (text[6])
    return 0;
  *rgb = value;
  return 1;
}

/* Relative luminance, WCAG 2.2's definition. */
static double luminance(uint32_t rgb) {
  static const double weight[3] = {0.2126, 0.7152, 0.0722};
  double sum = 0;
  for (int i = 0; i < 3; i++) {
    double c = (double)(rgb >> (16 - 8 * i) & 0xFF) / 255.0;
    sum += weight[i] * (c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
  }
  return sum;
}

unsigned colour_contrast(uint32_t a, uint32_t b) {
  double la = luminance(a), lb = luminance(b);
  double high = la > lb ? la : lb, low = la > lb ? lb : la;
  return (unsigned)((high + 0.05) / (low + 0.05) * 1000.0);
}

uint32_t colour_ink(uint32_t background) {
  unsigned white = colour_contrast(COLOUR_WHITE, background);
  if (white >= ENOUGH)
    return COLOUR_WHITE;
  /* Only pure black is dark enough for the few greys between the two. */
  return colour_contrast(COLOUR_BLACK, background) >= ENOUGH ? COLOUR_BLACK : 0x000000u;
}

uint32_t colour_readable(uint32_t wanted, uint32_t background) {
  return colour_contrast(wanted, background) >= ENOUGH ? wanted : colour_ink(background);
}
