/* parts.h - what the steps of the resolver hand to each other. Private to this folder. */
#ifndef VCF_RESOLVE_PARTS_H
#define VCF_RESOLVE_PARTS_H

#include "vcf/reference/reference.h"
#include "vcf/resolve/resolve.h"

/* A row at its place in the output's assembly. */
enum { PLACED_MINUS = 1, PLACED_INDEL = 2, PLACED_HAPLOID = 4 };
typedef struct __attribute__((packed)) placed { /* ten bytes: there is one for each row of the export */
  uint32_t position;
  uint32_t row; /* of the calls; PLACED_INDEL: of the list of indel rows */
  uint8_t contig : 5;
  uint8_t flags : 3;
  uint8_t : 0;          /* what follows is set while another thread reads what stands before it */
  uint8_t kind : 7;     /* of the reference at the place */
  uint8_t doubtful : 1; /* the marker's name belongs elsewhere */
} placed;
_Static_assert(DTC_LABEL_COUNT <= 32, "a label fits into placed.contig");
_Static_assert(REFERENCE_UNKNOWN < 128, "a kind fits into placed.kind");

/* A row that a site of the table made an indel. */
typedef struct indel_row {
  uint32_t row, indel; /* indel: for reference_indel() */
  int by_place;        /* not by its name */
} indel_row;

/* One row of a group: everything that stands at one place. */
typedef struct member {
  uint32_t site; /* 0: SNV, else the indel + 1 */
  uint32_t line, row;
  uint8_t flags, genotype, doubtful;
} member;

/* Rows of letters A C G T by what they are: minus strand of the lift, kind of the reference, genotype. */
enum { GENOTYPE_KEYS = 64 };
enum { RESOLVER_MISPLACED_MAX = 16 };
typedef struct letter_tally {
  uint32_t rows[2][REFERENCE_SNV_KINDS][GENOTYPE_KEYS];
} letter_tally;
/* Both alleles of a genotype have eight values. */
static inline unsigned genotype_key(unsigned genotype) { return (genotype & 7) | (genotype >> 4 & 7) << 3; }

/* Distinct names of a group in their order; see ids.c. */
typedef struct id_list {
  record_id *id;
  size_t count, capacity;
  uint32_t *slot; /* hash of indices + 1, used for large groups */
  size_t slots;
} id_list;

struct outcome; /* single.c */
struct repeats; /* repeat.c */

struct resolver {
  const dtc_calls *calls;
  const resolve_options *options;
  const resolve_sink *sink;
  resolve_report *report;
  struct dtc_reference *reference;
  int has_names;                                   /* the reference's table knows names */
  int no_flips;                                    /* the file is shown to hold no flipped rows */
  int mt_doubtful;                                 /* build 36 with NC_001807: MT rows must prove their numbering */
  int mt_is_rcrs;                                  /* they did */
  dtc_misplaced misplaced[RESOLVER_MISPLACED_MAX]; /* of all vendors */
  size_t n_misplaced;
  uint32_t misplaced_contigs; /* bits: where they stand, or belong */
  resolve_memory *memory_kept;
  placed *place; /* in memory_kept */
  size_t places;
  indel_row *indel;
  size_t indels, indel_capacity;
  uint8_t traits[256]; /* of a genotype: TRAIT_... */
  letter_tally *tally;
  struct repeats *repeats;        /* NULL: no name stands at two places */
  uint64_t range_rows, elsewhere; /* rows beyond their contig; rows of letters whose name the table has elsewhere */
  member *group;
  size_t group_capacity;
  id_list ids;
  char *og;
  size_t og_capacity;
  struct outcome **outcome; /* of single rows, by what decides them; NULL where none came yet */
  unsigned outcomes;        /* how many there are by now */
  record_id single_id;
  unsigned place_contig; /* of the group in work */
  uint32_t place_position;
  size_t at;   /* the place in work */
  int stopped; /* the sink asked to stop */
  int memory;  /* ran out */
  /* what the pointers above point to, where the caller keeps none of it */
  resolve_options own_options;
  resolve_memory own_memory;
};

/* 0 when memory runs out; what the block held is lost. */
int resolve_memory_reserve(resolve_memory *m, size_t bytes);

/* ---- rows to places (place.c); sort.c */
dtc_status place_rows(resolver *r);
/* Stable: by contig and position. 0 when memory runs out. */
int place_sort(placed *place, size_t count);

/* ---- what the reference has at the places, and whether names and places agree (names.c); fills the tally */
dtc_status look_at_places(resolver *r);
/* The same for some of the places, where there are no names. Others may be looked at in another thread, which has
 * another handle of the reference and another tally. */
void look_at_some(resolver *r, reference *handle, letter_tally *tally, size_t from, size_t to);
/* Gathers what vendors are known to have written at wrong places. */
void misplaced_begin(resolver *r);
/* 1 where a marker of this name is known not to stand at this place of the export. */
int name_is_misplaced(const resolver *r, unsigned id_kind, uint32_t id_number, unsigned contig, uint32_t position);

/* ---- look_at_places and repeats_find in two threads (helper.c) */
/* 0 where no second thread is wanted or to be had: nothing was done then. */
int look_with_helper(resolver *r, dtc_status *status);

/* ---- the whole file's strand, build and MT numbering (strand.c) */
dtc_status strand_check(resolver *r, dtc_diag *diag);
void mt_check(resolver *r);

/* ---- groups to records (group.c, snv.c, indel.c) */
/* Some places further, from r->at. 0 where none is left, the sink stopped or memory ran out. */
int groups_step(resolver *r);
/* Both may reorder the rows they are given. kind: of the reference at the place. */
void snv_record(resolver *r, member *m, size_t count, unsigned kind);
void indel_record(resolver *r, member *m, size_t count);
/* Doubtful rows go behind the others; where there are others, they are rejected. Returns how many rows stay. */
size_t leave_out_doubtful(resolver *r, member *m, size_t count);

/* ---- SNVs, in steps (snv.c) */
/* Why no row of the place can be written; REJECT_COUNT when REF is known. */
static inline reject_why snv_unknown(unsigned kind) {
  return kind < REFERENCE_SNV_KINDS ? REJECT_COUNT : kind == REFERENCE_N ? REJECT_REF_N : REJECT_SITE_UNKNOWN;
}
/* Whether a genotype can be written with what is known of the file's strand; a no-call always. */
int snv_is_believed(const resolver *r, const reference_site *s, unsigned genotype, int minus);
/* All of the record but its place and names. 0 when memory runs out. */
int snv_fill(resolver *r, const reference_site *s, const member *m, size_t count, record *out);

/* ---- rows that stand alone (single.c) */
int singles_begin(resolver *r); /* 0 when memory runs out */
void single_record(resolver *r, const placed *p);
/* Adds what was counted on the way to the report; lets go of the memory. Nothing the second time. */
void singles_end(resolver *r);

/* ---- one identifier in one record (repeat.c) */
/* Finds the names that more than one row has. 0 when memory runs out. */
int repeats_find(resolver *r);
/* Takes the names out of a record that an earlier one has; ids may be changed. */
size_t repeats_filter(struct repeats *repeats, const dtc_calls *calls, record_id *ids, size_t count);
void repeats_free(struct repeats *repeats); /* NULL allowed */

/* What the options keep out, or REJECT_COUNT. */
reject_why record_unwanted(const resolve_options *o, const record *out);
/* Rejects a row, counts it. */
void reject_row(resolver *r, uint32_t row, reject_why why);
/* The last part of both kinds of record: options, counts, the sink. Adds the names. */
void record_emit(resolver *r, record *out, const member *m, size_t count);
/* Equal for equal names. */
uint32_t ids_hash(const dtc_calls *calls, record_id id);
/* Names of the rows, distinct, in order. 0 when memory runs out. */
int ids_collect(id_list *l, const dtc_calls *calls, const member *m, size_t count);
/* How many values GT has: as the first row with a call says (rows differ only where the sex is not known). */
int group_ploidy(const member *m, size_t count);
/* At least `bytes` for r->og. 0 when memory runs out. */
int og_reserve(resolver *r, size_t bytes);

/* ---- alleles */
static inline int allele_is_base(unsigned a) { return a >= DTC_ALLELE_A && a <= DTC_ALLELE_T; }
static inline unsigned allele_complement(unsigned a) { return DTC_ALLELE_A + DTC_ALLELE_T - a; }
static inline int allele_is_indel(unsigned a) { return a == DTC_ALLELE_I || a == DTC_ALLELE_D; }
/* 1 where a set of bases (bit a for allele a) holds a base and its complement: both strands look alike. */
static inline int set_is_palindromic(unsigned set) {
  return (set & (1u << DTC_ALLELE_A | 1u << DTC_ALLELE_T)) == (1u << DTC_ALLELE_A | 1u << DTC_ALLELE_T) ||
         (set & (1u << DTC_ALLELE_C | 1u << DTC_ALLELE_G)) == (1u << DTC_ALLELE_C | 1u << DTC_ALLELE_G);
}
static inline unsigned allele_of_letter(char letter) {
  return letter == 'A'   ? DTC_ALLELE_A
         : letter == 'C' ? DTC_ALLELE_C
         : letter == 'G' ? DTC_ALLELE_G
         : letter == 'T' ? DTC_ALLELE_T
                         : 0;
}
/* The second allele; a single letter stands for two of it. */
static inline unsigned genotype_other(unsigned genotype) {
  unsigned second = DTC_GENOTYPE_SECOND(genotype);
  return second == DTC_ALLELE_NONE ? DTC_GENOTYPE_FIRST(genotype) : second;
}
/* What a genotype is: a call; letters A C G T only; I and D only; two letters A C G T that differ and are no
 * complements of each other, so that its strand shows. */
enum { TRAIT_CALL = 1, TRAIT_BASES = 2, TRAIT_INDEL = 4, TRAIT_STRAND = 8 };
static inline unsigned genotype_traits(unsigned genotype) {
  unsigned a = DTC_GENOTYPE_FIRST(genotype), b = genotype_other(genotype);
  int bases = allele_is_base(a) && allele_is_base(b);
  return (DTC_GENOTYPE_IS_NO_CALL(genotype) ? 0u : TRAIT_CALL) | (bases ? TRAIT_BASES : 0u) |
         (allele_is_indel(a) && allele_is_indel(b) ? TRAIT_INDEL : 0u) |
         (bases && a != b && a != allele_complement(b) ? TRAIT_STRAND : 0u);
}

#endif
