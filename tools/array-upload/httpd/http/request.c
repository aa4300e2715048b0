/* request.c - a request from its first byte to its log line. */
#include "array-upload/httpd/http/request.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "array-upload/util/address.h"
#include "array-upload/httpd/httpd.h"
#include "array-upload/util/clock.h"
#include "array-upload/util/log.h"

enum { REQUEST_S = 60, DRAIN_S = 30 };

struct forwarded {
  struct arena *arena;
  char *text;
};

const char *request_header(const struct request *r, const char *name) {
  return MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
}

struct once {
  const char *name, *value;
  unsigned n;
};

static enum MHD_Result once_look(void *cls, enum MHD_ValueKind kind, const char *name, const char *value) {
  struct once *o = cls;
  (void)kind;
  if (strcasecmp(name, o->name) == 0) {
    o->value = value;
    o->n++;
  }
  return MHD_YES;
}

const char *request_header_once(const struct request *r, const char *name) {
  struct once o = {name, NULL, 0};
  MHD_get_connection_values(r->connection, MHD_HEADER_KIND, once_look, &o);
  return o.n == 1 ? o.value : NULL;
}

const char *request_query(const struct request *r, const char *name) {
  return MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, name);
}

const char *request_url(struct request *r, const char *path) {
  return arena_printf(&r->arena, "%s%s", r->server->public_url, path);
}

int request_wants_json(const struct request *r) {
  const char *accept = request_header(r, "Accept");
  return accept != NULL && strstr(accept, "application/json") != NULL;
}

struct store *httpd_store_take(struct httpd *h) {
  struct store *s = NULL;
  pthread_mutex_lock(&h->stores_lock);
  if (h->n_stores > 0)
    s = h->stores[--h->n_stores];
  pthread_mutex_unlock(&h->stores_lock);
  char error[300];
  if (s == NULL && (s = service_store(h->service, error, sizeof error)) == NULL)
    log_event("store.unavailable", "error=s", error);
  return s;
}

void httpd_store_give(struct httpd *h, struct store *s) {
  pthread_mutex_lock(&h->stores_lock);
  if (s != NULL && h->n_stores < STORES_MAX) {
    h->stores[h->n_stores++] = s;
    s = NULL;
  }
  pthread_mutex_unlock(&h->stores_lock);
  store_close(s);
}

static int has_blanks(const char *uri) {
  while ((unsigned char)*uri > ' ' && *uri != 0x7f)
    uri++;
  return *uri != '\0';
}

void *request_uri(void *cls, const char *uri, struct MHD_Connection *connection) {
  (void)connection;
  struct request *r = calloc(1, sizeof *r);
  if (r == NULL)
    return NULL;
  r->server = cls;
  r->url_length = strnlen(uri, (size_t)1 << 20);
  r->url_end = uri + r->url_length;
  /* decoded, everything behind a NUL would be out of our sight; a blank makes another request line of it */
  r->url_cut = strstr(uri, "%00") != NULL || has_blanks(uri);
  r->begun = clock_steady();
  return r;
}

/* All X-Forwarded-For lines as one list, in the arena: a proxy may append a line of its own instead of a word. */
static enum MHD_Result forwarded_add(void *cls, enum MHD_ValueKind kind, const char *name, const char *value) {
  struct forwarded *f = cls;
  (void)kind;
  if (strcasecmp(name, "X-Forwarded-For") == 0 && value != NULL)
    f->text = f->text == NULL ? arena_strdup(f->arena, value) : arena_printf(f->arena, "%s,%s", f->text, value);
  return MHD_YES;
}

/* A proxy that nobody named looks like one person to every limit. Said once, not with every request. */
static void proxy_unknown(struct request *r) {
  if (!atomic_exchange(&r->server->proxy_told, 1))
    log_event("proxy.not_trusted", "peer=s help=s", r->ip,
              "X-Forwarded-For comes from an address that [server] trusted_proxy does not name: all people behind it"
              " share one rate limit");
}

/* The address of the person: the peer's, or, as long as who says so is a proxy we trust, what it says. Read from the
 * end: what stands before the first address we do not trust may be invented. */
static void ip_find(struct request *r) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  const struct sockaddr *peer = info == NULL ? NULL : info->client_addr;
  const char *trusted = r->server->service->config.trusted_proxy;
  struct forwarded f = {.arena = &r->arena};
  address_text(peer, r->ip, sizeof r->ip);
  MHD_get_connection_values(r->connection, MHD_HEADER_KIND, forwarded_add, &f);
  if (f.text != NULL && (trusted == NULL || !address_in_list(r->ip, trusted)))
    proxy_unknown(r);
  while (f.text != NULL && trusted != NULL && address_in_list(r->ip, trusted)) {
    char *comma = strrchr(f.text, ','), *word = comma == NULL ? f.text : comma + 1;
    word += strspn(word, " \t");
    word[strcspn(word, " \t")] = '\0';
    if (address_read(word, r->ip, sizeof r->ip) != 0)
      break;
    if (comma == NULL)
      break;
    *comma = '\0';
  }
  address_bucket(r->ip, r->bucket, sizeof r->bucket);
}

int request_from_proxy(const struct request *r) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  const char *trusted = r->server->service->config.trusted_proxy;
  char peer[64];
  address_text(info == NULL ? NULL : info->client_addr, peer, sizeof peer);
  return trusted != NULL && address_in_list(peer, trusted);
}

static int has_body(const struct request *r) {
  const char *length = request_header(r, "Content-Length");
  return request_header(r, "Transfer-Encoding") != NULL || (length != NULL && strcmp(length, "0") != 0);
}

static int64_t length_said(const struct request *r) {
  int64_t n = -1;
  const char *length = request_header(r, "Content-Length");
  return length != NULL && number_parse(&n, length, 0, INT64_MAX) == 0 ? n : -1;
}

/* A refusal for which the body is still read (and dropped), so that the browser sees the answer and not a reset. */
static void refuse(struct request *r, unsigned status, const char *detail) {
  r->refuse = status;
  r->refuse_detail = detail;
}

static enum MHD_Result refuse_now(struct request *r) {
  if (r->refuse == 429)
    return reply_throttled(r, 60);
  return reply_detail(r, r->refuse, r->refuse_detail);
}

/* The page is asked for by a scanner or a browser that only looks ahead. */
static int is_prefetch(const struct request *r) {
  const char *purpose = request_header(r, "Sec-Purpose"), *old = request_header(r, "Purpose"),
             *moz = request_header(r, "X-Moz");
  return (purpose != NULL && strncasecmp(purpose, "prefetch", 8) == 0) ||
         (old != NULL && strcasecmp(old, "prefetch") == 0) || (moz != NULL && strcasecmp(moz, "prefetch") == 0);
}

static enum MHD_Result route_missing(struct request *r, const char *allow) {
  if (allow == NULL)
    return reply_not_found(r);
  const char *text = arena_printf(&r->arena, "{\"detail\":\"Method \\\"%s\\\" not allowed.\"}", r->method);
  const char *const extra[] = {"Allow", allow, NULL};
  if (strcmp(r->method, "OPTIONS") == 0)
    return reply_bytes(r, 200, "application/json", "{}", 2, extra);
  return text == NULL ? MHD_NO : reply_bytes(r, 405, "application/json", text, strlen(text), extra);
}

enum MHD_Result plain_begin(struct request *r) {
  if (length_said(r) > BODY_MAX)
    refuse(r, 413, "The request is too large.");
  return MHD_YES;
}

enum MHD_Result plain_bytes(struct request *r, const char *bytes, size_t n) {
  if (r->body_length + n > BODY_MAX) {
    refuse(r, 413, "The request is too large.");
    return MHD_YES;
  }
  if (r->body_length + n + 1 > r->body_room) {
    size_t room = r->body_room == 0 ? 4096 : r->body_room;
    while (room < r->body_length + n + 1)
      room *= 2;
    char *more = realloc(r->body, room);
    if (more == NULL)
      return MHD_NO;
    r->body = more;
    r->body_room = room;
  }
  memcpy(r->body + r->body_length, bytes, n);
  r->body_length += n;
  r->body[r->body_length] = '\0';
  return MHD_YES;
}

enum MHD_Result request_with_store(struct request *r, handler serve) {
  r->store = httpd_store_take(r->server);
  if (r->store == NULL)
    return reply_unavailable(r);
  enum MHD_Result result = serve(r);
  httpd_store_give(r->server, r->store);
  r->store = NULL;
  return result;
}

static enum MHD_Result plain_finish(struct request *r) { return request_with_store(r, r->route->run); }

const struct route_kind route_plain = {plain_begin, plain_bytes, plain_finish, NULL};

/* The first call: everything that can be said before the body. */
static enum MHD_Result request_begin(struct request *r, const char *version) {
  const char *detail, *allow;
  if (uuid_new(r->request_id) != 0)
    return MHD_NO;
  r->now = clock_now();
  ip_find(r);
  connection_until(r, r->begun + SECONDS(REQUEST_S));
  unsigned status = guard_request(r, version, &detail);
  if (status != 0) {
    refuse(r, status, detail);
    return refuse_now(r); /* in the first call: this also closes the connection, which is what such a sender gets */
  }
  r->peek = strcmp(r->method, "HEAD") == 0 || is_prefetch(r);
  r->route = route_find(r, &allow);
  enum MHD_Result result = MHD_YES;
  if (r->route != NULL)
    result = r->route->kind->begin(r);
  else if (has_body(r))
    refuse(r, allow == NULL ? 404 : 405, "Not found.");
  if (r->refuse == 0)
    return result;
  const char *expect = request_header(r, "Expect");
  if (expect != NULL && strcasecmp(expect, "100-continue") == 0)
    return refuse_now(r); /* the body has not been sent */
  connection_until(r, clock_steady() + SECONDS(DRAIN_S));
  return MHD_YES;
}

static enum MHD_Result drain(struct request *r, size_t n) {
  r->drained_bytes += n;
  return r->drained_bytes > 2 * (uint64_t)r->server->service->config.upload_bytes ? MHD_NO : MHD_YES;
}

static enum MHD_Result request_finish(struct request *r) {
  const char *allow;
  r->now = clock_now();
  connection_keep(r);
  if (r->refuse != 0 && (r->refuse != 405 || r->route != NULL))
    return refuse_now(r);
  if (r->route != NULL)
    return r->route->kind->finish(r);
  r->route = route_find(r, &allow);
  return route_missing(r, allow);
}

enum MHD_Result request_handle(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                               const char *version, const char *upload, size_t *upload_size, void **con_cls) {
  struct request *r = *con_cls;
  (void)cls;
  if (r == NULL)
    return MHD_NO;
  if (r->connection == NULL) {
    r->connection = connection;
    r->method = method;
    r->path = url;
    return request_begin(r, version);
  }
  if (r->answered)
    return MHD_YES;
  size_t n = *upload_size;
  *upload_size = 0;
  if (n == 0)
    return request_finish(r);
  return r->refuse != 0 || r->route == NULL ? drain(r, n) : r->route->kind->bytes(r, upload, n);
}

/* The log has the pattern and the id of what was asked for: a path that leads nowhere may be a token or a name that
 * slid out of its query. */
static void request_log(const struct request *r) {
  log_event("http.request", "request=s method=s path=s id=s status=i ms=I user=s key=s ip=s", r->request_id, r->method,
            r->route == NULL ? "" : r->route->pattern, r->id, (int)r->status,
            (json_int_t)((clock_steady() - r->begun) / 1000), r->who.user, r->who.key, r->ip);
}

void request_completed(void *cls, struct MHD_Connection *connection, void **con_cls,
                       enum MHD_RequestTerminationCode code) {
  struct httpd *h = cls;
  struct request *r = *con_cls;
  (void)connection;
  if (r == NULL)
    return;
  *con_cls = NULL;
  if (r->connection != NULL) {
    if (r->route != NULL && r->route->kind->drop != NULL)
      r->route->kind->drop(r, code == MHD_REQUEST_TERMINATED_COMPLETED_OK);
    if (r->answered) {
      atomic_fetch_add(&h->requests[r->status / 100 < 6 ? r->status / 100 : 0], 1);
      times_add(&h->request_times, clock_steady() - r->begun);
      request_log(r);
    }
    connection_idle(r);
  }
  json_decref(r->data);
  free(r->body);
  arena_free(&r->arena);
  free(r);
}
