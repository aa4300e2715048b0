#include "array-upload/admin/admin.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "array-upload/util/clock.h"
#include "array-upload/util/log.h"

static const char help[] =
    "Usage: array-upload admin COMMAND [VERB] [ID] [options]\n"
    "\n"
    "  bootstrap [--json]                     a first organization, project, owner and API key where there are none\n"
    "  organization list | create --name TEXT --email E   another one, with its project and an owner\n"
    "  project list | create --name TEXT [--default]\n"
    "       | set ID [--public-key-file FILE] [--uploads-a-day N] [--bytes-a-day N]\n"
    "  user list | create --email E --role R [--name TEXT] [--password-file FILE] | password --email E "
    "[--password-file FILE]\n"
    "       | disable --email E | enable --email E | factor-off --email E | log-out --email E\n"
    "  role list | set --email E --role owner|manager|analyst|viewer\n"
    "  key list --email E | create --email E --name TEXT [--expires YYYY-MM-DD] [--ip-range CIDR] | revoke ID\n"
    "  sample show ID                         its status, stages, and what the person agreed to\n"
    "  sample retry ID                        the stages of its analysis that failed, once more\n"
    "  subscription list --project ID | create --project ID --target URL [--event TYPE] [--name TEXT] | secret ID | "
    "delete ID\n"
    "  signing-key list | rotate --purpose upload|access|refresh|download|person | retire KID\n"
    "  keys list | status | rotate            the keys that everything is sealed under; rotate wraps them all anew\n"
    "  keys export | import                   one JSON object a line, wrapped, from or to another key store\n"
    "  audit [list] | verify                  what was done, newest first; whether the chain is whole\n"
    "  store | store adopt                    whose the blob store is, and what fits; makes it this database's\n"
    "  orphans [list] | remove                objects that no row knows; removes them\n"
    "  deletion-certificate ID                signed: that the sample is gone, when and how\n"
    "  verify-certificate FILE                whether this service signed it; prints what it says\n"
    "  settings                               every setting with its default; whether --config's file is right\n"
    "  migrate                                brings the database to this version\n"
    "  doctor                                 looks at everything the service needs\n"
    "\n"
    "  --organization ID                      for project and user; without it, the first one made\n"
    "  --data DIR, --config FILE              as for serve\n"
    "  -h, --help                             this text\n"
    "\n"
    "Without --password-file a password is read from standard input (one line).\n";

static const struct {
  const char *name;
  int (*run)(struct admin *a);
} commands[] = {{"bootstrap", admin_bootstrap},
                {"organization", admin_organizations},
                {"project", admin_project},
                {"user", admin_user},
                {"role", admin_role},
                {"key", admin_key},
                {"sample", admin_sample},
                {"audit", admin_audit_show},
                {"orphans", admin_orphans},
                {"store", admin_blob_store},
                {"subscription", admin_subscription},
                {"signing-key", admin_signing_key},
                {"keys", admin_keys},
                {"deletion-certificate", admin_deletion_certificate},
                {"verify-certificate", admin_verify_certificate},
                {"migrate", admin_migrate},
                {"doctor", admin_doctor}};

int admin_print(json_t *object) {
  char *text = object == NULL ? NULL : json_dumps(object, JSON_COMPACT);
  json_decref(object);
  int failed = text == NULL || puts(text) < 0 || fflush(stdout) != 0;
  free(text);
  return failed ? 3 : 0;
}

int admin_usage(const char *text) {
  fprintf(stderr, "array-upload admin: %s\nTry: array-upload admin --help\n", text);
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
  if (a->email == NULL)
    return admin_usage("--email is missing");
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

enum {
  DATA = 256,
  CONFIG,
  EMAIL,
  NAME,
  ROLE,
  PROJECT,
  TARGET,
  EVENT,
  EXPIRES,
  IP_RANGE,
  PASSWORD_FILE,
  PURPOSE,
  ORGANIZATION,
  PUBLIC_KEY_FILE,
  UPLOADS_A_DAY,
  BYTES_A_DAY,
  JSON,
  DEFAULT
};

static const struct option options[] = {{"data", required_argument, NULL, DATA},
                                        {"config", required_argument, NULL, CONFIG},
                                        {"email", required_argument, NULL, EMAIL},
                                        {"name", required_argument, NULL, NAME},
                                        {"role", required_argument, NULL, ROLE},
                                        {"project", required_argument, NULL, PROJECT},
                                        {"target", required_argument, NULL, TARGET},
                                        {"event", required_argument, NULL, EVENT},
                                        {"expires", required_argument, NULL, EXPIRES},
                                        {"ip-range", required_argument, NULL, IP_RANGE},
                                        {"password-file", required_argument, NULL, PASSWORD_FILE},
                                        {"purpose", required_argument, NULL, PURPOSE},
                                        {"organization", required_argument, NULL, ORGANIZATION},
                                        {"public-key-file", required_argument, NULL, PUBLIC_KEY_FILE},
                                        {"uploads-a-day", required_argument, NULL, UPLOADS_A_DAY},
                                        {"bytes-a-day", required_argument, NULL, BYTES_A_DAY},
                                        {"json", no_argument, NULL, JSON},
                                        {"default", no_argument, NULL, DEFAULT},
                                        {"help", no_argument, NULL, 'h'},
                                        {NULL, 0, NULL, 0}};

/* -1: go on. */
static int options_take(struct admin *a, int argc, char **argv, const char **data, const char **config) {
  const char **const fields[] = {data,
                                 config,
                                 &a->email,
                                 &a->name,
                                 &a->role,
                                 &a->project,
                                 &a->target,
                                 &a->event,
                                 &a->expires,
                                 &a->ip_range,
                                 &a->password_file,
                                 &a->purpose,
                                 &a->organization,
                                 &a->public_key_file,
                                 &a->uploads_a_day,
                                 &a->bytes_a_day};
  optind = 0;
  for (int c; (c = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
    if (c == 'h')
      return fputs(help, stdout) < 0 || fflush(stdout) != 0 ? 3 : 0;
    if (c == JSON)
      a->json = 1;
    else if (c == DEFAULT)
      a->make_default = 1;
    else if (c >= DATA && c <= BYTES_A_DAY)
      *fields[c - DATA] = optarg;
    else
      return 2;
  }
  return -1;
}

/* The settings of options, file and environment. 0, or the exit code with everything said. */
static int settings_take(struct config *config, const char *data, const char *file) {
  char error[600] = "";
  if (config_load(config, file, error, sizeof error) != 0)
    return admin_usage(error);
  if ((data != NULL && config_set(&config->data, data) != 0) || config_complete(config, error, sizeof error) != 0) {
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
  const char *data = NULL, *file = NULL;
  int result = options_take(&a, argc, argv, &data, &file);
  if (result != -1)
    return result;
  if (optind >= argc)
    return admin_usage("a command is missing");
  const char *command = argv[optind++];
  a.verb = optind < argc ? argv[optind++] : "";
  a.object = optind < argc ? argv[optind++] : NULL;
  if (optind < argc)
    return admin_usage("too many words");
  result = settings_take(&config, data, file);
  if (result != 0)
    return result;
  if (strcmp(command, "settings") == 0) {
    config_free(&config);
    return admin_settings();
  }
  size_t i = 0, n = sizeof commands / sizeof *commands;
  while (i < n && strcmp(commands[i].name, command) != 0)
    i++;
  if (i == n) {
    config_free(&config);
    return admin_usage("there is no such command");
  }
  result = admin_open(&a, &config);
  if (result == 0) {
    result = commands[i].run(&a);
    service_close(&a.service);
  }
  arena_free(&a.arena);
  return result;
}
