/* reference.h - what the operator gave genotype-convert to find REF and ALT with. */
#ifndef ARRAY_UPLOAD_WORKER_REFERENCE_H
#define ARRAY_UPLOAD_WORKER_REFERENCE_H

#include <limits.h>

#include "array-upload/util/arena.h"
#include "array-upload/util/config.h"

enum { REFERENCE_CHAINS = 4, REFERENCE_UNKNOWN = 5, REFERENCE_ARGUMENTS = 16, REFERENCE_PATHS = 20 };

/* Absolute paths, or NULL. */
struct reference {
  const char *sites, *fasta, *assemblies;
  const char *chains[REFERENCE_CHAINS];
  const char *assembly; /* "GRCh37" or "GRCh38" where the name of the table or sequence holds it */
  const char *missing;  /* NULL: a VCF can be made; else the sentence that says why not */
  const char
      *unknown[REFERENCE_UNKNOWN]; /* files in the folder that are nothing of ours, as a table that is plain VCF */
  size_t n_unknown;                /* may be more than are named */
};

/* The configured files; else what lies in <data>/reference: *.bcf, *.vcf.gz, *.sites; *.fa, *.fasta, *.fna (also .gz),
 * *.2bit; assemblies.tsv; *.chain, *.chain.gz. Of several, the one whose name holds `build` ("GRCh37"; NULL = not
 * known) comes first, else the first by name. Read anew for each job, so that a table can be put there while the
 * service runs. */
void reference_find(struct reference *out, struct arena *a, const struct config *config, const char *build);
/* genotype-convert's options for it; how many there are. */
size_t reference_arguments(const struct reference *r, const char *argv[REFERENCE_ARGUMENTS]);
/* Its files and what lies beside them under the usual names, with NULL behind them. */
void reference_paths(const struct reference *r, struct arena *a, const char *out[REFERENCE_PATHS]);
/* The names of `unknown`, separated by ", "; "" where there is none. */
const char *reference_unknown(const struct reference *r, struct arena *a);
/* What a sample's status has to say about the reference; "" where all is well. */
const char *reference_note(const struct reference *r, struct arena *a);

#endif
