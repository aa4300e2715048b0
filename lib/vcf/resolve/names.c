/* names.c - what the reference has at each place, and whether a row's name belongs there. A call is doubtful where the
 * table knows its name at other places only, or as an indel; or where the place is known to be wrong for that name.
 * Names that the table does not have stay a matter of place: rs numbers get merged. Most names stand beside their site
 * and agree; the others are gathered and looked for in one pass over the table's names. */
#include <stdlib.h>
#include <string.h>

#include "vcf/resolve/parts.h"
#include "vcf/sites/sites.h"

enum { WAITING_MAX = 1 << 16, SLOTS = 1 << 17, FITS = 1, ELSEWHERE = 2 };

/* Rows whose name did not stand beside the site at their place. */
typedef struct waiting {
  resolver *resolver;
  size_t count;
  uint32_t place[WAITING_MAX]; /* index of the placed row */
  uint32_t next[WAITING_MAX];  /* + 1 of the next one in its slot */
  uint8_t found[WAITING_MAX];  /* FITS, ELSEWHERE */
  uint32_t slot[SLOTS];        /* + 1 of the first one */
  sites_filter filter;
} waiting;

void misplaced_begin(resolver *r) {
  for (unsigned i = 0; i < dtc_vendor_count(); i++)
    for (const dtc_misplaced *m = dtc_vendor_misplaced(dtc_vendor_at(i)->name); m->rs; m++)
      if (r->n_misplaced < RESOLVER_MISPLACED_MAX) {
        r->misplaced[r->n_misplaced++] = *m;
        r->misplaced_contigs |= 1u << m->written | 1u << m->contig;
      }
}

int name_is_misplaced(const resolver *r, unsigned id_kind, uint32_t id_number, unsigned contig, uint32_t position) {
  if (!(r->misplaced_contigs >> contig & 1) || id_kind != DTC_ID_RS)
    return 0;
  for (size_t i = 0; i < r->n_misplaced; i++)
    if (r->misplaced[i].rs == id_number)
      return r->misplaced[i].contig != contig || r->misplaced[i].position != position;
  return 0;
}

static uint32_t row_of(const resolver *r, const placed *p) {
  return p->flags & PLACED_INDEL ? r->indel[p->row].row : p->row;
}

static void tally_row(const resolver *r, letter_tally *tally, const placed *p, uint32_t by) {
  if (p->kind < REFERENCE_SNV_KINDS)
    tally->rows[(p->flags & PLACED_MINUS) != 0][p->kind][genotype_key(r->calls->genotype[p->row])] += by;
}

static unsigned slot_of(unsigned kind, uint32_t number) { return sites_name_hash(kind, number) % SLOTS; }

/* A name of the table that may be one of those that wait. */
static void take_name(void *opaque, unsigned kind, uint32_t number, unsigned contig, uint32_t position, int indel) {
  waiting *w = opaque;
  const resolver *r = w->resolver;
  const dtc_calls *c = r->calls;
  if (contig == DTC_CONTIG_Y) /* a PAR stands on X */
    dtc_assembly_to_x(r->options->to, &contig, &position);
  for (uint32_t i = w->slot[slot_of(kind, number)]; i; i = w->next[i - 1]) {
    const placed *p = &r->place[w->place[i - 1]];
    uint32_t row = row_of(r, p);
    if (c->id_kind[row] == kind && c->id_number[row] == number)
      w->found[i - 1] |= !indel && p->contig == contig && p->position == position ? FITS : ELSEWHERE;
  }
}

static void make_doubtful(resolver *r, placed *p) {
  p->doubtful = 1;
  if (p->flags & PLACED_INDEL)
    return;
  tally_row(r, r->tally, p, (uint32_t)-1);
  r->elsewhere++;
}

static void look_for_waiting(waiting *w) {
  resolver *r = w->resolver;
  sites_scan_names(reference_sites(r->reference), &w->filter, take_name, w);
  for (size_t i = 0; i < w->count; i++)
    if (w->found[i] == ELSEWHERE)
      make_doubtful(r, &r->place[w->place[i]]);
  w->count = 0;
  memset(w->slot, 0, sizeof w->slot);
  memset(&w->filter, 0, sizeof w->filter);
}

static void let_wait(waiting *w, placed *p) {
  const resolver *r = w->resolver;
  uint32_t row = row_of(r, p);
  unsigned kind = r->calls->id_kind[row];
  uint32_t number = r->calls->id_number[row], *slot = &w->slot[slot_of(kind, number)];
  w->place[w->count] = (uint32_t)(p - r->place);
  w->found[w->count] = 0;
  w->next[w->count] = *slot;
  *slot = (uint32_t)++w->count;
  sites_filter_add(&w->filter, sites_name_hash(kind, number));
  if (w->count == WAITING_MAX)
    look_for_waiting(w);
}

/* A called row of letters whose name is not the one beside the site; name: that, or SITES_NAME_... */
static void check_letters(waiting *w, placed *p, uint32_t name) {
  resolver *r = w->resolver;
  const dtc_calls *c = r->calls;
  unsigned kind = c->id_kind[p->row];
  uint32_t number = c->id_number[p->row];
  if (name == SITES_NAME_LISTED &&
      reference_snv_has_name(r->reference, p->contig, p->position, (uint8_t)kind, number, c->names))
    return;
  if (kind != DTC_ID_OTHER) {
    let_wait(w, p);
    return;
  }
  reference_names found = reference_find_name(r->reference, p->contig, p->position, (uint8_t)kind, number, c->names);
  if (found.near || found.elsewhere)
    make_doubtful(r, p);
}

/* What the reference has at places of one contig; and the names of the rows there. w: NULL without names, and then
 * another thread may look at other places, with a reference and a tally of its own. */
static void look_at_block(resolver *r, reference *handle, letter_tally *tally, placed *p, size_t n, waiting *w) {
  const dtc_calls *c = r->calls;
  uint32_t position[REFERENCE_KINDS_MAX], name[REFERENCE_KINDS_MAX];
  uint8_t kind[REFERENCE_KINDS_MAX];
  for (size_t i = 0; i < n; i++)
    position[i] = p[i].position;
  reference_contig(handle, p->contig);
  reference_kinds(handle, position, n, kind, w ? name : NULL);
  for (size_t i = 0; i < n; i++) {
    p[i].kind = kind[i] & 127;
    if (p[i].flags & PLACED_INDEL) {
      if (w && r->indel[p[i].row].by_place && c->id_kind[row_of(r, &p[i])] != DTC_ID_OTHER)
        let_wait(w, &p[i]);
      continue;
    }
    uint32_t row = p[i].row;
    if (p[i].doubtful || !(r->traits[c->genotype[row]] & TRAIT_BASES))
      continue;
    tally_row(r, tally, &p[i], 1);
    int has_one = name[i] != SITES_NAME_NONE && name[i] != SITES_NAME_LISTED; /* else a hostile row could have it */
    if (w && (!has_one || name[i] != c->id_number[row] || c->id_kind[row] != DTC_ID_RS))
      check_letters(w, &p[i], name[i]);
  }
}

static void look_at(resolver *r, reference *handle, letter_tally *tally, placed *p, placed *end, waiting *w) {
  for (placed *next; p < end; p = next) {
    for (next = p + 1; next < end && next < p + REFERENCE_KINDS_MAX && next->contig == p->contig;)
      next++;
    look_at_block(r, handle, tally, p, (size_t)(next - p), w);
  }
}

void look_at_some(resolver *r, reference *handle, letter_tally *tally, size_t from, size_t to) {
  look_at(r, handle, tally, r->place + from, r->place + to, NULL);
}

dtc_status look_at_places(resolver *r) {
  waiting *w = NULL;
  if (r->has_names && !(w = calloc(1, sizeof *w)))
    return DTC_OUT_OF_MEMORY;
  if (w)
    w->resolver = r;
  look_at(r, r->reference, r->tally, r->place, r->place + r->places, w);
  if (w && w->count)
    look_for_waiting(w);
  free(w);
  return DTC_OK;
}
