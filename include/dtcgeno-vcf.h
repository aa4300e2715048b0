/* dtcgeno-vcf.h - rows of an export to VCF records: references, site tables, liftover, resolving.
 *
 * This header is the manual of libdtcgeno-vcf, which stands on libdtcgeno and htslib. A program loads an export's table
 * (dtcgeno.h), opens a reference, opens a conversion of the two, and takes from it a bcf_hdr_t, then one bcf1_t after
 * the other:
 *
 *   dtc_reference_open(), dtc_conversion_open(), dtc_conversion_header(), dtc_conversion_next(), bcf_write()
 *
 * dtcgeno.h's conventions hold here as well. What is more:
 *   Sums        Every row of the table is in exactly one record or rejected under exactly one dtc_rejection:
 *               rows = written + merged + all of rejected. Rows the parser rejected are in the table, not in these
 * sums. htslib      Nothing here prints, exits or sets htslib's log level: that is the caller's. htslib itself may do
 * so where memory runs out or a file it reads (a site table in BCF or VCF, compressed FASTA) is damaged; see
 *               libdtcgeno-vcf(3). A server should convert in a process of its own.
 *   Semantics   which record a row becomes: genotype-convert(1).
 */
#ifndef DTCGENO_VCF_H
#define DTCGENO_VCF_H

#include <dtcgeno.h>

#ifdef __cplusplus
extern "C" {
#endif

/* htslib's, from <htslib/vcf.h>. */
struct bcf_hdr_t;
struct bcf1_t;

/* ------------------------------------------------------------------ rejections */

/* Why a row of the table is in no record: X(number, NAME, word, text). The words are those of genotype-convert's report
 * and list of rejects. */
#define DTC_REJECTION_LIST(X)                                                                                          \
  X(0, NO_POSITION, "NO_POSITION", "the export has no position for it")                                                \
  X(1, CHROM_UNKNOWN, "CHROM_UNKNOWN", "its chromosome is none of the assembly's")                                     \
  X(2, POS_RANGE, "POS_RANGE", "its position is beyond the end of its contig")                                         \
  X(3, BAD_ALLELE, "BAD_ALLELE", "its genotype has no meaning")                                                        \
  X(4, LIFT_UNMAPPED, "LIFT_UNMAPPED", "the chain file has no block at its place")                                     \
  X(5, LIFT_CONTIG, "LIFT_CONTIG", "the chain file leads to a contig that is not written")                             \
  X(6, LIFT_AMBIGUOUS, "LIFT_AMBIGUOUS", "chain files disagree about its place")                                       \
  X(7, FEMALE_Y, "FEMALE_Y", "a row of Y in a woman's export")                                                         \
  X(8, INDEL_NO_SITE, "INDEL_NO_SITE", "an insertion or deletion that no site table tells")                            \
  X(9, REF_N, "REF_N", "the reference has N at its place")                                                             \
  X(10, SITE_UNKNOWN, "SITE_UNKNOWN", "neither site table nor sequence know its place")                                \
  X(11, STRAND_UNKNOWN, "STRAND_UNKNOWN", "its letters are each other's complements, the strand is not proven")        \
  X(12, NO_CALL, "NO_CALL", "no call, and those were not wanted")                                                      \
  X(13, NOT_VARIANT, "NOT_VARIANT", "no allele but REF, and those were not wanted")                                    \
  X(14, MT_NOT_RCRS, "MT_NOT_RCRS", "the numbering of its MT is not proven to be that of rCRS")                        \
  X(15, PROFILE, "PROFILE", "a record that the profile's consumer does not take")                                      \
  X(16, SITE_MISMATCH, "SITE_MISMATCH", "its name belongs elsewhere, and here are other rows, or no REF is known")

typedef enum dtc_rejection {
#define DTC_X(number, name, word, text) DTC_REJECTION_##name = number,
  DTC_REJECTION_LIST(DTC_X)
#undef DTC_X
} dtc_rejection;
/* One more than the largest rejection this library knows. */
DTC_API unsigned dtc_rejection_count(void);
/* Static; "" for a value that is none. */
DTC_API const char *dtc_rejection_word(dtc_rejection rejection);
DTC_API const char *dtc_rejection_text(dtc_rejection rejection);

/* ------------------------------------------------------------------ references */

/* Where REF and ALT come from: a sequence (FASTA with .fai, plain or bgzip; UCSC .2bit), a site table (BCF or VCF made
 * by genotype-sites, or its compiled form), or both: the table first, the sequence fills in. */
typedef struct dtc_reference dtc_reference;
/* Either path may be NULL, not both. What the files say of themselves is held against the assembly, which is borrowed
 * until the reference is freed: contig lengths, md5, the table's own assembly and digest; and the table's REFs against
 * the sequence by a sample. DTC_REFERENCE_FILE where it does not fit. */
DTC_API dtc_status dtc_reference_open(const char *sequence_path, const char *sites_path, const dtc_assembly *assembly,
                                      dtc_reference **out, dtc_diag *diag);
/* A handle for another thread that shares the site table; the original may be freed first. NULL when memory runs out.
 */
DTC_API dtc_reference *dtc_reference_clone(dtc_reference *reference);
DTC_API void dtc_reference_free(dtc_reference *reference); /* NULL is fine */
/* More than one export will be converted: what the sequence has at their places is kept, about 8 bytes a place. */
DTC_API void dtc_reference_remember(dtc_reference *reference);
DTC_API int dtc_reference_has_sequence(const dtc_reference *reference);
DTC_API int dtc_reference_has_sites(const dtc_reference *reference);
/* "md5:" and 32 hex digits over the site table's records; NULL without a table. Lives as long as the reference. */
DTC_API const char *dtc_reference_sites_digest(const dtc_reference *reference);
/* 1 where the sequence names its contigs chr1 and so on. */
DTC_API int dtc_reference_chr_prefix(const dtc_reference *reference);
/* The base at a place of the sequence, or of a site where there is none: 'A' 'C' 'G' 'T', 'N', or 0 where unknown. */
DTC_API char dtc_reference_base(dtc_reference *reference, unsigned contig, uint32_t position);
/* REF and the ALTs of the SNV known there, upper case, without separators ("AGT"), terminated; REF alone where only the
 * sequence knows the place, 0 where nothing does. text has 5 bytes. */
DTC_API size_t dtc_reference_snv(dtc_reference *reference, unsigned contig, uint32_t position, char *text);

/* ------------------------------------------------------------------ conversions */

/* How contigs are named in the header. */
typedef enum dtc_chr { DTC_CHR_AUTO = 0, DTC_CHR_YES = 1, DTC_CHR_NO = 2 } dtc_chr; /* AUTO: as the sequence does */

/* Made by dtc_conversion_options_init(), then changed. Everything is borrowed until the conversion is freed. */
typedef struct dtc_conversion_options {
  size_t size_bytes;                 /* of the caller's object */
  const dtc_assembly *from;          /* the export's assembly: of dtc_verdict_build(). Not NULL */
  const dtc_assembly *to;            /* the output's, and the reference's; NULL: from */
  dtc_reference *reference;          /* used by this conversion alone until that is freed. Not NULL */
  const dtc_liftover *const *chains; /* from `from` to `to`: the first decides, the others must agree */
  size_t chain_count;                /* at least 1 where from is not to */
  dtc_sex sex;                       /* UNDETERMINED: the verdict's */
  dtc_chr chr;
  const char *sample; /* NULL: "SAMPLE". No control characters, not empty; never a name from the export */
  int drop_no_calls, variants_only;
  int biallelic_only; /* only PASS records of two alleles of one base each: what imputation servers take */
  /* Each row that gets no record: its index in the table's calls. Some come before the first record. Another return
   * than 0 ends the conversion with DTC_STOPPED. NULL: not wanted, dtc_conversion_rejected() counts them. */
  int (*on_reject)(void *opaque, size_t row, dtc_rejection why);
  void *opaque;
} dtc_conversion_options;
/* For bindings, as dtc_options_init_sized(). */
DTC_API void dtc_conversion_options_init_sized(dtc_conversion_options *options, size_t size_bytes);
static inline void dtc_conversion_options_init(dtc_conversion_options *options) {
  dtc_conversion_options_init_sized(options, sizeof *options);
}

typedef struct dtc_conversion dtc_conversion;
/* Sorts the table and judges the file as a whole: strand, build, the numbering of MT; then records can be taken. table
 * and verdict (that of the table; NULL: nothing is known of the export but its rows) are borrowed until the conversion
 * is freed, and the table must stay as it is. DTC_BUILD_CONFLICT where the REF bases do not bear out the export's
 * build. */
DTC_API dtc_status dtc_conversion_open(dtc_table *table, const dtc_verdict *verdict,
                                       const dtc_conversion_options *options, dtc_conversion **out, dtc_diag *diag);
DTC_API void dtc_conversion_free(dtc_conversion *conversion); /* NULL is fine */
/* The header every record belongs to, for bcf_hdr_write(). The conversion's. */
DTC_API struct bcf_hdr_t *dtc_conversion_header(dtc_conversion *conversion);
/* The next record, in the output's order (contig, position, SNV before indel), into the caller's bcf_init(): packed as
 * from a file, for bcf_unpack() or bcf_write(). 1: there was one. 0: there is none left, the sums are whole. -1:
 * dtc_conversion_diag() says why, and nothing follows; what was taken until then is no whole export. */
DTC_API int dtc_conversion_next(dtc_conversion *conversion, struct bcf1_t *record);
DTC_API const dtc_diag *dtc_conversion_diag(const dtc_conversion *conversion); /* never NULL */

/* What became of the rows so far. Lives as long as the conversion; later libraries append members. */
typedef struct dtc_conversion_sums {
  uint64_t rows;                              /* of the table's calls */
  uint64_t records;                           /* that were made */
  uint64_t written;                           /* rows with a record of their own */
  uint64_t merged;                            /* rows in another row's record */
  uint64_t flipped;                           /* records complemented to fit the site table */
  uint64_t reverse_lifted;                    /* records complemented by a lift to the minus strand */
  uint64_t strand_hets, strand_hets_with_ref; /* what the file's strand was judged by */
  int strand_ok;                              /* 1: proven plus; 0: not, what nothing confirms was left out */
} dtc_conversion_sums;
DTC_API const dtc_conversion_sums *dtc_conversion_get_sums(dtc_conversion *conversion);
/* How many rows; 0 for a value that is no rejection. */
DTC_API uint64_t dtc_conversion_rejected(const dtc_conversion *conversion, dtc_rejection why);

#ifdef __cplusplus
}
#endif
#endif
