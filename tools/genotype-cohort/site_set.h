/* site_set.h - every place of a cohort with its alleles and names, gathered from the records of one person after
 * another. SNVs of one place are one site with all their ALTs, in the order in which they came, as `bcftools merge` has
 * them; an indel is one site for each set of alleles. */
#ifndef COHORT_SITE_SET_H
#define COHORT_SITE_SET_H

#include "common/fault.h"

#include <dtcgeno-vcf.h>
#include <stddef.h>
#include <stdint.h>

/* One person's genotype at one site, as a byte: 0 where the person has no record there. Two alleles a <= b below
 * CALL_MISSING, or one; CALL_MISSING for a missing one. */
enum { CALL_MISSING = 16, CALL_NONE = 0 };
typedef uint8_t call;
typedef struct call_alleles {
  uint8_t ploidy; /* 0: CALL_NONE */
  uint8_t at[2];  /* indices into the site's alleles */
} call_alleles;
extern call_alleles call_of[256];

typedef struct site {
  uint64_t place; /* contig << 32 | position */
  char *alleles;  /* of an indel: REF and ALTs joined by ','; NULL: an SNV */
  char *ids;      /* joined by ';' */
  uint8_t n_alleles;
  char base[4]; /* of an SNV: REF first */
  dtc_id first;
  uint32_t next; /* the site that came after this one last time: where the next person's will likely be */
} site;

typedef struct site_set site_set;

/* NULL without memory. */
site_set *site_set_new(void);
void site_set_free(site_set *s);
/* A person begins: calls come in the order of the genome. */
void site_set_begin(site_set *s);
/* The record's site and the genotype in the site's terms. 0, or -1 with the fault set. */
int site_set_add(site_set *s, const dtc_record *r, uint32_t *number, call *genotype, fault *f);
size_t site_set_count(const site_set *s);
const site *site_set_at(const site_set *s, uint32_t number);
/* The numbers of all sites in the order of the genome, SNVs before indels; malloc'd, or NULL without memory. */
uint32_t *site_set_order(const site_set *s);

#endif
