#include "archive/gzip.h"

#include "archive/field.h"
#include "base/alloc.h"
#include "base/diag.h"

static place at(uint64_t byte) { return (place){0, 0, byte}; }

/* The compressed bytes in order, a block at a time. */
typedef struct gunzip {
  source *from;
  const dtc_limits *limits;
  outlet_buffers *buffers;
  inflate_span span; /* its input side: what is left of the block */
  uint64_t read_bytes;
  outlet out;
  dtc_diag *diag;
} gunzip;

static uint64_t where(const gunzip *g) { return g->read_bytes - g->span.in_bytes; }

/* Reads the next block when the last is used up; the span stays empty only at the file's end. */
static dtc_status refill(gunzip *g) {
  if (g->span.in_bytes)
    return DTC_OK;
  size_t got;
  dtc_status status = source_next(g->from, g->buffers->in, sizeof g->buffers->in, &got, g->diag);
  if (status != DTC_OK)
    return status;
  g->span.in = g->buffers->in;
  g->span.in_bytes = got;
  g->out.at_byte = g->read_bytes;
  g->read_bytes += got;
  g->out.packed_bytes = g->read_bytes;
  if (g->read_bytes > g->limits->file_bytes)
    return diag_set(g->diag, DTC_FILE_TOO_LARGE, at(g->limits->file_bytes), "at most %llu bytes",
                    (unsigned long long)g->limits->file_bytes);
  return DTC_OK;
}

static dtc_status next_byte(gunzip *g, unsigned char *byte) {
  dtc_status status = refill(g);
  if (status != DTC_OK)
    return status;
  if (g->span.in_bytes == 0)
    return diag_set(g->diag, DTC_GZIP_TRUNCATED, at(where(g)), "more of the gzip file");
  *byte = *g->span.in++;
  g->span.in_bytes--;
  return DTC_OK;
}

static dtc_status next_bytes(gunzip *g, unsigned char *bytes, size_t count) {
  dtc_status status = DTC_OK;
  for (size_t i = 0; i < count && status == DTC_OK; i++)
    status = next_byte(g, &bytes[i]);
  return status;
}

/* A field that ends in NUL. Its length is bounded by the file's. */
static dtc_status skip_text(gunzip *g) {
  unsigned char c;
  dtc_status status;
  do
    status = next_byte(g, &c);
  while (status == DTC_OK && c);
  return status;
}

static dtc_status skip_extra(gunzip *g) {
  unsigned char bytes[2];
  dtc_status status = next_bytes(g, bytes, 2);
  for (unsigned left = status == DTC_OK ? field_16(bytes) : 0; left && status == DTC_OK; left--)
    status = next_byte(g, bytes);
  return status;
}

static dtc_status read_header(gunzip *g) {
  enum { FLAG_HEADER_CRC = 2, FLAG_EXTRA = 4, FLAG_NAME = 8, FLAG_COMMENT = 16, FLAGS_RESERVED = 0xe0 };
  unsigned char head[10];
  uint64_t begins_at = where(g);
  dtc_status status = next_bytes(g, head, sizeof head);
  if (status != DTC_OK)
    return status;
  if (head[0] != 0x1f || head[1] != 0x8b)
    return diag_set(g->diag, DTC_GZIP_DATA, at(begins_at), "the end of the file, or another gzip member");
  if (head[2] != 8 || head[3] & FLAGS_RESERVED)
    return diag_set(g->diag, DTC_GZIP_HEADER, at(begins_at), "a gzip header of method 8 without reserved flags");
  if (head[3] & FLAG_EXTRA)
    status = skip_extra(g);
  if (status == DTC_OK && head[3] & FLAG_NAME)
    status = skip_text(g);
  if (status == DTC_OK && head[3] & FLAG_COMMENT)
    status = skip_text(g);
  if (status == DTC_OK && head[3] & FLAG_HEADER_CRC)
    status = next_bytes(g, head, 2); /* hardly any writer sets it and hardly any reader checks it */
  return status;
}

static dtc_status read_trailer(gunzip *g, uint64_t member_bytes) {
  unsigned char sums[8];
  uint64_t begins_at = where(g);
  dtc_status status = next_bytes(g, sums, sizeof sums);
  if (status != DTC_OK)
    return status;
  if (field_32(sums) != g->out.crc)
    return diag_set(g->diag, DTC_GZIP_DATA, at(begins_at), "CRC-32 %08lx, found %08lx", (unsigned long)field_32(sums),
                    (unsigned long)g->out.crc);
  if (field_32(sums + 4) != (uint32_t)member_bytes)
    return diag_set(g->diag, DTC_GZIP_DATA, at(begins_at + 4), "%lu bytes, found %llu",
                    (unsigned long)field_32(sums + 4), (unsigned long long)member_bytes);
  return DTC_OK;
}

static dtc_status read_member(gunzip *g, void *state) {
  dtc_status status = read_header(g);
  uint64_t before = g->out.unpacked_bytes;
  g->out.crc = 0;
  outlet_begin(&g->span, g->buffers);
  outlet_progress progress = OUTLET_HUNGRY;
  while (status == DTC_OK && progress == OUTLET_HUNGRY) {
    status = refill(g);
    if (status == DTC_OK && g->span.in_bytes == 0)
      return diag_set(g->diag, DTC_GZIP_TRUNCATED, at(where(g)), "more of the gzip file");
    if (status == DTC_OK)
      status = outlet_inflate(&g->out, state, &g->span, g->buffers, DTC_GZIP_DATA, &progress, g->diag);
  }
  if (status == DTC_OK)
    status = outlet_flush(&g->out, &g->span, g->buffers, g->diag);
  return status == DTC_OK ? read_trailer(g, g->out.unpacked_bytes - before) : status;
}

static dtc_status read_members(gunzip *g, void *state) {
  dtc_status status = refill(g);
  while (status == DTC_OK && g->span.in_bytes) {
    if (g->out.engine->restart(state) != INFLATE_MORE)
      return diag_set(g->diag, DTC_INTERNAL, at(where(g)), "an inflater that begins again");
    status = read_member(g, state);
    if (status == DTC_OK)
      status = refill(g);
  }
  if (status == DTC_OK && g->out.unpacked_bytes == 0)
    return diag_set(g->diag, DTC_MEMBER_EMPTY, at(0), "an export with bytes in it");
  return status == DTC_OK ? outlet_verdict(&g->out, g->diag) : status;
}

dtc_status archive_gzip_pump(source *s, const dtc_options *options, const dtc_allocator *allocator,
                             const inflate_engine *engine, archive_consumer consumer, void *opaque,
                             archive_facts *facts, dtc_diag *diag) {
  outlet_buffers *buffers = alloc_array(allocator, 1, sizeof *buffers);
  void *state = buffers ? engine->new_state(allocator) : NULL;
  dtc_status status;
  if (state) {
    gunzip g = {.from = s,
                .limits = &options->limits,
                .buffers = buffers,
                .diag = diag,
                .out = {.consumer = consumer,
                        .opaque = opaque,
                        .limits = &options->limits,
                        .engine = engine,
                        .promised_bytes = UINT64_MAX,
                        .refuse_nested = 1}};
    status = read_members(&g, state);
    facts->unpacked_bytes = g.out.unpacked_bytes;
  } else {
    status = diag_set(diag, DTC_OUT_OF_MEMORY, at(0), "memory to inflate");
  }
  engine->free_state(state, allocator);
  alloc_release(allocator, buffers);
  return status;
}
