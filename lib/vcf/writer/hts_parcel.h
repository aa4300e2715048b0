/* hts_parcel.h - records on their way to the thread that has htslib write them. Records of one shape (record.h) differ
 * in place and name only. So where lines of VCF are written, the first of a shape goes whole, and the receiver keeps it
 * as htslib unpacks it for its line; of those that follow place and name go, and are set in what is kept. Making and
 * unpacking each took an eighth of a conversion's instructions, more than the formatting. */
#ifndef VCF_HTS_PARCEL_H
#define VCF_HTS_PARCEL_H

#include "vcf/record.h"

#include <htslib/vcf.h>

/* Shapes with larger numbers go whole; an export has some 100. */
enum { PARCEL_SHAPES = 1024, PARCEL_HEAD_BYTES = 8 };

/* What the receiver keeps by now. All zero where a file begins. */
typedef struct parcel_sender {
  int whole; /* every record goes whole: a BCF is made of its packed bytes */
  uint8_t sent[PARCEL_SHAPES];
} parcel_sender;

/* At least the bytes parcel_write needs for this record; parcel_read may look at as many. */
size_t parcel_bound(const parcel_sender *s, const record *r);
/* Returns where the parcel ends. Of one that goes whole, hts_record_pack's bytes follow PARCEL_HEAD_BYTES. */
char *parcel_write(parcel_sender *s, char *at, const record *r, int contig_index);

typedef struct parcel_receiver parcel_receiver;
/* For one file after another. NULL when memory runs out. */
parcel_receiver *parcel_receiver_new(void);
void parcel_receiver_free(parcel_receiver *r); /* NULL is fine */
/* Parcels of one file in the sender's order. The record is good for htslib's lines, and a whole one for BCF too, until
 * the next call. Sets *end to where the parcel ends. NULL when memory runs out. */
bcf1_t *parcel_read(parcel_receiver *r, const char *at, const char **end);

#endif
