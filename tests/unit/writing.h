/* writing.h - example records, a header for them, and files of them. */
#ifndef DTC_TESTS_UNIT_WRITING_H
#define DTC_TESTS_UNIT_WRITING_H

#include "suite.h"
#include "unit/engine_file.h"
#include "vcf/writer/header.h"
#include "vcf/writer/vcf_text.h"

#include <htslib/kstring.h>
#include <htslib/vcf.h>

extern dtc_assembly assembly;
extern char *header;
extern size_t header_bytes;
void setup(void);
void teardown(void);
/* In a folder of the test's own; the last four are kept. */
char *path_of(const char *name);

/* A record with room for its parts. */
typedef struct example {
  record r;
  record_id ids[40];
  char alleles[RECORD_ALLELES_MAX][8];
} example;

/* The n-th of many kinds. */
void example_set(example *e, unsigned contig, uint32_t position, unsigned n);
/* Text as VCF's writer makes it. */
char *line_of(const record *r, kstring_t *line);
vcf_layout format_of(dtc_file_type type, dtc_index index, int level);
bcf_hdr_t *parse_header(void);

/* Contigs 1, 2, 5, X, Y, MT with `per_contig` records each, far apart and crowded in turns. */
enum { USED_CONTIGS = 6 };
extern const unsigned used_contigs[USED_CONTIGS];
uint32_t position_of(unsigned contig, unsigned i, unsigned per_contig);
unsigned n_engines(dtc_file_type type);
uint64_t write_file(const char *path, const vcf_layout *format, int fast, int threads, unsigned per_contig);
/* malloc'd. */
char *read_file(const char *path, size_t *length);
void assert_same_files(const char *a, const char *b);

#endif
