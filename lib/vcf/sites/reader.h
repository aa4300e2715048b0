/* reader.h - the first five columns of VCF or BCF, record by record. htslib opens the file and reads its header; the
 * columns are taken apart here, because htslib 1.16 ends the process, or hands out half a record as a whole one, where
 * an allocation fails. */
#ifndef VCF_SITE_READER_H
#define VCF_SITE_READER_H

#include <htslib/hts.h>
#include <htslib/vcf.h>
#include <stdint.h>

typedef struct site_reader site_reader;

/* Texts are terminated; they belong to the reader and last until the next record. */
typedef struct site_line {
  const char *contig;
  uint32_t position;          /* 1-based; 0 for VCF's telomere */
  const char *id;             /* "." or names joined by ';' */
  unsigned n_alleles;         /* REF alone where ALT is "." */
  const char *const *alleles; /* REF first, letters as in the file */
} site_line;

/* file and header stay the caller's and must outlive the reader; the file stands behind its header. NULL: no memory. */
site_reader *site_reader_new(htsFile *file, bcf_hdr_t *header);
/* 1: a record; 0: the end; -1: damaged, not readable, or no memory. */
int site_reader_next(site_reader *r, site_line *out);
void site_reader_free(site_reader *r); /* NULL allowed */

#endif
