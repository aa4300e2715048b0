/* place.c - each row to its place in the output's assembly: PAR, liftover, PAR again, ploidy, indels. */
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
  case DTC_LIFT_OK:
    break;
  case DTC_LIFT_UNMAPPED:
    return REJECT_LIFT_UNMAPPED;
  case DTC_LIFT_OTHER_CONTIG:
    return REJECT_LIFT_CONTIG;
  case DTC_LIFT_AMBIGUOUS:
    return REJECT_LIFT_AMBIGUOUS;
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
  case DTC_SEX_MALE:
    return 1;
  case DTC_SEX_FEMALE:
    return contig == DTC_CONTIG_Y ? 0 : 2;
  case DTC_SEX_UNDETERMINED:
    break;
  }
  if (contig == DTC_CONTIG_Y && r->options->y_absent)
    return 0;
  return contig == DTC_CONTIG_Y || r->options->x_copies == 1 || DTC_GENOTYPE_SECOND(genotype) == DTC_ALLELE_NONE ? 1
                                                                                                                 : 2;
}

/* Ploidy at a place of the output's assembly. REJECT_COUNT, or why a row of that genotype cannot stand there. */
static reject_why set_ploidy(resolver *r, unsigned genotype, int in_par, placed *p) {
  int values = ploidy(r, p->contig, in_par, genotype);
  if (!values) {
    r->report->female_y_calls += !DTC_GENOTYPE_IS_NO_CALL(genotype);
    return REJECT_FEMALE_Y;
  }
  p->flags = (uint8_t)((p->flags & ~(unsigned)PLACED_HAPLOID) | (values == 1 ? PLACED_HAPLOID : 0));
  return REJECT_COUNT;
}

/* The row takes the indel's place; what sex and ploidy say follows it. */
static reject_why take_indel(resolver *r, uint32_t row, uint32_t indel, int by_place, placed *p) {
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
  unsigned contig = site->contig;
  uint32_t position = site->position;
  int in_par =
      contig >= DTC_CONTIG_X && contig != DTC_CONTIG_MT && dtc_assembly_to_x(r->options->to, &contig, &position);
  if (contig != site->contig) /* a PAR of Y, where no record stands */
    return REJECT_INDEL_NO_SITE;
  p->contig = site->contig;
  p->position = site->position;
  reject_why why = set_ploidy(r, r->calls->genotype[row], in_par, p);
  if (why != REJECT_COUNT)
    return why;
  r->indel[r->indels] = (indel_row){row, indel, by_place};
  p->row = (uint32_t)r->indels++;
  p->flags |= PLACED_INDEL;
  return REJECT_COUNT;
}

/* A no-call: it belongs to the SNV at its place, or else to the indel of its name near by. */
static reject_why place_no_call(resolver *r, uint32_t row, placed *p) {
  const dtc_calls *c = r->calls;
  if (!r->has_names)
    return REJECT_COUNT;
  uint32_t indel =
      reference_find_name(r->reference, p->contig, p->position, c->id_kind[row], c->id_number[row], c->names).indel;
  if (indel == REFERENCE_NO_INDEL || reference_has_snv(r->reference, p->contig, p->position))
    return REJECT_COUNT;
  return take_indel(r, row, indel, 0, p);
}

/* A row of I and D: the table's indel of its name near by; or, where one of them has no rs number, the one that stands
 * exactly where this vendor writes it. */
static reject_why place_indel(resolver *r, uint32_t row, placed *p) {
  const dtc_calls *c = r->calls;
  reference_names found = {REFERENCE_NO_INDEL, 0, 0};
  int has_rs;
  if (p->doubtful)
    return REJECT_COUNT;
  if (r->has_names)
    found = reference_find_name(r->reference, p->contig, p->position, c->id_kind[row], c->id_number[row], c->names);
  if (found.indel != REFERENCE_NO_INDEL)
    return take_indel(r, row, found.indel, 0, p);
  if (found.near) /* several records of one name: which one is meant? */
    return REJECT_INDEL_NO_SITE;
  if (found.elsewhere) {
    p->doubtful = 1;
    return REJECT_COUNT;
  }
  if (p->flags & PLACED_MINUS) /* what was the last base is now the first, and left is right */
    return REJECT_INDEL_NO_SITE;
  uint32_t indel = reference_indel_at(r->reference, p->contig, p->position, r->options->deletion_at_last, &has_rs);
  if (indel == REFERENCE_NO_INDEL || (has_rs && c->id_kind[row] == DTC_ID_RS))
    return REJECT_INDEL_NO_SITE;
  return take_indel(r, row, indel, 1, p);
}

/* Whether the table has the row's name at a place of X of the export's build. */
static int table_has(resolver *r, uint32_t row, uint32_t position) {
  const dtc_calls *c = r->calls;
  unsigned contig = DTC_CONTIG_X;
  uint32_t name;
  uint8_t kind;
  int minus;
  if (lift_place(r, &contig, &position, &minus) != REJECT_COUNT)
    return 0;
  reference_contig(r->reference, contig);
  reference_kinds(r->reference, &position, 1, &kind, &name);
  return (c->id_kind[row] == DTC_ID_RS && name == c->id_number[row]) ||
         reference_snv_has_name(r->reference, contig, position, c->id_kind[row], c->id_number[row], c->names);
}

/* A row labelled as pseudo-autosomal, moved to X: by its own position, by the file's frame, or by the table. 0 where
 * nothing decides. */
static int place_par(resolver *r, uint32_t row, uint32_t *position) {
  uint32_t of_x = *position, of_y = *position;
  if (dtc_assembly_place_par(r->options->from, r->options->par_frame, position) >= 0)
    return 1;
  int on_x =
      dtc_assembly_place_par(r->options->from, DTC_PAR_FRAME_X, &of_x) >= 0 && r->has_names && table_has(r, row, of_x);
  int on_y =
      dtc_assembly_place_par(r->options->from, DTC_PAR_FRAME_Y, &of_y) >= 0 && r->has_names && table_has(r, row, of_y);
  if (on_x == on_y)
    return 0;
  *position = on_x ? of_x : of_y;
  return 1;
}

/* An autosome of the output's own build: nothing moves, and GT has two values. */
static inline int stays(const resolver *r, unsigned contig) { return contig < DTC_CONTIG_X && !r->options->liftover; }

/* PAR, liftover, PAR again, ploidy: changes the place of a row that does not stay. */
static reject_why move_row(resolver *r, uint32_t row, placed *p) {
  unsigned contig = p->contig;
  uint32_t position = p->position;
  int minus;
  if (contig == DTC_LABEL_PAR_ON_Y) {
    if (!place_par(r, row, &position))
      return REJECT_CHROM_UNKNOWN;
    contig = DTC_CONTIG_X;
  } else if (contig >= DTC_CONTIG_X && contig != DTC_CONTIG_MT) {
    dtc_assembly_to_x(r->options->from, &contig, &position);
  }
  reject_why why = lift_place(r, &contig, &position, &minus);
  if (why != REJECT_COUNT)
    return why;
  int in_par =
      contig >= DTC_CONTIG_X && contig != DTC_CONTIG_MT && dtc_assembly_to_x(r->options->to, &contig, &position);
  p->contig = (uint8_t)contig;
  p->position = position;
  p->flags = minus ? PLACED_MINUS : 0;
  return set_ploidy(r, r->calls->genotype[row], in_par, p);
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
  if (position > from->length[contig == DTC_LABEL_PAR_ON_Y ? DTC_CONTIG_X : contig]) {
    r->range_rows++;
    return REJECT_POS_RANGE;
  }
  *p = (placed){.position = position, .row = row, .contig = (uint8_t)contig};
  if (!stays(r, contig)) {
    reject_why why = move_row(r, row, p);
    if (why != REJECT_COUNT)
      return why;
    if (r->options->profile_imputation && p->contig == DTC_CONTIG_Y)
      return REJECT_PROFILE;
  }
  unsigned traits = r->traits[genotype];
  if (!(traits & TRAIT_CALL))
    return place_no_call(r, row, p);
  p->doubtful = name_is_misplaced(r, c->id_kind[row], c->id_number[row], contig, position) != 0;
  if (traits & TRAIT_INDEL)
    return place_indel(r, row, p);
  return traits & TRAIT_BASES ? REJECT_COUNT : REJECT_BAD_ALLELE;
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
