/* writer.c - dtcgeno-vcf.h's writer: one of the two engines, and one file's layout. */
#include "vcf/conversion/writer.h"

#include "base/diag.h"
#include "vcf/conversion/conversion.h"
#include "vcf/writer/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <htslib/hts.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct dtc_writer {
  vcf_writer *engine;
  vcf_layout layout;
  dtc_target target;
  int is_open;
};

const char *dtc_htslib_version(void) { return hts_version(); }
const char *dtc_htslib_deflates_by(void) { return hts_features() & HTS_FEATURE_LIBDEFLATE ? "libdeflate" : "zlib"; }

void dtc_writer_options_init_sized(dtc_writer_options *options, size_t size_bytes) {
  const dtc_writer_options defaults = {.size_bytes = size_bytes, .level = DTC_LEVEL_DEFAULT, .threads = 1};
  memset(options, 0, size_bytes);
  memcpy(options, &defaults, size_bytes < sizeof defaults ? size_bytes : sizeof defaults);
}

static const char *wrong(const dtc_writer_options *o) {
  const int packed = o->type == DTC_FILE_VCF_BGZF || o->type == DTC_FILE_BCF;
  if (o->type == DTC_FILE_AUTO)
    return "a name that ends in .vcf, .vcf.gz, .vcf.bgz or .bcf, or a type of file";
  if ((unsigned)o->type > DTC_FILE_BCF)
    return "a type of file that this library knows";
  if (o->level < 0 || o->level > 9)
    return "a level from 0 to 9";
  if ((unsigned)o->index > DTC_INDEX_TBI || (o->index != DTC_INDEX_NONE && !packed))
    return "no index, or one of a type in BGZF";
  if (o->index == DTC_INDEX_TBI && o->type == DTC_FILE_BCF)
    return "CSI for the index of a BCF";
  return o->threads < 1 ? "at least one thread" : NULL;
}

dtc_status writer_options_take(const dtc_writer_options *given, dtc_file_type type, dtc_writer_options *own,
                               dtc_diag *diag) {
  enum { FIRST_RELEASE_BYTES = sizeof(dtc_writer_options) }; /* a member that is appended goes off here */
  dtc_writer_options_init(own);
  size_t size_bytes = given ? given->size_bytes : 0, known = size_bytes < sizeof *own ? size_bytes : sizeof *own;
  int unknown = given && known < FIRST_RELEASE_BYTES;
  for (size_t i = known; i < size_bytes && !unknown; i++)
    unknown = ((const char *)given)[i] != 0;
  if (unknown)
    return diag_set(diag, DTC_INVALID_ARGUMENT, (place){0, 0, 0}, "options of a size that this library knows");
  if (given)
    memcpy(own, given, known);
  own->size_bytes = sizeof *own;
  if (own->type == DTC_FILE_AUTO)
    own->type = type;
  const char *words = wrong(own);
  return words ? diag_set(diag, DTC_INVALID_ARGUMENT, (place){0, 0, 0}, "%s", words) : DTC_OK;
}

dtc_status dtc_writer_new(const dtc_writer_options *options, dtc_writer **out, dtc_diag *diag) {
  dtc_writer_options o;
  *out = NULL;
  dtc_status status = writer_options_take(options, DTC_FILE_VCF_BGZF, &o, diag);
  if (status != DTC_OK)
    return status;
  dtc_writer *w = calloc(1, sizeof *w);
  if (w)
    w->engine = vcf_writer_new(vcf_engine_for(o.type, o.engine == DTC_ENGINE_FAST), o.threads);
  if (!w || !w->engine) {
    free(w);
    return diag_set(diag, DTC_OUT_OF_MEMORY, (place){0, 0, 0}, "memory or threads to write");
  }
  w->layout = (vcf_layout){.type = o.type, .level = o.level, .index = o.index};
  *out = w;
  return DTC_OK;
}

void dtc_writer_free(dtc_writer *w) {
  if (!w)
    return;
  dtc_writer_give_up(w);
  vcf_writer_free(w->engine);
  free(w);
}

const char *dtc_writer_engine(const dtc_writer *w) { return w->engine->engine->name; }

/* errno of what failed, as a diagnostic. */
static dtc_status failed(dtc_diag *diag, const char *what) {
  return errno == ENOMEM ? diag_set(diag, DTC_OUT_OF_MEMORY, (place){0, 0, 0}, "memory to write")
                         : diag_system(diag, DTC_IO_WRITE, what);
}

dtc_status dtc_writer_begin(dtc_writer *w, const dtc_conversion *conversion, const dtc_target *target, dtc_diag *diag) {
  dtc_writer_give_up(w);
  if (!target->index_path != (w->layout.index == DTC_INDEX_NONE))
    return diag_set(diag, DTC_INVALID_ARGUMENT, (place){0, 0, 0}, "a path for the index where there is one");
  conversion_describe(conversion, &w->layout);
  if (vcf_writer_begin(w->engine, &w->layout, target) != 0)
    return failed(diag, "writing the header");
  w->target = *target;
  w->is_open = 1;
  return DTC_OK;
}

int dtc_writer_add(dtc_writer *w, const dtc_record *r) { return vcf_writer_add(w->engine, r); }

/* Whoever reads BGZF takes a file without it for cut off, and htslib does not tell where that block could not be
 * written. Returns 0, or -1 with errno, or with 0 in it. */
static int ends_as_bgzf(const char *path) {
  unsigned char tail[BGZF_EOF_BYTES];
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  off_t length = fd >= 0 ? lseek(fd, 0, SEEK_END) : -1;
  ssize_t n = -1;
  if (length >= 0)
    n = length < BGZF_EOF_BYTES ? 0 : pread(fd, tail, sizeof tail, length - BGZF_EOF_BYTES);
  int saved = n < 0 ? errno : 0;
  if (fd >= 0)
    close(fd);
  errno = saved;
  return n == BGZF_EOF_BYTES && memcmp(tail, bgzf_eof, sizeof tail) == 0 ? 0 : -1;
}

static dtc_status check_end(const char *path, dtc_diag *diag) {
  if (!path || ends_as_bgzf(path) == 0)
    return DTC_OK;
  return errno ? failed(diag, "reading the end of what was written")
               : diag_set(diag, DTC_IO_WRITE, (place){0, 0, 0}, "what was written has no end");
}

dtc_status dtc_writer_end(dtc_writer *w, uint64_t *bytes, dtc_diag *diag) {
  uint64_t length = 0;
  if (!w->is_open)
    return diag_set(diag, DTC_INVALID_ARGUMENT, (place){0, 0, 0}, "a file that was begun");
  w->is_open = 0;
  if (vcf_writer_end(w->engine, &length) != 0) {
    const char *trouble = w->engine->trouble;
    return trouble ? diag_set(diag, DTC_IO_WRITE, (place){0, 0, 0}, "%s", trouble)
                   : failed(diag, "writing the records");
  }
  dtc_status status = vcf_type_is_bgzf(w->layout.type) ? check_end(w->target.path, diag) : DTC_OK;
  if (status == DTC_OK && w->target.index_path)
    status = check_end(w->target.index_path, diag);
  if (bytes && status == DTC_OK)
    *bytes = length;
  return status;
}

void dtc_writer_give_up(dtc_writer *w) {
  if (w->is_open)
    vcf_writer_give_up(w->engine);
  w->is_open = 0;
}
