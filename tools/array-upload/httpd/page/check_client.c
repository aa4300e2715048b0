/* check_client.c - the httpd side of the socket to checkd (README). One thread a check: it only waits; how many there
 * can be is bounded by the uploads in flight. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "array-upload/httpd/httpd.h"
#include "array-upload/httpd/page/leftover.h"
#include "array-upload/httpd/http/memory_file.h"
#include "array-upload/httpd/page/upload.h"
#include "array-upload/util/clock.h"
#include "array-upload/util/log.h"

enum { MESSAGE_BYTES = 4096, STACK_BYTES = 256 * 1024, SLACK_S = 30, CONNECT_TRIES = 80, SENDS = 3 };

static int socket_open(const char *data, int64_t timeout_s, int tries) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int n = snprintf(address.sun_path, sizeof address.sun_path, "%s/run/checkd.sock", data);
  int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (fd < 0 || n < 0)
    return -1;
  char through[64];
  int folder = -1;
  if ((size_t)n >= sizeof address.sun_path) { /* a long path: by way of an open folder */
    char run[4200];
    snprintf(run, sizeof run, "%s/run", data);
    folder = open(run, O_PATH | O_DIRECTORY | O_CLOEXEC);
    snprintf(through, sizeof through, "/proc/self/fd/%d/checkd.sock", folder);
    memcpy(address.sun_path, through, strlen(through) + 1);
  }
  struct timeval timeout = {.tv_sec = timeout_s};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
  int connected = -1;
  for (int i = 0; i < tries && connected != 0; i++) {
    if (i > 0)
      usleep(100000);
    connected = connect(fd, (const struct sockaddr *)&address, sizeof address);
  }
  if (folder >= 0)
    close(folder);
  if (connected == 0)
    return fd;
  close(fd);
  return -1;
}

static int request_send(int connection, const struct request *r) {
  const struct upload *u = r->upload;
  char text[MESSAGE_BYTES], key[2 * OBJECT_KEY_SIZE + 1];
  hex_encode(key, u->key, sizeof u->key);
  int n = snprintf(text, sizeof text,
                   "{\"attempt\":\"%s\",\"sample\":\"%s\",\"size\":%lld,\"sha256\":\"%s\",\"key\":\"%s\","
                   "\"request\":\"%s\"}",
                   u->attempt, u->sample, (long long)u->size, u->sha256, key, r->request_id);
  const int fds[2] = {u->fd, u->plain->fd};
  union {
    char bytes[CMSG_SPACE(sizeof fds)];
    struct cmsghdr align;
  } control = {{0}};
  struct iovec part = {text, (size_t)n};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  struct cmsghdr *c = CMSG_FIRSTHDR(&message);
  c->cmsg_level = SOL_SOCKET;
  c->cmsg_type = SCM_RIGHTS;
  c->cmsg_len = CMSG_LEN(sizeof fds);
  memcpy(CMSG_DATA(c), fds, sizeof fds);
  ssize_t sent;
  do
    sent = sendmsg(connection, &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  explicit_bzero(text, sizeof text);
  explicit_bzero(key, sizeof key);
  return sent == n ? 0 : -1;
}

/* NULL: accepted. Only words of ours get through. */
static const char *outcome_reason(struct upload *u, const json_t *reply) {
  const char *outcome = json_string_value(json_object_get(reply, "outcome")),
             *reason = json_string_value(json_object_get(reply, "reason"));
  const char *vendor = json_string_value(json_object_get(reply, "vendor"));
  if (outcome == NULL)
    return "upload_failed";
  if (vendor != NULL)
    snprintf(u->vendor, sizeof u->vendor, "%s", vendor);
  if (strcmp(outcome, "accepted") == 0)
    return NULL;
  if (strcmp(outcome, "rejected") != 0 && strcmp(outcome, "error") != 0)
    reason = outcome;
  else if (reason != NULL && strcmp(reason, "internal_error") == 0)
    reason = "upload_failed";
  if (reason == NULL)
    return "upload_failed";
  snprintf(u->reason_text, sizeof u->reason_text, "%s", reason);
  return u->reason_text;
}

/* No reply: what does the row say? 1: it is decided (*reason, NULL: accepted); 0: it still waits to be checked. */
static int decided_in_store(struct request *r, const char **reason) {
  struct arena a = {0};
  struct attempt attempt;
  struct store *s = httpd_store_take(r->server);
  int decided = 0;
  if (s != NULL && store_attempt_get(s, &a, r->upload->attempt, &attempt) == STORE_OK) {
    decided = strcmp(attempt.state, "checking") != 0;
    snprintf(r->upload->reason_text, sizeof r->upload->reason_text, "%s",
             *attempt.reason != '\0' ? attempt.reason : "upload_failed");
    *reason = strcmp(attempt.state, "accepted") == 0 ? NULL : r->upload->reason_text;
  }
  httpd_store_give(r->server, s);
  arena_free(&a);
  return decided;
}

/* One question and its answer; NULL where there was none. *reached: somebody took it. *ended: and is gone now. */
static json_t *check_ask(struct request *r, int *reached, int *ended) {
  const struct config *c = &r->server->service->config;
  char text[MESSAGE_BYTES];
  /* checkd may be starting again: tries over eight seconds, in which the supervisor starts it more than once */
  int connection = socket_open(c->data, c->check_s + SLACK_S, CONNECT_TRIES);
  ssize_t n = -1;
  *reached = connection >= 0;
  r->upload->lent |= *reached;
  if (connection >= 0 && request_send(connection, r) == 0)
    do
      n = recv(connection, text, MESSAGE_BYTES, 0);
    while (n < 0 && errno == EINTR);
  *ended = *reached && !(n < 0 && errno == EAGAIN); /* EAGAIN: it did not answer in time */
  if (connection >= 0)
    close(connection);
  return n > 0 ? json_loadb(text, (size_t)n, JSON_REJECT_DUPLICATES, NULL) : NULL;
}

/* A checkd that ended over it leaves the file with us: the next one gets it. */
static const char *check_outcome(struct request *r) {
  const char *reason = "upload_failed";
  int reached = 0, ended;
  for (int i = 0; i < SENDS; i++) {
    json_t *reply = check_ask(r, &reached, &ended);
    if (reply != NULL) {
      r->upload->lent = 0; /* what answered has ended its check */
      reason = outcome_reason(r->upload, reply);
      json_decref(reply);
      return reason;
    }
    if (!reached || decided_in_store(r, &reason) || !ended)
      break;
    log_event("check.sent_again", "request=s attempt=s", r->request_id, r->upload->attempt);
  }
  /* Nobody there to check is our trouble, not the file's: the page says that the link still works, and tries again. */
  return reached ? reason : "service_unavailable";
}

static void *check_run(void *arg) {
  struct request *r = arg;
  struct upload *u = r->upload;
  int64_t begun = clock_steady();
  u->reason = check_outcome(r);
  times_add(&r->server->check_times, clock_steady() - begun);
  /* Where checkd could not end the row itself (no reply, no database), it must not stay in flight. Does nothing to one
   * that is accepted or rejected. */
  if (u->reason != NULL)
    leftover_abort(r->server, u->attempt, u->reason);
  if (u->reason == NULL)
    log_event("sample.accepted", "request=s attempt=s sample=s bytes=I", r->request_id, u->attempt, u->sample,
              (json_int_t)u->size);
  else
    log_event("upload.rejected", "request=s attempt=s reason=s bytes=I", r->request_id, u->attempt, u->reason,
              (json_int_t)u->size);
  struct httpd *h = r->server;
  MHD_resume_connection(r->connection); /* from here on r may be gone */
  atomic_fetch_sub(&h->checks, 1);
  return NULL;
}

int check_start(struct request *r) {
  pthread_attr_t attributes;
  pthread_t thread;
  if (pthread_attr_init(&attributes) != 0)
    return -1;
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, STACK_BYTES);
  atomic_fetch_add(&r->server->checks, 1);
  int failed = pthread_create(&thread, &attributes, check_run, r) != 0;
  pthread_attr_destroy(&attributes);
  if (failed)
    atomic_fetch_sub(&r->server->checks, 1);
  return failed ? -1 : 0;
}

int check_lost_find(struct httpd *h) {
  struct arena a = {0};
  struct attempt *attempts;
  size_t n = 0;
  int found = store_attempts_checking(h->service->store, &a, h->service->server, &attempts, &n) == STORE_OK;
  if (found && n > 0 && (h->lost = calloc(n, sizeof *h->lost)) != NULL)
    for (; h->n_lost < n; h->n_lost++)
      snprintf(h->lost[h->n_lost], UUID_SIZE, "%s", attempts[h->n_lost].id);
  arena_free(&a);
  return found && h->n_lost == n ? 0 : -1;
}

void check_lost_tell(struct httpd *h) {
  while (h->n_lost > 0) {
    char text[64];
    int connection = socket_open(h->service->config.data, 1, 1);
    int n = snprintf(text, sizeof text, "{\"lost\":\"%s\"}", h->lost[h->n_lost - 1]);
    ssize_t sent = connection >= 0 ? send(connection, text, (size_t)n, MSG_NOSIGNAL) : -1;
    if (connection >= 0)
      close(connection);
    if (sent != n)
      return; /* in a second again */
    h->n_lost--;
  }
  free(h->lost);
  h->lost = NULL;
}
