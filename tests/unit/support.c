#include "support.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *support_path(const char *path) {
  static char full[4096];
  const char *top = getenv("top_srcdir");
  snprintf(full, sizeof full, "%s/%s", top ? top : ".", path);
  return full;
}

char *support_read(const char *path, size_t *length) {
  FILE *f = fopen(support_path(path), "rb");
  ck_assert_msg(f != NULL, "%s is not there", path);
  char *text = NULL;
  size_t used = 0, room = 0;
  do {
    room += 65536;
    text = realloc(text, room + 1);
    ck_assert_ptr_nonnull(text);
    used += fread(text + used, 1, room - used, f);
  } while (used == room);
  fclose(f);
  text[used] = '\0';
  *length = used;
  return text;
}

static void *memory_resize(void *opaque, void *block, size_t size_bytes) {
  support_memory *m = opaque;
  m->calls++;
  if (m->fail_at && m->calls >= m->fail_at)
    return NULL;
  void *grown = realloc(block, size_bytes);
  m->blocks += grown && !block;
  return grown;
}

static void memory_release(void *opaque, void *block) {
  support_memory *m = opaque;
  m->blocks -= block != NULL;
  free(block);
}

dtc_allocator support_allocator(support_memory *m) { return (dtc_allocator){memory_resize, memory_release, m}; }

uint32_t support_random(uint64_t *state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(*state >> 33);
}

dtc_options support_options(dtc_policy policy) {
  dtc_options o;
  memset(&o, 0, sizeof o);
  o.policy = policy;
  o.limits.rows_max = 5000000;
  o.limits.rows_min = 1;
  o.limits.line_bytes = 1000;
  o.limits.header_lines = 100;
  return o;
}

/* ---- parsing */

static uint64_t fold(uint64_t digest, const void *bytes, size_t n) {
  const unsigned char *at = bytes;
  for (size_t i = 0; i < n; i++)
    digest = (digest ^ at[i]) * 1099511628211u;
  return digest;
}

static dtc_status on_header(void *opaque, const parser_header *header) {
  support_result *r = opaque;
  ck_assert_ptr_nonnull(header->vendor);
  ck_assert_uint_eq(r->calls + r->rejects, 0);
  r->headers++;
  return DTC_OK;
}

static dtc_status on_calls(void *opaque, const dtc_calls *c) {
  support_result *r = opaque;
  ck_assert_uint_gt(c->count, 0);
  for (size_t i = 0; i < c->count; i++) {
    char name[DTC_ID_TEXT_MAX + 1];
    size_t n = dtc_calls_id(c, i, name);
    r->calls_digest = fold(r->calls_digest, name, n + 1);
    r->calls_digest = fold(r->calls_digest, &c->position[i], 4);
    r->calls_digest = fold(r->calls_digest, &c->line[i], 4);
    r->calls_digest = fold(r->calls_digest, (uint8_t[]){c->id_kind[i], c->contig[i], c->genotype[i]}, 3);
  }
  r->calls += c->count;
  return DTC_OK;
}

static dtc_status on_reject(void *opaque, const dtc_reject *j) {
  support_result *r = opaque;
  r->rejects++;
  r->last_reject = j->why;
  r->rejects_digest = fold(r->rejects_digest, &j->line, sizeof j->line);
  r->rejects_digest = fold(r->rejects_digest, &j->why, sizeof j->why);
  r->rejects_digest = fold(r->rejects_digest, j->id, j->id_bytes);
  r->rejects_digest = fold(r->rejects_digest, j->chromosome, j->chromosome_bytes);
  r->rejects_digest = fold(r->rejects_digest, j->position, j->position_bytes);
  r->rejects_digest = fold(r->rejects_digest, j->genotype, j->genotype_bytes);
  return DTC_OK;
}

support_result support_parse(const char *text, size_t length, const dtc_options *options, size_t chunk) {
  support_result r;
  memset(&r, 0, sizeof r);
  parser_sink sink = {on_header, on_calls, on_reject, &r};
  uint64_t random = length + 1;
  parser *p = parser_new(options, &sink);
  if (!p) {
    r.status = DTC_OUT_OF_MEMORY;
    return r;
  }
  for (size_t at = 0; at < length && !r.status;) {
    size_t n = chunk ? chunk : 1 + support_random(&random) % 300;
    if (n > length - at)
      n = length - at;
    char *piece = malloc(n);
    ck_assert_ptr_nonnull(piece);
    memcpy(piece, text + at, n);
    r.status = parser_feed(p, piece, n);
    memset(piece, 'A', n);
    free(piece);
    at += n;
  }
  if (!r.status)
    r.status = parser_finish(p);
  ck_assert_int_eq(parser_finish(p), r.status);
  ck_assert_int_eq(parser_feed(p, "x", 1), r.status ? r.status : DTC_OK);
  r.diag = *parser_get_diag(p);
  r.totals = *parser_get_totals(p);
  if (parser_get_header(p))
    r.header = *parser_get_header(p);
  r.foreign = parser_foreign(p, NULL);
  ck_assert_int_eq(r.diag.status, r.status);
  parser_free(p);
  return r;
}

void support_same(const support_result *a, const support_result *b, const char *what) {
  ck_assert_msg(a->status == b->status, "%s: %s and %s", what, dtc_status_slug(a->status), dtc_status_slug(b->status));
  ck_assert_msg(a->diag.line == b->diag.line && a->diag.column == b->diag.column && a->diag.byte == b->diag.byte,
                "%s: places", what);
  ck_assert_msg(strcmp(a->diag.expected, b->diag.expected) == 0, "%s: %s and %s", what, a->diag.expected,
                b->diag.expected);
  ck_assert_msg(memcmp(&a->totals, &b->totals, sizeof a->totals) == 0, "%s: totals", what);
  ck_assert_msg(a->calls == b->calls && a->calls_digest == b->calls_digest, "%s: calls", what);
  ck_assert_msg(a->rejects == b->rejects && a->rejects_digest == b->rejects_digest, "%s: rejects", what);
  ck_assert_msg(a->headers == b->headers && a->foreign == b->foreign, "%s: headers", what);
}
