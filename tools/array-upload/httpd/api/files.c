/* Files: their checksums, and downloads by addresses that carry their own permission for a while. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "array-upload/httpd/api/api.h"
#include "array-upload/httpd/httpd.h"
#include "array-upload/seal/object.h"
#include "array-upload/util/log.h"

/* What is signed: the file and the end of the permission; the rest of the address is decoration. */
static const char *signed_text(struct arena *a, const char *id, const char *expires) {
  return arena_printf(a, "download:%s:%s", id, expires);
}

char *download_url(struct request *r, const struct sample_file *f) {
  char mac[65];
  /* Rounded up to whole minutes: the same address for a while, so that caches and retries see one. */
  int64_t expires = (r->now / 1000000 + r->server->service->config.download_url_s) / 60 * 60 + 60;
  const char *when = arena_printf(&r->arena, "%lld", (long long)expires);
  const char *text = when == NULL ? NULL : signed_text(&r->arena, f->id, when);
  if (text == NULL || keyring_mac(&r->server->keys, KEY_DOWNLOAD, text, mac) != 0)
    return NULL;
  return arena_printf(
      &r->arena,
      "%s/downloads/%s/%s?expires=%s&response-content-disposition=attachment%%3B+filename%%3D%s&signature=%s",
      r->server->public_url, f->id, f->name, when, f->name, mac);
}

static int file_load(struct request *r, const char *organization, struct sample_file *f, enum MHD_Result *result) {
  enum store_result found = store_file_get(r->store, &r->arena, organization, r->id, f);
  if (found == STORE_NONE) /* or one of a project */
    found = store_merge_file_get(r->store, &r->arena, organization, r->id, f);
  if (found == STORE_OK)
    return 0;
  *result = reply_store(r, found);
  return -1;
}

/* A name a client gives is only put into a header when it is plainly a name. */
static int name_plain(const char *name) {
  size_t n = strlen(name);
  return n > 0 && n <= 200 && strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == n;
}

enum MHD_Result api_file_sha256(struct request *r) {
  struct sample_file f;
  enum MHD_Result result;
  if (file_load(r, r->who.organization, &f, &result) != 0)
    return result;
  if (strcmp(f.type, "array-zip") == 0 && r->who.right < RIGHT_UPLOAD)
    return reply_forbidden(r);
  if (strlen(f.sha256) != 64)
    return reply_detail(r, 400, "File does not have checksum.");
  const char *given = request_query(r, "filename"), *name = given != NULL && name_plain(given) ? given : f.name;
  const char *text = arena_printf(&r->arena, "%s *%s\n", f.sha256, name);
  const char *disposition = arena_printf(&r->arena, "attachment; filename=\"%s.sha256\"", name);
  if (text == NULL)
    return MHD_NO;
  const char *const extra[] = {"Content-Disposition", disposition, NULL};
  return reply_bytes(r, 200, "text/plain; charset=utf-8", text, strlen(text), extra);
}

/* ---- downloads -----------------------------------------------------------------------------------------------------
 */
static int permitted(struct request *r) {
  const char *expires = request_query(r, "expires"), *signature = request_query(r, "signature");
  int64_t until;
  if (expires == NULL || signature == NULL || number_parse(&until, expires, 0, INT64_MAX / 1000000) != 0 ||
      r->now / 1000000 >= until)
    return 0;
  const char *text = signed_text(&r->arena, r->id, expires);
  return text != NULL &&
         keyring_mac_valid(&r->server->keys, r->server->service, r->store, KEY_DOWNLOAD, text, signature);
}

/* One range of RFC 9110 section 14. 1: *first..*last are it; 0: there is none to honour (whole file); -1: not
 * satisfiable. */
static int range_read(const char *header, int64_t size, int64_t *first, int64_t *last) {
  char text[64];
  *first = 0;
  *last = size - 1;
  if (header == NULL || strncasecmp(header, "bytes=", 6) != 0 || strlen(header + 6) >= sizeof text)
    return 0;
  snprintf(text, sizeof text, "%s", header + 6);
  char *dash = strchr(text, '-');
  if (dash == NULL || strchr(text, ',') != NULL)
    return 0;
  *dash = '\0';
  if (text[0] == '\0') { /* the last N bytes */
    int64_t n;
    if (number_parse(&n, dash + 1, 0, INT64_MAX) != 0)
      return 0;
    *first = n > size ? 0 : size - n;
    return n == 0 || size == 0 ? -1 : 1;
  }
  if (number_parse(first, text, 0, INT64_MAX) != 0 ||
      (dash[1] != '\0' && number_parse(last, dash + 1, 0, INT64_MAX) != 0) || (dash[1] != '\0' && *last < *first)) {
    *first = 0;
    *last = size - 1;
    return 0;
  }
  if (*last >= size)
    *last = size - 1;
  return *first >= size ? -1 : 1;
}

static const char *content_type(const char *name) {
  static const char *const types[][2] = {{".json", "application/json"},
                                         {".html", "text/html; charset=utf-8"},
                                         {".tsv", "text/tab-separated-values; charset=utf-8"},
                                         {".zip", "application/zip"},
                                         {".gz", "application/gzip"}};
  const char *dot = strrchr(name, '.');
  for (size_t i = 0; dot != NULL && i < sizeof types / sizeof *types; i++)
    if (strcmp(dot, types[i][0]) == 0)
      return types[i][1];
  return "application/octet-stream";
}

static void file_headers(struct MHD_Response *response, const struct sample_file *f, const char *disposition) {
  char text[400];
  MHD_add_response_header(response, "Content-Type", content_type(f->name));
  snprintf(text, sizeof text, "%s; filename=\"%s\"", disposition, f->name);
  MHD_add_response_header(response, "Content-Disposition", text);
  snprintf(text, sizeof text, "\"%s\"", f->sha256);
  MHD_add_response_header(response, "ETag", text);
  MHD_add_response_header(response, "Accept-Ranges", "bytes");
  MHD_add_response_header(response, "Content-Security-Policy",
                          "default-src 'none'; style-src 'unsafe-inline'; sandbox");
  MHD_add_response_header(response, "Cache-Control", "private, no-store");
}

/* What a response reads: from `first` on. MHD asks in order, from one thread. */
struct sending {
  struct object_reader *object;
  int64_t first;
};

static ssize_t sending_read(void *cls, uint64_t at, char *buffer, size_t n) {
  struct sending *s = cls;
  ssize_t got = object_read(s->object, buffer, n, s->first + (int64_t)at);
  /* The connection is cut: a segment that is not what was put is never sent, and a short answer is not taken for whole.
   */
  return got > 0 ? got : MHD_CONTENT_READER_END_WITH_ERROR;
}

static void sending_free(void *cls) {
  struct sending *s = cls;
  object_close(s->object);
  free(s);
}

/* Takes the object over; NULL: no memory. */
static struct MHD_Response *response_of(struct object_reader *object, int64_t first, uint64_t n) {
  struct sending *s = n == 0 ? NULL : malloc(sizeof *s);
  if (s != NULL)
    *s = (struct sending){object, first};
  struct MHD_Response *response =
      n == 0      ? MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT)
      : s == NULL ? NULL
                  : MHD_create_response_from_callback(n, SEGMENT_SIZE, sending_read, s, sending_free);
  if (response == NULL || n == 0) {
    object_close(object);
    free(s);
  }
  return response;
}

static enum MHD_Result file_send(struct request *r, const struct sample_file *f, const char *disposition,
                                 struct object_reader *object) {
  int64_t first, last, size = object_size(object);
  const char *etag = request_header(r, "If-Range");
  char text[80];
  int partial = range_read(request_header(r, "Range"), size, &first, &last);
  snprintf(text, sizeof text, "\"%s\"", f->sha256);
  if (partial != 0 && etag != NULL && strcmp(etag, text) != 0) { /* RFC 9110: only a strong match, no date of ours */
    partial = 0;
    first = 0;
    last = size - 1;
  }
  if (partial < 0) {
    object_close(object);
    snprintf(text, sizeof text, "bytes */%lld", (long long)size);
    const char *const extra[] = {"Content-Range", text, NULL};
    return reply_bytes(r, 416, "application/json", "{\"detail\":\"Range not satisfiable.\"}", 35, extra);
  }
  uint64_t n = (uint64_t)(last - first + 1);
  r->sent_bytes = n;
  struct MHD_Response *response = response_of(object, first, n);
  if (response == NULL)
    return MHD_NO;
  file_headers(response, f, disposition);
  if (partial) {
    snprintf(text, sizeof text, "bytes %lld-%lld/%lld", (long long)first, (long long)last, (long long)size);
    MHD_add_response_header(response, "Content-Range", text);
  }
  return reply_response(r, partial ? 206 : 200, response);
}

static enum MHD_Result file_answer(struct request *r, const struct sample_file *f, const char *disposition) {
  struct object_reader *object;
  enum blob_result opened = object_open(r->server->service->blob, store_keys(r->store), f->key, &object);
  if (opened == BLOB_NONE)
    return reply_not_found(r);
  if (opened != BLOB_OK) {
    log_event("file.unreadable", "request=s file=s", r->request_id, f->id);
    return reply_unavailable(r);
  }
  log_event("file.downloaded", "request=s file=s sample=s type=s ip=s", r->request_id, f->id, f->sample, f->type,
            r->ip);
  connection_until(r, r->begun + INT64_C(3600000000));
  return file_send(r, f, disposition, object);
}

/* An address carries its own permission: who has it is not known, that it was used is. A project's file has no sample.
 */
static void file_looked(struct request *r, const struct sample_file *f) {
  struct sample s;
  if (store_sample_get(r->store, &r->arena, NULL, f->sample, r->now, &s) == STORE_OK)
    sample_looked(r, s.organization, "download address", s.id, f->type);
}

enum MHD_Result file_show(struct request *r, const struct sample_file *f) { return file_answer(r, f, "inline"); }

enum MHD_Result download_get(struct request *r) {
  struct sample_file f;
  enum MHD_Result result;
  if (!permitted(r))
    return reply_detail(r, 403, "The address is not valid, or its time is over.");
  if (file_load(r, NULL, &f, &result) != 0)
    return result;
  file_looked(r, &f);
  return file_answer(r, &f, "attachment");
}
