/* verdict.h - filling a verdict, and its words, which the JSON and the readable line share. */
#ifndef DTC_QUALITY_VERDICT_H
#define DTC_QUALITY_VERDICT_H

#include "table/parser.h"

#include <dtcgeno.h>

/* A verdict that says only this: there was no memory for more, or nothing to read. diag and verdict may be NULL. */
dtc_status verdict_of_status(dtc_status status, const dtc_diag *diag, dtc_verdict *verdict);
void verdict_fill_header(dtc_verdict *verdict, const parser *p);
void verdict_fill_totals(dtc_verdict *verdict, const parser_totals *totals);
/* DTC_STRICT: the status of the first warning that names a change to the file, with diag filled, or DTC_OK. */
dtc_status verdict_be_strict(dtc_verdict *verdict);

/* What happened, where it helps what was expected, and what to do; "accepted" for an accepted file. Like snprintf. */
size_t verdict_message(const dtc_verdict *verdict, char *text, size_t size_bytes);
/* No message is longer: the texts are ours. */
#define VERDICT_MESSAGE_MAX 1024

#endif
