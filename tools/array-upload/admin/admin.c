#include "array-upload/admin/admin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "array-upload/util/clock.h"
#include "array-upload/util/log.h"

int admin_print(json_t *object) {
  char *text = object == NULL ? NULL : json_dumps(object, JSON_COMPACT);
  json_decref(object);
  int failed = text == NULL || puts(text) < 0 || fflush(stdout) != 0;
  free(text);
  return failed ? 3 : 0;
}

int admin_usage(const char *text) {
  fprintf(stderr, "array-upload admin: %s (see array-upload admin --help)\n", text);
  return 2;
}

int admin_refused(const char *text) {
  fprintf(stderr, "array-upload admin: %s\n", text);
  return 1;
}

int admin_store(struct admin *a, enum store_result result) {
  switch (result) {
  case STORE_OK:
    return 0;
  case STORE_NONE:
    return admin_refused("there is none of that id");
  case STORE_CONFLICT:
    return admin_refused("there is one already");
  case STORE_BUSY:
  case STORE_FULL:
  case STORE_ERROR:
    break;
  }
  fprintf(stderr, "array-upload admin: the database: %s\n", store_error(a->service.store));
  return 3;
}

enum store_result admin_organization(struct admin *a, struct organization *out) {
  struct organization *list;
  size_t n;
  enum store_result found = store_organization_list(a->service.store, &a->arena, &list, &n);
  if (found != STORE_OK)
    return found;
  for (size_t i = 0; i < n; i++)
    if (a->organization == NULL || strcmp(list[i].id, a->organization) == 0) {
      *out = list[i];
      return STORE_OK;
    }
  return STORE_NONE;
}

int admin_user_of(struct admin *a, struct user *out) {
  enum store_result found = store_user_by_email(a->service.store, &a->arena, a->email, out);
  return found == STORE_NONE ? admin_refused("there is no user of that e-mail address") : admin_store(a, found);
}

struct deed admin_deed(struct admin *a, const char *organization) {
  return (struct deed){.service = &a->service,
                       .store = a->service.store,
                       .arena = &a->arena,
                       .organization = organization,
                       .actor = "admin",
                       .now = a->now,
                       .faults = &a->faults};
}

int admin_done(struct admin *a, enum store_result result) {
  if (result != STORE_CONFLICT || a->faults.n == 0)
    return admin_store(a, result);
  for (size_t i = 0; i < a->faults.n; i++)
    fprintf(stderr, "array-upload admin: %s: %s\n", a->faults.list[i].field, a->faults.list[i].text);
  return 1;
}

/* The settings of options, file and environment. 0, or the exit code with everything said. */
static int settings_take(struct config *config, const struct admin *a) {
  char error[600] = "";
  if (config_load(config, a->config, error, sizeof error) != 0)
    return admin_usage(error);
  if ((a->data != NULL && config_set(&config->data, a->data) != 0) ||
      config_complete(config, error, sizeof error) != 0) {
    config_free(config);
    return admin_usage(error);
  }
  return 0;
}

static int admin_open(struct admin *a, struct config *config) {
  char error[600] = "";
  umask(077);
  log_start("admin");
  if (service_open(&a->service, config, error, sizeof error) == 0)
    return 0;
  fprintf(stderr, "array-upload admin: %s\n", error);
  config_free(config);
  return 3;
}

int admin_main(int argc, char **argv) {
  struct admin a = {.now = clock_now()};
  struct config config = {0};
  int (*run)(struct admin *);
  int result = admin_words(&a, argc, argv, &run);
  if (result != -1)
    return result;
  result = settings_take(&config, &a);
  if (result != 0)
    return result;
  if (run == NULL) {
    config_free(&config);
    return admin_settings();
  }
  result = admin_open(&a, &config);
  if (result == 0) {
    result = run(&a);
    service_close(&a.service);
  }
  arena_free(&a.arena);
  return result;
}
