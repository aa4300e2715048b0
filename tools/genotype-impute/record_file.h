/* record_file.h - a VCF or BCF being written with its index, or read one record ahead. */
#ifndef IMPUTE_RECORD_FILE_H
#define IMPUTE_RECORD_FILE_H

#include "common/fault.h"

#include <htslib/hts.h>
#include <htslib/vcf.h>

typedef struct record_file {
  const char *shown; /* for messages; borrowed */
  htsFile *file;
  bcf_hdr_t *header;
  bcf1_t *record;   /* the current one */
  char *index_path; /* htslib borrows it; NULL: no index */
  int more;         /* reading: there is a current record */
} record_file;

/* Takes the header over, also on failure. index_path NULL: no index. mode as for hts_open; "wz" makes a TBI. */
int record_file_create(record_file *r, const char *path, const char *mode, bcf_hdr_t *header, const char *index_path,
                       fault *f);
int record_file_put(record_file *r, bcf1_t *record, fault *f);
/* Writes what is left, and the index. 0, or -1; the file is closed either way. */
int record_file_finish(record_file *r, fault *f);
/* Opens and stands at the first record. */
int record_file_open(record_file *r, const char *path, const char *shown, fault *f);
int record_file_next(record_file *r, fault *f);
void record_file_free(record_file *r);

#endif
