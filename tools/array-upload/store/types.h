/* types.h - the records of store.h. Text is UTF-8; NULL means "not given" only where it says so. Booleans are int64_t
 * 0/1. */
#ifndef ARRAY_UPLOAD_STORE_TYPES_H
#define ARRAY_UPLOAD_STORE_TYPES_H

#include <stddef.h>
#include <stdint.h>

#include "array-upload/db/result.h"

struct page {
  int64_t limit, offset;
};

struct organization {
  const char *id, *name;
  int64_t created;
};

/* role: owner, manager, analyst or viewer (roles.h in httpd has the matrix). */
struct user {
  const char *id, *organization, *email, *name, *role;
  const char *password_hash;             /* NULL: cannot log in */
  int64_t active, created, tokens_after; /* tokens made when tokens_after was another are void */
};

struct api_key {
  const char *id, *user, *name, *prefix, *hash; /* hash: 128 hex digits of SHA-512 over the whole key */
  const char *ip_ranges;                        /* JSON list of CIDR text, or NULL */
  int64_t expires;                              /* end of the last valid UTC day, 0 = never */
  int64_t revoked, created, last_used;
};

struct project {
  const char *id, *organization, *organization_name, *name, *description, *capability;
  const char *brand; /* JSON object: name, logo, colour, language, privacy_url, embed_origins[], redirect_origins[],
                        consent, extensions (bool), retention days; NULL = none */
  const char *public_key;             /* of whom deliverables are encrypted for (seal/crypt4gh.h); NULL: nobody */
  int64_t uploads_a_day, bytes_a_day; /* quotas of a UTC day; 0 = none */
  int64_t hidden, locked, is_default, created, modified, sample_count, hidden_sample_count;
};

struct project_query {
  const char *organization, *search;
  const char *status;        /* all, completed, running */
  const char *hidden_status; /* all, hidden, visible */
  const char *sort_by;       /* created, modified, name, pipeline_capabilities, sample_count */
  int descending;
  int locked; /* -1 any, 0, 1 */
  struct page page;
};

struct project_stats {
  int64_t total, running, scheduled, succeeded, failed, total_bytes;
  struct stat_count {
    const char *name;
    int64_t count;
  } * failed_statuses, *failed_qc;
  size_t n_failed_statuses, n_failed_qc;
};

/* The durable states; the text is what the database holds, the API's text is sample_state_text(). */
enum sample_state {
  SAMPLE_AWAITING,
  SAMPLE_EXPIRED,
  SAMPLE_SCHEDULED,
  SAMPLE_RUNNING,
  SAMPLE_SUCCEEDED,
  SAMPLE_FAILED_QC,
  SAMPLE_FAILED,
  SAMPLE_STATES
};
/* "consumer awaiting data", "consumer session expired", "scheduled", "running", "succeeded", "failed qc", "failed". */
const char *sample_state_text(enum sample_state state);

struct sample {
  const char *id, *project, *organization, *client_id;
  const char *metadata;                                  /* JSON, or NULL */
  const char *redirect_on_success, *redirect_on_failure; /* "" = none */
  const char *jti;
  enum sample_state state;
  int64_t version, created, modified, hidden;
  int64_t link_exp, window_end; /* window_end 0: never opened */
  int64_t accepted;             /* a file is in */
  int64_t revoked;              /* canceled before a file came */
  const char *status_id, *status_note;
  int64_t status_created;
  const char *run;       /* uuid of the last run, or NULL */
  const char *failed_qc; /* JSON list of QC keys, or NULL */
  const char *vendor;    /* who made the file, once it is checked; or NULL */
  int64_t rezipped;      /* the page packed the accepted file itself */
};

struct sample_status {
  const char *id, *status, *note;
  int64_t created;
};

struct sample_query {
  const char *project, *search;
  const char *status;         /* all, completed, failed, running, succeeded */
  const char *archive_status; /* all, archived, available, restore_requested: all of ours are available */
  const char *hidden_status;  /* all, hidden, visible */
  const char *sort_by;        /* client_id, created, id, modified, status */
  int descending;
  int64_t created_after, created_before, modified_after, modified_before; /* INT64_MIN = not given */
  struct page page;
};

struct session_new {
  const char *sample, *project, *user, *client_id, *metadata, *redirect_on_success, *redirect_on_failure, *jti;
  const char *idempotency; /* or NULL */
  int64_t link_exp;
};

enum link_outcome {
  LINK_OPENED,  /* row 2 */
  LINK_RESUMED, /* row 3 */
  LINK_EXPIRED, /* row 4: never opened in time */
  LINK_OVER,    /* row 4: had been opened, its 15 minutes are over */
  LINK_USED,    /* a file is in */
  LINK_REVOKED  /* row 13 or 18 */
};

struct page_session {
  const char *id, *sample;
  int64_t opened, deadline, extensions, rejected; /* rejected: files refused so far, of the sample */
  const char
      *shown; /* JSON list of the consents its form asked for last: [{purpose, version, text, required}]; or NULL */
};

/* One text a person was asked to agree to. purpose: "analysis" is the one without which there is no upload. */
struct consent {
  const char *purpose, *version, *text;
  int64_t given, withdrawn; /* 0: not */
};

enum attempt_outcome {
  ATTEMPT_BEGUN,
  ATTEMPT_ACCEPTED,
  ATTEMPT_ALREADY, /* already_uploaded */
  ATTEMPT_EXPIRED, /* session_expired */
  ATTEMPT_REVOKED, /* session_revoked */
  ATTEMPT_QUOTA,   /* the project's quota of today is used up; not counted */
  ATTEMPT_BUSY,    /* two others are in flight; not counted */
  ATTEMPT_TOO_MANY /* too_many_attempts */
};

/* state: receiving, checking, accepted, rejected, aborted, lost. */
struct attempt {
  const char *id, *sample, *page_session, *state, *reason, *code, *sha256;
  int64_t created, size;
};

/* What an attempt's form said, once the whole body is in. */
struct attempt_body {
  int64_t size;
  const char *sha256;
  int rezipped; /* the page packed a plain file itself */
  const struct consent *consents;
  size_t n_consents;
};

/* type: array-zip, array-vcf, array-tbi, array-csi, array-report, … ; name: what a download is called, ours. */
struct sample_file {
  const char *id, *sample, *type, *key, *name, *sha256;
  int64_t size, created;
};

/* key: format, call_rate_min, …; status: succeeded, failed, skipped. has_*: 0 = null. */
struct quality_control {
  const char *key, *text; /* text "" = none */
  const char *status;
  int has_expected, has_measured;
  double expected, measured;
};

/* A user's second factor. sealed: by the master key; NULL = none. step: the last one whose code was used. */
struct factor {
  const char *sealed, *pending;
  int64_t step, codes_left;
};

/* A log-in that lasts: id is its token's jti. client: what the browser calls itself. */
struct user_session {
  const char *id, *user, *client, *address;
  int64_t created, expires, seen;
};

/* What a link opens. */
enum link_kind { LINK_PERSON, LINK_REPORT };

/* A link to a person's own page, or to the report of what was found. opened 0: not used yet; deadline: when what it
 * opened closes. */
struct person_link {
  const char *id, *sample, *project, *organization;
  enum link_kind kind;
  int64_t expires, opened, deadline;
};

/* Who looked at a sample: what, and when first on that day. */
struct look {
  const char *actor, *what;
  int64_t created;
};

/* What a sample's analysis is made of, in order. The conversion comes first and decides by itself whether the others
 * follow; scores and ancestry are found in what the imputation made, where there is one. */
enum stage_name { STAGE_CONVERT, STAGE_IMPUTE, STAGE_SCORES, STAGE_ANCESTRY, STAGES };
/* "convert", "impute", "scores", "ancestry". */
const char *stage_text(enum stage_name name);

/* state: waiting, succeeded, failed, skipped. started, ended 0: not yet. */
struct stage {
  enum stage_name name;
  const char *state, *note;
  int64_t tries, started, ended;
};
/* What a person is told of stage i: its state, or "running" for the first that waits while its sample is. */
const char *stage_status(const struct stage *list, size_t i, int running);

struct job {
  const char *sample, *project, *owner;
  const char *run;   /* uuid of this run */
  const char *input; /* blob key of the original */
  enum stage_name stage;
  int64_t run_no; /* 1.. ; names the run's folder in the blob store */
  int64_t version;
};

/* One VCF of a project's samples. state: scheduled, running, succeeded, failed. up_to_date: those that have a VCF now
 * are those in it. */
struct merge {
  const char *id, *project, *user, *state, *note, *status_id;
  int64_t status_created, created;
  int up_to_date;
};

/* What goes into it: the blob keys of a sample's VCF and index. */
struct merge_part {
  const char *sample, *vcf, *index;
  int64_t size;
};

/* What is known of a deleted sample: types are those of the files it had, in order. */
struct deletion {
  const char *sample;
  int64_t deleted;
  const char **types;
  size_t n_types;
};

struct subscription {
  const char *id, *project, *organization, *name, *target;
  const char *event_types;  /* JSON list */
  const char *sealed;       /* sealed secret, or NULL */
  int64_t created, flagged; /* flagged: disabled by 410 or ten failures in a row */
};

struct delivery {
  const char *id, *subscription, *target, *sealed, *event_id, *event_type, *body;
  const char *owner;
  int64_t attempt; /* 0 for the first */
  int64_t retry;   /* 0: this one try only */
};

enum delivery_outcome { DELIVERY_DONE, DELIVERY_RETRY, DELIVERY_DEAD };

struct notification {
  const char *id, *subscription, *event_type, *message, *body;
  int64_t created, http_status; /* http_status 0: no answer */
};

struct signing_key {
  const char *kid, *purpose, *sealed;
  int64_t created, retired;
};

/* worker/mark.h: the words of the mark that is in the blob store, and of the one that is about to be; "" = none. */
struct blob_mark {
  const char *current, *next;
};

/* search: part of an event's name, or an object's or actor's id; `who`: one more actor that it means, e.g. the user of
 * that e-mail address. before: rows with a smaller n, 0 = from the newest. */
struct audit_query {
  const char *organization; /* NULL: all */
  const char *search, *who; /* or NULL */
  int64_t before, limit;
};

/* A row of the audit log. */
struct audit_row {
  int64_t n, created;
  const char *organization, *actor, *event, *object, *detail;
};

struct gauge {
  const char *name, *label; /* label: key="value", or NULL */
  int64_t value;
};

#endif
