/* place.c - each row to its place in the output's assembly: PAR, liftover, PAR again, ploidy, indels by name.
 */
#include <stdlib.h>

#include "vcf/resolve/parts.h"

/* Carries a place over to the output's assembly. REJECT_COUNT where it went well. */
static reject_why lift_place(const resolver *r, unsigned *contig, uint32_t *position, int *minus) {
  const resolve_options *o = r->options;
  dtc_lifted to, other;
  *minus = 0;
  if (*contig == DTC_CONTIG_MT && r->mt_doubtful)
    return r->mt_is_rcrs ? REJECT_COUNT : REJECT_MT_NOT_RCRS;
  if (!o->liftover)
    return REJECT_COUNT;
  switch (dtc_liftover_map(o->liftover, *contig, *position, &to)) {
  case DTC_LIFT_OK: break;
  case DTC_LIFT_UNMAPPED: return REJECT_LIFT_UNMAPPED;
  case DTC_LIFT_OTHER_CONTIG: return REJECT_LIFT_CONTIG;
  case DTC_LIFT_AMBIGUOUS: return REJECT_LIFT_AMBIGUOUS;
  }
  for (size_t i = 0; i < o->n_vetoes; i++)
    if (dtc_liftover_map(o->vetoes[i], *contig, *position, &other) != DTC_LIFT_OK || other.contig != to.contig ||
        other.position != to.position || other.minus != to.minus)
      return REJECT_LIFT_AMBIGUOUS;
  *contig = to.contig;
  *position = to.position;
  *minus = to.minus;
  return REJECT_COUNT;
}

/* One value in GT, two, or 0 for a woman's Y. */
static int ploidy(const resolver *r, unsigned contig, int in_par, unsigned genotype) {
  if (contig == DTC_CONTIG_MT)
    return 1;
  if (in_par || (contig != DTC_CONTIG_X && contig != DTC_CONTIG_Y))
    return 2;
  switch (r->options->sex) {
  case DTC_SEX_MALE: return 1;
  case DTC_SEX_FEMALE: return contig == DTC_CONTIG_Y ? 0 : 2;
  case DTC_SEX_UNDETERMINED: break;
  }
  return contig == DTC_CONTIG_Y || DTC_GENOTYPE_SECOND(genotype) == DTC_ALLELE_NONE ? 1 : 2;
}

/* A row of I and D, or a no-call of an indel's name: finds the table's indel and takes its place. REJECT_COUNT when
 * there is nothing against the row. */
static reject_why place_indel(resolver *r, uint32_t row, placed *p) {
  const dtc_calls *c = r->calls;
  int called = !DTC_GENOTYPE_IS_NO_CALL(c->genotype[row]);
  uint32_t indel = reference_indel_by_id(r->reference, c->id_kind[row], c->id_number[row], c->names);
  if (indel == REFERENCE_NO_INDEL && called)
    indel = reference_indel_near(r->reference, p->contig, p->position);
  if (indel == REFERENCE_NO_INDEL)
    return called ? REJECT_INDEL_NO_SITE : REJECT_COUNT;
  if (r->indels == r->indel_capacity) {
    size_t more = r->indel_capacity ? r->indel_capacity * 2 : 1024;
    indel_row *grown = realloc(r->indel, more * sizeof *grown);
    if (!grown) {
      r->memory = 1;
      return REJECT_COUNT;
    }
    r->indel = grown;
    r->indel_capacity = more;
  }
  const reference_site *site = reference_indel(r->reference, indel);
  r->indel[r->indels] = (indel_row){row, indel};
  p->contig = site->contig;
  p->position = site->position;
  p->row = (uint32_t)r->indels++;
  p->flags |= PLACED_INDEL;
  return REJECT_COUNT;
}

/* An autosome of the output's own build: nothing moves, and GT has two values. */
static inline int stays(const resolver *r, unsigned contig) { return contig < DTC_CONTIG_X && !r->options->liftover; }

/* PAR, liftover, PAR again, ploidy: changes the place of a row that does not stay. */
static reject_why move_row(resolver *r, unsigned genotype, placed *p) {
  unsigned contig = p->contig;
  uint32_t position = p->position;
  int minus;
  if (contig >= DTC_CONTIG_X && contig != DTC_CONTIG_MT)
    dtc_assembly_to_x(r->options->from, &contig, &position);
  if (contig == DTC_LABEL_PAR_ON_Y)
    return REJECT_CHROM_UNKNOWN;
  reject_why why = lift_place(r, &contig, &position, &minus);
  if (why != REJECT_COUNT)
    return why;
  int in_par =
      contig >= DTC_CONTIG_X && contig != DTC_CONTIG_MT && dtc_assembly_to_x(r->options->to, &contig, &position);
  int values = ploidy(r, contig, in_par, genotype);
  if (!values) {
    r->report->female_y_calls += !DTC_GENOTYPE_IS_NO_CALL(genotype);
    return REJECT_FEMALE_Y;
  }
  p->contig = (uint8_t)contig;
  p->position = position;
  p->flags = (uint8_t)((minus ? PLACED_MINUS : 0) | (values == 1 ? PLACED_HAPLOID : 0));
  return REJECT_COUNT;
}

static inline reject_why place_row(resolver *r, uint32_t row, placed *p) {
  const dtc_calls *c = r->calls;
  const dtc_assembly *from = r->options->from;
  unsigned contig = c->contig[row], genotype = c->genotype[row];
  uint32_t position = c->position[row];
  if (contig == DTC_CONTIG_NONE || position == 0)
    return REJECT_NO_POSITION;
  if (contig >= DTC_LABEL_COUNT)
    return REJECT_CHROM_UNKNOWN;
  if (position > from->length[contig == DTC_LABEL_PAR_ON_Y ? DTC_CONTIG_Y : contig]) {
    r->range_rows++;
    return REJECT_POS_RANGE;
  }
  *p = (placed){position, row, (uint8_t)contig, 0};
  if (!stays(r, contig)) {
    reject_why why = move_row(r, genotype, p);
    if (why != REJECT_COUNT)
      return why;
  }
  unsigned traits = r->traits[genotype];
  if (!(traits & TRAIT_CALL) || (traits & TRAIT_INDEL))
    return place_indel(r, row, p);
  if (!(traits & TRAIT_BASES))
    return REJECT_BAD_ALLELE;
  r->strand_hets += (traits & TRAIT_STRAND) != 0;
  return REJECT_COUNT;
}

dtc_status place_rows(resolver *r) {
  size_t rows = r->calls->count;
  int sorted = 1;
  uint64_t last = 0;
  if (rows > UINT32_MAX - 1)
    return DTC_TOO_MANY_ROWS;
  if (!resolve_memory_reserve(r->memory_kept, (rows + 1) * sizeof *r->place))
    return DTC_OUT_OF_MEMORY;
  r->place = r->memory_kept->block;
  for (size_t row = 0; row < rows && !r->stopped; row++) {
    placed *p = &r->place[r->places];
    reject_why why = place_row(r, (uint32_t)row, p);
    if (r->memory)
      return DTC_OUT_OF_MEMORY;
    if (why != REJECT_COUNT) {
      reject_row(r, (uint32_t)row, why);
      continue;
    }
    uint64_t at = (uint64_t)p->contig << 32 | p->position;
    if (at < last)
      sorted = 0;
    last = at;
    r->places++;
  }
  if (!sorted && !place_sort(r->place, r->places))
    return DTC_OUT_OF_MEMORY;
  return DTC_OK;
}
