/* check.h - does a reference belong to the assembly it is used for? Each fills message with words for a
 * person. */
#ifndef VCF_REFERENCE_CHECK_H
#define VCF_REFERENCE_CHECK_H

#include "vcf/reference/sequence.h"
#include "vcf/sites/sites.h"

/* Contig lengths; the mitochondrial sequence above all. */
dtc_status reference_check_sequence(const char *path, const sequence *s, const dtc_assembly *assembly, char *message,
                                    size_t message_bytes);
/* The table's claims: assembly, contig lengths, md5. */
dtc_status reference_check_sites(const sites *s, const dtc_assembly *assembly, char *message, size_t message_bytes);
/* The table's REFs against the sequence: about `most` of the SNVs and of the indels, spread evenly over the table. */
enum { REFERENCE_REFS_SAMPLE = 4096 };
dtc_status reference_check_refs(const sites *s, sequence *bases, uint32_t most, char *message, size_t message_bytes);

/* Whether the bases are those of the assembly, by the md5 of its shortest autosomes: 1 where one of them has it, 0
 * where none has (others mask a few contigs otherwise, not all of these), -1 where there is nothing to compare. Reads
 * up to 300 MB: for messages, when something is wrong already. */
int reference_check_bases(sequence *s, const dtc_assembly *assembly);

#endif
