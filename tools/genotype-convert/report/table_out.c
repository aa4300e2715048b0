#include "genotype-convert/report/table_out.h"

#include <stdlib.h>
#include <string.h>

/* A row that the export writes on Y or as PAR and that belongs on X. */
typedef struct moved_row {
  size_t row;
  uint32_t position;
} moved_row;

typedef struct table_writer {
  const dtc_calls *calls;
  const dtc_assembly *assembly;
  dtc_sex sex;
  dtc_par_frame frame;
  output *out;
  moved_row *moved;
  size_t n_moved, next;
} table_writer;

static int moves_to_x(const table_writer *w, size_t row, uint32_t *position) {
  unsigned contig = w->calls->contig[row];
  if (contig != DTC_CONTIG_Y && contig != DTC_LABEL_PAR_ON_Y)
    return 0;
  *position = w->calls->position[row];
  if (contig == DTC_LABEL_PAR_ON_Y)
    return dtc_assembly_place_par(w->assembly, w->frame, position) >= 0;
  return dtc_assembly_to_x(w->assembly, &contig, position) && contig == DTC_CONTIG_X;
}

static unsigned ploidy_of(const table_writer *w, unsigned contig, uint32_t position) {
  if (contig == DTC_CONTIG_MT || contig == DTC_CONTIG_Y)
    return 1;
  return contig == DTC_CONTIG_X && w->sex == DTC_SEX_MALE && !dtc_assembly_to_x(w->assembly, &contig, &position) ? 1
                                                                                                                 : 2;
}

/* Returns how many digits: at most 10. */
static size_t decimal(char *at, uint32_t value) {
  char digits[10];
  size_t n = 0;
  do
    digits[n++] = (char)('0' + value % 10);
  while (value /= 10);
  for (size_t i = 0; i < n; i++)
    at[i] = digits[n - 1 - i];
  return n;
}

static void write_row(table_writer *w, size_t row, unsigned contig, uint32_t position) {
  char line[DTC_ID_TEXT_MAX + 64], *at = line;
  const dtc_calls *calls = w->calls;
  unsigned first = DTC_GENOTYPE_FIRST(calls->genotype[row]), second = DTC_GENOTYPE_SECOND(calls->genotype[row]);
  unsigned ploidy = ploidy_of(w, contig, position);
  if (second == DTC_ALLELE_NONE && ploidy == 2)
    second = first; /* one letter is a vendor's way to write two that agree */
  if (ploidy == 1 && second == first)
    second = DTC_ALLELE_NONE;
  at += dtc_calls_id(calls, row, at);
  /* a label that fits no contig: pseudo-autosomal by name, and not by position */
  const char *name = contig == DTC_LABEL_PAR_ON_Y ? "PAR" : dtc_contig_name(contig);
  size_t name_length = strlen(name);
  *at++ = '\t';
  memcpy(at, name, name_length);
  at += name_length;
  *at++ = '\t';
  at += decimal(at, position);
  *at++ = '\t';
  *at++ = first == DTC_ALLELE_MISSING ? '.' : dtc_allele_letter(first);
  *at++ = '\t';
  *at++ = second == DTC_ALLELE_MISSING || second == DTC_ALLELE_NONE ? '.' : dtc_allele_letter(second);
  *at++ = '\t';
  *at++ = (char)('0' + ploidy);
  *at++ = '\t';
  at += decimal(at, calls->line[row]);
  *at++ = '\n';
  output_write(w->out, line, (size_t)(at - line));
}

static int compare_moved(const void *a, const void *b) {
  const moved_row *l = a, *r = b;
  if (l->position != r->position)
    return l->position < r->position ? -1 : 1;
  return l->row < r->row ? -1 : l->row > r->row;
}

static int gather_moved(table_writer *w) {
  uint32_t position;
  size_t count = 0;
  for (size_t i = 0; i < w->calls->count; i++)
    count += (size_t)moves_to_x(w, i, &position);
  w->moved = malloc((count + 1) * sizeof *w->moved);
  if (!w->moved)
    return -1;
  for (size_t i = 0; i < w->calls->count; i++)
    if (moves_to_x(w, i, &position))
      w->moved[w->n_moved++] = (moved_row){i, position};
  qsort(w->moved, w->n_moved, sizeof *w->moved, compare_moved);
  return 0;
}

/* The moved rows up to a position of X. */
static void write_moved(table_writer *w, uint32_t below) {
  for (; w->next < w->n_moved && w->moved[w->next].position < below; w->next++)
    write_row(w, w->moved[w->next].row, DTC_CONTIG_X, w->moved[w->next].position);
}

dtc_status table_write(dtc_table *table, const dtc_assembly *assembly, dtc_sex sex, dtc_par_frame frame, output *o) {
  static const char head[] = "rsid\tchrom\tpos\tallele1\tallele2\tploidy\tline\n";
  dtc_status status = dtc_table_sort(table);
  if (status != DTC_OK)
    return status;
  table_writer w = {.calls = dtc_table_calls(table), .assembly = assembly, .sex = sex, .frame = frame, .out = o};
  if (gather_moved(&w) != 0)
    return DTC_OUT_OF_MEMORY;
  output_write(o, head, sizeof head - 1);
  for (size_t i = 0; i < w.calls->count; i++) {
    uint32_t position = w.calls->position[i];
    unsigned contig = w.calls->contig[i];
    if (contig > DTC_CONTIG_X)
      write_moved(&w, UINT32_MAX);
    else if (contig == DTC_CONTIG_X)
      write_moved(&w, position);
    if (!moves_to_x(&w, i, &position))
      write_row(&w, i, contig, position);
  }
  write_moved(&w, UINT32_MAX);
  free(w.moved);
  return DTC_OK;
}
