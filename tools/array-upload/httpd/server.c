/* server.c - the process: start, watch, end. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "array-upload/httpd/httpd.h"
#include "array-upload/httpd/page/leftover.h"
#include "array-upload/httpd/page/upload.h"
#include "array-upload/httpd/http/listen.h"
#include "array-upload/httpd/monitor.h"
#include "array-upload/util/clock.h"
#include "array-upload/util/log.h"

enum { CONNECTION_MEMORY = 64 * 1024, STOP_S = 28 };

static void ready_tell(int fd, const char *where) {
  char line[200];
  int n = snprintf(line, sizeof line, "listening %s\n", where);
  if (fd < 0)
    return;
  if (write(fd, line, (size_t)n) != n)
    log_event("httpd.nobody_waits", "");
  close(fd);
}

/* Port 0 was asked for and public_url was not given: it is known only now. */
static int public_url_set(struct httpd *h, const char *where) {
  struct config *c = &h->service->config;
  char preset[300], url[300];
  snprintf(preset, sizeof preset, "http://%s", c->listen);
  snprintf(url, sizeof url, "http://%s", where);
  const char *port = strrchr(c->listen, ':');
  if (strcmp(c->public_url, preset) == 0 && port != NULL && strcmp(port, ":0") == 0 &&
      config_set(&c->public_url, url) != 0)
    return -1;
  h->public_url = c->public_url;
  return 0;
}

static int state_start(struct httpd *h, struct service *s) {
  h->service = s;
  return pthread_mutex_init(&h->stores_lock, NULL) == 0 && pthread_mutex_init(&h->watched_lock, NULL) == 0 &&
                 pthread_mutex_init(&h->leftovers_lock, NULL) == 0 && pthread_mutex_init(&h->keys.lock, NULL) == 0 &&
                 pthread_mutex_init(&h->memory.lock, NULL) == 0 && limit_start(&h->rate) == 0 &&
                 store_recover(s->store, s->server, clock_now()) == STORE_OK && check_lost_find(h) == 0
             ? 0
             : -1;
}

/* What libmicrohttpd 0.9 would refuse by itself (no Host, names that are no tokens) guard.c refuses: the library's own
 * answer has its header twice then. To 1.0 the same would mean the laxest of its levels, where "Content-Length : 5" is
 * a length, which RFC 9112, 5.1 forbids. */
#if MHD_VERSION >= 0x01000000
#define STRICTNESS MHD_OPTION_CLIENT_DISCIPLINE_LVL, 1
#else
#define STRICTNESS MHD_OPTION_STRICT_FOR_CLIENT, -1
#endif
static struct MHD_Daemon *daemon_start(struct httpd *h, int fd) {
  const struct config *c = &h->service->config;
  return MHD_start_daemon(
      MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, request_handle, h,
      MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)c->threads, MHD_OPTION_CONNECTION_LIMIT,
      (unsigned)c->connections, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)c->idle_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
      (size_t)CONNECTION_MEMORY, MHD_OPTION_NOTIFY_COMPLETED, request_completed, h, MHD_OPTION_NOTIFY_CONNECTION,
      connection_notify, h, MHD_OPTION_URI_LOG_CALLBACK, request_uri, h, STRICTNESS, MHD_OPTION_END);
}

static void sleep_ms(int ms) {
  struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
  nanosleep(&t, NULL);
}

static unsigned connections_now(struct httpd *h) {
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
  return info == NULL ? 0 : info->num_connections;
}

static void run(struct httpd *h) {
  for (unsigned tick = 0; !service_stopping(); tick++) {
    sleep_ms(100);
    if (tick % 10 == 0) {
      connection_watch(h);
      leftover_retry(h);
      check_lost_tell(h);
      memory_file_sweep(&h->memory, 0);
    }
  }
  atomic_store(&h->draining, 1);
  int64_t until = clock_steady() + SECONDS(STOP_S);
  int listener = MHD_quiesce_daemon(h->daemon);
  /* Uploads in flight may end; then whoever is still connected is idle. */
  while ((atomic_load(&h->uploads) > 0 || atomic_load(&h->checks) > 0) && clock_steady() < until)
    sleep_ms(50);
  if (connections_now(h) > 0)
    sleep_ms(200);
  /* MHD may not be stopped while a connection is suspended: checkd's answer has a limit of its own. */
  while (atomic_load(&h->checks) > 0)
    sleep_ms(50);
  MHD_stop_daemon(h->daemon);
  leftover_retry(h);
  if (listener >= 0)
    close(listener);
}

static void state_end(struct httpd *h) {
  free(h->lost);
  memory_file_sweep(&h->memory, 1);
  pthread_mutex_destroy(&h->memory.lock);
  for (size_t i = 0; i < h->n_stores; i++)
    store_close(h->stores[i]);
  pthread_mutex_destroy(&h->stores_lock);
  pthread_mutex_destroy(&h->watched_lock);
  pthread_mutex_destroy(&h->leftovers_lock);
  pthread_mutex_destroy(&h->keys.lock);
  pthread_mutex_destroy(&h->rate.lock);
}

int httpd_run(struct service *s, int ready_fd) {
  static struct httpd h; /* large: the table of rate limits */
  struct MHD_Daemon *metrics;
  char where[128];
  if (state_start(&h, s) != 0) {
    fprintf(stderr, "array-upload httpd: cannot start: %s\n", store_error(s->store));
    return 3;
  }
  if (keyring_load(&h.keys, s, s->store) != 0) {
    fprintf(stderr, "array-upload httpd: the signing keys cannot be read: machines that share a database share "
                    "[server] master_key\n");
    return 3;
  }
  int fd = listen_open(s->config.listen, where, sizeof where);
  if (fd < 0) {
    fprintf(stderr, "array-upload httpd: %s: %s\n", s->config.listen, strerror(errno));
    return 3;
  }
  if (public_url_set(&h, where) != 0 || (h.daemon = daemon_start(&h, fd)) == NULL) {
    fprintf(stderr, "array-upload httpd: the HTTP server cannot start\n");
    close(fd);
    return 3;
  }
  if (metrics_start(&h, &metrics) != 0) {
    fprintf(stderr, "array-upload httpd: metrics_listen %s: %s\n", s->config.metrics_listen, strerror(errno));
    MHD_stop_daemon(h.daemon);
    return 3;
  }
  log_event("httpd.listening", "address=s", where);
  ready_tell(ready_fd, where);
  run(&h);
  if (metrics != NULL)
    MHD_stop_daemon(metrics);
  state_end(&h);
  log_event("httpd.ended", "");
  return 0;
}
