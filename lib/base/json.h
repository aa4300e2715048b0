/* json.h - writing JSON (RFC 8259) into a buffer that may be too small; the library and the tools' reports share it. */
#ifndef DTC_BASE_JSON_H
#define DTC_BASE_JSON_H

#include <stddef.h>
#include <stdint.h>

/* Writes as snprintf does: `length` counts what is needed, no byte lands beyond `size_bytes`. No allocation, no locale.
 * Commas are put by the writer; at most 32 levels. */
typedef struct json {
  char *text;
  size_t size_bytes, length;
  unsigned depth;
  uint32_t filled; /* bit d: the container at depth d has a member already */
  int after_key;
} json;

void json_begin(json *j, char *text, size_t size_bytes);
/* Puts the NUL and returns the length needed without it. */
size_t json_end(json *j);

void json_object(json *j);
void json_object_end(json *j);
void json_array(json *j);
void json_array_end(json *j);
/* The name of the next value. */
void json_key(json *j, const char *key);

void json_string(json *j, const char *text); /* NULL writes null. Bytes that are not UTF-8 become U+FFFD */
void json_string_n(json *j, const char *text, size_t length);
void json_number(json *j, uint64_t value);
void json_signed(json *j, int64_t value);
/* `decimals` (0-9) digits, trailing zeros cut down to one; not finite writes null. */
void json_real(json *j, double value, unsigned decimals);
/* All digits that it takes to read the same double again; not finite writes null. The one call that minds a locale: the
 * program must have left LC_NUMERIC alone. */
void json_double(json *j, double value);
void json_bool(json *j, int value);
void json_null(json *j);

#endif
