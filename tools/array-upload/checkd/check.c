#include <config.h>

#include "array-upload/checkd/check.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array-upload/child/child.h"
#include "array-upload/child/fault.h"
#include "array-upload/child/verdict.h"
#include "array-upload/seal/object.h"
#include "array-upload/util/clock.h"
#include "array-upload/util/crypto.h"
#include "array-upload/util/log.h"

enum { VALIDATE_CPU_S = 30, VALIDATE_MEMORY = 512 << 20, VALIDATE_OUTPUT = 64 << 10, VALIDATE_FILES = 64 };

/* Runs genotype-validate on the file, which lies in memory. 0, or -1: no verdict (crash, time, garbage); `why` says
 * which. */
static int memory_judge(const struct checker *c, struct arena *a, int fd, struct verdict *v, char why[64]) {
  const struct config *config = &c->service->config;
  char rows[24], bytes[24], self[64];
  snprintf(rows, sizeof rows, "%lld", (long long)config->min_rows);
  snprintf(bytes, sizeof bytes, "%lld", (long long)config->upload_bytes);
  snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
  /* Opened anew: read-only, with an offset of its own. */
  int input = open(self, O_RDONLY | O_CLOEXEC);
  if (input < 0) {
    snprintf(why, 64, "input");
    return -1;
  }
  const char *const argv[] = {
      c->validate, "--json", "--min-rows", rows, "--max-size", bytes, "-", config->fast ? "--fast" : NULL, NULL};
  struct child_plan plan = {.cage = {.program = c->validate,
                                     .memory_bytes = VALIDATE_MEMORY,
                                     .cpu_seconds = VALIDATE_CPU_S,
                                     .files = VALIDATE_FILES},
                            .argv = argv,
                            .input = input,
                            .timeout_ms = config->check_s * 1000,
                            .output_max = VALIDATE_OUTPUT};
  struct child_result result;
  child_run(&plan, &result);
  close(input);
  child_end_text(why, 64, &result);
  int good = result.end == CHILD_EXITED && verdict_read(v, a, result.output, result.output_size, result.code) == 0;
  free(result.output);
  return good ? 0 : -1;
}

/* The same on an object of the store; its SHA-256 goes to `sha256`. Takes the reader over. */
static int object_judge(const struct checker *c, struct arena *a, struct object_reader *object, char *sha256,
                        struct verdict *v, char why[64]) {
  int fd = -1;
  int64_t size;
  snprintf(why, 64, "input");
  int result = object && object_memory(object, &fd) == 0 && sha256_fd(fd, sha256, &size) == 0 ? 0 : -1;
  object_close(object);
  if (result == 0)
    result = memory_judge(c, a, fd, v, why);
  if (fd >= 0)
    close(fd);
  return result;
}

static void reply_error(struct check_reply *reply, const char *reason) {
  reply->outcome = "error";
  reply->reason = reason;
}

/* The attempt ends without being counted: the fault is ours. */
static void attempt_drop(const struct checker *c, const char *attempt, const char *reason, struct check_reply *reply) {
  store_attempt_abort(c->store, attempt, reason, clock_now());
  reply_error(reply, reason);
}

/* Row 8. */
static void attempt_reject(const struct checker *c, const char *attempt, const char *reason, const char *code,
                           struct check_reply *reply) {
  fault_point("check-before-reject");
  enum store_result result = store_attempt_reject(c->store, attempt, reason, code, clock_now());
  fault_point("check-after-reject");
  if (result == STORE_OK) {
    int ours = strcmp(reason, "upload_failed") == 0;
    reply->outcome = ours ? "error" : "rejected";
    reply->reason = reason;
  } else if (result == STORE_NONE) { /* ended meanwhile: canceled, deleted, or the server gave it up */
    reply_error(reply, "upload_failed");
  } else {
    reply_error(reply, "service_unavailable");
  }
}

static void outcome_reply(enum attempt_outcome outcome, struct check_reply *reply) {
  switch (outcome) {
  case ATTEMPT_ACCEPTED:
    reply->outcome = "accepted";
    return;
  case ATTEMPT_ALREADY:
    reply->outcome = "already_uploaded";
    return;
  case ATTEMPT_EXPIRED:
    reply->outcome = "session_expired";
    return;
  case ATTEMPT_REVOKED:
    reply->outcome = "session_revoked";
    return;
  case ATTEMPT_BEGUN:
  case ATTEMPT_QUOTA:
  case ATTEMPT_BUSY:
  case ATTEMPT_TOO_MANY:
    break;
  }
  reply_error(reply, "upload_failed");
}

/* Rows 9 and 10: the object is in the store; one transaction decides. What nothing refers to is removed, unless the
 * answer of the database is unknown: then the orphan collector asks again later. */
static void attempt_commit(const struct checker *c, struct arena *a, const struct check_request *request,
                           const char *key, const struct verdict *v, struct check_reply *reply) {
  const struct config *config = &c->service->config;
  char id[UUID_SIZE];
  struct quality_control qc[VERDICT_QC];
  int below;
  size_t n_qc = verdict_qc(v, config, qc, &below);
  enum attempt_outcome outcome = ATTEMPT_BEGUN;
  enum store_result result = STORE_ERROR;
  if (uuid_new(id) == 0) {
    struct sample_file file = {.id = id,
                               .sample = request->sample,
                               .type = "array-zip",
                               .key = key,
                               .name = arena_printf(a, "%s_array-zip.zip", request->sample),
                               .sha256 = request->sha256,
                               .size = request->size};
    fault_point("check-before-accept");
    result = file.name ? store_attempt_accept(c->store, request->attempt, &file, qc, n_qc, clock_now(), &outcome)
                       : STORE_ERROR;
    fault_point("check-after-accept");
  }
  if (result == STORE_OK) {
    outcome_reply(outcome, reply);
    if (outcome != ATTEMPT_ACCEPTED)
      object_remove(c->service->blob, store_keys(c->store), key);
  } else if (result == STORE_NONE) { /* no such attempt any more: its sample was deleted */
    reply->outcome = "session_revoked";
    object_remove(c->service->blob, store_keys(c->store), key);
  } else {
    attempt_drop(c, request->attempt, "service_unavailable", reply);
  }
}

static void check_accepted(const struct checker *c, struct arena *a, const struct check_request *request, int fd,
                           const struct verdict *v, struct check_reply *reply) {
  char key[ORIGINAL_KEY_SIZE];
  original_key(key, request->sample, request->attempt);
  fault_point("check-before-put");
  enum blob_result put =
      object_put_sealed(c->service->blob, store_keys(c->store), request->sample, key, fd, request->key, clock_now());
  fault_point("check-after-put");
  if (put == BLOB_OK) {
    attempt_commit(c, a, request, key, v, reply);
    return;
  }
  if (put == BLOB_NONE) { /* deleted meanwhile, keys and all */
    attempt_drop(c, request->attempt, "session_revoked", reply);
    reply->outcome = "session_revoked";
    return;
  }
  log_event("store.failed", "attempt=s result=i", request->attempt, (int)put);
  attempt_drop(c, request->attempt, put == BLOB_FULL ? "service_unavailable" : "upload_failed", reply);
}

/* 1 when the attempt waits for this check; else the reply says what became of it. */
static int attempt_waits(const struct checker *c, struct arena *a, const struct check_request *request,
                         struct check_reply *reply) {
  struct attempt attempt;
  enum store_result result = store_attempt_get(c->store, a, request->attempt, &attempt);
  if (result == STORE_OK && strcmp(attempt.state, "checking") == 0 && strcmp(attempt.sample, request->sample) == 0)
    return 1;
  if (result == STORE_OK && strcmp(attempt.state, "accepted") == 0)
    reply->outcome = "accepted";
  else if (result == STORE_NONE || (result == STORE_OK && strcmp(attempt.reason, "session_revoked") == 0))
    reply->outcome = "session_revoked";
  else if (result == STORE_OK && strcmp(attempt.reason, "session_expired") == 0)
    reply->outcome = "session_expired";
  else
    reply_error(reply, result == STORE_OK ? "upload_failed" : "service_unavailable");
  return 0;
}

/* Who decided what, for the chain that only grows. The reason is one of our words. */
static void audit(const struct checker *c, struct arena *a, const struct check_request *request,
                  const struct check_reply *reply) {
  struct sample sample;
  int accepted = strcmp(reply->outcome, "accepted") == 0;
  const char *reason = reply->reason ? reply->reason : reply->outcome;
  const char *detail = accepted ? NULL : arena_printf(a, "{\"reason\":\"%s\"}", reason);
  if (store_sample_get(c->store, a, NULL, request->sample, clock_now(), &sample) == STORE_OK &&
      store_audit(c->store, sample.organization, "upload", accepted ? "sample.accepted" : "upload.rejected",
                  request->sample, detail, clock_now()) != STORE_OK)
    log_event("audit.failed", "sample=s", request->sample);
}

void check_run(const struct checker *c, struct arena *a, const struct check_request *request,
               const struct check_files *files, struct check_reply *reply) {
  *reply = (struct check_reply){.outcome = "error"};
  int64_t start = clock_steady();
  struct verdict v = {0};
  char why[64] = "";
  fault_point("check-begin");
  if (attempt_waits(c, a, request, reply)) {
    if (memory_judge(c, a, files->plain, &v, why) != 0) {
      log_event("check.failed", "attempt=s end=s", request->attempt, why);
      attempt_reject(c, request->attempt, "upload_failed", why, reply);
    } else if (v.accepted) {
      check_accepted(c, a, request, files->sealed, &v, reply);
    } else {
      attempt_reject(c, request->attempt, v.reason, v.code, reply);
    }
  }
  reply->vendor = v.vendor;
  audit(c, a, request, reply);
  log_event(strcmp(reply->outcome, "accepted") == 0 ? "sample.accepted" : "upload.rejected",
            "sample=s attempt=s outcome=s reason=s code=s vendor=s size=I ms=I request=s", request->sample,
            request->attempt, reply->outcome, reply->reason, v.code, v.vendor, (json_int_t)request->size,
            (json_int_t)((clock_steady() - start) / 1000), request->request);
}

int check_again(const struct checker *c, struct arena *a, const struct attempt *attempt) {
  struct check_request request = {.size = 0};
  struct check_reply reply = {.outcome = "error"};
  struct verdict v = {0};
  struct object_reader *object;
  char key[ORIGINAL_KEY_SIZE], why[64];
  snprintf(request.attempt, sizeof request.attempt, "%s", attempt->id);
  snprintf(request.sample, sizeof request.sample, "%s", attempt->sample);
  original_key(key, request.sample, request.attempt);
  if (object_open(c->service->blob, store_keys(c->store), key, &object) == BLOB_OK) {
    request.size = object_size(object);
    if (object_judge(c, a, object, request.sha256, &v, why) == 0 && v.accepted)
      attempt_commit(c, a, &request, key, &v, &reply);
  }
  int decided = strcmp(reply.outcome, "error") != 0;
  if (decided)
    log_event("check.recovered", "sample=s attempt=s outcome=s", request.sample, request.attempt, reply.outcome);
  return decided ? 0 : -1;
}

/* An object that is left belongs to nobody: the worker collects it. */
void check_give_up(const struct checker *c, const char *attempt) {
  if (store_attempt_abort(c->store, attempt, "upload_interrupted", clock_now()) == STORE_OK)
    log_event("check.given_up", "attempt=s", attempt);
}
