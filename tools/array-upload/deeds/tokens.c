/* Tokens: short access tokens, longer refresh tokens. Keys and audiences differ from the upload
 * links'. */
#include "array-upload/deeds/deed.h"
#include "array-upload/util/encode.h"

enum { CLIENT_MAX = 120 };

static int token_named(struct deed *d, enum key_purpose purpose, const struct user *u, const char *jti, int64_t life_s,
                       char out[JWT_MAX + 1]) {
  int64_t now = d->now / 1000000;
  json_t *claims = json_pack("{s:s, s:s, s:I, s:I, s:I}", "sub", u->id, "jti", jti, "iat", (json_int_t)now, "exp",
                             (json_int_t)now + life_s, "after", (json_int_t)u->tokens_after);
  int result = claims == NULL ? -1 : keyring_sign(d->keys, purpose, claims, out);
  json_decref(claims);
  return result;
}

int token_make(struct deed *d, enum key_purpose purpose, const struct user *u, int64_t life_s, char out[JWT_MAX + 1]) {
  char jti[UUID_SIZE];
  return uuid_new(jti) != 0 ? -1 : token_named(d, purpose, u, jti, life_s, out);
}

/* Not by its time: that counts seconds, and a log-in may be on its way while the account ends. */
int token_stands(const json_t *claims, const struct user *u) {
  const json_t *after = json_object_get(claims, "after");
  if (json_is_integer(after))
    return json_integer_value(after) == u->tokens_after;
  return json_integer_value(json_object_get(claims, "iat")) * 1000000 >= u->tokens_after; /* of an older version */
}

int session_begin(struct deed *d, const struct user *u, const char *client, const char *address,
                  char out[JWT_MAX + 1]) {
  char jti[UUID_SIZE], name[CLIENT_MAX + 1] = "";
  for (size_t n = 0; client != NULL && n < CLIENT_MAX && client[n] != '\0'; n++)
    name[n] = client[n] >= ' ' && client[n] < 127 ? client[n] : '?';
  struct user_session session = {.id = jti,
                                 .user = u->id,
                                 .client = name,
                                 .address = address,
                                 .created = d->now,
                                 .expires = d->now + (int64_t)REFRESH_S * 1000000};
  return uuid_new(jti) == 0 && token_named(d, KEY_REFRESH, u, jti, REFRESH_S, out) == 0 &&
                 store_user_session_add(d->store, &session) == STORE_OK
             ? 0
             : -1;
}

json_t *refresh_claims(struct deed *d, const char *token, struct user *u) {
  json_t *claims;
  int blocked = 1;
  enum jwt_result valid = keyring_verify(d->keys, d->service, d->store, KEY_REFRESH, token, d->now / 1000000, &claims);
  const char *jti = json_string_value(json_object_get(claims, "jti")),
             *user = json_string_value(json_object_get(claims, "sub"));
  if (valid == JWT_OK && jti != NULL && user != NULL && store_token_blocked(d->store, jti, &blocked) == STORE_OK &&
      !blocked && store_user_get(d->store, d->arena, user, u) == STORE_OK && u->active && token_stands(claims, u)) {
    store_user_session_seen(d->store, jti, d->now); /* where it fails, the list is a little old */
    return claims;
  }
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
