/* request.h - one HTTP request on its way through httpd, and what its handler answers with.
 *
 * A request belongs to its connection; MHD runs its callbacks on one thread at a time. Handlers run when the body is
 * complete. They answer exactly once, by a reply_ function, and return its result. Which endpoints there are is the
 * table's business (routes.c), not this room's. */
#ifndef ARRAY_UPLOAD_HTTPD_HTTP_REQUEST_H
#define ARRAY_UPLOAD_HTTPD_HTTP_REQUEST_H

#include <jansson.h>
#include <microhttpd.h>
#include <stdint.h>

#include "array-upload/deeds/roles.h"
#include "array-upload/service.h"
#include "array-upload/util/encode.h"

struct httpd;
struct upload;
struct request;

typedef enum MHD_Result (*handler)(struct request *r);

/* How the requests of a route are served. They answer at most once, in whichever call. */
struct route_kind {
  /* The header is complete; `refuse` may be set, then the body is dropped and finish() is not called. */
  enum MHD_Result (*begin)(struct request *r);
  /* A piece of the body. MHD_NO ends the connection. */
  enum MHD_Result (*bytes)(struct request *r, const char *bytes, size_t n);
  /* The body is complete. Called again after a suspended connection was resumed. */
  enum MHD_Result (*finish)(struct request *r);
  /* The request is over, however; `completed`: its answer went out. May be NULL. */
  void (*drop)(struct request *r, int completed);
};
/* A body of at most 1 MiB in r->body; finish() runs the route's handler with r->store. */
extern const struct route_kind route_plain;
enum MHD_Result plain_begin(struct request *r);
enum MHD_Result plain_bytes(struct request *r, const char *bytes, size_t n);
/* Runs `serve` with a store in r->store; 503 where there is none. */
enum MHD_Result request_with_store(struct request *r, handler serve);

struct route {
  const char *method, *pattern; /* "{id}": a UUID; "{name}": any one part */
  const struct route_kind *kind;
  enum right right;
  handler run;
};

struct principal {
  const char *user, *organization, *role, *email;
  const char *key; /* id of the API key, or NULL */
  enum right right;
};

struct request {
  struct httpd *server;
  struct MHD_Connection *connection;
  const char *method, *path; /* the path decoded, MHD's */
  const struct route *route;
  const char *id;   /* the {id} of the path, as a UUID in canonical form; NULL when there is none */
  const char *name; /* the {name} of the path */
  struct arena arena;
  struct store *store; /* borrowed for the handler's run */
  int64_t now, begun;  /* clock_now() when the handler starts; clock_steady() of the first byte */
  char request_id[UUID_SIZE];
  char ip[64];     /* the person's address */
  char bucket[64]; /* what limits count it as: address_bucket() */
  struct principal who;
  char *body;
  size_t body_length, body_room;
  json_t *data; /* the body as an object; {} when there was none. Never NULL in a handler of the API's writes */
  struct upload *upload;
  unsigned refuse; /* != 0: a status to answer with once the body is drained */
  const char *refuse_detail;
  int peek; /* HEAD, or a prefetch: must change nothing */
  int answered;
  const char *cookie, *cookie_too; /* sent along as Set-Cookie, or NULL */
  const char *const *headers;      /* name, value, ..., NULL: sent along with the answer; or NULL */
  const char *session;             /* id of the operator's log-in, or NULL */
  unsigned status;                 /* of the answer, for the log */
  uint64_t sent_bytes, drained_bytes;
  size_t url_length;
  const char *url_end; /* where its text ends in libmicrohttpd's buffer */
  int url_cut;         /* the address has an encoded NUL */
};

/* ---- reading -------------------------------------------------------------------------------------------------------
 */
const char *request_header(const struct request *r, const char *name);
/* NULL also where it stands twice: which of them is the proxy's, and which the client's? */
const char *request_header_once(const struct request *r, const char *name);
/* 1 when it came from an address that [server] trusted_proxy names. */
int request_from_proxy(const struct request *r);
/* A query argument; NULL when it is not there. */
const char *request_query(const struct request *r, const char *name);
/* Absolute URL of a path of ours, in the request's arena. */
const char *request_url(struct request *r, const char *path);
/* 1 when the client asks for JSON rather than a page. */
int request_wants_json(const struct request *r);

/* ---- answering -----------------------------------------------------------------------------------------------------
 */
/* Takes over `body`. NULL body (no memory) becomes 500. */
enum MHD_Result reply_json(struct request *r, unsigned status, json_t *body);
enum MHD_Result reply_empty(struct request *r, unsigned status);
/* {"detail": text} */
enum MHD_Result reply_detail(struct request *r, unsigned status, const char *text);
/* {field: [text]} with 400 */
enum MHD_Result reply_field(struct request *r, const char *field, const char *text);
enum MHD_Result reply_not_found(struct request *r);
enum MHD_Result reply_forbidden(struct request *r);
/* By what the store said: 404, 503 or 500, and a log line for the last two. */
enum MHD_Result reply_store(struct request *r, enum store_result result);
/* 429 with Retry-After. */
enum MHD_Result reply_throttled(struct request *r, int64_t seconds);
/* Copies bytes. `extra`: NULL-ended pairs of header and value, or NULL. */
enum MHD_Result reply_bytes(struct request *r, unsigned status, const char *type, const void *bytes, size_t n,
                            const char *const *extra);
/* Hands a response over (it is destroyed here) with the headers every answer has. */
enum MHD_Result reply_response(struct request *r, unsigned status, struct MHD_Response *response);
/* 503 with Retry-After, as the API says it. */
enum MHD_Result reply_unavailable(struct request *r);

#endif
