#include "array-upload/util/encode.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "array-upload/util/crypto.h"

static int digit_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

void hex_encode(char *out, const unsigned char *bytes, size_t n) {
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < n; i++) {
    out[2 * i] = digits[bytes[i] >> 4];
    out[2 * i + 1] = digits[bytes[i] & 15];
  }
  out[2 * n] = '\0';
}

int hex_decode(unsigned char *out, size_t n, const char *text) {
  if (strlen(text) != 2 * n)
    return -1;
  for (size_t i = 0; i < n; i++) {
    int high = digit_value(text[2 * i]), low = digit_value(text[2 * i + 1]);
    if (high < 0 || low < 0)
      return -1;
    out[i] = (unsigned char)(high << 4 | low);
  }
  return 0;
}

int base64url_encode(char *out, size_t size, const void *bytes, size_t n) {
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const unsigned char *b = bytes;
  if (n > INT32_MAX / 2 || n / 3 * 4 + (n % 3 ? n % 3 + 1 : 0) >= size)
    return -1;
  size_t used = 0;
  for (size_t i = 0; i < n; i += 3) {
    size_t left = n - i < 3 ? n - i : 3;
    uint32_t group = (uint32_t)b[i] << 16 | (left > 1 ? (uint32_t)b[i + 1] << 8 : 0) | (left > 2 ? b[i + 2] : 0);
    for (size_t k = 0; k <= left; k++)
      out[used++] = alphabet[group >> (18 - 6 * k) & 63];
  }
  out[used] = '\0';
  return (int)used;
}

static int base64url_value(char c) {
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  return c == '-' ? 62 : c == '_' ? 63 : -1;
}

int base64url_decode(unsigned char *out, size_t size, const char *text, size_t n) {
  if (n % 4 == 1 || n > INT32_MAX / 2 || n / 4 * 3 + (n % 4 ? n % 4 - 1 : 0) > size)
    return -1;
  size_t used = 0;
  uint32_t bits = 0;
  unsigned n_bits = 0;
  for (size_t i = 0; i < n; i++) {
    int value = base64url_value(text[i]);
    if (value < 0)
      return -1;
    bits = bits << 6 | (uint32_t)value;
    n_bits += 6;
    if (n_bits >= 8) {
      n_bits -= 8;
      out[used++] = (unsigned char)(bits >> n_bits);
      bits &= (1u << n_bits) - 1;
    }
  }
  return bits != 0 ? -1 : (int)used;
}

static void uuid_write(char out[UUID_SIZE], const unsigned char bytes[16]) {
  char hex[33];
  hex_encode(hex, bytes, 16);
  snprintf(out, UUID_SIZE, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

int uuid_new(char out[UUID_SIZE]) {
  unsigned char bytes[16];
  if (random_bytes(bytes, sizeof bytes) != 0)
    return -1;
  bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
  bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
  uuid_write(out, bytes);
  return 0;
}

int uuid_parse(char out[UUID_SIZE], const char *text) {
  char hex[33];
  size_t length = strnlen(text, UUID_SIZE), used = 0;
  if (length != 36 && length != 32)
    return -1;
  for (size_t i = 0; i < length; i++) {
    int hyphen = length == 36 && (i == 8 || i == 13 || i == 18 || i == 23);
    if (hyphen != (text[i] == '-'))
      return -1;
    if (!hyphen)
      hex[used++] = text[i];
  }
  hex[32] = '\0';
  unsigned char bytes[16];
  if (hex_decode(bytes, sizeof bytes, hex) != 0)
    return -1;
  uuid_write(out, bytes);
  return 0;
}

int number_parse(int64_t *out, const char *text, int64_t min, int64_t max) {
  int negative = *text == '-';
  const char *p = text + negative;
  if (*p == '\0' || strnlen(p, 20) > 19)
    return -1;
  uint64_t value = 0;
  for (; *p != '\0'; p++) {
    if (*p < '0' || *p > '9')
      return -1;
    value = value * 10 + (uint64_t)(*p - '0');
  }
  if (value > INT64_MAX)
    return -1;
  int64_t number = negative ? -(int64_t)value : (int64_t)value;
  if (number < min || number > max)
    return -1;
  *out = number;
  return 0;
}

/* ---- times: civil dates by Howard Hinnant's published day-count formulas
 * --------------------------------------------- */
static void civil_from_days(int64_t days, int64_t *year, int *month, int *day) {
  days += 719468;
  int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  int64_t doe = days - era * 146097;
  int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  int64_t mp = (5 * doy + 2) / 153;
  *day = (int)(doy - (153 * mp + 2) / 5 + 1);
  *month = (int)(mp < 10 ? mp + 3 : mp - 9);
  *year = yoe + era * 400 + (*month <= 2);
}

static int64_t days_from_civil(int64_t year, int month, int day) {
  year -= month <= 2;
  int64_t era = (year >= 0 ? year : year - 399) / 400;
  int64_t yoe = year - era * 400;
  int64_t doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return era * 146097 + doe - 719468;
}

static void time_write(char out[TIME_SIZE], int64_t micros, char between, const char *zone) {
  int64_t seconds = micros / 1000000, fraction = micros % 1000000;
  if (fraction < 0) {
    fraction += 1000000;
    seconds--;
  }
  int64_t days = seconds / 86400, rest = seconds % 86400, year;
  if (rest < 0) {
    rest += 86400;
    days--;
  }
  int month, day;
  civil_from_days(days, &year, &month, &day);
  int n = snprintf(out, TIME_SIZE, "%04d-%02d-%02d%c%02d:%02d:%02d", (int)year, month, day, between, (int)(rest / 3600),
                   (int)(rest / 60 % 60), (int)(rest % 60));
  if (fraction != 0)
    n += snprintf(out + n, TIME_SIZE - (size_t)n, ".%06d", (int)fraction);
  snprintf(out + n, TIME_SIZE - (size_t)n, "%s", zone);
}

void time_format(char out[TIME_SIZE], int64_t micros) { time_write(out, micros, 'T', "Z"); }

void time_format_spaced(char out[TIME_SIZE], int64_t micros) { time_write(out, micros, ' ', "+00:00"); }

void date_format(char out[TIME_SIZE], int64_t micros) {
  time_write(out, micros, ' ', "");
  out[10] = '\0';
}

/* Exactly n digits; moves the text on. */
static int digits_take(const char **text, int n, int *value) {
  *value = 0;
  for (int i = 0; i < n; i++, (*text)++) {
    if (**text < '0' || **text > '9')
      return -1;
    *value = *value * 10 + (**text - '0');
  }
  return 0;
}

static int date_take(const char **text, int64_t *days) {
  int year, month, day, month_back, day_back;
  if (digits_take(text, 4, &year) != 0 || *(*text)++ != '-' || digits_take(text, 2, &month) != 0 || *(*text)++ != '-' ||
      digits_take(text, 2, &day) != 0 || month < 1 || month > 12 || day < 1 || day > 31)
    return -1;
  *days = days_from_civil(year, month, day);
  int64_t year_back;
  civil_from_days(*days, &year_back, &month_back, &day_back);
  return day_back == day ? 0 : -1;
}

static int clock_take(const char **text, int64_t *micros) {
  int hour, minute, second = 0;
  if (digits_take(text, 2, &hour) != 0 || *(*text)++ != ':' || digits_take(text, 2, &minute) != 0)
    return -1;
  int64_t fraction = 0;
  if (**text == ':') {
    (*text)++;
    if (digits_take(text, 2, &second) != 0)
      return -1;
    if (**text == '.' || **text == ',') {
      (*text)++;
      int64_t unit = 100000;
      if (**text < '0' || **text > '9')
        return -1;
      for (; **text >= '0' && **text <= '9'; (*text)++, unit /= 10)
        fraction += (**text - '0') * unit;
    }
  }
  if (hour > 23 || minute > 59 || second > 59)
    return -1;
  *micros = (((int64_t)hour * 60 + minute) * 60 + second) * 1000000 + fraction;
  return 0;
}

static int zone_take(const char **text, int64_t *micros) {
  *micros = 0;
  if (**text == 'Z' || **text == 'z') {
    (*text)++;
    return 0;
  }
  if (**text != '+' && **text != '-' && **text != ' ')
    return 0;
  int sign = *(*text)++ == '-' ? -1 : 1; /* ' ' is a '+' that nobody percent-encoded */
  int hour, minute = 0;
  if (digits_take(text, 2, &hour) != 0)
    return -1;
  if (**text == ':')
    (*text)++;
  if (**text != '\0' && digits_take(text, 2, &minute) != 0)
    return -1;
  if (hour > 23 || minute > 59)
    return -1;
  *micros = sign * ((int64_t)hour * 60 + minute) * 60000000;
  return 0;
}

int time_parse(int64_t *micros, const char *text) {
  int64_t days, clock = 0, zone = 0;
  if (date_take(&text, &days) != 0)
    return -1;
  if (*text == 'T' || *text == 't' || *text == ' ') {
    text++;
    if (clock_take(&text, &clock) != 0 || zone_take(&text, &zone) != 0)
      return -1;
  }
  if (*text != '\0')
    return -1;
  *micros = days * INT64_C(86400000000) + clock - zone;
  return 0;
}

int date_parse(int64_t *micros, const char *text) {
  int64_t days;
  if (date_take(&text, &days) != 0 || *text != '\0')
    return -1;
  *micros = days * INT64_C(86400000000);
  return 0;
}

char *json_text(const json_t *value) {
  char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
  if (text == NULL)
    return NULL;
  json_t *back = json_loads(text, JSON_DECODE_ANY, NULL);
  int same = json_equal(back, value);
  json_decref(back);
  if (same)
    return text;
  free(text);
  return json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
}
