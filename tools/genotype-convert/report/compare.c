#include "genotype-convert/report/compare.h"

#include "common/output.h"
#include "genotype-convert/conversion.h"

#include <base/json.h>
#include <stdlib.h>
#include <string.h>

/* Why two called genotypes of one place differ, as far as they tell. */
#define CONFLICT_LIST(X)                                                                                      \
  X(STRAND, "strand")             /* the complement of one is the other */                                    \
  X(ONE_ALLELE, "one_allele")     /* heterozygous here, homozygous there: an allele was missed or imagined */ \
  X(BOTH_ALLELES, "both_alleles") /* nothing in common */                                                     \
  X(INDEL_CODING, "indel_coding") /* I or D against letters */
typedef enum conflict {
#define DTC_X(name, word) CONFLICT_##name,
  CONFLICT_LIST(DTC_X)
#undef DTC_X
      CONFLICT_COUNT
} conflict;

static const char *const conflict_words[CONFLICT_COUNT] = {
#define DTC_X(name, word) word,
    CONFLICT_LIST(DTC_X)
#undef DTC_X
};

/* A row by its place; contig << 32 | position. */
typedef struct placed {
  uint64_t place;
  uint32_t row;
  uint8_t low, high; /* alleles in order; DTC_ALLELE_MISSING twice for a no-call */
} placed;

typedef struct kit {
  const char *path;
  dtc_verdict *verdict;
  dtc_table *table;
  placed *rows;
  size_t count;
} kit;

typedef struct comparison {
  kit a, b;
  uint64_t shared, called, agree, no_call_a, no_call_b, conflicts[CONFLICT_COUNT];
  output *list; /* NULL: not wanted */
} comparison;

static int compare_places(const void *a, const void *b) {
  const placed *l = a, *r = b;
  if (l->place != r->place)
    return l->place < r->place ? -1 : 1;
  return l->row < r->row ? -1 : l->row > r->row;
}

/* Rows of one place become one: a call wins over a no-call, calls that differ are no call. */
static size_t merge_places(placed *rows, size_t count) {
  size_t kept = 0;
  for (size_t i = 0; i < count; i++) {
    placed *last = kept ? &rows[kept - 1] : NULL;
    if (!last || last->place != rows[i].place) {
      rows[kept++] = rows[i];
    } else if (last->low == DTC_ALLELE_MISSING) {
      *last = rows[i];
    } else if (rows[i].low != DTC_ALLELE_MISSING && (rows[i].low != last->low || rows[i].high != last->high)) {
      last->low = last->high = DTC_ALLELE_MISSING;
    }
  }
  return kept;
}

static int place_rows(kit *k, const dtc_assembly *assembly) {
  const dtc_calls *calls = dtc_table_calls(k->table);
  k->rows = malloc((calls->count + 1) * sizeof *k->rows);
  if (!k->rows)
    return -1;
  for (size_t i = 0; i < calls->count; i++) {
    unsigned contig = calls->contig[i];
    uint32_t position = calls->position[i];
    if (contig != DTC_LABEL_PAR_ON_Y)
      dtc_assembly_to_x(assembly, &contig, &position);
    else if (dtc_assembly_place_par(assembly, dtc_verdict_par_frame(k->verdict), &position) >= 0)
      contig = DTC_CONTIG_X;
    if (contig == DTC_CONTIG_NONE || contig >= DTC_CONTIG_COUNT)
      continue;
    unsigned first = DTC_GENOTYPE_FIRST(calls->genotype[i]), second = DTC_GENOTYPE_SECOND(calls->genotype[i]);
    if (second == DTC_ALLELE_NONE) /* vendors write haploid calls once or twice */
      second = first;
    k->rows[k->count++] = (placed){.place = (uint64_t)contig << 32 | position,
                                   .row = (uint32_t)i,
                                   .low = (uint8_t)(first < second ? first : second),
                                   .high = (uint8_t)(first < second ? second : first)};
  }
  qsort(k->rows, k->count, sizeof *k->rows, compare_places);
  k->count = merge_places(k->rows, k->count);
  return 0;
}

static int is_letter(unsigned allele) { return allele >= DTC_ALLELE_A && allele <= DTC_ALLELE_T; }
static unsigned complement(unsigned allele) { return DTC_ALLELE_A + DTC_ALLELE_T - allele; }

static conflict cause_of(const placed *a, const placed *b) {
  int letters_a = is_letter(a->low) && is_letter(a->high), letters_b = is_letter(b->low) && is_letter(b->high);
  if (letters_a != letters_b)
    return CONFLICT_INDEL_CODING;
  if (letters_a && complement(b->high) == a->low && complement(b->low) == a->high)
    return CONFLICT_STRAND;
  return a->low == b->low || a->low == b->high || a->high == b->low || a->high == b->high ? CONFLICT_ONE_ALLELE
                                                                                          : CONFLICT_BOTH_ALLELES;
}

static void list_conflict(comparison *c, const placed *a, const placed *b, conflict cause) {
  char id_a[DTC_ID_TEXT_MAX + 1], id_b[DTC_ID_TEXT_MAX + 1];
  dtc_calls_id(dtc_table_calls(c->a.table), a->row, id_a);
  dtc_calls_id(dtc_table_calls(c->b.table), b->row, id_b);
  output_print(c->list, "%s\t%s\t%s\t%lu\t%c/%c\t%c/%c\t%s\n", id_a, id_b, dtc_contig_name((unsigned)(a->place >> 32)),
               (unsigned long)(a->place & UINT32_MAX), dtc_allele_letter(a->low), dtc_allele_letter(a->high),
               dtc_allele_letter(b->low), dtc_allele_letter(b->high), conflict_words[cause]);
}

static void compare_pair(comparison *c, const placed *a, const placed *b) {
  int missing_a = a->low == DTC_ALLELE_MISSING, missing_b = b->low == DTC_ALLELE_MISSING;
  c->shared++;
  c->no_call_a += (unsigned)missing_a;
  c->no_call_b += (unsigned)missing_b;
  if (missing_a || missing_b)
    return;
  c->called++;
  if (a->low == b->low && a->high == b->high) {
    c->agree++;
    return;
  }
  conflict cause = cause_of(a, b);
  c->conflicts[cause]++;
  if (c->list)
    list_conflict(c, a, b, cause);
}

static void compare_kits(comparison *c) {
  for (size_t i = 0, k = 0; i < c->a.count && k < c->b.count;) {
    uint64_t a = c->a.rows[i].place, b = c->b.rows[k].place;
    if (a == b)
      compare_pair(c, &c->a.rows[i], &c->b.rows[k]);
    i += a <= b;
    k += b <= a;
  }
}

static void put_kit(json *j, const char *key, const kit *k) {
  json_key(j, key);
  json_object(j);
  json_key(j, "vendor");
  json_string(j, dtc_verdict_vendor(k->verdict));
  json_key(j, "format");
  json_string(j, dtc_verdict_format(k->verdict));
  json_key(j, "array");
  json_string(j, dtc_verdict_array(k->verdict));
  json_key(j, "build");
  json_string(j, dtc_build_name(dtc_verdict_build(k->verdict)));
  json_key(j, "sex");
  json_string(j, dtc_sex_name(dtc_verdict_sex(k->verdict)));
  json_key(j, "rows");
  json_number(j, dtc_verdict_rows(k->verdict));
  json_key(j, "places");
  json_number(j, k->count);
  json_object_end(j);
}

/* Arrays of one person agree in more than 99.5 % of the calls; brothers and sisters in about 75-80 %. */
static void put_same_person(json *j, const comparison *c) {
  double share = c->called ? (double)c->agree / (double)c->called : 0;
  json_key(j, "concordance");
  if (c->called)
    json_real(j, share, 6);
  else
    json_null(j);
  json_key(j, "same_person");
  if (c->called < 1000 || (share >= 0.95 && share < 0.99))
    json_null(j);
  else
    json_bool(j, share >= 0.99);
}

static size_t print_json(const comparison *c, char *text, size_t size_bytes) {
  json j;
  json_begin(&j, text, size_bytes);
  json_object(&j);
  json_key(&j, "schema");
  json_number(&j, 1);
  put_kit(&j, "a", &c->a);
  put_kit(&j, "b", &c->b);
  json_key(&j, "shared");
  json_number(&j, c->shared);
  json_key(&j, "no_call_a");
  json_number(&j, c->no_call_a);
  json_key(&j, "no_call_b");
  json_number(&j, c->no_call_b);
  json_key(&j, "called_in_both");
  json_number(&j, c->called);
  json_key(&j, "agree");
  json_number(&j, c->agree);
  put_same_person(&j, c);
  json_key(&j, "conflicts");
  json_object(&j);
  for (int i = 0; i < CONFLICT_COUNT; i++) {
    json_key(&j, conflict_words[i]);
    json_number(&j, c->conflicts[i]);
  }
  json_object_end(&j);
  json_object_end(&j);
  return json_end(&j);
}

static int load_kit(const context *c, kit *k, const char *path, fault *f) {
  k->path = path;
  k->verdict = dtc_verdict_new(NULL);
  if (!k->verdict)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  int refused;
  return conversion_load(c, path, &k->table, k->verdict, &refused, f);
}

static int check_builds(const comparison *c, fault *f) {
  if (dtc_verdict_build(c->a.verdict) == dtc_verdict_build(c->b.verdict))
    return 0;
  return fault_set(f, EXIT_USAGE, "%s is on %s, %s on %s: only exports of one build can be compared", c->a.path,
                   dtc_build_name(dtc_verdict_build(c->a.verdict)), c->b.path,
                   dtc_build_name(dtc_verdict_build(c->b.verdict)));
}

static int open_list(comparison *c, const options *o, fault *f) {
  static const char head[] = "rsid_a\trsid_b\tchrom\tpos\tgenotype_a\tgenotype_b\tcause\n";
  if (!o->rejects)
    return 0;
  c->list = output_open(o->rejects, f);
  return c->list ? output_write(c->list, head, sizeof head - 1) : -1;
}

static int print_result(comparison *c, fault *f) {
  char text[4096]; /* the keys and twenty numbers */
  size_t length = print_json(c, text, sizeof text - 1);
  if (length >= sizeof text - 1)
    return fault_set(f, EXIT_TROUBLE, "internal error: the comparison is too long");
  text[length++] = '\n';
  output *out = output_open(NULL, f);
  if (!out)
    return -1;
  output_write(out, text, length);
  int failed = output_finish(out, NULL, 0, f);
  output_free(out);
  if (!failed && c->list)
    failed = output_finish(c->list, NULL, 0, f) != 0 || output_publish(c->list, f) != 0 ||
             output_settle((const output *const[]){c->list}, 1, f) != 0;
  return failed ? -1 : 0;
}

static int run_steps(context *shared, comparison *c, fault *f) {
  const options *o = context_options(shared);
  if (load_kit(shared, &c->a, o->exports[0], f) != 0 || load_kit(shared, &c->b, o->exports[1], f) != 0 ||
      check_builds(c, f) != 0)
    return -1;
  const dtc_assembly *assembly = dtc_assemblies_get(context_assemblies(shared), dtc_verdict_build(c->a.verdict));
  if (!assembly)
    return fault_set(f, EXIT_REFUSED, "%s: the genome build is not known", c->a.path);
  if (place_rows(&c->a, assembly) != 0 || place_rows(&c->b, assembly) != 0)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  if (open_list(c, o, f) != 0)
    return -1;
  compare_kits(c);
  return print_result(c, f);
}

int compare_run(context *shared, fault *f) {
  comparison c;
  memset(&c, 0, sizeof c);
  run_steps(shared, &c, f);
  output_free(c.list);
  free(c.a.rows);
  free(c.b.rows);
  dtc_table_free(c.a.table);
  dtc_table_free(c.b.table);
  dtc_verdict_free(c.a.verdict);
  dtc_verdict_free(c.b.verdict);
  return f->exit_status;
}
