/* Organizations, people and their API keys. */
#include <string.h>
#include <strings.h>

#include "array-upload/deeds/deed.h"
#include "array-upload/deeds/roles.h"
#include "array-upload/util/crypto.h"
#include "array-upload/util/encode.h"

enum { PREFIX = 8, SECRET = 32, HASH_SIZE = 512 };
#define DAY INT64_C(86400000000)

static enum store_result refused(struct deed *d, const char *field, const char *text) {
  fault_add(d->faults, field, text);
  return STORE_CONFLICT;
}

/* ---- API keys ------------------------------------------------------------------------------------------------------
 */
/* A new key in *k; its text is shown once, only its hash is kept. 0 or -1. */
static int key_make(struct deed *d, const char *user, const char *name, struct api_key *k, const char **text) {
  char id[UUID_SIZE], prefix[PREFIX + 1], secret[SECRET + 1], hex[2 * SHA512_SIZE + 1];
  unsigned char digest[SHA512_SIZE];
  if (uuid_new(id) != 0 || random_alnum(prefix, PREFIX) != 0 || random_alnum(secret, SECRET) != 0 ||
      (*text = arena_printf(d->arena, "%s.%s", prefix, secret)) == NULL || sha512(digest, *text, strlen(*text)) != 0)
    return -1;
  hex_encode(hex, digest, sizeof digest);
  *k = (struct api_key){.id = arena_strdup(d->arena, id),
                        .user = user,
                        .name = name,
                        .prefix = arena_strdup(d->arena, prefix),
                        .hash = arena_strdup(d->arena, hex),
                        .created = d->now};
  return d->arena->failed ? -1 : 0;
}

enum store_result key_create(struct deed *d, const struct key_input *in, struct api_key *out, const char **text) {
  int64_t day = 0;
  if (in->last_day != NULL && date_parse(&day, in->last_day) != 0)
    fault_add(d->faults, "expiry_date", "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.");
  if (d->faults->n > 0)
    return STORE_CONFLICT;
  if (key_make(d, in->user, in->name, out, text) != 0)
    return STORE_ERROR;
  out->ip_ranges = in->ip_ranges;
  out->expires = in->last_day == NULL ? 0 : day + DAY; /* the last day counts to its end */
  enum store_result done = store_key_create(d->store, out);
  if (done == STORE_OK)
    deed_audit(d, "key.created", out->id);
  return done;
}

enum store_result key_change(struct deed *d, const char *user, const char *id, const char *name, int revoke,
                             struct api_key *out) {
  enum store_result found = store_key_get(d->store, d->arena, id, out);
  if (found == STORE_OK && user != NULL && strcmp(out->user, user) != 0)
    found = STORE_NONE;
  if (found != STORE_OK)
    return found;
  if (out->revoked && !revoke)
    fault_add(d->faults, "revoked", "A revoked key cannot be used again.");
  if (d->faults->n > 0)
    return STORE_CONFLICT;
  enum store_result done = store_key_update(d->store, id, name, revoke);
  if (done == STORE_OK)
    done = store_key_get(d->store, d->arena, id, out);
  if (done == STORE_OK && revoke)
    deed_audit(d, "key.revoked", id);
  return done;
}

/* ---- people --------------------------------------------------------------------------------------------------------
 */
static int password_take(struct deed *d, struct user *u, const char *password) {
  char hash[HASH_SIZE];
  size_t n = strlen(password);
  if (n < PASSWORD_MIN || n > PASSWORD_MAX) {
    fault_add(d->faults, "password", "A password has at least 12 characters.");
    return 0;
  }
  if (password_hash(hash, sizeof hash, password) != 0 || (u->password_hash = arena_strdup(d->arena, hash)) == NULL)
    return -1;
  u->tokens_after = d->now;
  return 0;
}

static void user_check(struct deed *d, const char *email, const char *role) {
  const char *at = email == NULL ? NULL : strchr(email, '@');
  if (at == NULL || at == email || at[1] == '\0' || strlen(email) > 254 || strpbrk(email, " \t\r\n<>,;") != NULL)
    fault_add(d->faults, "email", "Enter a valid email address.");
  if (role == NULL || role_find(role) == NULL)
    fault_add(d->faults, "role", "A role is owner, manager, analyst or viewer.");
}

enum store_result user_create(struct deed *d, const char *email, const char *name, const char *role,
                              const char *password, struct user *out) {
  char id[UUID_SIZE];
  user_check(d, email, role);
  *out = (struct user){.organization = d->organization,
                       .email = email,
                       .name = name == NULL ? "" : name,
                       .role = role,
                       .active = 1,
                       .created = d->now};
  if (uuid_new(id) != 0 || (password != NULL && password_take(d, out, password) != 0))
    return STORE_ERROR;
  if (d->faults->n > 0)
    return STORE_CONFLICT;
  out->id = arena_strdup(d->arena, id);
  enum store_result done = store_user_create(d->store, out);
  if (done == STORE_CONFLICT)
    return refused(d, "email", "There is a user of that e-mail address already.");
  if (done == STORE_OK)
    deed_audit(d, "user.created", id);
  return done;
}

enum store_result user_load(struct deed *d, const char *id, struct user *out) {
  enum store_result found = store_user_get(d->store, d->arena, id, out);
  return found == STORE_OK && strcmp(out->organization, d->organization) != 0 ? STORE_NONE : found;
}

/* Of the last owner only who has the machine takes the role or the account. */
static enum store_result user_write(struct deed *d, const struct user *u, enum user_part part, const char *event) {
  if (d->faults->n > 0)
    return STORE_CONFLICT;
  enum store_result done = store_user_update(d->store, u, part, d->user != NULL && part != USER_PASSWORD);
  if (done == STORE_CONFLICT)
    return refused(d, part == USER_ROLE ? "role" : "email",
                   "An organization keeps an owner, and this is the last one.");
  if (done == STORE_OK)
    deed_audit(d, event, u->id);
  return done;
}

enum store_result user_password(struct deed *d, struct user *u, const char *password) {
  return password_take(d, u, password) != 0 ? STORE_ERROR : user_write(d, u, USER_PASSWORD, "user.password");
}

static int is_self(const struct deed *d, const struct user *u) {
  return d->user != NULL && strcmp(d->user, u->id) == 0;
}

enum store_result user_active(struct deed *d, struct user *u, int active) {
  if (!active && is_self(d, u))
    fault_add(d->faults, "email", "You cannot disable yourself: another owner can.");
  u->active = active != 0;
  if (!active)
    u->tokens_after = d->now;
  return user_write(d, u, USER_ACTIVE, active ? "user.enabled" : "user.disabled");
}

enum store_result user_role(struct deed *d, struct user *u, const char *role) {
  user_check(d, u->email, role);
  if (is_self(d, u))
    fault_add(d->faults, "role", "You cannot change your own role: another owner can.");
  u->role = role;
  return user_write(d, u, USER_ROLE, "role.changed");
}

/* ---- organizations -------------------------------------------------------------------------------------------------
 */
enum store_result organization_create(struct deed *d, const char *name, const char *email, int only_first,
                                      struct founding *out, const char **key) {
  char ids[3][UUID_SIZE];
  struct api_key k = {0};
  user_check(d, email, "owner");
  if (name == NULL || *name == '\0')
    fault_add(d->faults, "name", "This field may not be blank.");
  if (d->faults->n > 0)
    return STORE_CONFLICT;
  for (int i = 0; i < 3; i++)
    if (uuid_new(ids[i]) != 0)
      return STORE_ERROR;
  out->organization = (struct organization){arena_strdup(d->arena, ids[0]), name, d->now};
  out->project = (struct project){.id = arena_strdup(d->arena, ids[1]),
                                  .organization = out->organization.id,
                                  .name = "Array data",
                                  .description = "",
                                  .capability = CAPABILITY_ID,
                                  .is_default = 1,
                                  .created = d->now,
                                  .modified = d->now};
  out->owner = (struct user){.id = arena_strdup(d->arena, ids[2]),
                             .organization = out->organization.id,
                             .email = email,
                             .name = "Owner",
                             .role = "owner",
                             .active = 1,
                             .created = d->now};
  if (d->arena->failed || (key != NULL && key_make(d, out->owner.id, "bootstrap", &k, key) != 0))
    return STORE_ERROR;
  enum store_result done = store_organization_found(d->store, &out->organization, &out->project, &out->owner,
                                                    key == NULL ? NULL : &k, only_first);
  if (done == STORE_CONFLICT)
    return refused(d, "email", "There is a user of that e-mail address already.");
  if (done == STORE_OK) {
    d->organization = out->organization.id;
    deed_audit(d, "organization.created", out->organization.id);
    if (key != NULL)
      deed_audit(d, "key.created", k.id);
  }
  return done;
}
