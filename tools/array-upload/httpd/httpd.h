/* httpd.h - the process: what its threads share. */
#ifndef ARRAY_UPLOAD_HTTPD_HTTPD_H
#define ARRAY_UPLOAD_HTTPD_HTTPD_H

#include <pthread.h>
#include <stdatomic.h>

#include "array-upload/deeds/keyring.h"
#include "array-upload/httpd/http/limit.h"
#include "array-upload/httpd/http/request.h"
#include "array-upload/httpd/http/memory_file.h"

enum {
  LOGINS_A_MINUTE = 20,
  LOCKED_S = 900,
  STORES_MAX = 128,
  BODY_MAX = 1 << 20,
  URL_MAX_BYTES = 8192,
  HEADERS_MAX_BYTES = 16384
};

/* How long things took: a histogram. */
enum { TIMES_STEPS = 10, REASONS_MAX = 32 };
extern const double times_limits[TIMES_STEPS]; /* seconds */
struct times {
  atomic_ullong steps[TIMES_STEPS + 1], micros;
};
void times_add(struct times *t, int64_t micros);

struct leftover;
struct watched; /* a connection under the watchdog, connection.c */

struct httpd {
  struct service *service;
  const char *public_url; /* without a slash at the end */
  struct MHD_Daemon *daemon;
  pthread_mutex_t stores_lock;
  struct store *stores[STORES_MAX]; /* idle handles */
  size_t n_stores;
  struct keyring keys;
  struct limit rate;
  atomic_long uploads;                                                         /* receiving or checking */
  atomic_long nameless;                                                        /* of these, without a link so far */
  atomic_long checks;                                                          /* threads that wait for checkd */
  atomic_int draining;                                                         /* SIGTERM: no new uploads */
  atomic_ullong requests[6], upload_bytes, uploads_accepted, uploads_rejected; /* requests by status / 100 */
  atomic_ullong refusals[REASONS_MAX]; /* by the place of the reason in its table (page/reasons.h) */
  struct times request_times, check_times;
  struct memory_pool memory;
  pthread_mutex_t leftovers_lock;
  struct leftover *leftovers; /* leftover.h */
  char (*lost)[UUID_SIZE];    /* attempts that an httpd before this one may not have sent to checkd (check_client.c) */
  size_t n_lost;
  pthread_mutex_t watched_lock;
  struct watched *watched; /* newest first */
  size_t n_watched;
  atomic_int proxy_told; /* proxy.not_trusted was logged */
};

/* A handle nobody else uses; NULL: the database is away. */
struct store *httpd_store_take(struct httpd *h);
void httpd_store_give(struct httpd *h, struct store *s);

/* connection.c: the watchdog. MHD's own timeout counts inactivity only, so a drip of bytes would live for ever. */
void connection_notify(void *cls, struct MHD_Connection *connection, void **socket_context,
                       enum MHD_ConnectionNotificationCode code);
/* When the whole request must be over (clock_steady). */
void connection_until(struct request *r, int64_t until);
/* From here on it is not pushed out by a newer one: all of it has come, or who sends it is known. A body that anybody
 * can begin is no reason. */
void connection_keep(struct request *r);
void connection_idle(struct request *r);
/* While 1, the end of the client's side means that the rest will never come. */
void connection_receiving(struct request *r, int receiving);
/* Shuts down those that are late, and uploads whose client has gone. Called about once a second. */
void connection_watch(struct httpd *h);

/* guard.c: 0, or the status to refuse the request with, and why. Trap 1 of libmicrohttpd: ambiguous lengths. */
unsigned guard_request(struct request *r, const char *version, const char **detail);

/* routes.c: the table, ended by a row without a method. */
extern const struct route routes[];
/* http/route.c. *allow gets the methods of a path that is known (NULL: unknown path). */
const struct route *route_find(struct request *r, const char **allow);

/* body.c: the body into r->data. 0, or the answer was given (*result). */
int body_parse(struct request *r, enum MHD_Result *result);

/* main handler: request.c */
enum MHD_Result request_handle(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                               const char *version, const char *upload_data, size_t *upload_data_size, void **con_cls);
void request_completed(void *cls, struct MHD_Connection *connection, void **con_cls,
                       enum MHD_RequestTerminationCode code);
void *request_uri(void *cls, const char *uri, struct MHD_Connection *connection);

#endif
