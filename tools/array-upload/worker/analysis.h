/* analysis.h - what the operator gave for the stages behind the conversion ([analysis] of the configuration). */
#ifndef ARRAY_UPLOAD_WORKER_ANALYSIS_H
#define ARRAY_UPLOAD_WORKER_ANALYSIS_H

#include "array-upload/store/types.h"
#include "array-upload/util/arena.h"
#include "array-upload/util/config.h"

/* Bits 1 << stage_name of the stages that are configured. */
unsigned analysis_stages(const struct config *config);
/* NULL where all that is named is there; else the name of the setting whose file or folder is not. Some system calls:
 * asked before each stage, so that samples wait while a disk is away, instead of failing. */
const char *analysis_absent(const struct config *config);

/* A panel folder, by its panel.tsv. */
struct analysis_panel {
  const char *assembly; /* "GRCh37" */
  unsigned units, files;
  int64_t rows;
};
/* Whether it is whole: its files as long as when it was prepared, with the engine that is wanted. NULL, or a sentence
 * in the arena that says what is wrong. Digests are looked at by genotype-impute. */
const char *analysis_panel_look(struct analysis_panel *out, struct arena *a, const char *folder, const char *engine);

/* The programs that genotype-impute starts for that engine, as it finds them: absolute paths, with NULL behind them.
 * NULL, or a sentence that says which one is not installed. */
enum { ANALYSIS_PROGRAMS = 3 };
const char *analysis_engine_find(const char *out[ANALYSIS_PROGRAMS], struct arena *a, const char *engine);

/* Where bcftools is: named, or in that PATH; NULL: nowhere. */
const char *analysis_bcftools(const struct config *config, struct arena *a);

/* The folder of scores: scoring files by name (*.txt, *.txt.gz, compiled *.dtcscore), and what may lie beside them.
 * Absolute paths. */
struct analysis_scores {
  const char **files;
  size_t n;
  const char *reference; /* reference.dist, or NULL */
  const char *traits;    /* traits.tsv, or NULL */
};
/* genotype-score's options for them; at most n + 3. */
size_t analysis_scores_arguments(const struct analysis_scores *scores, const char **argv);
/* NULL, or a sentence in the arena. */
const char *analysis_scores_look(struct analysis_scores *out, struct arena *a, const char *folder);

/* traits.tsv: what a person and a program should call a score, and from which percentile on it is called a high one.
 * Columns by name: score, trait, unit, high_risk_percentile, and one a language ("en", "de") of the report. */
enum { TRAIT_LANGUAGES = 8 };
struct trait {
  const char *score, *trait, *unit;                              /* "" = not said */
  const char *language[TRAIT_LANGUAGES], *name[TRAIT_LANGUAGES]; /* pairs; ends with NULL where there are fewer */
  double high_from;                                              /* NAN: no threshold */
};
/* NULL, or a sentence in the arena that names the line. */
const char *analysis_traits_read(struct trait **out, size_t *n, struct arena *a, const char *path);

#endif
