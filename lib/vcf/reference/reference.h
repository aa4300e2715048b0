/* reference.h - where REF and ALT come from: a FASTA, a .2bit, a site table, or a site table with a sequence to fill
 * in. One contig at a time; lookups are fastest when positions ascend inside it. */
#ifndef VCF_REFERENCE_H
#define VCF_REFERENCE_H

#include <dtcgeno.h>

typedef struct reference reference;

/* A known site. SNVs have alleles of one letter. Belongs to the reference: an SNV's for good, an indel's until the next
 * call. */
typedef struct reference_site {
  uint32_t position;          /* indels only */
  uint8_t contig;             /* indels only */
  uint8_t n_alleles;          /* REF first, then ALTs in the table's order */
  const char *const *alleles; /* upper case, terminated */
  /* SNVs only: the alleles as dtc_allele, as a set (bit a for allele a), and the index of each (-1: not there) */
  uint8_t base[4];
  uint8_t set;
  int8_t index[8];
  uint8_t kind; /* SNVs of one kind are alike in all of this */
} reference_site;

/* What stands at a place: the kind of its SNV site, below REFERENCE_SNV_KINDS, or one of the two behind. Where a
 * sequence knows the base and no table the place, it is the kind that has that REF and no ALT. */
enum { REFERENCE_SNV_KINDS = 64, REFERENCE_N = REFERENCE_SNV_KINDS, REFERENCE_UNKNOWN };
enum { REFERENCE_KINDS_MAX = 256 }; /* asked for at once */

/* No indel. */
#define REFERENCE_NO_INDEL UINT32_MAX

/* Opens either or both (NULL for none; not both). Checks what they say about themselves against the assembly: contig
 * lengths, md5 where both sides have one, a site table's own assembly line and digest; and, where both are there, the
 * table's REFs against the sequence, by a sample spread over the table. message gets one line of words for a person on
 * failure. Status: DTC_OK, DTC_IO_OPEN, DTC_IO_READ, DTC_OUT_OF_MEMORY, or DTC_ASSEMBLY_FILE when it does not fit. */
dtc_status reference_open(const char *sequence_path, const char *sites_path, const dtc_assembly *assembly,
                          reference **out, char *message, size_t message_bytes);
void reference_free(reference *r); /* NULL allowed */
/* A handle of its own for another thread, sharing the site table; free with reference_free. NULL when memory runs out.
 */
reference *reference_clone(reference *r);

/* More than one export will ask, most of them for the same places: what the sequence has there is remembered, about 8
 * bytes a place. */
void reference_remember(reference *r);

int reference_has_sequence(const reference *r);
int reference_has_sites(const reference *r);
/* "md5:" and 32 hex digits over the site table's records, for the header and the report; or NULL. */
const char *reference_sites_digest(const reference *r);

/* Whether the sequence calls its contigs chr1 and so on; 0 without a sequence. */
int reference_chr_prefix(const reference *r);

/* An export begins to ask. */
void reference_begin(reference *r);
/* Goes to a contig. 0 when reading failed, else 1; also where neither source has the contig. */
int reference_contig(reference *r, unsigned contig);
/* The base of the sequence (or of an SNV site where there is no sequence): 'A' 'C' 'G' 'T', 'N', or 0 where unknown. */
char reference_base(reference *r, uint32_t position);
/* The SNV site at a position, or NULL. */
const reference_site *reference_snv(reference *r, uint32_t position);
/* The kinds of n (at most REFERENCE_KINDS_MAX) places of the contig, ascending. Far cheaper than one by one. */
void reference_kinds(reference *r, const uint32_t *position, size_t n, uint8_t *kind);
/* The site of a kind below REFERENCE_SNV_KINDS; belongs to the reference. */
const reference_site *reference_site_of(const reference *r, unsigned kind);
/* The indel of that name on any contig (kind, number and names as in dtc_calls), or REFERENCE_NO_INDEL where there is
 * none or the name stands at several. */
uint32_t reference_indel_by_id(const reference *r, uint8_t id_kind, uint32_t id_number, const char *names);
/* The only indel of the contig whose position is at most its length + 1 away, or REFERENCE_NO_INDEL. */
uint32_t reference_indel_near(const reference *r, unsigned contig, uint32_t position);
/* An indel found by the two above; they stay valid as long as the reference. */
const reference_site *reference_indel(reference *r, uint32_t indel);
/* `length` bases from position into text (not terminated); 0 where not all are known. */
int reference_fetch(reference *r, uint32_t position, uint32_t length, char *text);
/* Whether any of the calls above failed to read since opening. */
int reference_failed(const reference *r);

#endif
