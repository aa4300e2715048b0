/* admin project, user, role, key, subscription, signing-key. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array-upload/admin/admin.h"
#include "array-upload/deeds/keyring.h"
#include "array-upload/deeds/roles.h"
#include "array-upload/seal/crypt4gh.h"
#include "array-upload/util/encode.h"

static int verb_is(const struct admin *a, const char *verb) { return strcmp(a->verb, verb) == 0; }

/* ---- organization --------------------------------------------------------------------------------------------------
 */
int admin_organizations(struct admin *a) {
  struct organization *list;
  struct founding f = {.owner = {.id = NULL}};
  size_t n;
  if (verb_is(a, "create")) {
    struct deed d = admin_deed(a, NULL);
    int result = admin_done(a, organization_create(&d, a->name, a->email, 0, &f, NULL));
    return result != 0 ? result
                       : admin_print(json_pack("{s:s, s:s, s:s, s:s}", "organization", f.organization.id, "name",
                                               a->name, "project", f.project.id, "user", f.owner.id));
  }
  int result = admin_store(a, store_organization_list(a->service.store, &a->arena, &list, &n));
  for (size_t i = 0; result == 0 && i < n; i++)
    result = admin_print(json_pack("{s:s, s:s}", "id", list[i].id, "name", list[i].name));
  return result;
}

/* ---- project -------------------------------------------------------------------------------------------------------
 */
static int project_list(struct admin *a, const struct organization *o) {
  struct project_query q = {.organization = o->id, .hidden_status = "all", .locked = -1, .page = {200, 0}};
  struct project *list;
  size_t n = 200;
  int64_t total;
  for (; n == 200; q.page.offset += 200) {
    enum store_result found = store_project_list(a->service.store, &a->arena, &q, &list, &n, &total);
    if (found != STORE_OK)
      return admin_store(a, found);
    for (size_t i = 0; i < n; i++)
      if (admin_print(json_pack("{s:s, s:s, s:b, s:I}", "id", list[i].id, "name", list[i].name, "default",
                                list[i].is_default != 0, "samples",
                                (json_int_t)list[i].sample_count + list[i].hidden_sample_count)) != 0)
        return 3;
  }
  return 0;
}

/* The file's text, "" for an empty one; NULL: everything was said. */
static const char *file_text(struct admin *a, const char *path) {
  char text[CRYPT4GH_KEY_TEXT_MAX + 1];
  FILE *f = fopen(path, "re");
  size_t n = f == NULL ? 0 : fread(text, 1, sizeof text, f);
  int failed = f == NULL || ferror(f) || n == sizeof text || memchr(text, '\0', n) != NULL;
  if (f != NULL)
    fclose(f);
  if (failed) {
    admin_refused("the public key's file cannot be read, or holds no public key");
    return NULL;
  }
  while (n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL)
    n--;
  return arena_strndup(&a->arena, text, n);
}

/* What is not named stays; 0, or an empty file, turns it off. */
static int project_set(struct admin *a) {
  struct project p;
  int result = admin_store(a, store_project_get(a->service.store, &a->arena, NULL, a->object, &p));
  if (result != 0)
    return result;
  p.uploads_a_day = a->uploads_a_day != NULL ? a->uploads : p.uploads_a_day;
  p.bytes_a_day = a->bytes_a_day != NULL ? a->bytes : p.bytes_a_day;
  if (a->public_key_file != NULL) {
    p.public_key = file_text(a, a->public_key_file);
    if (p.public_key == NULL)
      return 1;
    p.public_key = *p.public_key == '\0' ? NULL : p.public_key;
  }
  struct deed d = admin_deed(a, p.organization);
  result = admin_done(a, project_change(&d, &p));
  return result != 0 ? result
                     : admin_print(json_pack("{s:s, s:s, s:s?, s:I, s:I}", "id", p.id, "name", p.name,
                                             "deliverables_public_key", p.public_key, "uploads_a_day",
                                             (json_int_t)p.uploads_a_day, "bytes_a_day", (json_int_t)p.bytes_a_day));
}

int admin_project(struct admin *a) {
  struct organization o;
  enum store_result found = admin_organization(a, &o);
  if (found != STORE_OK)
    return found == STORE_NONE ? admin_refused("there is no organization yet: admin bootstrap") : admin_store(a, found);
  if (verb_is(a, "list"))
    return project_list(a, &o);
  if (verb_is(a, "set"))
    return project_set(a);
  struct project p;
  struct deed d = admin_deed(a, o.id);
  int result = admin_done(a, project_create(&d, a->name, NULL, a->make_default, &p));
  return result != 0 ? result : admin_print(json_pack("{s:s, s:s}", "id", p.id, "name", p.name));
}

/* ---- user, role ----------------------------------------------------------------------------------------------------
 */
static int password_read(struct admin *a, char out[PASSWORD_MAX + 3]) {
  FILE *f = a->password_file == NULL ? stdin : fopen(a->password_file, "re");
  if (f == NULL)
    return admin_refused("the password's file cannot be read");
  char *line = fgets(out, PASSWORD_MAX + 3, f);
  if (f != stdin)
    fclose(f);
  out[line == NULL ? 0 : strcspn(out, "\r\n")] = '\0';
  return 0;
}

static int user_print(const struct user *u) {
  return admin_print(json_pack("{s:s, s:s, s:s, s:s, s:b, s:b}", "id", u->id, "email", u->email, "name", u->name,
                               "role", u->role, "active", u->active != 0, "password", u->password_hash != NULL));
}

static int user_create_one(struct admin *a, const struct organization *o) {
  char password[PASSWORD_MAX + 3] = "";
  struct user u;
  int result = a->password_file != NULL ? password_read(a, password) : 0;
  struct deed d = admin_deed(a, o->id);
  if (result == 0)
    result = admin_done(a, user_create(&d, a->email, a->name, a->role, a->password_file != NULL ? password : NULL, &u));
  explicit_bzero(password, sizeof password);
  return result != 0 ? result : user_print(&u);
}

static int user_list(struct admin *a, const struct organization *o) {
  struct user *list;
  size_t n = 200;
  int64_t total;
  for (struct page page = {200, 0}; n == 200; page.offset += 200) {
    enum store_result found = store_user_list(a->service.store, &a->arena, o->id, NULL, page, &list, &n, &total);
    if (found != STORE_OK)
      return admin_store(a, found);
    for (size_t i = 0; i < n; i++)
      if (user_print(&list[i]) != 0)
        return 3;
  }
  return 0;
}

/* For who lost the device, and for who may not come in any more. */
static int user_access(struct admin *a, const struct organization *o) {
  struct user u;
  int result = admin_user_of(a, &u);
  struct deed d = admin_deed(a, o->id);
  if (result == 0)
    result = admin_done(a, verb_is(a, "log-out") ? session_end(&d, u.id, NULL) : factor_off(&d, u.id));
  return result == 0 ? user_print(&u) : result;
}

int admin_user(struct admin *a) {
  struct organization o;
  struct user u;
  enum store_result found = admin_organization(a, &o);
  if (found != STORE_OK)
    return found == STORE_NONE ? admin_refused("there is no organization yet: admin bootstrap") : admin_store(a, found);
  if (verb_is(a, "list"))
    return user_list(a, &o);
  if (verb_is(a, "create"))
    return user_create_one(a, &o);
  if (verb_is(a, "factor-off") || verb_is(a, "log-out"))
    return user_access(a, &o);
  int enable = verb_is(a, "enable"), keep = enable || verb_is(a, "disable");
  char password[PASSWORD_MAX + 3] = "";
  int result = admin_user_of(a, &u);
  if (result == 0 && !keep)
    result = password_read(a, password);
  struct deed d = admin_deed(a, o.id);
  if (result == 0)
    result = admin_done(a, keep ? user_active(&d, &u, enable) : user_password(&d, &u, password));
  explicit_bzero(password, sizeof password);
  return result == 0 ? user_print(&u) : result;
}

int admin_role(struct admin *a) {
  struct user u;
  if (verb_is(a, "list")) {
    for (size_t i = 0; i < ROLES; i++)
      if (admin_print(json_pack("{s:s, s:s}", "role", roles[i].name, "permissions", roles[i].permissions)) != 0)
        return 3;
    return 0;
  }
  int result = admin_user_of(a, &u);
  if (result != 0)
    return result;
  struct deed d = admin_deed(a, u.organization);
  result = admin_done(a, user_role(&d, &u, a->role));
  return result == 0 ? user_print(&u) : result;
}

/* ---- key -----------------------------------------------------------------------------------------------------------
 */
static int key_create_one(struct admin *a) {
  struct user u;
  struct api_key k;
  const char *text;
  int result = admin_user_of(a, &u);
  if (result != 0)
    return result;
  struct key_input in = {.user = u.id, .name = a->name, .last_day = a->expires};
  if (a->ip_range != NULL)
    in.ip_ranges = arena_printf(&a->arena, "[\"%s\"]", a->ip_range);
  struct deed d = admin_deed(a, u.organization);
  result = admin_done(a, key_create(&d, &in, &k, &text));
  return result != 0 ? result : admin_print(json_pack("{s:s, s:s, s:s}", "id", k.id, "name", a->name, "api_key", text));
}

static int key_print(const struct admin *a, const struct api_key *k) {
  char used[TIME_SIZE];
  time_format(used, k->last_used);
  return admin_print(json_pack("{s:s, s:s, s:s, s:b, s:s?}", "id", k->id, "name", k->name, "prefix", k->prefix,
                               "expired", k->expires != 0 && a->now >= k->expires, "last_used",
                               k->last_used == 0 ? NULL : used));
}

static int key_list(struct admin *a) {
  struct user u;
  struct api_key *list;
  size_t n;
  int64_t total;
  int result = admin_user_of(a, &u);
  if (result != 0)
    return result;
  result = admin_store(a, store_key_list(a->service.store, &a->arena, u.id, (struct page){200, 0}, &list, &n, &total));
  for (size_t i = 0; result == 0 && i < n; i++)
    result = key_print(a, &list[i]);
  return result;
}

int admin_key(struct admin *a) {
  const char *id = a->object;
  if (verb_is(a, "create"))
    return key_create_one(a);
  if (verb_is(a, "list"))
    return key_list(a);
  struct api_key k;
  struct deed d = admin_deed(a, NULL);
  int result = admin_done(a, key_change(&d, NULL, id, NULL, 1, &k));
  return result != 0 ? result : admin_print(json_pack("{s:s, s:b}", "id", id, "revoked", 1));
}

/* ---- subscription --------------------------------------------------------------------------------------------------
 */
static int subscription_create_one(struct admin *a, const char *project) {
  struct project p;
  struct subscription s;
  int result = admin_store(a, store_project_get(a->service.store, &a->arena, NULL, project, &p));
  if (result != 0)
    return result;
  struct deed d = admin_deed(a, p.organization);
  json_t *types = json_pack("[s]", a->event == NULL ? "analysis_complete_v2" : a->event);
  result = admin_done(a, subscription_create(&d, p.id, a->name, a->target, types, &s));
  json_decref(types);
  return result != 0 ? result : admin_print(json_pack("{s:s, s:s}", "id", s.id, "target", s.target));
}

static int subscription_list(struct admin *a, const char *project) {
  struct subscription *list;
  size_t n;
  int64_t total;
  int result = admin_store(
      a, store_subscription_list(a->service.store, &a->arena, project, (struct page){200, 0}, &list, &n, &total));
  for (size_t i = 0; result == 0 && i < n; i++)
    result =
        admin_print(json_pack("{s:s, s:s, s:s, s:b, s:b}", "id", list[i].id, "target", list[i].target, "event_types",
                              list[i].event_types, "secret", list[i].sealed != NULL, "disabled", list[i].flagged != 0));
  return result;
}

int admin_subscription(struct admin *a) {
  const char *id = a->object;
  if (verb_is(a, "list"))
    return subscription_list(a, a->project_id);
  if (verb_is(a, "create"))
    return subscription_create_one(a, a->project_id);
  struct deed d = admin_deed(a, NULL);
  char secret[33];
  const char *unused;
  if (verb_is(a, "secret")) {
    int result = admin_done(a, subscription_secret(&d, id, secret));
    return result != 0 ? result : admin_print(json_pack("{s:s, s:s}", "id", id, "secret", secret));
  }
  int result = admin_done(a, subscription_delete(&d, id, &unused));
  return result != 0 ? result : admin_print(json_pack("{s:s, s:b}", "id", id, "deleted", 1));
}

/* ---- signing-key ---------------------------------------------------------------------------------------------------
 */
int admin_signing_key(struct admin *a) {
  char kid[40];
  if (verb_is(a, "rotate")) {
    if (keyring_new(&a->service, a->service.store, a->purpose, kid) != 0)
      return 3;
    struct deed d = admin_deed(a, NULL);
    deed_audit(&d, "signing_key.created", kid);
    return admin_print(json_pack("{s:s, s:s}", "kid", kid, "purpose", a->purpose));
  }
  if (verb_is(a, "retire")) {
    int result = admin_store(a, store_signing_key_retire(a->service.store, a->object, a->now));
    struct deed d = admin_deed(a, NULL);
    if (result == 0)
      deed_audit(&d, "signing_key.retired", a->object);
    return result != 0 ? result : admin_print(json_pack("{s:s, s:b}", "kid", a->object, "retired", 1));
  }
  for (enum key_purpose p = 0; p < KEY_PURPOSES; p++) {
    struct signing_key *list;
    size_t n;
    char created[TIME_SIZE];
    int result = admin_store(a, store_signing_keys(a->service.store, &a->arena, keyring_purpose(p), &list, &n));
    for (size_t i = 0; result == 0 && i < n; i++) {
      time_format(created, list[i].created);
      result = admin_print(json_pack("{s:s, s:s, s:s, s:b}", "kid", list[i].kid, "purpose", list[i].purpose, "created",
                                     created, "signs", i == 0));
    }
    if (result != 0)
      return result;
  }
  return 0;
}
