/* words.h - what rows, reasons and figures of a conversion mean, for a person who has only the report. */
#ifndef CONVERT_WORDS_H
#define CONVERT_WORDS_H

#include "genotype-convert/conversion.h"

/* What to do about rows that are left out for this reason; static. */
const char *rejection_advice(dtc_rejection why);
/* Why they are, as the library says; static. */
const char *rejection_text(dtc_rejection why);
const char *filter_text(dtc_filter filter);

/* How many rows such an export has, by vendor and array; 0 where nobody has told. Sources: see words.c. */
typedef struct usual_rows {
  uint64_t from, to;
} usual_rows;
usual_rows usual_rows_of(const dtc_verdict *v);

/* Where little was written, why and what to do: "the site table has 264 sites". text has LITTLE_BYTES. */
enum { LITTLE_BYTES = 200 };
void little_text(const conversion_result *r, char text[LITTLE_BYTES]);

#endif
