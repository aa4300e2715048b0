/* reader.h - the first five columns of VCF or BCF, record by record. htslib opens the file and reads its header; the
 * columns are taken apart here, because htslib 1.16 ends the process, or hands out half a record as a whole one, where
 * an allocation fails. */
#ifndef VCF_SITE_READER_H
#define VCF_SITE_READER_H

#include <dtcgeno-vcf.h>

#include <htslib/hts.h>
#include <htslib/vcf.h>

typedef struct site_reader site_reader;

/* Opens a file htslib opens, and reads its header. shown: what messages call it. message gets words for a person on
 * failure, but for DTC_REFERENCE_FILE: it is neither VCF nor BCF, which the caller says. */
dtc_status site_reader_open(const char *path, const char *shown, site_reader **out, char *message,
                            size_t message_bytes);
const bcf_hdr_t *site_reader_header(const site_reader *r); /* the reader's */
/* 1: a record, whose texts last until the next one; 0: the end; -1: damaged, not readable, or no memory. */
int site_reader_next(site_reader *r, dtc_site *out);
/* NULL allowed. 0 where the file was not read well to where it was read. */
int site_reader_close(site_reader *r);

#endif
