/* reference.h - where REF and ALT come from: a FASTA, a .2bit, a site table, or a site table with a sequence to fill
 * in. One contig at a time; lookups are fastest when positions ascend inside it. */
#ifndef VCF_REFERENCE_H
#define VCF_REFERENCE_H

#include <dtcgeno-vcf.h>

typedef struct dtc_reference reference;

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

/* What a table says of a name. */
typedef struct reference_names {
  uint32_t indel;     /* the only indel near the place that has it, or REFERENCE_NO_INDEL */
  uint32_t near;      /* how many of its indels stand near the place */
  uint32_t elsewhere; /* places of it that are none of these: SNVs in the list of names, indels far away */
} reference_names;
/* An indel is near a place of its contig that is no farther away than its longest allele and these bases. */
enum { REFERENCE_NEAR = 50 };

/* Opens either or both (NULL for none; not both). Checks what they say about themselves against the assembly, where one
 * is given: contig
 * lengths, md5 where both sides have one, a site table's own assembly line and digest; and, where both are there, the
 * table's REFs against the sequence, by a sample spread over the table (and each site that is asked for, later:
 * reference_wrong_ref). message gets one line of words for a person on
 * failure. An indel of a table of records is aligned to the left where there is a sequence. Status: DTC_OK,
 * DTC_IO_OPEN, DTC_IO_READ, DTC_OUT_OF_MEMORY, or DTC_REFERENCE_FILE when it does not fit. */
dtc_status reference_open(const char *sequence_path, const char *sites_path, const dtc_assembly *assembly,
                          reference **out, char *message, size_t message_bytes);
void reference_free(reference *r); /* NULL allowed */
/* A handle of its own for another thread, sharing the site table; free with reference_free. NULL when memory runs out.
 */
reference *reference_clone(reference *r);

/* A handle for a second thread that asks for kinds of other places of the same export; NULL where there is more to ask
 * than a sequence, where what is asked for is remembered, or where memory runs out. */
reference *reference_second(reference *r);
/* Lets go of it; what it could not read counts as what r could not read. NULL is fine. */
void reference_second_free(reference *r, reference *second);

/* More than one export will ask, most of them for the same places: what the sequence has there is remembered, about 8
 * bytes a place. */
void reference_remember(reference *r);

int reference_has_sequence(const reference *r);
int reference_has_sites(const reference *r);
/* "md5:" and 32 hex digits over the site table's records, for the header and the report; or NULL. */
const char *reference_sites_digest(const reference *r);

/* How many sites the table has; 0 without one. */
uint64_t reference_sites_count(const reference *r);

/* Whether the sequence calls its contigs chr1 and so on; 0 without a sequence. */
int reference_chr_prefix(const reference *r);

/* An export begins to ask. */
void reference_begin(reference *r);
/* Goes to a contig. 0 when reading failed, else 1; also where neither source has the contig. */
int reference_contig(reference *r, unsigned contig);
/* The base of the sequence (or of an SNV site where there is no sequence): 'A' 'C' 'G' 'T', 'N', or 0 where unknown. */
char reference_base(reference *r, uint32_t position);
/* The kinds of n (at most REFERENCE_KINDS_MAX) places of the contig, ascending. Far cheaper than one by one. A table's
 * SNV is held against the sequence: where that has N the kind is REFERENCE_N, where it has another base
 * REFERENCE_UNKNOWN. name (NULL: not wanted): the rs number that the table's SNV at the place has, or SITES_NAME_... */
void reference_kinds(reference *r, const uint32_t *position, size_t n, uint8_t *kind, uint32_t *name);
/* 1 where a table's REF, asked for since reference_begin(), is not what the sequence has; message says where. */
int reference_wrong_ref(const reference *r, char *message, size_t message_bytes);
/* Whether the sequence has the assembly's bases: see reference_check_bases; -1 also without a sequence. */
int reference_is_of(reference *r, const dtc_assembly *assembly);
/* Whether there is a site table that says of itself of which build it is: by name or by the lengths of contigs. */
int reference_sites_claim(const reference *r);
/* The site of a kind below REFERENCE_SNV_KINDS; belongs to the reference. */
const reference_site *reference_site_of(const reference *r, unsigned kind);
/* Whether a table knows names at all. */
int reference_has_names(const reference *r);
/* Whether the SNV at the place has this name among those in the list of names (kind, number and names as in dtc_calls).
 */
int reference_snv_has_name(const reference *r, unsigned contig, uint32_t position, uint8_t id_kind, uint32_t id_number,
                           const char *names);
/* Indels and other entries of a name in the table's list of names, seen from a place. */
reference_names reference_find_name(const reference *r, unsigned contig, uint32_t position, uint8_t id_kind,
                                    uint32_t id_number, const char *names);
/* The table itself, to scan its names; or NULL. */
const struct sites *reference_sites(const reference *r);
/* The sequence itself; or NULL. */
struct sequence *reference_sequence(const reference *r);
/* dtc_reference_get_sites() */
const dtc_sites_facts *reference_sites_facts(reference *r);
/* Whether the table has an SNV at the place. */
int reference_has_snv(const reference *r, unsigned contig, uint32_t position);
/* The only indel that a marker at this place can be, or REFERENCE_NO_INDEL: a deletion whose first base, or with
 * last_base last one, stands there; an insertion behind it. *has_rs: one of its names is an rs number. */
uint32_t reference_indel_at(const reference *r, unsigned contig, uint32_t position, int last_base, int *has_rs);
/* An indel found by the two above; they stay valid as long as the reference. */
const reference_site *reference_indel(reference *r, uint32_t indel);
/* REFERENCE_N where the sequence has N in place of a base of the indel's REF, REFERENCE_UNKNOWN where it has another
 * base (see reference_wrong_ref), else 0. */
unsigned reference_check_indel(reference *r, uint32_t indel);
/* Whether any of the calls above failed to read since opening. */
int reference_failed(const reference *r);

#endif
