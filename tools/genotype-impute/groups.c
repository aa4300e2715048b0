#include "genotype-impute/groups.h"

#include "genotype-impute/calls.h"

#include <string.h>

/* Of so many places that one of two persons has at least, so many may be the one's only: no-calls here and there. More
 * of them are another array, or a piece that one of them lacks. */
enum { BLOCK_PLACES = 100, BLOCK_ONLY = 20, LAST_ONLY = 2 };

typedef struct counting {
  unsigned places, only;
} counting;

/* A place that one (only) or both have. Returns whether the two are still alike. */
static int count_place(counting *c, int only) {
  c->places++;
  c->only += (unsigned)only;
  if (c->only > BLOCK_ONLY)
    return 0;
  if (c->places == BLOCK_PLACES)
    *c = (counting){0, 0};
  return 1;
}

/* What is left behind the last whole block is held to the same share. */
static int count_end(const counting *c) {
  return c->only <= LAST_ONLY || c->only * BLOCK_PLACES <= c->places * BLOCK_ONLY;
}

static int is_in(const calls_reader *r, const panel_unit *u) { return r->more && r->call.position <= u->to; }

/* 1, 0 or -1. */
static int alike_in_unit(calls_reader *a, calls_reader *b, const panel_unit *u, fault *f) {
  counting c = {0, 0};
  while (is_in(a, u) || is_in(b, u)) {
    uint32_t x = is_in(a, u) ? a->call.position : UINT32_MAX, y = is_in(b, u) ? b->call.position : UINT32_MAX,
             at = x < y ? x : y;
    if (!count_place(&c, x != y))
      return 0;
    while (is_in(a, u) && a->call.position == at)
      if (calls_next(a, f) != 0)
        return -1;
    while (is_in(b, u) && b->call.position == at)
      if (calls_next(b, f) != 0)
        return -1;
  }
  return count_end(&c);
}

static int alike(const run *r, uint32_t i, uint32_t k, fault *f) {
  int same = 1;
  for (size_t u = 0; same == 1 && u < r->panel.count; u++) {
    const panel_unit *unit = &r->panel.units[u];
    calls_reader a = {.fd = -1}, b = {.fd = -1};
    same = calls_open(&a, r->folder, i, &r->shared->person[i], unit->contig, unit->from, f) != 0 ||
                   calls_open(&b, r->folder, k, &r->shared->person[k], unit->contig, unit->from, f) != 0
               ? -1
               : alike_in_unit(&a, &b, unit, f);
    calls_close(&a);
    calls_close(&b);
  }
  return same;
}

int groups_find(run *r, fault *f) {
  shared *s = r->shared;
  uint32_t leader[RUN_GROUPS_MAX];
  s->groups = 0;
  memset(s->in_group, 0, sizeof s->in_group);
  for (uint32_t i = 0; i < s->persons; i++) {
    person *p = &s->person[i];
    if (p->fault.exit_status != EXIT_WRITTEN)
      continue;
    int same = 0;
    for (p->group = 0; p->group < s->groups; p->group++)
      if ((same = alike(r, leader[p->group], i, f)) != 0)
        break;
    if (same < 0)
      return -1;
    if (p->group == RUN_GROUPS_MAX)
      return fault_set(f, EXIT_USAGE,
                       "the persons are typed at more than %d different sets of places: give those of each array to a "
                       "run of its own",
                       RUN_GROUPS_MAX);
    if (p->group == s->groups)
      leader[s->groups++] = i;
    s->in_group[p->group]++;
  }
  return 0;
}
