#include "genotype-impute/intake.h"

#include "base/counts.h"
#include "base/view.h"
#include "genotype-impute/calls.h"
#include "genotype-impute/groups.h"
#include "genotype-impute/panel_fit.h"
#include "genotype-impute/record_file.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct intake {
  run *run;
  shared *shared;
  dtc_reference *reference;
  dtc_table *table;
  dtc_conversion *conversion; /* NULL: none yet */
  dtc_liftover *chains[BUILD_COUNT][OPTIONS_CHAINS_MAX];
  fault chain_faults[BUILD_COUNT];
  int chains_tried[BUILD_COUNT];
  calls_writer writer; /* of the export that is read */
  fault *fault;        /* of its person */
} intake;

/* Sample names go into a header and into tables: no control characters, not too long; blanks are fine there. */
static int good_name(const char *name) {
  size_t n = strlen(name);
  for (size_t i = 0; i < n; i++)
    if ((unsigned char)name[i] < ' ' || name[i] == 0x7f)
      return 0;
  return n > 0 && n < RUN_NAME_BYTES;
}

static person *new_person(intake *in, size_t input, const char *name) {
  shared *s = in->shared;
  if (s->persons == RUN_PERSONS_MAX) {
    fault_set(&s->fault, EXIT_USAGE, "more than %d persons in one run", RUN_PERSONS_MAX);
    return NULL;
  }
  person *p = &s->person[s->persons++];
  p->input = (uint32_t)input;
  if (good_name(name))
    snprintf(p->name, sizeof p->name, "%s", name);
  else {
    snprintf(p->name, sizeof p->name, "%" PRIu32, s->persons);
    fault_set(&p->fault, EXIT_USAGE, "its sample name is empty, too long or has control characters");
  }
  return p;
}

/* What a record was typed for. Symbols, a spanning deletion's '*' among them, and no ALT at all say something of the
 * bases only; without an ALT a longer REF says, too, that it is not shorter. */
static unsigned kinds_of(const char *ref, const char *const *alts, unsigned n) {
  size_t ref_bytes = strlen(ref);
  unsigned kinds = n ? 0 : KIND_BASES | (ref_bytes > 1 ? KIND_LENGTH : 0);
  for (unsigned i = 0; i < n; i++) {
    size_t bytes = strlen(alts[i]);
    kinds |= strspn(alts[i], "ACGTN") == bytes ? kind_of(ref_bytes, bytes) : KIND_BASES;
  }
  return kinds;
}

/* ---- exports */

static int on_record(void *opaque, const dtc_record *r) {
  intake *in = opaque;
  person *p = in->writer.person;
  int missing = r->gt[0] < 0 || (r->ploidy == 2 && r->gt[1] < 0);
  if (r->filter != DTC_FILTER_PASS || missing) {
    p->doubtful += r->filter != DTC_FILTER_PASS;
    p->no_calls += r->filter == DTC_FILTER_PASS;
    return 0;
  }
  p->flipped += (r->info & DTC_RECORD_FLIP) != 0;
  called c = {.position = r->position,
              .ref = r->alleles[0],
              .first = r->alleles[r->gt[0]],
              .second = r->ploidy == 2 ? r->alleles[r->gt[1]] : NULL,
              .kinds = kinds_of(r->alleles[0], r->alleles + 1, r->n_alleles - 1u)};
  return calls_put(&in->writer, r->contig, &c, in->fault) < 0;
}

static int on_reject(void *opaque, size_t row, dtc_rejection why) {
  (void)row;
  if ((unsigned)why < RUN_REJECTIONS)
    ((intake *)opaque)->writer.person->rejected[why]++;
  return 0;
}

static int find_chains(intake *in, dtc_build from, fault *f) {
  const impute_options *o = in->run->options;
  const dtc_assembly *to = in->run->panel.assembly;
  fault *kept = &in->chain_faults[from];
  if (!in->chains_tried[from]) {
    in->chains_tried[from] = 1;
    if (!o->n_chains)
      fault_set(kept, EXIT_REFUSED, "it is of %s, the panel of %s: --chain is needed", dtc_build_name(from),
                dtc_build_name(to->build));
    for (size_t i = 0; i < o->n_chains && kept->exit_status == EXIT_WRITTEN; i++) {
      dtc_diag diag = {0};
      dtc_status status = dtc_liftover_load_path(o->chains[i], dtc_assemblies_get(dtc_assemblies_builtin(), from), to,
                                                 NULL, &in->chains[from][i], &diag);
      if (status != DTC_OK)
        fault_set(kept, EXIT_REFUSED, "%s: %s", o->chains[i], dtc_status_text(status));
    }
  }
  return kept->exit_status == EXIT_WRITTEN ? 0 : fault_set(f, kept->exit_status, "%s", kept->message);
}

static int resolve_person(intake *in, person *p, const dtc_verdict *v, fault *f) {
  const dtc_assembly *to = in->run->panel.assembly,
                     *from = dtc_assemblies_get(dtc_assemblies_builtin(), dtc_verdict_build(v));
  if (!from)
    return fault_set(f, EXIT_REFUSED, "its assembly is not known");
  int lifted = from->build != to->build;
  if (lifted && find_chains(in, from->build, f) != 0)
    return -1;
  dtc_conversion_options c;
  dtc_conversion_options_init(&c);
  c.from = from;
  c.to = to;
  c.reference = in->reference;
  c.chains = (const dtc_liftover *const *)in->chains[from->build];
  c.chain_count = lifted ? in->run->options->n_chains : 0;
  c.on_reject = on_reject;
  c.opaque = in;
  dtc_diag diag = {0};
  dtc_status status = in->conversion ? dtc_conversion_reopen(in->conversion, in->table, v, &c, &diag)
                                     : dtc_conversion_open(in->table, v, &c, &in->conversion, &diag);
  if (status == DTC_OK)
    status = dtc_conversion_run(in->conversion, on_record, in, &diag);
  p->rows = dtc_verdict_rows(v);
  p->parser_rejected = dtc_verdict_rejected(v);
  if (status != DTC_OK)
    return fault_set(f, dtc_status_class(status) == DTC_CLASS_INPUT ? EXIT_REFUSED : EXIT_TROUBLE, "%s%s%s",
                     dtc_status_text(status), diag.expected[0] ? ": " : "", diag.expected);
  return 0;
}

static int read_export(intake *in, person *p, const char *path, fault *f) {
  dtc_options o;
  dtc_verdict *v = dtc_verdict_new(NULL);
  if (!v)
    return fault_memory(f);
  dtc_options_init(&o, DTC_POLICY_REJECT);
  o.container = DTC_CONTAINER_ANY;
  o.limits.rows_min = 1;
  dtc_status status =
      in->table ? dtc_table_reload_path(path, &o, in->table, v) : dtc_table_load_path(path, &o, &in->table, v);
  int failed;
  if (status != DTC_OK) {
    dtc_class class = dtc_status_class(status);
    failed = fault_set(f, class == DTC_CLASS_INPUT || class == DTC_CLASS_LIMIT ? EXIT_REFUSED : EXIT_TROUBLE, "%s",
                       dtc_status_text(status));
  } else {
    p->sex = dtc_verdict_sex(v);
    failed = resolve_person(in, p, v, f);
  }
  dtc_verdict_free(v);
  return failed;
}

static int take_export(intake *in, size_t input) {
  const impute_options *o = in->run->options;
  char number[24];
  uint32_t index = in->shared->persons;
  snprintf(number, sizeof number, "%" PRIu32, index + 1);
  const char *name = o->names[input] ? o->names[input] : o->sample ? o->sample : o->n_inputs == 1 ? "SAMPLE" : number;
  person *p = new_person(in, input, name);
  if (!p)
    return -1;
  in->fault = &p->fault;
  if (p->fault.exit_status != EXIT_WRITTEN)
    return 0;
  if (calls_create(&in->writer, in->run->folder, index, p, &in->shared->fault) != 0)
    return -1;
  read_export(in, p, o->inputs[input], &p->fault);
  return calls_finish(&in->writer, &in->shared->fault);
}

/* ---- VCF and BCF */

enum { PLACE_RECORDS_MAX = 32, PLACE_ALTS_MAX = 64 };

/* A record of the place, and its genotypes. */
typedef struct placed {
  bcf1_t *record; /* made when needed, kept */
  int32_t *gt;
  int room, width;     /* of a person; 0: the record has no GT */
  const bcf_fmt_t *ft; /* NULL: none */
  int doubtful, done;
} placed;

typedef struct vcf_intake {
  intake *in;
  record_file file;
  calls_writer *writers; /* one a sample */
  panel_fit *fits;       /* one a sample */
  uint64_t panel_rows;   /* of the chromosomes that came so far */
  int in_panel;          /* the one that is read */
  char base;             /* REF of the panel's SNV at the place, or '\0' */
  uint32_t first, count; /* of the persons */
  placed place[PLACE_RECORDS_MAX];
  size_t n_place;
} vcf_intake;

static int check_lengths(const vcf_intake *v, fault *f) {
  const dtc_assembly *a = v->in->run->panel.assembly;
  const bcf_hdr_t *h = v->file.header;
  for (int i = 0; i < h->n[BCF_DT_CTG]; i++) {
    const char *name = bcf_hdr_id2name(h, i);
    unsigned contig = dtc_contig_parse(name, strlen(name));
    uint64_t length = h->id[BCF_DT_CTG][i].val ? h->id[BCF_DT_CTG][i].val->info[0] : 0;
    if (contig >= 1 && contig <= DTC_CONTIG_X && length && length != a->length[contig])
      return fault_set(f, EXIT_REFUSED, "its contigs are not as long as those of the panel's %s",
                       dtc_build_name(a->build));
  }
  return 0;
}

static int usable_alleles(bcf1_t *b) {
  for (unsigned i = 0; i < b->n_allele; i++) {
    for (char *c = b->d.allele[i]; *c; c++)
      *c = (char)toupper((unsigned char)*c);
    /* "." is no ALT; "*", <DEL> and the like fit no row of a panel, and are seen there */
    if (i == 0 && strspn(b->d.allele[0], "ACGT") != strlen(b->d.allele[0]))
      return 0;
  }
  return b->n_allele >= 1;
}

/* FILTER says so; or it was imputed before, by ourselves (and Beagle) or by minimac4: that is nothing to impute by. */
static int is_doubtful(const vcf_intake *v, bcf1_t *b) {
  return bcf_get_info_flag(v->file.header, b, "IMP", NULL, NULL) == 1 ||
         bcf_get_info_flag(v->file.header, b, "IMPUTED", NULL, NULL) == 1 ||
         (b->d.n_flt > 0 && !(b->d.n_flt == 1 && bcf_hdr_id2int(v->file.header, BCF_DT_ID, "PASS") == b->d.flt[0]));
}

/* FORMAT FT: the filters of this person's genotype. */
static int is_doubted(const placed *from, uint32_t k) {
  const bcf_fmt_t *ft = from->ft;
  if (!ft || ft->type != BCF_BT_CHAR)
    return 0;
  const char *at = (const char *)ft->p + (size_t)k * (size_t)ft->size;
  view words = {at, strnlen(at, (size_t)ft->size)};
  return words.length && !view_is(words, "PASS") && !view_is(words, ".");
}

/* A person's genotype at a place: how often each ALT that some record there has. */
typedef struct gathered {
  const char *alt[PLACE_ALTS_MAX];
  int times[PLACE_ALTS_MAX];
  size_t count;
  int copies; /* -1: nothing is known of them */
  int missing, contradiction;
  unsigned kinds;
} gathered;

static void gather_alt(gathered *g, const char *alt, int times) {
  size_t i = 0;
  while (i < g->count && strcmp(g->alt[i], alt) != 0)
    i++;
  if (i == g->count && i < PLACE_ALTS_MAX) {
    g->alt[g->count++] = alt;
    g->times[i] = times;
  } else if (i == PLACE_ALTS_MAX || g->times[i] != times) {
    g->contradiction = 1;
  }
}

static void gather(gathered *g, const placed *from, uint32_t k) {
  const int32_t *gt = from->gt + (size_t)k * (size_t)from->width;
  const bcf1_t *b = from->record;
  int copies = 0, missing = 0;
  for (; copies < from->width && gt[copies] != bcf_int32_vector_end; copies++)
    missing |= bcf_gt_is_missing(gt[copies]) || bcf_gt_allele(gt[copies]) >= b->n_allele;
  g->missing |= missing || copies == 0 || copies > 2;
  if (copies == 0 || copies > 2)
    return;
  g->contradiction |= g->copies >= 0 && g->copies != copies;
  g->copies = copies;
  for (int a = 1; a < b->n_allele; a++) {
    int times = 0;
    for (int i = 0; i < copies; i++)
      times += !bcf_gt_is_missing(gt[i]) && bcf_gt_allele(gt[i]) == a;
    if (!times && missing)
      continue;
    gather_alt(g, b->d.allele[a], times);
    g->kinds |= kinds_of(b->d.allele[0], (const char *const *)&b->d.allele[a], 1);
  }
  if (b->n_allele == 1 && !missing)
    g->kinds |= kinds_of(b->d.allele[0], NULL, 0);
}

/* What a person has by all records of the place with one REF: in several of them 0 means no more than `not this ALT`.
 */
static int put_genotype(vcf_intake *v, uint32_t k, const placed *const *from, size_t n, unsigned contig) {
  person *p = &v->in->shared->person[v->first + k];
  gathered g = {.copies = -1};
  const char *alleles[2];
  int doubtful = 0, known = 0, carried = 0;
  if (p->fault.exit_status != EXIT_WRITTEN)
    return 0;
  for (size_t i = 0; i < n; i++) {
    doubtful |= from[i]->doubtful || is_doubted(from[i], k);
    gather(&g, from[i], k);
  }
  for (size_t i = 0; i < g.count; i++)
    for (int t = 0; t < g.times[i]; t++, carried++)
      if (carried < 2)
        alleles[carried] = g.alt[i];
  p->merged += n - 1;
  known = g.copies > 0 && (!g.missing || carried == g.copies);
  if (!known && !g.contradiction && !(g.copies > 0 && carried > g.copies)) {
    p->no_calls++;
    return 0;
  }
  if (doubtful || g.contradiction || carried > g.copies) {
    p->doubtful++;
    return 0;
  }
  const bcf1_t *b = from[0]->record;
  while (carried < g.copies)
    alleles[carried++] = b->d.allele[0];
  called c = {.position = (uint32_t)b->pos + 1,
              .ref = b->d.allele[0],
              .first = alleles[0],
              .second = g.copies == 2 ? alleles[1] : NULL,
              .kinds = g.kinds};
  int put = calls_put(&v->writers[k], contig, &c, &p->fault);
  p->doubtful += put == 1;
  if (v->in_panel)
    panel_fit_count(&v->fits[k], &c, v->base);
  return 0;
}

static int unpack(vcf_intake *v, placed *w, fault *f) {
  bcf1_t *b = w->record;
  if (bcf_unpack(b, BCF_UN_ALL) < 0)
    return fault_set(f, EXIT_REFUSED, "a record of it is damaged");
  int n = bcf_get_genotypes(v->file.header, b, &w->gt, &w->room);
  if (n == -4)
    return fault_memory(f);
  w->width = n > 0 && n % (int)v->count == 0 ? n / (int)v->count : 0;
  w->ft = bcf_get_fmt(v->file.header, b, "FT");
  w->doubtful = is_doubtful(v, b) || !usable_alleles(b);
  w->done = 0;
  return 0;
}

/* All records of a place are there. */
static int put_place(vcf_intake *v, unsigned contig, fault *f) {
  const placed *same[PLACE_RECORDS_MAX];
  char letters[5] = "";
  if (v->in_panel)
    dtc_reference_snv(v->in->reference, contig, (uint32_t)v->place[0].record->pos + 1, letters);
  v->base = letters[0];
  for (size_t i = 0; i < v->n_place; i++)
    if (unpack(v, &v->place[i], f) != 0)
      return -1;
  for (size_t i = 0; i < v->n_place; i++) {
    size_t n = 0;
    for (size_t j = i; j < v->n_place; j++) {
      placed *w = &v->place[j];
      if (w->done || strcmp(w->record->d.allele[0], v->place[i].record->d.allele[0]) != 0)
        continue;
      w->done = 1;
      same[n++] = w;
    }
    for (uint32_t k = 0; n && k < v->count; k++)
      if (put_genotype(v, k, same, n, contig) != 0)
        return -1;
  }
  return 0;
}

/* The next records of one place out of the reader's hands. */
static int take_place(vcf_intake *v, fault *f) {
  hts_pos_t pos = v->file.record->pos;
  int rid = v->file.record->rid;
  for (v->n_place = 0; v->file.more && v->file.record->pos == pos && v->file.record->rid == rid; v->n_place++) {
    if (v->n_place == PLACE_RECORDS_MAX)
      return fault_set(f, EXIT_REFUSED, "it has more than %d records at one place", PLACE_RECORDS_MAX);
    placed *w = &v->place[v->n_place];
    bcf1_t *other = w->record ? w->record : bcf_init();
    w->record = v->file.record; /* handed over, not copied */
    v->file.record = other;
    if (!other)
      return fault_memory(f);
    if (record_file_next(&v->file, f) != 0)
      return -1;
  }
  return 0;
}

static fault *fault_of(vcf_intake *v, uint32_t k) { return &v->in->shared->person[v->first + k].fault; }

static void begin_contig(vcf_intake *v, unsigned contig) {
  const panel *p = &v->in->run->panel;
  for (uint32_t k = 0; k < v->count; k++)
    panel_fit_end_contig(&v->fits[k], fault_of(v, k));
  v->in_panel = 0;
  for (size_t i = 0; i < p->count; i++)
    if (p->units[i].contig == contig) {
      v->in_panel = 1;
      v->panel_rows += p->units[i].rows;
    }
}

static int read_records(vcf_intake *v, fault *f) {
  int rid = -1, failed = 0;
  unsigned contig = DTC_CONTIG_NONE;
  uint64_t rows = 0, elsewhere = 0;
  while (!failed && v->file.more) {
    if (v->file.record->rid != rid) {
      rid = v->file.record->rid;
      const char *name = bcf_hdr_id2name(v->file.header, rid);
      contig = dtc_contig_parse(name, strlen(name));
      begin_contig(v, contig);
    }
    rows++;
    if (contig < 1 || contig > DTC_CONTIG_X) {
      elsewhere++;
      failed = record_file_next(&v->file, f);
      continue;
    }
    failed = take_place(v, f) != 0 || put_place(v, contig, f) != 0;
    rows += v->n_place - 1;
  }
  for (uint32_t k = 0; k < v->count; k++) {
    panel_fit_end_contig(&v->fits[k], fault_of(v, k));
    panel_fit_end(&v->fits[k], v->panel_rows, fault_of(v, k));
    v->in->shared->person[v->first + k].rows = rows;
    v->in->shared->person[v->first + k].elsewhere = elsewhere;
  }
  return failed ? -1 : 0;
}

static void free_places(vcf_intake *v) {
  for (size_t i = 0; i < PLACE_RECORDS_MAX; i++) {
    if (v->place[i].record)
      bcf_destroy(v->place[i].record);
    free(v->place[i].gt);
  }
}

static int begin_persons(vcf_intake *v, size_t input, fault *f) {
  const impute_options *o = v->in->run->options;
  v->count = (uint32_t)bcf_hdr_nsamples(v->file.header);
  v->first = v->in->shared->persons;
  if (!v->count)
    return fault_set(f, EXIT_REFUSED, "it has no sample");
  v->writers = calloc(v->count, sizeof *v->writers);
  v->fits = calloc(v->count, sizeof *v->fits);
  if (!v->writers || !v->fits)
    return fault_memory(f);
  for (uint32_t k = 0; k < v->count; k++) {
    const char *given = o->names[input] ? o->names[input] : o->n_inputs == 1 ? o->sample : NULL;
    person *p = new_person(v->in, input, given && v->count == 1 ? given : v->file.header->samples[k]);
    if (!p)
      return -1;
    p->from_vcf = 1;
    if (calls_create(&v->writers[k], v->in->run->folder, v->first + k, p, &v->in->shared->fault) != 0)
      return -1;
  }
  return 0;
}

static int take_vcf(intake *in, size_t input) {
  const impute_options *o = in->run->options;
  vcf_intake v = {.in = in};
  fault f = {0};
  char number[24];
  int failed = record_file_open(&v.file, o->inputs[input], "it", &f) != 0 || check_lengths(&v, &f) != 0 ||
               begin_persons(&v, input, &f) != 0 || read_records(&v, &f) != 0;
  for (uint32_t k = 0; k < v.count && v.writers; k++) {
    person *p = &in->shared->person[v.first + k];
    if (v.writers[k].file)
      calls_finish(&v.writers[k], &in->shared->fault);
    if (failed)
      fault_set(&p->fault, f.exit_status, "%s", f.message);
  }
  if (failed && !v.count) { /* somebody to blame it on */
    snprintf(number, sizeof number, "%" PRIu32, in->shared->persons + 1);
    person *p = new_person(in, input, o->names[input] ? o->names[input] : number);
    if (p)
      fault_set(&p->fault, f.exit_status ? f.exit_status : EXIT_TROUBLE, "%s", f.message);
  }
  free(v.writers);
  free(v.fits);
  free_places(&v);
  record_file_free(&v.file);
  return in->shared->fault.exit_status == EXIT_WRITTEN ? 0 : -1;
}

static int is_vcf(const char *path) {
  htsFile *file = hts_open(path, "r");
  const htsFormat *format = file ? hts_get_format(file) : NULL;
  int is = format && (format->format == vcf || format->format == bcf);
  if (file)
    hts_close(file); /* read only */
  return is;
}

/* ---- both */

static int by_name(const void *pa, const void *pb) {
  const person *const *a = pa, *const *b = pb;
  return strcmp((*a)->name, (*b)->name);
}

static int check_names(const shared *s, fault *f) {
  const person **sorted = malloc((s->persons + 1) * sizeof *sorted);
  size_t n = 0;
  int failed = 0;
  if (!sorted)
    return fault_memory(f);
  for (uint32_t i = 0; i < s->persons; i++)
    if (s->person[i].fault.exit_status == EXIT_WRITTEN)
      sorted[n++] = &s->person[i];
  qsort(sorted, n, sizeof *sorted, by_name);
  for (size_t i = 1; !failed && i < n; i++)
    if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0)
      failed = fault_set(f, EXIT_USAGE, "two persons have one sample name: name them by --samples-file");
  free(sorted);
  return failed;
}

static int open_reference(intake *in, fault *f) {
  char path[PATH_MAX];
  dtc_diag diag = {0};
  dtc_status status = dtc_reference_open(NULL, panel_path(in->run->panel.folder, "panel", "sites", path),
                                         in->run->panel.assembly, &in->reference, &diag);
  return status == DTC_OK ? 0 : fault_set(f, EXIT_TROUBLE, "%s: %s", path, diag.expected);
}

int intake_run(void *opaque) {
  run *r = opaque;
  intake *in = calloc(1, sizeof *in);
  fault *f = &r->shared->fault;
  if (!in) {
    fault_memory(f);
    return f->exit_status;
  }
  in->run = r;
  in->shared = r->shared;
  /* a child before this one may have been killed in the middle */
  memset(in->shared->person, 0, in->shared->persons * sizeof *in->shared->person);
  in->shared->persons = in->shared->in = in->shared->groups = 0;
  int failed = open_reference(in, f);
  for (size_t i = 0; !failed && i < r->options->n_inputs; i++)
    failed = is_vcf(r->options->inputs[i]) ? take_vcf(in, i) : take_export(in, i);
  for (uint32_t i = 0; !failed && i < r->shared->persons; i++) {
    const person *p = &r->shared->person[i];
    if (p->fault.exit_status == EXIT_WRITTEN)
      r->shared->in++;
  }
  if (!failed && !r->shared->in)
    fault_set(f, r->shared->person[0].fault.exit_status, "%s", r->shared->person[0].fault.message);
  if (!failed)
    check_names(r->shared, f);
  if (f->exit_status == EXIT_WRITTEN)
    groups_find(r, f);
  dtc_table_free(in->table);
  dtc_conversion_free(in->conversion);
  dtc_reference_free(in->reference);
  free(in);
  return f->exit_status;
}
