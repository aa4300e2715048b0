/* guard.c - requests whose length two readers could see differently are refused before anything is read. */
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "array-upload/httpd/httpd.h"

enum { METHOD_MAX = 32 };

struct seen {
  unsigned lengths, encodings, hosts, transfer_bad, length_bad, name_bad, value_bad, types, folded;
  const char *end; /* of the value before */
  size_t bytes;
  int chunked;
};

static int digits_only(const char *text) {
  size_t n = strspn(text, "0123456789");
  return n > 0 && n < 19 && text[n] == '\0';
}

/* RFC 9110 token. A blank before the colon, or control characters, is how headers are hidden. */
static int name_valid(const char *name) {
  size_t n = strspn(name, "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
  return n > 0 && name[n] == '\0';
}

/* RFC 9110 section 5.5: what another reader would end or break the value at. MHD keeps a CR and a NUL. */
static int value_valid(const char *value, size_t n) {
  return memchr(value, '\0', n) == NULL && memchr(value, '\r', n) == NULL && memchr(value, '\n', n) == NULL;
}

/* libmicrohttpd before 1.0; the one that runs, not the one that was built with. */
static int library_is_old(void) { return strncmp(MHD_get_version(), "0.", 2) == 0; }

/* A line that goes on in the next one (obs-fold, RFC 9112 section 5.2). libmicrohttpd before 1.0 hangs what stands
 * there behind the header's *name*, in a copy of it: "Content-Length:", blank, "4" becomes the header
 * "Content-Length4". So a length is hidden from us that another reader sees, or a name is made that no proxy saw. In a
 * whole line the value stands behind its name in the same buffer, with nothing but the colon's byte and blanks between
 * them. From 1.0 on the library joins such lines as the RFC says, or refuses them. */
static int is_folded(const char *name, size_t name_n, const char *value) {
  uintptr_t end = (uintptr_t)name + name_n, start = (uintptr_t)value;
  if (value == NULL || !library_is_old())
    return 0;
  return start <= end || start - end > HEADERS_MAX_BYTES || strspn(name + name_n + 1, " \t") < start - end - 1;
}

/* A NUL in a value: libmicrohttpd before 1.0 ends it there, and what follows is out of our sight. Where the line ended
 * it has put a NUL for each of CR and LF, and the next name stands right behind them. */
static int is_torn(const struct seen *s, const char *name) {
  return library_is_old() && s->end != NULL && (uintptr_t)name - (uintptr_t)s->end - 1 > 1;
}

/* ... in the last line: the empty one that ends the header is NULs as well. */
static int is_torn_at_last(const struct seen *s) { return library_is_old() && s->end != NULL && s->end[1] != '\0'; }

static int is_ascii(const char *value) {
  while (*value > ' ' || *value == ' ' || *value == '\t')
    value++;
  return *value == '\0';
}

/* A query argument that is not UTF-8 could not be said back in an answer. */
static enum MHD_Result argument_look(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_n,
                                     const char *value, size_t value_n) {
  struct seen *s = cls;
  json_t *key = json_stringn(name, name_n), *text = json_stringn(value == NULL ? "" : value, value_n);
  (void)kind;
  s->value_bad += key == NULL || text == NULL;
  json_decref(key);
  json_decref(text);
  return MHD_YES;
}

/* A NUL in the request's first line: libmicrohttpd before 1.0 keeps it, and what stands behind it is out of our sight.
 * Else the version begins right behind the address and the blank's byte. */
static int is_cut(const struct request *r, const char *version) {
  return library_is_old() && (uintptr_t)version != (uintptr_t)r->url_end + 1;
}

static enum MHD_Result look(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_n, const char *value,
                            size_t value_n) {
  struct seen *s = cls;
  (void)kind;
  s->folded += is_folded(name, name_n, value);
  s->value_bad += is_torn(s, name);
  s->end = value == NULL ? NULL : value + value_n;
  value = value == NULL ? "" : value;
  s->bytes += name_n + value_n + 4;
  s->name_bad += strlen(name) != name_n || !name_valid(name);
  s->value_bad += !value_valid(value, value_n);
  if (strcasecmp(name, "Content-Length") == 0) {
    s->lengths++;
    s->length_bad += !digits_only(value);
  } else if (strcasecmp(name, "Transfer-Encoding") == 0) {
    s->encodings++;
    s->chunked = strcasecmp(value, "chunked") == 0;
    s->transfer_bad += !s->chunked;
  } else if (strcasecmp(name, "Host") == 0) {
    s->hosts++;
  } else if (strcasecmp(name, "Content-Type") == 0) {
    s->types++;
    s->value_bad += !is_ascii(value);
  }
  return MHD_YES;
}

unsigned guard_request(struct request *r, const char *version, const char **detail) {
  struct seen s = {0};
  MHD_get_connection_values_n(r->connection, MHD_HEADER_KIND, look, &s);
  MHD_get_connection_values_n(r->connection, MHD_GET_ARGUMENT_KIND, argument_look, &s);
  *detail = "Bad request.";
  if (strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0)
    return MHD_HTTP_HTTP_VERSION_NOT_SUPPORTED;
  if (s.lengths + s.encodings > 1 || s.length_bad || s.transfer_bad || s.hosts > 1 || s.name_bad || s.value_bad ||
      s.folded || s.types > 1 || r->url_cut || is_cut(r, version) || is_torn_at_last(&s) || !name_valid(r->method) ||
      strlen(r->method) > METHOD_MAX || (s.encodings > 0 && strcmp(version, "HTTP/1.0") == 0) ||
      (s.hosts == 0 && strcmp(version, "HTTP/1.1") == 0))
    return MHD_HTTP_BAD_REQUEST;
  if (r->url_length > URL_MAX_BYTES) {
    *detail = "The address is too long.";
    return MHD_HTTP_URI_TOO_LONG;
  }
  if (s.bytes > HEADERS_MAX_BYTES) {
    *detail = "The headers are too large.";
    return MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE;
  }
  return 0;
}
