/* deed.h - what can be done in this service, once each: the API, the operator's pages and `admin` all come here. A deed
 * checks what it is given, does it, and writes the audit log. Who may do it is the caller's to decide before.
 *
 * Each returns STORE_OK; STORE_CONFLICT when it was refused, and d->faults says why; STORE_NONE when what it is about
 * is not there for this organization; else what the store said. Results live in d->arena. */
#ifndef ARRAY_UPLOAD_DEEDS_DEED_H
#define ARRAY_UPLOAD_DEEDS_DEED_H

#include <jansson.h>

#include "array-upload/deeds/keyring.h"
#include "array-upload/service.h"
#include "array-upload/util/encode.h"

enum { FAULTS_MAX = 32, SAMPLES_DELETE_MAX = 1000, SAMPLES_CANCEL_MAX = 20, PASSWORD_MIN = 12, PASSWORD_MAX = 1024 };

/* What is wrong with the input, field by field. Texts are static or the arena's. */
struct faults {
  size_t n;
  struct fault {
    const char *field, *text;
  } list[FAULTS_MAX];
};
void fault_add(struct faults *f, const char *field, const char *text);
/* The first fault of the field, or NULL. */
const char *fault_of(const struct faults *f, const char *field);

struct deed {
  const struct service *service;
  struct store *store;
  struct arena *arena;
  struct keyring *keys;   /* NULL where no token is made */
  const char *public_url; /* what links are made of; NULL where none is */
  const char *organization;
  const char *user;  /* who is logged in, or whose key it is; NULL: admin */
  const char *actor; /* for the audit log: the key, else the user, else "admin" */
  const char *request_id;
  int64_t now;
  struct faults *faults;
};

/* A line of the audit log and of the log. A failure of the first is logged; the deed is done already. */
void deed_audit(struct deed *d, const char *event, const char *object);

/* ---- sessions.c ----------------------------------------------------------------------------------------------------
 */
struct session_input {
  const char *project;                                   /* NULL: the organization's project for array data */
  const json_t *metadata;                                /* an object, null or NULL */
  const char *redirect_on_success, *redirect_on_failure; /* "" = none; redirect_fault() has been asked */
  int64_t expires_in;                                    /* seconds */
  const char *idempotency;                               /* or NULL */
};
enum { ORIGINS_MAX = 32 };
struct session_made {
  struct sample sample;
  const char *url;
  const char *origins[ORIGINS_MAX]; /* session_origins() */
  size_t n_origins;
  int64_t wait; /* with STORE_FULL: seconds until the project's quota has room again, where that is why */
};
/* Row 1. */
enum store_result session_create(struct deed *d, const struct session_input *in, struct session_made *out);
/* Replaces a sample's metadata; *text: its JSON, NULL for null. */
enum store_result sample_metadata_set(struct deed *d, const char *sample, const json_t *metadata, const char **text);

/* NULL when the text is a URL the service may send people to, else what is wrong with it. */
const char *redirect_fault(const struct config *c, const char *url);
/* Who may show the session's page in a frame and hears its events: where its redirects lead, and what the brand lists;
 * brand NULL: the first alone. How many. */
size_t session_origins(struct arena *a, const struct sample *s, const json_t *brand, const char *out[ORIGINS_MAX]);
/* "https://host[:port]" of such a URL, in the arena. */
char *url_origin(struct arena *a, const char *url);

/* ---- samples.c -----------------------------------------------------------------------------------------------------
 */
/* `project` is the organization's; ids that are not the project's are the fault of "sample_ids". */
enum store_result samples_delete(struct deed *d, const char *project, const char *const *ids, size_t n);
enum store_result samples_cancel(struct deed *d, const char *project, const char *const *ids, size_t n,
                                 int64_t *canceled);
enum store_result samples_hide(struct deed *d, const char *project, const char *const *ids, size_t n, int hidden);
/* One by its id; *project: where it was. sample_cancel() of one that has ended is the fault of "sample_ids". */
enum store_result sample_delete_one(struct deed *d, const char *id, const char **project);
enum store_result sample_cancel_one(struct deed *d, const char *id);
/* The stages of its analysis that failed, once more. One of which none failed, or whose original is gone, is the fault
 * of "sample_id". */
enum store_result sample_retry_one(struct deed *d, const char *id);
enum store_result consent_withdraw(struct deed *d, const char *sample, const char *purpose);

/* ---- person.c: acts of the person whose sample it is (d->actor is "person") -----------------------------------------
 */
/* A link that opens the person's page, or the report, once. */
enum store_result person_link_create(struct deed *d, const char *sample, enum link_kind kind, int64_t expires_in,
                                     const char **url, int64_t *expires);
/* STORE_NONE: it was used already. */
enum store_result person_open(struct deed *d, const struct person_link *link, int64_t deadline);
enum store_result report_open(struct deed *d, const struct person_link *link, int64_t deadline);
void person_downloaded(struct deed *d, const struct person_link *link);
enum store_result person_withdraw(struct deed *d, const struct person_link *link, const char *purpose);
/* The tombstone, and its keys at once. */
enum store_result person_delete(struct deed *d, const struct person_link *link);

/* ---- projects.c ----------------------------------------------------------------------------------------------------
 */
/* The one capability there is. */
#define CAPABILITY_ID "0f4c9a52-7f7e-4a55-9d2e-54cf21d3a001"
enum store_result project_create(struct deed *d, const char *name, const char *description, int is_default,
                                 struct project *out);
/* Writes name, description, locked, brand (brand.h), public key and quotas of p->id, and reads it again. */
enum store_result project_change(struct deed *d, struct project *p);
enum store_result projects_hide(struct deed *d, const char *const *ids, size_t n, int hidden);
enum store_result projects_delete(struct deed *d, const char *const *ids, size_t n);

/* ---- accounts.c ----------------------------------------------------------------------------------------------------
 */
/* An organization with its project for array data and an owner, who has no password yet. `only_first`: STORE_NONE where
 * there is one already, also one that another process made just now; with `key` (not NULL) the owner gets a key, whose
 * text is shown this once. */
struct founding {
  struct organization organization;
  struct project project;
  struct user owner;
};
enum store_result organization_create(struct deed *d, const char *name, const char *email, int only_first,
                                      struct founding *out, const char **key);
enum store_result user_create(struct deed *d, const char *email, const char *name, const char *role,
                              const char *password, struct user *out);
/* One of the organization's. */
enum store_result user_load(struct deed *d, const char *id, struct user *out);
/* Ends all sessions of before. */
enum store_result user_password(struct deed *d, struct user *u, const char *password);
/* Nobody may disable themselves or change their own role, nor anybody end the last owner (but admin, which has no
 * user): so each organization keeps one. */
enum store_result user_active(struct deed *d, struct user *u, int active);
enum store_result user_role(struct deed *d, struct user *u, const char *role);

struct key_input {
  const char *user, *name;
  const char *ip_ranges; /* JSON list of CIDR text, or NULL */
  const char *last_day;  /* "2026-12-31", or NULL: no end */
};
/* *text is shown this once. */
enum store_result key_create(struct deed *d, const struct key_input *in, struct api_key *out, const char **text);
/* user: whose it must be; NULL: anybody's. name NULL: as it is. */
enum store_result key_change(struct deed *d, const char *user, const char *id, const char *name, int revoke,
                             struct api_key *out);

/* ---- subscriptions.c -----------------------------------------------------------------------------------------------
 */
struct event_type {
  const char *key, *description;
};
const struct event_type *event_types_all(size_t *n);
/* types: JSON list of text. */
enum store_result subscription_create(struct deed *d, const char *project, const char *name, const char *target,
                                      const json_t *types, struct subscription *out);
enum store_result subscription_delete(struct deed *d, const char *id, const char **project);
/* A new secret, shown this once. */
enum store_result subscription_secret(struct deed *d, const char *id, char secret[33]);
/* event NULL: analysis_complete_v2. */
enum store_result subscription_test(struct deed *d, const char *id, const char *event, int retry);
/* The same body under the same event id; *subscription: whose it was. */
enum store_result delivery_resend(struct deed *d, const char *notification, const char **subscription);

/* ---- access.c ------------------------------------------------------------------------------------------------------
 */
enum { RECOVERY_CODES = 10 };
struct login_input {
  const char *email, *password;
  const char *code;   /* of the second factor, or a recovery code; NULL or "" = none given */
  const char *device; /* the browser's id, when it has logged in to that account before; "" */
};
/* STORE_NONE: e-mail, password or account are not good. STORE_CONFLICT: they are, and the fault of "otp_token" says
 * what is with the code. STORE_FULL: too many tries; nothing was looked at. */
enum store_result login(struct deed *d, const struct login_input *in, struct user *out);
/* What the lock-out knows an account by. 0 or -1. */
int account_name(const char *email, char out[SHA256_HEX_SIZE]);
/* A new secret (base32), which counts when its first code is confirmed; STORE_NONE: there is a factor already. */
enum store_result factor_begin(struct deed *d, const char *user, const char **secret);
/* The fault of "code" when it is wrong; the recovery codes are shown this once. */
enum store_result factor_confirm(struct deed *d, const char *user, const char *code, const char *codes[RECOVERY_CODES]);
enum store_result factor_off(struct deed *d, const char *user);
/* Ends one of the user's sessions, or all (NULL). STORE_NONE: it is none of theirs. */
enum store_result session_end(struct deed *d, const char *user, const char *id);

/* ---- tokens.c ------------------------------------------------------------------------------------------------------
 */
enum { ACCESS_S = 900, REFRESH_S = 86400 };
/* A token of that purpose for the user, as the row was when the log-in was looked at; 0 or -1. */
int token_make(struct deed *d, enum key_purpose purpose, const struct user *u, int64_t life_s, char out[JWT_MAX + 1]);
/* Whether no new password and no end of the account came after it. */
int token_stands(const json_t *claims, const struct user *u);
/* A refresh token that the user's list of sessions shows; client: what the browser calls itself, or NULL. 0 or -1. */
int session_begin(struct deed *d, const struct user *u, const char *client, const char *address, char out[JWT_MAX + 1]);
/* The claims of a refresh token that may still be used, with its user; NULL when it may not. The caller's. */
json_t *refresh_claims(struct deed *d, const char *token, struct user *u);
/* STORE_NONE: it is none. */
enum store_result logout(struct deed *d, const char *token);

#endif
