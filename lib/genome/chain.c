#include "config.h"

#include "genome/chain.h"

#include "base/alloc.h"
#include "base/diag.h"
#include "genome/reference_file.h"

/* One side of a chain's header; 0-based, half open, on its own strand. */
typedef struct side {
  unsigned contig; /* DTC_CONTIG_NONE: not a primary one */
  uint64_t size, start, end;
  int minus;
} side;

typedef struct reading {
  reference_file *file;
  const dtc_assembly *from, *to;
  const dtc_allocator *allocator;
  chain_file *out;
  dtc_diag *diag;
  side t, q; /* of the chain being read */
  uint64_t at_t, at_q;
  int in_chain;
  int kept; /* its blocks are wanted */
} reading;

static dtc_status fault(reading *r, const char *expected) { return reference_file_fault(r->file, r->diag, expected); }

/* name size strand start end */
static int parse_side(const view *fields, side *s) {
  s->contig = dtc_contig_parse(fields[0].at, fields[0].length);
  s->minus = view_is(fields[2], "-");
  return fields[0].length && (s->minus || view_is(fields[2], "+")) &&
         reference_number(fields[1], UINT32_MAX, &s->size) && reference_number(fields[3], UINT32_MAX, &s->start) &&
         reference_number(fields[4], UINT32_MAX, &s->end) && s->start < s->end && s->end <= s->size;
}

/* Whether the chain in hand is wanted: DTC_OK and r->kept, or the refusal of a chain for other assemblies. */
static dtc_status fit(reading *r) {
  uint32_t t_length = r->from->length[r->t.contig], q_length = r->to->length[r->q.contig];
  r->kept = 0;
  if (r->t.contig == DTC_CONTIG_NONE || t_length == 0)
    return DTC_OK;
  /* hg19 files carry NC_001807 as chrM under a genome whose MT is the rCRS: such chains say nothing about ours. */
  if (r->t.contig == DTC_CONTIG_MT || r->q.contig == DTC_CONTIG_MT) {
    r->kept = r->t.contig == r->q.contig && r->t.size == t_length && r->q.size == q_length;
    return DTC_OK;
  }
  if (r->t.size != t_length)
    return fault(r, "chains whose first contigs have the lengths of the input's build");
  if (r->q.contig != DTC_CONTIG_NONE && q_length && r->q.size != q_length)
    return fault(r, "chains whose second contigs have the lengths of the output's build");
  r->kept = 1;
  return DTC_OK;
}

static dtc_status take_header(reading *r, const view *fields, unsigned count) {
  uint64_t score = 0;
  if ((count != 12 && count != 13) || !reference_number(fields[1], UINT64_MAX, &score) ||
      !parse_side(fields + 2, &r->t) || !parse_side(fields + 7, &r->q) || r->t.minus)
    return fault(r, "a chain line: score, then name, size, strand, start, end of both sides, id");
  dtc_status status = fit(r);
  if (status != DTC_OK)
    return status;
  r->in_chain = 1;
  r->at_t = r->t.start;
  r->at_q = r->q.start;
  if (!r->kept)
    return DTC_OK;
  chain_file *out = r->out;
  void *chains = out->chains;
  if (out->chain_count >= UINT32_MAX ||
      !alloc_grow(r->allocator, &chains, &out->chain_capacity, out->chain_count + 1, sizeof *out->chains))
    return diag_set(r->diag, DTC_OUT_OF_MEMORY, (place){0, 0, 0}, "memory");
  out->chains = chains;
  unsigned target = r->to->length[r->q.contig] ? r->q.contig : DTC_CONTIG_NONE;
  out->chains[out->chain_count++] = (chain_head){score, 0, (uint8_t)r->t.contig, (uint8_t)target, (uint8_t)r->q.minus};
  return DTC_OK;
}

static dtc_status keep_block(reading *r, uint64_t size) {
  chain_file *out = r->out;
  void *blocks = out->blocks;
  if (!alloc_grow(r->allocator, &blocks, &out->block_capacity, out->block_count + 1, sizeof *out->blocks))
    return diag_set(r->diag, DTC_OUT_OF_MEMORY, (place){0, 0, 0}, "memory");
  out->blocks = blocks;
  /* On the minus strand, base q (0-based) of the strand is base size - 1 - q of the contig. */
  uint64_t target = r->q.minus ? r->q.size - r->at_q : r->at_q + 1;
  out->blocks[out->block_count++] = (chain_block){(uint32_t)(r->at_t + 1), (uint32_t)(r->at_t + size), (uint32_t)target,
                                                  (uint32_t)(out->chain_count - 1)};
  out->chains[out->chain_count - 1].aligned += size;
  return DTC_OK;
}

/* "size gap gap", or the last line's "size". */
static dtc_status take_block(reading *r, const view *fields, unsigned count) {
  uint64_t number[3] = {0, 0, 0};
  if (count != 1 && count != 3)
    return fault(r, "a block line: size, or size and the two gaps behind it");
  for (unsigned k = 0; k < count; k++)
    if (!reference_number(fields[k], UINT32_MAX, &number[k]))
      return fault(r, "a block line of plain numbers");
  int last = count == 1;
  /* All terms are below 2^32 and at_t, at_q at most 2^32: no sum overflows. */
  uint64_t end_t = r->at_t + number[0] + number[1], end_q = r->at_q + number[0] + number[2];
  if (number[0] == 0 || end_t > r->t.end || end_q > r->q.end)
    return fault(r, "blocks within the ranges of their chain");
  if (last && (end_t != r->t.end || end_q != r->q.end))
    return fault(r, "blocks that fill the ranges of their chain");
  dtc_status status = r->kept ? keep_block(r, number[0]) : DTC_OK;
  r->at_t = end_t;
  r->at_q = end_q;
  r->in_chain = !last;
  return status;
}

static dtc_status take_line(reading *r, view line) {
  view fields[REFERENCE_FIELDS_MAX];
  unsigned count = reference_fields(line, " \t", 1, fields);
  if (count == 0 || line.at[0] == '#')
    return r->in_chain && count == 0 ? fault(r, "the rest of the chain's blocks") : DTC_OK;
  int header = view_is(fields[0], "chain");
  if (r->in_chain)
    return header ? fault(r, "the rest of the chain's blocks") : take_block(r, fields, count);
  return header ? take_header(r, fields, count) : fault(r, "a line that begins with chain");
}

dtc_status chain_file_read(const char *path, const dtc_assembly *from, const dtc_assembly *to, const dtc_allocator *a,
                           chain_file *out, dtc_diag *diag) {
  memset(out, 0, sizeof *out);
  reading r = {.from = from, .to = to, .allocator = a, .out = out, .diag = diag};
  dtc_status status = reference_file_open(path, DTC_CHAIN_FILE, a, &r.file, diag);
  if (status != DTC_OK)
    return status;
  view line = {"", 0};
  while (status == DTC_OK && line.at) {
    status = reference_file_line(r.file, &line, diag);
    if (status == DTC_OK && line.at)
      status = take_line(&r, line);
  }
  if (status == DTC_OK && r.in_chain)
    status = fault(&r, "the rest of the last chain: the file is cut off");
  if (status == DTC_OK && out->chain_count == 0)
    status = fault(&r, "chains from the contigs of the input's build");
  reference_file_close(r.file);
  if (status != DTC_OK)
    chain_file_clear(out, a);
  return status;
}

void chain_file_clear(chain_file *file, const dtc_allocator *a) {
  alloc_release(a, file->chains);
  alloc_release(a, file->blocks);
  memset(file, 0, sizeof *file);
}
