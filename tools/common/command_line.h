/* command_line.h - the options of a tool as a table: one way to read them, and one wording of what is wrong. --help and
 * --version stand in no table: every tool has them. */
#ifndef COMMON_COMMAND_LINE_H
#define COMMON_COMMAND_LINE_H

#include "common/fault.h"

#include <dtcgeno.h>

#include <stddef.h>
#include <stdint.h>

/* Texts for which there is room for `most`. */
typedef struct command_list {
  const char **text;
  size_t *count, most;
} command_list;

/* An option, and the one of these that it sets. Texts are those of argv. */
typedef struct command_option {
  const char *name; /* "output", of --output */
  char letter;      /* 'o', of -o; 0: none */
  int *flag;        /* becomes 1; without a value, as is the next */
  int *no_flag;     /* becomes 0 */
  const char **text;
  command_list list;        /* may stand several times */
  int takes_several;        /* of a list: the words behind its value go there as well, up to the next option */
  uint64_t *number, *bytes; /* from least to most; 0: no limit. Bytes may have K, M or G behind them */
  int *integer;             /* as number */
  uint64_t least, most;
  int *word; /* becomes the index of the value in words, which ends in NULL */
  const char *const *words;
  dtc_build *build; /* of the built-in assemblies */
  /* 0, or -1 with the fault set. value is NULL where it is optional and not given */
  int (*take)(void *opaque, const char *value, fault *f);
  int is_optional; /* the value, which then stands behind a '=', or a letter */
} command_option;

typedef struct command_line {
  const char *program, *help;
  const command_option *options;
  size_t count;
  void *opaque; /* for take() */
} command_line;

/* Reads what stands behind argv[0]. 1: the words that are no options stand in argv[1] to argv[*words]; 0: help or
 * version was printed; -1: the fault is set. */
int command_line_read(const command_line *c, int argc, char **argv, size_t *words, fault *f);

#endif
