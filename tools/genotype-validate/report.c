#include "config.h"

#include "genotype-validate/report.h"

#include "base/json.h"
#include "genotype-validate/explain.h"

#include <stdlib.h>
#include <string.h>

typedef size_t (*writer)(const dtc_verdict *verdict, char *text, size_t size_bytes);

/* The text of a function that writes as snprintf does, or NULL; the caller frees it. */
static char *whole_text(writer write, const dtc_verdict *verdict) {
  size_t n = write(verdict, NULL, 0);
  char *text = malloc(n + 1);
  if (text)
    write(verdict, text, n + 1);
  return text;
}

void report_name(FILE *out, const char *file) {
  for (; *file; file++) {
    unsigned char c = (unsigned char)*file;
    putc(c < 0x20 || c == 0x7f ? '?' : c, out);
  }
}

int report_line(FILE *out, const char *file, const dtc_verdict *verdict) {
  char *line = whole_text(dtc_verdict_line, verdict);
  if (!line)
    return -1;
  report_name(out, file);
  if (dtc_verdict_status(verdict) != DTC_OK)
    fprintf(out, "(%llu:%llu)", (unsigned long long)dtc_verdict_diag(verdict)->line,
            (unsigned long long)dtc_verdict_diag(verdict)->column);
  fprintf(out, ": %s\n", line);
  free(line);
  return 0;
}

/* ,"explanation":[...] without the braces around it, to go behind the verdict's own members. */
static size_t explanation_json(const dtc_verdict *verdict, char *text, size_t size_bytes) {
  json j;
  json_begin(&j, text, size_bytes);
  json_array(&j);
  char sentence[EXPLAIN_SENTENCE_MAX];
  for (unsigned k = 0; explain_sentence(verdict, k, sentence, sizeof sentence); k++)
    if (sentence[0])
      json_string(&j, sentence);
  json_array_end(&j);
  return json_end(&j);
}

static int put_explanation(FILE *out, const dtc_verdict *verdict) {
  char *text = whole_text(explanation_json, verdict);
  if (!text)
    return -1;
  fprintf(out, ",\"explanation\":%s", text);
  free(text);
  return 0;
}

static int put_file(FILE *out, const char *file) {
  json j;
  json_begin(&j, NULL, 0);
  json_string(&j, file);
  size_t size_bytes = json_end(&j) + 1;
  char *text = malloc(size_bytes);
  if (!text)
    return -1;
  json_begin(&j, text, size_bytes);
  json_string(&j, file);
  json_end(&j);
  fprintf(out, ",\"file\":%s", text);
  free(text);
  return 0;
}

int report_json(FILE *out, const char *file, const dtc_verdict *verdict, int explain) {
  char *text = whole_text(dtc_verdict_json, verdict);
  if (!text)
    return -1;
  fwrite(text, 1, strlen(text) - 1, out); /* without its closing brace */
  free(text);
  if ((explain && put_explanation(out, verdict) != 0) || put_file(out, file) != 0)
    return -1;
  fputs("}\n", out);
  return 0;
}

void report_explanation(FILE *out, const dtc_verdict *verdict) {
  char sentence[EXPLAIN_SENTENCE_MAX];
  for (unsigned k = 0; explain_sentence(verdict, k, sentence, sizeof sentence); k++)
    if (sentence[0])
      fprintf(out, "  %s\n", sentence);
}
