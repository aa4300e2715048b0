#include "genotype-score/frequencies.h"

#include "genotype-score/proportions.h"

#include <math.h>

/* The frequency of the ALT in each population; 0 where one has no call. */
static int find_frequencies(places *p, size_t record, const groups *g, double *out) {
  double called[PROPORTIONS_MOST] = {0};
  const dosage *carried = places_dosages(p, record, 1, REF_OF_RECORD);
  for (size_t k = 0; k < g->count; k++)
    out[k] = 0;
  for (size_t i = 0; i < places_sample_count(p); i++)
    if (g->of[i] != SIZE_MAX && !isnan(carried[i].copies)) {
      out[g->of[i]] += carried[i].copies;
      called[g->of[i]] += carried[i].ploidy;
    }
  for (size_t k = 0; k < g->count; k++) {
    if (called[k] == 0)
      return 0;
    out[k] /= called[k];
  }
  return 1;
}

int frequencies_write(output *o, places *p, const groups *g, fault *f) {
  int got;
  if (g->count > PROPORTIONS_MOST)
    return fault_set(f, EXIT_REFUSED, "more than %d populations", PROPORTIONS_MOST);
  output_print(o, "#CHROM\tPOS\tID\tREF\tALT");
  for (size_t k = 0; k < g->count; k++)
    output_print(o, "\t%s", g->names[k]);
  output_print(o, "\n");
  while ((got = places_next(p, f)) > 0) {
    size_t count;
    double frequency[PROPORTIONS_MOST];
    const allele *alleles = places_alleles(p, 0, &count);
    unsigned contig = (unsigned)(places_at(p) >> 32);
    if (places_record_count(p) != 1 || count != 2 || !allele_is_base(alleles[0]) || !allele_is_base(alleles[1]) ||
        contig >= DTC_CONTIG_X)
      continue;
    if (!find_frequencies(p, 0, g, frequency))
      continue;
    view id = places_id(p, 0);
    output_print(o, "%s\t%u\t%.*s\t%c\t%c", dtc_contig_name(contig), (unsigned)(uint32_t)places_at(p), (int)id.length,
                 id.at, "ACGT"[alleles[0]], "ACGT"[alleles[1]]);
    for (size_t k = 0; k < g->count; k++)
      output_print(o, "\t%.6g", frequency[k]);
    output_print(o, "\n");
  }
  return got;
}
