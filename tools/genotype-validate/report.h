/* report.h - what genotype-validate prints about one file. Nothing of the file's contents goes out. */
#ifndef GENOTYPE_VALIDATE_REPORT_H
#define GENOTYPE_VALIDATE_REPORT_H

#include <dtcgeno.h>
#include <stdio.h>

/* file: the command's argument. Those that return something return 0, or -1 when memory runs out; write errors stay in
 * the stream. */

/* FILE: accepted: ..., or FILE(line:column): refused: ... */
int report_line(FILE *out, const char *file, const dtc_verdict *verdict);
/* The verdict's JSON with two more keys at its end: "explanation" (an array of sentences) with --explain, and "file".
 */
int report_json(FILE *out, const char *file, const dtc_verdict *verdict, int explain);
/* Indented sentences under the line. */
void report_explanation(FILE *out, const dtc_verdict *verdict);
/* A file's name with control characters as '?', so that it stays on its line. */
void report_name(FILE *out, const char *file);

#endif
