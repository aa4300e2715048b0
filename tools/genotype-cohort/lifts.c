#include "genotype-cohort/lifts.h"

#include <string.h>

static int load(lift *l, const cohort_options *o, const dtc_assembly *from, const dtc_assembly *to, fault *f) {
  for (size_t i = 0; i < o->chain_count; i++) {
    dtc_diag diag = {0};
    dtc_liftover *chain = NULL;
    dtc_status status = dtc_liftover_load_path(o->chains[i], from, to, NULL, &chain, &diag);
    if (status == DTC_OK)
      l->chains[l->count++] = chain;
    else if (status != DTC_CHAIN_FILE)
      return fault_set(f, EXIT_TROUBLE, "%s: %s%s%s", o->chains[i], dtc_status_text(status),
                       diag.system_errno ? ": " : "", diag.system_errno ? strerror(diag.system_errno) : "");
  }
  return 0;
}

const lift *lifts_find(lifts *l, const cohort_options *o, const dtc_assembly *from, const dtc_assembly *to, fault *f) {
  if ((unsigned)from->build >= COHORT_BUILDS_MAX) {
    fault_set(f, EXIT_REFUSED, "its assembly is not known");
    return NULL;
  }
  lift *of = &l->from[from->build];
  if (!of->tried && load(of, o, from, to, f) != 0)
    return NULL;
  of->tried = 1;
  if (of->count)
    return of;
  fault_set(f, EXIT_REFUSED, "it is of %s, the cohort of %s, and no --chain leads there", dtc_build_name(from->build),
            dtc_build_name(to->build));
  return NULL;
}

void lifts_free(lifts *l) {
  for (size_t b = 0; b < COHORT_BUILDS_MAX; b++)
    for (size_t i = 0; i < l->from[b].count; i++)
      dtc_liftover_free((dtc_liftover *)l->from[b].chains[i]);
}
