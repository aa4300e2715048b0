/* Log-in by e-mail and password: short access tokens, longer refresh tokens. Keys and audiences differ from the upload
 * links'. */
#include "array-upload/deeds/deed.h"
#include "array-upload/util/crypto.h"
#include "array-upload/util/encode.h"

enum store_result login(struct deed *d, const char *email, const char *password, struct user *out) {
  enum store_result found = store_user_by_email(d->store, d->arena, email, out);
  if (found != STORE_OK && found != STORE_NONE)
    return found;
  /* The same work whether there is such a user or not. */
  int good = password_check(found == STORE_OK ? out->password_hash : NULL, password) && out->active;
  return good ? STORE_OK : STORE_NONE;
}

int token_make(struct deed *d, enum key_purpose purpose, const char *user, int64_t life_s, char out[JWT_MAX + 1]) {
  char jti[UUID_SIZE];
  int64_t now = d->now / 1000000;
  if (uuid_new(jti) != 0)
    return -1;
  json_t *claims = json_pack("{s:s, s:s, s:I, s:I}", "sub", user, "jti", jti, "iat", (json_int_t)now, "exp",
                             (json_int_t)now + life_s);
  int result = claims == NULL ? -1 : keyring_sign(d->keys, purpose, claims, out);
  json_decref(claims);
  return result;
}

json_t *refresh_claims(struct deed *d, const char *token, struct user *u) {
  json_t *claims;
  int blocked = 1;
  enum jwt_result valid =
      keyring_verify(d->keys, d->service, d->store, KEY_REFRESH, token, d->now / 1000000, &claims);
  const char *jti = json_string_value(json_object_get(claims, "jti")),
             *user = json_string_value(json_object_get(claims, "sub"));
  if (valid == JWT_OK && jti != NULL && user != NULL && store_token_blocked(d->store, jti, &blocked) == STORE_OK &&
      !blocked && store_user_get(d->store, d->arena, user, u) == STORE_OK && u->active &&
      json_integer_value(json_object_get(claims, "iat")) * 1000000 >= u->tokens_after)
    return claims;
  json_decref(claims);
  return NULL;
}

enum store_result logout(struct deed *d, const char *token) {
  struct user u;
  json_t *claims = refresh_claims(d, token, &u);
  if (claims == NULL)
    return STORE_NONE;
  enum store_result done = store_token_block(d->store, json_string_value(json_object_get(claims, "jti")),
                                             json_integer_value(json_object_get(claims, "exp")) * 1000000);
  json_decref(claims);
  return done == STORE_CONFLICT ? STORE_OK : done;
}
