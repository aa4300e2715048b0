#include "genotype-impute/join.h"

#include "common/bcf_fill.h"
#include "genotype-impute/record_file.h"
#include "genotype-impute/row.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GROUP_MAX = 256, FT_BYTES = 7 /* LOWCONF */ };

/* An engine's records of one place: it may have them in another order than the panel. */
typedef struct result_group {
  row rows[GROUP_MAX];
  size_t n;
  uint32_t position;
} result_group;

/* GT, DS and GP of an engine's record. */
enum { RESULT_GT, RESULT_DS, RESULT_GP, RESULT_FIELDS };

/* A group of persons: what they were typed as, and the engine's results, of a unit. */
typedef struct lane {
  uint32_t count, *column; /* its persons, and where each stands in the record that is made */
  unit_state state;
  row_file typed, engine;
  row typed_row;
  int has_typed; /* typed_row is of a place that is not behind yet */
  result_group group;
  int engine_keys[RESULT_FIELDS], r2_key;
  /* at the site */
  const uint8_t *genotypes; /* typed ones, two values a person, or NULL */
  const row *found;         /* the engine's record, or NULL */
  bcf_values result[RESULT_FIELDS];
} lane;

typedef struct joining {
  run *run;
  const panel_unit *unit;
  unit_result *result_of_unit;
  person_unit *fates;
  record_file out;
  row_file sites;
  row site;
  lane *lanes;                      /* one a group */
  uint32_t count, *index, *columns; /* persons that are in */
  int *is_haploid;                  /* in this unit */
  /* of the record that is made */
  int32_t *gt;
  float *ds, *gp;
  char *ft;
  struct {
    int lowconf, pass, af, r2, typed, imputed, gt, ds, gp, ft;
  } keys; /* in the dictionary of the one header: of out, sites and typed */
  int rid;
  uint64_t rows;
} joining;

static uint32_t lane_count(const joining *j) { return j->run->shared->groups; }

static int make_room(joining *j, fault *f) {
  size_t n = j->count;
  j->index = calloc(n, sizeof *j->index);
  j->columns = malloc(n * sizeof *j->columns);
  j->is_haploid = malloc(n * sizeof *j->is_haploid);
  j->gt = malloc(2 * n * sizeof *j->gt);
  j->ds = malloc(n * sizeof *j->ds);
  j->gp = malloc(3 * n * sizeof *j->gp);
  j->ft = malloc(FT_BYTES * n);
  j->lanes = calloc(lane_count(j), sizeof *j->lanes);
  return j->index && j->columns && j->is_haploid && j->gt && j->ds && j->gp && j->ft && j->lanes ? 0 : fault_memory(f);
}

/* Which persons are in, and in which lane: each lane's in the order of the persons. */
static void set_persons(joining *j) {
  const shared *s = j->run->shared;
  uint32_t in = 0, *column = j->columns;
  for (uint32_t i = 0; i < s->persons; i++)
    if (s->person[i].fault.exit_status == EXIT_WRITTEN)
      j->index[in++] = i;
  for (uint32_t g = 0; g < s->groups; g++) {
    j->lanes[g].column = column;
    for (uint32_t k = 0; k < in; k++)
      if (s->person[j->index[k]].group == g)
        *column++ = k;
    j->lanes[g].count = (uint32_t)(column - j->lanes[g].column);
  }
}

/* ---- the engine's records */

static void free_rows(joining *j) {
  for (uint32_t g = 0; j->lanes && g < lane_count(j); g++) {
    for (size_t i = 0; i < GROUP_MAX; i++)
      row_free(&j->lanes[g].group.rows[i]);
    row_free(&j->lanes[g].typed_row);
  }
  row_free(&j->site);
}

/* The engine's record of the site. */
static int find_result(const joining *j, lane *l, fault *f) {
  result_group *g = &l->group;
  l->found = NULL;
  if (l->state != UNIT_DONE)
    return 0;
  if (g->position < j->site.position) {
    g->n = 0;
    while (l->engine.more && l->engine.position < j->site.position)
      if (row_file_next(&l->engine, f) != 0)
        return -1;
    g->position = j->site.position;
    while (l->engine.more && l->engine.position == g->position && g->n < GROUP_MAX)
      if (row_file_take(&l->engine, &g->rows[g->n++], f) != 0)
        return -1;
  }
  for (size_t i = 0; i < g->n && !l->found; i++)
    if (g->rows[i].bcf->n_allele == 2 && row_same_alleles(&g->rows[i], &j->site))
      l->found = &g->rows[i];
  return 0;
}

static int take_result(const joining *j, lane *l, fault *f) {
  const bcf_values *v = l->result;
  return !l->found || (l->found->bcf->n_sample == l->count &&
                       row_formats(l->found, l->engine_keys, l->result, RESULT_FIELDS) == 0 && v[RESULT_GT].at &&
                       v[RESULT_GT].type == BCF_BT_INT8 && v[RESULT_GT].n == 2 && v[RESULT_DS].at &&
                       v[RESULT_DS].type == BCF_BT_FLOAT && v[RESULT_DS].n == 1 && v[RESULT_GP].at &&
                       v[RESULT_GP].type == BCF_BT_FLOAT && v[RESULT_GP].n == 3)
             ? 0
             : fault_set(f, EXIT_TROUBLE, "a record of the engine at %s:%u does not have what was asked for",
                         j->unit->name, l->found->position);
}

/* A lane's i-th person's two alleles as the engine has them; -1 where it has none. */
static void engine_alleles(const lane *l, uint32_t i, int *a, int *b) {
  const uint8_t *at = l->result[RESULT_GT].at + 2 * (size_t)i;
  *a = at[0] < 0x80 ? bcf_gt_allele(at[0]) : -1;
  *b = at[1] < 0x80 ? bcf_gt_allele(at[1]) : -1;
}

static float engine_float(const lane *l, int field, size_t i) {
  float value;
  memcpy(&value, l->result[field].at + i * sizeof value, sizeof value);
  return value;
}

/* ---- one person in one record */

static void put_no_genotype(joining *j, uint32_t k) {
  j->gt[2 * k] = bcf_gt_missing;
  j->gt[2 * k + 1] = j->is_haploid[k] ? bcf_int32_vector_end : bcf_gt_missing;
  bcf_float_set_missing(j->ds[k]);
  bcf_float_set_missing(j->gp[3 * k]);
  bcf_float_set_vector_end(j->gp[3 * k + 1]);
  bcf_float_set_vector_end(j->gp[3 * k + 2]);
}

/* The input's genotype, two values of target.c's, with the engine's phase where that has the same alleles. */
static void put_typed(joining *j, const lane *l, uint32_t i, person_unit *u) {
  const uint8_t *typed = l->genotypes + 2 * (size_t)i;
  const uint32_t k = l->column[i];
  int a = bcf_gt_allele(typed[0]), haploid = typed[1] >= 0x80, b = haploid ? 0 : bcf_gt_allele(typed[1]);
  int32_t *gt = j->gt + 2 * (size_t)k;
  gt[0] = bcf_gt_unphased(a);
  gt[1] = haploid ? bcf_int32_vector_end : bcf_gt_unphased(b);
  if (l->found) {
    int x, y;
    engine_alleles(l, i, &x, &y);
    int same = haploid ? x == a && y == a : x + y == a + b;
    u->conflicts += !same;
    if (same && !haploid && x >= 0 && y >= 0) {
      gt[0] = bcf_gt_unphased(x);
      gt[1] = bcf_gt_phased(y);
    }
  }
  int count = a + b, n = haploid ? 2 : 3;
  j->ds[k] = (float)count;
  for (int g = 0; g < n; g++)
    j->gp[3 * k + (uint32_t)g] = g == count ? 1.0f : 0.0f;
  if (haploid)
    bcf_float_set_vector_end(j->gp[3 * k + 2]);
  u->typed++;
}

/* The engine's genotype. A man's X went in as two equal haplotypes: what comes back is halved. */
static float put_imputed(joining *j, const lane *l, uint32_t i) {
  const uint32_t k = l->column[i];
  float *gp = j->gp + 3 * (size_t)k, dosage = engine_float(l, RESULT_DS, i);
  int x, y;
  engine_alleles(l, i, &x, &y);
  if (j->is_haploid[k]) {
    float half = dosage / 2;
    j->ds[k] = half;
    j->gt[2 * k] = bcf_gt_unphased(x == y ? x : half >= 0.5f);
    j->gt[2 * k + 1] = bcf_int32_vector_end;
    gp[0] = 1 - half;
    gp[1] = half;
    bcf_float_set_vector_end(gp[2]);
    return gp[0] > gp[1] ? gp[0] : gp[1];
  }
  j->gt[2 * k] = bcf_gt_unphased(x);
  j->gt[2 * k + 1] = bcf_gt_phased(y);
  j->ds[k] = dosage;
  for (size_t g = 0; g < 3; g++)
    gp[g] = engine_float(l, RESULT_GP, 3 * (size_t)i + g);
  float most = gp[0] > gp[1] ? gp[0] : gp[1];
  return most > gp[2] ? most : gp[2];
}

/* ---- a record */

static unsigned bin_of(float frequency) {
  float minor = frequency <= 0.5f ? frequency : 1 - frequency;
  unsigned bin = 0;
  while (bin + 1 < RUN_BINS && minor * 1000 >= (float)run_bin_from[bin + 1])
    bin++;
  return bin;
}

static int put_ft(joining *j, uint32_t k, int low) {
  memcpy(j->ft + FT_BYTES * (size_t)k, low ? "LOWCONF" : "PASS\0\0\0", FT_BYTES);
  return low;
}

typedef struct made {
  uint32_t typed, imputed, low;
} made;

static void put_persons(joining *j, const lane *l, unsigned bin, made *m) {
  for (uint32_t i = 0; i < l->count; i++) {
    const uint32_t k = l->column[i];
    person_unit *u = &j->fates[j->index[k]];
    int low = 0;
    if (l->genotypes && !bcf_gt_is_missing(l->genotypes[2 * (size_t)i])) {
      put_typed(j, l, i, u);
      m->typed++;
    } else if (l->found) {
      float most = put_imputed(j, l, i);
      low = most < RUN_CONFIDENT / 100.0f;
      u->imputed++;
      u->lowconf += (uint64_t)low;
      u->bin_count[bin]++;
      u->bin_gp[bin] += most;
      m->imputed++;
    } else {
      put_no_genotype(j, k);
      u->not_imputed++;
    }
    m->low += (uint32_t)put_ft(j, k, low);
  }
}

/* The engine's estimate; of several groups the mean over their persons. NAN where there is none. */
static float r2_of(const joining *j) {
  double sum = 0;
  uint32_t persons = 0;
  for (uint32_t g = 0; g < lane_count(j); g++) {
    const lane *l = &j->lanes[g];
    float r2 = l->found ? row_info(l->found, l->r2_key) : NAN;
    if (!isfinite(r2) || r2 < 0)
      continue;
    if (lane_count(j) == 1)
      return r2;
    sum += (double)r2 * l->count;
    persons += l->count;
  }
  return persons ? (float)(sum / persons) : NAN;
}

static int put_record(joining *j, fault *f) {
  const row *site = &j->site;
  float r2 = r2_of(j), af = row_info(site, j->keys.af);
  unsigned bin = isnan(af) ? 0 : bin_of(af);
  made m = {0, 0, 0};
  for (uint32_t g = 0; g < lane_count(j); g++) {
    if (take_result(j, &j->lanes[g], f) != 0)
      return -1;
    put_persons(j, &j->lanes[g], bin, &m);
  }
  int has_r2 = !isnan(r2);
  if (m.imputed && has_r2) {
    j->result_of_unit->bin_rows[bin]++;
    j->result_of_unit->bin_r2[bin] += r2;
  }
  bcf_fill to;
  bcf_fill_begin(&to, j->out.record, j->rid, site->position - 1, j->count,
                 site->id.length + site->ref.length + site->alt.length, (2 + 4 + 12 + FT_BYTES) * (size_t)j->count);
  bcf_fill_id(&to, site->id.at, site->id.length);
  bcf_fill_allele(&to, site->ref.at, site->ref.length);
  bcf_fill_allele(&to, site->alt.at, site->alt.length);
  bcf_fill_filter(&to, m.low == j->count ? j->keys.lowconf : j->keys.pass);
  if (!isnan(af))
    bcf_fill_info_float(&to, j->keys.af, af);
  if (has_r2)
    bcf_fill_info_float(&to, j->keys.r2, r2);
  if (m.typed)
    bcf_fill_info_flag(&to, j->keys.typed);
  if (m.imputed)
    bcf_fill_info_flag(&to, j->keys.imputed);
  bcf_fill_genotypes(&to, j->keys.gt, j->gt, 2);
  bcf_fill_floats(&to, j->keys.ds, j->ds, 1);
  bcf_fill_floats(&to, j->keys.gp, j->gp, 3);
  if (j->count > 1)
    bcf_fill_strings(&to, j->keys.ft, j->ft, FT_BYTES);
  j->rows++;
  return bcf_fill_end(&to) != 0 ? fault_memory(f) : record_file_put(&j->out, j->out.record, f);
}

static int find_typed(const joining *j, lane *l, fault *f) {
  bcf_values gt;
  l->genotypes = NULL;
  if (!l->has_typed && l->typed.more && l->typed.position == j->site.position) {
    if (row_file_take(&l->typed, &l->typed_row, f) != 0)
      return -1;
    l->has_typed = 1;
  }
  if (!l->has_typed || l->typed_row.position != j->site.position || !row_same_alleles(&l->typed_row, &j->site))
    return 0;
  l->has_typed = 0;
  if (row_formats(&l->typed_row, &j->keys.gt, &gt, 1) != 0 || !gt.at || gt.type != BCF_BT_INT8 || gt.n != 2 ||
      l->typed_row.bcf->n_sample != l->count)
    return fault_set(f, EXIT_TROUBLE, "internal error: no genotypes among the typed ones");
  l->genotypes = gt.at;
  return 0;
}

static int join_row(joining *j, fault *f) {
  if (row_file_take(&j->sites, &j->site, f) != 0)
    return -1;
  for (uint32_t g = 0; g < lane_count(j); g++)
    if (find_typed(j, &j->lanes[g], f) != 0 || find_result(j, &j->lanes[g], f) != 0)
      return -1;
  return put_record(j, f);
}

/* A child before this one may have been killed in the middle. */
static void forget_counts(joining *j) {
  for (uint32_t k = 0; k < j->count; k++) {
    person_unit *u = &j->fates[j->index[k]];
    u->typed = u->imputed = u->lowconf = u->not_imputed = u->conflicts = 0;
    memset(u->bin_count, 0, sizeof u->bin_count);
    memset(u->bin_gp, 0, sizeof u->bin_gp);
  }
  memset(j->result_of_unit->bin_rows, 0, sizeof j->result_of_unit->bin_rows);
  memset(j->result_of_unit->bin_r2, 0, sizeof j->result_of_unit->bin_r2);
}

static int open_lane(joining *j, size_t at, uint32_t group, fault *f) {
  static const char *const formats[RESULT_FIELDS] = {"GT", "DS", "GP"};
  run *r = j->run;
  lane *l = &j->lanes[group];
  char name[RUN_FILE_BYTES], path[PATH_MAX];
  l->state = r->units[group][at].state;
  l->group.position = 0;
  l->has_typed = 0;
  panel_path(r->folder, run_file_name(r, group, at, name), "typed.bcf", path);
  if (row_file_open(&l->typed, path, j->unit->name, f) != 0)
    return -1;
  if (l->state != UNIT_DONE)
    return 0;
  if (row_file_open(&l->engine, run_part_path(r, group, at, path), j->unit->name, f) != 0)
    return -1;
  for (int i = 0; i < RESULT_FIELDS; i++)
    l->engine_keys[i] = bcf_stream_key(l->engine.stream, BCF_HL_FMT, formats[i]);
  l->r2_key = bcf_stream_key(l->engine.stream, BCF_HL_INFO, r->engine.kind == ENGINE_BEAGLE ? "DR2" : "R2");
  return 0;
}

static int join_unit(joining *j, size_t at, fault *f) {
  run *r = j->run;
  char path[PATH_MAX];
  j->unit = &r->panel.units[at];
  j->result_of_unit = &r->shared->units[0][at];
  j->fates = r->shared->fates[at];
  for (uint32_t k = 0; k < j->count; k++) {
    const person_unit *u = &j->fates[j->index[k]];
    j->is_haploid[k] = j->unit->haploid && u->haploid > u->diploid;
  }
  forget_counts(j);
  j->rid = panel_rid(&r->panel, j->unit->contig);
  int failed =
      row_file_open(&j->sites, panel_path(r->panel.folder, j->unit->name, "sites.bcf", path), j->unit->name, f);
  for (uint32_t g = 0; !failed && g < lane_count(j); g++)
    failed = j->lanes[g].count && open_lane(j, at, g, f) != 0; /* nobody: left out after all */
  uint64_t before = j->rows;
  while (!failed && j->sites.more)
    failed = join_row(j, f);
  if (!failed && j->rows - before != j->unit->rows)
    failed = fault_set(f, EXIT_TROUBLE, "internal error: the rows of %s do not add up", j->unit->name);
  for (uint32_t g = 0; g < lane_count(j); g++) {
    lane *l = &j->lanes[g];
    if (!failed && (l->typed.more || l->has_typed))
      failed = fault_set(f, EXIT_TROUBLE, "internal error: typed rows of %s are left", j->unit->name);
    row_file_free(&l->typed);
    row_file_free(&l->engine);
  }
  row_file_free(&j->sites);
  return failed ? -1 : 0;
}

static int find_keys(joining *j) {
  const struct {
    const char *name;
    int *number;
  } keys[] = {{"LOWCONF", &j->keys.lowconf}, {"PASS", &j->keys.pass},   {"AF", &j->keys.af}, {"R2", &j->keys.r2},
              {"TYPED", &j->keys.typed},     {"IMP", &j->keys.imputed}, {"GT", &j->keys.gt}, {"DS", &j->keys.ds},
              {"GP", &j->keys.gp},           {"FT", &j->keys.ft}};
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    if ((*keys[i].number = bcf_hdr_id2int(j->out.header, BCF_DT_ID, keys[i].name)) < 0)
      return -1;
  return 0;
}

static int open_output(joining *j, const join_job *job, fault *f) {
  run *r = j->run;
  const char **names = malloc(j->count * sizeof *names);
  if (!names)
    return fault_memory(f);
  set_persons(j);
  for (uint32_t k = 0; k < j->count; k++)
    names[k] = r->shared->person[j->index[k]].name;
  int prefix = r->options->chr_prefix < 0 ? r->panel.chr_prefix : r->options->chr_prefix;
  int failed = record_file_create(&j->out, job->path, job->mode,
                                  panel_header(&r->panel, prefix, PERSON_STEM, names, j->count), job->index_path, f);
  j->out.shown = r->options->output;
  free(names);
  if (failed)
    return -1;
  if (find_keys(j) != 0)
    return fault_set(f, EXIT_TROUBLE, "internal error: a key that the header does not have");
  return 0;
}

/* Every record is there: counted again from the file. */
static int recount(const joining *j, const char *path, fault *f) {
  uint64_t rows;
  if (bcf_stream_count(path, j->run->options->output, &rows, f) != 0)
    return -1;
  return rows == j->rows
             ? 0
             : fault_set(f, EXIT_TROUBLE, "%s: what was written cannot be read again", j->run->options->output);
}

int join_run(void *opaque) {
  const join_job *job = opaque;
  run *r = job->run;
  fault *f = &r->shared->fault;
  joining *j = calloc(1, sizeof *j);
  if (!j) {
    fault_memory(f);
    return f->exit_status;
  }
  j->run = r;
  j->count = r->shared->in;
  int failed = make_room(j, f) != 0 || open_output(j, job, f) != 0;
  for (size_t i = 0; !failed && i < r->panel.count; i++)
    if (r->wanted[i])
      failed = join_unit(j, i, f);
  free_rows(j);
  if (!failed && record_file_finish(&j->out, f) == 0)
    recount(j, job->path, f);
  return f->exit_status;
}

int join_check_part(void *opaque) {
  const join_check *c = opaque;
  fault f = {0};
  uint64_t rows;
  return bcf_stream_count(c->path, "a part", &rows, &f) != 0 || rows == 0 || rows > c->run->panel.units[c->unit].rows;
}
