/* chain.h - reading UCSC chain files (https://genome.ucsc.edu/goldenPath/help/chain.html) into ungapped blocks. */
#ifndef DTC_GENOME_CHAIN_H
#define DTC_GENOME_CHAIN_H

#include <dtcgeno.h>

/* One ungapped block, 1-based. Position from + k stands at target + k, or at target - k where minus. */
typedef struct chain_block {
  uint32_t from, to;
  uint32_t target;
  uint32_t chain; /* index of its chain */
} chain_block;

typedef struct chain_head {
  uint64_t score;
  uint64_t aligned;    /* bases in blocks */
  uint8_t from_contig; /* 1..25 */
  uint8_t to_contig;   /* DTC_CONTIG_NONE: a contig that is no primary one */
  uint8_t minus;
} chain_head;

typedef struct chain_file {
  chain_head *chains;
  size_t chain_count, chain_capacity;
  chain_block *blocks;
  size_t block_count, block_capacity;
} chain_file;

/* Reads the chains that start on a primary contig of `from`. Every figure is checked: sizes against the assemblies,
 * blocks against their chain's ranges. Chains of MT are taken only where both sizes are those of the assemblies. On
 * failure *out holds nothing. */
dtc_status chain_file_read(const char *path, const dtc_assembly *from, const dtc_assembly *to, const dtc_allocator *a,
                           chain_file *out, dtc_diag *diag);
void chain_file_clear(chain_file *file, const dtc_allocator *a);

#endif
