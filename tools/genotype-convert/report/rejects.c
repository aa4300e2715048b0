#include "genotype-convert/report/rejects.h"

#include <stdlib.h>
#include <string.h>

/* 40 bits for the line, 24 for the reason would do, but rows are what we are given: eight bytes either way. */
typedef struct rejected_row {
  uint32_t row;
  uint32_t why;
} rejected_row;

struct rejects {
  rejected_row *rows;
  size_t count, capacity;
};

rejects *rejects_new(void) { return calloc(1, sizeof(rejects)); }

void rejects_free(rejects *list) {
  if (list)
    free(list->rows);
  free(list);
}

int rejects_add(rejects *list, size_t row, dtc_rejection why) {
  if (list->count == list->capacity) {
    size_t capacity = list->capacity + list->capacity / 2 + 256;
    rejected_row *grown = realloc(list->rows, capacity * sizeof *grown);
    if (!grown)
      return -1;
    list->rows = grown;
    list->capacity = capacity;
  }
  list->rows[list->count++] = (rejected_row){(uint32_t)row, (uint32_t)why};
  return 0;
}

/* The parser's words for a row without meaning are finer than the contract's. */
static dtc_rejection why_parsed(dtc_status status) {
  if (status == DTC_POSITION_MISSING)
    return DTC_REJECTION_NO_POSITION;
  if (status == DTC_CHROMOSOME_INVALID)
    return DTC_REJECTION_CHROM_UNKNOWN;
  if (status == DTC_POSITION_BEYOND)
    return DTC_REJECTION_POS_RANGE;
  return DTC_REJECTION_BAD_ALLELE;
}

/* Anything but the no-calls of all vendors. */
static int has_genotype(const dtc_reject *r) {
  for (unsigned i = 0; i < r->genotype_bytes; i++)
    if (!strchr("-0/", r->genotype[i]))
      return 1;
  return 0;
}

uint64_t rejects_count_parsed(const dtc_table *table, uint64_t counts[REJECTIONS]) {
  const dtc_reject *r;
  uint64_t calls = 0;
  for (size_t i = 0; (r = dtc_table_reject(table, i)) != NULL; i++) {
    counts[why_parsed(r->why)]++;
    calls += (uint64_t)has_genotype(r);
  }
  return calls;
}

/* Both alleles with a slash, in the export's order; a single letter stands for both. */
static void write_genotype(output *o, const char *letters, size_t length) {
  char text[3] = {length > 0 ? letters[0] : '-', '/', length > 1 ? letters[1] : length > 0 ? letters[0] : '-'};
  output_write(o, text, sizeof text);
}

static void write_call(output *o, const dtc_calls *calls, size_t row, const char *vendor, dtc_rejection why) {
  char id[DTC_ID_TEXT_MAX + 1], letters[2];
  dtc_calls_id(calls, row, id);
  unsigned first = DTC_GENOTYPE_FIRST(calls->genotype[row]), second = DTC_GENOTYPE_SECOND(calls->genotype[row]);
  letters[0] = dtc_allele_letter(first);
  letters[1] = dtc_allele_letter(second == DTC_ALLELE_NONE ? first : second);
  output_print(o, "%lu\t%s\t%s\t%lu\t", (unsigned long)calls->line[row], id,
               dtc_vendor_label(vendor, calls->contig[row]), (unsigned long)calls->position[row]);
  write_genotype(o, letters, 2);
  output_print(o, "\t%s\n", dtc_rejection_word(why));
}

/* "A/G" for two letters, whatever they are, with '-' for the no-calls of all vendors; anything else as it stands. The
 * parser gives fields of two columns with a slash between them. */
static void write_field_genotype(output *o, const dtc_reject *r) {
  char letters[2] = {0};
  unsigned count = r->genotype_bytes;
  if (count == 3 && r->genotype[1] == '/') {
    letters[0] = r->genotype[0];
    letters[1] = r->genotype[2];
    count = 2;
  } else if (count == 1 || count == 2) {
    memcpy(letters, r->genotype, count);
  } else {
    output_write(o, r->genotype, r->genotype_bytes);
    return;
  }
  for (unsigned i = 0; i < count; i++)
    letters[i] = letters[i] == '0' ? '-' : letters[i];
  write_genotype(o, letters, count);
}

static void write_parsed(output *o, const dtc_reject *r) {
  output_print(o, "%llu\t%.*s\t%.*s\t%.*s\t", (unsigned long long)r->line, r->id_bytes, r->id, r->chromosome_bytes,
               r->chromosome, r->position_bytes, r->position);
  write_field_genotype(o, r);
  output_print(o, "\t%s\n", dtc_rejection_word(why_parsed(r->why)));
}

static int compare_lines(const void *a, const void *b, void *opaque) {
  const dtc_calls *calls = opaque;
  uint32_t l = calls->line[((const rejected_row *)a)->row], r = calls->line[((const rejected_row *)b)->row];
  return l < r ? -1 : l > r;
}

int rejects_write(rejects *list, const dtc_table *table, const char *vendor, output *o) {
  static const char head[] = "line\trsid\tchrom\tpos\tgenotype\treason\n";
  const dtc_calls *calls = dtc_table_calls(table);
  output_write(o, head, sizeof head - 1);
  size_t count = list ? list->count : 0, next = 0;
  if (count)
    qsort_r(list->rows, count, sizeof *list->rows, compare_lines, (void *)(uintptr_t)calls);
  for (size_t i = 0;; i++) {
    const dtc_reject *r = dtc_table_reject(table, i);
    for (; next < count && (!r || calls->line[list->rows[next].row] < r->line); next++)
      write_call(o, calls, list->rows[next].row, vendor, (dtc_rejection)list->rows[next].why);
    if (!r)
      return 0;
    write_parsed(o, r);
  }
}
