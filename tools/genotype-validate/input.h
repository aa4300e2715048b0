/* input.h - the files of the command line, opened. */
#ifndef GENOTYPE_VALIDATE_INPUT_H
#define GENOTYPE_VALIDATE_INPUT_H

typedef struct input {
  const char *name; /* as given; "-" is standard input */
  int fd;           /* -1 where it could not be opened */
  int system_errno; /* why */
} input;

input input_open(const char *name);
void input_close(input *in);

#endif
