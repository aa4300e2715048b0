/* bcf_fill.h - bcf1_t filled directly, field by field in the file's order, in memory that is there before the first:
 * what bcf_update_ leaves behind where it gets none is a wrong record that is written without a word. */
#ifndef COMMON_BCF_FILL_H
#define COMMON_BCF_FILL_H

#include <htslib/vcf.h>
#include <stddef.h>

enum { BCF_FILL_ALLELE_BYTES = 6 };

typedef struct bcf_fill {
  bcf1_t *b;
  size_t shared_room, indiv_room;
  int failed;
} bcf_fill;

/* Begins a record of so many samples. The caller says how many bytes it will give in all: of text (ID, and each allele
 * with BCF_FILL_ALLELE_BYTES more) and of values of samples. What a few other fields need is reckoned here. Nothing
 * else needs memory: a failure shows in bcf_fill_end. */
void bcf_fill_begin(bcf_fill *to, bcf1_t *b, int rid, hts_pos_t pos, uint32_t samples, size_t text_bytes,
                    size_t sample_bytes);
/* Once, first. Nothing or ".": none. */
void bcf_fill_id(bcf_fill *to, const char *id, size_t length);
/* Then each allele, REF first. */
void bcf_fill_allele(bcf_fill *to, const char *text, size_t length);
/* Then, once, FILTER: the number of the one word in the header's dictionary (PASS is 0), -1 for none. */
void bcf_fill_filter(bcf_fill *to, int key);
/* Then INFO, by the number of the key. */
void bcf_fill_info_float(bcf_fill *to, int key, float value);
void bcf_fill_info_flag(bcf_fill *to, int key);
/* Then FORMAT. GT: `each` values a sample as bcf_gt_ makes them, bcf_int32_vector_end behind a shorter one. */
void bcf_fill_genotypes(bcf_fill *to, int key, const int32_t *gt, unsigned each);
void bcf_fill_floats(bcf_fill *to, int key, const float *values, unsigned each);
/* `each` bytes a sample, filled up with NUL. */
void bcf_fill_strings(bcf_fill *to, int key, const char *text, unsigned each);
/* 0, or -1 where memory ran out or less room was asked for than was used: the record is empty then. */
int bcf_fill_end(bcf_fill *to);

#endif
