/* run.h - one run: its persons, its units and what became of them. What children find out they write into memory that
 * is shared with them; nothing in it points anywhere. */
#ifndef IMPUTE_RUN_H
#define IMPUTE_RUN_H

#include "genotype-impute/options.h"
#include "genotype-impute/panel.h"

#include <dtcgeno-vcf.h>

enum {
  RUN_PERSONS_MAX = 4096,
  RUN_GROUPS_MAX = 32,
  RUN_NAME_BYTES = 128,
  RUN_BINS = 3,
  RUN_CONFIDENT = 90, /* percent */
#define DTC_X(...) +1
  RUN_REJECTIONS = 0 DTC_REJECTION_LIST(DTC_X) /* that this program knows */
#undef DTC_X
};
/* Lower bounds of the bins of minor allele frequency in the panel, in thousandths. */
extern const unsigned run_bin_from[RUN_BINS];

/* Where a person's calls of a contig stand in the person's file. */
typedef struct call_span {
  uint64_t from, to;
} call_span;

typedef struct person {
  char name[RUN_NAME_BYTES];
  uint32_t input; /* index into the options' inputs */
  dtc_sex sex;
  int from_vcf;
  uint32_t group; /* of persons who are typed at the same places: only those go to an engine together */
  fault fault;    /* why the person is not in */
  uint64_t rows;
  uint64_t parser_rejected, rejected[RUN_REJECTIONS]; /* of an export */
  uint64_t elsewhere, merged;                         /* of a VCF: records beyond X; records that another one took in */
  uint64_t doubtful, no_calls, flipped, calls;        /* calls: handed on, of contigs the panel may have */
  call_span spans[DTC_CONTIG_COUNT];
} person;

/* What became of a person's calls in a unit. */
typedef enum call_fate {
  CALL_USED,         /* given to the engine */
  CALL_SEVERAL_ROWS, /* the panel has several rows there: kept, not given to the engine */
  CALL_NOT_IN_PANEL, /* no row at the place, or none of its kind: calls.h */
  CALL_OTHER_REF,    /* rows there have another REF */
  CALL_OTHER_ALLELE, /* an allele that no row there has */
  CALL_REPEATED,     /* the input has the place twice */
  CALL_FATES
} call_fate;
extern const char *const run_fate_words[CALL_FATES];

typedef struct person_unit {
  uint64_t fate[CALL_FATES];
  uint64_t haploid, diploid; /* calls */
  uint64_t typed, imputed, lowconf, not_imputed, conflicts;
  uint64_t bin_count[RUN_BINS];
  double bin_gp[RUN_BINS]; /* sums of the largest GP */
} person_unit;

typedef enum unit_state { UNIT_WAITING, UNIT_TARGET, UNIT_PHASE, UNIT_IMPUTE, UNIT_DONE, UNIT_SKIPPED } unit_state;

typedef struct unit_result {
  uint64_t target_rows, typed_rows;
  uint32_t chunk;               /* for the engine */
  char key[PANEL_DIGEST_BYTES]; /* md5 over all that the engine's result depends on */
  fault fault;
  uint64_t bin_rows[RUN_BINS];
  double bin_r2[RUN_BINS];
} unit_result;

typedef struct shared {
  uint32_t persons; /* all, those with a fault among them */
  uint32_t in;      /* those without */
  uint32_t groups, in_group[RUN_GROUPS_MAX];
  fault fault; /* of the whole run */
  unit_result units[RUN_GROUPS_MAX][PANEL_UNITS_MAX];
  person person[RUN_PERSONS_MAX];
  person_unit fates[PANEL_UNITS_MAX][RUN_PERSONS_MAX];
} shared;

/* The parent's own notes of a unit. */
typedef struct unit_work {
  unit_state state;
  int reused, tries;
  pid_t pid;
  double engine_cpu, engine_wall, our_cpu;
  uint64_t engine_memory; /* largest resident set, bytes */
} unit_work;

typedef struct run {
  const impute_options *options;
  panel panel;
  engine engine;
  char work[PATH_MAX];   /* parts; lives on where a run ends early */
  char folder[PATH_MAX]; /* this run's own, in work; locked */
  int lock;
  shared *shared; /* zeroed, shared with children */
  int wanted[PANEL_UNITS_MAX];
  uint32_t group; /* the one that is worked on */
  unit_work units[RUN_GROUPS_MAX][PANEL_UNITS_MAX];
  double our_cpu;
  uint64_t our_memory;
} run;

/* Is a person in, and of a group? */
static inline int run_is_of(const person *p, uint32_t group) {
  return p->fault.exit_status == EXIT_WRITTEN && p->group == group;
}
/* The part of a group's unit, the engine's own result, under its name: WORK/UNIT.KEY.imputed... */
char *run_part_path(const run *r, uint32_t group, size_t unit, char *path);
/* What the run's own files of a group's unit are called. Returns name, which has RUN_FILE_BYTES. */
enum { RUN_FILE_BYTES = PANEL_NAME_BYTES + 16 };
char *run_file_name(const run *r, uint32_t group, size_t unit, char *name);

/* The whole of it. 0, or -1 with the fault set. */
int run_all(const impute_options *o, fault *f);

#endif
