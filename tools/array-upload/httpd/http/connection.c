/* connection.c - the watchdog over connections (trap 3 of libmicrohttpd: its timeout counts inactivity), and how many
 * one address may hold. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "array-upload/util/address.h"
#include "array-upload/httpd/httpd.h"
#include "array-upload/util/clock.h"

enum { HEADER_S = 30, KEEP_ALIVE_S = 75 };

struct watched {
  struct watched *next, **previous;
  int socket;
  int64_t until; /* clock_steady */
  int receiving; /* an upload's body is coming in */
  int kept;      /* connection_keep() was called, and the answer is not through */
  int ended;     /* shut down already */
  int counted;   /* towards its address's share; a trusted proxy's are not */
  char bucket[64];
};

/* MHD sees the end and cleans up; the descriptor stays its own. */
static void end(struct watched *w) {
  w->ended = 1;
  shutdown(w->socket, SHUT_RDWR);
}

/* Makes room for the newest connection: where its address holds its share, or all are held, the oldest one that only
 * waits has to go. A flood of half-open connections, or of bodies that do not end, pushes out itself. Where all are
 * at work, the new one goes. */
static void room_make(struct httpd *h, struct watched *new) {
  const struct config *c = &h->service->config;
  struct watched *oldest = NULL, *oldest_of_all = NULL;
  int64_t n = 0;
  for (struct watched *w = h->watched; w != NULL; w = w->next) {
    int same = new->counted && w->counted &&strcmp(w->bucket, new->bucket) == 0;
    n += same && !w->ended;
    if (w == new || w->kept || w->ended)
      continue;
    oldest_of_all = w;
    if (same)
      oldest = w;
  }
  if (n > c->connections_per_address)
    end(oldest != NULL ? oldest : new);
  else if ((int64_t)h->n_watched > c->connections - c->connections / 8 && oldest_of_all != NULL)
    end(oldest_of_all);
}

static void address_of(const struct httpd *h, struct MHD_Connection *connection, struct watched *w) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  const char *trusted = h->service->config.trusted_proxy;
  char address[64];
  address_text(info == NULL ? NULL : info->client_addr, address, sizeof address);
  address_bucket(address, w->bucket, sizeof w->bucket);
  w->counted = trusted == NULL || !address_in_list(address, trusted);
}

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
    address_of(h, connection, w);
    w->next = h->watched;
    w->previous = &h->watched;
    if (w->next != NULL)
      w->next->previous = &w->next;
    h->watched = w;
    h->n_watched++;
    room_make(h, w);
    pthread_mutex_unlock(&h->watched_lock);
  } else {
    struct watched *w = *socket_context;
    if (w == NULL)
      return;
    pthread_mutex_lock(&h->watched_lock);
    *w->previous = w->next;
    if (w->next != NULL)
      w->next->previous = w->previous;
    h->n_watched--;
    pthread_mutex_unlock(&h->watched_lock);
    free(w);
  }
}

static struct watched *watched_of(struct request *r) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info == NULL ? NULL : info->socket_context;
}

void connection_until(struct request *r, int64_t until) {
  struct watched *w = watched_of(r);
  if (w == NULL)
    return;
  pthread_mutex_lock(&r->server->watched_lock);
  w->until = until;
  pthread_mutex_unlock(&r->server->watched_lock);
}

static void kept_set(struct request *r, int kept) {
  struct watched *w = watched_of(r);
  if (w == NULL)
    return;
  pthread_mutex_lock(&r->server->watched_lock);
  w->kept = kept;
  pthread_mutex_unlock(&r->server->watched_lock);
}

void connection_keep(struct request *r) { kept_set(r, 1); }

void connection_idle(struct request *r) {
  connection_until(r, clock_steady() + SECONDS(KEEP_ALIVE_S));
  kept_set(r, 0);
}

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
      end(w);
  pthread_mutex_unlock(&h->watched_lock);
}
