/* jwt.h - compact JWS, HS256 only (RFC 7515, 7519), as service.md's "JWT" wants it.
 *
 * The algorithm is fixed here, never read from a token: a header whose alg is not HS256, or that has jku, jwk, x5u, x5c
 * or crit, is refused. kid only picks one of the keys that are given. */
#ifndef ARRAY_UPLOAD_UTIL_JWT_H
#define ARRAY_UPLOAD_UTIL_JWT_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

enum { JWT_MAX = 1024, JWT_KEY_SIZE = 32, JWT_IAT_LEEWAY_S = 60 };

struct jwt_key {
  char kid[40];
  unsigned char secret[JWT_KEY_SIZE];
};

enum jwt_result { JWT_OK, JWT_INVALID, JWT_EXPIRED };

/* claims must hold iss, aud, iat, exp. 0 or -1 (too long, no memory). */
int jwt_sign(char out[JWT_MAX + 1], const struct jwt_key *key, const char *typ, const json_t *claims);
/* JWT_OK and JWT_EXPIRED mean that the signature, typ, iss, aud and the claims' forms are right; *claims is then the
 * caller's (json_decref). JWT_INVALID leaves *claims NULL. exp has no leeway: now_s > exp is expired (valid up to and
 * with that second). */
enum jwt_result jwt_verify(const char *token, size_t length, const struct jwt_key *keys, size_t n_keys, const char *typ,
                           const char *iss, const char *aud, int64_t now_s, json_t **claims);

#endif
