#include "quality/quality.h"
#include "quality/verdict.h"

#include "provider/vendor.h"
#include "table/batch.h"

#include <string.h>

/* Below this share of called rows the file is worth a warning; real exports have 97-99.5 % (formats: no-calls 0.5-2.1
 * %, and a woman's Y rows). */
#define CALL_RATE_LOW 0.90
#define CALL_RATE_ROWS_MIN 1000
/* No real array calls every marker; exports made from a sequenced genome do. */
#define ROWS_WITHOUT_NO_CALL 100000

void quality_init(quality *q, const dtc_assembly *assembly) {
  memset(q, 0, sizeof *q);
  q->assembly = assembly;
  anchors_init(&q->anchors);
}

void quality_set_assembly(quality *q, const dtc_assembly *assembly) { q->assembly = assembly; }

static unsigned place_of_sex_row(const dtc_assembly *assembly, unsigned contig, uint32_t position) {
  unsigned moved = contig;
  if (!assembly || !dtc_assembly_to_x(assembly, &moved, &position))
    return contig;
  return contig == DTC_CONTIG_X ? QUALITY_X_PAR : QUALITY_Y_PAR;
}

/* A row labelled as pseudo-autosomal: does its position tell in whose coordinates it is? */
static void count_par_frame(quality *q, const dtc_calls *calls, size_t i) {
  /* a marker of V2 files whose places are known in both; formats.md lists no other */
  enum { KNOWN_RS = 28736870, KNOWN_ON_Y = 170770, KNOWN_ON_X = 220770 };
  uint32_t position = calls->position[i];
  unsigned on_x = DTC_CONTIG_X, on_y = DTC_CONTIG_Y;
  if (!q->assembly)
    return;
  if (calls->id_kind[i] == DTC_ID_RS && calls->id_number[i] == KNOWN_RS && q->assembly->build == DTC_BUILD_GRCH37 &&
      (position == KNOWN_ON_Y || position == KNOWN_ON_X)) {
    q->par_y += position == KNOWN_ON_Y;
    q->par_x += position == KNOWN_ON_X;
    return;
  }
  uint32_t as_y = position, as_x = position;
  int of_y = dtc_assembly_to_x(q->assembly, &on_y, &as_y), of_x = dtc_assembly_to_x(q->assembly, &on_x, &as_x);
  q->par_y += of_y && !of_x;
  q->par_x += of_x && !of_y;
  q->par_far += !of_x && !of_y && position > q->assembly->length[DTC_CONTIG_Y];
}

static void see_highest(const dtc_calls *calls, unsigned contig, uint32_t *highest) {
  for (size_t i = 0; i < calls->count; i++)
    if (calls->contig[i] == contig && calls->position[i] > *highest)
      *highest = calls->position[i];
}

/* Where the rows end so far. A batch is looked through only when it may hold the last ones of a chromosome. */
static void see_end(quality *q, const dtc_calls *calls) {
  size_t n = calls->count;
  while (n && calls->contig[n - 1] == DTC_CONTIG_NONE)
    n--;
  if (!n)
    return;
  q->last_contig = calls->contig[n - 1];
  if (q->last_contig == 22 || calls->contig[0] == 22)
    see_highest(calls, 22, &q->highest_on_22);
  if (q->last_contig == DTC_CONTIG_X || calls->contig[0] == DTC_CONTIG_X)
    see_highest(calls, DTC_CONTIG_X, &q->highest_on_x);
}

/* Two counts in turns: where one genotype follows itself, the second need not wait for the first. */
static void tally_rows(uint64_t *tally, const uint8_t *genotype, size_t n) {
  uint32_t odd[256] = {0};
  size_t i = 0;
  for (; i + 2 <= n; i += 2) {
    tally[genotype[i]]++;
    odd[genotype[i + 1]]++;
  }
  if (i < n)
    tally[genotype[i]]++;
  for (unsigned g = 0; g < 256; g++)
    tally[g] += odd[g];
}

static void tally_sex_rows(quality *q, const dtc_calls *calls, size_t from, size_t n) {
  for (size_t i = from; i < from + n; i++)
    q->tally[place_of_sex_row(q->assembly, calls->contig[i], calls->position[i])][calls->genotype[i]]++;
}

static size_t count_kind(const dtc_calls *calls, uint8_t kind) {
  size_t sum = 0, i = 0;
  for (; i + CALLS_STEP <= calls->count; i += CALLS_STEP) {
    uint8_t here = 0;
    for (size_t k = 0; k < CALLS_STEP; k++)
      here += calls->id_kind[i + k] == kind;
    sum += here;
  }
  for (; i < calls->count; i++)
    sum += calls->id_kind[i] == kind;
  return sum;
}

void quality_add(quality *q, const dtc_calls *calls) {
  if (q->rows == 0 && calls->count && calls->id_kind[0] == DTC_ID_RS) {
    q->first_rs = calls->id_number[0];
    q->first_position = calls->position[0];
  }
  q->rows += calls->count;
  see_end(q, calls);
  for (size_t i = 0, n; i < calls->count; i += n) {
    n = calls_on_one_contig(calls, i);
    unsigned contig = calls->contig[i];
    if (contig == DTC_CONTIG_X || contig == DTC_CONTIG_Y)
      tally_sex_rows(q, calls, i, n);
    else
      tally_rows(q->tally[contig], calls->genotype + i, n);
    for (size_t k = i; contig == DTC_LABEL_PAR_ON_Y && k < i + n; k++)
      count_par_frame(q, calls, k);
  }
  q->internal_ids += count_kind(calls, DTC_ID_I);
  anchors_add(&q->anchors, calls);
}

/* What a place's row of the table adds up to. */
typedef struct sums {
  uint64_t rows, called, heterozygous, indels, one_letter;
} sums;

static sums sum_up(const uint64_t *tally) {
  sums s = {0};
  for (unsigned g = 0; g < 256; g++) {
    uint64_t n = tally[g];
    if (n == 0)
      continue;
    unsigned first = DTC_GENOTYPE_FIRST(g), second = DTC_GENOTYPE_SECOND(g);
    s.rows += n;
    if (DTC_GENOTYPE_IS_NO_CALL(g))
      continue;
    s.called += n;
    if (second == DTC_ALLELE_NONE)
      s.one_letter += n;
    else if (first != second)
      s.heterozygous += n;
    if (first == DTC_ALLELE_I || first == DTC_ALLELE_D)
      s.indels += n;
  }
  return s;
}

static double share(uint64_t part, uint64_t whole) { return whole ? (double)part / (double)whole : -1.0; }

static void fill_sex(const quality *q, dtc_verdict *verdict) {
  sums x = sum_up(q->tally[DTC_CONTIG_X]), y = sum_up(q->tally[DTC_CONTIG_Y]);
  sex_evidence evidence = {x.called, x.heterozygous, x.one_letter, y.rows, y.called};
  int conflict = 0;
  verdict->sex = sex_decide(&evidence, &conflict);
  verdict->x_het_share = share(x.heterozygous, x.called);
  verdict->y_call_share = share(y.called, y.rows);
  verdict->x_one_letter = x.one_letter;
  verdict->x_copies = sex_x_copies(&evidence);
  verdict->y_present = sex_y_present(&evidence);
  verdict->warnings[DTC_WARNING_SEX_CONFLICT] = conflict ? 1 : 0;
}

/* Rows that can only be in one frame decide; then markers far from the PARs, which have no coordinates on Y; then what
 * is known of the array. */
static dtc_par_frame par_frame_of(const quality *q, const dtc_verdict *verdict) {
  const vendor *v = vendor_by_slug(verdict->vendor);
  if (!verdict->contigs[DTC_LABEL_PAR_ON_Y].rows)
    return DTC_PAR_FRAME_UNKNOWN;
  if (q->par_x && q->par_y)
    return DTC_PAR_FRAME_MIXED;
  if (q->par_x || q->par_y)
    return q->par_x ? DTC_PAR_FRAME_X : DTC_PAR_FRAME_Y;
  if (q->par_far)
    return DTC_PAR_FRAME_X;
  int known = v && v->par_on_y && verdict->array && strcmp(v->par_on_y, verdict->array) == 0;
  return known ? DTC_PAR_FRAME_Y : DTC_PAR_FRAME_UNKNOWN;
}

void quality_fill(const quality *q, dtc_verdict *verdict) {
  verdict->called = verdict->no_calls = verdict->heterozygous = verdict->indels = 0;
  memset(verdict->contigs, 0, sizeof verdict->contigs);
  for (unsigned place = 0; place < QUALITY_PLACES; place++) {
    sums s = sum_up(q->tally[place]);
    unsigned label = place == QUALITY_X_PAR ? DTC_CONTIG_X : place == QUALITY_Y_PAR ? DTC_CONTIG_Y : place;
    verdict->contigs[label].rows += s.rows;
    verdict->contigs[label].called += s.called;
    verdict->contigs[label].heterozygous += s.heterozygous;
    verdict->called += s.called;
    verdict->no_calls += s.rows - s.called;
    verdict->heterozygous += s.heterozygous;
    verdict->indels += s.indels;
  }
  memcpy(verdict->build_markers, q->anchors.count, sizeof verdict->build_markers);
  fill_sex(q, verdict);
  verdict->par_frame = par_frame_of(q, verdict);
  uint64_t rows = verdict->called + verdict->no_calls;
  if (rows >= CALL_RATE_ROWS_MIN && (double)verdict->called < CALL_RATE_LOW * (double)rows)
    verdict->warnings[DTC_WARNING_LOW_CALL_RATE] = 1;
  if (verdict->no_calls == 0 && rows >= ROWS_WITHOUT_NO_CALL && !q->is_sequenced)
    verdict->warnings[DTC_WARNING_LOOKALIKE]++;
  if (!verdict->array)
    verdict->array = array_by_content(q, verdict);
}
