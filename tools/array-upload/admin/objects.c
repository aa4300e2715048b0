/* admin project, user, role, key, subscription, signing-key. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array-upload/admin/admin.h"
#include "array-upload/httpd/http/address.h"
#include "array-upload/httpd/api/api.h"
#include "array-upload/httpd/keyring.h"
#include "array-upload/httpd/api/roles.h"
#include "array-upload/util/crypto.h"
#include "array-upload/util/target.h"

enum { PASSWORD_MIN = 12, PASSWORD_MAX = 1024, SECRET = 32 };

static int verb_is(const struct admin *a, const char *verb) {
  return strcmp(a->verb, verb) == 0;
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

int admin_project(struct admin *a) {
  struct organization o;
  char id[UUID_SIZE];
  enum store_result found = admin_organization(a, &o);
  if (found != STORE_OK)
    return found == STORE_NONE ? admin_refused("there is no organization yet: admin bootstrap") : admin_store(a, found);
  if (verb_is(a, "list"))
    return project_list(a, &o);
  if (!verb_is(a, "create") || a->name == NULL)
    return admin_usage("project list, or project create --name TEXT");
  if (uuid_new(id) != 0)
    return 3;
  struct project p = {.id = id,
                      .organization = o.id,
                      .name = a->name,
                      .description = "",
                      .capability = CAPABILITY_ID,
                      .is_default = a->make_default,
                      .created = a->now,
                      .modified = a->now};
  int result = admin_store(a, store_project_create(a->service.store, &p));
  if (result != 0)
    return result;
  admin_audit(a, o.id, "project.created", id);
  return admin_print(json_pack("{s:s, s:s}", "id", id, "name", a->name));
}

/* ---- user, role ----------------------------------------------------------------------------------------------------
 */
static int password_read(struct admin *a, char out[PASSWORD_MAX]) {
  FILE *f = a->password_file == NULL ? stdin : fopen(a->password_file, "re");
  if (f == NULL)
    return admin_refused("the password's file cannot be read");
  char *line = fgets(out, PASSWORD_MAX, f);
  if (f != stdin)
    fclose(f);
  out[line == NULL ? 0 : strcspn(out, "\r\n")] = '\0';
  return strlen(out) < PASSWORD_MIN ? admin_refused("a password has at least 12 characters") : 0;
}

static int password_set(struct admin *a, struct user *u) {
  char password[PASSWORD_MAX], hash[200];
  int result = password_read(a, password);
  if (result == 0 && password_hash(hash, sizeof hash, password) != 0)
    result = 3;
  explicit_bzero(password, sizeof password);
  if (result != 0)
    return result;
  u->password_hash = arena_strdup(&a->arena, hash);
  u->tokens_after = a->now / 1000000 * 1000000; /* as tokens count: whoever logs in at once is not too early */
  return 0;
}

static int user_print(const struct user *u) {
  return admin_print(json_pack("{s:s, s:s, s:s, s:s, s:b, s:b}", "id", u->id, "email", u->email, "name", u->name,
                               "role", u->role, "active", u->active != 0, "password", u->password_hash != NULL));
}

static int user_create(struct admin *a, const struct organization *o) {
  char id[UUID_SIZE];
  if (a->email == NULL || strchr(a->email, '@') == NULL || a->role == NULL || role_find(a->role) == NULL)
    return admin_usage("user create needs --email and --role owner, manager, analyst or viewer");
  if (uuid_new(id) != 0)
    return 3;
  struct user u = {.id = id,
                   .organization = o->id,
                   .email = a->email,
                   .name = a->name == NULL ? "" : a->name,
                   .role = a->role,
                   .active = 1,
                   .created = a->now};
  int result = a->password_file != NULL ? password_set(a, &u) : 0;
  if (result == 0)
    result = admin_store(a, store_user_create(a->service.store, &u));
  if (result != 0)
    return result;
  admin_audit(a, o->id, "user.created", id);
  return user_print(&u);
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

int admin_user(struct admin *a) {
  struct organization o;
  struct user u;
  enum store_result found = admin_organization(a, &o);
  if (found != STORE_OK)
    return found == STORE_NONE ? admin_refused("there is no organization yet: admin bootstrap") : admin_store(a, found);
  if (verb_is(a, "list"))
    return user_list(a, &o);
  if (verb_is(a, "create"))
    return user_create(a, &o);
  int disable = verb_is(a, "disable");
  if (!disable && !verb_is(a, "password"))
    return admin_usage("user list, create, password or disable");
  int result = admin_user_of(a, &u);
  if (result == 0 && disable) {
    u.active = 0;
    u.tokens_after = a->now;
  } else if (result == 0) {
    result = password_set(a, &u);
  }
  if (result == 0)
    result = admin_store(a, store_user_update(a->service.store, &u));
  if (result == 0)
    admin_audit(a, o.id, disable ? "user.disabled" : "user.password", u.id);
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
  if (!verb_is(a, "set") || a->role == NULL || role_find(a->role) == NULL)
    return admin_usage("role list, or role set --email E --role owner, manager, analyst or viewer");
  int result = admin_user_of(a, &u);
  if (result != 0)
    return result;
  u.role = a->role;
  result = admin_store(a, store_user_update(a->service.store, &u));
  if (result == 0)
    admin_audit(a, u.organization, "role.changed", u.id);
  return result == 0 ? user_print(&u) : result;
}

/* ---- key -----------------------------------------------------------------------------------------------------------
 */
static int key_create(struct admin *a) {
  struct user u;
  struct api_key k;
  const char *text, *ranges = NULL;
  int64_t expires = 0;
  if (a->name == NULL || (a->expires != NULL && date_parse(&expires, a->expires) != 0) ||
      (a->ip_range != NULL && !cidr_valid(a->ip_range)))
    return admin_usage("key create --email E --name TEXT [--expires YYYY-MM-DD] [--ip-range CIDR]");
  int result = admin_user_of(a, &u);
  if (result != 0)
    return result;
  if (a->ip_range != NULL)
    ranges = arena_printf(&a->arena, "[\"%s\"]", a->ip_range);
  result = admin_store(a, api_key_make(a->service.store, &a->arena, u.id, a->name, ranges,
                                       a->expires == NULL ? 0 : expires + INT64_C(86400000000), a->now, &k, &text));
  if (result != 0)
    return result;
  admin_audit(a, u.organization, "key.created", k.id);
  return admin_print(json_pack("{s:s, s:s, s:s}", "id", k.id, "name", a->name, "api_key", text));
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
    result = admin_print(json_pack("{s:s, s:s, s:s, s:b}", "id", list[i].id, "name", list[i].name, "prefix",
                                   list[i].prefix, "expired", list[i].expires != 0 && a->now >= list[i].expires));
  return result;
}

int admin_key(struct admin *a) {
  char id[UUID_SIZE];
  if (verb_is(a, "create"))
    return key_create(a);
  if (verb_is(a, "list"))
    return key_list(a);
  if (!verb_is(a, "revoke") || a->object == NULL || uuid_parse(id, a->object) != 0)
    return admin_usage("key list, create, or revoke ID");
  int result = admin_store(a, store_key_update(a->service.store, id, NULL, 1));
  if (result != 0)
    return result;
  admin_audit(a, NULL, "key.revoked", id);
  return admin_print(json_pack("{s:s, s:b}", "id", id, "revoked", 1));
}

/* ---- subscription --------------------------------------------------------------------------------------------------
 */
static int subscription_create(struct admin *a, const char *project) {
  char id[UUID_SIZE];
  const char *why, *event = a->event == NULL ? "analysis_complete_v2" : a->event;
  struct project p;
  if (a->target == NULL || strspn(event, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(event))
    return admin_usage("subscription create --project ID --target URL [--event TYPE]");
  if (target_check(&a->service.config, a->target, &why) != 0)
    return admin_refused(why);
  int result = admin_store(a, store_project_get(a->service.store, &a->arena, NULL, project, &p));
  if (result != 0)
    return result;
  if (uuid_new(id) != 0)
    return 3;
  struct subscription s = {.id = id,
                           .project = p.id,
                           .name = a->name == NULL ? "" : a->name,
                           .target = a->target,
                           .event_types = arena_printf(&a->arena, "[\"%s\"]", event),
                           .created = a->now};
  result = admin_store(a, store_subscription_create(a->service.store, &s));
  if (result != 0)
    return result;
  admin_audit(a, p.organization, "subscription.created", id);
  return admin_print(json_pack("{s:s, s:s}", "id", id, "target", a->target));
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

static int subscription_secret(struct admin *a, const char *id) {
  char secret[SECRET + 1];
  char *sealed = random_alnum(secret, SECRET) == 0 ? seal_text(a->service.master_key, id, secret) : NULL;
  int result = sealed == NULL ? 3 : admin_store(a, store_subscription_secret(a->service.store, id, sealed));
  free(sealed);
  return result != 0 ? result : admin_print(json_pack("{s:s, s:s}", "id", id, "secret", secret));
}

int admin_subscription(struct admin *a) {
  char id[UUID_SIZE];
  if (verb_is(a, "create") || verb_is(a, "list")) {
    if (a->project == NULL || uuid_parse(id, a->project) != 0)
      return admin_usage("--project ID is missing");
    return verb_is(a, "list") ? subscription_list(a, id) : subscription_create(a, id);
  }
  if (a->object == NULL || uuid_parse(id, a->object) != 0)
    return admin_usage("subscription list, create, secret ID or delete ID");
  if (verb_is(a, "secret"))
    return subscription_secret(a, id);
  if (!verb_is(a, "delete"))
    return admin_usage("subscription list, create, secret ID or delete ID");
  int result = admin_store(a, store_subscription_delete(a->service.store, id));
  return result != 0 ? result : admin_print(json_pack("{s:s, s:b}", "id", id, "deleted", 1));
}

/* ---- signing-key ---------------------------------------------------------------------------------------------------
 */
int admin_signing_key(struct admin *a) {
  char kid[40];
  if (verb_is(a, "rotate")) {
    for (enum key_purpose p = 0; p < KEY_PURPOSES; p++)
      if (a->purpose != NULL && strcmp(keyring_purpose(p), a->purpose) == 0) {
        if (keyring_new(&a->service, a->service.store, a->purpose, kid) != 0)
          return 3;
        admin_audit(a, NULL, "signing_key.created", kid);
        return admin_print(json_pack("{s:s, s:s}", "kid", kid, "purpose", a->purpose));
      }
    return admin_usage("signing-key rotate --purpose upload, access, refresh or download");
  }
  if (verb_is(a, "retire") && a->object != NULL) {
    int result = admin_store(a, store_signing_key_retire(a->service.store, a->object, a->now));
    if (result == 0)
      admin_audit(a, NULL, "signing_key.retired", a->object);
    return result != 0 ? result : admin_print(json_pack("{s:s, s:b}", "kid", a->object, "retired", 1));
  }
  if (!verb_is(a, "list"))
    return admin_usage("signing-key list, rotate --purpose P, or retire KID");
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
