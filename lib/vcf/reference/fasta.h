/* fasta.h - the index of a FASTA (.fai): where each sequence's bases stand. */
#ifndef VCF_FASTA_H
#define VCF_FASTA_H

#include <dtcgeno.h>

/* One line of the index. */
typedef struct fasta_entry {
  char *name; /* terminated */
  uint64_t length, offset;
  uint32_t line_bases, line_bytes; /* bases a line, bytes a line with its end */
} fasta_entry;

typedef struct fasta_index {
  fasta_entry *entry;
  size_t count;
} fasta_index;

/* Reads PATH.fai; where it is not there, makes it: beside the FASTA, or for this run only where that folder cannot be
 * written (*temporary is set). Words for a person in message where it fails. */
dtc_status fasta_index_load(const char *path, fasta_index *out, int *temporary, char *message, size_t message_bytes);
void fasta_index_free(fasta_index *index);

#endif
