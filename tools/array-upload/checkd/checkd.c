/* checkd.c - the duty: a socket, and threads that each take one upload at a time. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "array-upload/checkd/check.h"
#include "array-upload/child/fault.h"
#include "array-upload/child/program.h"
#include "array-upload/util/clock.h"
#include "array-upload/util/log.h"

enum { THREADS_MIN = 2, THREADS_MAX = 32, BACKLOG = 256, MESSAGE_MS = 5000, STOP_POLL_MS = 200, RESEND_S = 20 };

/* An attempt that was being checked when this duty's predecessor ended. Its httpd still holds the file and sends it
 * again; where it does not, it is over as well, and nobody else would end the attempt. */
struct waiting {
  char attempt[UUID_SIZE];
  atomic_int taken;
};

/* An attempt that a thread works on. */
struct held {
  struct held *next;
  const char *attempt;
};

struct checkd {
  const struct service *service;
  char validate[4096];
  int listener;
  struct waiting *waiting;
  size_t n_waiting;
  int64_t waits_until; /* clock_steady */
  pthread_mutex_t lock;
  struct held *held;
};

/* The path of a socket is short (108 bytes): the folder is entered by its descriptor. */
static int socket_open(const struct config *config) {
  char path[4200];
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(path, sizeof path, "%s/run", config->data);
  int folder = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0)
    return -1;
  snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/checkd.sock", folder);
  int s = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  mode_t mask = umask(0177);
  if (s >= 0 && ((unlinkat(folder, "checkd.sock", 0) != 0 && errno != ENOENT) ||
                 bind(s, (struct sockaddr *)&address, sizeof address) != 0 || listen(s, BACKLOG) != 0)) {
    close(s);
    s = -1;
  }
  umask(mask);
  close(folder);
  return s;
}

static void waiting_take(struct checkd *d, const char *attempt) {
  for (size_t k = 0; k < d->n_waiting; k++)
    if (strcmp(d->waiting[k].attempt, attempt) == 0)
      atomic_store(&d->waiting[k].taken, 1);
}

static void held_add(struct checkd *d, struct held *h) {
  pthread_mutex_lock(&d->lock);
  h->next = d->held;
  d->held = h;
  pthread_mutex_unlock(&d->lock);
}

static void held_remove(struct checkd *d, const struct held *h) {
  pthread_mutex_lock(&d->lock);
  struct held **at = &d->held;
  while (*at != h)
    at = &(*at)->next;
  *at = h->next;
  pthread_mutex_unlock(&d->lock);
}

static int is_held(struct checkd *d, const char *attempt) {
  pthread_mutex_lock(&d->lock);
  const struct held *h = d->held;
  while (h && strcmp(h->attempt, attempt) != 0)
    h = h->next;
  pthread_mutex_unlock(&d->lock);
  return h != NULL;
}

static void request_serve(struct checkd *d, const struct checker *c, int connection,
                          const struct check_request *request, const struct check_files *files) {
  struct check_reply reply;
  struct arena arena = {0};
  struct held held = {.attempt = request->attempt};
  held_add(d, &held);
  waiting_take(d, request->attempt);
  check_run(c, &arena, request, files, &reply);
  held_remove(d, &held);
  fault_point("check-before-reply");
  if (message_reply(connection, &reply) != 0)
    log_event("check.reply_lost", "");
  arena_free(&arena);
}

static void connection_serve(struct checkd *d, const struct checker *c, int connection) {
  static const struct check_reply bad = {.outcome = "error", .reason = "upload_failed"};
  struct check_request request;
  struct check_files files;
  switch (message_receive(connection, MESSAGE_MS, &request, &files)) {
  case 0:
    request_serve(d, c, connection, &request, &files);
    explicit_bzero(request.key, sizeof request.key);
    check_files_close(&files);
    return;
  case 1: /* its httpd ended; what it had sent before is held, or decided */
    if (!is_held(d, request.attempt))
      check_give_up(c, request.attempt);
    return;
  }
  log_event("check.bad_request", "");
  if (message_reply(connection, &bad) != 0)
    log_event("check.reply_lost", "");
}

static void *thread_run(void *arg) {
  struct checkd *d = arg;
  char error[200] = "";
  struct checker c = {d->service, service_store(d->service, error, sizeof error), d->validate};
  if (!c.store)
    log_event("checkd.no_store", "error=s", error);
  while (c.store && !service_stopping()) {
    struct pollfd ready = {d->listener, POLLIN, 0};
    if (poll(&ready, 1, STOP_POLL_MS) <= 0)
      continue;
    int connection = accept4(d->listener, NULL, NULL, SOCK_CLOEXEC);
    if (connection < 0)
      continue; /* another thread took it */
    connection_serve(d, &c, connection);
    close(connection);
  }
  store_close(c.store);
  return NULL;
}

/* Is there an httpd that may still hold what was being checked? A number that another process has by now makes us wait
 * for nothing, which does no harm. */
static int httpd_lives(const struct config *config) {
  char path[4200];
  long pid = 0;
  snprintf(path, sizeof path, "%s/run/httpd.pid", config->data);
  FILE *f = fopen(path, "re");
  if (f == NULL)
    return 0;
  int read = fscanf(f, "%ld", &pid) == 1;
  fclose(f);
  return read && pid > 0 && (kill((pid_t)pid, 0) == 0 || errno == EPERM);
}

/* "killed between rename and commit": before anybody sends new work. What is not in the store yet is waited for. */
static void recover(struct checkd *d) {
  struct checker c = {d->service, d->service->store, d->validate};
  struct arena arena = {0};
  struct attempt *attempts;
  size_t n = 0;
  if (store_attempts_checking(c.store, &arena, d->service->server, &attempts, &n) != STORE_OK)
    log_event("checkd.no_recovery", "");
  d->waiting = n == 0 || !httpd_lives(&d->service->config) ? NULL : calloc(n, sizeof *d->waiting);
  d->waits_until = clock_steady() + SECONDS(RESEND_S);
  for (size_t k = 0; k < n && !service_stopping(); k++) {
    if (check_again(&c, &arena, &attempts[k]) == 0)
      continue;
    if (d->waiting == NULL)
      check_give_up(&c, attempts[k].id);
    else
      snprintf(d->waiting[d->n_waiting++].attempt, UUID_SIZE, "%s", attempts[k].id);
  }
  arena_free(&arena);
}

/* Ends what nobody has sent again by now. */
static void waiting_end(struct checkd *d) {
  struct checker c = {d->service, d->service->store, d->validate};
  for (size_t k = 0; k < d->n_waiting; k++)
    if (!atomic_load(&d->waiting[k].taken))
      check_give_up(&c, d->waiting[k].attempt);
}

static void threads_run(struct checkd *d) {
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  long n = cores * 2 < THREADS_MIN ? THREADS_MIN : cores * 2 > THREADS_MAX ? THREADS_MAX : cores * 2;
  pthread_t threads[THREADS_MAX];
  long started = 0;
  while (started < n && pthread_create(&threads[started], NULL, thread_run, d) == 0)
    started++;
  while (started > 0 && d->n_waiting > 0 && !service_stopping() && clock_steady() < d->waits_until)
    usleep(STOP_POLL_MS * 1000);
  if (!service_stopping())
    waiting_end(d);
  if (started == 0)
    thread_run(d);
  for (long k = 0; k < started; k++)
    pthread_join(threads[k], NULL);
}

int checkd_run(struct service *s, int ready_fd) {
  struct checkd d = {.service = s, .listener = -1, .lock = PTHREAD_MUTEX_INITIALIZER};
  log_start("checkd");
  service_signals();
  if (program_find(d.validate, sizeof d.validate, s->config.validate, "genotype-validate") != 0) {
    log_event("checkd.no_program", "program=s", "genotype-validate");
    return 3;
  }
  recover(&d);
  d.listener = socket_open(&s->config);
  if (d.listener < 0) {
    log_event("checkd.no_socket", "error=s", strerror(errno));
    return 3;
  }
  if (ready_fd >= 0) {
    static const char line[] = "ready\n";
    ssize_t n = write(ready_fd, line, sizeof line - 1);
    close(ready_fd);
    if (n != (ssize_t)sizeof line - 1)
      log_event("checkd.nobody_waits", "");
  }
  threads_run(&d);
  close(d.listener);
  free(d.waiting);
  return 0;
}
