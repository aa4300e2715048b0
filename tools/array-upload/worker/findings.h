/* findings.h - what genotype-score found out about one person, read with suspicion and turned into the deliverables
 * traits-json and ancestry-json, in the shapes of the API. */
#ifndef ARRAY_UPLOAD_WORKER_FINDINGS_H
#define ARRAY_UPLOAD_WORKER_FINDINGS_H

#include <jansson.h>

#include "array-upload/worker/analysis.h"

struct findings_source {
  const char *text; /* genotype-score's JSON */
  size_t size;
  const char *sample;  /* the one person it must be of */
  const char *version; /* what the figures hang on: the reference's or the table's digest; "" = none */
};

/* {"results": [{trait_score, trait_distribution, trait, trait_unit, risk}, ...]}, a score each, in their order. NULL:
 * that is not what genotype-score writes, or no memory. */
json_t *findings_traits(const struct findings_source *from, const struct trait *traits, size_t n_traits);
/* {"ancestry": {"value": {population: share}}, "metadata": {"value": {...}}}. NULL as above; *found is 0 where no share
 * could be found, because too few of the table's sites have a genotype. */
json_t *findings_ancestry(const struct findings_source *from, int *found);

#endif
