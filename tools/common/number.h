/* number.h - numbers of a command line. */
#ifndef COMMON_NUMBER_H
#define COMMON_NUMBER_H

#include <stdint.h>

/* A plain decimal number, all of the text, from 0 to UINT64_MAX. Returns 0 where it is none. */
int number_read(const char *text, uint64_t *out);
/* The same with K, M or G behind it, for powers of 1024, as in ls and dd; B or iB may follow the letter. */
int number_read_bytes(const char *text, uint64_t *out);

#endif
