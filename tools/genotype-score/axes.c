#include "genotype-score/axes.h"

#include "genotype-score/match.h"
#include "genotype-score/text_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FIELDS = AXES_MOST + 8 };

typedef enum axes_column {
  CHROM,
  ID,
  REF,
  ALT,
  A1,
  FIRST_AXIS,
  ALT_CTS,
  OBS_CT,
  ALT_FREQS,
  AXES_COLUMN_COUNT
} axes_column;
static const char *const column_names[AXES_COLUMN_COUNT] = {"#CHROM", "ID",      "REF",    "ALT",      "A1",
                                                            "PC1",    "ALT_CTS", "OBS_CT", "ALT_FREQS"};

typedef struct axes_file {
  const char *path;
  text_file *text;
  view fields[MOST_FIELDS];
  size_t columns;
  int at[AXES_COLUMN_COUNT];
} axes_file;

static int malformed(const axes_file *s, const char *what, fault *f) {
  return fault_set(f, EXIT_REFUSED, "%s(%llu): %s", s->path, (unsigned long long)text_file_number(s->text), what);
}

/* The next line of data, split. 1, 0 or -1. */
static int next_row(axes_file *s, fault *f) {
  view line;
  int got = text_file_line(s->text, &line, f);
  if (got <= 0)
    return got;
  size_t count = text_fields(line, s->fields, MOST_FIELDS);
  if (s->columns && count != s->columns)
    return malformed(s, "another number of fields than columns", f);
  s->columns = count;
  return 1;
}

static int open_file(axes_file *s, const char *path, fault *f) {
  *s = (axes_file){.path = path, .text = text_file_open(path, f)};
  if (!s->text || next_row(s, f) < 0)
    return -1;
  if (s->columns > MOST_FIELDS)
    return fault_set(f, EXIT_REFUSED, "%s has more than %d columns", path, MOST_FIELDS);
  for (int c = 0; c < AXES_COLUMN_COUNT; c++)
    s->at[c] = text_column(s->fields, s->columns, column_names[c]);
  if (s->at[CHROM] < 0 || s->at[ID] < 0 || s->at[REF] < 0 || s->at[ALT] < 0)
    return fault_set(f, EXIT_REFUSED, "%s: wanted plink2's columns #CHROM ID REF ALT", path);
  return 0;
}

/* "20:61795:G:T" and "chr20:61795:G:T" name a place. */
static int place_in(view id, uint64_t *place) {
  const char *end = id.at + id.length, *colon = memchr(id.at, ':', id.length);
  const char *second = colon ? memchr(colon + 1, ':', (size_t)(end - colon - 1)) : NULL;
  uint64_t position;
  if (!second || text_unsigned(view_between(colon + 1, second), INT32_MAX, &position) != 0)
    return 0;
  unsigned contig = dtc_contig_parse(id.at, (size_t)(colon - id.at));
  *place = marker_place(contig, (uint32_t)position);
  return contig != DTC_CONTIG_NONE && contig < DTC_CONTIG_COUNT;
}

static int make_room(axes *a, fault *f) {
  if (a->row_count < a->row_capacity)
    return 0;
  size_t more = a->row_capacity ? a->row_capacity * 2 : 1024;
  axis_row *rows = realloc(a->rows, more * sizeof *rows);
  if (rows)
    a->rows = rows;
  double *weights = rows ? realloc(a->weights, more * a->count * sizeof *weights) : NULL;
  if (!weights)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  a->weights = weights;
  a->row_capacity = more;
  return 0;
}

/* Does a row from this one on say what the new one does? */
static int is_said(const axes *a, uint32_t from, const axis_row *row) {
  while (from != UINT32_MAX && (a->rows[from].effect != row->effect || a->rows[from].other != row->other))
    from = a->rows[from].next;
  return from != UINT32_MAX;
}

/* Remembers the row that comes next under its ID, by which alone its variant is known. */
static int remember_id(axes *a, const axes_file *s, fault *f) {
  uint64_t place;
  uint32_t row = (uint32_t)a->row_count;
  view id = s->fields[s->at[ID]];
  if (id.length == 0 || view_is(id, "."))
    return malformed(s, "the variant has no ID: plink2 --set-missing-var-ids gives it one", f);
  char *name = strndup(id.at, id.length);
  int state = -1;
  khint_t at = name ? kh_put(rows_of, a->ids, name, &state) : 0;
  if (state < 0) {
    free(name);
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  }
  a->rows[row].next = UINT32_MAX;
  if (state == 0) { /* not the first row of its ID: it comes second */
    free(name);
    if (is_said(a, kh_value(a->ids, at), &a->rows[row]))
      return malformed(s, "its ID stands twice with the same alleles", f);
    axis_row *first = &a->rows[kh_value(a->ids, at)];
    a->rows[row].next = first->next;
    first->next = row;
    return 0;
  }
  /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the table keeps the name */
  kh_value(a->ids, at) = row;
  if (!place_in(id, &place))
    return 0;
  return markers_add(&a->markers, (marker){place, a->rows[row].effect, a->rows[row].other, row}, f);
}

static int read_row(axes *a, axes_file *s, fault *f) {
  view ref = s->fields[s->at[REF]], alt = s->fields[s->at[ALT]], a1 = s->fields[s->at[A1]];
  view chrom = s->fields[s->at[CHROM]];
  view other = view_equal(a1, ref) ? alt : ref;
  if (make_room(a, f) != 0)
    return -1;
  axis_row *row = &a->rows[a->row_count];
  *row = (axis_row){.contig = dtc_contig_parse(chrom.at, chrom.length), .frequency = NAN};
  if (allele_learn(a->names, a1.at, a1.length, &row->effect) != 0 ||
      allele_learn(a->names, other.at, other.length, &row->other) != 0)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  for (size_t k = 0; k < a->count; k++)
    if (text_real(s->fields[(size_t)s->at[FIRST_AXIS] + k], &a->weights[a->row_count * a->count + k]) != 0)
      return malformed(s, "a weight is no number", f);
  if (row->effect == ALLELE_UNKNOWN || row->other == ALLELE_UNKNOWN || row->contig >= DTC_CONTIG_X)
    return 0; /* several ALTs, or no autosome */
  if (remember_id(a, s, f) != 0)
    return -1;
  a->row_count++;
  return 0;
}

static int read_weights(axes *a, const char *path, fault *f) {
  axes_file s;
  int got = open_file(&s, path, f);
  if (got == 0 && (s.at[A1] < 0 || s.at[FIRST_AXIS] < 0))
    got = fault_set(f, EXIT_REFUSED, "%s: wanted plink2's columns A1 and PC1, PC2, ...", path);
  if (got == 0) {
    a->count = s.columns - (size_t)s.at[FIRST_AXIS];
    if (a->count > AXES_MOST)
      got = fault_set(f, EXIT_REFUSED, "%s has more than %d axes", path, AXES_MOST);
  }
  if (got == 0)
    while ((got = next_row(&s, f)) > 0)
      if (read_row(a, &s, f) != 0) {
        got = -1;
        break;
      }
  text_file_free(s.text);
  return got;
}

/* The frequency of ALT on this line, or NAN. */
static double frequency_in(const axes_file *s) {
  double count, of, frequency;
  if (s->at[ALT_CTS] >= 0 && s->at[OBS_CT] >= 0) {
    if (text_real(s->fields[s->at[ALT_CTS]], &count) == 0 && text_real(s->fields[s->at[OBS_CT]], &of) == 0 && of > 0)
      return count / of;
  } else if (text_real(s->fields[s->at[ALT_FREQS]], &frequency) == 0) {
    return frequency;
  }
  return NAN;
}

static int read_frequencies(axes *a, const char *path, fault *f) {
  axes_file s;
  char id[256];
  int got = open_file(&s, path, f);
  if (got == 0 && (s.at[ALT_CTS] < 0 || s.at[OBS_CT] < 0) && s.at[ALT_FREQS] < 0)
    got = fault_set(f, EXIT_REFUSED, "%s: wanted plink2's columns ALT_CTS and OBS_CT, or ALT_FREQS", path);
  while (got == 0 && (got = next_row(&s, f)) > 0) {
    view name = s.fields[s.at[ID]], alt = s.fields[s.at[ALT]];
    double frequency = frequency_in(&s);
    got = 0;
    if (name.length >= sizeof id || isnan(frequency))
      continue;
    memcpy(id, name.at, name.length);
    id[name.length] = '\0';
    khint_t at = kh_get(rows_of, a->ids, id);
    allele of;
    if (allele_learn(a->names, alt.at, alt.length, &of) != 0)
      got = fault_set(f, EXIT_TROUBLE, "out of memory");
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a place before the end has a value */
    for (uint32_t r = at == kh_end(a->ids) ? UINT32_MAX : kh_value(a->ids, at); r != UINT32_MAX; r = a->rows[r].next)
      if (of != ALLELE_UNKNOWN && (of == a->rows[r].effect || of == a->rows[r].other))
        a->rows[r].frequency = of == a->rows[r].effect ? frequency : 1 - frequency;
  }
  text_file_free(s.text);
  return got;
}

const char *const axes_suffixes[AXES_FILES] = {".eigenvec.allele", ".acount", ".afreq"};

int axes_load(axes *a, const char *prefix, fault *f) {
  size_t size_bytes = strlen(prefix) + sizeof ".eigenvec.allele";
  char *path = malloc(size_bytes);
  a->ids = kh_init(rows_of);
  if (!path || !a->ids) {
    free(path);
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  }
  snprintf(path, size_bytes, "%s%s", prefix, axes_suffixes[0]);
  int failed = read_weights(a, path, f);
  if (!failed) {
    snprintf(path, size_bytes, "%s%s", prefix, axes_suffixes[1]);
    FILE *there = fopen(path, "r");
    if (there)
      fclose(there); /* read only */
    else
      snprintf(path, size_bytes, "%s%s", prefix, axes_suffixes[2]);
    failed = read_frequencies(a, path, f);
  }
  free(path);
  return failed;
}

int axes_start(axes *a, size_t persons, fault *f) {
  if (a->count == 0)
    return 0;
  markers_sort(&a->markers);
  a->person_count = persons;
  a->sums = calloc(persons, a->count * sizeof *a->sums);
  a->alleles = calloc(persons, sizeof *a->alleles);
  return a->sums && a->alleles ? 0 : fault_set(f, EXIT_TROUBLE, "out of memory");
}

/* Is the row a variant of this place? Then its part is added. */
static int add_row(axes *a, places *p, uint32_t number, int counted) {
  const axis_row *row = &a->rows[number];
  if (isnan(row->frequency) || row->frequency <= 0 || row->frequency >= 1 || row->contig != places_at(p) >> 32)
    return 0;
  match found = match_alleles(p, row->effect, row->other, 1);
  if (found.kind != MATCH_DIRECT)
    return 0;
  const dosage *carried = places_dosages(p, found.record, found.index, REF_OF_RECORD);
  double mean = 2 * row->frequency, spread = sqrt(mean * (1 - row->frequency));
  for (size_t s = 0; s < a->person_count; s++) {
    if (isnan(carried[s].copies) || carried[s].ploidy != 2)
      continue;
    double standard = (carried[s].copies - mean) / spread;
    for (size_t k = 0; k < a->count; k++)
      a->sums[s * a->count + k] += standard * a->weights[number * a->count + k];
    a->alleles[s] += counted ? 0 : 2;
  }
  return 1;
}

/* The rows of one ID, one for each allele; the variant's alleles are counted once. */
static int add_variant(axes *a, places *p, uint32_t first) {
  int counted = 0;
  for (uint32_t r = first; r != UINT32_MAX; r = a->rows[r].next)
    counted |= add_row(a, p, r, counted);
  a->found += (size_t)counted;
  return counted;
}

/* The IDs of a record are joined by ';': the first that is a variant of the axes. */
static void meet_ids(axes *a, places *p, size_t record) {
  char id[256];
  view rest = places_id(p, record);
  for (int met = 0; rest.length && !met;) {
    const char *end = memchr(rest.at, ';', rest.length);
    size_t length = end ? (size_t)(end - rest.at) : rest.length;
    if (length && length < sizeof id) {
      memcpy(id, rest.at, length);
      id[length] = '\0';
      khint_t row = kh_get(rows_of, a->ids, id);
      met = row != kh_end(a->ids) && add_variant(a, p, kh_value(a->ids, row));
    }
    length += end != NULL;
    rest = (view){rest.at + length, rest.length - length};
  }
}

void axes_meet(axes *a, places *p) {
  size_t count;
  const marker *m = markers_find(&a->markers, places_at(p), &count);
  for (size_t i = 0; i < count; i++)
    add_variant(a, p, m[i].row);
  for (size_t r = 0; !count && r < places_record_count(p); r++)
    meet_ids(a, p, r);
}

double axes_at(const axes *a, size_t person, size_t axis) {
  return a->alleles[person] ? a->sums[person * a->count + axis] / (double)a->alleles[person] : NAN;
}

void axes_free(axes *a) {
  for (khint_t k = a->ids ? kh_begin(a->ids) : 0; a->ids && k != kh_end(a->ids); k++)
    if (kh_exist(a->ids, k))
      free((char *)kh_key(a->ids, k));
  if (a->ids)
    kh_destroy(rows_of, a->ids);
  free(a->rows);
  free(a->weights);
  free(a->sums);
  free(a->alleles);
  markers_free(&a->markers);
}
