/* writer.h - who turns records into a file: htslib (hts_writer), or with --fast the encoder of lines (fast_writer).
 * Nothing else knows which of them it is. */
#ifndef VCF_WRITER_H
#define VCF_WRITER_H

#include "vcf/record.h"
#include "vcf/writer/layout.h"

typedef dtc_target vcf_target;

typedef struct vcf_writer vcf_writer;

/* The functions of one engine; each as the function below that is named after it. */
typedef struct vcf_engine {
  const char *name; /* for the report */
  vcf_writer *(*open)(int threads);
  void (*free)(vcf_writer *w);
  int (*begin)(vcf_writer *w, const vcf_layout *layout, const vcf_target *target);
  int (*add)(vcf_writer *w, const record *r);
  int (*end)(vcf_writer *w, uint64_t *bytes);
  void (*give_up)(vcf_writer *w);
} vcf_engine;
extern const vcf_engine vcf_engine_hts, vcf_engine_fast;
/* Who writes files of a type: the encoder of lines knows only VCF in BGZF. */
static inline const vcf_engine *vcf_engine_for(dtc_file_type type, int fast) {
  return fast && type == DTC_FILE_VCF_BGZF ? &vcf_engine_fast : &vcf_engine_hts;
}

/* What every engine's writer begins with. */
struct vcf_writer {
  const vcf_engine *engine;
  const char *trouble; /* what end failed for where it is no failed system call, or NULL */
};

/* Writes one file after another; used by one thread at a time. threads: in all, the caller's among them, at least 1.
 * NULL when memory or threads run out. */
static inline vcf_writer *vcf_writer_new(const vcf_engine *engine, int threads) {
  vcf_writer *w = engine->open(threads);
  if (w)
    w->engine = engine;
  return w;
}
static inline void vcf_writer_free(vcf_writer *w) {
  if (w)
    w->engine->free(w);
}
/* Begins a file with its header. layout is borrowed until the end. Returns 0, or -1 with errno (ENOMEM among others):
 * nothing was begun. */
static inline int vcf_writer_begin(vcf_writer *w, const vcf_layout *layout, const vcf_target *target) {
  w->trouble = NULL;
  return w->engine->begin(w, layout, target);
}
/* Records in the order of the output. Returns 0, or -1: the file can only be given up. A failed write may be told as
 * late as at the end. */
static inline int vcf_writer_add(vcf_writer *w, const record *r) { return w->engine->add(w, r); }
/* Completes data and index. *bytes: the data's length. Returns 0, or -1 with errno, or with w->trouble where what was
 * written is not what should have been. */
static inline int vcf_writer_end(vcf_writer *w, uint64_t *bytes) { return w->engine->end(w, bytes); }
/* Instead of the end: lets go of the file, whatever stands in it. */
static inline void vcf_writer_give_up(vcf_writer *w) { w->engine->give_up(w); }

#endif
