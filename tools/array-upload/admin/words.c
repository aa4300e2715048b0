/* What can be said to `array-upload admin`: everything is looked at here, before anything is opened or made. */
#include <getopt.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "array-upload/admin/admin.h"
#include "array-upload/deeds/keyring.h"
#include "array-upload/deeds/roles.h"
#include "array-upload/util/address.h"
#include "array-upload/serve/options.h"

static const char help[] = "Usage: array-upload admin COMMAND [VERB] [ID] [OPTION]...\n"
                           "Each command answers with one JSON object a line.\n"
                           "\n"
                           "  bootstrap [--json]       a first organization, project, owner and API key\n"
                           "                           where there are none\n"
                           "  organization list\n"
                           "  organization create --name TEXT --email E\n"
                           "                           another one, with its project and an owner\n"
                           "  project list\n"
                           "  project create --name TEXT [--default]\n"
                           "  project set ID [--public-key-file FILE] [--uploads-a-day N] [--bytes-a-day N]\n"
                           "  user list\n"
                           "  user create --email E --role R [--name TEXT] [--password-file FILE]\n"
                           "  user password --email E [--password-file FILE]\n"
                           "  user disable|enable|factor-off|log-out --email E\n"
                           "  role list\n"
                           "  role set --email E --role owner|manager|analyst|viewer\n"
                           "  key list --email E\n"
                           "  key create --email E --name TEXT [--expires YYYY-MM-DD] [--ip-range CIDR]\n"
                           "  key revoke ID\n"
                           "  sample show ID           its status, stages, and what the person agreed to\n"
                           "  sample retry ID          the stages of its analysis that failed, once more\n"
                           "  subscription list --project ID\n"
                           "  subscription create --project ID --target URL [--event TYPE] [--name TEXT]\n"
                           "  subscription secret|delete ID\n"
                           "  signing-key list\n"
                           "  signing-key rotate --purpose upload|access|refresh|download|person\n"
                           "  signing-key retire KID\n"
                           "  keys list|status|rotate  the keys that everything is sealed under; rotate\n"
                           "                           wraps them all anew\n"
                           "  keys export|import       one JSON object a line, wrapped, from or to another\n"
                           "                           key store\n"
                           "  audit [list]             what was done, newest first\n"
                           "  audit verify             whether the chain is whole\n"
                           "  store                    whose the blob store is, and what fits\n"
                           "  store adopt              makes it this database's\n"
                           "  orphans [list]           objects that no row knows\n"
                           "  orphans remove           removes them\n"
                           "  deletion-certificate ID  signed: that the sample is gone, when and how\n"
                           "  verify-certificate FILE  whether this service signed it; prints what it says\n"
                           "  settings                 every setting with its default; whether the file of\n"
                           "                           --config is right\n"
                           "  migrate                  brings the database to this version\n"
                           "  doctor                   looks at everything the service needs\n"
                           "\n"
                           "      --organization ID    for project, user and audit; without it the first one\n"
                           "                           made, and of audit all\n"
                           "      --data DIR           as for serve: the same folder, as the same user\n"
                           "      --config FILE        as for serve\n"
                           "  -h, --help               this help\n"
                           "\n"
                           "user password without --password-file reads it from standard input (one line).\n"
                           "\n"
                           "Example: array-upload admin key create --email owner@example.com --name app\n"
                           "\n"
                           "Exit status: 0 done; 1 refused; 2 wrong usage, nothing was opened; 3 trouble.\n";

enum {
  DATA,
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
  FIELDS,
  JSON = FIELDS,
  DEFAULT,
  OPTION = 256 /* what getopt gives is behind all letters */
};

static const struct {
  const char *option;
  size_t at;
} fields[FIELDS] = {[DATA] = {"data", offsetof(struct admin, data)},
                    [CONFIG] = {"config", offsetof(struct admin, config)},
                    [EMAIL] = {"email", offsetof(struct admin, email)},
                    [NAME] = {"name", offsetof(struct admin, name)},
                    [ROLE] = {"role", offsetof(struct admin, role)},
                    [PROJECT] = {"project", offsetof(struct admin, project)},
                    [TARGET] = {"target", offsetof(struct admin, target)},
                    [EVENT] = {"event", offsetof(struct admin, event)},
                    [EXPIRES] = {"expires", offsetof(struct admin, expires)},
                    [IP_RANGE] = {"ip-range", offsetof(struct admin, ip_range)},
                    [PASSWORD_FILE] = {"password-file", offsetof(struct admin, password_file)},
                    [PURPOSE] = {"purpose", offsetof(struct admin, purpose)},
                    [ORGANIZATION] = {"organization", offsetof(struct admin, organization)},
                    [PUBLIC_KEY_FILE] = {"public-key-file", offsetof(struct admin, public_key_file)},
                    [UPLOADS_A_DAY] = {"uploads-a-day", offsetof(struct admin, uploads_a_day)},
                    [BYTES_A_DAY] = {"bytes-a-day", offsetof(struct admin, bytes_a_day)}};

static const char **field(struct admin *a, int k) { return (const char **)(void *)((char *)a + fields[k].at); }

enum object { NOTHING, AN_ID, A_WORD };
#define NEEDS(option) (1U << (option))

/* verb "": the command alone says it. */
static const struct form {
  const char *command, *verb;
  enum object object;
  unsigned needs;
  int (*run)(struct admin *a);
} forms[] = {{"bootstrap", "", NOTHING, 0, admin_bootstrap},
             {"organization", "list", NOTHING, 0, admin_organizations},
             {"organization", "create", NOTHING, NEEDS(NAME) | NEEDS(EMAIL), admin_organizations},
             {"project", "list", NOTHING, 0, admin_project},
             {"project", "create", NOTHING, NEEDS(NAME), admin_project},
             {"project", "set", AN_ID, 0, admin_project},
             {"user", "list", NOTHING, 0, admin_user},
             {"user", "create", NOTHING, NEEDS(EMAIL) | NEEDS(ROLE), admin_user},
             {"user", "password", NOTHING, NEEDS(EMAIL), admin_user},
             {"user", "disable", NOTHING, NEEDS(EMAIL), admin_user},
             {"user", "enable", NOTHING, NEEDS(EMAIL), admin_user},
             {"user", "factor-off", NOTHING, NEEDS(EMAIL), admin_user},
             {"user", "log-out", NOTHING, NEEDS(EMAIL), admin_user},
             {"role", "list", NOTHING, 0, admin_role},
             {"role", "set", NOTHING, NEEDS(EMAIL) | NEEDS(ROLE), admin_role},
             {"key", "list", NOTHING, NEEDS(EMAIL), admin_key},
             {"key", "create", NOTHING, NEEDS(EMAIL) | NEEDS(NAME), admin_key},
             {"key", "revoke", AN_ID, 0, admin_key},
             {"sample", "show", AN_ID, 0, admin_sample},
             {"sample", "retry", AN_ID, 0, admin_sample},
             {"subscription", "list", NOTHING, NEEDS(PROJECT), admin_subscription},
             {"subscription", "create", NOTHING, NEEDS(PROJECT) | NEEDS(TARGET), admin_subscription},
             {"subscription", "secret", AN_ID, 0, admin_subscription},
             {"subscription", "delete", AN_ID, 0, admin_subscription},
             {"signing-key", "list", NOTHING, 0, admin_signing_key},
             {"signing-key", "rotate", NOTHING, NEEDS(PURPOSE), admin_signing_key},
             {"signing-key", "retire", A_WORD, 0, admin_signing_key},
             {"keys", "list", NOTHING, 0, admin_keys_list},
             {"keys", "status", NOTHING, 0, admin_keys_status},
             {"keys", "rotate", NOTHING, 0, admin_keys_rotate},
             {"keys", "export", NOTHING, 0, admin_keys_export},
             {"keys", "import", NOTHING, 0, admin_keys_import},
             {"audit", "", NOTHING, 0, admin_audit_show},
             {"audit", "list", NOTHING, 0, admin_audit_show},
             {"audit", "verify", NOTHING, 0, admin_audit_show},
             {"store", "", NOTHING, 0, admin_blob_store},
             {"store", "adopt", NOTHING, 0, admin_blob_store},
             {"orphans", "", NOTHING, 0, admin_orphans},
             {"orphans", "list", NOTHING, 0, admin_orphans},
             {"orphans", "remove", NOTHING, 0, admin_orphans},
             {"deletion-certificate", "", AN_ID, 0, admin_deletion_certificate},
             {"verify-certificate", "", A_WORD, 0, admin_verify_certificate},
             {"settings", "", NOTHING, 0, NULL},
             {"migrate", "", NOTHING, 0, admin_migrate},
             {"doctor", "", NOTHING, 0, admin_doctor}};
enum { FORMS = sizeof forms / sizeof *forms };

static int __attribute__((format(printf, 1, 2))) wrong(const char *format, ...) {
  char text[600];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return admin_usage(text);
}

/* -1: go on. */
static int options_take(struct admin *a, int argc, char **argv) {
  struct option list[FIELDS + 4] = {{"json", no_argument, NULL, OPTION + JSON},
                                    {"default", no_argument, NULL, OPTION + DEFAULT},
                                    {"help", no_argument, NULL, 'h'}};
  for (int k = 0; k < FIELDS; k++)
    list[3 + k] = (struct option){fields[k].option, required_argument, NULL, OPTION + k};
  optind = opterr = 0;
  for (int c; (c = getopt_long(argc, argv, ":h", list, NULL)) != -1;) {
    if (c == 'h')
      return fputs(help, stdout) < 0 || fflush(stdout) != 0 ? 3 : 0;
    if (c == OPTION + JSON)
      a->json = 1;
    else if (c == OPTION + DEFAULT)
      a->make_default = 1;
    else if (c >= OPTION)
      *field(a, c - OPTION) = optarg;
    else
      return options_usage(argv, c);
  }
  return -1;
}

static int purpose_is_known(const char *word) {
  for (enum key_purpose p = 0; p < KEY_PURPOSES; p++)
    if (strcmp(keyring_purpose(p), word) == 0)
      return 1;
  return 0;
}

static int quota_read(const char *text, int64_t *out) { return number_parse(out, text, 0, INT64_C(1) << 50); }

/* What an option's value must be wherever it is given. NULL: they are well. */
static const char *values_look(struct admin *a) {
  if (a->role != NULL && role_find(a->role) == NULL)
    return "--role is owner, manager, analyst or viewer";
  if (a->purpose != NULL && !purpose_is_known(a->purpose))
    return "--purpose is upload, access, refresh, download or person";
  if (a->ip_range != NULL && !cidr_valid(a->ip_range))
    return "--ip-range is an address and the length of its prefix, as in 192.0.2.0/24";
  if (a->project != NULL && uuid_parse(a->project_id, a->project) != 0)
    return "--project is an ID";
  if ((a->uploads_a_day != NULL && quota_read(a->uploads_a_day, &a->uploads) != 0) ||
      (a->bytes_a_day != NULL && quota_read(a->bytes_a_day, &a->bytes) != 0))
    return "a quota is a number; 0 is none";
  return NULL;
}

/* The form of these words; NULL: why there is none was said. */
static const struct form *form_find(char **words) {
  char verbs[200] = "";
  int known = 0, alone = 0;
  for (size_t k = 0; k < FORMS; k++) {
    const struct form *form = &forms[k];
    if (strcmp(form->command, words[0]) != 0)
      continue;
    known = 1;
    if (form->verb[0] == '\0') {
      alone = 1;
      if (words[1] == NULL || form->object != NOTHING)
        return form;
      continue;
    }
    if (words[1] != NULL && strcmp(form->verb, words[1]) == 0)
      return form;
    size_t n = strlen(verbs);
    snprintf(verbs + n, sizeof verbs - n, "%s%s", n > 0 ? ", " : "", form->verb);
  }
  if (!known)
    wrong("no such command: %s", words[0]);
  else if (words[1] == NULL)
    wrong("%s: a verb is missing: %s", words[0], verbs);
  else if (verbs[0] == '\0')
    wrong("%s: takes no \"%s\"", words[0], words[1]);
  else
    wrong("%s: takes %s%s, not \"%s\"", words[0], alone ? "nothing, " : "", verbs, words[1]);
  return NULL;
}

/* What the form wants behind its words; 0, or 2 with everything said. */
static int form_fill(struct admin *a, const struct form *form, char **rest) {
  char called[60];
  snprintf(called, sizeof called, "%s%s%s", form->command, form->verb[0] != '\0' ? " " : "", form->verb);
  a->verb = form->verb;
  if (form->object != NOTHING) {
    if (*rest == NULL)
      return wrong("%s: %s is missing", called, form->object == AN_ID ? "an ID" : "a word");
    a->object = *rest++;
  }
  if (*rest != NULL)
    return wrong("%s: takes no \"%s\"", called, *rest);
  if (form->object == AN_ID) {
    if (uuid_parse(a->object_id, a->object) != 0)
      return wrong("%s: \"%s\" is no ID", called, a->object);
    a->object = a->object_id;
  }
  for (int k = 0; k < FIELDS; k++)
    if (form->needs & NEEDS(k) && *field(a, k) == NULL)
      return wrong("%s: --%s is missing", called, fields[k].option);
  return 0;
}

int admin_words(struct admin *a, int argc, char **argv, int (**run)(struct admin *a)) {
  int result = options_take(a, argc, argv);
  if (result != -1)
    return result;
  char **words = argv + optind;
  if (words[0] == NULL)
    return admin_usage("a command is missing");
  const struct form *form = form_find(words);
  if (form == NULL || form_fill(a, form, words + 1 + (form->verb[0] != '\0')) != 0)
    return 2;
  const char *bad = values_look(a);
  if (bad != NULL)
    return admin_usage(bad);
  *run = form->run;
  return -1;
}
