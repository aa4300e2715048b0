/* program.h - where the tools are that a duty runs. */
#ifndef ARRAY_UPLOAD_CHILD_PROGRAM_H
#define ARRAY_UPLOAD_CHILD_PROGRAM_H

#include <stddef.h>

/* `named`: the configuration's value, or NULL. Else beside this program, or where it was installed. Writes an absolute
 * path. 0, or -1: there is no such program that can be executed. */
int program_find(char *out, size_t size, const char *named, const char *name);

#endif
