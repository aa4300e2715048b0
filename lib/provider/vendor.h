/* vendor.h - the vendors: who wrote this header, and how its rows look. Names of vendors appear in this folder only.
 *
 * A new vendor is one file with a `vendor` in it, one word in VENDOR_LIST, one in local.mk, one folder of test
 * data: see README.md. Everything here is constant. */
#ifndef DTC_VENDOR_VENDOR_H
#define DTC_VENDOR_VENDOR_H

#include "provider/header.h"

#include <dtcgeno.h>

/* How a row is laid out. The scanner has one loop for each. */
typedef enum vendor_shape {
  VENDOR_TAB_GENOTYPE,   /* id TAB chromosome TAB position TAB genotype */
  VENDOR_TAB_ALLELES,    /* id TAB chromosome TAB position TAB allele TAB allele */
  VENDOR_QUOTED_GENOTYPE /* "id","chromosome","position","genotype" */
} vendor_shape;

typedef struct vendor vendor;

/* What a vendor read in its header. Texts are static. */
typedef struct vendor_match {
  const vendor *vendor;
  vendor_shape shape;
  const char *format; /* NULL where the wording is new */
  const char *array;  /* NULL where the header does not say */
  dtc_build build;
  int wording_known;
  unsigned unknown_lines; /* of a wording that is not known */
  unsigned unknown_words; /* versions and chips that were never seen; they leave the wording a known one */
  int lookalike;          /* a constant date that a known program puts into the headers it forges */
  int is_sequenced;       /* no array: every site may be called */
} vendor_match;

/* An array that the vendor's headers do not name, known by what an export of it holds (quality/array.c). All of them
 * carry internal ids and mitochondrial rows, which no export of the other arrays has together. */
enum { VENDOR_ARRAY_BUILDS = 3 };
typedef struct vendor_array {
  const char *name;                             /* NULL ends a list */
  uint32_t first_rs;                            /* the array's first row, 0 where it is not known */
  uint32_t first_position[VENDOR_ARRAY_BUILDS]; /* by build, from NCBI36 on; 0 where it was never seen */
  uint64_t rows_from, rows_to;
  uint64_t mt_from, mt_to;
} vendor_array;

struct vendor {
  dtc_vendor facts;  /* for people: dtcgeno.h */
  const char *maker; /* what its own sentences call it, in small letters: the beginning of a word */
  /* How each label is written, NULL for those this vendor does not write. "0" stands for DTC_CONTIG_NONE everywhere. */
  const char *labels[DTC_LABEL_COUNT];
  /* The labels in the order of the vendor's rows; 0 ends the list. */
  uint8_t order[DTC_LABEL_COUNT];
  /* Bit 1 << label. Those that every whole export has, phased or not; and those that are offered alone as well. */
  uint32_t always, always_unphased, alone;
  char no_call;
  int writes_one_letter; /* haploid genotypes have one letter, in two columns with an empty one or a dash behind it
                            (testdata/23andme/good-alleles.txt); else every genotype has two */
  int writes_phased;     /* A|G is seen */
  int deletion_at_last;  /* a deletion stands at its last base; else at its first */
  const char *par_on_y;  /* the array whose DTC_LABEL_PAR_ON_Y rows are known to be in coordinates of Y; NULL: none */
  const vendor_array *arrays;     /* NULL: its headers say */
  const dtc_misplaced *misplaced; /* markers it wrote at wrong places; NULL: none are known */
  int repeats_tabs;  /* several separators between two fields were seen: a TAB with TABs and blanks around it */
  unsigned id_kinds; /* bit 1 << dtc_id_kind. OTHER: any plain name, for vendors whose names are not all known; of
                        the others such a name is taken with a warning */
  /* What a row of this vendor has, in words that follow "expected". */
  const char *id_words, *chromosome_words, *genotype_words;
  /* Whether the vendor's own sentence is there. */
  int (*claims)(const header *h);
  /* Column line, build, version, wording. Only for a header that this vendor claims. */
  dtc_status (*read)(const header *h, vendor_match *out, dtc_diag *diag);
};

/* For labels and order: the autosomes as every vendor writes and orders them. */
#define VENDOR_AUTOSOME_LABELS                                                                                         \
  "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "21", \
      "22"
#define VENDOR_AUTOSOME_BITS ((1u << 23) - 2)
#define VENDOR_AUTOSOMES 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22

/* Every vendor, by its slug. */
#define VENDOR_LIST(X) X(23andme) X(ancestrydna) X(myheritage)
#define VENDOR_DECLARE(slug) extern const vendor vendor_##slug;
VENDOR_LIST(VENDOR_DECLARE)
#undef VENDOR_DECLARE

/* The same as a list; NULL ends it. */
const vendor *const *vendor_list(void);
/* NULL where there is none. */
const vendor *vendor_by_slug(const char *slug);

/* A vendor or program whose files we know and do not take. */
typedef struct foreign {
  const char *slug, *title;
} foreign;

/* The foreign vendor whose word this header line holds, or NULL. first: whether it is the text's first line. */
const foreign *foreign_by_word(view text, int first);
/* The foreign vendor that has such a column line, comments above it and no other mark, or NULL. */
const foreign *foreign_by_columns(const header *h);

/* Whether this line is the last one of a header: a column line, or the first line that is no comment. */
int vendor_header_ends(const header *above, view text);
/* Whether such a line among the rows begins another header. */
int vendor_is_header_line(view text);
/* Exactly one vendor must claim the header, which ends in its column line. *other is set with DTC_VENDOR_FOREIGN. */
dtc_status vendor_identify(const header *h, vendor_match *out, const foreign **other, dtc_diag *diag);
/* What is expected where a foreign vendor was found. */
extern const char vendor_foreign_words[];
/* Whether any of our vendors has put its sentence into the lines so far. */
int vendor_is_claimed(const header *h);

/* For the vendors' read(): the version or chip behind `label` in line i of the header. 1 where it is `known` (words
 * that each stand between bars, "|V1.0|V2.0|"); 0 where it is another plain word, which is counted in *unknown_words;
 * -1 where there is no plain word. */
int vendor_read_word(const header *h, size_t i, const char *label, const char *known, unsigned *unknown_words);
/* For the vendors' read(): the build all lines agree on; *out stays where none names it. */
dtc_status vendor_read_build(const header *h, dtc_build *out, dtc_diag *diag);

#endif
