/* access.c - coming in: e-mail and password, the second factor, the lock-out, and log-ins that last.
 *
 * The lock-out counts wrong tries of an account, known or not, apart for each browser that has logged in there before
 * (it holds a cookie of its own) and for all others together. So who guesses locks out guessing, for 15 minutes from
 * the first wrong try, and not the people who work here; and what it answers does not tell whether there is such an
 * account. */
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array-upload/deeds/deed.h"
#include "array-upload/util/crypto.h"
#include "array-upload/util/log.h"
#include "array-upload/util/totp.h"

enum { TRIES = 10, CODE = 16 };
static const int64_t window = INT64_C(900000000);

int account_name(const char *email, char out[SHA256_HEX_SIZE]) {
  unsigned char digest[SHA256_SIZE];
  char text[300];
  int n = snprintf(text, sizeof text, "account:%s", email);
  if (n < 0 || (size_t)n >= sizeof text)
    return -1;
  for (char *p = text; *p != '\0'; p++)
    if (*p >= 'A' && *p <= 'Z')
      *p = (char)(*p - 'A' + 'a');
  if (sha256(digest, text, (size_t)n) != 0)
    return -1;
  hex_encode(out, digest, sizeof digest);
  return 0;
}

/* ---- the second factor ---------------------------------------------------------------------------------------------
 */
static const char *factor_label(struct deed *d, const char *user) { return arena_printf(d->arena, "totp:%s", user); }

/* 0, or -1: sealed by another master key, or changed. */
static int secret_open(struct deed *d, const char *user, const char *sealed, unsigned char secret[TOTP_SECRET]) {
  const char *label = factor_label(d, user);
  char *text = label == NULL ? NULL : unseal_text(d->service->master_key, label, sealed);
  int ok = text != NULL && base32_decode(secret, TOTP_SECRET, text) == 0;
  if (text != NULL)
    OPENSSL_cleanse(text, strlen(text));
  free(text);
  return ok ? 0 : -1;
}

/* What a recovery code is kept as: they are random enough for a plain hash. */
static int code_hash(const char *code, char out[2 * SHA512_SIZE + 1]) {
  unsigned char digest[SHA512_SIZE];
  char plain[CODE + 1];
  size_t n = 0;
  for (; *code != '\0'; code++) {
    if (*code == '-' || *code == ' ')
      continue;
    if (n == CODE)
      return -1;
    plain[n++] = *code >= 'a' && *code <= 'z' ? (char)(*code - 'a' + 'A') : *code;
  }
  if (n != CODE || sha512(digest, plain, n) != 0)
    return -1;
  hex_encode(out, digest, sizeof digest);
  return 0;
}

/* STORE_NONE: it is not right, or was used before. */
static enum store_result factor_check(struct deed *d, const char *user, const struct factor *f, const char *code) {
  unsigned char secret[TOTP_SECRET];
  char hash[2 * SHA512_SIZE + 1];
  if (secret_open(d, user, f->sealed, secret) != 0)
    return STORE_ERROR;
  int64_t step = totp_match(secret, code, d->now / 1000000, f->step);
  OPENSSL_cleanse(secret, sizeof secret);
  if (step >= 0)
    return store_factor_step(d->store, user, step); /* STORE_NONE: another request used it just now */
  if (code_hash(code, hash) != 0)
    return STORE_NONE;
  enum store_result used = store_recovery_use(d->store, user, hash, d->now);
  if (used == STORE_OK)
    deed_audit(d, "factor.recovery_code_used", user);
  return used;
}

enum store_result factor_begin(struct deed *d, const char *user, const char **secret) {
  unsigned char bytes[TOTP_SECRET];
  char text[TOTP_SECRET_TEXT];
  if (random_bytes(bytes, sizeof bytes) != 0)
    return STORE_ERROR;
  base32_encode(text, bytes, sizeof bytes);
  OPENSSL_cleanse(bytes, sizeof bytes);
  const char *label = factor_label(d, user);
  char *sealed = label == NULL ? NULL : seal_text(d->service->master_key, label, text);
  enum store_result done = sealed == NULL ? STORE_ERROR : store_factor_begin(d->store, user, sealed);
  free(sealed);
  *secret = arena_strdup(d->arena, text);
  OPENSSL_cleanse(text, sizeof text);
  return done;
}

static int codes_make(struct deed *d, const char *codes[RECOVERY_CODES], const char *hashes[RECOVERY_CODES]) {
  for (int i = 0; i < RECOVERY_CODES; i++) {
    unsigned char bytes[CODE * 5 / 8];
    char text[CODE + 1], hash[2 * SHA512_SIZE + 1];
    if (random_bytes(bytes, sizeof bytes) != 0)
      return -1;
    base32_encode(text, bytes, sizeof bytes);
    if (code_hash(text, hash) != 0)
      return -1;
    codes[i] = arena_printf(d->arena, "%.4s-%.4s-%.4s-%.4s", text, text + 4, text + 8, text + 12);
    hashes[i] = arena_strdup(d->arena, hash);
  }
  return d->arena->failed ? -1 : 0;
}

enum store_result factor_confirm(struct deed *d, const char *user, const char *code,
                                 const char *codes[RECOVERY_CODES]) {
  struct factor f;
  unsigned char secret[TOTP_SECRET];
  const char *hashes[RECOVERY_CODES];
  enum store_result found = store_factor_get(d->store, d->arena, user, &f);
  if (found != STORE_OK)
    return found;
  if (f.pending == NULL || secret_open(d, user, f.pending, secret) != 0)
    return STORE_NONE;
  int64_t step = totp_match(secret, code, d->now / 1000000, 0);
  OPENSSL_cleanse(secret, sizeof secret);
  if (step < 0) {
    fault_add(d->faults, "code", "That code is not right. Look at the clock of the device, and take the next code.");
    return STORE_CONFLICT;
  }
  if (codes_make(d, codes, hashes) != 0)
    return STORE_ERROR;
  enum store_result done = store_factor_on(d->store, user, f.pending, step, hashes, RECOVERY_CODES);
  if (done == STORE_OK)
    deed_audit(d, "factor.on", user);
  return done;
}

enum store_result factor_off(struct deed *d, const char *user) {
  enum store_result done = store_factor_off(d->store, user);
  if (done == STORE_OK)
    deed_audit(d, "factor.off", user);
  return done;
}

/* ---- log in --------------------------------------------------------------------------------------------------------
 */
static enum store_result both_check(struct deed *d, const struct login_input *in, struct user *out) {
  struct factor f;
  enum store_result found = store_user_by_email(d->store, d->arena, in->email, out);
  if (found != STORE_OK && found != STORE_NONE)
    return found;
  /* The same work whether there is such a user or not. */
  if (!password_check(found == STORE_OK ? out->password_hash : NULL, in->password) || found != STORE_OK || !out->active)
    return STORE_NONE;
  found = store_factor_get(d->store, d->arena, out->id, &f);
  if (found != STORE_OK || f.sealed == NULL)
    return found;
  if (in->code == NULL || *in->code == '\0') {
    fault_add(d->faults, "otp_token", "This field is required.");
    return STORE_CONFLICT;
  }
  found = factor_check(d, out->id, &f, in->code);
  if (found != STORE_NONE)
    return found;
  fault_add(d->faults, "otp_token", "The code is not right, or was used before.");
  return STORE_CONFLICT;
}

enum store_result login(struct deed *d, const struct login_input *in, struct user *out) {
  char account[SHA256_HEX_SIZE];
  int64_t tries = 0;
  if (account_name(in->email, account) != 0)
    return STORE_NONE;
  /* Counted before it is looked at, so that many at once do not get more tries. */
  enum store_result counted = store_login_count(d->store, account, in->device, window, d->now, &tries);
  if (counted != STORE_OK)
    return counted;
  if (tries > TRIES) {
    if (tries == TRIES + 1)
      log_event("login.locked", "request=s account=s", d->request_id, account);
    return STORE_FULL;
  }
  enum store_result done = both_check(d, in, out);
  if (done == STORE_OK && store_login_good(d->store, account, in->device) != STORE_OK)
    return STORE_BUSY;
  return done;
}

/* ---- sessions ------------------------------------------------------------------------------------------------------
 */
enum store_result session_end(struct deed *d, const char *user, const char *id) {
  struct user_session *list;
  size_t n;
  int ended = 0;
  enum store_result found = store_user_sessions(d->store, d->arena, user, d->now, &list, &n);
  for (size_t i = 0; found == STORE_OK && i < n; i++)
    if (id == NULL || strcmp(list[i].id, id) == 0) {
      found = store_token_block(d->store, list[i].id, list[i].expires);
      found = found == STORE_CONFLICT ? STORE_OK : found;
      if (found == STORE_OK)
        deed_audit(d, "session.ended", list[i].id);
      ended = 1;
    }
  return found == STORE_OK && !ended && id != NULL ? STORE_NONE : found;
}
