/* bcf_stream.h - a VCF or BCF, record after record, as BCF's bytes: htslib reads and checks records, and nobody unpacks
 * them. What is wanted of one is read by bcf_values.h. */
#ifndef COMMON_BCF_STREAM_H
#define COMMON_BCF_STREAM_H

#include "common/fault.h"

#include <htslib/vcf.h>
#include <stdint.h>

typedef struct bcf_stream bcf_stream;

/* path and shown, the name for messages, must outlive it. NULL: the fault is set. */
bcf_stream *bcf_stream_open(const char *path, const char *shown, fault *f);
void bcf_stream_free(bcf_stream *s);
/* Before the first record: those of a BCF are cut out of its stream by code of ours, which looks at their lengths only,
 * for a third of the time of bcf_read. What is wanted of them is checked as always. */
void bcf_stream_fast(bcf_stream *s);
const bcf_hdr_t *bcf_stream_header(const bcf_stream *s);
/* The header's number of an INFO or FORMAT (BCF_HL_...); -1 where it declares none. */
int bcf_stream_key(const bcf_stream *s, int kind, const char *name);

/* Goes to the next record of a chromosome that is one of ours (a dtc_contig) and tells its 1-based position. 1, 0 at
 * the end, or -1. */
int bcf_stream_next(bcf_stream *s, unsigned *contig, uint32_t *position, fault *f);

/* Gives the record that bcf_stream_next has found, once, for one that was given before, or NULL, in *to. What is given
 * is the caller's, to be freed with bcf_destroy. 0, or -1. */
int bcf_stream_take(bcf_stream *s, bcf1_t **to, fault *f);

/* Reads a file to its end and counts its records of our chromosomes. 0, or -1. */
int bcf_stream_count(const char *path, const char *shown, uint64_t *count, fault *f);

#endif
