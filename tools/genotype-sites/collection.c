#include "config.h"

#include "genotype-sites/collection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int reserve(void **block, size_t *capacity, size_t need, size_t size) {
  if (need <= *capacity)
    return 1;
  size_t more = need + need / 2 + 1024;
  void *grown = realloc(*block, more * size);
  if (!grown)
    return 0;
  *block = grown;
  *capacity = more;
  return 1;
}

static int add_text(collection *c, const char *text) {
  size_t bytes = strlen(text) + 1;
  if (!reserve((void **)&c->pool, &c->pool_capacity, c->pool_bytes + bytes, 1))
    return 0;
  memcpy(c->pool + c->pool_bytes, text, bytes);
  c->pool_bytes += bytes;
  return 1;
}

int collection_add(collection *c, const variant *v, variant_kind kind, int has_alt, const char *id) {
  uint64_t text = c->pool_bytes;
  if (c->count >= UINT32_MAX || !reserve((void **)&c->item, &c->capacity, c->count + 1, sizeof *c->item))
    return 0;
  if (!add_text(c, id) || !add_text(c, v->ref) || !add_text(c, has_alt ? v->alt : ""))
    return 0;
  c->item[c->count] = (collected){v->position, (uint32_t)c->count, text, (uint8_t)v->contig, kind == VARIANT_INDEL};
  c->count++;
  return 1;
}

void collection_free(collection *c) {
  free(c->item);
  free(c->pool);
}

static int compare(const void *pa, const void *pb) {
  const collected *a = pa, *b = pb;
  if (a->contig != b->contig)
    return a->contig < b->contig ? -1 : 1;
  if (a->position != b->position)
    return a->position < b->position ? -1 : 1;
  if (a->is_indel != b->is_indel)
    return a->is_indel ? 1 : -1;
  return a->order < b->order ? -1 : a->order > b->order;
}

static int is_sorted(const collection *c) {
  for (size_t i = 1; i < c->count; i++)
    if (compare(&c->item[i - 1], &c->item[i]) > 0)
      return 0;
  return 1;
}

static const char *id_of(const collection *c, const collected *i) { return c->pool + i->text; }
static const char *ref_of(const collection *c, const collected *i) { return id_of(c, i) + strlen(id_of(c, i)) + 1; }
static const char *alt_of(const collection *c, const collected *i) { return ref_of(c, i) + strlen(ref_of(c, i)) + 1; }

/* A record being joined: names and ALTs without repeats. */
typedef struct joint {
  char *id;
  size_t id_bytes, id_capacity;
  char *text; /* alleles made longer, so that all have one REF */
  size_t text_bytes, text_capacity;
  size_t offset[DTC_RECORD_ALLELES_MAX];
  site_record record;
} joint;

static int has_name(const char *ids, const char *name, size_t bytes) {
  for (const char *at = ids; *at;) {
    size_t n = strcspn(at, ";");
    if (n == bytes && memcmp(at, name, n) == 0)
      return 1;
    at += n + (at[n] == ';');
  }
  return 0;
}

static int join_names(joint *j, const char *id) {
  while (*id) {
    size_t bytes = strcspn(id, ";");
    if (bytes && !(bytes == 1 && *id == '.') && !has_name(j->id_bytes ? j->id : "", id, bytes)) {
      if (!reserve((void **)&j->id, &j->id_capacity, j->id_bytes + bytes + 2, 1))
        return 0;
      if (j->id_bytes)
        j->id[j->id_bytes++] = ';';
      /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): reserve() gave room, so there is a block */
      memcpy(j->id + j->id_bytes, id, bytes);
      j->id_bytes += bytes;
      j->id[j->id_bytes] = '\0';
    }
    id += bytes + (id[bytes] == ';');
  }
  return 1;
}

/* Appends first + second as the next allele unless it is there. */
static int join_allele(joint *j, const char *first, const char *second) {
  size_t a = strlen(first), b = strlen(second), at = j->text_bytes;
  if (!reserve((void **)&j->text, &j->text_capacity, at + a + b + 1, 1))
    return 0;
  /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): reserve() gave room, so there is a block */
  memcpy(j->text + at, first, a);
  memcpy(j->text + at + a, second, b + 1);
  for (unsigned i = 0; i < j->record.n_alleles; i++)
    if (strcmp(j->text + j->offset[i], j->text + at) == 0)
      return 1;
  if (j->record.n_alleles == DTC_RECORD_ALLELES_MAX)
    return 1;
  j->offset[j->record.n_alleles++] = at;
  j->text_bytes = at + a + b + 1;
  return 1;
}

static int share_a_name(const char *a, const char *b) {
  while (*a) {
    size_t bytes = strcspn(a, ";");
    if (bytes && !(bytes == 1 && *a == '.') && has_name(b, a, bytes))
      return 1;
    a += bytes + (a[bytes] == ';');
  }
  return 0;
}

/* SNVs of one position are one site. Indels of one position are one site where they have the same REF or share a name,
 * as the several ALTs of one record do. */
static int belongs(const collection *c, const collected *first, const collected *other) {
  if (!first->is_indel)
    return 1;
  return strcmp(ref_of(c, first), ref_of(c, other)) == 0 || share_a_name(id_of(c, first), id_of(c, other));
}

/* Joins the items marked in use, one at least; all have the position of the first. */
static int join(const collection *c, joint *j, const collected *const *item, size_t count) {
  /* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): count is 1 or more */
  const char *ref = ref_of(c, item[0]);
  for (size_t i = 1; i < count; i++)
    if (strlen(ref_of(c, item[i])) > strlen(ref))
      ref = ref_of(c, item[i]);
  j->id_bytes = j->text_bytes = 0;
  j->record.n_alleles = 0;
  j->record.contig = item[0]->contig;
  j->record.position = item[0]->position;
  if (!join_allele(j, ref, ""))
    return 0;
  for (size_t i = 0; i < count; i++) {
    const char *alt = alt_of(c, item[i]);
    if (!join_names(j, id_of(c, item[i])) || (*alt && !join_allele(j, alt, ref + strlen(ref_of(c, item[i])))))
      return 0;
  }
  j->record.id = j->id_bytes ? j->id : ".";
  for (unsigned i = 0; i < j->record.n_alleles; i++)
    j->record.alleles[i] = j->text + j->offset[i];
  return 1;
}

/* All records of one place and kind: takes the first item that is left and all that belong to it, again and again. */
static int records_of_place(const collection *c, joint *j, const collected *item, size_t count,
                            const collected **chosen, int (*take)(void *opaque, const site_record *r), void *opaque) {
  uint8_t used_few[64] = {0}, *used = count <= sizeof used_few ? used_few : calloc(count, 1);
  int result = used ? 0 : -1;
  for (size_t first = 0; result == 0 && first < count; first++) {
    size_t n = 0;
    if (used[first])
      continue;
    for (size_t i = first; i < count; i++)
      if (!used[i] && belongs(c, &item[first], &item[i])) {
        used[i] = 1;
        chosen[n++] = &item[i];
      }
    result = join(c, j, chosen, n) ? take(opaque, &j->record) : -1;
  }
  if (used != used_few)
    free(used);
  return result;
}

int collection_records(collection *c, int (*take)(void *opaque, const site_record *r), void *opaque) {
  joint j;
  const collected **chosen = NULL;
  size_t capacity = 0;
  int result = 0;
  memset(&j, 0, sizeof j);
  if (!is_sorted(c)) /* most inputs are, and sorting takes their memory once more */
    qsort(c->item, c->count, sizeof *c->item, compare);
  for (size_t from = 0, to; result == 0 && from < c->count; from = to) {
    const collected *first = &c->item[from];
    for (to = from + 1; to < c->count && c->item[to].contig == first->contig &&
                        c->item[to].position == first->position && c->item[to].is_indel == first->is_indel;)
      to++;
    result = reserve((void **)&chosen, &capacity, to - from, sizeof *chosen)
                 ? records_of_place(c, &j, first, to - from, chosen, take, opaque)
                 : -1;
  }
  free(j.id);
  free(j.text);
  free(chosen);
  return result;
}
