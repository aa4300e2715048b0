/* dtcgeno-vcf.h - rows of an export to VCF records and files: references, site tables, liftover, resolving, writing.
 *
 * This header is the manual of libdtcgeno-vcf, which stands on libdtcgeno and htslib. A program loads an export's table
 * (dtcgeno.h), opens a reference and opens a conversion of the two. Then it has the choice:
 *
 *   dtc_conversion_write()  a whole file under its name, with its index, or nothing
 *   dtc_conversion_run()    each record as a dtc_record, to look at or for a dtc_writer, which takes any descriptor
 *   dtc_conversion_next()   each record as htslib's bcf1_t, for dtc_conversion_header() and bcf_write()
 *
 * For who makes references and site tables: dtc_sites_read(), dtc_reference_check_sites(),
 * dtc_reference_compile_sites(), dtc_sequence_pack().
 *
 * dtcgeno.h's conventions hold here as well. What is more:
 *   Sums        Every row of the table is in exactly one record or rejected under exactly one dtc_rejection:
 *               rows = written + merged + all of rejected. Rows the parser rejected are in the table, not in these.
 *   htslib      Nothing here prints, exits or sets htslib's log level: that is the caller's. htslib itself may do so
 *               where memory runs out or a file it reads (a site table in BCF or VCF, compressed FASTA) is damaged; see
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

/* Of htslib as it is loaded; static. */
DTC_API const char *dtc_htslib_version(void);
/* What htslib deflates by: "libdeflate" or "zlib"; static. It does not tell libdeflate's version. */
DTC_API const char *dtc_htslib_deflates_by(void);

/* ------------------------------------------------------------------ rejections */

/* Why a row of the table is in no record: X(number, NAME, word, text). The words are those of genotype-convert's report
 * and list of rejects. */
#define DTC_REJECTION_LIST(X)                                                                                   \
  X(0, NO_POSITION, "NO_POSITION", "the export has no position for it")                                         \
  X(1, CHROM_UNKNOWN, "CHROM_UNKNOWN", "its chromosome is none of the assembly's")                              \
  X(2, POS_RANGE, "POS_RANGE", "its position is beyond the end of its contig")                                  \
  X(3, BAD_ALLELE, "BAD_ALLELE", "its genotype has no meaning")                                                 \
  X(4, LIFT_UNMAPPED, "LIFT_UNMAPPED", "the chain file has no block at its place")                              \
  X(5, LIFT_CONTIG, "LIFT_CONTIG", "the chain file leads to a contig that is not written")                      \
  X(6, LIFT_AMBIGUOUS, "LIFT_AMBIGUOUS", "chain files disagree about its place")                                \
  X(7, FEMALE_Y, "FEMALE_Y", "a row of Y in a woman's export")                                                  \
  X(8, INDEL_NO_SITE, "INDEL_NO_SITE", "an insertion or deletion that no site table tells")                     \
  X(9, REF_N, "REF_N", "the reference has N at its place")                                                      \
  X(10, SITE_UNKNOWN, "SITE_UNKNOWN", "neither site table nor sequence know its place")                         \
  X(11, STRAND_UNKNOWN, "STRAND_UNKNOWN", "its letters are each other's complements, the strand is not proven") \
  X(12, NO_CALL, "NO_CALL", "no call, and those were not wanted")                                               \
  X(13, NOT_VARIANT, "NOT_VARIANT", "no allele but REF, and those were not wanted")                             \
  X(14, MT_NOT_RCRS, "MT_NOT_RCRS", "the numbering of its MT is not proven to be that of rCRS")                 \
  X(15, PROFILE, "PROFILE", "a record that the profile's consumer does not take")                               \
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
 * the sequence by a sample. DTC_REFERENCE_FILE where it does not fit. assembly NULL: for files whose assembly is not
 * known yet; what concerns it is not looked at, and no conversion should use that reference. */
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
/* How long the sequence's contig is; 0 where it has none of that name, and without a sequence. */
DTC_API uint32_t dtc_reference_length(const dtc_reference *reference, unsigned contig);
/* `length` bases of the sequence from a position on, upper case, every letter but A, C, G and T as N, no NUL. Returns
 * 1; 0: not all of them are in the contig, or there is no sequence; -1: they cannot be read. */
DTC_API int dtc_reference_bases(dtc_reference *reference, unsigned contig, uint32_t position, uint32_t length,
                                char *text);
/* Alleles of one place, REF first, in the form that is the same for everybody: trimmed, and moved to the left as far as
 * the sequence lets them (doi 10.1093/bioinformatics/btv112; bcftools norm). Changes the position, the texts (upper
 * case, terminated, each with room for its length and 2 bytes) and their lengths. Returns 1; 0: there is no sequence;
 * -1: it cannot be read, and the texts mean nothing any more. */
DTC_API int dtc_reference_align_left(dtc_reference *reference, unsigned contig, uint32_t *position, unsigned n_alleles,
                                     char *const *alleles, uint32_t *bytes);
/* The base at a place of the sequence, or of a site where there is none: 'A' 'C' 'G' 'T', 'N', or 0 where unknown. */
DTC_API char dtc_reference_base(dtc_reference *reference, unsigned contig, uint32_t position);
/* 1 where the table says of which build it is, by name or by the lengths of contigs; 0 also without a table. */
DTC_API int dtc_reference_sites_claim_build(const dtc_reference *reference);
/* How many sites the table has; 0 without one. */
DTC_API uint64_t dtc_reference_sites_count(const dtc_reference *reference);
/* REF and the ALTs of the SNV known there, upper case, without separators ("AGT"), terminated; REF alone where only the
 * sequence knows the place, 0 where nothing does. text has 5 bytes. */
DTC_API size_t dtc_reference_snv(dtc_reference *reference, unsigned contig, uint32_t position, char *text);

/* Writes a FASTA (plain or bgzip) as UCSC .2bit, with all its sequences and their lower case, into an open file that
 * can be sought and is the caller's to complete (fsync, rename). *sequences (NULL: not wanted): how many. DTC_IO_WRITE:
 * the file; DTC_REFERENCE_FILE: no FASTA that can be indexed, or it does not fit; others as dtc_reference_open(). */
DTC_API dtc_status dtc_sequence_pack(const char *fasta_path, int fd, uint64_t *sequences, dtc_diag *diag);

/* ------------------------------------------------------------------ site tables */

/* A record of a VCF or BCF without its figures. All texts are terminated and live until the next one. */
typedef struct dtc_site {
  const char *contig_name;    /* as in the file */
  uint8_t contig;             /* the dtc_contig it names, or DTC_CONTIG_NONE */
  uint32_t position;          /* 0 for VCF's telomere */
  unsigned n_alleles;         /* REF counts; 1: ALT is "." */
  const char *id;             /* names joined by ';', or "." */
  const char *const *alleles; /* REF first, as in the file */
} dtc_site;
/* Hands over the records of a VCF or BCF (plain or bgzip; a path, or a URL where htslib opens those) in its order,
 * without taking apart more of them than that. A return other than 0 of on_site ends it with DTC_STOPPED.
 * DTC_REFERENCE_FILE: the file is neither; DTC_IO_OPEN, DTC_IO_READ: it cannot be read, or is cut off. */
DTC_API dtc_status dtc_sites_read(const char *path, int (*on_site)(void *opaque, const dtc_site *site), void *opaque,
                                  dtc_diag *diag);

/* What a site table has of a contig, and says of it. */
typedef struct dtc_sites_contig {
  uint32_t snvs, indels;
  uint32_t length; /* said in its header; 0: nothing */
  char md5[33];    /* said in its header, lower case; "": nothing */
} dtc_sites_contig;
/* What a site table has, and says of itself. Lives as long as the reference; later libraries append members. */
typedef struct dtc_sites_facts {
  dtc_build build;       /* said by name; DTC_BUILD_UNKNOWN: it says none */
  int is_compiled;       /* made by dtc_reference_compile_sites() */
  uint64_t snvs, indels; /* each place counts once, whatever its ALTs */
  uint64_t listed_names; /* of indels, and of SNVs that have others than one rs number */
  dtc_sites_contig contigs[DTC_CONTIG_COUNT];
} dtc_sites_facts;
/* NULL without a table. */
DTC_API const dtc_sites_facts *dtc_reference_get_sites(dtc_reference *reference);
/* Holds the reference's table against an assembly (NULL: not wanted) as dtc_reference_open() does, and every REF of it
 * against the sequence of `bases` (NULL: not wanted; may be the same reference). Both are only borrowed for the call,
 * in which no other thread may use them. DTC_REFERENCE_FILE where it does not fit. */
DTC_API dtc_status dtc_reference_check_sites(const dtc_reference *reference, const dtc_assembly *assembly,
                                             const dtc_reference *bases, dtc_diag *diag);
/* Writes the reference's table in the form that memory holds, which opens at once, into an open file that can be sought
 * and is the caller's to complete (fsync, rename). Of this version of the library and this byte order only.
 * DTC_IO_WRITE where it fails. */
DTC_API dtc_status dtc_reference_compile_sites(const dtc_reference *reference, int fd, dtc_diag *diag);

/* ------------------------------------------------------------------ records */

/* Why a record's genotype is left out: X(number, NAME, VCF's FILTER, what the header says of it). */
#define DTC_FILTER_LIST(X)                                                                                     \
  X(0, PASS, "PASS", "All filters passed")                                                                     \
  X(1, HET_HAPLOID, "HetHaploid", "Two alleles where one is possible")                                         \
  X(2, DUP_CONFLICT, "DupConflict", "Several rows at this position disagree")                                  \
  X(3, NON_REF_HET, "NonRefHet", "Heterozygous without the reference allele and not confirmed by a site list") \
  X(4, ALLELE_MISMATCH, "AlleleMismatch", "Alleles fit the site list on neither strand")                       \
  X(5, SITE_MISMATCH, "SiteMismatch", "The marker's name belongs to another place or another kind of variant") \
  X(6, AMBIGUOUS_INDEL, "AmbiguousIndel", "I or D may mean more than one allele of the site")

typedef enum dtc_filter {
#define DTC_X(number, name, id, text) DTC_FILTER_##name = number,
  DTC_FILTER_LIST(DTC_X)
#undef DTC_X
} dtc_filter;
/* One more than the largest filter this library knows. */
DTC_API unsigned dtc_filter_count(void);
DTC_API const char *dtc_filter_id(dtc_filter filter); /* static; "" for a value that is none */

/* A marker's name, as in dtc_calls. */
typedef struct dtc_id {
  uint8_t kind; /* dtc_id_kind */
  uint32_t number;
} dtc_id;

/* INFO flags, bits. */
#define DTC_RECORD_REVLIFT 1u /* complemented by a lift to the minus strand */
#define DTC_RECORD_FLIP 2u    /* complemented to fit the site table */
#define DTC_RECORD_ALLELES_MAX 16

/* One record. It and all it points to are the conversion's and live until the next one; later libraries append members.
 */
typedef struct dtc_record {
  uint32_t position;
  uint8_t contig;                              /* dtc_contig of the output's assembly */
  uint8_t filter;                              /* dtc_filter */
  uint8_t info;                                /* DTC_RECORD_REVLIFT, DTC_RECORD_FLIP */
  uint8_t ploidy;                              /* 1 or 2: how many values GT has */
  int8_t gt[2];                                /* index into alleles, ascending; -1 missing. Not PASS: always missing */
  uint8_t n_alleles;                           /* REF counts; 1: ALT is "." */
  const char *alleles[DTC_RECORD_ALLELES_MAX]; /* upper-case text, terminated */
  uint16_t allele_bytes[DTC_RECORD_ALLELES_MAX];
  size_t n_ids; /* distinct; 0 where all names stand in an earlier record: "." */
  const dtc_id *ids;
  const char *names; /* the table's names, for DTC_ID_OTHER */
  const char *og;    /* genotypes as in the export on the target strand ("A/G,A/A"), or NULL */
  uint32_t rows;     /* rows of the export that this record holds: 1, more where rows were merged */
  /* The library's own: 0, or, where there is one name, a number that stands, for the whole run, for these alleles,
   * filter, info, og and gt. */
  uint16_t shape;
} dtc_record;
/* The record's names joined by ';', "." where it has none, with a NUL. text has DTC_RECORD_IDS_BYTES of the record.
 * Returns the length. */
#define DTC_RECORD_IDS_BYTES(record) (((record)->n_ids + 1) * (DTC_ID_TEXT_MAX + 1))
DTC_API size_t dtc_record_ids(const dtc_record *record, char *text);

/* ------------------------------------------------------------------ conversions */

/* How contigs are named in the header. */
typedef enum dtc_chr {
  DTC_CHR_AUTO = 0,  /* as the sequence does */
  DTC_CHR_YES = 1,   /* chr1 and chrM, as UCSC does */
  DTC_CHR_NO = 2,    /* 1 and MT */
  DTC_CHR_YES_MT = 3 /* chr1 and chrMT, as imputation servers do */
} dtc_chr;
#define DTC_CONTIG_NAME_BYTES 8
/* "7", "chr7", "MT", "chrM", "chrMT"; returns the length. text has DTC_CONTIG_NAME_BYTES; AUTO is as NO. */
DTC_API size_t dtc_chr_contig_name(dtc_chr chr, unsigned contig, char *text);

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
  const char *source; /* the header's ##source, as `sample`: program and version. NULL: this library's */
  int vcf_minor;      /* of VCF 4: 2 or 3; 0: 3. The records are the same */
  int threads;        /* in all, the caller's among them; 0: 1. The records are the same */
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
/* The same with a conversion that is done with: for many exports in turn, since it keeps its memory. On any status but
 * DTC_OK it can only be reopened or freed. */
DTC_API dtc_status dtc_conversion_reopen(dtc_conversion *conversion, dtc_table *table, const dtc_verdict *verdict,
                                         const dtc_conversion_options *options, dtc_diag *diag);
DTC_API void dtc_conversion_free(dtc_conversion *conversion); /* NULL is fine */
/* How its contigs are named: decided, never AUTO. */
DTC_API dtc_chr dtc_conversion_chr(const dtc_conversion *conversion);
/* Hands over each record in the output's order (contig, position, SNV before indel). DTC_OK: that were all, the sums
 * are whole. A return other than 0 of on_record ends it with DTC_STOPPED; on any other status, too, what was handed
 * over is no whole export. DTC_REFERENCE_FILE: a REF of the site table is not what the sequence has there. Once, and
 * not beside dtc_conversion_next(). */
DTC_API dtc_status dtc_conversion_run(dtc_conversion *conversion,
                                      int (*on_record)(void *opaque, const dtc_record *record), void *opaque,
                                      dtc_diag *diag);
/* The header every record belongs to, for bcf_hdr_write(). The conversion's. NULL when memory runs out. */
DTC_API struct bcf_hdr_t *dtc_conversion_header(dtc_conversion *conversion);
/* The next record, in the order of dtc_conversion_run(), into the caller's bcf_init(): packed as
 * from a file, for bcf_unpack() or bcf_write(). 1: there was one. 0: there is none left, the sums are whole. -1:
 * dtc_conversion_diag() says why, and nothing follows; what was taken until then is no whole export. */
DTC_API int dtc_conversion_next(dtc_conversion *conversion, struct bcf1_t *record);
DTC_API const dtc_diag *dtc_conversion_diag(const dtc_conversion *conversion); /* never NULL */

/* What is known of the export's strand. */
typedef enum dtc_strand {
  DTC_STRAND_UNKNOWN = 0, /* not proven: what no site table confirms was left out */
  DTC_STRAND_PLUS = 1,    /* proven */
  DTC_STRAND_SAID = 2     /* too few hets: as the vendor says; A/T and C/G were left out */
} dtc_strand;

/* The same by figures of the caller's: heterozygous calls of two letters that are not each other's complements, and
 * those of them that hold REF (strand_hets and strand_hets_with_ref of a conversion). */
DTC_API dtc_strand dtc_strand_of_hets(uint64_t hets, uint64_t hets_with_ref);

/* What became of the rows so far. Lives as long as the conversion; later libraries append members. */
typedef struct dtc_conversion_sums {
  uint64_t rows;                              /* of the table's calls */
  uint64_t records;                           /* that were made */
  uint64_t written;                           /* rows with a record of their own */
  uint64_t merged;                            /* rows in another row's record */
  uint64_t flipped;                           /* records complemented to fit the site table */
  uint64_t reverse_lifted;                    /* records complemented by a lift to the minus strand */
  uint64_t strand_hets, strand_hets_with_ref; /* what the file's strand was judged by */
  dtc_strand strand;
  uint64_t female_y_calls; /* called rows of Y in a woman's export */
  uint64_t rejected_calls; /* rejected rows that have a call, but for those that an option asked to leave out */
} dtc_conversion_sums;
DTC_API const dtc_conversion_sums *dtc_conversion_get_sums(dtc_conversion *conversion);
/* How many rows; 0 for a value that is no rejection. */
DTC_API uint64_t dtc_conversion_rejected(const dtc_conversion *conversion, dtc_rejection why);
/* How many records; 0 for a value that is no filter. */
DTC_API uint64_t dtc_conversion_filtered(const dtc_conversion *conversion, dtc_filter filter);

/* ------------------------------------------------------------------ writing */

typedef enum dtc_file_type {
  DTC_FILE_AUTO = 0,      /* dtc_file_type_of_name() */
  DTC_FILE_VCF = 1,       /* plain text; bcftools' -O v */
  DTC_FILE_VCF_BGZF = 2,  /* z */
  DTC_FILE_BCF_PLAIN = 3, /* u: for a pipe */
  DTC_FILE_BCF = 4        /* b */
} dtc_file_type;
/* VCF_BGZF for names that end in .vcf.gz or .vcf.bgz, BCF for .bcf, VCF for .vcf or no suffix; AUTO for any other. */
DTC_API dtc_file_type dtc_file_type_of_name(const char *path);
typedef enum dtc_index { DTC_INDEX_NONE = 0, DTC_INDEX_CSI = 1, DTC_INDEX_TBI = 2 } dtc_index;
/* The level where none is asked for, by what it costs: within 1.5 % of the size of bcftools' default, 6, for two thirds
 * of the time (a 23andMe v5 export, htslib 1.16, bench/README.md). */
#define DTC_LEVEL_DEFAULT 4

/* Made by dtc_writer_options_init(), then changed. */
typedef struct dtc_writer_options {
  size_t size_bytes; /* of the caller's object */
  dtc_file_type type;
  int level;         /* 0 to 9, of the types in BGZF */
  dtc_index index;   /* of the types in BGZF; TBI of VCF only */
  int threads;       /* in all, the caller's among them; the records are the same for any number */
  dtc_engine engine; /* FAST: VCF_BGZF by an encoder of our own, without level; other types by htslib */
} dtc_writer_options;
/* For bindings, as dtc_options_init_sized(). */
DTC_API void dtc_writer_options_init_sized(dtc_writer_options *options, size_t size_bytes);
static inline void dtc_writer_options_init(dtc_writer_options *options) {
  dtc_writer_options_init_sized(options, sizeof *options);
}

/* Runs a conversion that gave no record yet into a file at path, with .csi or .tbi beside it. Both stand under other
 * names in the same folder until they are whole, on the disk and read back (by htslib: each byte is compared, by a
 * CRC-32, with what was meant); then they get their names, the data first, and an older index of that name is removed
 * before. options NULL: the defaults, and CSI where the type can have an index. *bytes (NULL: not wanted): the file's
 * length. Where path is there it must be a regular file. DTC_IO_WRITE: diag->system_errno, or diag->expected, says what
 * failed. On any status but DTC_OK nothing is left behind; what a killed process leaves is called PATH.*.part. */
DTC_API dtc_status dtc_conversion_write(dtc_conversion *conversion, const char *path, const dtc_writer_options *options,
                                        uint64_t *bytes, dtc_diag *diag);

/* The same in steps, for a pipe, several files of one conversion, or names given by the caller. A writer writes one
 * file after another and keeps its threads and memory. */
typedef struct dtc_writer dtc_writer;
/* type AUTO is VCF_BGZF here. */
DTC_API dtc_status dtc_writer_new(const dtc_writer_options *options, dtc_writer **out, dtc_diag *diag);
DTC_API void dtc_writer_free(dtc_writer *writer); /* NULL is fine; gives up a file that is open */
/* "htslib" or "fast": who writes; static. */
DTC_API const char *dtc_writer_engine(const dtc_writer *writer);

/* Where a file goes. Borrowed until dtc_writer_end(). */
typedef struct dtc_target {
  int fd;                 /* of the data; stays open */
  const char *path;       /* of the same file, to read back what was written; NULL: a pipe, which cannot be */
  const char *index_path; /* of an empty file that is there; NULL where the options ask for no index */
} dtc_target;
/* Begins a file with the header of conversion, which is borrowed until dtc_writer_end(). */
DTC_API dtc_status dtc_writer_begin(dtc_writer *writer, const dtc_conversion *conversion, const dtc_target *target,
                                    dtc_diag *diag);
/* Records in the output's order. Returns 0, or -1: the file can only be given up, or ended, which tells why. A failed
 * write may be told as late as at the end. */
DTC_API int dtc_writer_add(dtc_writer *writer, const dtc_record *record);
/* Completes data and index, reads the data back. *bytes (NULL: not wanted): its length. The caller syncs, renames. */
DTC_API dtc_status dtc_writer_end(dtc_writer *writer, uint64_t *bytes, dtc_diag *diag);
/* Instead of the end: lets go of the file, whatever stands in it. */
DTC_API void dtc_writer_give_up(dtc_writer *writer);

#ifdef __cplusplus
}
#endif
#endif
