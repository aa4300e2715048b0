/* reference.h - where REF and ALT come from: a FASTA, a .2bit, a site table, or a site table with a sequence to fill in.
 * The only door to htslib for reading. One contig at a time; positions inside it ascend. */
#ifndef CONVERT_REFERENCE_H
#define CONVERT_REFERENCE_H

#include <dtcgeno.h>

typedef struct reference reference;

/* A known site. SNVs have alleles of one letter. Belongs to the reference, lives until the next call. */
typedef struct reference_site {
  uint32_t position;
  uint8_t n_alleles;          /* REF first, then ALTs in the table's order */
  const char *const *alleles; /* upper case, terminated */
} reference_site;

/* Opens either or both (NULL for none). Checks what they say about themselves against the assembly (contig lengths; md5
 * where both sides have one; a site table's own assembly line). message gets one line of words for a person on failure.
 * Status: DTC_OK, DTC_IO_OPEN, DTC_IO_READ, DTC_OUT_OF_MEMORY, or DTC_ASSEMBLY_FILE when it does not fit. */
dtc_status reference_open(const char *sequence_path, const char *sites_path, const dtc_assembly *assembly, reference **out,
                          char *message, size_t message_bytes);
void reference_free(reference *r);
/* A handle of its own for another thread, sharing what is mapped; free with reference_free. NULL when memory runs out. */
reference *reference_clone(reference *r);

int reference_has_sequence(const reference *r);
int reference_has_sites(const reference *r);
/* "md5:..." of the site table's records and so on, for the header and the report: static words and hex only; or NULL. */
const char *reference_sites_digest(const reference *r);

/* Goes to a contig. 0 when reading failed, else 1. */
int reference_contig(reference *r, unsigned contig);
/* The base of the sequence (or of an SNV site where there is no sequence): 'A' 'C' 'G' 'T', 'N', or 0 where unknown. */
char reference_base(reference *r, uint32_t position);
/* The SNV site at a position, or NULL. REF is the sequence's base where there is one. */
const reference_site *reference_snv(reference *r, uint32_t position);
/* The indel of that name on this contig ("rs..."; kind and number as in dtc_calls), else NULL. */
const reference_site *reference_indel_by_id(reference *r, uint8_t id_kind, uint32_t id_number, const char *names, unsigned *contig);
/* The only indel whose REF span, widened by its length + 1, holds the position; NULL where there is none or several. */
const reference_site *reference_indel_near(reference *r, uint32_t position);
/* `length` bases from position into text (not terminated); 0 where unknown. */
int reference_fetch(reference *r, uint32_t position, uint32_t length, char *text);
/* Whether any of the calls above failed to read since opening. */
int reference_failed(const reference *r);

#endif
