/* text_file.h - lines and tab-separated fields of a text, plain or in gzip. */
#ifndef SCORE_TEXT_FILE_H
#define SCORE_TEXT_FILE_H

#include "base/view.h"
#include "common/fault.h"

#include <stddef.h>
#include <stdint.h>

typedef struct text_file text_file;

/* NULL: the fault is set. path must outlive the file. */
text_file *text_file_open(const char *path, fault *f);
/* The next line without its end. 1; 0 at the end; -1: the fault is set. The line lives until the next call. */
int text_file_line(text_file *t, view *line, fault *f);
/* Of the line read last, from 1. */
uint64_t text_file_number(const text_file *t);
void text_file_free(text_file *t);

/* Splits at tabs; at most `most` fields are kept. Returns how many there are. */
size_t text_fields(view line, view *fields, size_t most);
/* The field called name, or -1. */
int text_column(const view *fields, size_t count, const char *name);
/* A decimal number that is the whole field: 0, or -1. */
int text_real(view field, double *out);
/* An unsigned one up to limit. */
int text_unsigned(view field, uint64_t limit, uint64_t *out);

#endif
