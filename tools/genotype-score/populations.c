#include "genotype-score/populations.h"

#include "genotype-score/match.h"
#include "genotype-score/text_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_POPULATION = 5, MOST_FIELDS = FIRST_POPULATION + PROPORTIONS_MOST };

static int read_head(populations *p, const char *path, view line, fault *f) {
  view fields[MOST_FIELDS];
  static const char *const wanted[FIRST_POPULATION] = {"#CHROM", "POS", "ID", "REF", "ALT"};
  size_t count = text_fields(line, fields, MOST_FIELDS);
  int right = count > FIRST_POPULATION && count <= MOST_FIELDS;
  for (int i = 0; right && i < FIRST_POPULATION; i++)
    right = view_is(fields[i], wanted[i]);
  if (!right)
    return fault_set(f, EXIT_REFUSED, "%s: wanted the columns #CHROM POS ID REF ALT and 1 to %d populations", path,
                     PROPORTIONS_MOST);
  p->names = calloc(count - FIRST_POPULATION, sizeof *p->names);
  for (size_t i = FIRST_POPULATION; p->names && i < count; i++, p->count++)
    if (!(p->names[p->count] = strndup(fields[i].at, fields[i].length)))
      return fault_set(f, EXIT_TROUBLE, "out of memory");
  return p->names ? 0 : fault_set(f, EXIT_TROUBLE, "out of memory");
}

static int make_room(populations *p, fault *f) {
  if (p->site_count < p->site_capacity)
    return 0;
  size_t more = p->site_capacity ? p->site_capacity * 2 : 1024;
  float *larger = realloc(p->frequency, more * p->count * sizeof *larger);
  if (!larger)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  p->frequency = larger;
  p->site_capacity = more;
  return 0;
}

static int read_site(populations *p, const char *path, uint64_t number, view line, fault *f) {
  view fields[MOST_FIELDS];
  marker m = {.row = (uint32_t)p->site_count};
  uint64_t position;
  if (text_fields(line, fields, MOST_FIELDS) != p->count + FIRST_POPULATION)
    return fault_set(f, EXIT_REFUSED, "%s(%llu): another number of fields than columns", path,
                     (unsigned long long)number);
  unsigned contig = dtc_contig_parse(fields[0].at, fields[0].length);
  if (text_unsigned(fields[1], INT32_MAX, &position) != 0 || make_room(p, f) != 0)
    return fault_set(f, EXIT_REFUSED, "%s(%llu): POS is no position", path, (unsigned long long)number);
  if (allele_learn(p->alleles, fields[3].at, fields[3].length, &m.other) != 0 ||
      allele_learn(p->alleles, fields[4].at, fields[4].length, &m.effect) != 0)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  float *row = p->frequency + p->site_count * p->count;
  for (size_t i = 0; i < p->count; i++) {
    view text = fields[FIRST_POPULATION + i];
    double value;
    if (text.length == 0 || view_is(text, ".") || view_is(text, "NA"))
      return 0;
    if (text_real(text, &value) != 0 || value < 0 || value > 1)
      return fault_set(f, EXIT_REFUSED, "%s(%llu): a frequency is not between 0 and 1", path,
                       (unsigned long long)number);
    row[i] = (float)value;
  }
  if (contig == DTC_CONTIG_NONE || contig >= DTC_CONTIG_X || m.effect == ALLELE_UNKNOWN || m.other == ALLELE_UNKNOWN)
    return 0;
  m.place = marker_place(contig, (uint32_t)position);
  p->site_count++;
  return markers_add(&p->markers, m, f);
}

int populations_load(populations *p, const char *path, fault *f) {
  text_file *text = text_file_open(path, f);
  view line;
  int got = text ? 1 : -1, head = 1;
  while (got > 0 && (got = text_file_line(text, &line, f)) > 0) {
    if (line.length == 0 || view_starts(line, "##"))
      continue;
    if ((head ? read_head(p, path, line, f) : read_site(p, path, text_file_number(text), line, f)) != 0)
      got = -1;
    head = 0;
  }
  text_file_free(text);
  if (got == 0 && p->site_count == 0)
    return fault_set(f, EXIT_REFUSED, "%s holds no site of an autosome", path);
  return got;
}

/* Rows of frequencies in the order of their markers, which is the genome's. */
static int order_rows(populations *p, fault *f) {
  size_t bytes = p->site_count * p->count * sizeof *p->frequency;
  float *ordered = malloc(bytes);
  if (!ordered)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  markers_sort(&p->markers);
  for (size_t i = 0; i < p->site_count; i++) {
    memcpy(ordered + i * p->count, p->frequency + p->markers.at[i].row * p->count, p->count * sizeof *ordered);
    p->markers.at[i].row = (uint32_t)i;
  }
  free(p->frequency);
  p->frequency = ordered;
  return 0;
}

int populations_start(populations *p, size_t persons, fault *f) {
  if (p->count == 0)
    return 0;
  if (order_rows(p, f) != 0)
    return -1;
  p->person_count = persons;
  p->copies = calloc(persons, p->site_count * sizeof *p->copies);
  if (!p->copies)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  for (size_t i = 0; i < persons * p->site_count; i++)
    p->copies[i] = NAN;
  return 0;
}

int populations_want(populations *p, uint64_t place) {
  size_t count;
  markers_find(&p->markers, place, &count);
  return count != 0;
}

void populations_meet(populations *p, places *at) {
  size_t count;
  const marker *m = markers_find(&p->markers, places_at(at), &count);
  for (size_t i = 0; i < count; i++) {
    match found = match_alleles(at, m[i].effect, m[i].other, 1);
    if (found.kind != MATCH_DIRECT) /* the table says where it stands on the plus strand */
      continue;
    const dosage *carried = places_dosages(at, found.record, found.index, REF_OF_RECORD);
    p->found++;
    for (size_t s = 0; s < p->person_count; s++)
      p->copies[s * p->site_count + m[i].row] = carried[s].ploidy == 2 ? (float)carried[s].copies : NAN;
    return;
  }
}

int populations_fit(const populations *p, size_t person, proportions *out) {
  proportions_input in = {p->frequency, p->copies + person * p->site_count, p->site_count, p->count};
  return proportions_fit(&in, out);
}

void populations_free(populations *p) {
  for (size_t i = 0; i < p->count; i++)
    free(p->names[i]);
  free(p->names);
  free(p->frequency);
  free(p->copies);
  markers_free(&p->markers);
}
