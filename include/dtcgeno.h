/* dtcgeno.h - raw genotype exports of direct-to-consumer tests, identified, validated and normalised.
 *
 * This header is the manual of libdtcgeno. Three ways in:
 *
 *   dtc_validate_path()     a verdict: may this upload be accepted? Constant memory.
 *   dtc_table_load_path()   the genotype table of an export, and the verdict beside it.
 *   dtc_reader_feed()       a push parser without I/O: bytes in pieces of any size, calls out in batches.
 *
 * Conventions that hold everywhere
 *   Errors      Functions that can fail return dtc_status; DTC_OK is 0. Where a dtc_diag is taken (NULL allowed)
 *               it is filled once, by the lowest layer that knew, when the status is not DTC_OK.
 *   Ownership   Whoever gets an object from a _new/_load function frees it with the matching _free, which takes NULL.
 *               Pointers inside results belong to the object they came from and live as long as it does.
 *   NULL        Pointers must not be NULL unless the function says so.
 *   Threads     No globals are written. A handle is used by one thread at a time; different handles are independent.
 *               Constant objects (assemblies, a table nobody sorts) may be read by many threads.
 *   Positions   are 1-based; 0 means "not placed". Sizes in bytes end in _bytes.
 *   Text        is not terminated unless a char array says so. Nothing here depends on the locale.
 *   Growth      A program built against this header runs with every later library of the same soname. Numbers of
 *               enumerators stay; lists grow at their ends, so a switch over a status or a warning needs a default.
 *               Objects the library makes are opaque or reached by pointer; those the caller makes carry their size
 *               (dtc_options) or room (reserved_ members: zero, and never used).
 */
#ifndef DTCGENO_H
#define DTCGENO_H

#include <stddef.h>
#include <stdint.h>

#include "dtcgeno-lists.h"

#ifdef __cplusplus
extern "C" {
#endif

#if defined __GNUC__
#define DTC_API __attribute__((visibility("default")))
#else
#define DTC_API
#endif

/* The header's version. A release that adds raises MINOR; one that breaks programs raises the soname as well. */
#define DTC_VERSION_MAJOR 0
#define DTC_VERSION_MINOR 1
#define DTC_VERSION_PATCH 0
#define DTC_VERSION "0.1.0"
/* For #if: major * 1,000,000 + minor * 1,000 + patch. */
#define DTC_VERSION_NUMBER (DTC_VERSION_MAJOR * 1000000 + DTC_VERSION_MINOR * 1000 + DTC_VERSION_PATCH)
/* The library's version, which may be later than the header's: the text is static. */
DTC_API const char *dtc_version(void);
DTC_API unsigned dtc_version_number(void);
/* Of a library beneath, as it is loaded: "libzip", "zlib"; static, NULL for any other name. */
DTC_API const char *dtc_library_version(const char *library);

/* ------------------------------------------------------------------ status */

/* What kind of trouble a status is. Tools exit 1 for INPUT and LIMIT, 3 for IO and INTERNAL. */
typedef enum dtc_class {
  DTC_CLASS_OK = 0,
  DTC_CLASS_INPUT = 1,   /* the file is not what we accept; trying again changes nothing */
  DTC_CLASS_LIMIT = 2,   /* the file is over a limit the caller set */
  DTC_CLASS_IO = 3,      /* the system failed to read or write; retry makes sense */
  DTC_CLASS_INTERNAL = 4 /* memory, wrong arguments, our own fault */
} dtc_class;

/* The coarse, stable word of a refusal: DTC_REASON_LIST. */
typedef enum dtc_reason {
#define DTC_X(number, name, slug, advice) DTC_REASON_##name = number,
  DTC_REASON_LIST(DTC_X)
#undef DTC_X
} dtc_reason;

/* Every status: DTC_STATUS_LIST. */
typedef enum dtc_status {
#define DTC_X(number, name, slug, class_, reason, text) DTC_##name = number,
  DTC_STATUS_LIST(DTC_X)
#undef DTC_X
} dtc_status;

/* One more than the largest status this library knows: newer ones than the header's may be there. */
DTC_API unsigned dtc_status_count(void);
DTC_API unsigned dtc_reason_count(void);
/* They return static text; any value outside the enum gives that of DTC_INTERNAL. */
DTC_API const char *dtc_status_slug(dtc_status status);
DTC_API const char *dtc_status_text(dtc_status status);
DTC_API dtc_class dtc_status_class(dtc_status status);
DTC_API dtc_reason dtc_status_reason(dtc_status status);
/* What a person can do about it; the same for most statuses of one reason. */
DTC_API const char *dtc_status_advice(dtc_status status);
DTC_API const char *dtc_reason_slug(dtc_reason reason);
DTC_API const char *dtc_reason_advice(dtc_reason reason);

/* Where and why something failed. line and column are 1-based, 0 where they mean nothing; byte counts from 0 in the
 * unpacked text, or in the file for archive trouble. expected holds plain words ("4 columns, found 3") and never text
 * of the input: it may be logged. It ends in NUL. system_errno is 0 unless a system call failed. */
typedef struct dtc_diag {
  dtc_status status;
  uint64_t line;
  uint64_t column;
  uint64_t byte;
  int system_errno;
  char expected[160];
  uint64_t reserved_[4];
} dtc_diag;

/* ------------------------------------------------------------------ memory, limits, options */

/* Where memory comes from; it never gets further members. resize(opaque, NULL, n) allocates, release(opaque, NULL) does
 * nothing. A failed resize leaves the old block. Both are called from the thread that calls the library. libzip and
 * zlib use malloc. */
typedef struct dtc_allocator {
  void *(*resize)(void *opaque, void *block, size_t size_bytes);
  void (*release)(void *opaque, void *block);
  void *opaque;
} dtc_allocator;

/* Every limit of the design's validation page. dtc_options_init() sets the figures in the comments. */
typedef struct dtc_limits {
  uint64_t file_bytes;       /* 26,214,400: 25 MB, inclusive */
  uint64_t unpacked_bytes;   /* 268,435,456: 256 MiB */
  uint64_t ratio;            /* 50: unpacked / packed once beyond ratio_from_bytes; real exports have 2.6-3.4 */
  uint64_t ratio_from_bytes; /* 67,108,864: 64 MiB */
  uint64_t rows_max;         /* 5,000,000 */
  uint64_t rows_min;         /* 10,000 for DTC_POLICY_REFUSE, 1 for DTC_POLICY_REJECT */
  uint32_t entries;          /* 8 entries in an archive */
  uint32_t directory_bytes;  /* 65,536 */
  uint32_t name_bytes;       /* 512 */
  uint32_t comment_bytes;    /* 1,024 */
  uint32_t line_bytes;       /* 1,000, without the line end */
  uint32_t header_lines;     /* 100 */
  uint64_t reserved_[8];
} dtc_limits;

/* What a fault in the meaning of one row does. A fault of structure refuses the file under both. */
typedef enum dtc_policy {
  DTC_POLICY_REFUSE = 0, /* the file is refused: an upload server's rule */
  DTC_POLICY_REJECT = 1  /* the row is handed to the sink's on_reject and counted: a converter's rule */
} dtc_policy;

/* What the bytes may be. */
typedef enum dtc_container {
  DTC_CONTAINER_ZIP = 0, /* the vendor's zip and nothing else */
  DTC_CONTAINER_ANY = 1  /* the zip, the bare text, or the text in gzip */
} dtc_container;

typedef enum dtc_strictness {
  DTC_FRIENDLY = 0, /* what people commonly do to a download (re-zip, old build, ...) is accepted with a warning */
  DTC_STRICT = 1    /* each warning that names a change to the file is a refusal */
} dtc_strictness;

typedef struct dtc_assemblies dtc_assemblies; /* see "genome" below */

/* Who inflates zip and gzip. Both accept the same files and give the same bytes. */
typedef enum dtc_engine {
  DTC_ENGINE_ZLIB = 0, /* zlib, the world's most used and most attacked inflater */
  DTC_ENGINE_FAST = 1  /* our own, for less than half of the time */
} dtc_engine;

/* Made by dtc_options_init(), then changed by the caller. A later library takes an older program's shorter options,
 * with the defaults for what they lack; an older library takes longer ones only where what it does not know is zero. */
typedef struct dtc_options {
  size_t size_bytes; /* of the caller's object; dtc_options_init() sets it */
  dtc_policy policy;
  dtc_container container;
  dtc_strictness strictness;
  dtc_limits limits;
  const dtc_assemblies *assemblies; /* NULL: the built-in ones. Borrowed; must outlive every handle made with it */
  dtc_allocator allocator;          /* all NULL: malloc */
  dtc_engine engine;
} dtc_options;

/* Fills in the defaults of a policy: REFUSE comes with CONTAINER_ZIP, REJECT with CONTAINER_ANY. For bindings, which
 * give the size of the object they know; nothing is written behind it. */
DTC_API void dtc_options_init_sized(dtc_options *options, size_t size_bytes, dtc_policy policy);
static inline void dtc_options_init(dtc_options *options, dtc_policy policy) {
  dtc_options_init_sized(options, sizeof *options, policy);
}

/* ------------------------------------------------------------------ genome */

/* The primary contigs, in the order of every output. */
typedef enum dtc_contig {
  DTC_CONTIG_NONE = 0, /* "0": the vendor could not place the marker */
  /* 1..22 are the autosomes */
  DTC_CONTIG_X = 23,
  DTC_CONTIG_Y = 24,
  DTC_CONTIG_MT = 25,
  DTC_CONTIG_COUNT = 26,
  /* a label of the exports, not a contig: pseudo-autosomal, written in Y coordinates (AncestryDNA's 25) */
  DTC_LABEL_PAR_ON_Y = 26,
  DTC_LABEL_COUNT = 27
} dtc_contig;

/* The genome builds: DTC_BUILD_LIST. */
typedef enum dtc_build {
#define DTC_X(number, name, text, ucsc, version) DTC_BUILD_##name = number,
  DTC_BUILD_LIST(DTC_X)
#undef DTC_X
} dtc_build;
/* One more than the largest build this library knows. */
DTC_API unsigned dtc_build_count(void);
DTC_API const char *dtc_build_name(dtc_build build); /* "unknown", "NCBI36", "GRCh37", "GRCh38"; static */
DTC_API const char *dtc_build_ucsc(dtc_build build); /* "hg18", "hg19", "hg38"; "" for UNKNOWN; static */
DTC_API unsigned dtc_build_version(dtc_build build); /* 36, 37, 38; 0 for UNKNOWN */
/* "36", "b36", "NCBI36", "hg18", and so on, in any case; else UNKNOWN. */
DTC_API dtc_build dtc_build_parse(const char *name);
/* "1".."22", "X", "Y", "MT", "XY" for DTC_LABEL_PAR_ON_Y; "0" for NONE and anything else; static. */
DTC_API const char *dtc_contig_name(unsigned contig);
/* Takes names with and without "chr", M and MT, and RefSeq's accessions; DTC_CONTIG_NONE for anything else. */
DTC_API unsigned dtc_contig_parse(const char *name, size_t length);
/* The contig of a RefSeq accession ("NC_000001.10"), or DTC_CONTIG_NONE. *build: the assembly that has this version of
 * it; DTC_BUILD_UNKNOWN for rCRS (NC_012920.1), which two of them have. */
DTC_API unsigned dtc_accession_parse(const char *name, size_t length, dtc_build *build);

/* A pseudo-autosomal region; from and to are 1-based and inclusive, to 0 where there is none. The same length on both.
 */
typedef struct dtc_par {
  uint32_t x_from, x_to, y_from, y_to;
} dtc_par;

/* One assembly. length 0 means the contig is not part of it. md5 is 32 lower-case hex digits of the upper-case
 * sequence (SAM specification, M5) and NUL; empty where unknown. */
typedef struct dtc_assembly {
  dtc_build build;
  uint32_t length[DTC_CONTIG_COUNT];
  char md5[DTC_CONTIG_COUNT][33];
  dtc_par par[2]; /* PAR1, PAR2 */
} dtc_assembly;

/* The three built-in assemblies; static, constant. Their md5 are those of the 1000 Genomes Project's reference files,
 * with the PARs of Y masked: another distribution of the same assembly may differ in single contigs. */
DTC_API const dtc_assemblies *dtc_assemblies_builtin(void);
/* Reads a file of `NAME contig CONTIG LENGTH MD5` and `NAME PAR1|PAR2 X:from-to Y:from-to` lines, tab-separated, '#'
 * comments. An assembly named in the file replaces the built-in one of that name whole. allocator may be NULL. */
DTC_API dtc_status dtc_assemblies_load_path(const char *path, const dtc_allocator *allocator, dtc_assemblies **out,
                                            dtc_diag *diag);
DTC_API void dtc_assemblies_free(dtc_assemblies *assemblies); /* never the built-in ones */
/* NULL for DTC_BUILD_UNKNOWN or an assembly that is not there. Lives as long as the set. */
DTC_API const dtc_assembly *dtc_assemblies_get(const dtc_assemblies *assemblies, dtc_build build);

/* Moves a position into X coordinates where it lies in a PAR: from DTC_LABEL_PAR_ON_Y or DTC_CONTIG_Y. Returns 1 when
 * the position (moved or already on X) is pseudo-autosomal, else 0. A PAR_ON_Y label outside both PARs keeps its label
 * and returns 0: the row cannot be placed. */
DTC_API int dtc_assembly_to_x(const dtc_assembly *assembly, unsigned *contig, uint32_t *position);

/* Which coordinates a file's DTC_LABEL_PAR_ON_Y rows have: those of Y, as AncestryDNA's V2 is known to write them, or
 * those of X, which other files were seen with. Decided by the file's own positions: see dtc_verdict.par_frame. */
typedef enum dtc_par_frame {
  DTC_PAR_FRAME_UNKNOWN = 0,
  DTC_PAR_FRAME_Y = 1,
  DTC_PAR_FRAME_X = 2,
  DTC_PAR_FRAME_MIXED = 3 /* some rows can only be in the one, some only in the other */
} dtc_par_frame;
/* Moves a DTC_LABEL_PAR_ON_Y position into X coordinates: by what it can be alone (in a PAR of one of the two only, or
 * beyond Y's end), else by the file's frame. Returns 1: pseudo-autosomal; 0: on X outside the PARs; -1: nothing
 * decides, *position stays. */
DTC_API int dtc_assembly_place_par(const dtc_assembly *assembly, dtc_par_frame frame, uint32_t *position);

/* Liftover through UCSC chain files, plain or gzip. */
typedef struct dtc_liftover dtc_liftover;
typedef enum dtc_lift {
  DTC_LIFT_OK = 0,
  DTC_LIFT_UNMAPPED = 1,
  DTC_LIFT_OTHER_CONTIG = 2,
  DTC_LIFT_AMBIGUOUS = 3
} dtc_lift;
typedef struct dtc_lifted {
  unsigned contig;
  uint32_t position;
  int minus; /* 1: the block is reversed, alleles must be complemented */
} dtc_lifted;
/* from and to must outlive nothing: their figures are copied. Chains between contigs of other lengths than from's and
 * to's are refused: the file is for other builds, or for the other direction. MT is mapped by identity where both sides
 * have the same length, through the chain only where the chain's own MT lengths are those of from and to, and is
 * unmapped otherwise. allocator may be NULL. */
DTC_API dtc_status dtc_liftover_load_path(const char *path, const dtc_assembly *from, const dtc_assembly *to,
                                          const dtc_allocator *allocator, dtc_liftover **out, dtc_diag *diag);
DTC_API void dtc_liftover_free(dtc_liftover *liftover);
/* The chain of highest score decides; among equal ones a primary contig before any other, then the longer chain, then
 * the file's order. OTHER_CONTIG: it leads to a contig that is not of dtc_contig. Constant; many threads may call it.
 */
DTC_API dtc_lift dtc_liftover_map(const dtc_liftover *liftover, unsigned contig, uint32_t position, dtc_lifted *out);

/* ------------------------------------------------------------------ calls */

/* Alleles as the export writes them, on the strand the vendor claims (plus). */
typedef enum dtc_allele {
  DTC_ALLELE_NONE = 0, /* no second letter: the vendor wrote one */
  DTC_ALLELE_A = 1,
  DTC_ALLELE_C = 2,
  DTC_ALLELE_G = 3,
  DTC_ALLELE_T = 4,
  DTC_ALLELE_I = 5, /* insertion: the longer of the two sequences at the marker, not named by the file */
  DTC_ALLELE_D = 6, /* deletion: the shorter */
  DTC_ALLELE_MISSING = 7
} dtc_allele;
DTC_API char dtc_allele_letter(unsigned allele); /* "\0ACGTID-" [allele] */

/* A genotype in one byte: first allele in the low nibble, second in the high one, order as written. */
#define DTC_GENOTYPE(first, second) ((uint8_t)((first) | (second) << 4))
#define DTC_GENOTYPE_FIRST(genotype) ((unsigned)(genotype)&15u)
#define DTC_GENOTYPE_SECOND(genotype) ((unsigned)(genotype) >> 4)
/* A no-call: both alleles missing, or one missing letter. Half calls never leave the parser. */
#define DTC_GENOTYPE_IS_NO_CALL(genotype) (DTC_GENOTYPE_FIRST(genotype) == DTC_ALLELE_MISSING)
/* The macros as functions, for bindings. */
DTC_API uint8_t dtc_genotype_make(unsigned first, unsigned second);
DTC_API unsigned dtc_genotype_first(uint8_t genotype);
DTC_API unsigned dtc_genotype_second(uint8_t genotype);
DTC_API int dtc_genotype_is_no_call(uint8_t genotype);

/* A marker's name: a prefix and a number that together spell it exactly, or an offset into names. */
typedef enum dtc_id_kind {
  DTC_ID_RS = 0,   /* rs<number> */
  DTC_ID_I = 1,    /* i<number>: 23andMe's internal names */
  DTC_ID_VGXS = 2, /* VGXS<number>: AncestryDNA's */
  DTC_ID_OTHER = 3 /* number is an offset into names: one length byte, then that many bytes */
} dtc_id_kind;
#define DTC_ID_TEXT_MAX 64 /* a name is never longer than this, NUL not counted */

/* A batch of calls as columns, each of count entries. Inside a sink the columns live until it returns. */
typedef struct dtc_calls {
  size_t count;
  const uint32_t *position; /* as written; 0 only together with contig NONE */
  const uint32_t *id_number;
  const uint8_t *id_kind;  /* dtc_id_kind */
  const uint8_t *contig;   /* dtc_contig or DTC_LABEL_PAR_ON_Y, as labelled */
  const uint8_t *genotype; /* DTC_GENOTYPE */
  const uint32_t *line;    /* 1-based line in the text */
  const char *names;       /* NULL where no id_kind is OTHER */
} dtc_calls;
/* Spells the name of row i with a NUL; text has DTC_ID_TEXT_MAX + 1 bytes. Returns the length. */
DTC_API size_t dtc_calls_id(const dtc_calls *calls, size_t i, char *text);

/* A row that DTC_POLICY_REJECT keeps out of the calls; the texts are the row's own fields, not terminated. Where the
 * alleles have two columns, genotype is both with '/' between them. */
typedef struct dtc_reject {
  dtc_status why; /* POSITION_MISSING, CHROMOSOME_INVALID or ALLELE_INVALID */
  uint64_t line;
  const char *id, *chromosome, *position, *genotype;
  uint8_t id_bytes, chromosome_bytes, position_bytes, genotype_bytes; /* longer fields are cut to 255 */
} dtc_reject;

/* Where calls go. Either function may be NULL. A return other than 0 stops the reader with DTC_STOPPED. */
typedef struct dtc_sink {
  int (*on_calls)(void *opaque, const dtc_calls *calls);
  int (*on_reject)(void *opaque, const dtc_reject *reject);
  void *opaque;
  void *reserved_[4];
} dtc_sink;

/* ------------------------------------------------------------------ verdict */

/* What a file is accepted with: DTC_WARNING_LIST. */
typedef enum dtc_warning {
#define DTC_X(number, name, slug, strict, text) DTC_WARNING_##name = number,
  DTC_WARNING_LIST(DTC_X)
#undef DTC_X
} dtc_warning;
/* One more than the largest warning this library knows. */
DTC_API unsigned dtc_warning_count(void);
/* Static; "" for a value that is none. */
DTC_API const char *dtc_warning_slug(dtc_warning warning);
DTC_API const char *dtc_warning_text(dtc_warning warning);

typedef enum dtc_sex { DTC_SEX_UNDETERMINED = 0, DTC_SEX_MALE = 1, DTC_SEX_FEMALE = 2 } dtc_sex;
DTC_API const char *dtc_sex_name(dtc_sex sex);

/* Rows of one label. */
typedef struct dtc_contig_stats {
  uint64_t rows, called, heterozygous;
} dtc_contig_stats;

/* All that is known of an export. Opaque; one verdict serves any number of files in turn. */
typedef struct dtc_verdict dtc_verdict;
/* A verdict that nothing has filled: its status is DTC_INTERNAL, never that of an accepted file. allocator may be NULL.
 * NULL when memory runs out, which every function below and every function that fills a verdict takes. */
DTC_API dtc_verdict *dtc_verdict_new(const dtc_allocator *allocator);
DTC_API void dtc_verdict_free(dtc_verdict *verdict); /* NULL is fine */
/* What a caller found beyond the library: another status, with its diag (NULL: none); all else stays. */
DTC_API void dtc_verdict_set_status(dtc_verdict *verdict, dtc_status status, const dtc_diag *diag);

/* Getters. Texts are static; pointers live until the verdict is filled again or freed. */
DTC_API dtc_status dtc_verdict_status(const dtc_verdict *verdict);    /* DTC_OK: accepted */
DTC_API const dtc_diag *dtc_verdict_diag(const dtc_verdict *verdict); /* never NULL */
/* "23andme", ..., a foreign vendor's name (that is the reason of the refusal then), or NULL. */
DTC_API const char *dtc_verdict_vendor(const dtc_verdict *verdict);
DTC_API const char *dtc_verdict_vendor_title(const dtc_verdict *verdict); /* "23andMe", ...; NULL with the vendor */
DTC_API const char *dtc_verdict_format(const dtc_verdict *verdict);       /* "23andme-2019", ...; NULL where unknown */
DTC_API const char *dtc_verdict_array(const dtc_verdict *verdict); /* "v5", "V2.0", "GSA", ...; NULL where unknown */
DTC_API dtc_build dtc_verdict_build(const dtc_verdict *verdict);   /* decided: header and markers; else UNKNOWN */
DTC_API dtc_build dtc_verdict_build_header(const dtc_verdict *verdict); /* claimed */
/* Anchor markers that stand where this build has them; 0 for a value that is no build. */
DTC_API uint64_t dtc_verdict_build_markers(const dtc_verdict *verdict, dtc_build build);
DTC_API dtc_sex dtc_verdict_sex(const dtc_verdict *verdict);
/* Shares from 0 to 1, of called X rows and of Y rows outside the PARs; negative where there are none. */
DTC_API double dtc_verdict_x_het_share(const dtc_verdict *verdict);
DTC_API double dtc_verdict_y_call_share(const dtc_verdict *verdict);
/* X rows outside the PARs with one letter: 23andMe writes them for men only. */
DTC_API uint64_t dtc_verdict_x_one_letter(const dtc_verdict *verdict);
DTC_API uint64_t dtc_verdict_rows(const dtc_verdict *verdict);     /* data rows of the file, rejected ones too */
DTC_API uint64_t dtc_verdict_rejected(const dtc_verdict *verdict); /* DTC_POLICY_REJECT only */
DTC_API uint64_t dtc_verdict_called(const dtc_verdict *verdict);
DTC_API uint64_t dtc_verdict_no_calls(const dtc_verdict *verdict);
DTC_API uint64_t dtc_verdict_heterozygous(const dtc_verdict *verdict);
DTC_API uint64_t dtc_verdict_indels(const dtc_verdict *verdict);
/* Rows that repeat the position before them. */
DTC_API uint64_t dtc_verdict_duplicate_positions(const dtc_verdict *verdict);
/* label: a dtc_contig or DTC_LABEL_PAR_ON_Y. Never NULL; zeros for anything else. */
DTC_API const dtc_contig_stats *dtc_verdict_contig(const dtc_verdict *verdict, unsigned label);
/* The contigs that every whole export of its vendor has and this one has no row of, with X and Y where they lack
 * besides: "8-22, X, Y, MT"; "" where none lacks, also where the end of the last one does. Like snprintf. */
DTC_API size_t dtc_verdict_missing(const dtc_verdict *verdict, char *text, size_t size_bytes);
/* How often; 0 for never and for a value that is no warning. */
DTC_API uint64_t dtc_verdict_warnings(const dtc_verdict *verdict, dtc_warning warning);
DTC_API uint64_t dtc_verdict_file_bytes(const dtc_verdict *verdict);
DTC_API uint64_t dtc_verdict_unpacked_bytes(const dtc_verdict *verdict);
/* How many X the calls show: 1 or 2; 0: they do not tell. */
DTC_API unsigned dtc_verdict_x_copies(const dtc_verdict *verdict);
/* Whether there is a Y: 1 or 0; negative: too few Y rows, or they do not tell. */
DTC_API int dtc_verdict_y_present(const dtc_verdict *verdict);
/* Of the rows labelled DTC_LABEL_PAR_ON_Y; UNKNOWN also where there are none. */
DTC_API dtc_par_frame dtc_verdict_par_frame(const dtc_verdict *verdict);
/* What a caller found beyond the library, as a warning with its count. */
DTC_API void dtc_verdict_set_warning(dtc_verdict *verdict, dtc_warning warning, uint64_t count);

/* Writes the verdict as one line of JSON without a line end (keys: the interface contract, schema 1). Returns the bytes
 * it needs, NUL not counted, as snprintf does; writes at most size_bytes with the NUL. */
DTC_API size_t dtc_verdict_json(const dtc_verdict *verdict, char *text, size_t size_bytes);
/* The readable line without the file's name: "accepted: ..." or "refused: <reason> (<code>): what to do". Like
 * snprintf. */
DTC_API size_t dtc_verdict_line(const dtc_verdict *verdict, char *text, size_t size_bytes);

/* ------------------------------------------------------------------ identify, validate */

/* Here and below: options may be NULL, the defaults of DTC_POLICY_REFUSE (of DTC_POLICY_REJECT where a table is
 * loaded); verdict may be NULL where the status is enough. Options of a size that no library had give
 * DTC_INVALID_ARGUMENT.
 *
 * Identifies a vendor from the first bytes of an export's text (the header at least). The verdict's vendor, format,
 * array and build_header are filled; status is what the header alone gives. */
DTC_API dtc_status dtc_identify(const void *text, size_t length_bytes, const dtc_options *options,
                                dtc_verdict *verdict);

/* The verdict of a file. Returns its status. Memory does not grow with the file, except that a descriptor which
 * cannot seek is read into memory up to limits.file_bytes. fd is not closed and its offset is not used or moved where
 * it can seek. */
DTC_API dtc_status dtc_validate_path(const char *path, const dtc_options *options, dtc_verdict *verdict);
DTC_API dtc_status dtc_validate_fd(int fd, const dtc_options *options, dtc_verdict *verdict);
DTC_API dtc_status dtc_validate_memory(const void *bytes, size_t length_bytes, const dtc_options *options,
                                       dtc_verdict *verdict);

/* The push parser over the text of an export. options and sink are copied; sink may be NULL. */
typedef struct dtc_reader dtc_reader;
DTC_API dtc_status dtc_reader_new(const dtc_options *options, const dtc_sink *sink, dtc_reader **out);
DTC_API void dtc_reader_free(dtc_reader *reader);
/* Takes any number of bytes, cut anywhere: of the text, not of its archive (DTC_TEXT_IS_ARCHIVE). The first error is
 * kept: every later call returns it again. */
DTC_API dtc_status dtc_reader_feed(dtc_reader *reader, const void *bytes, size_t length_bytes);
/* The end of the text. Decides; fills verdict (NULL allowed) whether the text was accepted or not. */
DTC_API dtc_status dtc_reader_finish(dtc_reader *reader, dtc_verdict *verdict);

/* ------------------------------------------------------------------ the genotype table */

typedef struct dtc_table dtc_table;
/* On any status but DTC_OK *out is NULL and the verdict says why. */
DTC_API dtc_status dtc_table_load_path(const char *path, const dtc_options *options, dtc_table **out,
                                       dtc_verdict *verdict);
DTC_API dtc_status dtc_table_load_fd(int fd, const dtc_options *options, dtc_table **out, dtc_verdict *verdict);
DTC_API dtc_status dtc_table_load_memory(const void *bytes, size_t length_bytes, const dtc_options *options,
                                         dtc_table **out, dtc_verdict *verdict);
/* The same into a table that is done with, whose rows are forgotten: for many exports in turn, since it keeps its
 * memory (the largest export's so far, in its own allocator). On any status but DTC_OK the table is empty; it is the
 * caller's in any case. */
DTC_API dtc_status dtc_table_reload_path(const char *path, const dtc_options *options, dtc_table *table,
                                         dtc_verdict *verdict);
DTC_API dtc_status dtc_table_reload_fd(int fd, const dtc_options *options, dtc_table *table, dtc_verdict *verdict);
DTC_API dtc_status dtc_table_reload_memory(const void *bytes, size_t length_bytes, const dtc_options *options,
                                           dtc_table *table, dtc_verdict *verdict);
DTC_API void dtc_table_free(dtc_table *table); /* NULL is fine */
/* The rows as columns, in the file's order until dtc_table_sort(). Valid until the table is sorted, reloaded or freed.
 */
DTC_API const dtc_calls *dtc_table_calls(const dtc_table *table);
/* Rows that were rejected while reading, in the file's order. NULL beyond the last. Lives until the table is reloaded
 * or freed. */
DTC_API const dtc_reject *dtc_table_reject(const dtc_table *table, size_t i);
/* Sorts by contig and position; rows of equal position keep the file's order. PAR_ON_Y rows stand behind MT. */
DTC_API dtc_status dtc_table_sort(dtc_table *table);
/* Makes dtc_table_find_id() as fast as a search in a sorted list: 4 bytes a row, until the table is sorted, reloaded or
 * freed. */
DTC_API dtc_status dtc_table_index_ids(dtc_table *table);
/* Index of the first row of that name ("rs123"), or SIZE_MAX. Linear without dtc_table_index_ids(). */
DTC_API size_t dtc_table_find_id(const dtc_table *table, const char *id);
/* Index of the first row at that place, or SIZE_MAX. Binary on a sorted table, else linear. */
DTC_API size_t dtc_table_find_position(const dtc_table *table, unsigned contig, uint32_t position);

/* ------------------------------------------------------------------ vendors */

/* A vendor whose exports are taken: for pages, help texts and manuals. Static; later libraries append members. */
typedef struct dtc_vendor {
  const char *name;         /* "23andme": the verdict's vendor */
  const char *title;        /* "23andMe": for people */
  const char *suffix;       /* ".zip": of the download; what a file chooser should offer */
  const char *text_suffix;  /* ".txt", ".csv": of the one member inside */
  const char *url;          /* where a person begins to download it */
  const char *const *steps; /* how to get the file, a sentence each, in English; NULL ends them */
} dtc_vendor;
DTC_API unsigned dtc_vendor_count(void);
/* In the order of every page; NULL from dtc_vendor_count() on. */
DTC_API const dtc_vendor *dtc_vendor_at(unsigned i);
/* NULL for a name that is none of ours, and for NULL. */
DTC_API const dtc_vendor *dtc_vendor_find(const char *name);
/* How this vendor writes a label: AncestryDNA's "23" for X, "25" for PAR_ON_Y, ...; static. vendor: its name. "?" for a
 * label this vendor does not write. */
DTC_API const char *dtc_vendor_label(const char *vendor, unsigned label);
/* 1 where this vendor writes a deletion at its last base, as 23andMe does; 0 where at its first. */
DTC_API int dtc_vendor_deletion_at_last(const char *vendor);
/* A marker that exports are known to have at a wrong place. */
typedef struct dtc_misplaced {
  uint32_t rs;       /* its rs number; 0 ends a list */
  uint8_t written;   /* the contig where those exports have it */
  uint8_t contig;    /* where it belongs, */
  uint32_t position; /* in every build */
} dtc_misplaced;
/* Those of a vendor, by its name; static, empty for a name that is none of ours, never NULL. */
DTC_API const dtc_misplaced *dtc_vendor_misplaced(const char *vendor);

#ifdef __cplusplus
}
#endif
#endif
