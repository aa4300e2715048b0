/* calls.h - a person's calls on the way between two children: a file of them in the order of the genome. */
#ifndef IMPUTE_CALLS_H
#define IMPUTE_CALLS_H

#include "genotype-impute/run.h"

#include <stdio.h>

/* What a row of REF and ALT tells apart. Who was typed for the one kind is not known of the other, though both may have
 * one REF: a base of an SNV is that of an insertion, too. */
enum { KIND_BASES = 1 /* alleles of one length */, KIND_LENGTH = 2 /* an insertion or deletion */ };
static inline unsigned kind_of(size_t ref_bytes, size_t alt_bytes) {
  return ref_bytes == alt_bytes ? KIND_BASES : KIND_LENGTH;
}

/* Alleles as text: REF and what the genotype holds; second is NULL where there is one copy. */
typedef struct called {
  uint32_t position;
  const char *ref, *first, *second;
  unsigned kinds; /* what was typed: that a genotype is REF twice does not tell */
} called;

typedef struct calls_writer {
  FILE *file;
  person *person;
  uint64_t at;
  unsigned contig;
  uint32_t position;
} calls_writer;
int calls_create(calls_writer *w, const char *folder, uint32_t index, person *p, fault *f);
/* 0; -1 with the fault set; 1 where the call is too long to be kept. Calls come contig by contig, by position. */
int calls_put(calls_writer *w, unsigned contig, const called *c, fault *f);
int calls_finish(calls_writer *w, fault *f);

typedef struct calls_reader {
  int fd;
  uint64_t at, to; /* of the file: behind the buffer; the end */
  char *buffer;
  size_t filled, taken;
  int more;
  called call; /* the current one, where there is more */
} calls_reader;
/* Stands at the first call of the contig at or behind the position. */
int calls_open(calls_reader *r, const char *folder, uint32_t index, const person *p, unsigned contig, uint32_t from,
               fault *f);
int calls_next(calls_reader *r, fault *f);
void calls_close(calls_reader *r);

#endif
