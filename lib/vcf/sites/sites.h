/* sites.h - a site table in memory: per contig the SNVs (position, REF and ALTs in one byte, name) and the indels. The
 * same form whether it was read from BCF/VCF or mapped from a compiled file; lookups know no difference. */
#ifndef VCF_SITES_H
#define VCF_SITES_H

#include "vcf/reference/sequence.h"

/* An SNV's alleles in one byte: (REF << 4 | order of ALTs). REF counts A C G T as 0..3; the 16 orders are those of up
 * to three distinct ALTs out of the other three bases. */
enum { SITES_CODE_COUNT = 64, SITES_ALLELES_MAX = 16, SITES_ALLELE_BYTES_MAX = 1000 };

typedef struct sites_indel {
  uint32_t position;
  uint32_t text; /* offset in the pool: the alleles one behind the other, each terminated, REF first */
  uint8_t contig;
  uint8_t n_alleles;
  uint16_t has_rs; /* 1: one of its names is an rs number */
} sites_indel;

/* A name of an indel, or of an SNV whose name is no single rs number; sorted by kind and number. Names of DTC_ID_OTHER:
 * number is an offset in the pool (terminated text), sorted by text behind the others. */
typedef struct sites_name {
  uint32_t number;
  uint32_t place; /* an SNV's position, or the index of the indel */
  uint8_t kind;   /* dtc_id_kind */
  uint8_t contig; /* an SNV's; DTC_CONTIG_NONE: it is an indel's */
  uint16_t spare;
} sites_name;

/* In sites_contig.name: no name; another one, or several, which are in the list of names. */
enum { SITES_NAME_NONE = 0 };
#define SITES_NAME_LISTED UINT32_MAX

typedef struct sites_contig {
  const uint32_t *position; /* ascending, distinct */
  const uint8_t *code;
  const uint32_t *name; /* the SNV's one rs number, or one of the two above. NULL: no SNV of the contig has a name */
  uint32_t count;
  uint32_t first_indel, indels; /* in the table's list, ascending by position */
} sites_contig;

/* What the codes stand for. */
typedef struct sites_codes {
  uint8_t count[SITES_CODE_COUNT]; /* of alleles */
  const char *text[SITES_CODE_COUNT][4];
  char letters[SITES_CODE_COUNT][5];
} sites_codes;

typedef struct sites {
  sites_contig contig[DTC_CONTIG_COUNT];
  const sites_indel *indel;
  const sites_name *name;
  const char *pool;
  uint32_t indels, names;
  uint32_t pool_bytes;
  char digest[64]; /* "md5:" and 32 hex digits over the records, as written in CHROM POS ID REF ALT lines */
  dtc_build build; /* claimed by the header, or UNKNOWN */
  uint32_t length[DTC_CONTIG_COUNT]; /* claimed by the header; 0 where it says nothing */
  char md5[DTC_CONTIG_COUNT][33];    /* the same, or empty */
  uint64_t foreign;                  /* records and header lines of contigs that are none of ours */
  char foreign_name[32];             /* the first such contig, cut */
  char file_name[64];                /* without folders, cut: for messages */
  sites_codes codes;
  /* who owns the arrays */
  void *map;
  size_t map_bytes;
  void *owned[DTC_CONTIG_COUNT * 3 + 3];
  int users; /* handles that share the table; only the opening thread adds some */
} sites;

/* Opens BCF, VCF (plain or bgzip; any URL htslib opens) or the compiled form, by content. Checks what the file says
 * about itself: order, digest, checksum. bases: the reference, to align the indels of records to the left (the compiled
 * form is taken as it is); NULL: they stay where they are. message: words for a person on failure. */
dtc_status sites_open(const char *path, sequence *bases, sites **out, char *message, size_t message_bytes);
sites *sites_share(sites *s);
void sites_free(sites *s); /* NULL allowed */

/* The first SNV at or behind the position, from `at` on; the nearer it is, the faster. */
uint32_t sites_advance(const sites_contig *c, uint32_t at, uint32_t position);
/* How many sites there are in all. */
uint64_t sites_count(const sites *s);
/* The entries of a name in the list of names, one behind the other: the first and their number. text: of OTHER. */
const sites_name *sites_find_name(const sites *s, unsigned kind, uint32_t number, const char *text, size_t text_bytes,
                                  uint32_t *count);
/* Index of the only indel that a marker at this position can be: a deletion that begins there, or with last_base ends
 * there, an insertion behind it. UINT32_MAX where there is none, or several. */
uint32_t sites_indel_at(const sites *s, unsigned contig, uint32_t position, int last_base);
/* Bytes of the longest allele of an indel. */
uint32_t sites_indel_longest(const sites *s, uint32_t indel);

/* A set of names, to be asked before anything dearer: bits of a hash, false positives only. */
enum { SITES_FILTER_BITS = 20 };
typedef struct sites_filter {
  uint64_t word[(1 << SITES_FILTER_BITS) / 64];
} sites_filter;
static inline uint32_t sites_name_hash(unsigned kind, uint32_t number) {
  return (number + kind * 0x9e3779b9u) * 0x9e3779b1u;
}
static inline void sites_filter_add(sites_filter *f, uint32_t hash) {
  hash >>= 32 - SITES_FILTER_BITS;
  f->word[hash / 64] |= UINT64_C(1) << hash % 64;
}
static inline int sites_filter_has(const sites_filter *f, uint32_t hash) {
  hash >>= 32 - SITES_FILTER_BITS;
  return (int)(f->word[hash / 64] >> hash % 64 & 1);
}
/* Hands over every name of the table with a number that the filter may have, and its place; indel: 1 for an indel's. */
void sites_scan_names(const sites *s, const sites_filter *f,
                      void (*take)(void *opaque, unsigned kind, uint32_t number, unsigned contig, uint32_t position,
                                   int indel),
                      void *opaque);
/* Fills pointers to the alleles of an indel; returns how many. */
unsigned sites_indel_alleles(const sites *s, uint32_t indel, const char *alleles[SITES_ALLELES_MAX]);

/* The code of an SNV, or -1 where a letter is not one of A C G T or stands twice. letters: REF first. */
int sites_code(const char *letters, unsigned n);
void sites_codes_init(sites_codes *c);

/* The loaders; sites_open() chooses. */
dtc_status sites_load_records(const char *path, sequence *bases, sites *s, char *message, size_t message_bytes);
dtc_status sites_map_compiled(const char *path, sites *s, char *message, size_t message_bytes);
int sites_is_compiled(const char *path);
/* Writes the compiled form into an open file; the caller makes it complete (fsync, rename). 0 on failure. */
int sites_write_compiled(const sites *s, int fd);

#endif
