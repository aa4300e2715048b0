/* kind.h - what a file is that is not what it was given for, so that a message can say so. */
#ifndef VCF_REFERENCE_KIND_H
#define VCF_REFERENCE_KIND_H

#include <stddef.h>

/* ": it is ...", by the file's first bytes, or nothing where they tell nothing or it cannot be read. Returns words. */
const char *file_kind_words(const char *path, char *words, size_t words_bytes);
/* 1: htslib sees a VCF or BCF at the path, or URL. */
int file_is_variants(const char *path);

#endif
