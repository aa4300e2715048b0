/* whole_file.h - a file that appears complete or not at all: written under a temporary name in its own folder, synced,
 * renamed, the folder synced. */
#ifndef SITES_WHOLE_FILE_H
#define SITES_WHOLE_FILE_H

#include "common/fault.h"
#include "common/temporary.h"

typedef struct whole_file {
  const char *path; /* borrowed */
  temporary *temporary;
  int fd; /* open for writing; may be used or left alone in favour of the temporary's name */
} whole_file;

/* 0, or -1 with the fault set. suffix is put behind path (an index); path and suffix must outlive w. */
int whole_file_open(whole_file *w, const char *path, fault *f);
/* Where it stands for now. */
const char *whole_file_path(const whole_file *w);
/* Everything is on the disk: syncs and closes. 0, or -1. */
int whole_file_finish(whole_file *w, fault *f);
/* Gives it its name; after whole_file_finish. 0, or -1. */
int whole_file_publish(whole_file *w, fault *f);
/* Removes what was not published. */
void whole_file_free(whole_file *w);

#endif
