/* record.h - one VCF record: what the resolver decides and every writer writes. No htslib here. */
#ifndef VCF_RECORD_H
#define VCF_RECORD_H

#include <dtcgeno-vcf.h>

/* X(NAME, VCF id, header description) - in the order of the header; PASS is 0. */
#define RECORD_FILTER_LIST(X)                                                                                          \
  X(PASS, "PASS", "All filters passed")                                                                                \
  X(HET_HAPLOID, "HetHaploid", "Two alleles where one is possible")                                                    \
  X(DUP_CONFLICT, "DupConflict", "Several rows at this position disagree")                                             \
  X(NON_REF_HET, "NonRefHet", "Heterozygous without the reference allele and not confirmed by a site list")            \
  X(ALLELE_MISMATCH, "AlleleMismatch", "Alleles fit the site list on neither strand")                                  \
  X(SITE_MISMATCH, "SiteMismatch", "The marker's name belongs to another place or another kind of variant")           \
  X(AMBIGUOUS_INDEL, "AmbiguousIndel", "I or D may mean more than one allele of the site")
typedef enum record_filter {
#define DTC_X(name, id, description) RECORD_##name,
  RECORD_FILTER_LIST(DTC_X)
#undef DTC_X
      RECORD_FILTER_COUNT
} record_filter;

/* INFO flags, bits; written in this order, before OG. */
enum { RECORD_REVLIFT = 1, RECORD_FLIP = 2 };

enum { RECORD_ALLELES_MAX = 16, RECORD_SHAPES = 1 << 14 /* shape is at most this */ };

typedef struct record_id {
  uint8_t kind; /* dtc_id_kind */
  uint32_t number;
} record_id;

/* All pointers belong to the resolver and live until its next record. Alleles are upper-case text, terminated. */
typedef struct record {
  uint32_t position;
  uint8_t contig;    /* dtc_contig of the output assembly */
  uint8_t filter;    /* record_filter */
  uint8_t info;      /* RECORD_REVLIFT, RECORD_FLIP */
  uint8_t ploidy;    /* 1 or 2: how many values GT has */
  int8_t gt[2];      /* index into alleles, ascending; -1 missing. Not PASS: always missing */
  uint8_t n_alleles; /* REF counts; 1: ALT is "." */
  const char *alleles[RECORD_ALLELES_MAX];
  uint16_t allele_bytes[RECORD_ALLELES_MAX];
  size_t n_ids; /* distinct; 0 where all names stand in an earlier record: "." */
  const record_id *ids;
  const char *names; /* the table's names, for DTC_ID_OTHER */
  const char *og;    /* genotypes as in the export on the target strand ("A/G,A/A"), or NULL */
  uint32_t rows;     /* rows of the export that this record holds: 1, more where rows were merged */
  /* 0 (always so without names), or a number that stands, for the whole run, for these alleles, filter, info, og and gt: what a writer made of
   * them once does for all records of that shape */
  uint16_t shape;
} record;

/* Why a row is not in the output: dtc_rejection, by the names this folder uses. */
typedef enum reject_why {
#define DTC_X(number, name, word, text) REJECT_##name = number,
  DTC_REJECTION_LIST(DTC_X)
#undef DTC_X
#define DTC_X(...) +1
  REJECT_COUNT = 0 DTC_REJECTION_LIST(DTC_X)
#undef DTC_X
} reject_why;

#endif
