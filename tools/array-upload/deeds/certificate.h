/* certificate.h - a signed statement that a sample was deleted: what, when and
 * how, without anything about its genotypes.
 *
 *   {"certificate": TEXT, "public_key": HEX, "signature": HEX}
 *
 * TEXT is a JSON object as text, and exactly its bytes are signed (Ed25519, RFC
 * 8032), so nobody has to write it again the same way to check it. The private
 * key is sealed by the master key among the signing keys, purpose
 * "certificate". */
#ifndef ARRAY_UPLOAD_DEEDS_CERTIFICATE_H
#define ARRAY_UPLOAD_DEEDS_CERTIFICATE_H

#include <jansson.h>

#include "array-upload/service.h"

/* A certificate of a sample whose keys are destroyed and whose objects are
 * gone; *out is the caller's. STORE_NONE: there is no such sample;
 * STORE_CONFLICT: it is not deleted, or its deletion is not through yet. */
enum store_result certificate_make(const struct service *s, struct store *store, struct arena *a, const char *sample,
                                   int64_t now, json_t **out);

enum certificate_check {
  CERTIFICATE_OURS,   /* signed by this service */
  CERTIFICATE_OTHERS, /* whole, but by a key that is not this service's */
  CERTIFICATE_BAD     /* changed, or none at all */
};
/* *text, where it is not BAD, is what was signed; it lives as long as
 * `certificate`. */
enum certificate_check certificate_check(const struct service *s, struct store *store, struct arena *a,
                                         const json_t *certificate, const char **text);
/* The public keys that this service signs with, hex, the newest first (made where
 * there is none); how many. */
size_t certificate_keys(const struct service *s, struct store *store, struct arena *a, const char **out, size_t max);

#endif
