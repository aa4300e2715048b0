/* sites.h - a site table in memory: per contig the SNVs (position, REF and ALTs in one byte) and the indels. The same
 * form whether it was read from BCF/VCF or mapped from a compiled file; lookups know no difference. */
#ifndef VCF_SITES_H
#define VCF_SITES_H

#include <dtcgeno.h>

/* An SNV's alleles in one byte: (REF << 4 | order of ALTs). REF counts A C G T as 0..3; the 16 orders are those of up
 * to three distinct ALTs out of the other three bases. */
enum { SITES_CODE_COUNT = 64, SITES_ALLELES_MAX = 16, SITES_ALLELE_BYTES_MAX = 1000 };

typedef struct sites_indel {
  uint32_t position;
  uint32_t text; /* offset in the pool: the alleles one behind the other, each terminated, REF first */
  uint8_t contig;
  uint8_t n_alleles;
  uint16_t spare;
} sites_indel;

/* One name of an indel; sorted by kind and number. Names of DTC_ID_OTHER: number is an offset in the pool (terminated
 * text), sorted by text behind the others. */
typedef struct sites_name {
  uint32_t number;
  uint32_t indel;
  uint32_t kind;
} sites_name;

typedef struct sites_contig {
  const uint32_t *position; /* ascending, distinct */
  const uint8_t *code;
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
  sites_codes codes;
  /* who owns the arrays */
  void *map;
  size_t map_bytes;
  void *owned[DTC_CONTIG_COUNT * 2 + 3];
  int users; /* handles that share the table; only the opening thread adds some */
} sites;

/* Opens BCF, VCF (plain or bgzip; any URL htslib opens) or the compiled form, by content. Checks what the file says
 * about itself: order, digest, checksum. message: words for a person on failure. */
dtc_status sites_open(const char *path, sites **out, char *message, size_t message_bytes);
sites *sites_share(sites *s);
void sites_free(sites *s); /* NULL allowed */

/* The first SNV at or behind the position, from `at` on; the nearer it is, the faster. */
uint32_t sites_advance(const sites_contig *c, uint32_t at, uint32_t position);
/* Index of the indel of that name, or UINT32_MAX where there is none or several. */
uint32_t sites_indel_by_name(const sites *s, unsigned kind, uint32_t number, const char *text, size_t text_bytes);
/* Index of the only indel of the contig whose position differs by at most its length + 1, or UINT32_MAX. */
uint32_t sites_indel_near(const sites *s, unsigned contig, uint32_t position);
/* Fills pointers to the alleles of an indel; returns how many. */
unsigned sites_indel_alleles(const sites *s, uint32_t indel, const char *alleles[SITES_ALLELES_MAX]);

/* The code of an SNV, or -1 where a letter is not one of A C G T or stands twice. letters: REF first. */
int sites_code(const char *letters, unsigned n);
void sites_codes_init(sites_codes *c);
/* Reads a marker's name: kind, and the number for those that have one; DTC_ID_OTHER for every other text. */
dtc_id_kind sites_parse_name(const char *text, size_t bytes, uint32_t *number);

/* The loaders; sites_open() chooses. */
dtc_status sites_load_records(const char *path, sites *s, char *message, size_t message_bytes);
dtc_status sites_map_compiled(const char *path, sites *s, char *message, size_t message_bytes);
int sites_is_compiled(const char *path);
/* Writes the compiled form into an open file; the caller makes it complete (fsync, rename). 0 on failure. */
int sites_write_compiled(const sites *s, int fd);

#endif
