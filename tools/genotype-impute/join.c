#include "genotype-impute/join.h"

#include "common/bcf_fill.h"
#include "genotype-impute/record_file.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GROUP_MAX = 256, FT_BYTES = 7 /* LOWCONF */ };

/* An engine's records of one place: it may have them in another order than the panel. */
typedef struct result_group {
  bcf1_t *record[GROUP_MAX]; /* made when needed, kept: a new one for each row costs more than all else */
  size_t n;
  hts_pos_t pos;
} result_group;

typedef struct joining {
  run *run;
  const panel_unit *unit;
  unit_result *result;
  person_unit *fates;
  unit_state state;
  record_file out, sites, typed, engine;
  result_group group;
  uint32_t count, *index; /* persons that are in */
  int *is_haploid;        /* in this unit */
  /* of the record that is made */
  int32_t *gt, *typed_gt, *engine_gt;
  float *ds, *gp, *engine_ds, *engine_gp, *r2, *af;
  char *ft;
  int typed_room, engine_gt_room, ds_room, gp_room, r2_room, af_room;
  struct {
    int lowconf, pass, af, r2, typed, imputed, gt, ds, gp, ft;
  } keys; /* in the dictionary of out's header */
  uint64_t rows;
} joining;

static int make_room(joining *j, fault *f) {
  size_t n = j->count;
  j->index = malloc(n * sizeof *j->index);
  j->is_haploid = malloc(n * sizeof *j->is_haploid);
  j->gt = malloc(2 * n * sizeof *j->gt);
  j->ds = malloc(n * sizeof *j->ds);
  j->gp = malloc(3 * n * sizeof *j->gp);
  j->ft = malloc(FT_BYTES * n);
  return j->index && j->is_haploid && j->gt && j->ds && j->gp && j->ft ? 0 : fault_memory(f);
}

/* ---- the engine's records */

static void free_group(joining *j) {
  for (size_t i = 0; i < GROUP_MAX && j->group.record[i]; i++) {
    bcf_destroy(j->group.record[i]);
    j->group.record[i] = NULL;
  }
  j->group.n = 0;
}

/* The engine's record of a row, or NULL where it has none. */
static int find_result(joining *j, bcf1_t *row, bcf1_t **found, fault *f) {
  *found = NULL;
  if (j->state != UNIT_DONE)
    return 0;
  if (j->group.n == 0 || j->group.pos < row->pos) {
    j->group.n = 0;
    while (j->engine.more && j->engine.record->pos < row->pos)
      if (record_file_next(&j->engine, f) != 0)
        return -1;
    j->group.pos = row->pos;
    while (j->engine.more && j->engine.record->pos == row->pos && j->group.n < GROUP_MAX) {
      bcf1_t *other = j->group.record[j->group.n];
      if (!other && !(other = bcf_init()))
        return fault_memory(f);
      j->group.record[j->group.n++] = j->engine.record; /* handed over, not copied */
      j->engine.record = other;
      if (bcf_unpack(j->group.record[j->group.n - 1], BCF_UN_STR) < 0 || record_file_next(&j->engine, f) != 0)
        return fault_set(f, EXIT_TROUBLE, "a record of the engine is damaged");
    }
  }
  for (size_t i = 0; i < j->group.n && !*found; i++) {
    bcf1_t *b = j->group.record[i];
    if (b->n_allele == 2 && strcmp(b->d.allele[0], row->d.allele[0]) == 0 &&
        strcmp(b->d.allele[1], row->d.allele[1]) == 0)
      *found = b;
  }
  return 0;
}

static int take_result(joining *j, bcf1_t *b, fault *f) {
  bcf_hdr_t *h = j->engine.header;
  int n = (int)j->count;
  int gt = bcf_get_genotypes(h, b, &j->engine_gt, &j->engine_gt_room);
  int ds = bcf_get_format_float(h, b, "DS", &j->engine_ds, &j->ds_room);
  int gp = bcf_get_format_float(h, b, "GP", &j->engine_gp, &j->gp_room);
  return gt == 2 * n && ds == n && gp == 3 * n
             ? 0
             : fault_set(f, EXIT_TROUBLE,
                         "a record of the engine at %s:%" PRIhts_pos " does not have what was asked for", j->unit->name,
                         b->pos + 1);
}

static float take_r2(joining *j, bcf1_t *b) {
  const char *key = j->run->engine.kind == ENGINE_BEAGLE ? "DR2" : "R2";
  return bcf_get_info_float(j->engine.header, b, key, &j->r2, &j->r2_room) == 1 && isfinite(j->r2[0]) ? j->r2[0] : -1;
}

/* ---- one person in one record */

static int is_missing(const int32_t *gt) { return !gt || bcf_gt_is_missing(gt[0]) || gt[0] < 0; }

static void put_no_genotype(joining *j, uint32_t k) {
  j->gt[2 * k] = bcf_gt_missing;
  j->gt[2 * k + 1] = j->is_haploid[k] ? bcf_int32_vector_end : bcf_gt_missing;
  bcf_float_set_missing(j->ds[k]);
  bcf_float_set_missing(j->gp[3 * k]);
  bcf_float_set_vector_end(j->gp[3 * k + 1]);
  bcf_float_set_vector_end(j->gp[3 * k + 2]);
}

/* The input's genotype, with the engine's phase where that has the same alleles. */
static void put_typed(joining *j, uint32_t k, const int32_t *typed, int has_result, person_unit *u) {
  int a = bcf_gt_allele(typed[0]), haploid = typed[1] == bcf_int32_vector_end,
      b = haploid ? 0 : bcf_gt_allele(typed[1]);
  int32_t *gt = j->gt + 2 * (size_t)k;
  gt[0] = bcf_gt_unphased(a);
  gt[1] = haploid ? bcf_int32_vector_end : bcf_gt_unphased(b);
  if (has_result) {
    const int32_t *theirs = j->engine_gt + 2 * (size_t)k;
    int x = bcf_gt_allele(theirs[0]), y = bcf_gt_allele(theirs[1]);
    int same = haploid ? x == a && y == a : x + y == a + b;
    u->conflicts += !same;
    if (same && !haploid) {
      gt[0] = bcf_gt_unphased(x);
      gt[1] = bcf_gt_phased(y);
    }
  }
  int count = a + b, n = haploid ? 2 : 3;
  j->ds[k] = (float)count;
  for (int i = 0; i < n; i++)
    j->gp[3 * k + (uint32_t)i] = i == count ? 1.0f : 0.0f;
  if (haploid)
    bcf_float_set_vector_end(j->gp[3 * k + 2]);
  u->typed++;
}

/* The engine's genotype. A man's X went in as two equal haplotypes: what comes back is halved. */
static float put_imputed(joining *j, uint32_t k) {
  const int32_t *theirs = j->engine_gt + 2 * (size_t)k;
  const float *from = j->engine_gp + 3 * (size_t)k;
  float *gp = j->gp + 3 * (size_t)k;
  int x = bcf_gt_allele(theirs[0]), y = bcf_gt_allele(theirs[1]);
  if (j->is_haploid[k]) {
    float half = j->engine_ds[k] / 2;
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
  j->ds[k] = j->engine_ds[k];
  memcpy(gp, from, 3 * sizeof *gp);
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

static made put_persons(joining *j, const int32_t *typed, int has_result, unsigned bin) {
  made m = {0, 0, 0};
  for (uint32_t k = 0; k < j->count; k++) {
    person_unit *u = &j->fates[j->index[k]];
    int low = 0;
    if (typed && !is_missing(typed + 2 * (size_t)k)) {
      put_typed(j, k, typed + 2 * (size_t)k, has_result, u);
      m.typed++;
    } else if (has_result) {
      float most = put_imputed(j, k);
      low = most < RUN_CONFIDENT / 100.0f;
      u->imputed++;
      u->lowconf += (uint64_t)low;
      u->bin_count[bin]++;
      u->bin_gp[bin] += most;
      m.imputed++;
    } else {
      put_no_genotype(j, k);
      u->not_imputed++;
    }
    m.low += (uint32_t)put_ft(j, k, low);
  }
  return m;
}

static int put_record(joining *j, bcf1_t *row, const int32_t *typed, bcf1_t *result, fault *f) {
  float r2 = result ? take_r2(j, result) : -1;
  unsigned bin = 0;
  if (result && take_result(j, result, f) != 0)
    return -1;
  int has_af = bcf_get_info_float(j->sites.header, row, "AF", &j->af, &j->af_room) == 1;
  if (has_af)
    bin = bin_of(j->af[0]);
  made m = put_persons(j, typed, result != NULL, bin);
  if (m.imputed && r2 >= 0) {
    j->result->bin_rows[bin]++;
    j->result->bin_r2[bin] += r2;
  }
  const char *id = row->d.id, *ref = row->d.allele[0], *alt = row->d.allele[1];
  bcf_fill to;
  bcf_fill_begin(&to, j->out.record, row->rid, row->pos, j->count, strlen(id) + strlen(ref) + strlen(alt),
                 (2 + 4 + 12 + FT_BYTES) * (size_t)j->count);
  bcf_fill_id(&to, id);
  bcf_fill_allele(&to, ref, strlen(ref));
  bcf_fill_allele(&to, alt, strlen(alt));
  bcf_fill_filter(&to, m.low == j->count ? j->keys.lowconf : j->keys.pass);
  if (has_af)
    bcf_fill_info_float(&to, j->keys.af, j->af[0]);
  if (r2 >= 0)
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

static int join_row(joining *j, fault *f) {
  bcf1_t *row = j->sites.record, *result;
  const int32_t *typed = NULL;
  if (bcf_unpack(row, BCF_UN_ALL) < 0)
    return fault_memory(f);
  if (j->typed.more && j->typed.record->pos == row->pos) {
    bcf1_t *t = j->typed.record;
    if (bcf_unpack(t, BCF_UN_STR) < 0)
      return fault_memory(f);
    if (strcmp(t->d.allele[0], row->d.allele[0]) == 0 && strcmp(t->d.allele[1], row->d.allele[1]) == 0) {
      int n = bcf_get_genotypes(j->typed.header, t, &j->typed_gt, &j->typed_room);
      if (n != (int)(2 * j->count))
        return fault_set(f, EXIT_TROUBLE, "internal error: genotypes of %d values", n);
      typed = j->typed_gt;
    }
  }
  if (find_result(j, row, &result, f) != 0 || put_record(j, row, typed, result, f) != 0)
    return -1;
  return typed ? record_file_next(&j->typed, f) : 0;
}

/* A child before this one may have been killed in the middle. */
static void forget_counts(joining *j) {
  for (uint32_t k = 0; k < j->count; k++) {
    person_unit *u = &j->fates[j->index[k]];
    u->typed = u->imputed = u->lowconf = u->not_imputed = u->conflicts = 0;
    memset(u->bin_count, 0, sizeof u->bin_count);
    memset(u->bin_gp, 0, sizeof u->bin_gp);
  }
  memset(j->result->bin_rows, 0, sizeof j->result->bin_rows);
  memset(j->result->bin_r2, 0, sizeof j->result->bin_r2);
}

static int join_unit(joining *j, size_t at, fault *f) {
  run *r = j->run;
  char path[PATH_MAX];
  j->unit = &r->panel.units[at];
  j->result = &r->shared->units[at];
  j->fates = r->shared->fates[at];
  j->state = r->units[at].state;
  for (uint32_t k = 0; k < j->count; k++) {
    const person_unit *u = &j->fates[j->index[k]];
    j->is_haploid[k] = j->unit->haploid && u->haploid > u->diploid;
  }
  forget_counts(j);
  int failed =
      record_file_open(&j->sites, panel_path(r->panel.folder, j->unit->name, "sites.bcf", path), j->unit->name, f) !=
          0 ||
      record_file_open(&j->typed, panel_path(r->folder, j->unit->name, "typed.bcf", path), j->unit->name, f) != 0 ||
      (j->state == UNIT_DONE && record_file_open(&j->engine, run_part_path(r, at, path), j->unit->name, f) != 0);
  uint64_t before = j->rows;
  while (!failed && j->sites.more)
    failed = join_row(j, f) != 0 || record_file_next(&j->sites, f) != 0;
  if (!failed && (j->rows - before != j->unit->rows || j->typed.more))
    failed = fault_set(f, EXIT_TROUBLE, "internal error: the rows of %s do not add up", j->unit->name);
  free_group(j);
  record_file_free(&j->sites);
  record_file_free(&j->typed);
  record_file_free(&j->engine);
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
  for (uint32_t i = 0, k = 0; i < r->shared->persons; i++) {
    if (r->shared->person[i].fault.exit_status != EXIT_WRITTEN)
      continue;
    j->index[k] = i;
    names[k++] = r->shared->person[i].name;
  }
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
  record_file again;
  uint64_t rows = 0;
  int failed = record_file_open(&again, path, j->run->options->output, f);
  while (!failed && again.more) {
    rows++;
    failed = record_file_next(&again, f);
  }
  record_file_free(&again);
  if (!failed && rows != j->rows)
    failed = fault_set(f, EXIT_TROUBLE, "%s: what was written cannot be read again", j->run->options->output);
  return failed;
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
    if (r->units[i].wanted)
      failed = join_unit(j, i, f);
  if (!failed && record_file_finish(&j->out, f) == 0)
    recount(j, job->path, f);
  return f->exit_status;
}

int join_check_part(void *opaque) {
  const join_check *c = opaque;
  record_file part;
  fault f = {0};
  uint64_t rows = 0;
  int failed = record_file_open(&part, c->path, "part", &f);
  while (!failed && part.more) {
    rows++;
    failed = record_file_next(&part, &f);
  }
  return failed || rows == 0 || rows > c->run->panel.units[c->unit].rows;
}
