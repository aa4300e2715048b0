#include "vcf/fast/index.h"

#include "vcf/writer/header.h"

#include <stdlib.h>
#include <string.h>

/* The binning scheme of the SAM specification, section 5: each level is eight times as wide as the one below. */
enum { TBI_DEPTH = 5, NEAR_BYTES = 0x10000 };

/* A run of records of one bin; its places are block numbers until index_finish. */
typedef struct chunk {
  uint32_t bin;
  uint64_t from, to;
} chunk;

typedef struct contig_index {
  chunk *chunks;
  size_t n_chunks, chunks_capacity;
  uint64_t *windows; /* the first record that overlaps each window of 16 KiB */
  size_t n_windows, windows_capacity;
  uint64_t records, from, to;
  uint64_t leaf; /* the window of the last chunk where that is one of the narrowest bins */
} contig_index;

struct index_builder {
  dtc_index kind;
  int chr_prefix, failed;
  const dtc_assembly *assembly;
  unsigned depth;
  contig_index contigs[DTC_CONTIG_COUNT];
};

static const uint64_t NO_RECORD = UINT64_MAX;

index_builder *index_new(dtc_index kind, const dtc_assembly *assembly, int chr_prefix) {
  index_builder *x = calloc(1, sizeof *x);
  if (!x)
    return NULL;
  x->kind = kind;
  x->assembly = assembly;
  x->chr_prefix = chr_prefix;
  x->depth = TBI_DEPTH;
  /* 2^29 bases are enough for every assembly but those of other species */
  uint64_t longest = 0;
  for (unsigned c = 1; c < DTC_CONTIG_COUNT; c++)
    longest = assembly->length[c] > longest ? assembly->length[c] : longest;
  while (kind == DTC_INDEX_CSI && longest > (uint64_t)1 << (INDEX_WINDOW_SHIFT + 3 * x->depth))
    x->depth++;
  return x;
}

void index_free(index_builder *x) {
  if (!x)
    return;
  for (unsigned c = 0; c < DTC_CONTIG_COUNT; c++) {
    free(x->contigs[c].chunks);
    free(x->contigs[c].windows);
  }
  free(x);
}

/* Grows an array so that it holds need elements. Returns 0 when memory runs out. */
static int make_room(void **array, size_t *capacity, size_t need, size_t size_bytes) {
  if (need <= *capacity)
    return 1;
  size_t wanted = *capacity + *capacity / 2 + 64;
  wanted = wanted < need ? need : wanted;
  void *grown = realloc(*array, wanted * size_bytes);
  if (!grown)
    return 0;
  *array = grown;
  *capacity = wanted;
  return 1;
}

static uint32_t first_bin(unsigned level) { return (((uint32_t)1 << 3 * level) - 1) / 7; }

/* The smallest bin that holds [from, to), 0-based. */
static uint32_t bin_of(uint64_t from, uint64_t to, unsigned depth) {
  to--;
  for (unsigned level = depth, shift = INDEX_WINDOW_SHIFT; level > 0; level--, shift += 3)
    if (from >> shift == to >> shift)
      return first_bin(level) + (uint32_t)(from >> shift);
  return 0;
}

static unsigned level_of(uint32_t bin) {
  unsigned level = 0;
  for (; bin > 0; bin = (bin - 1) / 8)
    level++;
  return level;
}

static void note_windows(index_builder *x, contig_index *c, uint64_t from, uint64_t to, uint64_t place) {
  size_t first = (size_t)(from >> INDEX_WINDOW_SHIFT), last = (size_t)((to - 1) >> INDEX_WINDOW_SHIFT);
  if (last < c->n_windows && c->windows[first] != NO_RECORD && first == last)
    return;
  if (!make_room((void **)&c->windows, &c->windows_capacity, last + 1, sizeof *c->windows)) {
    x->failed = 1;
    return;
  }
  while (c->n_windows <= last)
    c->windows[c->n_windows++] = NO_RECORD;
  for (size_t i = first; i <= last; i++)
    if (c->windows[i] == NO_RECORD)
      c->windows[i] = place;
}

void index_add(index_builder *x, unsigned contig, uint32_t position, uint32_t span, uint64_t from, uint64_t to,
               uint64_t records) {
  contig_index *c = &x->contigs[contig];
  uint64_t begin = position - 1, end = begin + (span ? span : 1);
  c->to = to;
  c->records += records;
  if (c->records == records) {
    c->from = from;
  } else if (c->leaf == begin >> INDEX_WINDOW_SHIFT && c->leaf == (end - 1) >> INDEX_WINDOW_SHIFT) {
    c->chunks[c->n_chunks - 1].to = to; /* most records: like the one before, inside one window */
    return;
  }
  uint32_t bin = bin_of(begin, end, x->depth);
  c->leaf = bin >= first_bin(x->depth) ? bin - first_bin(x->depth) : NO_RECORD;
  if (c->n_chunks && c->chunks[c->n_chunks - 1].bin == bin) {
    c->chunks[c->n_chunks - 1].to = to;
  } else if (make_room((void **)&c->chunks, &c->chunks_capacity, c->n_chunks + 1, sizeof *c->chunks)) {
    c->chunks[c->n_chunks++] = (chunk){bin, from, to};
  } else {
    x->failed = 1;
    c->leaf = NO_RECORD;
    return;
  }
  note_windows(x, c, begin, end, from);
}

static int chunk_compare(const void *a, const void *b) {
  const chunk *l = a, *r = b;
  if (l->bin != r->bin)
    return l->bin < r->bin ? -1 : 1;
  return l->from < r->from ? -1 : l->from > r->from;
}

static int is_of_level(uint32_t bin, unsigned level) { return bin >= first_bin(level) && bin < first_bin(level + 1); }

/* Gives the chunks [first, last] of a bin to the bin above where they lie near each other in the file. */
static void fold_bin(contig_index *c, size_t first, size_t last) {
  uint32_t bin = c->chunks[first].bin;
  if ((c->chunks[last].to >> 16) - (c->chunks[first].from >> 16) >= NEAR_BYTES)
    return;
  for (size_t i = first; i <= last; i++)
    if (c->chunks[i].bin == bin)
      c->chunks[i].bin = (bin - 1) / 8;
}

/* Neighbours in the file that are of one bin now are one chunk. */
static void join_neighbours(contig_index *c) {
  size_t kept = 0;
  for (size_t i = 0; i < c->n_chunks; i++) {
    if (kept && c->chunks[kept - 1].bin == c->chunks[i].bin)
      c->chunks[kept - 1].to = c->chunks[i].to;
    else
      c->chunks[kept++] = c->chunks[i];
  }
  c->n_chunks = kept;
}

/* Bins whose records lie near each other in the file are not worth their entry: their chunks go to the bin above, level
 * by level from the narrowest. Readers look into every bin above a window too. The chunks are in the order of the file,
 * so those of one level have ascending bins. */
static void fold_bins(contig_index *c, unsigned depth) {
  for (unsigned level = depth; level > 0; level--) {
    size_t first = SIZE_MAX, last = 0;
    for (size_t i = 0; i < c->n_chunks; i++) {
      if (!is_of_level(c->chunks[i].bin, level))
        continue;
      if (first != SIZE_MAX && c->chunks[first].bin != c->chunks[i].bin) {
        fold_bin(c, first, last);
        first = i;
      } else if (first == SIZE_MAX) {
        first = i;
      }
      last = i;
    }
    if (first != SIZE_MAX)
      fold_bin(c, first, last);
    join_neighbours(c);
  }
}

/* Chunks of one bin that begin in the block where the one before ends are one chunk. */
static void join_chunks(contig_index *c) {
  size_t kept = 0;
  for (size_t i = 0; i < c->n_chunks; i++) {
    chunk *last = kept ? &c->chunks[kept - 1] : NULL;
    if (last && last->bin == c->chunks[i].bin && last->to >> 16 >= c->chunks[i].from >> 16) {
      if (c->chunks[i].to > last->to)
        last->to = c->chunks[i].to;
    } else {
      c->chunks[kept++] = c->chunks[i];
    }
  }
  c->n_chunks = kept;
}

static void resolve_places(contig_index *c, const block_writer *data) {
  c->from = c->records ? block_writer_offset(data, c->from) : 0;
  c->to = c->records ? block_writer_offset(data, c->to) : 0;
  for (size_t i = 0; i < c->n_chunks; i++) {
    c->chunks[i].from = block_writer_offset(data, c->chunks[i].from);
    c->chunks[i].to = block_writer_offset(data, c->chunks[i].to);
  }
  /* a window without records begins where the next one does */
  uint64_t next = c->to;
  for (size_t i = c->n_windows; i-- > 0;) {
    c->windows[i] = c->windows[i] == NO_RECORD ? next : block_writer_offset(data, c->windows[i]);
    next = c->windows[i];
  }
}

/* Little-endian bytes into memory that grows. */
typedef struct bytes {
  char *at;
  size_t length, capacity;
  int failed;
} bytes;

static void put(bytes *b, const void *from, size_t n) {
  if (b->failed || !make_room((void **)&b->at, &b->capacity, b->length + n, 1)) {
    b->failed = 1;
    return;
  }
  memcpy(b->at + b->length, from, n);
  b->length += n;
}

static void put_u32(bytes *b, uint32_t value) {
  unsigned char le[4];
  for (int i = 0; i < 4; i++)
    le[i] = (unsigned char)(value >> 8 * i);
  put(b, le, 4);
}

static void put_u64(bytes *b, uint64_t value) {
  put_u32(b, (uint32_t)value);
  put_u32(b, (uint32_t)(value >> 32));
}

/* How the columns lie and what the contigs are called: TBI's head, and CSI's auxiliary data for VCF text. */
static void put_names(bytes *b, const index_builder *x) {
  static const uint32_t vcf_columns[6] = {2, 1, 2, 0, '#', 0};
  for (int i = 0; i < 6; i++)
    put_u32(b, vcf_columns[i]);
  char names[DTC_CONTIG_COUNT * HEADER_CONTIG_NAME_BYTES];
  size_t length = 0;
  for (unsigned c = 1; c < DTC_CONTIG_COUNT; c++)
    if (x->assembly->length[c])
      length += header_contig_name(c, x->chr_prefix, names + length) + 1;
  put_u32(b, (uint32_t)length);
  put(b, names, length);
}

static void put_head(bytes *b, const index_builder *x, uint32_t n_contigs) {
  if (x->kind == DTC_INDEX_TBI) {
    put(b, "TBI\1", 4);
    put_u32(b, n_contigs);
    put_names(b, x);
    return;
  }
  put(b, "CSI\1", 4);
  put_u32(b, INDEX_WINDOW_SHIFT);
  put_u32(b, x->depth);
  bytes names = {0};
  put_names(&names, x);
  put_u32(b, (uint32_t)names.length);
  if (names.length)
    put(b, names.at, names.length);
  b->failed |= names.failed;
  free(names.at);
  put_u32(b, n_contigs);
}

/* The place of a bin's leftmost window, for CSI. */
static uint64_t leftmost(const contig_index *c, uint32_t bin, unsigned depth) {
  unsigned level = level_of(bin);
  size_t window = (size_t)(bin - first_bin(level)) << 3 * (depth - level);
  return window < c->n_windows ? c->windows[window] : 0;
}

static void put_contig(bytes *b, const index_builder *x, const contig_index *c) {
  uint32_t n_bins = 0;
  for (size_t i = 0; i < c->n_chunks; i++)
    n_bins += i == 0 || c->chunks[i].bin != c->chunks[i - 1].bin;
  put_u32(b, c->records ? n_bins + 1 : 0);
  for (size_t i = 0, end; i < c->n_chunks; i = end) {
    for (end = i + 1; end < c->n_chunks && c->chunks[end].bin == c->chunks[i].bin; end++)
      ;
    put_u32(b, c->chunks[i].bin);
    if (x->kind == DTC_INDEX_CSI)
      put_u64(b, leftmost(c, c->chunks[i].bin, x->depth));
    put_u32(b, (uint32_t)(end - i));
    for (size_t k = i; k < end; k++) {
      put_u64(b, c->chunks[k].from);
      put_u64(b, c->chunks[k].to);
    }
  }
  if (c->records) { /* htslib's bin behind the last one: the contig's extent and how many records it has */
    put_u32(b, first_bin(x->depth + 1) + 1);
    if (x->kind == DTC_INDEX_CSI)
      put_u64(b, 0);
    put_u32(b, 2);
    put_u64(b, c->from);
    put_u64(b, c->to);
    put_u64(b, c->records);
    put_u64(b, 0);
  }
  if (x->kind == DTC_INDEX_TBI) {
    put_u32(b, (uint32_t)c->n_windows);
    for (size_t i = 0; i < c->n_windows; i++)
      put_u64(b, c->windows[i]);
  }
}

char *index_finish(index_builder *x, const block_writer *data, size_t *length) {
  bytes b = {0};
  uint32_t n_contigs = 0;
  for (unsigned c = 1; c < DTC_CONTIG_COUNT; c++)
    n_contigs += x->assembly->length[c] != 0;
  put_head(&b, x, n_contigs);
  for (unsigned c = 1; c < DTC_CONTIG_COUNT; c++) {
    contig_index *index = &x->contigs[c];
    if (x->assembly->length[c] == 0)
      continue;
    resolve_places(index, data);
    fold_bins(index, x->depth);
    if (index->n_chunks)
      qsort(index->chunks, index->n_chunks, sizeof *index->chunks, chunk_compare);
    join_chunks(index);
    put_contig(&b, x, index);
  }
  put_u64(&b, 0); /* records without a place */
  if (b.failed || x->failed) {
    free(b.at);
    return NULL;
  }
  *length = b.length;
  return b.at;
}
