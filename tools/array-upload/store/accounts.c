/* accounts.c - organizations, users, API keys. */
#include <string.h>

#include "array-upload/store/internal.h"

#define USER_COLUMNS "id, organization, email, name, role, password_hash, active, created, tokens_after"
#define KEY_COLUMNS "id, user_id, name, prefix, hash, ip_ranges, expires, revoked, created, last_used"

static void organization_read(const struct db_rows *r, size_t i, struct organization *out) {
  *out = (struct organization){.id = db_text(r, i, 0), .name = db_text(r, i, 1), .created = db_number(r, i, 2)};
}

static void user_read(const struct db_rows *r, size_t i, struct user *out) {
  *out = (struct user){.id = db_text(r, i, 0),
                       .organization = db_text(r, i, 1),
                       .email = db_text(r, i, 2),
                       .name = db_text(r, i, 3),
                       .role = db_text(r, i, 4),
                       .password_hash = db_text_or_null(r, i, 5),
                       .active = db_number(r, i, 6),
                       .created = db_number(r, i, 7),
                       .tokens_after = db_number(r, i, 8)};
}

static void key_read(const struct db_rows *r, size_t i, struct api_key *out) {
  *out = (struct api_key){.id = db_text(r, i, 0),
                          .user = db_text(r, i, 1),
                          .name = db_text(r, i, 2),
                          .prefix = db_text(r, i, 3),
                          .hash = db_text(r, i, 4),
                          .ip_ranges = db_text_or_null(r, i, 5),
                          .expires = db_number(r, i, 6),
                          .revoked = db_number(r, i, 7),
                          .created = db_number(r, i, 8),
                          .last_used = db_number(r, i, 9)};
}

enum store_result store_organization_create(struct store *s, const struct organization *o) {
  return db_ask(s->db, NULL, NULL, "INSERT INTO organizations (id, name, created) VALUES ($1, $2, $3)",
                PARAMS(o->id, o->name, o->created));
}

struct found {
  const struct organization *organization;
  const struct project *project;
  const struct user *owner;
  const struct api_key *key;
  int only_first;
};

static enum store_result found_in(struct store *s, struct arena *a, const struct found *f) {
  struct db_rows r;
  /* Two first starts at once: the second one waits here, and then finds an organization. */
  TRY(s->db->driver->lock_table(s->db, "organizations"));
  TRY(db_run(s->db, a, &r, "SELECT count(*) FROM organizations", NO_PARAMS));
  if (f->only_first && db_number(&r, 0, 0) > 0)
    return STORE_NONE;
  TRY_STORE(store_organization_create(s, f->organization));
  TRY_STORE(store_project_create(s, f->project));
  TRY_STORE(store_user_create(s, f->owner));
  return f->key == NULL ? STORE_OK : store_key_create(s, f->key);
}

static enum store_result found_body(struct store *s, void *arg) {
  struct arena a = {0};
  enum store_result result = found_in(s, &a, arg);
  arena_free(&a);
  return result;
}

enum store_result store_organization_found(struct store *s, const struct organization *o, const struct project *p,
                                           const struct user *owner, const struct api_key *key, int only_first) {
  struct found f = {o, p, owner, key, only_first};
  return store_transact(s, found_body, &f);
}

enum store_result store_organization_get(struct store *s, struct arena *a, const char *id, struct organization *out) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r, "SELECT id, name, created FROM organizations WHERE id = $1", PARAMS(id)));
  if (r.n_rows == 0)
    return STORE_NONE;
  organization_read(&r, 0, out);
  return STORE_OK;
}

enum store_result store_organization_list(struct store *s, struct arena *a, struct organization **out, size_t *n) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r, "SELECT id, name, created FROM organizations ORDER BY created, id", NO_PARAMS));
  ROWS_TAKE(a, r, out, n, organization_read);
  return STORE_OK;
}

enum store_result store_user_create(struct store *s, const struct user *u) {
  return db_ask(s->db, NULL, NULL,
                "INSERT INTO users (" USER_COLUMNS ") VALUES ($1, $2, lower($3), $4, $5, $6, $7, $8, $9)",
                PARAMS(u->id, u->organization, u->email, u->name, u->role, u->password_hash, u->active, u->created,
                       u->tokens_after));
}

static enum store_result user_one(struct store *s, struct arena *a, const char *sql, const char *value,
                                  struct user *out) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r, sql, PARAMS(value)));
  if (r.n_rows == 0)
    return STORE_NONE;
  user_read(&r, 0, out);
  return STORE_OK;
}

enum store_result store_user_get(struct store *s, struct arena *a, const char *id, struct user *out) {
  return user_one(s, a, "SELECT " USER_COLUMNS " FROM users WHERE id = $1", id, out);
}

enum store_result store_user_by_email(struct store *s, struct arena *a, const char *email, struct user *out) {
  return user_one(s, a, "SELECT " USER_COLUMNS " FROM users WHERE email = lower($1)", email, out);
}

struct user_change {
  const struct user *u;
  enum user_part part;
  int keep_owner;
};

/* Always another number than before, also when somebody else was faster: tokens carry it. */
#define TOKENS_END "WHEN tokens_after < $3 THEN $3 ELSE tokens_after + 1 END"

static enum db_result user_write(struct store *s, struct db_rows *r, const struct user *u, enum user_part part) {
  switch (part) {
  case USER_NAME:
    return db_run(s->db, NULL, r, "UPDATE users SET name = $2 WHERE id = $1", PARAMS(u->id, u->name));
  case USER_ROLE:
    return db_run(s->db, NULL, r, "UPDATE users SET role = $2 WHERE id = $1", PARAMS(u->id, u->role));
  case USER_ACTIVE:
    return db_run(s->db, NULL, r,
                  "UPDATE users SET active = $2, tokens_after = CASE WHEN $2 = 1 THEN tokens_after " TOKENS_END
                  " WHERE id = $1",
                  PARAMS(u->id, u->active, u->tokens_after));
  case USER_PASSWORD:
    break;
  }
  return db_run(s->db, NULL, r, "UPDATE users SET password_hash = $2, tokens_after = CASE " TOKENS_END " WHERE id = $1",
                PARAMS(u->id, u->password_hash, u->tokens_after));
}

static enum store_result user_change_in(struct store *s, struct arena *a, const struct user_change *c) {
  struct db_rows r;
  if (c->keep_owner) /* or two that end each other would each see the other one */
    TRY(s->db->driver->lock_table(s->db, "users"));
  TRY(user_write(s, &r, c->u, c->part));
  if (r.changed != 1)
    return STORE_NONE;
  if (!c->keep_owner)
    return STORE_OK;
  TRY(db_run(s->db, a, &r,
             "SELECT count(*) FROM users WHERE organization = (SELECT organization FROM users WHERE id = $1)"
             " AND role = 'owner' AND active = 1",
             PARAMS(c->u->id)));
  return db_number(&r, 0, 0) > 0 ? STORE_OK : STORE_CONFLICT;
}

static enum store_result user_change_body(struct store *s, void *arg) {
  struct arena a = {0};
  enum store_result result = user_change_in(s, &a, arg);
  arena_free(&a);
  return result;
}

enum store_result store_user_update(struct store *s, const struct user *u, enum user_part part, int keep_owner) {
  return store_transact(s, user_change_body, &(struct user_change){u, part, keep_owner});
}

enum store_result store_user_list(struct store *s, struct arena *a, const char *organization, const char *search,
                                  struct page page, struct user **out, size_t *n, int64_t *total) {
  struct db_rows r;
  const char *like = store_pattern(a, search != NULL ? search : "");
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT count(*) FROM users WHERE organization = $1 AND (email LIKE $2 ESCAPE '\\'"
                   " OR lower(name) LIKE $2 ESCAPE '\\')",
                   PARAMS(organization, like)));
  *total = db_number(&r, 0, 0);
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT " USER_COLUMNS " FROM users WHERE organization = $1 AND (email LIKE $2 ESCAPE '\\'"
                   " OR lower(name) LIKE $2 ESCAPE '\\') ORDER BY created, id LIMIT $3 OFFSET $4",
                   PARAMS(organization, like, page.limit, page.offset)));
  ROWS_TAKE(a, r, out, n, user_read);
  return STORE_OK;
}

/* ---- API keys ------------------------------------------------------------------------------------------------------
 */
enum store_result store_key_create(struct store *s, const struct api_key *k) {
  return db_ask(s->db, NULL, NULL,
                "INSERT INTO api_keys (" KEY_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                PARAMS(k->id, k->user, k->name, k->prefix, k->hash, k->ip_ranges, k->expires, k->revoked, k->created,
                       k->last_used));
}

enum store_result store_key_by_prefix(struct store *s, struct arena *a, const char *prefix, struct api_key **out,
                                      size_t *n) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r, "SELECT " KEY_COLUMNS " FROM api_keys WHERE prefix = $1", PARAMS(prefix)));
  ROWS_TAKE(a, r, out, n, key_read);
  return STORE_OK;
}

enum store_result store_key_get(struct store *s, struct arena *a, const char *id, struct api_key *out) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r, "SELECT " KEY_COLUMNS " FROM api_keys WHERE id = $1", PARAMS(id)));
  if (r.n_rows == 0)
    return STORE_NONE;
  key_read(&r, 0, out);
  return STORE_OK;
}

enum store_result store_key_list(struct store *s, struct arena *a, const char *user, struct page page,
                                 struct api_key **out, size_t *n, int64_t *total) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r, "SELECT count(*) FROM api_keys WHERE user_id = $1 AND revoked = 0", PARAMS(user)));
  *total = db_number(&r, 0, 0);
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT " KEY_COLUMNS " FROM api_keys WHERE user_id = $1 AND revoked = 0 ORDER BY created DESC, id"
                   " LIMIT $2 OFFSET $3",
                   PARAMS(user, page.limit, page.offset)));
  ROWS_TAKE(a, r, out, n, key_read);
  return STORE_OK;
}

enum store_result store_key_update(struct store *s, const char *id, const char *name, int revoke) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, NULL, &r,
                   "UPDATE api_keys SET name = coalesce($2, name), revoked = CASE WHEN $3 = 1 THEN 1 ELSE revoked END"
                   " WHERE id = $1",
                   PARAMS(id, name, (revoke != 0))));
  return r.changed == 1 ? STORE_OK : STORE_NONE;
}

enum store_result store_key_used(struct store *s, const char *id, int64_t now) {
  return db_ask(s->db, NULL, NULL, "UPDATE api_keys SET last_used = $2 WHERE id = $1 AND last_used < $3",
                PARAMS(id, now, now - 60 * INT64_C(1000000)));
}
