/* sequence.h - the bases of a genome, whatever file they stand in: FASTA (bgzip or a URL: through
 * htslib) or UCSC .2bit. A small struct of functions for each kind, as drivers have. */
#ifndef VCF_REFERENCE_SEQUENCE_H
#define VCF_REFERENCE_SEQUENCE_H

#include <dtcgeno.h>

typedef struct sequence sequence;

enum { SEQUENCE_MANY = 256 };

typedef struct sequence_source {
  /* Gets ready for a contig that is there. 0 on failure. */
  int (*enter)(sequence *s, unsigned contig);
  /* `length` bases from a 1-based position that is inside the contig, upper case, every other letter N. 0 on failure.
   */
  int (*bases)(sequence *s, uint32_t position, uint32_t length, char *text);
  /* The same for one base; 0 on failure. */
  char (*base)(sequence *s, uint32_t position);
  /* The same for n bases, at most SEQUENCE_MANY. 0 on failure. */
  int (*many)(sequence *s, const uint32_t *position, size_t n, char *out);
  sequence *(*clone)(const sequence *s);
  void (*free)(sequence *s);
} sequence_source;

/* The head of each source's own struct. */
struct sequence {
  const sequence_source *source;
  uint32_t length[DTC_CONTIG_COUNT]; /* 0: the contig is not there */
  unsigned contig;                   /* entered, or DTC_CONTIG_NONE */
  int failed;                        /* a read failed; stays */
  int chr_prefix;                    /* contig 1 is called chr1 */
};

/* Opens a file of any kind: what it begins with decides. Where two sequences have one contig's name (chrM and chrMT),
 * the one of the assembly's length is taken; assembly may be NULL. message: words for a person on failure. */
dtc_status sequence_open(const char *path, const dtc_assembly *assembly, sequence **out, char *message,
                         size_t message_bytes);
void sequence_free(sequence *s); /* NULL allowed */
/* A handle for another thread; NULL when memory or descriptors run out. */
sequence *sequence_clone(const sequence *s);
/* 'A' 'C' 'G' 'T' 'N', or 0 where the contig or the position is not there or reading failed. */
char sequence_base(sequence *s, unsigned contig, uint32_t position);
/* The same for n (at most SEQUENCE_MANY) positions, ascending: cheaper than one by one. */
void sequence_many(sequence *s, unsigned contig, const uint32_t *position, size_t n, char *out);
/* 1 when all of them could be read. */
int sequence_bases(sequence *s, unsigned contig, uint32_t position, uint32_t length, char *text);

/* The sources; open only what begins as they expect. */
dtc_status fasta_open(const char *path, const dtc_assembly *assembly, sequence **out, char *message,
                      size_t message_bytes);
dtc_status twobit_open(const char *path, const dtc_assembly *assembly, sequence **out, char *message,
                       size_t message_bytes);
/* 1 where the first four bytes are .2bit's magic number in either byte order. */
int twobit_is(const uint8_t bytes[4]);
/* Writes a FASTA as .2bit into an open file. Words for a person in message on failure. */
dtc_status twobit_write(const char *path, int fd, uint64_t *sequences, char *message, size_t message_bytes);

/* The contig a sequence of that name and length stands for, or DTC_CONTIG_NONE where it is none or a better one was
 * seen. Notes how contig 1 is called. */
unsigned sequence_contig_for(sequence *s, const dtc_assembly *assembly, const char *name, size_t name_bytes,
                             uint32_t length);
/* Upper-case base for a letter of a FASTA, 'N' for its other letters, 0 for anything else. */
extern const char sequence_letter[256];

#endif
