/* single.c - rows that stand alone at their place, which are nearly all. What becomes of one depends on the
 * kind of its site, its genotype and its flags, and on what holds for the whole file; so it is worked out once for
 * each, and counted. */
#include <stdlib.h>
#include <string.h>

#include "vcf/resolve/parts.h"

/* Two of a placed row's flags matter. */
enum { FLAGS = 4, OUTCOMES = REFERENCE_SNV_KINDS * GENOTYPE_KEYS * FLAGS };
_Static_assert((int)OUTCOMES <= (int)RECORD_SHAPES, "each outcome has a shape's number");

typedef struct outcome {
  reject_why why; /* REJECT_COUNT: the record */
  uint64_t rows;
  uint16_t shape; /* the record's, where it has its name */
  char og[4];     /* "A/G" */
  record record;
} outcome;

int singles_begin(resolver *r) { return (r->outcome = calloc(OUTCOMES, sizeof *r->outcome)) != NULL; }

static unsigned key_of(unsigned kind, const member *m) {
  unsigned flags = (m->flags & PLACED_MINUS ? 1 : 0) | (m->flags & PLACED_HAPLOID ? 2 : 0);
  return (kind * GENOTYPE_KEYS + genotype_key(m->genotype)) * FLAGS + flags;
}

static outcome *work_out(resolver *r, const reference_site *s, const member *m, unsigned key) {
  outcome *o = calloc(1, sizeof *o);
  if (!o || !snv_fill(r, s, m, 1, &o->record)) {
    free(o);
    r->memory = 1;
    return NULL;
  }
  int believed = snv_is_believed(r, s, m->genotype, m->flags & PLACED_MINUS);
  o->why = believed ? record_unwanted(r->options, &o->record) : REJECT_STRAND_UNKNOWN;
  if (o->record.og) {
    memcpy(o->og, o->record.og, sizeof o->og);
    o->record.og = o->og;
  }
  o->record.names = r->calls->names;
  o->record.ids = &r->single_id;
  o->record.n_ids = 1;
  o->record.rows = 1;
  o->record.shape = o->shape = (uint16_t)++r->outcomes;
  return r->outcome[key] = o;
}

void single_record(resolver *r, const placed *p) {
  const dtc_calls *c = r->calls;
  member m = {.row = p->row, .flags = p->flags, .genotype = c->genotype[p->row]};
  reject_why why = snv_unknown(p->kind);
  if (why != REJECT_COUNT) {
    reject_row(r, p->row, why);
    return;
  }
  unsigned key = key_of(p->kind, &m);
  outcome *o = r->outcome[key];
  if (!o && !(o = work_out(r, reference_site_of(r->reference, p->kind), &m, key)))
    return;
  o->rows++;
  if (o->why != REJECT_COUNT) {
    reject_row(r, p->row, o->why);
    return;
  }
  r->single_id = (record_id){c->id_kind[p->row], c->id_number[p->row]};
  int named = !r->repeats || repeats_filter(r->repeats, c, &r->single_id, 1);
  o->record.n_ids = named ? 1 : 0;
  o->record.shape = named ? o->shape : 0;
  o->record.position = p->position;
  o->record.contig = p->contig;
  if (r->sink->on_record && r->sink->on_record(r->sink->opaque, &o->record) != 0)
    r->stopped = 1;
}

static void settle(resolve_report *report, const outcome *o) {
  if (o->why != REJECT_COUNT)
    return;
  report->records += o->rows;
  report->written += o->rows;
  report->filtered[o->record.filter] += o->rows;
  report->flipped += o->record.info & RECORD_FLIP ? o->rows : 0;
  report->reverse_lifted += o->record.info & RECORD_REVLIFT ? o->rows : 0;
}

void singles_end(resolver *r) {
  for (unsigned key = 0; r->outcome && key < OUTCOMES; key++)
    if (r->outcome[key]) {
      settle(r->report, r->outcome[key]);
      free(r->outcome[key]);
    }
  free(r->outcome);
  r->outcome = NULL;
}
