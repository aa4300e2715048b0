/* admin bootstrap, migrate and settings. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array-upload/admin/admin.h"
#include "array-upload/deeds/deed.h"

#define OWNER_EMAIL "owner@example.com"

/* What is there since an earlier start; no key is made: `admin key create` makes another one. */
static enum store_result found_already(struct admin *a, struct founding *f) {
  struct user *list;
  size_t n;
  int64_t total;
  enum store_result found = admin_organization(a, &f->organization);
  if (found == STORE_OK)
    found = store_project_default(a->service.store, &a->arena, f->organization.id, &f->project);
  if (found == STORE_OK)
    found = store_user_list(a->service.store, &a->arena, f->organization.id, NULL, (struct page){200, 0}, &list, &n,
                            &total);
  for (size_t i = 0; found == STORE_OK && i < n; i++)
    if (list[i].active && strcmp(list[i].role, "owner") == 0) {
      f->owner = list[i];
      return STORE_OK;
    }
  return found == STORE_OK ? STORE_NONE : found;
}

int admin_bootstrap(struct admin *a) {
  struct founding f = {.owner = {.id = NULL}};
  const char *key = NULL;
  char data[PATH_MAX];
  struct deed d = admin_deed(a, NULL);
  enum store_result done = organization_create(&d, "Organization", OWNER_EMAIL, 1, &f, &key);
  if (done == STORE_NONE) {
    key = NULL;
    done = found_already(a, &f);
  }
  if (done == STORE_NONE)
    return admin_refused("the first organization has no project for array data, or no active owner");
  if (done != STORE_OK)
    return admin_done(a, done);
  if (realpath(a->service.config.data, data) == NULL)
    snprintf(data, sizeof data, "%s", a->service.config.data);
  if (a->json)
    return admin_print(json_pack("{s:s, s:s, s:s, s:s, s:s, s:s?}", "data", data, "organization", f.organization.id,
                                 "project", f.project.id, "user", f.owner.id, "email", f.owner.email, "api_key", key));
  int n = printf("data folder   %s\norganization  %s\nproject       %s\nuser          %s (%s)\nAPI key       %s\n",
                 data, f.organization.id, f.project.id, f.owner.id, f.owner.email,
                 key != NULL ? key : "none was made now; another: array-upload admin key create");
  return n < 0 || fflush(stdout) != 0 ? 3 : 0;
}

int admin_migrate(struct admin *a) {
  int64_t have, want;
  enum store_result found = store_version(a->service.store, &have, &want);
  return found != STORE_OK
             ? admin_store(a, found)
             : admin_print(json_pack("{s:I, s:I}", "version", (json_int_t)have, "wanted", (json_int_t)want));
}

/* ---- settings -----------------------------------------------------------------------------------------------------
 */

int admin_settings(void) {
  struct config_setting s;
  int result = 0;
  for (size_t k = 0; result == 0 && config_setting(&s, k) == 0; k++)
    result = admin_print(json_pack("{s:s, s:s, s:s?}", "section", s.section, "key", s.key, "default", s.preset));
  return result;
}
