/* explain.h - what a verdict rests on, in words. */
#ifndef GENOTYPE_VALIDATE_EXPLAIN_H
#define GENOTYPE_VALIDATE_EXPLAIN_H

#include <dtcgeno.h>

#define EXPLAIN_SENTENCE_MAX 512

/* Writes sentence k, counted from 0, or an empty one where there is nothing to say; returns 0 behind the last. */
int explain_sentence(const dtc_verdict *verdict, unsigned k, char *text, size_t size_bytes);

#endif
