#include "genotype-convert/vcf_file.h"

#include "vcf/writer/hts_record.h"
#include "vcf/writer/vcf_text.h"

#include <stdlib.h>
#include <string.h>

/* An index is hardly smaller at any other level: 427 KB at 5, for five times the time, where 1 makes 430 KB. */
enum { INDEX_LEVEL = 1 };

/* Records in a row that the index need not tell apart: of one base each, in one of its windows. */
typedef struct index_run {
  uint64_t records, from;
  uint32_t position; /* of the first */
  unsigned contig;
} index_run;

struct vcf_file {
  const vcf_layout *format;
  block_writer *blocks;
  output *data, *index;
  index_builder *builder;
  int open; /* the block writer is ours */
  int bcf;
  uint64_t records;
  index_run run;
  vcf_tail *tails; /* of each shape; made where they are first wanted */
  struct {
    char name[HEADER_CONTIG_NAME_BYTES]; /* with its TAB */
    size_t name_length;
    int index;
  } contigs[DTC_CONTIG_COUNT];
};

int vcf_level_default(vcf_type type, int fast) {
  if (type == VCF_BGZF)
    return fast ? BGZF_LINES_FAST : BGZF_LINES;
  return fast ? 1 : 6;
}

static int is_bcf(const vcf_layout *format) { return format->type == BCF_BGZF || format->type == BCF_PLAIN; }
static int is_bgzf(const vcf_layout *format) { return format->type == BCF_BGZF || format->type == VCF_BGZF; }

static int sink_output(void *opaque, const void *bytes, size_t length) { return output_write(opaque, bytes, length); }

static void put_header(vcf_file *v) {
  if (is_bcf(v->format)) {
    uint32_t length = (uint32_t)v->format->header_bytes + 1; /* with its NUL */
    unsigned char head[9] = {'B', 'C', 'F', 2, 2, (unsigned char)length, (unsigned char)(length >> 8),
                             (unsigned char)(length >> 16), (unsigned char)(length >> 24)};
    block_writer_put(v->blocks, head, sizeof head);
    block_writer_put(v->blocks, v->format->header, length);
  } else {
    block_writer_put(v->blocks, v->format->header, v->format->header_bytes);
  }
  block_writer_cut(v->blocks);
}

static int open_index(vcf_file *v, const char *path, fault *f) {
  const vcf_layout *format = v->format;
  if (format->index == INDEX_NONE)
    return 0;
  if (!output_is_regular(v->data))
    return fault_set(f, EXIT_USAGE, "an index needs an output that is a file");
  v->builder = index_new(format->index, is_bcf(format), format->assembly, format->chr_prefix);
  if (!v->builder)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  v->index = output_open_beside(path, format->index == INDEX_TBI ? ".tbi" : ".csi", f);
  return v->index ? 0 : -1;
}

vcf_file *vcf_file_open(const char *path, const vcf_layout *format, block_writer *blocks, fault *f) {
  vcf_file *v = calloc(1, sizeof *v);
  if (!v) {
    fault_set(f, EXIT_TROUBLE, "out of memory");
    return NULL;
  }
  v->format = format;
  v->blocks = blocks;
  v->bcf = is_bcf(format);
  for (unsigned c = 1; c < DTC_CONTIG_COUNT; c++) {
    size_t length = header_contig_name(c, format->chr_prefix, v->contigs[c].name);
    v->contigs[c].name[length] = '\t';
    v->contigs[c].name_length = length + 1;
    v->contigs[c].index = header_contig_index(format->assembly, c);
  }
  v->tails = calloc(RECORD_SHAPES + 1, sizeof *v->tails);
  if (!v->tails)
    fault_set(f, EXIT_TROUBLE, "out of memory");
  v->data = v->tails ? output_open(path, f) : NULL;
  if (!v->data || open_index(v, path, f) != 0) {
    vcf_file_free(v);
    return NULL;
  }
  if (block_writer_begin(blocks, is_bgzf(format) ? format->level : BLOCK_RAW, sink_output, v->data) != 0) {
    fault_set(f, EXIT_TROUBLE, "out of memory");
    vcf_file_free(v);
    return NULL;
  }
  v->open = 1;
  put_header(v);
  return v;
}

/* columns: of text only. */
static char *write_record(const vcf_file *v, char *at, const record *r, vcf_columns *columns) {
  if (v->bcf)
    return hts_record_pack(at, r, v->contigs[r->contig].index);
  return vcf_text_write(at, r, v->contigs[r->contig].name, v->contigs[r->contig].name_length - 1, columns);
}

/* Writes the record where there is room for it, and tells the encoder of lines about it. */
static char *write_marked(const vcf_file *v, char *at, const record *r) {
  vcf_columns columns;
  char *end = write_record(v, at, r, &columns);
  if (!v->bcf)
    block_writer_mark(v->blocks, r->shape, columns.id, columns.tail);
  return end;
}

static inline char *write_short(const vcf_file *v, char *at, const record *r, const vcf_tail *tail) {
  vcf_columns columns;
  char *end =
      vcf_text_write_short(at, r, v->contigs[r->contig].name, v->contigs[r->contig].name_length, tail, &columns);
  block_writer_mark(v->blocks, r->shape, columns.id, columns.tail);
  return end;
}

/* A record larger than a block, with alleles of tens of thousands of letters. */
static int add_large(vcf_file *v, const record *r, size_t bound) {
  vcf_columns columns;
  char *text = malloc(bound);
  if (!text)
    return -1;
  block_writer_put(v->blocks, text, (size_t)(write_record(v, text, r, &columns) - text));
  free(text);
  return 0;
}

/* The tail of the record's shape; NULL where it has none that is short enough. */
static inline const vcf_tail *tail_of(vcf_file *v, const record *r) {
  if (!r->shape || v->bcf)
    return NULL;
  vcf_tail *tail = &v->tails[r->shape];
  if (!tail->length)
    vcf_tail_make(tail, r);
  return tail->length ? tail : NULL;
}

static int write_line(vcf_file *v, const record *r, uint64_t *from) {
  const vcf_tail *tail = tail_of(v, r);
  size_t bound = tail ? VCF_SHORT_MAX : v->bcf ? hts_record_bound(r) : vcf_text_bound(r);
  if (bound > BGZF_INPUT_MAX) {
    block_writer_cut(v->blocks);
    *from = block_writer_tell(v->blocks);
    return add_large(v, r, bound);
  }
  char *at = block_writer_room(v->blocks, bound);
  *from = block_writer_tell(v->blocks);
  char *end = tail ? write_short(v, at, r, tail) : write_marked(v, at, r);
  block_writer_take(v->blocks, (size_t)(end - at));
  return 0;
}

/* Tells the index the records that were held back; the stream stands right behind them. */
static void end_run(vcf_file *v) {
  if (v->run.records)
    index_add(v->builder, v->run.contig, v->run.position, 1, v->run.from, block_writer_tell(v->blocks), v->run.records);
  v->run.records = 0;
}

static inline int joins_run(const index_run *run, const record *r) {
  return run->records && r->contig == run->contig && r->allele_bytes[0] == 1 &&
         (r->position - 1) >> INDEX_WINDOW_SHIFT == (run->position - 1) >> INDEX_WINDOW_SHIFT;
}

int vcf_file_add(vcf_file *v, const record *r) {
  uint64_t from;
  int joins = joins_run(&v->run, r);
  if (!joins)
    end_run(v);
  if (write_line(v, r, &from) != 0)
    return -1;
  v->records++;
  if (joins)
    v->run.records++;
  else if (v->builder && r->allele_bytes[0] == 1)
    v->run = (index_run){1, from, r->position, r->contig};
  else if (v->builder)
    index_add(v->builder, r->contig, r->position, r->allele_bytes[0], from, block_writer_tell(v->blocks), 1);
  return 0;
}

static int write_index(vcf_file *v, fault *f) {
  size_t length;
  char *bytes = index_finish(v->builder, v->blocks, &length);
  if (!bytes || block_writer_begin(v->blocks, INDEX_LEVEL, sink_output, v->index) != 0) {
    free(bytes);
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  }
  block_writer_put(v->blocks, bytes, length);
  free(bytes);
  block_writer_end(v->blocks);
  return output_finish(v->index, bgzf_eof, sizeof bgzf_eof, f);
}

int vcf_file_close(vcf_file *v, fault *f) {
  end_run(v);
  int failed = block_writer_end(v->blocks) != 0;
  v->open = 0;
  const void *tail = is_bgzf(v->format) ? bgzf_eof : NULL;
  if (output_finish(v->data, tail, sizeof bgzf_eof, f) != 0)
    return -1;
  if (failed) /* the output has nothing to complain of: it was the list of blocks */
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  return v->builder ? write_index(v, f) : 0;
}

int vcf_file_publish(vcf_file *v, fault *f) {
  if (output_remove_beside(v->data, ".tbi", f) != 0 || output_remove_beside(v->data, ".csi", f) != 0 ||
      output_publish(v->data, f) != 0)
    return -1;
  return v->index ? output_publish(v->index, f) : 0;
}

const output *vcf_file_output(const vcf_file *v) { return v->data; }

void vcf_file_retract(vcf_file *v) {
  if (!v)
    return;
  output_retract(v->data);
  output_retract(v->index);
}

void vcf_file_free(vcf_file *v) {
  if (!v)
    return;
  if (v->open)
    block_writer_end(v->blocks); /* no worker may hold on to a block of ours */
  index_free(v->builder);
  output_free(v->data);
  output_free(v->index);
  free(v->tails);
  free(v);
}

uint64_t vcf_file_records(const vcf_file *v) { return v->records; }
uint64_t vcf_file_bytes(const vcf_file *v) { return output_bytes(v->data); }
