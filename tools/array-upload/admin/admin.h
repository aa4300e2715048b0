/* admin.h - the operator's command line, by file. Each command answers with one JSON object a line on standard output.
 */
#ifndef ARRAY_UPLOAD_ADMIN_ADMIN_H
#define ARRAY_UPLOAD_ADMIN_ADMIN_H

#include <jansson.h>

#include "array-upload/deeds/deed.h"
#include "array-upload/util/encode.h"

/* What the command line said, looked at by admin_words(); NULL or 0 where it said nothing. */
struct admin {
  struct service service;
  struct arena arena;
  const char *verb,
      *object; /* the words behind the command: "create", "" for none; an id or a file, where one belongs */
  char object_id[UUID_SIZE], project_id[UUID_SIZE]; /* what object, and --project, stand on where they are ids */
  const char *data, *config;
  const char *email, *name, *role, *project, *target, *event, *expires, *ip_range, *password_file, *purpose,
      *organization, *public_key_file, *uploads_a_day, *bytes_a_day;
  int64_t uploads, bytes; /* the numbers of the last two */
  struct faults faults;   /* of the deed of this run */
  int json, make_default;
  int64_t now;
};

/* Reads argv[1..]. -1: go on with *run, NULL for `settings`, which needs no service: its verb is one of its own, and
 * the object and the options that it cannot do without are there. Else the exit code, everything said (0 after --help).
 */
int admin_words(struct admin *a, int argc, char **argv, int (**run)(struct admin *a));

/* Exit codes: 0, 1 refused, 2 usage, 3 internal. */
int admin_bootstrap(struct admin *a);
int admin_organizations(struct admin *a);
int admin_project(struct admin *a);
int admin_user(struct admin *a);
int admin_role(struct admin *a);
int admin_key(struct admin *a);
int admin_sample(struct admin *a);
int admin_orphans(struct admin *a);
int admin_blob_store(struct admin *a);
int admin_audit_show(struct admin *a);
int admin_subscription(struct admin *a);
int admin_signing_key(struct admin *a);
int admin_keys_list(struct admin *a);
int admin_keys_status(struct admin *a);
int admin_keys_rotate(struct admin *a);
int admin_keys_export(struct admin *a);
int admin_keys_import(struct admin *a);
int admin_deletion_certificate(struct admin *a);
int admin_verify_certificate(struct admin *a);
int admin_migrate(struct admin *a);
int admin_doctor(struct admin *a);
/* Needs no service: `a` is not open. */
int admin_settings(void);

/* Prints and takes over; 0 or 3. */
int admin_print(json_t *object);
/* Says what is wrong on standard error; usage, before anything is open. */
int admin_usage(const char *text);
int admin_refused(const char *text);
int admin_store(struct admin *a, enum store_result result);
/* A deed of this run; organization NULL: any. */
struct deed admin_deed(struct admin *a, const char *organization);
/* As admin_store(), and says the deed's faults. */
int admin_done(struct admin *a, enum store_result result);
/* --organization, else the first made. */
enum store_result admin_organization(struct admin *a, struct organization *out);
/* The user of --email; 0, or the exit code with everything said. */
int admin_user_of(struct admin *a, struct user *out);

#endif
