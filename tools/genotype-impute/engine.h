/* engine.h - the engines that phase and impute: where they are, what they are called with. */
#ifndef IMPUTE_ENGINE_H
#define IMPUTE_ENGINE_H

#include "common/fault.h"
#include "genotype-impute/child.h"

#include <limits.h>
#include <stdint.h>

typedef enum engine_kind { ENGINE_EAGLE_MINIMAC4 = 0, ENGINE_BEAGLE = 1, ENGINE_COUNT } engine_kind;
extern const char *const engine_names[ENGINE_COUNT];
/* ENGINE_COUNT for a word that is none. */
engine_kind engine_parse(const char *word);

typedef struct engine {
  engine_kind kind;
  char phaser[PATH_MAX], imputer[PATH_MAX]; /* absolute; of Beagle java and its jar */
  char bref3[PATH_MAX];
  char version[160];
} engine;

typedef struct engine_limits {
  uint64_t memory_bytes;
  unsigned cpu_seconds, threads;
  int open; /* no sandbox */
} engine_limits;

/* Finds its programs in PATH, or says which package brings them. 0, or -1. */
int engine_find(engine_kind kind, engine *e, fault *f);
/* Asks the programs for their versions; folder: where their answers go. */
int engine_ask_version(engine *e, const char *folder, fault *f);

/* What one step reads and writes. */
typedef struct engine_step {
  const char *panel_folder, *folder; /* the panel; where files are made */
  const char *unit, *contig;
  const char *files; /* what its files in `folder` are called */
  uint32_t chunk;    /* bases that minimac4 works on at once; with ENGINE_CHUNK_OVERLAP on either side */
} engine_step;
enum { ENGINE_CHUNK = 20000000, ENGINE_CHUNK_OVERLAP = 3000000 }; /* minimac4's own */
enum { ENGINE_STEPS = 2 };                                        /* phase, impute: Beagle does both in the second */
/* Starts a step; 0 where the engine has none of that number, else its process or -1. The target is FILES.target.bcf, or
 * FILES.target.vcf.gz for Beagle; the result of the last step is FILES.imputed.bcf or .vcf.gz. */
pid_t engine_start(const engine *e, int step, const engine_step *s, const engine_limits *l, fault *f);
const char *engine_target_suffix(engine_kind kind);
const char *engine_result_suffix(engine_kind kind);
/* UNIT.suffix: what the step of that number reads of the panel. */
const char *engine_panel_suffix(engine_kind kind, int step);
/* Makes the engine's own form of UNIT.panel.bcf (or .vcf.gz), and waits for it. */
int engine_prepare(const engine *e, const engine_step *s, const engine_limits *l, fault *f);
/* The last line of a log that says something, for a message. */
void engine_last_words(const char *log, char *words, size_t bytes);
/* What became of a process, in words, into the fault; is -1. */
int engine_fault(fault *f, const char *what, int status, const char *log);

#endif
