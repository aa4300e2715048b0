/* totp.h - time-based one-time passwords (RFC 6238 with its defaults: SHA-1, 30 s, 6 digits), and base32 (RFC 4648). */
#ifndef ARRAY_UPLOAD_UTIL_TOTP_H
#define ARRAY_UPLOAD_UTIL_TOTP_H

#include <stddef.h>
#include <stdint.h>

enum { TOTP_SECRET = 20, TOTP_SECRET_TEXT = 33, TOTP_STEP_S = 30, TOTP_SKEW = 1 };

/* Upper case, no padding; out holds 8 characters for each 5 bytes begun, and a NUL. */
void base32_encode(char *out, const void *bytes, size_t n);
/* n bytes from exactly the text's characters (upper or lower case, no padding). 0 or -1. */
int base32_decode(void *out, size_t n, const char *text);

/* The code of a time step (seconds since 1970 / 30): 0..999999; -1 on failure. */
int totp_code(const unsigned char *secret, size_t n, int64_t step);
/* The step whose code this is, of those within TOTP_SKEW of now and after `used`; -1: none. Takes six digits, blanks
 * between them. */
int64_t totp_match(const unsigned char secret[TOTP_SECRET], const char *code, int64_t now_s, int64_t used);

#endif
