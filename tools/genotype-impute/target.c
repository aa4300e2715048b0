#include "genotype-impute/target.h"

#include "common/bcf_fill.h"
#include "genotype-impute/calls.h"
#include "genotype-impute/record_file.h"
#include "genotype-impute/row.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { GROUP_MAX = 256, BIN_BASES = 1000000, BINS = 260 /* a chromosome */ };

typedef struct merging {
  run *run;
  const panel_unit *unit;
  unit_result *result;
  person_unit *fates; /* of the unit, by person */
  row_file sites;
  record_file typed, target;
  calls_reader *calls; /* of the persons of the group */
  const person **persons;
  uint32_t *index;
  uint32_t count;
  row group[GROUP_MAX]; /* rows of one place */
  size_t n_group;
  int32_t *gt[GROUP_MAX]; /* two a person, for each row of the group */
  int32_t *engine_gt;
  int gt_key;                             /* in the one header */
  uint32_t rows_in[BINS], given_in[BINS]; /* of the panel; of them given to the engine */
  hts_md5_context *md5;
} merging;

static int open_persons(merging *m, fault *f) {
  run *r = m->run;
  const size_t in = r->shared->in_group[r->group];
  m->calls = calloc(in, sizeof *m->calls);
  m->persons = calloc(in, sizeof *m->persons);
  m->index = calloc(in, sizeof *m->index);
  m->engine_gt = malloc(2 * in * sizeof *m->engine_gt);
  if (!m->calls || !m->persons || !m->index || !m->engine_gt)
    return fault_memory(f);
  for (uint32_t i = 0; i < r->shared->persons; i++) {
    const person *p = &r->shared->person[i];
    if (!run_is_of(p, r->group))
      continue;
    m->fates[i] = (person_unit){.typed = 0}; /* a child before may have been killed */
    uint32_t k = m->count++;
    m->persons[k] = p;
    m->index[k] = i;
    if (calls_open(&m->calls[k], r->folder, i, p, m->unit->contig, m->unit->from, f) != 0)
      return -1;
  }
  return 0;
}

static uint32_t *bin_of(uint32_t *bins, uint32_t position) {
  uint32_t bin = (position - 1) / BIN_BASES;
  return &bins[bin < BINS ? bin : BINS - 1];
}

/* Passes over rows where nobody has a call: they need not be taken apart. */
static int skip_rows(merging *m, fault *f) {
  uint32_t next = UINT32_MAX;
  for (uint32_t k = 0; k < m->count; k++)
    if (m->calls[k].more && m->calls[k].call.position < next)
      next = m->calls[k].call.position;
  while (m->sites.more && m->sites.position < next) {
    ++*bin_of(m->rows_in, m->sites.position);
    if (row_file_next(&m->sites, f) != 0)
      return -1;
  }
  return 0;
}

/* The next rows of one place into the group; 0 rows at the end. */
static int next_group(merging *m, fault *f) {
  m->n_group = 0;
  uint32_t at = m->sites.position;
  while (m->sites.more && m->sites.position == at) {
    if (m->n_group == GROUP_MAX)
      return fault_set(f, EXIT_TROUBLE, "the panel has more than %d rows at one place", GROUP_MAX);
    if (!m->gt[m->n_group] && !(m->gt[m->n_group] = malloc(2 * (size_t)m->count * sizeof **m->gt)))
      return fault_memory(f);
    ++*bin_of(m->rows_in, at);
    if (row_file_take(&m->sites, &m->group[m->n_group], f) != 0)
      return -1;
    m->n_group++;
  }
  return 0;
}

static int is_typed(const row *w, const called *c) {
  return view_is(w->ref, c->ref) && kind_of(w->ref.length, w->alt.length) & c->kinds;
}

static int is_allele(const merging *m, const called *c, const char *allele) {
  int is = strcmp(allele, c->ref) == 0;
  for (size_t i = 0; !is && i < m->n_group; i++)
    is = is_typed(&m->group[i], c) && view_is(m->group[i].alt, allele);
  return is;
}

/* What becomes of a call at the place of the group. The rows with its REF and of its kind get the genotype. */
static call_fate place_call(merging *m, uint32_t k, const called *c) {
  size_t same_ref = 0, typed = 0, before = 0;
  for (size_t i = 0; i < m->n_group; i++) {
    same_ref += (size_t)view_is(m->group[i].ref, c->ref);
    if (!is_typed(&m->group[i], c))
      continue;
    typed++;
    before += m->gt[i][2 * (size_t)k] != bcf_gt_missing;
  }
  if (!same_ref)
    return CALL_OTHER_REF;
  if (!typed)
    return CALL_NOT_IN_PANEL;
  if (!is_allele(m, c, c->first) || (c->second && !is_allele(m, c, c->second)))
    return CALL_OTHER_ALLELE;
  if (before)
    return CALL_REPEATED;
  for (size_t i = 0; i < m->n_group; i++) {
    if (!is_typed(&m->group[i], c))
      continue;
    int32_t *gt = m->gt[i] + 2 * (size_t)k;
    int a = view_is(m->group[i].alt, c->first), b = c->second && view_is(m->group[i].alt, c->second);
    gt[0] = bcf_gt_unphased(a < b || !c->second ? a : b);
    gt[1] = c->second ? bcf_gt_unphased(a < b ? b : a) : bcf_int32_vector_end;
  }
  return m->n_group > 1 ? CALL_SEVERAL_ROWS : CALL_USED;
}

static int take_calls(merging *m, uint32_t k, uint32_t position, fault *f) {
  calls_reader *r = &m->calls[k];
  person_unit *u = &m->fates[m->index[k]];
  while (r->more && r->call.position < position) {
    if (r->call.position <= m->unit->to)
      u->fate[CALL_NOT_IN_PANEL]++;
    if (calls_next(r, f) != 0)
      return -1;
  }
  while (r->more && r->call.position == position && position <= m->unit->to) {
    u->fate[place_call(m, k, &r->call)]++;
    u->haploid += r->call.second == NULL;
    u->diploid += r->call.second != NULL;
    if (calls_next(r, f) != 0)
      return -1;
  }
  return 0;
}

static int put(const merging *m, record_file *file, const row *from, const int32_t *gt, fault *f) {
  bcf1_t *b = file->record;
  bcf_fill to;
  bcf_fill_begin(&to, b, panel_rid(&m->run->panel, m->unit->contig), from->position - 1, m->count,
                 from->ref.length + from->alt.length, 2 * (size_t)m->count);
  bcf_fill_id(&to, NULL, 0);
  bcf_fill_allele(&to, from->ref.at, from->ref.length);
  bcf_fill_allele(&to, from->alt.at, from->alt.length);
  bcf_fill_filter(&to, -1);
  bcf_fill_genotypes(&to, m->gt_key, gt, 2);
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

static void digest_number(merging *m, uint32_t n) {
  const unsigned char bytes[] = {(unsigned char)n, (unsigned char)(n >> 8), (unsigned char)(n >> 16),
                                 (unsigned char)(n >> 24)};
  hts_md5_update(m->md5, bytes, sizeof bytes);
}

static int put_group(merging *m, fault *f) {
  for (size_t i = 0; i < m->n_group; i++) {
    int any = 0;
    for (size_t k = 0; !any && k < m->count; k++)
      any = m->gt[i][2 * k] != bcf_gt_missing;
    if (!any)
      continue;
    const row *w = &m->group[i];
    digest_number(m, w->position);
    hts_md5_update(m->md5, w->ref.at, w->ref.length);
    hts_md5_update(m->md5, " ", 1);
    hts_md5_update(m->md5, w->alt.at, w->alt.length);
    hts_md5_update(m->md5, m->gt[i], 2 * m->count * sizeof **m->gt);
    m->result->typed_rows++;
    if (put(m, &m->typed, w, m->gt[i], f) != 0)
      return -1;
    if (m->n_group > 1)
      continue;
    m->result->target_rows++;
    ++*bin_of(m->given_in, w->position);
    if (put(m, &m->target, w, for_engine(m, m->gt[i]), f) != 0)
      return -1;
  }
  return 0;
}

static int merge(merging *m, fault *f) {
  while (skip_rows(m, f) == 0 && m->sites.more) {
    if (next_group(m, f) != 0)
      return -1;
    uint32_t position = m->group[0].position;
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

static uint64_t sum_of(const uint32_t *bins, int from, int to) {
  uint64_t sum = 0;
  for (int i = from > 0 ? from : 0; i < to && i < BINS; i++)
    sum += bins[i];
  return sum;
}

/* minimac4 ends in the middle where a chunk of it has rows of the panel and no typed one: the least multiple of its own
 * length that has no such chunk. */
static uint32_t choose_chunk(const merging *m) {
  const int step = ENGINE_CHUNK / BIN_BASES, overlap = ENGINE_CHUNK_OVERLAP / BIN_BASES;
  for (int length = step;; length += step) {
    int barren = 0;
    for (int at = 0; !barren && at < BINS; at += length)
      barren = sum_of(m->rows_in, at, at + length) && !sum_of(m->given_in, at - overlap, at + length + overlap);
    if (!barren || length >= BINS)
      return (uint32_t)length * BIN_BASES;
  }
}

static int open_files(merging *m, fault *f) {
  run *r = m->run;
  char path[PATH_MAX], index[PATH_MAX + 8], name[RUN_FILE_BYTES];
  engine_kind kind = r->engine.kind;
  run_file_name(r, r->group, (size_t)(m->unit - r->panel.units), name);
  panel_path(r->panel.folder, m->unit->name, "sites.bcf", path);
  if (row_file_open(&m->sites, path, m->unit->name, f) != 0)
    return -1;
  panel_path(r->folder, name, "typed.bcf", path);
  if (record_file_create(&m->typed, path, "wb0", panel_header(&r->panel, 0, PERSON_STEM, NULL, m->count), NULL, f) != 0)
    return -1;
  panel_path(r->folder, name, engine_target_suffix(kind), path);
  snprintf(index, sizeof index, "%s.csi", path);
  int failed = record_file_create(&m->target, path, kind == ENGINE_BEAGLE ? "wz1" : "wb0",
                                  panel_header(&r->panel, 0, PERSON_STEM, NULL, m->count),
                                  kind == ENGINE_BEAGLE ? NULL : index, f);
  m->typed.shown = m->target.shown = "a temporary file";
  m->gt_key = bcf_hdr_id2int(m->typed.header, BCF_DT_ID, "GT");
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
  fault *f = &r->shared->units[r->group][job->unit].fault;
  if (!m) {
    fault_memory(f);
    return f->exit_status;
  }
  m->run = r;
  m->unit = &r->panel.units[job->unit];
  m->result = &r->shared->units[r->group][job->unit];
  m->fates = r->shared->fates[job->unit];
  *m->result = (unit_result){.key = ""};
  m->md5 = hts_md5_init();
  if (!m->md5)
    fault_memory(f);
  else if (open_persons(m, f) == 0 && open_files(m, f) == 0 && merge(m, f) == 0 &&
           record_file_finish(&m->typed, f) == 0 && record_file_finish(&m->target, f) == 0) {
    m->result->chunk = choose_chunk(m);
    make_key(m);
  }
  free(m); /* what is in it goes with the process */
  return f->exit_status;
}
