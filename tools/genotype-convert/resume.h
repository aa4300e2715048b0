/* resume.h - which outputs of an earlier run a batch may keep. The summary tells, by a digest, with which options and
 * references the outputs in the folder were made; with others they are made again. */
#ifndef CONVERT_RESUME_H
#define CONVERT_RESUME_H

#include "genotype-convert/options.h"

#include <sys/stat.h>

enum { RESUME_MARK_BYTES = 48 };

/* mark: what the summary's column "options" says of this run: the digest, and since when outputs have it where earlier
 * ones had another. since: 0 where nothing is known of another run. */
typedef struct resume {
  char mark[RESUME_MARK_BYTES];
  struct timespec since;
} resume;

/* summary: the file of an earlier run, which need not be there; without one, age alone decides. Returns 1 where it is,
 * or can be, a file that keeps what is written to it; 0 for a pipe or a device. */
int resume_begin(resume *r, const options *o, const char *summary);

/* 1 where the file is there, not older than the export it was made from, and of this run's options. */
int resume_is_finished(const resume *r, const char *file, const struct stat *export);

#endif
