/* parser.h - the push parser without I/O: bytes in, batches of calls out. Lines, the vendor that claims the header,
 * rows, and the rules across rows. dtc_reader is this and the quality figures (lib/quality). */
#ifndef DTC_TABLE_PARSER_H
#define DTC_TABLE_PARSER_H

#include <dtcgeno.h>

/* What the header told; texts are static. */
typedef struct parser_header {
  const char *vendor; /* slug */
  const char *vendor_title;
  const char *format; /* NULL where the wording is new */
  const char *array;  /* NULL where the header does not say */
  dtc_build build;    /* DTC_BUILD_UNKNOWN where the header does not say */
  int wording_known;
  unsigned unknown_lines;                  /* of a wording that is new */
  unsigned unknown_words;                  /* versions and chips that are new */
  int lookalike;                           /* carries a known mark of a program that forges this header */
  int is_sequenced;                        /* no array */
  uint32_t always, always_unphased, alone; /* as in the vendor */
} parser_header;

/* Rules across rows, counted. */
typedef struct parser_totals {
  uint64_t rows, rejected;
  uint64_t unsorted; /* rows before their predecessor */
  uint64_t unplaced;
  uint64_t unknown_names, unknown_chromosomes, repeated_separators; /* rows: see row_drift */
  int no_final_line_end;
  int is_phased;
  uint64_t duplicate_rows, duplicate_positions, duplicate_conflicts;
} parser_totals;

/* Like dtc_sink, and told once when the header is complete, before the first call. */
typedef struct parser_sink {
  dtc_status (*on_header)(void *opaque, const parser_header *header); /* may be NULL */
  dtc_status (*on_calls)(void *opaque, const dtc_calls *calls);       /* may be NULL */
  dtc_status (*on_reject)(void *opaque, const dtc_reject *reject);    /* may be NULL */
  void *opaque;
} parser_sink;

typedef struct parser parser;

/* options are copied. NULL only when memory runs out. */
parser *parser_new(const dtc_options *options, const parser_sink *sink);
void parser_free(parser *p);
/* The first status other than DTC_OK is kept and returned ever after. */
dtc_status parser_feed(parser *p, const void *bytes, size_t length_bytes);
/* The end: last line complete, header seen, enough rows; delivers what is still held. */
dtc_status parser_finish(parser *p);

/* NULL until the header is complete. A foreign vendor's header is never complete: see parser_foreign. */
const parser_header *parser_get_header(const parser *p);
/* Slug and title of a recognised vendor we do not support, or NULL. */
const char *parser_foreign(const parser *p, const char **title);
const parser_totals *parser_get_totals(const parser *p);
const dtc_diag *parser_get_diag(const parser *p);

#endif
