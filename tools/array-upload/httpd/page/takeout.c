/* takeout.c - the zip is laid out before its first byte goes: sizes and CRCs are known, so that any reader takes it,
 * its length is said, and a cut download is noticed. Each file is read twice for that, in pieces; nothing of it touches
 * a disk. Files are stored, not packed: genotypes are packed already. */
#include "array-upload/httpd/page/takeout.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

#include "array-upload/deeds/record_json.h"
#include "array-upload/httpd/api/fields.h"
#include "array-upload/httpd/httpd.h"
#include "array-upload/seal/crypt4gh.h"
#include "array-upload/seal/object.h"
#include "array-upload/util/log.h"

enum { PARTS_MAX = 24, NAME_MAX_BYTES = 200, LOCAL_BYTES = 30, CENTRAL_BYTES = 46, END_BYTES = 22 };
static const int64_t zip_limit = INT64_C(0xffffffff);

/* ---- the record ----------------------------------------------------------------------------------------------------
 */
static json_t *history_json(const struct sample_status *list, size_t n) {
  json_t *out = json_array();
  for (size_t i = 0; i < n; i++)
    json_array_append_new(out, json_pack("{s:s, s:s, s:o}", "status", list[i].status, "note", list[i].note, "created",
                                         json_time(list[i].created)));
  return out;
}

static json_t *quality_json(const struct quality_control *list, size_t n) {
  json_t *out = json_array();
  for (size_t i = 0; i < n; i++)
    json_array_append_new(out, json_pack("{s:s, s:s, s:s, s:o}", "key", list[i].key, "status", list[i].status, "value",
                                         list[i].text, "measured",
                                         list[i].has_measured ? json_real(list[i].measured) : json_null()));
  return out;
}

static json_t *files_json(const struct sample_file *list, size_t n) {
  json_t *out = json_array();
  for (size_t i = 0; i < n; i++)
    json_array_append_new(out, json_pack("{s:s, s:s, s:o}", "type", list[i].type, "delivered_as", list[i].name,
                                         "created", json_time(list[i].created)));
  return out;
}

static json_t *looks_json(const struct look *list, size_t n) {
  json_t *out = json_array();
  for (size_t i = 0; i < n; i++)
    json_array_append_new(out, json_pack("{s:s, s:s, s:o}", "what", list[i].what, "by", list[i].actor, "first_that_day",
                                         json_time(list[i].created)));
  return out;
}

json_t *takeout_record(struct request *r, const struct sample *s) {
  struct sample_status *history;
  struct quality_control *qc;
  struct consent *consents;
  struct sample_file *files;
  struct look *looks;
  size_t n_history, n_qc, n_consents, n_files, n_looks;
  int64_t total;
  const struct page page = {200, 0};
  if (store_sample_history(r->store, &r->arena, s->id, page, &history, &n_history, &total) != STORE_OK ||
      store_sample_qc(r->store, &r->arena, s->id, page, &qc, &n_qc, &total) != STORE_OK ||
      store_sample_consents(r->store, &r->arena, s->id, &consents, &n_consents) != STORE_OK ||
      store_sample_files(r->store, &r->arena, s->id, &files, &n_files) != STORE_OK ||
      store_looks(r->store, &r->arena, s->id, &looks, &n_looks) != STORE_OK)
    return NULL;
  json_t *metadata = s->metadata == NULL ? NULL : json_loads(s->metadata, JSON_DECODE_ANY, NULL);
  return json_pack("{s:i, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "record", 1, "operator",
                   r->server->service->config.operator_name, "sample", s->id, "client_id", s->client_id, "status",
                   sample_state_text(s->state), "created", json_time(s->created), "modified", json_time(s->modified),
                   "written", json_time(r->now), "metadata", metadata != NULL ? metadata : json_null(), "consents",
                   record_consents(consents, n_consents), "files", files_json(files, n_files), "quality_controls",
                   quality_json(qc, n_qc), "history", history_json(history, n_history), "looked_at",
                   looks_json(looks, n_looks));
}

/* ---- the zip -------------------------------------------------------------------------------------------------------
 */
struct part {
  char name[NAME_MAX_BYTES + 1];
  struct object_reader *object; /* or text */
  char *text;
  int64_t size, header_at;
  uint32_t crc;
};

struct takeout {
  struct part parts[PARTS_MAX];
  size_t n;
  unsigned dos_time, dos_date;
  int64_t central_at, total;
  unsigned char *central; /* the directory and the end, from central_at on */
};

static unsigned char *put2(unsigned char *at, unsigned n) {
  at[0] = (unsigned char)n;
  at[1] = (unsigned char)(n >> 8);
  return at + 2;
}

static unsigned char *put4(unsigned char *at, uint64_t n) {
  return put2(put2(at, (unsigned)(n & 0xffff)), (unsigned)(n >> 16 & 0xffff));
}

/* What both headers of a part have: needed version 2.0, names in UTF-8, stored. */
static unsigned char *put_common(unsigned char *at, const struct takeout *t, const struct part *p) {
  at = put2(put2(put2(at, 20), 0x0800), 0);
  at = put4(put2(put2(at, t->dos_time), t->dos_date), p->crc);
  at = put4(put4(at, (uint64_t)p->size), (uint64_t)p->size);
  return put2(put2(at, (unsigned)strlen(p->name)), 0);
}

static size_t local_header(const struct takeout *t, const struct part *p,
                           unsigned char out[LOCAL_BYTES + NAME_MAX_BYTES]) {
  unsigned char *at = put_common(put4(out, 0x04034b50), t, p);
  memcpy(at, p->name, strlen(p->name));
  return LOCAL_BYTES + strlen(p->name);
}

static int part_crc(struct part *p) {
  unsigned char buffer[SEGMENT_SIZE];
  uLong crc = crc32(0, NULL, 0);
  ssize_t n = 0;
  if (p->object == NULL) {
    p->crc = (uint32_t)crc32(crc, (const Bytef *)p->text, (uInt)p->size);
    return 0;
  }
  p->size = object_size(p->object);
  for (int64_t at = 0; at < p->size && (n = object_read(p->object, buffer, sizeof buffer, at)) > 0; at += n)
    crc = crc32(crc, buffer, (uInt)n);
  p->crc = (uint32_t)crc;
  explicit_bzero(buffer, sizeof buffer);
  return n < 0 || (n == 0 && p->size > 0) ? -1 : 0;
}

/* Where everything stands. 0, or -1: more than a plain zip can hold, or no memory. */
static int layout(struct takeout *t) {
  int64_t at = 0;
  size_t central = END_BYTES;
  for (size_t i = 0; i < t->n; i++) {
    t->parts[i].header_at = at;
    at += LOCAL_BYTES + (int64_t)strlen(t->parts[i].name) + t->parts[i].size;
    central += CENTRAL_BYTES + strlen(t->parts[i].name);
    if (t->parts[i].size >= zip_limit || at >= zip_limit)
      return -1;
  }
  unsigned char *out = t->central = malloc(central);
  if (out == NULL)
    return -1;
  t->central_at = at;
  t->total = at + (int64_t)central;
  for (size_t i = 0; i < t->n; i++) {
    const struct part *p = &t->parts[i];
    out = put_common(put2(put4(out, 0x02014b50), 20), t, p);
    out = put2(put2(put2(out, 0), 0), 0); /* no comment; disk 0; no internal attributes */
    out = put4(put4(out, 0), (uint64_t)p->header_at);
    memcpy(out, p->name, strlen(p->name));
    out += strlen(p->name);
  }
  out = put4(put4(out, 0x06054b50), 0);
  out = put2(put2(out, (unsigned)t->n), (unsigned)t->n);
  put2(put4(put4(out, central - END_BYTES), (uint64_t)at), 0);
  return 0;
}

static void takeout_free(void *cls) {
  struct takeout *t = cls;
  if (t == NULL)
    return;
  for (size_t i = 0; i < t->n; i++) {
    object_close(t->parts[i].object);
    free(t->parts[i].text);
  }
  free(t->central);
  free(t);
}

static ssize_t copy_out(char *buffer, size_t room, const void *from, size_t size, int64_t at) {
  size_t n = size - (size_t)at < room ? size - (size_t)at : room;
  memcpy(buffer, (const char *)from + at, n);
  return (ssize_t)n;
}

/* The bytes at `at`, of one header or one file at a time. */
static ssize_t takeout_read(void *cls, uint64_t at_, char *buffer, size_t room) {
  struct takeout *t = cls;
  int64_t at = (int64_t)at_;
  if (at >= t->central_at)
    return copy_out(buffer, room, t->central, (size_t)(t->total - t->central_at), at - t->central_at);
  size_t i = 0;
  while (i + 1 < t->n && t->parts[i + 1].header_at <= at)
    i++;
  const struct part *p = &t->parts[i];
  unsigned char header[LOCAL_BYTES + NAME_MAX_BYTES];
  int64_t n = (int64_t)local_header(t, p, header);
  at -= p->header_at;
  if (at < n)
    return copy_out(buffer, room, header, (size_t)n, at);
  if (p->object == NULL)
    return copy_out(buffer, room, p->text, (size_t)p->size, at - n);
  ssize_t got = object_read(p->object, buffer, room, at - n);
  return got > 0 ? got : MHD_CONTENT_READER_END_WITH_ERROR; /* the connection is cut: never what was not put */
}

/* 0, or -1; a file that went meanwhile is left out. */
static int file_add(struct request *r, struct takeout *t, const struct sample_file *f) {
  struct part *p = &t->parts[t->n];
  size_t n = strlen(f->name), suffix = sizeof CRYPT4GH_SUFFIX - 1;
  enum blob_result opened = object_open_plain(r->server->service->blob, store_keys(r->store), f->key, &p->object);
  if (opened == BLOB_NONE)
    return 0;
  if (opened != BLOB_OK || n > NAME_MAX_BYTES)
    return -1;
  t->n++; /* freed with the rest from here on */
  /* The person gets what was made of their file, not the partner's envelope of it. */
  memcpy(p->name, f->name, crypt4gh_named(f->key) && crypt4gh_named(f->name) ? n - suffix : n);
  return part_crc(p);
}

static int record_add(struct request *r, struct takeout *t, const struct sample *s) {
  struct part *p = &t->parts[t->n];
  json_t *record = takeout_record(r, s);
  p->text = record == NULL ? NULL : json_dumps(record, JSON_INDENT(2));
  json_decref(record);
  if (p->text == NULL)
    return -1;
  t->n++;
  memcpy(p->name, "record.json", sizeof "record.json");
  p->size = (int64_t)strlen(p->text);
  return part_crc(p);
}

struct MHD_Response *takeout_response(struct request *r, const struct sample *s, uint64_t *size) {
  struct takeout *t = calloc(1, sizeof *t);
  struct sample_file *files;
  size_t n = 0;
  struct tm tm;
  time_t now = (time_t)(r->now / 1000000);
  int ok = t != NULL && store_sample_files(r->store, &r->arena, s->id, &files, &n) == STORE_OK && n < PARTS_MAX;
  if (ok && gmtime_r(&now, &tm) != NULL && tm.tm_year >= 80) {
    t->dos_time = (unsigned)(tm.tm_hour << 11 | tm.tm_min << 5 | tm.tm_sec / 2);
    t->dos_date = (unsigned)((tm.tm_year - 80) << 9 | (tm.tm_mon + 1) << 5 | tm.tm_mday);
  }
  ok = ok && record_add(r, t, s) == 0;
  for (size_t i = 0; ok && i < n; i++)
    ok = file_add(r, t, &files[i]) == 0;
  ok = ok && layout(t) == 0;
  struct MHD_Response *response =
      ok ? MHD_create_response_from_callback((uint64_t)t->total, SEGMENT_SIZE, takeout_read, t, takeout_free) : NULL;
  if (response == NULL) {
    log_event("takeout.failed", "request=s sample=s", r->request_id, s->id);
    takeout_free(t);
    return NULL;
  }
  *size = (uint64_t)t->total;
  return response;
}
