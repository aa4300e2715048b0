/* scoring_file.c - the scoring files of the PGS Catalog: https://www.pgscatalog.org/downloads/#dl_scoring_files . */
#include "genotype-score/scoring_file.h"

#include "genotype-score/marker.h"
#include "genotype-score/text_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MOST_COLUMNS = 4096 };

typedef enum column {
  CHR_NAME,
  CHR_POSITION,
  EFFECT_ALLELE,
  OTHER_ALLELE,
  EFFECT_WEIGHT,
  EFFECT_FREQUENCY,
  HM_CHR,
  HM_POS,
  HM_OTHER_ALLELE,
  IS_DOMINANT,
  IS_RECESSIVE,
  IS_HAPLOTYPE,
  IS_DIPLOTYPE,
  IS_INTERACTION,
  DOSAGE_0,
  DOSAGE_1,
  DOSAGE_2,
  COLUMN_COUNT
} column;
enum { FLAG_COUNT = IS_INTERACTION - IS_DOMINANT + 1 }; /* columns of True and False */
static const char *const column_names[COLUMN_COUNT] = {"chr_name",        "chr_position",   "effect_allele",
                                                       "other_allele",    "effect_weight",  "allelefrequency_effect",
                                                       "hm_chr",          "hm_pos",         "hm_inferOtherAllele",
                                                       "is_dominant",     "is_recessive",   "is_haplotype",
                                                       "is_diplotype",    "is_interaction", "dosage_0_weight",
                                                       "dosage_1_weight", "dosage_2_weight"};

typedef struct scoring_file {
  const char *path;
  text_file *text;
  score_set *set;
  char *name, *trait, *weight_type;
  dtc_build build, harmonised; /* as the header says */
  int collection, quoted;      /* quoted: as spreadsheets write, texts stand in quotes */
  int at[COLUMN_COUNT];        /* where the column stands, or -1 */
  int chromosome, position;    /* those of the build that is wanted */
  view *fields;
  size_t columns;
  size_t first_score, score_count; /* in the set */
  size_t first_column;             /* of a collection: the first score's */
  int placed, unplaced;            /* some row was so */
} scoring_file;

static uint64_t fnv(uint64_t digest, view text) {
  for (size_t i = 0; i < text.length; i++)
    digest = (digest ^ (unsigned char)text.at[i]) * UINT64_C(0x100000001b3);
  return digest;
}

static int keep(char **out, view text, fault *f) {
  free(*out);
  *out = strndup(text.at, text.length);
  return *out ? 0 : fault_set(f, EXIT_TROUBLE, "out of memory");
}

static dtc_build build_named(view text) {
  char name[16];
  if (text.length >= sizeof name)
    return DTC_BUILD_UNKNOWN;
  memcpy(name, text.at, text.length);
  name[text.length] = '\0';
  return dtc_build_parse(name);
}

static int malformed(const scoring_file *s, const char *what, fault *f) {
  return fault_set(f, EXIT_REFUSED, "%s(%llu): %s", s->path, (unsigned long long)text_file_number(s->text), what);
}

static view trimmed(view text) {
  while (text.length && (*text.at == ' ' || *text.at == '\t'))
    text = (view){text.at + 1, text.length - 1};
  while (text.length && (text.at[text.length - 1] == ' ' || text.at[text.length - 1] == '\t'))
    text.length--;
  return text;
}

/* Names go into tables, a field a name. */
static int check_name(const scoring_file *s, view name, fault *f) {
  for (size_t i = 0; i < name.length; i++)
    if ((unsigned char)name.at[i] < ' ' || name.at[i] == 0x7f)
      return malformed(s, "a control character in a name", f);
  return 0;
}

/* One '#' line: "#key=value". */
static int read_meta(scoring_file *s, view line, fault *f) {
  while (line.length && (*line.at == '#' || *line.at == ' '))
    line = (view){line.at + 1, line.length - 1};
  if (view_starts(line, "PGS-Collection"))
    s->collection = 1;
  const char *equals = memchr(line.at, '=', line.length);
  if (!equals)
    return 0;
  view key = trimmed(view_between(line.at, equals)), value = trimmed(view_between(equals + 1, line.at + line.length));
  if (view_is(key, "pgs_id"))
    return check_name(s, value, f) != 0 ? -1 : keep(&s->name, value, f);
  if (view_is(key, "trait_reported"))
    return keep(&s->trait, value, f);
  if (view_is(key, "weight_type"))
    return keep(&s->weight_type, value, f);
  if (view_is(key, "genome_build"))
    s->build = build_named(value);
  if (view_is(key, "HmPOS_build"))
    s->harmonised = build_named(value);
  return 0;
}

static int new_score(scoring_file *s, view name, fault *f) {
  score *one = score_set_new(s->set, s->path, name, f);
  if (!one)
    return -1;
  one->digest = fnv(UINT64_C(0xcbf29ce484222325), name);
  s->score_count++;
  return (s->trait && keep(&one->trait, view_of(s->trait), f) != 0) ||
                 (s->weight_type && keep(&one->weight_type, view_of(s->weight_type), f) != 0)
             ? -1
             : 0;
}

/* A file without a pgs_id is called after itself, without folder and endings. */
static view name_of(const char *path) {
  const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
  size_t length = strcspn(base, ".");
  return (view){base, length ? length : strlen(base)};
}

/* Which positions to use: those of the build that is wanted, if the file has them. */
static int choose_build(scoring_file *s, dtc_build wanted, fault *f) {
  int harmonised = s->at[HM_CHR] >= 0 && s->at[HM_POS] >= 0, own = s->at[CHR_NAME] >= 0 && s->at[CHR_POSITION] >= 0;
  dtc_build build = s->build;
  int doubtful = s->harmonised == DTC_BUILD_UNKNOWN && s->build != DTC_BUILD_UNKNOWN;
  if (harmonised &&
      (s->harmonised == wanted || wanted == DTC_BUILD_UNKNOWN || !own || (s->build != wanted && !doubtful))) {
    s->chromosome = s->at[HM_CHR];
    s->position = s->at[HM_POS];
    build = s->harmonised;
  } else if (own) {
    s->chromosome = s->at[CHR_NAME];
    s->position = s->at[CHR_POSITION];
  } else {
    return fault_set(f, EXIT_REFUSED, "%s has no columns chr_name and chr_position, nor hm_chr and hm_pos", s->path);
  }
  if (score_set_check_build(build, wanted, s->path, "take the file harmonised to that build", f) != 0)
    return -1;
  for (size_t i = 0; i < s->score_count; i++)
    s->set->scores[s->first_score + i].build = build;
  return 0;
}

/* The fields of a line; those in quotes without them, where the titles stand in quotes. Returns how many. */
static size_t split(const scoring_file *s, view line) {
  size_t count = text_fields(line, s->fields, MOST_COLUMNS);
  for (size_t i = 0; s->quoted && i < count && i < MOST_COLUMNS; i++) {
    view *one = &s->fields[i];
    if (one->length >= 2 && one->at[0] == '"' && one->at[one->length - 1] == '"')
      *one = (view){one->at + 1, one->length - 2};
  }
  return count;
}

static int no_column_twice(const scoring_file *s, fault *f) {
  for (int c = 0; c < COLUMN_COUNT; c++)
    for (size_t i = 0, seen = 0; i < s->columns; i++)
      if (view_is(s->fields[i], column_names[c]) && seen++)
        return fault_set(f, EXIT_REFUSED, "%s has a column %s twice", s->path, column_names[c]);
  return 0;
}

static int read_columns(scoring_file *s, view line, dtc_build wanted, fault *f) {
  s->quoted = line.length && *line.at == '"';
  s->columns = split(s, line);
  if (s->columns > MOST_COLUMNS)
    return fault_set(f, EXIT_REFUSED, "%s has more than %d columns", s->path, MOST_COLUMNS);
  for (int c = 0; c < COLUMN_COUNT; c++)
    s->at[c] = text_column(s->fields, s->columns, column_names[c]);
  if (s->at[OTHER_ALLELE] < 0)
    s->at[OTHER_ALLELE] = text_column(s->fields, s->columns, "reference_allele"); /* format 1.0 */
  if (s->at[EFFECT_ALLELE] < 0)
    return fault_set(f, EXIT_REFUSED, "%s has no column effect_allele: is it a scoring file of the PGS Catalog?",
                     s->path);
  if (no_column_twice(s, f) != 0)
    return -1;
  s->first_score = s->set->count;
  if (!s->collection) {
    if (s->at[EFFECT_WEIGHT] < 0 && (s->at[DOSAGE_0] < 0 || s->at[DOSAGE_1] < 0 || s->at[DOSAGE_2] < 0))
      return fault_set(f, EXIT_REFUSED, "%s has no column effect_weight", s->path);
    return new_score(s, s->name ? view_of(s->name) : name_of(s->path), f) != 0 ? -1 : choose_build(s, wanted, f);
  }
  for (int c = 0; c < COLUMN_COUNT; c++)
    if (s->at[c] >= (int)s->first_column)
      s->first_column = (size_t)s->at[c] + 1;
  for (size_t i = s->first_column; i < s->columns; i++)
    if (check_name(s, s->fields[i], f) != 0 || new_score(s, s->fields[i], f) != 0)
      return -1;
  return choose_build(s, wanted, f);
}

/* ------------------------------------------------------------------ rows */

static view field(const scoring_file *s, column c) { return s->at[c] >= 0 ? s->fields[s->at[c]] : (view){"", 0}; }

static int is_word(view text, const char *word) {
  return text.length == strlen(word) && strncasecmp(text.at, word, text.length) == 0;
}

/* Of a word that is neither True nor False nobody knows what its author meant. 1, 0, or -1 as fault. */
static int is_true(const scoring_file *s, column c, fault *f) {
  view text = field(s, c);
  if (is_word(text, "true") || is_word(text, "1"))
    return 1;
  if (text.length == 0 || is_word(text, "false") || is_word(text, "0"))
    return 0;
  return fault_set(f, EXIT_REFUSED, "%s(%llu): %s is neither True nor False", s->path,
                   (unsigned long long)text_file_number(s->text), column_names[c]);
}

static int read_flags(const scoring_file *s, int *flags, fault *f) {
  for (int c = IS_DOMINANT; c <= IS_INTERACTION; c++)
    if ((flags[c - IS_DOMINANT] = is_true(s, (column)c, f)) < 0)
      return -1;
  return 0;
}

/* The other allele, or an empty text where none is given: "NA" is how R writes nothing, and of several inferred ones,
 * joined by '/', none is known. */
static view other_of(const scoring_file *s) {
  view other = field(s, OTHER_ALLELE);
  if (other.length && !view_is(other, "NA"))
    return other;
  other = field(s, HM_OTHER_ALLELE);
  return view_is(other, "NA") || memchr(other.at, '/', other.length) ? (view){"", 0} : other;
}

/* The place and alleles of the row. ROW_FOUND: it can be looked for. -1 as fault. */
static int read_place(scoring_file *s, score_row *row, const int *flags, row_fate *fate, fault *f) {
  view chromosome = s->fields[s->chromosome], effect = field(s, EFFECT_ALLELE), other = other_of(s);
  uint64_t position = 0;
  unsigned contig = dtc_contig_parse(chromosome.at, chromosome.length);
  if ((effect.length && *effect.at == '"') || (chromosome.length && *chromosome.at == '"'))
    return malformed(s, "values are in quotes, and the titles of the columns are not", f);
  if (allele_learn(s->set->names, effect.at, effect.length, &row->effect) != 0 ||
      allele_learn(s->set->names, other.at, other.length, &row->other) != 0)
    return fault_memory(f);
  int placed = contig != DTC_CONTIG_NONE && contig < DTC_CONTIG_COUNT &&
               text_unsigned(s->fields[s->position], INT32_MAX, &position) == 0 && position != 0;
  int supported = row->effect != ALLELE_UNKNOWN && row->effect != row->other &&
                  (row->other != ALLELE_UNKNOWN || other.length == 0) && !flags[IS_HAPLOTYPE - IS_DOMINANT] &&
                  !flags[IS_DIPLOTYPE - IS_DOMINANT] && !flags[IS_INTERACTION - IS_DOMINANT];
  *fate = !supported ? ROW_UNSUPPORTED : placed ? ROW_FOUND : ROW_UNPLACED;
  if (placed)
    row->place = marker_place(contig, (uint32_t)position);
  s->placed |= placed;
  s->unplaced |= *fate == ROW_UNPLACED;
  return 0;
}

/* A row that can be looked for goes to the table, another is counted. given: NULL but for weights of dosages. */
static int add_row(scoring_file *s, score_row row, row_fate fate, const given_effect *given, fault *f) {
  score *one = &s->set->scores[row.score];
  one->rows++;
  if (fate != ROW_FOUND) {
    one->fate[fate]++;
    return 0;
  }
  return given ? score_table_add_given(&s->set->texts, row, *given, f) : score_table_add(&s->set->texts, row, f);
}

/* The row of a file with one score: its figures, those of its kind of effect. */
static int read_single(scoring_file *s, score_row row, const int *flags, row_fate fate, fault *f) {
  view frequency = field(s, EFFECT_FREQUENCY);
  if (text_real(frequency, &row.frequency) != 0 || !(row.frequency >= 0 && row.frequency <= 1))
    row.frequency = NAN;
  if (field(s, EFFECT_WEIGHT).length == 0 && field(s, DOSAGE_0).length) {
    given_effect given;
    for (int copies = 0; copies < 3; copies++)
      if (text_real(field(s, (column)(DOSAGE_0 + copies)), &given.copies[copies]) != 0)
        return malformed(s, "the weights of dosages are no numbers", f);
    return add_row(s, row, fate, &given, f);
  }
  if (text_real(field(s, EFFECT_WEIGHT), &row.weight) != 0)
    return malformed(s, "effect_weight is no number", f);
  if (flags[IS_RECESSIVE - IS_DOMINANT])
    row.kind = EFFECT_RECESSIVE;
  else if (flags[0])
    row.kind = EFFECT_DOMINANT;
  return add_row(s, row, fate, NULL, f);
}

/* The row of a collection: one weight a score, or none. */
static int read_several(scoring_file *s, view line, score_row row, row_fate fate, fault *f) {
  for (size_t i = 0; i < s->score_count; i++) {
    view text = s->fields[s->first_column + i];
    row.score = (uint32_t)(s->first_score + i);
    score *one = &s->set->scores[row.score];
    if (text.length == 0)
      continue; /* not a row of this score */
    one->digest = fnv(fnv(one->digest, view_between(line.at, s->fields[s->first_column - 1].at)), text);
    if (text_real(text, &row.weight) != 0)
      return malformed(s, "a weight is no number", f);
    if (add_row(s, row, fate, NULL, f) != 0)
      return -1;
  }
  return 0;
}

static int read_row(scoring_file *s, view line, fault *f) {
  score_row row = {.frequency = NAN, .score = (uint32_t)s->first_score};
  row_fate fate;
  int flags[FLAG_COUNT];
  if (split(s, line) != s->columns)
    return malformed(s, "another number of fields than columns", f);
  if (read_flags(s, flags, f) != 0 || read_place(s, &row, flags, &fate, f) != 0)
    return -1;
  if (s->collection)
    return read_several(s, line, row, fate, f);
  s->set->scores[row.score].digest = fnv(s->set->scores[row.score].digest, line);
  return read_single(s, row, flags, fate, f);
}

static int read_all(scoring_file *s, dtc_build wanted, fault *f) {
  view line;
  int got, head = 1, rows = 0;
  while ((got = text_file_line(s->text, &line, f)) > 0) {
    int failed = 0;
    if (head && line.length && *line.at == '#')
      failed = read_meta(s, line, f);
    else if (head)
      head = failed = read_columns(s, line, wanted, f);
    else if (line.length) {
      failed = read_row(s, line, f);
      rows = 1;
    }
    if (failed)
      return -1;
  }
  if (got == 0 && head)
    return fault_set(f, EXIT_REFUSED, "%s has no line of columns", s->path);
  if (got == 0 && !rows)
    return fault_set(f, EXIT_REFUSED, "%s has no row", s->path);
  if (got == 0 && s->unplaced && !s->placed)
    return fault_set(f, EXIT_REFUSED, "%s: no row has a chromosome and a position that can be read", s->path);
  return got;
}

int scoring_file_load(score_set *set, const char *path, dtc_build build, fault *f) {
  scoring_file s = {.path = path, .set = set};
  int failed = -1;
  s.fields = malloc(MOST_COLUMNS * sizeof *s.fields);
  if (!s.fields)
    fault_set(f, EXIT_TROUBLE, "out of memory");
  else if ((s.text = text_file_open(path, f)))
    failed = read_all(&s, build, f);
  text_file_free(s.text);
  free(s.fields);
  free(s.name);
  free(s.trait);
  free(s.weight_type);
  return failed;
}
