/* operator.h - the operator's pages, from plain structs to HTML. No access to the store, no decisions about rights:
 * what a page offers is what its struct says. Strings are UTF-8, borrowed for the call, escaped here; NULL and "" mean
 * "not there". Times are microseconds since 1970, UTC; 0 means "none". Each function appends a whole page and returns
 * 1, or 0 when memory ran out (out->failed).
 *
 * Forms post form-encoded fields, always with `csrf`:
 *   POST /operator/login email password code
 *   POST /operator/logout
 *   POST /operator/projects name
 *   POST /operator/projects/ID/settings deliverables_public_key uploads_a_day bytes_a_day
 *   POST /operator/projects/ID/brand: the keys of a brand (deeds/brand.h), origins one a line, further uses as lists
 *     use_purpose use_version use_text
 *   POST /operator/users email name role
 *   POST /operator/users/ID/role role; .../password, .../disable, .../enable
 *   POST /operator/audit/check
 *   POST /operator/projects/ID/session redirect_on_success redirect_on_failure expires_in metadata
 *   POST /operator/projects/ID/subscriptions name target
 *   POST /operator/samples/ID/cancel|delete
 *   POST /operator/keys name expiry_date
 *   POST /operator/keys/ID/revoke
 *   POST /operator/subscriptions/ID/test|secret|delete
 *   POST /operator/notifications/ID/resend
 *   POST /operator/account/password old new
 *   POST /operator/account/factor old
 *   POST /operator/account/factor/confirm code
 *   POST /operator/account/factor/off old
 *   POST /operator/sessions/ID/end, POST /operator/account/sessions/end
 * Lists read ?search= ?status= ?offset=, the audit log ?search= ?before=. */
#ifndef ARRAY_UPLOAD_PAGES_OPERATOR_H
#define ARRAY_UPLOAD_PAGES_OPERATOR_H

#include <stddef.h>
#include <stdint.h>

#include "array-upload/pages/buffer.h"

/* What every page has around it. */
typedef struct operator_frame {
  const char *organization;
  const char *user; /* NULL: nobody is logged in, no navigation */
  const char *role; /* owner, manager, analyst, viewer */
  const char *csrf;
  const char *notice; /* what has just been done */
  const char *error;  /* what has just failed */
  int owner;          /* may see the audit log */
} operator_frame;

/* Which part of a list is shown. */
typedef struct operator_range {
  uint64_t offset, limit, total;
} operator_range;

int operator_login(buffer *out, const operator_frame *frame, const char *email);
/* A page of words only: not found, not allowed. */
int operator_message(buffer *out, const operator_frame *frame, const char *heading, const char *text);

typedef struct operator_project {
  const char *id, *name, *description;
  uint64_t samples;
  int64_t created;
  int locked, standard; /* standard: the organization's project for array data */
} operator_project;

typedef struct operator_projects_view {
  operator_frame frame;
  const char *search;
  const operator_project *projects;
  size_t count;
  operator_range range;
  int can_manage;
} operator_projects_view;
int operator_projects(buffer *out, const operator_projects_view *view);

/* What a project asks of its uploads and results. Fields as typed where an error stands. */
typedef struct operator_settings_view {
  operator_frame frame;
  const char *project_id, *project;
  const char *public_key, *uploads_a_day, *bytes_a_day;
  const char *public_key_fault, *uploads_fault, *bytes_fault;
  int can_manage;
} operator_settings_view;
int operator_settings(buffer *out, const operator_settings_view *view);

/* How a project's upload page looks and what it asks for. */
typedef struct operator_value {
  const char *name, *value; /* a switch: "1" or "" */
} operator_value;

typedef struct operator_use {
  const char *purpose, *version, *text;
} operator_use;

typedef struct operator_brand_view {
  operator_frame frame;
  const char *project_id, *project;
  const operator_value *values; /* by the keys of a brand; those that are not here are empty */
  size_t value_count;
  const operator_use *uses; /* and an empty one, where there is room for another */
  size_t use_count;
  const char *wrong, *fault; /* which key, and what is wrong with it; NULL */
  int can_manage;
} operator_brand_view;
int operator_brand(buffer *out, const operator_brand_view *view);

typedef struct operator_sample {
  const char *id, *client_id, *status, *note;
  int64_t created, modified;
  int hidden;
  const char *customer, *vendor; /* metadata's customer_id, who made the file */
} operator_sample;

typedef struct operator_samples_view {
  operator_frame frame;
  operator_project project;
  uint64_t scheduled, running, succeeded, failed;
  const char *search, *status; /* status: all, completed, failed, running, succeeded */
  const operator_sample *samples;
  size_t count;
  operator_range range;
  int can_create;
} operator_samples_view;
int operator_samples(buffer *out, const operator_samples_view *view);

typedef struct operator_quality {
  const char *name, *status;       /* succeeded, failed, skipped */
  const char *measured, *expected; /* as text */
} operator_quality;

typedef struct operator_file {
  const char *name, *type, *url, *sha256;
  uint64_t size_bytes;
} operator_file;

typedef struct operator_status_row {
  const char *status, *note;
  int64_t created;
} operator_status_row;

typedef struct operator_consent {
  const char *purpose, *version, *text;
  int64_t given, withdrawn;
} operator_consent;

/* A stage of the analysis: convert, impute, scores, ancestry. */
typedef struct operator_stage {
  const char *name, *status; /* waiting, running, succeeded, failed, skipped */
  const char *note;          /* why it failed or was skipped, or "" */
  int64_t started, ended;    /* 0: not yet */
} operator_stage;

/* Who looked at the sample, and when first on that day. */
typedef struct operator_look {
  const char *who, *what;
  int64_t when;
} operator_look;

typedef struct operator_sample_view {
  operator_frame frame;
  const char *project_id, *project;
  operator_sample sample;
  const char *metadata;   /* JSON, written as it is */
  const char *failed_qc;  /* names, separated by ", " */
  const char *report_url; /* the report for people */
  const operator_quality *quality;
  size_t quality_count;
  const operator_file *files;
  size_t file_count;
  const operator_status_row *history; /* newest first */
  size_t history_count;
  const operator_consent *consents; /* what the form asked for */
  size_t consent_count;
  const operator_look *looks; /* newest first; for managers */
  size_t look_count;
  const operator_stage *stages; /* none where the conversion is all there is */
  size_t stage_count;
  int can_write, can_manage, cancelable, retryable;
} operator_sample_view;
int operator_sample_page(buffer *out, const operator_sample_view *view);

typedef struct operator_session_view {
  operator_frame frame;
  const char *project_id, *project;
  /* as typed, and what is wrong with each */
  const char *success, *failure, *expires_in, *metadata;
  const char *success_fault, *failure_fault, *expires_in_fault, *metadata_fault;
  /* after creation; url NULL: the form is shown */
  const char *url, *sample_id;
  int64_t expires;
  unsigned minutes;
} operator_session_view;
int operator_session(buffer *out, const operator_session_view *view);

typedef struct operator_key {
  const char *id, *name, *prefix;
  int64_t expires, last_used; /* expires: the end of the last valid day */
  int expired;
} operator_key;

typedef struct operator_keys_view {
  operator_frame frame;
  const operator_key *keys;
  size_t count;
  const char *new_key; /* shown this once */
} operator_keys_view;
int operator_keys(buffer *out, const operator_keys_view *view);

typedef struct operator_person {
  const char *id, *name, *email, *role;
  int64_t created;
  int active, has_password, self;
} operator_person;

typedef struct operator_users_view {
  operator_frame frame;
  const char *search;
  const operator_person *people;
  size_t count;
  operator_range range;
  const char *email, *name, *role; /* of a new one, as typed */
  const char *password, *whose;    /* a first password and its user's e-mail address, shown this once */
  int can_own;
} operator_users_view;
int operator_users(buffer *out, const operator_users_view *view);

typedef struct operator_entry {
  int64_t n, created;
  const char *who, *event, *object, *detail;
} operator_entry;

typedef struct operator_audit_view {
  operator_frame frame;
  const char *search;
  const operator_entry *entries; /* newest first */
  size_t count;
  int64_t older;     /* ?before= of the next page, 0 = there is none */
  int newest;        /* this is the first page */
  int checked;       /* the chain was looked at just now */
  int64_t broken_at; /* the first entry that does not fit; 0 = whole */
} operator_audit_view;
int operator_audit(buffer *out, const operator_audit_view *view);

typedef struct operator_log_in {
  const char *id, *client, *address;
  int64_t created, seen;
  int current;
} operator_log_in;

typedef struct operator_account_view {
  operator_frame frame;
  const char *email;
  int by_proxy;             /* the identity provider knows password and second factor */
  int factor;               /* it is on */
  uint64_t codes_left;      /* recovery codes */
  const char *secret, *uri; /* a new one that waits for its first code */
  const char *const *codes; /* recovery codes, shown this once */
  size_t code_count;
  const operator_log_in *sessions;
  size_t session_count;
} operator_account_view;
int operator_account(buffer *out, const operator_account_view *view);

typedef struct operator_subscription {
  const char *id, *name, *target, *events; /* events: names, separated by ", " */
  int has_secret, flagged;
} operator_subscription;

typedef struct operator_subscriptions_view {
  operator_frame frame;
  const char *project_id, *project;
  const operator_subscription *subscriptions;
  size_t count;
  int can_manage;
} operator_subscriptions_view;
int operator_subscriptions(buffer *out, const operator_subscriptions_view *view);

typedef struct operator_delivery {
  const char *id, *event, *message;
  int64_t created;
  int http_status; /* 0: no answer */
} operator_delivery;

typedef struct operator_subscription_view {
  operator_frame frame;
  const char *project_id, *project;
  operator_subscription subscription;
  const char *secret; /* shown this once */
  const operator_delivery *deliveries;
  size_t count;
  operator_range range;
  int can_manage;
} operator_subscription_view;
int operator_subscription_page(buffer *out, const operator_subscription_view *view);

#endif
