/* API keys, the user, the organization, roles. */
#include <stdlib.h>
#include <string.h>

#include "array-upload/util/address.h"
#include "array-upload/httpd/api/api.h"
#include "array-upload/httpd/httpd.h"
#include "array-upload/deeds/roles.h"

enum { KEY_NAME_MAX = 50, NAME_LETTERS_MAX = 254, RANGES_MAX = 50 };
#define DAY INT64_C(86400000000)

static json_t *key_json(struct request *r, const struct api_key *k) {
  char date[TIME_SIZE] = "";
  json_t *ranges = k->ip_ranges == NULL ? json_null() : json_loads(k->ip_ranges, 0, NULL);
  if (k->expires != 0)
    date_format(date, k->expires - DAY);
  return json_pack("{s:s, s:s, s:s, s:b, s:s?, s:b, s:o, s:o}", "id", k->id, "name", k->name, "prefix", k->prefix,
                   "revoked", k->revoked != 0, "expiry_date", k->expires == 0 ? NULL : date, "has_expired",
                   k->expires != 0 && r->now >= k->expires, "ip_range", ranges != NULL ? ranges : json_null(),
                   "last_used", k->last_used == 0 ? json_null() : json_time(k->last_used));
}

enum MHD_Result api_keys_list(struct request *r) {
  struct api_key *keys;
  size_t n;
  int64_t total;
  struct page page = page_read(r);
  enum store_result found = store_key_list(r->store, &r->arena, r->who.user, page, &keys, &n, &total);
  if (found != STORE_OK)
    return reply_store(r, found);
  json_t *list = json_array();
  for (size_t i = 0; i < n; i++)
    json_array_append_new(list, key_json(r, &keys[i]));
  return reply_json(r, 200, page_body(r, list, total, page));
}

static const char *ranges_read(struct fields *f) {
  const json_t *list = json_object_get(f->data, "ip_range"), *item;
  size_t i;
  if (list == NULL || json_is_null(list))
    return NULL;
  int good = json_is_array(list) && json_array_size(list) <= RANGES_MAX;
  json_array_foreach((json_t *)list, i, item) good =
      good && json_is_string(item) && cidr_valid(json_string_value(item));
  if (!good) {
    field_error(f, "ip_range", "Expected a list of CIDR ranges.");
    return NULL;
  }
  char *text = json_dumps(list, JSON_COMPACT);
  const char *copy = arena_strdup(&f->r->arena, text);
  free(text);
  return copy;
}

/* A stolen key must neither outlive its revocation by another one, nor grow, nor end the others. 1: the answer was
 * given.
 */
static int is_key(struct request *r, enum MHD_Result *result) {
  if (r->who.key == NULL)
    return 0;
  *result = reply_detail(r, 403, "API keys are made, changed and revoked by a person who is logged in, not by a key.");
  return 1;
}

enum MHD_Result api_keys_create(struct request *r) {
  struct fields f = {.r = r, .data = r->data};
  struct deed d = deed_of(r, &f.faults);
  struct api_key k;
  const char *text;
  enum MHD_Result result;
  if (is_key(r, &result))
    return result;
  struct key_input in = {.user = r->who.user,
                         .name = field_text(&f, "name", FIELD_REQUIRED, KEY_NAME_MAX),
                         .last_day = field_text(&f, "expiry_date", FIELD_NULL, 40),
                         .ip_ranges = ranges_read(&f)};
  if (deed_failed(r, key_create(&d, &in, &k, &text), &f.faults, &result))
    return result;
  json_t *body = key_json(r, &k);
  json_object_set_new(body, "key", json_string(text));
  return reply_json(r, 201, body);
}

enum MHD_Result api_keys_patch(struct request *r) {
  struct fields f = {.r = r, .data = r->data};
  struct deed d = deed_of(r, &f.faults);
  struct api_key k;
  enum MHD_Result result;
  if (is_key(r, &result))
    return result;
  const char *name = field_text(&f, "name", 0, KEY_NAME_MAX);
  int revoke = field_bool(&f, "revoked", -1);
  enum store_result done = store_key_get(r->store, &r->arena, r->id, &k);
  if (done == STORE_OK)
    done = key_change(&d, r->who.user, r->id, name, revoke == -1 ? (int)k.revoked : revoke, &k);
  return deed_failed(r, done, &f.faults, &result) ? result : reply_json(r, 200, key_json(r, &k));
}

/* ---- user, organization, roles -------------------------------------------------------------------------------------
 */
static enum MHD_Result user_answer(struct request *r, const struct user *u) {
  return reply_json(r, 200,
                    json_pack("{s:s, s:s, s:s, s:b, s:b, s:o, s:b}", "id", u->id, "email", u->email, "name", u->name,
                              "uploads_enabled", r->who.right >= RIGHT_UPLOAD, "explorer_enabled", 0, "created",
                              json_time(u->created), "is_support", 0));
}

enum MHD_Result api_user_get(struct request *r) {
  struct user u;
  enum store_result found = store_user_get(r->store, &r->arena, r->who.user, &u);
  return found == STORE_OK ? user_answer(r, &u) : reply_store(r, found);
}

enum MHD_Result api_user_put(struct request *r) {
  struct fields f = {.r = r, .data = r->data};
  struct user u;
  enum MHD_Result result;
  enum store_result found = store_user_get(r->store, &r->arena, r->who.user, &u);
  if (found != STORE_OK)
    return reply_store(r, found);
  const char *name = field_text(&f, "name", FIELD_BLANK, NAME_LETTERS_MAX);
  if (fields_failed(&f, &result))
    return result;
  u.name = name != NULL ? name : u.name;
  found = store_user_update(r->store, &u, USER_NAME, 0);
  return found == STORE_OK ? user_answer(r, &u) : reply_store(r, found);
}

static json_t *roles_json(const char *name) {
  const struct role *role = role_find(name);
  return json_pack("{s:{s:s, s:s}}", "organization", "id", role == NULL ? "" : role->id, "name", name);
}

enum MHD_Result api_organization(struct request *r) {
  struct organization o;
  enum store_result found = store_organization_get(r->store, &r->arena, r->who.organization, &o);
  if (found != STORE_OK)
    return reply_store(r, found);
  return reply_json(r, 200,
                    json_pack("{s:s, s:s, s:i, s:i, s:i, s:o, s:b, s:b, s:b, s:b, s:s}", "id", o.id, "name", o.name,
                              "expire_uploads_period_days", 0, "archive_period_days", 0, "archive_restore_period_days",
                              12, "roles", roles_json(r->who.role), "uploads_enabled", 1, "delete_samples_enabled",
                              r->who.right >= RIGHT_MANAGE, "project_sharing_enabled", 0, "account_on_hold", 0,
                              "organization_type", "consumer_provider"));
}

static enum MHD_Result users_answer(struct request *r) {
  struct user *users;
  size_t n;
  int64_t total;
  struct page page = page_read(r);
  enum store_result found =
      store_user_list(r->store, &r->arena, r->who.organization, request_query(r, "search"), page, &users, &n, &total);
  if (found != STORE_OK)
    return reply_store(r, found);
  json_t *list = json_array();
  for (size_t i = 0; i < n; i++)
    json_array_append_new(list, json_pack("{s:s, s:s, s:b, s:b, s:s, s:o, s:b}", "id", users[i].id, "email",
                                          users[i].email, "is_active", users[i].active != 0, "has_mfa_device", 0,
                                          "name", users[i].name, "roles", roles_json(users[i].role), "is_support", 0));
  return reply_json(r, 200, page_body(r, list, total, page));
}

enum MHD_Result api_organization_users(struct request *r) { return users_answer(r); }

enum MHD_Result api_project_users(struct request *r) {
  struct project p;
  enum MHD_Result result;
  return api_project_load(r, &p, &result) != 0 ? result : users_answer(r);
}

/* "a b c" as a list. */
static json_t *words(const char *text) {
  json_t *list = json_array();
  while (*text != '\0') {
    size_t n = strcspn(text, " ");
    json_array_append_new(list, json_stringn(text, n));
    text += n + strspn(text + n, " ");
  }
  return list;
}

enum MHD_Result api_roles(struct request *r) {
  struct page page = page_read(r);
  if (strcmp(r->name, "organization") != 0 && strcmp(r->name, "project") != 0)
    return reply_not_found(r);
  json_t *list = json_array();
  for (int64_t i = page.offset; i < ROLES && i < page.offset + page.limit; i++)
    json_array_append_new(list, json_pack("{s:s, s:s, s:o}", "id", roles[i].id, "name", roles[i].name, "permissions",
                                          words(roles[i].permissions)));
  return reply_json(r, 200, page_body(r, list, ROLES, page));
}
