/* kind.h - what a file is, by its first bytes, in words for the person who uploaded it. */
#ifndef DTC_ARCHIVE_KIND_H
#define DTC_ARCHIVE_KIND_H

#include <stddef.h>

typedef enum kind {
  KIND_ZIP,      /* begins as a zip does, whole or cut */
  KIND_SPLIT,    /* begins as the first part of a split zip */
  KIND_DOCUMENT, /* a zip by its bytes, a document or program by its first entry */
  KIND_GZIP,
  KIND_ARCHIVE, /* another archive or compressed file */
  KIND_BINARY,  /* another file type that is known and is no text */
  KIND_TEXT,    /* text by the look of it */
  KIND_UNKNOWN
} kind;

#define KIND_HEAD_BYTES 512 /* enough to tell */

/* Sets *words to plain words: "a 7z archive". Static; never text of the input. */
kind kind_of(const unsigned char *head, size_t length_bytes, const char **words);
/* Whether the bytes are text by the look of them, of whatever sort. */
int kind_is_text(const unsigned char *head, size_t length_bytes);
/* What kind of archive or zipped document the bytes begin, in words, or NULL for anything else. */
const char *kind_archive_words(const unsigned char *bytes, size_t length_bytes);

#endif
