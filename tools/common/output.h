/* output.h - files that appear whole or not at all: written under a temporary name in the same folder, checked, synced,
 * then renamed. What is left at the end of the process or of an output goes away, on SIGINT, SIGTERM and SIGHUP too. */
#ifndef COMMON_OUTPUT_H
#define COMMON_OUTPUT_H

#include "common/fault.h"

#include <stddef.h>
#include <stdint.h>

typedef struct output output;

/* Once, before any thread begins: the signals' handler and the permissions new files get. */
void output_setup(void);

/* Names of files; NULL among them is none. */
typedef struct file_names {
  const char *const *list;
  size_t count;
} file_names;
/* Refuse, as wrong usage, an output that is one of the inputs, which it would take the place of, and two outputs of one
 * name; by another path or a link, too. inputs: n lists of them, and "-" is none. 0, or -1 with the fault set. */
int output_check_inputs(file_names outputs, const file_names *inputs, size_t n, fault *f);
int output_check_names(file_names outputs, fault *f);

/* For what is written by name and read again: refuses, as wrong usage, "-" and a path that is there and no regular
 * file. path may be NULL. 0, or -1. */
int output_check_file(const char *path, fault *f);

/* path NULL or "-": standard output. A path that is there and no regular file (a pipe, a device) is written to as it
 * is. A symbolic link is followed, to a file that is not there yet, too. NULL: the fault is set. */
output *output_open(const char *path, fault *f);
/* The same, of a file only: as output_check_file. */
output *output_open_file(const char *path, fault *f);
/* Such a file, and the index beside it, of a suffix behind its name. 0, or -1 and neither of them. */
int output_open_indexed(const char *path, const char *suffix, output **data, output **index, fault *f);
/* The name behind all symbolic links, of a file that need not be there yet. malloc'd; NULL: errno says why. */
char *output_real_name(const char *path);
/* A file beside another: path with a suffix behind it. */
output *output_open_beside(const char *path, const char *suffix, fault *f);
/* Gathers small pieces. Returns 0 or -1; the first failure is kept and told by output_finish. */
int output_write(output *o, const void *bytes, size_t length);
int output_print(output *o, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* For a library that writes itself: the descriptor, and the path of the temporary file (NULL: written in place). How
 * much it wrote is told by output_adopt; OUTPUT_ANY_LENGTH: as much as there is. The file's time becomes now: htslib
 * may complete data after their index, and readers warn of an index that is older. */
int output_fd(const output *o);
const char *output_path(const output *o);
#define OUTPUT_ANY_LENGTH UINT64_MAX
int output_adopt(output *o, uint64_t bytes, fault *f);
/* Such a library failed: errno says why, or words do. Is -1. */
int output_fail(const output *o, fault *f);
int output_fail_words(const output *o, const char *words, fault *f);
/* Everything is on the disk under the temporary name, as many bytes as were written, the last `tail_length` of them
 * being tail (NULL: not asked). */
int output_finish(output *o, const void *tail, size_t tail_length, fault *f);
/* Gives the file its name. Only after output_finish; does nothing for standard output and devices. */
int output_publish(output *o, fault *f);
/* The names of n published outputs (NULL among them: none) are on the disk, too. */
int output_settle(const output *const *outputs, size_t n, fault *f);
/* Removes the indexes of older data, .tbi and .csi, where there are any: beside the file, and beside the link that
 * names it, where readers look first. */
int output_remove_indexes(const output *o, fault *f);
/* Gives data and their index their names. Indexes of older data, of either kind, go before. Who sees a new file finds
 * its index; over an older one the data come first: an index never stands beside data that it is not of. */
int output_publish_indexed(output *data, output *index, fault *f);
/* What a library wrote by itself, alone or with an index: adopts, finishes, publishes and settles it. */
int output_complete(output *o, fault *f);
int output_complete_indexed(output *data, output *index, fault *f);
/* Takes a published file back. */
void output_retract(output *o);
/* Removes the temporary file unless it was published. NULL is fine. */
void output_free(output *o);

uint64_t output_bytes(const output *o);
int output_is_regular(const output *o);

#endif
