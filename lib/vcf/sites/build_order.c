/* build_order.c - what was gathered, in order: SNVs of one place joined, indels and names sorted. */
#include "vcf/sites/build_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct snv_order {
  uint32_t position, at, name;
  uint8_t code;
} snv_order;

static int compare_snv(const void *pa, const void *pb) {
  const snv_order *a = pa, *b = pb;
  if (a->position != b->position)
    return a->position < b->position ? -1 : 1;
  return a->at < b->at ? -1 : a->at > b->at;
}

static int sort_snvs(snv_list *l) {
  snv_order *order = malloc(l->count * sizeof *order);
  if (!order)
    return 0;
  for (size_t i = 0; i < l->count; i++)
    order[i] = (snv_order){l->position[i], (uint32_t)i, l->name[i], l->code[i]};
  qsort(order, l->count, sizeof *order, compare_snv);
  for (size_t i = 0; i < l->count; i++) {
    l->position[i] = order[i].position;
    l->code[i] = order[i].code;
    l->name[i] = order[i].name;
  }
  free(order);
  return 1;
}

/* Two names of one SNV: the one there is, or both in the list of names. 0 when memory runs out. */
static int join_names(sites_builder *b, unsigned contig, uint32_t position, uint32_t *into, uint32_t other) {
  if (other == SITES_NAME_NONE || other == *into)
    return 1;
  if (*into == SITES_NAME_NONE) {
    *into = other;
    return 1;
  }
  const uint32_t both[2] = {*into, other};
  for (int i = 0; i < 2; i++)
    if (both[i] != SITES_NAME_LISTED && !builder_add_name(b, DTC_ID_RS, both[i], contig, position))
      return 0;
  *into = SITES_NAME_LISTED;
  return 1;
}

/* Joins SNVs of one position: the ALTs of the first, then those of the next. */
static dtc_status join_snvs(sites_builder *b, unsigned contig, const sites *s, char *message, size_t message_bytes) {
  snv_list *l = &b->snv[contig];
  size_t out = 0;
  for (size_t i = 0; i < l->count; i++) {
    if (!out || l->position[out - 1] != l->position[i]) {
      l->position[out] = l->position[i];
      l->name[out] = l->name[i];
      l->code[out++] = l->code[i];
      continue;
    }
    char letters[9];
    unsigned n = s->codes.count[l->code[out - 1]];
    memcpy(letters, s->codes.letters[l->code[out - 1]], n);
    const char *more = s->codes.letters[l->code[i]];
    if (more[0] != letters[0]) {
      snprintf(message, message_bytes, "the site table has two different REFs at %s:%u", dtc_contig_name(contig),
               (unsigned)l->position[i]);
      return DTC_REFERENCE_FILE;
    }
    for (unsigned k = 1; k < s->codes.count[l->code[i]]; k++)
      if (!memchr(letters, more[k], n))
        letters[n++] = more[k];
    l->code[out - 1] = (uint8_t)sites_code(letters, n);
    if (!join_names(b, contig, l->position[i], &l->name[out - 1], l->name[i]))
      return DTC_OUT_OF_MEMORY;
  }
  l->count = out;
  return DTC_OK;
}

/* For sorting, indels and names are taken along with what they compare by. */
typedef struct indel_order {
  sites_indel indel;
  const char *alleles; /* one behind the other, each with its NUL */
  uint32_t at, first;  /* first: where the table has it for the first time */
} indel_order;

static int compare_indel(const void *pa, const void *pb) {
  const indel_order *a = pa, *b = pb;
  if (a->indel.contig != b->indel.contig)
    return a->indel.contig < b->indel.contig ? -1 : 1;
  if (a->indel.position != b->indel.position)
    return a->indel.position < b->indel.position ? -1 : 1;
  return a->at < b->at ? -1 : a->at > b->at;
}

/* Of one place. */
static int compare_alleles(const indel_order *a, const indel_order *b) {
  const char *x = a->alleles, *y = b->alleles;
  if (a->indel.n_alleles != b->indel.n_alleles)
    return a->indel.n_alleles < b->indel.n_alleles ? -1 : 1;
  for (unsigned i = 0; i < a->indel.n_alleles; i++) {
    int order = strcmp(x, y);
    if (order)
      return order;
    x += strlen(x) + 1;
    y += strlen(y) + 1;
  }
  return 0;
}

static int compare_places(const void *pa, const void *pb) {
  const indel_order *a = pa, *b = pb;
  int order = compare_alleles(a, b);
  return order ? order : a->at < b->at ? -1 : a->at > b->at;
}

/* An indel that the table has more than once is one: two would be two that a marker may mean. */
static void find_repeated(indel_order *run, size_t n) {
  size_t head = 0;
  qsort(run, n, sizeof *run, compare_places);
  for (size_t i = 1; i < n; i++) {
    if (compare_alleles(&run[head], &run[i]) != 0) {
      head = i;
      continue;
    }
    run[i].first = run[head].first;
    run[head].indel.has_rs |= run[i].indel.has_rs;
  }
  qsort(run, n, sizeof *run, compare_indel);
}

static void find_all_repeated(indel_order *order, size_t n) {
  for (size_t from = 0, to; from < n; from = to) {
    for (to = from + 1; to < n && order[to].indel.contig == order[from].indel.contig &&
                        order[to].indel.position == order[from].indel.position;
         to++)
      ;
    if (to - from > 1)
      find_repeated(order + from, to - from);
  }
}

typedef struct name_order {
  sites_name name;
  const char *text;
} name_order;

static int compare_names(const void *pa, const void *pb) {
  const name_order *a = pa, *b = pb;
  if (a->name.kind != b->name.kind)
    return a->name.kind < b->name.kind ? -1 : 1;
  if (a->text) {
    int order = strcmp(a->text, b->text);
    if (order)
      return order;
  } else if (a->name.number != b->name.number) {
    return a->name.number < b->name.number ? -1 : 1;
  }
  if (a->name.contig != b->name.contig)
    return a->name.contig < b->name.contig ? -1 : 1;
  return a->name.place < b->name.place ? -1 : a->name.place > b->name.place;
}

static int sort_indels(sites_builder *b) {
  indel_order *order = malloc((b->indels + 1) * sizeof *order);
  uint32_t *now_at = malloc((b->indels + 1) * sizeof *now_at);
  name_order *names = malloc((b->names + 1) * sizeof *names);
  int ok = order && now_at && names;
  if (ok) {
    for (size_t i = 0; i < b->indels; i++)
      order[i] = (indel_order){b->indel[i], b->pool + b->indel[i].text, (uint32_t)i, (uint32_t)i};
    qsort(order, b->indels, sizeof *order, compare_indel);
    find_all_repeated(order, b->indels);
    size_t indels = 0, kept = 0;
    for (size_t i = 0; i < b->indels; i++) {
      if (order[i].first == order[i].at) {
        now_at[order[i].at] = (uint32_t)indels;
        b->indel[indels++] = order[i].indel;
      } else {
        now_at[order[i].at] = now_at[order[i].first];
      }
    }
    b->indels = indels;
    for (size_t i = 0; i < b->names; i++) {
      if (b->name[i].contig == DTC_CONTIG_NONE)
        b->name[i].place = now_at[b->name[i].place];
      names[i] = (name_order){b->name[i], b->name[i].kind == DTC_ID_OTHER ? b->pool + b->name[i].number : NULL};
    }
    qsort(names, b->names, sizeof *names, compare_names);
    for (size_t i = 0; i < b->names; i++)
      if (!i || compare_names(&names[i - 1], &names[i]) != 0)
        b->name[kept++] = names[i].name;
    b->names = kept;
  }
  free(order);
  free(now_at);
  free(names);
  return ok;
}

static void hand_over(sites_builder *b, sites *s) {
  size_t owned = 0;
  uint32_t at = 0;
  for (unsigned c = 0; c < DTC_CONTIG_COUNT; c++) {
    sites_contig *to = &s->contig[c];
    to->position = s->owned[owned++] = b->snv[c].position;
    to->code = s->owned[owned++] = b->snv[c].code;
    to->name = b->snv[c].named ? b->snv[c].name : NULL;
    s->owned[owned++] = b->snv[c].name;
    to->count = (uint32_t)b->snv[c].count;
    b->snv[c] = (snv_list){.position = NULL};
    to->first_indel = at;
    while (at < b->indels && b->indel[at].contig == c)
      at++;
    to->indels = at - to->first_indel;
  }
  s->indel = s->owned[owned++] = b->indel;
  s->name = s->owned[owned++] = b->name;
  s->pool = s->owned[owned++] = b->pool;
  s->indels = (uint32_t)b->indels;
  s->names = (uint32_t)b->names;
  s->pool_bytes = (uint32_t)b->pool_bytes;
  b->indel = NULL;
  b->name = NULL;
  b->pool = NULL;
}

dtc_status sites_builder_finish(sites_builder *b, sites *s, char *message, size_t message_bytes) {
  for (unsigned c = 0; c < DTC_CONTIG_COUNT; c++) {
    snv_list *l = &b->snv[c];
    if (l->unsorted && !sort_snvs(l))
      return DTC_OUT_OF_MEMORY;
    dtc_status status = l->unsorted || l->repeated ? join_snvs(b, c, s, message, message_bytes) : DTC_OK;
    if (status != DTC_OK)
      return status;
  }
  if (!sort_indels(b))
    return DTC_OUT_OF_MEMORY;
  unsigned char binary[16];
  char hex[33];
  hts_md5_final(binary, b->md5);
  hts_md5_hex(hex, binary);
  snprintf(s->digest, sizeof s->digest, "md5:%s", hex);
  hand_over(b, s);
  return DTC_OK;
}
