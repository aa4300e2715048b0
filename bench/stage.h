/* stage.h - one stage of the work, timed by itself in one process. */
#ifndef BENCH_STAGE_H
#define BENCH_STAGE_H

#include <stddef.h>
#include <stdint.h>

#include <dtcgeno.h>

/* Ends the program with exit status 1: a result was wrong, or a file is not what it should be. */
_Noreturn void stage_die(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* CPU time of this thread, system time included: page faults belong to the stage that takes them. */
uint64_t stage_clock_ns(void);

/* What one pass of a stage took, without its preparations, and what came out: a count or a sum. */
typedef struct lap {
  uint64_t ns, figure;
} lap;
typedef lap (*stage_pass)(void *opaque);

/* Runs a pass, whose figure must be the expected one; then `passes` of them, and prints the fastest as
 * "stage NAME ROWS BYTES NANOSECONDS", tab-separated. */
void stage_measure(const char *name, uint64_t rows, uint64_t bytes, stage_pass pass, void *opaque, uint64_t expected);
/* Prints "figure NAME VALUE". */
void stage_figure(const char *name, double value);
extern unsigned stage_passes;

/* The export whose way through the stages is measured. */
typedef struct subject {
  const char *zip_path;
  dtc_options options;
  dtc_table *table; /* as dtc_table_load_path() gave it */
  dtc_verdict *verdict;
  char *text;
  size_t text_bytes;
} subject;

/* The files of the second half. NULL: not there, its stage is left out. */
typedef struct convert_files {
  const char *fasta, *twobit, *sites;
  const char *output; /* what genotype-convert made of the export and the .2bit, with a .tbi beside it */
} convert_files;

/* The second half: stages of genotype-convert. */
void stages_of_convert(const subject *s, const convert_files *files);

#endif
