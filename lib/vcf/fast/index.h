/* index.h - the index beside the data (TBI, CSI), built while the records are written: their places are known by block
 * number, the blocks' offsets once all of them are compressed. So it is right for any number of threads. */
#ifndef VCF_INDEX_H
#define VCF_INDEX_H

#include "vcf/fast/block_writer.h"
#include "vcf/writer/layout.h"

typedef struct index_builder index_builder;

/* SAM specification, section 5: the narrowest bins are windows of 16 KiB. */
enum { INDEX_WINDOW_SHIFT = 14 };

/* chr_prefix: as in the header. The assembly is borrowed. NULL when memory runs out. */
index_builder *index_new(dtc_index kind, const dtc_assembly *assembly, int chr_prefix);
void index_free(index_builder *x);
/* A record, in the order of the output. span: bases of REF. from, to: block_writer_tell before and after it. `records`
 * that follow each other, of one base each and in one window, may be told together, with the first one's position. */
void index_add(index_builder *x, unsigned contig, uint32_t position, uint32_t span, uint64_t from, uint64_t to,
               uint64_t records);
/* The index as it stands in its file, before compression; malloc'd. data: the writer after block_writer_end. NULL when
 * memory ran out, here or in index_add. */
char *index_finish(index_builder *x, const block_writer *data, size_t *length);

#endif
