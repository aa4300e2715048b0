#include "genotype-impute/target.h"

#include "common/bcf_fill.h"
#include "genotype-impute/calls.h"
#include "genotype-impute/record_file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { GROUP_MAX = 256, CALLS_AT_PLACE = 8 };

/* A row of the panel, out of the reader's hands: that has gone on. The record is kept for the next. */
typedef struct row {
  bcf1_t *record;
  const char *ref, *alt;
} row;

typedef struct merging {
  run *run;
  const panel_unit *unit;
  unit_result *result;
  person_unit *fates; /* of the unit, by person */
  record_file sites, typed, target;
  calls_reader *calls; /* of the persons that are in */
  const person **persons;
  uint32_t *index;
  uint32_t count;
  row group[GROUP_MAX]; /* rows of one place */
  size_t n_group;
  int32_t *gt[GROUP_MAX]; /* two a person, for each row of the group */
  int32_t *engine_gt;
  hts_md5_context *md5;
} merging;

static int open_persons(merging *m, fault *f) {
  run *r = m->run;
  m->calls = calloc(r->shared->in, sizeof *m->calls);
  m->persons = calloc(r->shared->in, sizeof *m->persons);
  m->index = calloc(r->shared->in, sizeof *m->index);
  m->engine_gt = malloc(2 * (size_t)r->shared->in * sizeof *m->engine_gt);
  if (!m->calls || !m->persons || !m->index || !m->engine_gt)
    return fault_memory(f);
  for (uint32_t i = 0; i < r->shared->persons; i++) {
    const person *p = &r->shared->person[i];
    if (p->fault.exit_status != EXIT_WRITTEN)
      continue;
    uint32_t k = m->count++;
    m->persons[k] = p;
    m->index[k] = i;
    if (calls_open(&m->calls[k], r->folder, i, p, m->unit->contig, m->unit->from, f) != 0)
      return -1;
  }
  return 0;
}

/* Passes over rows where nobody has a call: they need not be taken apart. */
static int skip_rows(merging *m, fault *f) {
  uint32_t next = UINT32_MAX;
  for (uint32_t k = 0; k < m->count; k++)
    if (m->calls[k].more && m->calls[k].call.position < next)
      next = m->calls[k].call.position;
  while (m->sites.more && (uint32_t)m->sites.record->pos + 1 < next)
    if (record_file_next(&m->sites, f) != 0)
      return -1;
  return 0;
}

/* The next rows of one place into the group; 0 rows at the end. */
static int next_group(merging *m, fault *f) {
  m->n_group = 0;
  hts_pos_t at = m->sites.more ? m->sites.record->pos : 0;
  while (m->sites.more && m->sites.record->pos == at) {
    if (m->n_group == GROUP_MAX)
      return fault_set(f, EXIT_TROUBLE, "the panel has more than %d rows at one place", GROUP_MAX);
    row *w = &m->group[m->n_group];
    bcf1_t *other = w->record ? w->record : bcf_init();
    w->record = m->sites.record; /* handed over, not copied */
    m->sites.record = other;
    if (!other || bcf_unpack(w->record, BCF_UN_STR) < 0)
      return fault_memory(f);
    m->n_group++;
    w->ref = w->record->d.allele[0];
    w->alt = w->record->d.allele[1];
    if (!m->gt[m->n_group - 1] && !(m->gt[m->n_group - 1] = malloc(2 * (size_t)m->count * sizeof **m->gt)))
      return fault_memory(f);
    if (record_file_next(&m->sites, f) != 0)
      return -1;
  }
  return 0;
}

static int is_allele(const merging *m, const char *ref, const char *allele) {
  if (strcmp(allele, ref) == 0)
    return 1;
  for (size_t i = 0; i < m->n_group; i++)
    if (strcmp(m->group[i].ref, ref) == 0 && strcmp(m->group[i].alt, allele) == 0)
      return 1;
  return 0;
}

/* What becomes of a call at the place of the group. The rows with its REF get the genotype. */
static call_fate place_call(merging *m, uint32_t k, const called *c, unsigned *placed) {
  size_t same_ref = 0;
  for (size_t i = 0; i < m->n_group; i++)
    same_ref += strcmp(m->group[i].ref, c->ref) == 0;
  if (!same_ref)
    return CALL_OTHER_REF;
  if (!is_allele(m, c->ref, c->first) || (c->second && !is_allele(m, c->ref, c->second)))
    return CALL_OTHER_ALLELE;
  for (size_t i = 0; i < m->n_group; i++) {
    if (strcmp(m->group[i].ref, c->ref) != 0)
      continue;
    int32_t *gt = m->gt[i] + 2 * (size_t)k;
    if (gt[0] != bcf_gt_missing)
      return CALL_REPEATED;
    int a = strcmp(c->first, m->group[i].alt) == 0, b = c->second && strcmp(c->second, m->group[i].alt) == 0;
    gt[0] = bcf_gt_unphased(a < b || !c->second ? a : b);
    gt[1] = c->second ? bcf_gt_unphased(a < b ? b : a) : bcf_int32_vector_end;
  }
  *placed += 1;
  return m->n_group > 1 ? CALL_SEVERAL_ROWS : CALL_USED;
}

static int take_calls(merging *m, uint32_t k, uint32_t position, fault *f) {
  calls_reader *r = &m->calls[k];
  person_unit *u = &m->fates[m->index[k]];
  unsigned placed = 0;
  while (r->more && r->call.position < position) {
    if (r->call.position <= m->unit->to)
      u->fate[CALL_NOT_IN_PANEL]++;
    if (calls_next(r, f) != 0)
      return -1;
  }
  while (r->more && r->call.position == position && position <= m->unit->to) {
    u->fate[place_call(m, k, &r->call, &placed)]++;
    u->haploid += r->call.second == NULL;
    u->diploid += r->call.second != NULL;
    if (calls_next(r, f) != 0)
      return -1;
  }
  return 0;
}

static int put(record_file *file, const bcf1_t *from, const int32_t *gt, uint32_t count, fault *f) {
  bcf1_t *b = file->record;
  const char *ref = from->d.allele[0], *alt = from->d.allele[1];
  bcf_fill to;
  bcf_fill_begin(&to, b, from->rid, from->pos, count, strlen(ref) + strlen(alt), 2 * count);
  bcf_fill_id(&to, NULL);
  bcf_fill_allele(&to, ref, strlen(ref));
  bcf_fill_allele(&to, alt, strlen(alt));
  bcf_fill_filter(&to, -1);
  bcf_fill_genotypes(&to, bcf_hdr_id2int(file->header, BCF_DT_ID, "GT"), gt, 2);
  if (bcf_fill_end(&to) != 0)
    return fault_memory(f);
  return record_file_put(file, b, f);
}

/* Engines know men's X as two equal haplotypes: both take it, and mixed copies of one person stop Beagle. */
static const int32_t *for_engine(merging *m, const int32_t *gt) {
  for (uint32_t k = 0; k < m->count; k++) {
    m->engine_gt[2 * k] = gt[2 * k];
    m->engine_gt[2 * k + 1] = gt[2 * k + 1] == bcf_int32_vector_end ? gt[2 * k] : gt[2 * k + 1];
  }
  return m->engine_gt;
}

static int put_group(merging *m, fault *f) {
  for (size_t i = 0; i < m->n_group; i++) {
    int any = 0;
    for (size_t k = 0; !any && k < m->count; k++)
      any = m->gt[i][2 * k] != bcf_gt_missing;
    if (!any)
      continue;
    char line[32];
    int n = snprintf(line, sizeof line, "%" PRIhts_pos " ", m->group[i].record->pos);
    hts_md5_update(m->md5, line, (unsigned long)n);
    hts_md5_update(m->md5, m->group[i].ref, strlen(m->group[i].ref) + 1);
    hts_md5_update(m->md5, m->group[i].alt, strlen(m->group[i].alt) + 1);
    hts_md5_update(m->md5, m->gt[i], 2 * m->count * sizeof **m->gt);
    m->result->typed_rows++;
    if (put(&m->typed, m->group[i].record, m->gt[i], m->count, f) != 0)
      return -1;
    if (m->n_group > 1)
      continue;
    m->result->target_rows++;
    if (put(&m->target, m->group[i].record, for_engine(m, m->gt[i]), m->count, f) != 0)
      return -1;
  }
  return 0;
}

static int merge(merging *m, fault *f) {
  while (skip_rows(m, f) == 0 && m->sites.more) {
    if (next_group(m, f) != 0)
      return -1;
    uint32_t position = (uint32_t)m->group[0].record->pos + 1;
    for (size_t i = 0; i < m->n_group; i++)
      for (size_t k = 0; k < 2 * (size_t)m->count; k++)
        m->gt[i][k] = bcf_gt_missing;
    for (uint32_t k = 0; k < m->count; k++)
      if (take_calls(m, k, position, f) != 0)
        return -1;
    if (put_group(m, f) != 0)
      return -1;
  }
  if (f->exit_status != EXIT_WRITTEN)
    return -1;
  for (uint32_t k = 0; k < m->count; k++) /* what is behind the last row */
    if (take_calls(m, k, UINT32_MAX, f) != 0)
      return -1;
  return 0;
}

static int open_files(merging *m, fault *f) {
  run *r = m->run;
  char path[PATH_MAX], index[PATH_MAX + 8];
  engine_kind kind = r->engine.kind;
  panel_path(r->panel.folder, m->unit->name, "sites.bcf", path);
  if (record_file_open(&m->sites, path, m->unit->name, f) != 0)
    return -1;
  panel_path(r->folder, m->unit->name, "typed.bcf", path);
  if (record_file_create(&m->typed, path, "wb0", panel_header(&r->panel, 0, PERSON_STEM, NULL, m->count), NULL, f) != 0)
    return -1;
  panel_path(r->folder, m->unit->name, engine_target_suffix(kind), path);
  snprintf(index, sizeof index, "%s.csi", path);
  int failed = record_file_create(&m->target, path, kind == ENGINE_BEAGLE ? "wz1" : "wb0",
                                  panel_header(&r->panel, 0, PERSON_STEM, NULL, m->count),
                                  kind == ENGINE_BEAGLE ? NULL : index, f);
  m->typed.shown = m->target.shown = "a temporary file";
  return failed;
}

static void make_key(merging *m) {
  unsigned char binary[16];
  const char *const parts[] = {dtc_version(), engine_names[m->run->engine.kind], m->run->engine.version, m->unit->name,
                               m->unit->digest};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    hts_md5_update(m->md5, parts[i], strlen(parts[i]) + 1);
  hts_md5_update(m->md5, &m->count, sizeof m->count);
  hts_md5_final(binary, m->md5);
  hts_md5_hex(m->result->key, binary);
}

int target_run(void *opaque) {
  target_job *job = opaque;
  run *r = job->run;
  merging *m = calloc(1, sizeof *m);
  fault *f = &r->shared->units[job->unit].fault;
  if (!m) {
    fault_memory(f);
    return f->exit_status;
  }
  m->run = r;
  m->unit = &r->panel.units[job->unit];
  m->result = &r->shared->units[job->unit];
  m->fates = r->shared->fates[job->unit];
  memset(m->fates, 0, r->shared->persons * sizeof *m->fates); /* a child before may have been killed */
  *m->result = (unit_result){.key = ""};
  m->md5 = hts_md5_init();
  if (!m->md5)
    fault_memory(f);
  else if (open_persons(m, f) == 0 && open_files(m, f) == 0 && merge(m, f) == 0 &&
           record_file_finish(&m->typed, f) == 0 && record_file_finish(&m->target, f) == 0)
    make_key(m);
  return f->exit_status;
}
