/* hts_writer.c - records by htslib: it writes header, records and BGZF and makes the index. One thread of ours reads,
 * places and resolves while another calls bcf_write; htslib's own threads only where no index is asked for, since with
 * them the index it makes on the way misses records (1.16).
 *
 * htslib does not tell of every failed allocation. So what it made of the header is compared with the header we meant,
 * and after the end the file is read back and compared, by a sum over all its bytes, with the text or the BCF records
 * that were meant. A pipe cannot be read back: there each line is compared before it is written. */
#include "base/writeback.h"
#include "vcf/writer/header.h"
#include "vcf/writer/hts_header.h"
#include "vcf/writer/hts_parcel.h"
#include "vcf/writer/handover.h"
#include "vcf/writer/read_back.h"
#include "vcf/writer/vcf_text.h"
#include "vcf/writer/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <htslib/bgzf.h>
#include <htslib/hfile.h>
#include <htslib/hts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct hts_writer {
  vcf_writer base;
  int threads;
  const vcf_layout *layout;
  vcf_target target;
  htsFile *file;
  bcf_hdr_t *header;
  handover *records; /* as parcels, on their way to write_records */
  parcel_sender sender;
  parcel_receiver *receiver;
  vcf_lines *lines; /* what should stand in a VCF */
  kstring_t line;   /* scratch */
  content_sum meant;
  read_back back; /* of a file with a path */
  int contig_index[DTC_CONTIG_COUNT];
  int error; /* errno of the thread that writes */
} hts_writer;

static vcf_writer *hts_writer_open(int threads) {
  hts_writer *w = calloc(1, sizeof *w);
  if (!w)
    return NULL;
  w->threads = threads;
  w->receiver = parcel_receiver_new();
  if (w->receiver)
    return &w->base;
  free(w);
  return NULL;
}

/* Lets go of what belongs to one file. Returns what hts_close does: the last chance of a failed write to be told. */
static int let_go(hts_writer *w) {
  handover_free(w->records);
  w->records = NULL;
  int failed = w->file ? hts_close(w->file) : 0;
  w->file = NULL;
  if (w->header)
    bcf_hdr_destroy(w->header);
  w->header = NULL;
  vcf_lines_free(w->lines);
  w->lines = NULL;
  return failed;
}

static void hts_writer_give_up(vcf_writer *base) {
  hts_writer *w = (hts_writer *)base;
  (void)let_go(w);
  read_back_give_up(&w->back);
}

static void hts_writer_free(vcf_writer *base) {
  hts_writer *w = (hts_writer *)base;
  hts_writer_give_up(base);
  parcel_receiver_free(w->receiver);
  free(w->line.s);
  free(w);
}

/* htslib's letters for what bcftools' -O means. */
static void mode_of(const vcf_layout *layout, char mode[8]) {
  if (vcf_type_is_bgzf(layout->type))
    snprintf(mode, 8, "w%c%d", vcf_type_is_bcf(layout->type) ? 'b' : 'z', layout->level);
  else
    snprintf(mode, 8, "%s", vcf_type_is_bcf(layout->type) ? "wbu" : "w");
}

static htsFile *open_file(const vcf_target *target, const char *mode) {
  int fd = fcntl(target->fd, F_DUPFD_CLOEXEC, 3);
  hFILE *stream = fd >= 0 ? hdopen(fd, "w") : NULL;
  if (!stream) {
    int saved = errno;
    if (fd >= 0)
      close(fd);
    errno = saved;
    return NULL;
  }
  htsFile *file = hts_hopen(stream, target->path ? target->path : "-", mode);
  if (!file)
    hclose_abruptly(stream);
  return file;
}

static hFILE *stream_of(const htsFile *file) { return file->is_bgzf ? file->fp.bgzf->fp : file->fp.hfile; }

/* Why htslib failed. A write may have failed in a thread of its own: the stream keeps that. */
static int error_of(const hts_writer *w) {
  int own = herrno(stream_of(w->file));
  return own ? own : errno ? errno : ENOMEM;
}

/* A line that cannot be read back later is compared now. What htslib unpacked for it stays unpacked for bcf_write. */
static int line_is_right(hts_writer *w, bcf1_t *b, const char *meant, size_t length) {
  w->line.l = 0;
  if (vcf_format(w->header, b, &w->line) != 0)
    return 0;
  return w->line.l == length && memcmp(w->line.s, meant, length) == 0;
}

/* Entries are parcels; with lines, each is followed by its line's length in four bytes and the line. */
static int write_records(void *opaque, const char *bytes, size_t length) {
  hts_writer *w = opaque;
  const int with_line = !w->target.path && !vcf_type_is_bcf(w->layout->type);
  for (const char *at = bytes, *const end = bytes + length; at < end;) {
    errno = 0;
    bcf1_t *b = parcel_read(w->receiver, at, &at);
    int failed = !b;
    if (!failed && with_line) {
      uint32_t line_bytes;
      memcpy(&line_bytes, at, sizeof line_bytes);
      failed = !line_is_right(w, b, at + sizeof line_bytes, line_bytes);
      at += sizeof line_bytes + line_bytes;
    }
    if (failed || bcf_write(w->file, w->header, b) != 0) {
      w->error = error_of(w);
      return -1;
    }
  }
  return 0;
}

static int read_back_some(void *opaque) {
  hts_writer *w = opaque;
  return w->target.path && read_back_step(&w->back);
}

static int begin_steps(hts_writer *w) {
  const vcf_layout *layout = w->layout;
  char mode[8];
  mode_of(layout, mode);
  w->header = hts_header_new(layout->header, layout->header_bytes);
  if (!w->header || !(w->file = open_file(&w->target, mode)))
    return -1;
  int pool = layout->index == DTC_INDEX_NONE && vcf_type_is_bgzf(layout->type) ? w->threads - 1 : 0;
  if (pool > 0 && hts_set_threads(w->file, pool) != 0)
    return -1;
  if (bcf_hdr_write(w->file, w->header) != 0 || content_begin(&w->meant, layout, w->header) != 0)
    return -1;
  int shift = layout->index == DTC_INDEX_TBI ? 0 : 14;
  if (layout->index != DTC_INDEX_NONE && bcf_idx_init(w->file, w->header, shift, w->target.index_path) != 0)
    return -1;
  w->records = handover_new(w->threads > 1 && pool == 0, write_records, read_back_some, w);
  return w->records ? 0 : -1;
}

static int hts_writer_begin(vcf_writer *base, const vcf_layout *layout, const vcf_target *target) {
  hts_writer *w = (hts_writer *)base;
  w->layout = layout;
  w->target = *target;
  w->error = 0;
  w->sender = (parcel_sender){.whole = vcf_type_is_bcf(layout->type)};
  read_back_begin(&w->back, target->fd, target->path);
  for (unsigned c = 1; c < DTC_CONTIG_COUNT; c++)
    w->contig_index[c] = header_contig_index(layout->assembly, c);
  w->lines = vcf_type_is_bcf(layout->type) ? NULL : vcf_lines_new(layout->chr_prefix);
  errno = 0;
  if ((w->lines || vcf_type_is_bcf(layout->type)) && begin_steps(w) == 0)
    return 0;
  int saved = errno ? errno : ENOMEM;
  let_go(w);
  errno = saved;
  return -1;
}

/* Behind the parcel the line that it should become is made, for the sum, and for write_records. */
static int hts_writer_add(vcf_writer *base, const record *r) {
  hts_writer *w = (hts_writer *)base;
  const int is_bcf = vcf_type_is_bcf(w->layout->type);
  uint32_t line_bytes;
  size_t bound = parcel_bound(&w->sender, r) + (is_bcf ? 0 : sizeof line_bytes + vcf_lines_bound(w->lines, r));
  char *room = handover_room(w->records, bound);
  if (!room)
    return -1;
  char *parcel_end = parcel_write(&w->sender, room, r, w->contig_index[r->contig]);
  size_t length = (size_t)(parcel_end - room);
  if (is_bcf) {
    content_add(&w->meant, room + PARCEL_HEAD_BYTES, length - PARCEL_HEAD_BYTES);
  } else {
    vcf_columns columns;
    char *line = parcel_end + sizeof line_bytes;
    line_bytes = (uint32_t)(vcf_lines_write(w->lines, line, r, &columns) - line);
    content_add(&w->meant, line, line_bytes);
    memcpy(parcel_end, &line_bytes, sizeof line_bytes);
    if (!w->target.path)
      length += sizeof line_bytes + line_bytes;
  }
  handover_take(w->records, length);
  return 0;
}

/* How many bytes of the file there are: what the stream took, and the block that marks the end. */
static int count_bytes(const hts_writer *w, uint64_t *bytes) {
  const int packed = vcf_type_is_bgzf(w->layout->type);
  if (packed && bgzf_flush(w->file->fp.bgzf) != 0) /* takes no stream that is not compressed */
    return -1;
  *bytes = (uint64_t)htell(stream_of(w->file)) + (packed ? BGZF_EOF_BYTES : 0);
  return 0;
}

static int save_index(hts_writer *w) {
  if (w->layout->index == DTC_INDEX_NONE)
    return 0;
  writeback_begin(w->target.fd, 0, 0);
  return bcf_idx_save(w->file);
}

static int hts_writer_end(vcf_writer *base, uint64_t *bytes) {
  hts_writer *w = (hts_writer *)base;
  w->base.trouble = NULL;
  int failed = handover_finish(w->records) != 0;
  int error = w->error;
  errno = 0;
  if (!failed && (count_bytes(w, bytes) != 0 || save_index(w) != 0)) {
    failed = 1;
    error = error_of(w);
  }
  errno = 0;
  if (let_go(w) != 0 && !failed) {
    failed = 1;
    error = errno;
  }
  if (!failed && w->target.path)
    return read_back_end(&w->back, &w->meant, &w->base.trouble);
  read_back_give_up(&w->back);
  errno = error ? error : ENOMEM;
  return failed ? -1 : 0;
}

const vcf_engine vcf_engine_hts = {.name = "htslib",
                                   .open = hts_writer_open,
                                   .free = hts_writer_free,
                                   .begin = hts_writer_begin,
                                   .add = hts_writer_add,
                                   .end = hts_writer_end,
                                   .give_up = hts_writer_give_up};
