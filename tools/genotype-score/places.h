/* places.h - the genotypes of VCF or BCF files of the same persons, place by place: all records of one position at
 * once, because a site may be repeated or split into several records. */
#ifndef SCORE_PLACES_H
#define SCORE_PLACES_H

#include "base/view.h"
#include "common/fault.h"
#include "genotype-score/allele.h"

#include <dtcgeno.h>
#include <stddef.h>
#include <stdint.h>

/* Where dosages come from. AUTO: DS where a person has one, else GT. */
typedef enum dosage_source { DOSAGE_AUTO, DOSAGE_DS, DOSAGE_GT } dosage_source;

/* How often one person carries one allele. */
typedef struct dosage {
  double copies;   /* 0 to ploidy; NAN: no call */
  unsigned ploidy; /* 1 or 2 */
} dosage;

/* The chances of no, one and two copies, of sum 1; of[0] is NAN where they are not told. */
typedef struct chances {
  double of[3];
} chances;

typedef struct places places;

/* The files are read one after the other, records sorted within a chromosome; fast: see bcf_stream_fast. paths and
 * names must outlive it. NULL: the fault is set. */
places *places_open(char *const *paths, size_t count, const allele_names *names, dosage_source source, int fast,
                    fault *f);
void places_free(places *p);

size_t places_sample_count(const places *p);
const char *places_sample(const places *p, size_t i);
/* The assembly whose lengths the first header's contigs have; UNKNOWN where it names no lengths. */
dtc_build places_build(const places *p);

/* Is a place of use to the caller? What is not is passed, but for its order. */
typedef int place_wanted(void *owner, uint64_t place);
void places_want(places *p, place_wanted *wanted, void *owner);

/* Goes to the next place. 1; 0 at the end; -1: the fault is set. */
int places_next(places *p, fault *f);
/* Of the place that is current: marker_place(), and the records there. */
uint64_t places_at(const places *p);
size_t places_record_count(const places *p);
/* The record's alleles, REF first; "." and symbolic ones are ALLELE_UNKNOWN. Lives until places_next. */
const allele *places_alleles(const places *p, size_t record, size_t *count);
/* The ID column, "." where there is none. Lives until places_next. */
view places_id(const places *p, size_t record);
/* INFO/AF of an ALT (index from 1), or NAN. That INFO is damaged is told by the next places_next. */
double places_frequency(places *p, size_t record, size_t index);
/* Whose REF: of the record alone, all that is not one of its own ALTs, as plink2 has it; or of the site, which may be
 * split into several records: what none of them has as an ALT. */
typedef enum ref_of { REF_OF_RECORD, REF_OF_SITE } ref_of;
/* One element a person for the allele of this index; -1 is an allele that the record does not have. Lives until the
 * next call. */
const dosage *places_dosages(places *p, size_t record, int index, ref_of whose);
/* Likewise what FORMAT/GP tells, with dosages of AUTO. NULL: nothing of anybody, also of REF of a site that is split
 * into records. That the record is damaged is told by the next places_next. */
const chances *places_chances(places *p, size_t record, int index);

#endif
