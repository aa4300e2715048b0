/* upload.c - the file on its way in: rows 5, 6 and 7 of the state table.
 *
 * The multipart body is parsed as it comes; the file goes into memory for the check (memory_file.h) and, sealed, to a
 * nameless file of the blob store, counted and hashed. What is wrong with it is known early and said late: the rest is
 * read and dropped, so that a browser sees the answer. Whole, the file goes to checkd, by check_client.c, while MHD
 * holds the connection; checkd commits, this process only tells. */
#include "array-upload/httpd/page/upload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "array-upload/httpd/httpd.h"
#include "array-upload/httpd/page/leftover.h"
#include "array-upload/httpd/page/page.h"
#include "array-upload/httpd/http/memory_file.h"
#include "array-upload/httpd/page/reasons.h"
#include "array-upload/seal/object.h"
#include "array-upload/util/clock.h"
#include "array-upload/util/crypto.h"
#include "array-upload/util/log.h"

enum { PARTS_MAX = 16, FIELD_MAX = 200, OVERHEAD = 64 * 1024, BUFFER = 32768, NAMELESS_SHARE = 4 };

static const struct config *config_of(const struct request *r) { return &r->server->service->config; }

/* Ends the row of an attempt that goes no further. 'counted' reasons are refused files, the others did not come whole.
 */
static void attempt_end(struct request *r, const char *reason) {
  static const char *const counted[] = {"file_empty", "file_type_not_allowed"};
  struct upload *u = r->upload;
  int refused = 0;
  if (!u->begun)
    return;
  for (size_t i = 0; i < sizeof counted / sizeof *counted; i++)
    refused |= strcmp(counted[i], reason) == 0;
  struct store *s = refused ? httpd_store_take(r->server) : NULL;
  if (s == NULL || store_attempt_reject(s, u->attempt, reason, reason, clock_now()) != STORE_OK)
    leftover_abort(r->server, u->attempt, reason);
  httpd_store_give(r->server, s);
  u->begun = 0;
  log_event("upload.rejected", "request=s attempt=s reason=s bytes=I", r->request_id, u->attempt, reason,
            (json_int_t)u->size);
}

/* The first reason stays. */
static void fail(struct upload *u, const char *reason) {
  if (u->reason == NULL)
    u->reason = reason;
}

static void file_drop(struct request *r) {
  struct upload *u = r->upload;
  if (u->fd >= 0)
    close(u->fd);
  u->fd = -1;
  if (u->plain != NULL && !u->lent)
    memory_file_give(&r->server->memory, u->plain);
  else
    memory_file_drop(u->plain);
  u->plain = NULL;
  sha256_drop(u->hash);
  u->hash = NULL;
  object_writer_free(u->writer);
  u->writer = NULL;
}

static void name_given(struct request *r) {
  if (r->upload->nameless)
    atomic_fetch_sub(&r->server->nameless, 1);
  r->upload->nameless = 0;
}

static void slot_free(struct request *r) {
  name_given(r);
  if (r->upload->slot)
    atomic_fetch_sub(&r->server->uploads, 1);
  r->upload->slot = 0;
}

/* ---- the file's first byte: row 5 ----------------------------------------------------------------------------------
 */
static const char *attempt_reason(enum attempt_outcome outcome) {
  switch (outcome) {
  case ATTEMPT_BEGUN:
  case ATTEMPT_ACCEPTED:
    return NULL;
  case ATTEMPT_ALREADY:
    return "already_uploaded";
  case ATTEMPT_EXPIRED:
    return "session_expired";
  case ATTEMPT_REVOKED:
    return "session_revoked";
  case ATTEMPT_QUOTA:
    return "service_unavailable";
  case ATTEMPT_BUSY:
    return "upload_in_progress";
  case ATTEMPT_TOO_MANY:
    break;
  }
  return "too_many_attempts";
}

/* Too many at once, too little space, going down: "your link still works". */
static int server_full(struct request *r, struct store *s) {
  const struct config *c = config_of(r);
  int64_t scheduled = 0, running, space = blob_free_bytes(r->server->service->blob);
  if (atomic_load(&r->server->draining) || (space >= 0 && space < c->free_bytes))
    return 1;
  if (c->queue_length > 0 && store_job_count(s, &scheduled, &running) == STORE_OK && scheduled > c->queue_length)
    return 1;
  r->upload->slot = 1;
  return atomic_fetch_add(&r->server->uploads, 1) >= c->uploads_in_flight;
}

/* A form's parts come in any order, so that a file may stand before its session. Who has no link at all can do the
 * same: they get a part of the places, and leave the others to those who have one. */
static int nameless_full(struct request *r) {
  int64_t places = config_of(r)->uploads_in_flight / NAMELESS_SHARE;
  r->upload->nameless = 1;
  return atomic_fetch_add(&r->server->nameless, 1) >= (places > 0 ? places : 1);
}

/* The page session of the form; says why not by u->reason. */
static void session_begin(struct request *r, struct store *s) {
  struct upload *u = r->upload;
  struct visit v;
  enum attempt_outcome outcome;
  r->store = s;
  int missing = visit_load(&v, r, u->session) != 0;
  r->store = NULL;
  if (missing) {
    fail(u, "link_not_valid");
    return;
  }
  u->known = 1;
  name_given(r);
  snprintf(u->sample, sizeof u->sample, "%s", v.sample.id);
  u->organization = arena_strdup(&r->arena, v.sample.organization);
  u->deadline = v.page.deadline + config_of(r)->grace_s * 1000000;
  u->shown = v.page.shown;
  u->consent_wanted = consent_wanted(v.brand);
  visit_end(&v);
  if (store_attempt_begin(s, v.page.id, u->attempt, config_of(r)->attempts, r->server->service->server,
                          u->declared > OVERHEAD ? u->declared - OVERHEAD : 0, clock_now(), &outcome) != STORE_OK) {
    fail(u, "service_unavailable");
    return;
  }
  u->begun = outcome == ATTEMPT_BEGUN;
  if (u->begun)
    connection_keep(r);
  else
    fail(u, attempt_reason(outcome));
}

/* The name is looked at here and nowhere kept: it often is the customer's. */
static int name_is_zip(const char *name) {
  size_t n = strlen(name);
  return n > 4 && strcasecmp(name + n - 4, ".zip") == 0;
}

static void file_begin(struct request *r, const char *name) {
  struct upload *u = r->upload;
  u->seen_file = 1;
  if (name == NULL || *name == '\0') {
    fail(u, "file_missing");
    return;
  }
  struct store *s = httpd_store_take(r->server);
  if (s == NULL) {
    fail(u, "service_unavailable");
    return;
  }
  if (server_full(r, s))
    fail(u, "service_unavailable");
  else if (*u->session != '\0')
    session_begin(r, s);
  else if (nameless_full(r))
    fail(u, "service_unavailable");
  httpd_store_give(r->server, s);
  if (u->reason != NULL) {
    slot_free(r);
    return;
  }
  if (u->declared > config_of(r)->upload_bytes + OVERHEAD) {
    fail(u, "file_too_large");
    return;
  }
  if (!name_is_zip(name))
    fail(u, "file_type_not_allowed");
  enum blob_result spooled = blob_spool(r->server->service->blob, &u->fd);
  u->fd = spooled == BLOB_OK ? u->fd : -1;
  char object[ORIGINAL_KEY_SIZE];
  original_key(object, u->sample, u->attempt); /* the sample may come behind the file, in the session's field */
  u->hash = sha256_begin();
  u->writer = u->fd < 0 ? NULL : object_writer_new(u->fd, object);
  u->plain = memory_file_take(&r->server->memory, (size_t)config_of(r)->upload_bytes);
  if (u->writer == NULL || u->hash == NULL || u->plain == NULL)
    fail(u, spooled == BLOB_FULL ? "service_unavailable" : "upload_failed");
}

static void file_bytes(struct request *r, const char *bytes, size_t n) {
  struct upload *u = r->upload;
  u->size += (int64_t)n;
  if (u->size > config_of(r)->upload_bytes)
    fail(u, "file_too_large");
  if (u->reason != NULL) {
    file_drop(r);
    return;
  }
  if (sha256_add(u->hash, bytes, n) != 0)
    fail(u, "upload_failed");
  else if (memory_file_add(u->plain, bytes, n) != 0)
    fail(u, "service_unavailable"); /* no memory */
  /* A full segment waits: only what comes next tells that it is not the last one. */
  for (; u->reason == NULL && u->size - u->sealed > SEGMENT_SIZE; u->sealed += SEGMENT_SIZE)
    if (object_write_segment(u->writer, u->plain->bytes + u->sealed) != 0)
      fail(u, "service_unavailable"); /* the disk is full */
}

/* The rest is sealed, and the check's descriptor is as long as the file. 0 or -1. */
static int file_end(struct upload *u) {
  int64_t size;
  return object_write(u->writer, u->plain->bytes + u->sealed, (size_t)(u->size - u->sealed)) == 0 &&
                 object_finish(u->writer, u->key, &size) == 0 && size == u->size && memory_file_finish(u->plain) == 0
             ? 0
             : -1;
}

/* ---- the form's other parts ----------------------------------------------------------------------------------------
 */
static void field_bytes(char *out, const char *bytes, uint64_t offset, size_t n) {
  if (offset + n < FIELD_MAX) {
    memcpy(out + offset, bytes, n);
    out[offset + n] = '\0';
  }
}

static enum MHD_Result part_take(void *cls, enum MHD_ValueKind kind, const char *key, const char *filename,
                                 const char *type, const char *encoding, const char *data, uint64_t offset, size_t n) {
  struct request *r = cls;
  struct upload *u = r->upload;
  (void)kind;
  if (offset == 0 && ++u->parts > PARTS_MAX)
    return MHD_NO;
  /* Trap 2: a part that is multipart itself, or encoded, would be read differently by others. */
  if ((type != NULL && strncasecmp(type, "multipart/", 10) == 0) ||
      (encoding != NULL && strcasecmp(encoding, "binary") != 0 && strcasecmp(encoding, "8bit") != 0 &&
       strcasecmp(encoding, "7bit") != 0))
    return MHD_NO;
  if (key == NULL)
    return MHD_YES;
  if (strcmp(key, "file") == 0) {
    if (offset == 0) {
      if (u->seen_file) /* two files: which one was meant? */
        return MHD_NO;
      file_begin(r, filename);
    }
    if (n > 0)
      file_bytes(r, data, n);
  } else if (filename != NULL) {
    return MHD_NO; /* a file only in the named field */
  } else if (strcmp(key, "session") == 0 && !u->known) {
    field_bytes(u->session, data, offset, n);
  } else if (strcmp(key, "lang") == 0) {
    field_bytes(u->language, data, offset, n);
  } else if (strcmp(key, "rezipped") == 0) {
    u->rezipped = n == 1 && data[0] == '1';
  } else {
    consent_take(&u->consents, key, data, offset, n);
  }
  return MHD_YES;
}

/* ---- the body ------------------------------------------------------------------------------------------------------
 */
static enum MHD_Result upload_begin(struct request *r) {
  struct upload *u = calloc(1, sizeof *u);
  const char *session = request_header(r, "X-Upload-Session"), *length = request_header(r, "Content-Length");
  const char *expect = request_header(r, "Expect");
  if (u == NULL)
    return MHD_NO;
  r->upload = u;
  u->fd = -1;
  u->begun_at = clock_steady();
  if (uuid_new(u->attempt) != 0)
    return MHD_NO;
  u->json = request_wants_json(r);
  if (session != NULL && strlen(session) < sizeof u->session)
    memcpy(u->session, session, strlen(session) + 1);
  if (length != NULL && number_parse(&u->declared, length, 0, INT64_MAX) != 0)
    u->declared = INT64_MAX;
  u->post = MHD_create_post_processor(r->connection, BUFFER, part_take, r);
  const struct config *c = config_of(r);
  connection_receiving(r, 1);
  connection_until(r, u->begun_at + (c->page_session_s * 11 + c->grace_s) * 1000000);
  if (expect != NULL && strcasecmp(expect, "100-continue") == 0 && u->declared > c->upload_bytes + OVERHEAD) {
    struct visit v = {.r = r};
    return visit_failed(&v, "file_too_large", u->json); /* before a byte of the body was sent */
  }
  return MHD_YES;
}

/* Row 6's limits while bytes come. 0, or -1: the connection has to go. */
static int pace_check(struct request *r, size_t n) {
  const struct config *c = config_of(r);
  struct upload *u = r->upload;
  int64_t elapsed = (clock_steady() - u->begun_at) / 1000000;
  u->received += (int64_t)n;
  if (u->deadline != 0 && clock_now() > u->deadline)
    fail(u, "session_expired");
  if (u->received > 2 * c->upload_bytes + OVERHEAD)
    return -1;
  if (elapsed > c->rate_after_s && u->received / elapsed < c->min_rate) {
    fail(u, "upload_interrupted");
    return -1;
  }
  return 0;
}

/* The attempt ended while it was coming in: canceled or deleted, else by the clock. */
static const char *reason_ended(struct request *r, struct store *s) {
  struct attempt attempt;
  int revoked = store_attempt_get(s, &r->arena, r->upload->attempt, &attempt) == STORE_OK &&
                strcmp(attempt.reason, "session_revoked") == 0;
  return revoked ? "session_revoked" : "session_expired";
}

/* Who agreed to which text stands in the audit log, for as long as that is kept. */
static int consents_audit(struct request *r, struct store *s, const struct consent *list, size_t n) {
  json_t *given = json_object();
  for (size_t i = 0; i < n; i++)
    json_object_set_new(given, list[i].purpose, list[i].given != 0 ? json_string(list[i].version) : json_null());
  json_t *detail = json_pack("{s:o}", "versions", given);
  char *text = detail == NULL ? NULL : json_dumps(detail, JSON_COMPACT);
  json_decref(detail);
  enum store_result done = text == NULL ? STORE_ERROR
                                        : store_audit(s, r->upload->organization, "person", "consent.given",
                                                      r->upload->sample, text, clock_now());
  free(text);
  if (done != STORE_OK)
    log_event("audit.failed", "request=s", r->request_id);
  return done == STORE_OK ? 0 : -1;
}

/* Row 7: the form's session and consents, wherever in the body they stood, then the row. */
static void checking_begin(struct request *r, struct store *s) {
  struct upload *u = r->upload;
  struct consent consents[CONSENTS_MAX];
  struct attempt_body body = {.size = u->size, .sha256 = u->sha256, .rezipped = u->rezipped, .consents = consents};
  if (!u->known)
    session_begin(r, s);
  if (u->reason == NULL &&
      !consents_judge(&r->arena, u->shown, u->consent_wanted, &u->consents, clock_now(), consents, &body.n_consents))
    fail(u, "consent_missing");
  if (u->reason == NULL && body.n_consents > 0 && consents_audit(r, s, consents, body.n_consents) != 0)
    fail(u, "service_unavailable"); /* without a record there is no consent */
  if (u->reason != NULL)
    return;
  enum store_result moved = store_attempt_checking(s, u->attempt, &body, clock_now());
  if (moved != STORE_OK)
    fail(u, moved == STORE_NONE ? reason_ended(r, s) : "service_unavailable");
}

/* No more bytes: is there a file, whole? Then row 7, and the connection waits for checkd. */
static int upload_whole(struct request *r) {
  struct upload *u = r->upload;
  connection_receiving(r, 0);
  /* Trap 2: only the result of the destruction tells that the last boundary never came. */
  int cut = u->post == NULL || MHD_destroy_post_processor(u->post) != MHD_YES || u->broken;
  u->post = NULL;
  if (u->reason == NULL && u->deadline != 0 && clock_now() > u->deadline)
    fail(u, "session_expired");
  if (cut)
    fail(u, u->seen_file ? "upload_interrupted" : "file_missing");
  if (!u->seen_file)
    fail(u, "file_missing");
  if (u->reason == NULL && u->size == 0)
    fail(u, "file_empty");
  if (u->reason == NULL) {
    struct sha256_stream *hash = u->hash;
    u->hash = NULL; /* ended or failed, it is freed */
    if (sha256_end(hash, u->sha256) != 0)
      fail(u, "upload_failed");
    else if (file_end(u) != 0)
      fail(u, "service_unavailable");
  }
  if (u->reason != NULL)
    return -1;
  struct store *s = httpd_store_take(r->server);
  if (s == NULL)
    fail(u, "service_unavailable");
  else
    checking_begin(r, s);
  httpd_store_give(r->server, s);
  return u->reason == NULL ? 0 : -1;
}

/* The answer, once everything is known. */
static enum MHD_Result upload_answer(struct request *r) {
  struct upload *u = r->upload;
  struct visit v;
  enum MHD_Result result;
  if (u->reason != NULL && !u->checked)
    attempt_end(r, u->reason);
  slot_free(r);
  file_drop(r);
  r->now = clock_now();
  r->store = httpd_store_take(r->server);
  if (r->store == NULL) {
    v = (struct visit){.r = r};
    return visit_failed(&v, "service_unavailable", u->json);
  }
  int known = visit_load(&v, r, u->session) == 0;
  v.language = *u->language ? u->language : NULL;
  v.vendor = *u->vendor ? u->vendor : NULL;
  if (u->reason == NULL)
    result = visit_done(&v, u->json);
  else if (!known)
    result = visit_failed(&v, "link_not_valid", u->json);
  else
    result = visit_failed(&v, u->reason, u->json);
  visit_end(&v);
  httpd_store_give(r->server, r->store);
  r->store = NULL;
  atomic_fetch_add(u->reason == NULL ? &r->server->uploads_accepted : &r->server->uploads_rejected, 1);
  if (u->reason != NULL)
    atomic_fetch_add(&r->server->refusals[reason_find(u->reason) - reason_at(0)], 1);
  atomic_fetch_add(&r->server->upload_bytes, (unsigned long long)u->size);
  return result;
}

static enum MHD_Result upload_bytes(struct request *r, const char *bytes, size_t n) {
  struct upload *u = r->upload;
  if (u->post == NULL || u->broken || MHD_post_process(u->post, bytes, n) != MHD_YES)
    u->broken = 1;
  return pace_check(r, n) != 0 ? MHD_NO : MHD_YES;
}

static enum MHD_Result upload_finish(struct request *r) {
  struct upload *u = r->upload;
  if (u->checked || upload_whole(r) != 0)
    return upload_answer(r);
  u->checked = 1;
  MHD_suspend_connection(r->connection);
  if (check_start(r) != 0) {
    u->reason = "service_unavailable";
    attempt_end(r, u->reason);
    MHD_resume_connection(r->connection);
  }
  return MHD_YES;
}

static void upload_drop(struct request *r, int completed) {
  struct upload *u = r->upload;
  if (u == NULL)
    return;
  if (u->post != NULL)
    MHD_destroy_post_processor(u->post);
  /* Gone before the last byte: row 6. When checkd has it, checkd ends it. */
  if (!completed && u->begun && !u->checked)
    attempt_end(r, u->reason != NULL ? u->reason : "upload_interrupted");
  slot_free(r);
  file_drop(r);
  explicit_bzero(u->key, sizeof u->key);
  free(u);
  r->upload = NULL;
}

const struct route_kind route_upload = {upload_begin, upload_bytes, upload_finish, upload_drop};
