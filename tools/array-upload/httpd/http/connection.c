/* connection.c - the watchdog over connections (trap 3 of libmicrohttpd: its timeout counts inactivity). */
#include <stdlib.h>
#include <sys/socket.h>

#include "array-upload/httpd/httpd.h"
#include "array-upload/util/clock.h"

enum { HEADER_S = 30, KEEP_ALIVE_S = 75 };

struct watched {
  struct watched *next, **previous;
  int socket;
  int64_t until; /* clock_steady */
  int receiving; /* an upload's body is coming in */
};

void connection_notify(void *cls, struct MHD_Connection *connection, void **socket_context,
                       enum MHD_ConnectionNotificationCode code) {
  struct httpd *h = cls;
  if (code == MHD_CONNECTION_NOTIFY_STARTED) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct watched *w = info == NULL ? NULL : calloc(1, sizeof *w);
    *socket_context = w;
    if (w == NULL)
      return;
    w->socket = info->connect_fd;
    w->until = clock_steady() + SECONDS(HEADER_S);
    pthread_mutex_lock(&h->watched_lock);
    w->next = h->watched;
    w->previous = &h->watched;
    if (w->next != NULL)
      w->next->previous = &w->next;
    h->watched = w;
    pthread_mutex_unlock(&h->watched_lock);
  } else {
    struct watched *w = *socket_context;
    if (w == NULL)
      return;
    pthread_mutex_lock(&h->watched_lock);
    *w->previous = w->next;
    if (w->next != NULL)
      w->next->previous = w->previous;
    pthread_mutex_unlock(&h->watched_lock);
    free(w);
  }
}

static struct watched *watched_of(struct request *r) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info == NULL ? NULL : info->socket_context;
}

static void until_set(struct request *r, int64_t until) {
  struct watched *w = watched_of(r);
  if (w == NULL)
    return;
  pthread_mutex_lock(&r->server->watched_lock);
  w->until = until;
  pthread_mutex_unlock(&r->server->watched_lock);
}

void connection_busy(struct request *r, int64_t until) { until_set(r, until); }

void connection_idle(struct request *r) { until_set(r, clock_steady() + SECONDS(KEEP_ALIVE_S)); }

void connection_receiving(struct request *r, int receiving) {
  struct watched *w = watched_of(r);
  if (w == NULL)
    return;
  pthread_mutex_lock(&r->server->watched_lock);
  w->receiving = receiving;
  pthread_mutex_unlock(&r->server->watched_lock);
}

/* The other side has closed, and every byte it sent has been read. */
static int is_at_end(int socket) {
  char byte;
  return recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

void connection_watch(struct httpd *h) {
  int64_t now = clock_steady();
  pthread_mutex_lock(&h->watched_lock);
  for (struct watched *w = h->watched; w != NULL; w = w->next)
    /* MHD 0.9.75 takes a short read for the last one and misses an end that came in the same edge of epoll: the attempt
     * would hold one of its sample's two places until the idle timeout. */
    if (now > w->until || (w->receiving && is_at_end(w->socket)))
      shutdown(w->socket, SHUT_RDWR); /* MHD sees the end and cleans up; the descriptor stays its own */
  pthread_mutex_unlock(&h->watched_lock);
}
