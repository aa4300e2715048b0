/* group.c - what stands at one place becomes one record: SNVs, then each indel. */
#include <stdlib.h>

#include "vcf/resolve/parts.h"

static int compare_members(const void *pa, const void *pb) {
  const member *a = pa, *b = pb;
  if (a->site != b->site)
    return a->site < b->site ? -1 : 1;
  if (a->line != b->line)
    return a->line < b->line ? -1 : 1;
  return a->row < b->row ? -1 : a->row > b->row;
}

static member member_of(const resolver *r, const placed *p) {
  int indel = p->flags & PLACED_INDEL;
  uint32_t row = indel ? r->indel[p->row].row : p->row;
  return (member){
      indel ? r->indel[p->row].indel + 1 : 0, r->calls->line[row], row, p->flags, r->calls->genotype[row], p->doubtful};
}

/* Fills the group with the rows of one place, in their order. Returns 0 when memory runs out. */
static int take_group(resolver *r, const placed *p, size_t count) {
  if (count > r->group_capacity) {
    member *grown = realloc(r->group, count * 2 * sizeof *grown);
    if (!grown)
      return 0;
    r->group = grown;
    r->group_capacity = count * 2;
  }
  int sorted = 1;
  for (size_t i = 0; i < count; i++) {
    r->group[i] = member_of(r, &p[i]);
    if (i && compare_members(&r->group[i - 1], &r->group[i]) > 0)
      sorted = 0;
  }
  if (!sorted)
    qsort(r->group, count, sizeof *r->group, compare_members);
  return 1;
}

static void group_records(resolver *r, const placed *p, size_t count) {
  if (!take_group(r, p, count)) {
    r->memory = 1;
    return;
  }
  for (size_t from = 0, to; from < count && !r->stopped && !r->memory; from = to) {
    uint32_t site = r->group[from].site;
    for (to = from + 1; to < count && r->group[to].site == site;)
      to++;
    if (site)
      indel_record(r, r->group + from, to - from);
    else
      snv_record(r, r->group + from, to - from, p->kind);
  }
}

enum { STEP_PLACES = 256 };

int groups_step(resolver *r) {
  size_t from = r->at, end = r->places - from < STEP_PLACES ? r->places : from + STEP_PLACES;
  for (size_t to; from < end && !r->stopped && !r->memory; from = to) {
    const placed *p = &r->place[from];
    for (to = from + 1; to < r->places && r->place[to].position == p->position && r->place[to].contig == p->contig;)
      to++;
    if (to == from + 1 && !(p->flags & PLACED_INDEL) && !p->doubtful) {
      single_record(r, p);
    } else {
      r->place_contig = p->contig;
      r->place_position = p->position;
      group_records(r, p, to - from);
    }
  }
  r->at = from;
  return from < r->places && !r->stopped && !r->memory;
}

size_t leave_out_doubtful(resolver *r, member *m, size_t count) {
  size_t sound = 0;
  for (size_t i = 0; i < count; i++)
    sound += !m[i].doubtful;
  if (!sound || sound == count)
    return count;
  size_t stay = 0;
  for (size_t i = 0; i < count; i++)
    if (m[i].doubtful)
      reject_row(r, m[i].row, REJECT_SITE_MISMATCH);
    else
      m[stay++] = m[i];
  return stay;
}

int group_ploidy(const member *m, size_t count) {
  size_t i = 0;
  while (i < count && DTC_GENOTYPE_IS_NO_CALL(m[i].genotype))
    i++;
  return m[i < count ? i : 0].flags & PLACED_HAPLOID ? 1 : 2;
}

int og_reserve(resolver *r, size_t bytes) {
  if (bytes <= r->og_capacity)
    return 1;
  char *grown = realloc(r->og, bytes * 2);
  if (!grown) {
    r->memory = 1;
    return 0;
  }
  r->og = grown;
  r->og_capacity = bytes * 2;
  return 1;
}

void reject_row(resolver *r, uint32_t row, reject_why why) {
  int asked_for = why == REJECT_NO_CALL || why == REJECT_NOT_VARIANT || why == REJECT_PROFILE;
  r->report->rejected[why]++;
  r->report->rejected_calls += !asked_for && !DTC_GENOTYPE_IS_NO_CALL(r->calls->genotype[row]);
  if (r->sink->on_reject && !r->stopped && r->sink->on_reject(r->sink->opaque, row, why) != 0)
    r->stopped = 1;
}

reject_why record_unwanted(const resolve_options *o, const record *out) {
  int missing = out->gt[0] < 0;
  if (o->drop_no_calls && missing && out->filter == DTC_FILTER_PASS)
    return REJECT_NO_CALL;
  if (o->variants_only && out->gt[0] <= 0 && (out->ploidy == 1 || out->gt[1] <= 0))
    return REJECT_NOT_VARIANT;
  if (o->profile_imputation &&
      (out->filter != DTC_FILTER_PASS || out->n_alleles != 2 || out->allele_bytes[0] != 1 || out->allele_bytes[1] != 1))
    return REJECT_PROFILE;
  return REJECT_COUNT;
}

void record_emit(resolver *r, record *out, const member *m, size_t count) {
  reject_why why = record_unwanted(r->options, out);
  if (why != REJECT_COUNT) {
    for (size_t i = 0; i < count; i++)
      reject_row(r, m[i].row, why);
    return;
  }
  if (!ids_collect(&r->ids, r->calls, m, count)) {
    r->memory = 1;
    return;
  }
  out->ids = r->ids.id;
  out->n_ids = r->repeats ? repeats_filter(r->repeats, r->calls, r->ids.id, r->ids.count) : r->ids.count;
  out->names = r->calls->names;
  out->rows = (uint32_t)count;
  out->shape = 0;
  resolve_report *report = r->report;
  report->records++;
  report->written++;
  report->merged += count - 1;
  report->filtered[out->filter]++;
  report->flipped += (out->info & RECORD_FLIP) != 0;
  report->reverse_lifted += (out->info & RECORD_REVLIFT) != 0;
  if (r->sink->on_record && r->sink->on_record(r->sink->opaque, out) != 0)
    r->stopped = 1;
}
