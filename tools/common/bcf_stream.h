/* bcf_stream.h - a VCF or BCF, record after record, as BCF's bytes. Records of a BCF are cut out of its stream here:
 * bcf_read checks and unpacks what is then thrown away, which is twice the time of inflating. What is wanted of a
 * record is read, and checked, by bcf_values.h. Lines of a VCF are htslib's to parse, and are then the same bytes. */
#ifndef COMMON_BCF_STREAM_H
#define COMMON_BCF_STREAM_H

#include "common/fault.h"

#include <htslib/vcf.h>
#include <stddef.h>
#include <stdint.h>

typedef struct bcf_stream bcf_stream;

/* path and shown, the name for messages, must outlive it. NULL: the fault is set. */
bcf_stream *bcf_stream_open(const char *path, const char *shown, fault *f);
void bcf_stream_free(bcf_stream *s);
const bcf_hdr_t *bcf_stream_header(const bcf_stream *s);
/* The header's number of an INFO or FORMAT (BCF_HL_...); -1 where it declares none. */
int bcf_stream_key(const bcf_stream *s, int kind, const char *name);

/* Goes to the next record of a chromosome that is one of ours (a dtc_contig) and tells its 1-based position. 1, 0 at
 * the end, or -1. */
int bcf_stream_next(bcf_stream *s, unsigned *contig, uint32_t *position, fault *f);

/* A record's two parts, what all persons share (from ID on) and the FORMAT fields, and the counts of its head. */
typedef struct bcf_record {
  uint8_t *bytes; /* owned: both parts */
  size_t capacity;
  const uint8_t *shared, *individual;
  size_t shared_bytes, individual_bytes;
  uint32_t n_allele, n_info, n_format, n_sample;
} bcf_record;
/* Copies the record that bcf_stream_next has found, once, into one that is zeroed or was taken before. 0, or -1. */
int bcf_stream_take(bcf_stream *s, bcf_record *to, fault *f);
void bcf_record_free(bcf_record *r);

/* Reads a file to its end and counts its records of our chromosomes. 0, or -1. */
int bcf_stream_count(const char *path, const char *shown, uint64_t *count, fault *f);

#endif
