#include "genotype-cohort/cohort.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One export on its way into the cohort. */
typedef struct reading {
  cohort *cohort;
  person *person;
  size_t capacity;
} reading;

static int on_record(void *opaque, const dtc_record *r) {
  reading *g = opaque;
  person *p = g->person;
  uint32_t number;
  call genotype;
  if (site_set_add(g->cohort->sites, r, &number, &genotype, &p->fault) != 0)
    return -1;
  if (number >= g->capacity) {
    size_t more = g->capacity * 2 > number + 1u ? g->capacity * 2 : (size_t)number + 65536;
    call *larger = realloc(p->calls, more);
    if (!larger)
      return fault_set(&p->fault, EXIT_TROUBLE, "out of memory");
    memset(larger + g->capacity, CALL_NONE, more - g->capacity);
    p->calls = larger;
    g->capacity = more;
  }
  p->calls[number] = genotype;
  p->call_count = number >= p->call_count ? number + 1u : p->call_count;
  p->records++;
  return 0;
}

static int on_reject(void *opaque, size_t row, dtc_rejection why) {
  (void)row, (void)why;
  ((reading *)opaque)->person->rejected++;
  return 0;
}

static int open_assembly(cohort *c, const dtc_assembly *a, fault *f) {
  const cohort_options *o = c->options;
  dtc_diag diag = {0};
  dtc_status status = dtc_reference_open(o->sequence, o->sites, a, &c->reference, &diag);
  if (status != DTC_OK)
    return fault_set(f, EXIT_TROUBLE, "%s", diag.expected[0] ? diag.expected : dtc_status_text(status));
  dtc_reference_remember(c->reference);
  c->assembly = a;
  return 0;
}

/* The assembly of an export, and the chains to that of the cohort, NULL where it is the same. The first export decides
 * the cohort's where none is named; its reference is opened once. */
static const dtc_assembly *find_assembly(cohort *c, dtc_build build, const lift **chains, fault *f) {
  const dtc_assembly *a = dtc_assemblies_get(c->options->assemblies, build);
  *chains = NULL;
  if (!a) {
    fault_set(f, EXIT_REFUSED, "its assembly is not known");
    return NULL;
  }
  if (!c->assembly && open_assembly(c, a, f) != 0)
    return NULL;
  if (c->assembly->build != build && !(*chains = lifts_find(&c->lifts, c->options, a, c->assembly, f)))
    return NULL;
  return a;
}

static void take_verdict(person *p, const dtc_verdict *v) {
  const char *vendor = dtc_verdict_vendor(v), *array = dtc_verdict_array(v);
  snprintf(p->vendor, sizeof p->vendor, "%s", vendor ? vendor : "");
  snprintf(p->array, sizeof p->array, "%s", array ? array : "");
  p->sex = dtc_verdict_sex(v);
  p->build = dtc_verdict_build(v);
  p->rows = dtc_verdict_rows(v);
  p->rejected = dtc_verdict_rejected(v);
}

/* The conversion is made for the first person, and opened again for the others. */
static int resolve_person(cohort *c, person *p, dtc_table *table, const dtc_verdict *v, dtc_conversion **conversion) {
  const lift *chains;
  const dtc_assembly *from = find_assembly(c, dtc_verdict_build(v), &chains, &p->fault);
  if (!from)
    return -1;
  reading g = {.cohort = c, .person = p};
  dtc_conversion_options o;
  dtc_diag diag = {0};
  dtc_conversion_options_init(&o);
  o.from = from;
  o.to = c->assembly;
  if (chains) {
    o.chains = chains->chains;
    o.chain_count = chains->count;
  }
  o.reference = c->reference;
  o.on_reject = on_reject;
  o.opaque = &g;
  site_set_begin(c->sites);
  dtc_status status = *conversion ? dtc_conversion_reopen(*conversion, table, v, &o, &diag)
                                  : dtc_conversion_open(table, v, &o, conversion, &diag);
  if (status == DTC_OK)
    status = dtc_conversion_run(*conversion, on_record, &g, &diag);
  if (status == DTC_REFERENCE_FILE) /* not the export's fault */
    return fault_set(&p->fault, EXIT_USAGE, "%s", diag.expected);
  if (status != DTC_OK)
    return fault_set(&p->fault, dtc_status_class(status) == DTC_CLASS_INPUT ? EXIT_REFUSED : EXIT_TROUBLE, "%s",
                     dtc_status_text(status));
  const dtc_conversion_sums *sums = dtc_conversion_get_sums(*conversion);
  if (sums->written + sums->merged + p->rejected != p->rows)
    return fault_set(&p->fault, EXIT_TROUBLE, "internal error: its rows do not add up");
  return 0;
}

/* Its sites stay in the set; a site that no other person has is not written. */
static void forget_calls(person *p) {
  free(p->calls);
  p->calls = NULL;
  p->call_count = 0;
}

static void read_person(cohort *c, person *p, dtc_table **table, dtc_conversion **conversion) {
  dtc_options o;
  dtc_verdict *v = dtc_verdict_new(NULL);
  if (!v) {
    fault_set(&p->fault, EXIT_TROUBLE, "out of memory");
    return;
  }
  dtc_options_init(&o, DTC_POLICY_REJECT);
  o.container = DTC_CONTAINER_ANY;
  o.assemblies = c->options->assemblies;
  o.limits.rows_min = 1;
  dtc_status status =
      *table ? dtc_table_reload_path(p->export_path, &o, *table, v) : dtc_table_load_path(p->export_path, &o, table, v);
  if (status != DTC_OK) {
    dtc_class class = dtc_status_class(status);
    fault_set(&p->fault, class == DTC_CLASS_INPUT || class == DTC_CLASS_LIMIT ? EXIT_REFUSED : EXIT_TROUBLE, "%s",
              dtc_status_text(status));
  } else {
    take_verdict(p, v);
    if (resolve_person(c, p, *table, v, conversion) != 0)
      forget_calls(p);
  }
  dtc_verdict_free(v);
}

int cohort_read(cohort *c, const cohort_options *o, fault *f) {
  dtc_table *table = NULL;
  dtc_conversion *conversion = NULL;
  *c = (cohort){
      .options = o, .sites = site_set_new(), .persons = calloc(o->count, sizeof *c->persons), .count = o->count};
  if (!c->sites || !c->persons)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  const lift *none;
  if (o->build != DTC_BUILD_UNKNOWN && !find_assembly(c, o->build, &none, f))
    return -1;
  for (size_t i = 0; i < c->count; i++) {
    person *p = &c->persons[i];
    p->export_path = o->exports[i];
    p->name = o->names[i];
    read_person(c, p, &table, &conversion);
    c->in += p->fault.exit_status == EXIT_WRITTEN;
    if (p->fault.exit_status != EXIT_WRITTEN)
      fprintf(stderr, "genotype-cohort: %s is left out: %s\n", p->name, p->fault.message);
  }
  dtc_conversion_free(conversion);
  dtc_table_free(table);
  return c->in ? 0 : fault_set(f, c->persons[0].fault.exit_status, "no export is left");
}

/* How many persons in the cohort have a record at the site. */
static size_t persons_at(const cohort *c, uint32_t number) {
  size_t have = 0;
  for (size_t i = 0; i < c->count; i++)
    have += cohort_call(&c->persons[i], number) != CALL_NONE;
  return have;
}

static void count_call(person *p, uint64_t place, call genotype) {
  const call_alleles *a = &call_of[genotype];
  int missing = a->ploidy == 0 || a->at[0] == CALL_MISSING || (a->ploidy == 2 && a->at[1] == CALL_MISSING);
  p->called += !missing;
  p->missing += missing;
  if (place >> 32 >= DTC_CONTIG_X || missing)
    return;
  p->autosomal++;
  p->heterozygous += a->ploidy == 2 && a->at[0] != a->at[1];
}

int cohort_settle(cohort *c, fault *f) {
  c->order = site_set_order(c->sites);
  if (!c->order)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  for (size_t i = 0; i < site_set_count(c->sites); i++) {
    uint32_t number = c->order[i];
    size_t have = c->in == c->count && !c->options->intersection ? 1 : persons_at(c, number);
    if (have == 0 || (c->options->intersection && have < c->in))
      continue;
    c->order[c->order_count++] = number;
    uint64_t place = site_set_at(c->sites, number)->place;
    for (size_t k = 0; k < c->count; k++)
      if (c->persons[k].fault.exit_status == EXIT_WRITTEN)
        count_call(&c->persons[k], place, cohort_call(&c->persons[k], number));
  }
  return c->order_count ? 0 : fault_set(f, EXIT_REFUSED, "the exports have no site in common");
}

void cohort_free(cohort *c) {
  for (size_t i = 0; c->persons && i < c->count; i++)
    free(c->persons[i].calls);
  free(c->persons);
  free(c->order);
  site_set_free(c->sites);
  dtc_reference_free(c->reference);
  lifts_free(&c->lifts);
}
