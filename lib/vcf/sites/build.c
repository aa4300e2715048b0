/* build.c - see build.h. */
#include "vcf/sites/build.h"

#include <htslib/hts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct snv_list {
  uint32_t *position;
  uint8_t *code;
  size_t count, capacity;
  int unsorted, repeated; /* a position before its predecessor's; a position twice in a row */
} snv_list;

struct sites_builder {
  snv_list snv[DTC_CONTIG_COUNT];
  sites_indel *indel;
  size_t indels, indel_capacity;
  sites_name *name;
  size_t names, name_capacity;
  char *pool;
  size_t pool_bytes, pool_capacity;
  hts_md5_context *md5;
  char *line;
  size_t line_capacity;
};

sites_builder *sites_builder_new(void) {
  sites_builder *b = calloc(1, sizeof *b);
  if (b && !(b->md5 = hts_md5_init())) {
    free(b);
    b = NULL;
  }
  return b;
}

void sites_builder_free(sites_builder *b) {
  if (!b)
    return;
  for (unsigned c = 0; c < DTC_CONTIG_COUNT; c++) {
    free(b->snv[c].position);
    free(b->snv[c].code);
  }
  free(b->indel);
  free(b->name);
  free(b->pool);
  free(b->line);
  hts_md5_destroy(b->md5);
  free(b);
}

/* Room for one more of `count` elements. 0 when memory runs out. */
static int grow(void **block, size_t *capacity, size_t need, size_t size) {
  if (need <= *capacity)
    return 1;
  size_t more = *capacity + *capacity / 2 + 256;
  if (more < need)
    more = need;
  void *grown = more <= SIZE_MAX / size ? realloc(*block, more * size) : NULL;
  if (!grown)
    return 0;
  *block = grown;
  *capacity = more;
  return 1;
}

static int add_snv(snv_list *l, uint32_t position, int code) {
  size_t capacity = l->capacity;
  if (!grow((void **)&l->position, &capacity, l->count + 1, sizeof *l->position))
    return 0;
  if (!grow((void **)&l->code, &l->capacity, l->count + 1, sizeof *l->code))
    return 0;
  if (l->count && position < l->position[l->count - 1])
    l->unsorted = 1;
  if (l->count && position == l->position[l->count - 1])
    l->repeated = 1;
  l->position[l->count] = position;
  l->code[l->count++] = (uint8_t)code;
  return 1;
}

/* Puts text and its NUL into the pool. 0 when memory runs out. */
static int add_text(sites_builder *b, const char *text, size_t bytes, uint32_t *offset) {
  if (b->pool_bytes + bytes + 1 > UINT32_MAX ||
      !grow((void **)&b->pool, &b->pool_capacity, b->pool_bytes + bytes + 1, 1))
    return 0;
  memcpy(b->pool + b->pool_bytes, text, bytes);
  b->pool[b->pool_bytes + bytes] = '\0';
  if (offset)
    *offset = (uint32_t)b->pool_bytes;
  b->pool_bytes += bytes + 1;
  return 1;
}

static int add_names(sites_builder *b, const char *id) {
  while (*id) {
    size_t bytes = strcspn(id, ";");
    if (bytes && !(bytes == 1 && *id == '.')) {
      uint32_t number = 0;
      dtc_id_kind kind = sites_parse_name(id, bytes, &number);
      if (kind == DTC_ID_OTHER && !add_text(b, id, bytes, &number))
        return 0;
      if (!grow((void **)&b->name, &b->name_capacity, b->names + 1, sizeof *b->name))
        return 0;
      b->name[b->names++] = (sites_name){number, (uint32_t)b->indels, (uint32_t)kind};
    }
    id += bytes + (id[bytes] == ';');
  }
  return 1;
}

/* A known sequence: only A C G T; or N, too: a deletion may reach into a gap of the reference. */
static int plain(const char *allele, int takes_n, size_t *bytes) {
  *bytes = strspn(allele, takes_n ? "ACGTNacgtn" : "ACGTacgt");
  return *bytes > 0 && *bytes <= SITES_ALLELE_BYTES_MAX && !allele[*bytes];
}

/* Alleles of one record without what they share: n texts of `bytes`, REF first. */
typedef struct trimmed {
  unsigned n;
  uint32_t position;
  const char *text[SITES_ALLELES_MAX];
  size_t bytes[SITES_ALLELES_MAX];
} trimmed;

/* Takes REF and every ALT of known sequence. 0 where REF has none. */
static int take_alleles(trimmed *t, uint32_t position, unsigned n, const char *const *alleles) {
  int takes_n = 0;
  t->n = 0;
  t->position = position;
  for (unsigned i = 0; i < n; i++)
    takes_n |= alleles[i][0] && alleles[i][1];
  for (unsigned i = 0; i < n && t->n < SITES_ALLELES_MAX; i++) {
    size_t bytes;
    if (plain(alleles[i], takes_n, &bytes)) {
      t->text[t->n] = alleles[i];
      t->bytes[t->n++] = bytes;
    } else if (!i) {
      return 0;
    }
  }
  return t->n > 0;
}

static void trim(trimmed *t) {
  size_t shortest = SIZE_MAX;
  for (unsigned i = 0; i < t->n; i++)
    if (t->bytes[i] < shortest)
      shortest = t->bytes[i];
  while (t->n > 1 && shortest > 1) { /* behind */
    for (unsigned i = 1; i < t->n; i++)
      if ((t->text[i][t->bytes[i] - 1] & ~32) != (t->text[0][t->bytes[0] - 1] & ~32))
        goto front;
    for (unsigned i = 0; i < t->n; i++)
      t->bytes[i]--;
    shortest--;
  }
front:
  while (t->n > 1 && shortest > 1) { /* in front; an indel keeps its anchor because its shortest allele has one base */
    for (unsigned i = 1; i < t->n; i++)
      if ((t->text[i][0] & ~32) != (t->text[0][0] & ~32))
        return;
    for (unsigned i = 0; i < t->n; i++) {
      t->text[i]++;
      t->bytes[i]--;
    }
    t->position++;
    shortest--;
  }
}

static int add_indel(sites_builder *b, unsigned contig, const trimmed *t, const char *id) {
  uint32_t offset = (uint32_t)b->pool_bytes;
  for (unsigned i = 0; i < t->n; i++) {
    char upper[SITES_ALLELE_BYTES_MAX];
    for (size_t k = 0; k < t->bytes[i]; k++)
      upper[k] = (char)(t->text[i][k] & ~32);
    if (!add_text(b, upper, t->bytes[i], NULL))
      return 0;
  }
  if (!add_names(b, id) || !grow((void **)&b->indel, &b->indel_capacity, b->indels + 1, sizeof *b->indel))
    return 0;
  b->indel[b->indels++] = (sites_indel){t->position, offset, (uint8_t)contig, (uint8_t)t->n, 0};
  return 1;
}

static char *put_text(char *p, const char *text, size_t bytes, char behind) {
  memcpy(p, text, bytes);
  p[bytes] = behind;
  return p + bytes + 1;
}

static char *put_number(char *p, uint32_t number, char behind) {
  char digits[10];
  unsigned n = 0;
  do
    digits[n++] = (char)('0' + number % 10);
  while (number /= 10);
  while (n)
    *p++ = digits[--n];
  *p++ = behind;
  return p;
}

/* The digest runs over the records as the file has them: one line each, five columns. */
static int digest_record(sites_builder *b, unsigned contig, uint32_t position, const char *id, unsigned n,
                         const char *const *alleles) {
  size_t need = 32 + strlen(id) + 1;
  for (unsigned i = 0; i < n; i++)
    need += strlen(alleles[i]) + 1;
  if (!grow((void **)&b->line, &b->line_capacity, need, 1))
    return 0;
  const char *name = dtc_contig_name(contig);
  char *p = put_text(b->line, name, strlen(name), '\t');
  p = put_number(p, position, '\t');
  p = put_text(p, id, strlen(id), '\t');
  p = n ? put_text(p, alleles[0], strlen(alleles[0]), '\t') : put_text(p, ".", 1, '\t');
  for (unsigned i = 1; i < n; i++)
    p = put_text(p, alleles[i], strlen(alleles[i]), i + 1 < n ? ',' : '\n');
  if (n < 2)
    p = put_text(p, ".", 1, '\n');
  hts_md5_update(b->md5, b->line, (unsigned long)(p - b->line));
  return 1;
}

/* An SNV's part of a record: REF and the ALTs of one letter. */
static int take_snv(sites_builder *b, unsigned contig, const trimmed *t) {
  char letters[5] = "";
  unsigned n = 0, longer = 0;
  if (t->bytes[0] != 1)
    return 1;
  for (unsigned i = 0; i < t->n; i++) {
    char letter = (char)(t->text[i][0] & ~32);
    if (t->bytes[i] != 1)
      longer = 1;
    else if (n < 4 && !(n && (letter == 'N' || strchr(letters, letter))))
      letters[n++] = letter;
  }
  if (n < 2 && longer)
    return 1;
  int code = sites_code(letters, n);
  return code < 0 || add_snv(&b->snv[contig], t->position, code);
}

/* The indel part: REF and the ALTs whose length differs from REF's. */
static int take_indel(sites_builder *b, unsigned contig, const trimmed *t, const char *id) {
  trimmed part = {.n = 0, .position = t->position};
  for (unsigned i = 0; i < t->n; i++) {
    if (i && t->bytes[i] == t->bytes[0])
      continue;
    part.text[part.n] = t->text[i];
    part.bytes[part.n++] = t->bytes[i];
  }
  return part.n < 2 || add_indel(b, contig, &part, id);
}

dtc_status sites_builder_add(sites_builder *b, unsigned contig, uint32_t position, const char *id, unsigned n_alleles,
                             const char *const *alleles, char *message, size_t message_bytes) {
  trimmed t;
  (void)message;
  (void)message_bytes;
  if (!digest_record(b, contig, position, id, n_alleles, alleles))
    return DTC_OUT_OF_MEMORY;
  if (n_alleles && n_alleles <= 4 && !alleles[0][1]) { /* the common case, an SNV */
    char letters[5] = "";
    unsigned n = 0;
    while (n < n_alleles && alleles[n][0] && !alleles[n][1]) {
      letters[n] = alleles[n][0];
      n++;
    }
    int code = n == n_alleles ? sites_code(letters, n) : -1;
    if (code >= 0)
      return add_snv(&b->snv[contig], position, code) ? DTC_OK : DTC_OUT_OF_MEMORY;
  }
  if (!n_alleles || !take_alleles(&t, position, n_alleles, alleles))
    return DTC_OK;
  trim(&t);
  if (!take_snv(b, contig, &t) || !take_indel(b, contig, &t, id))
    return DTC_OUT_OF_MEMORY;
  return DTC_OK;
}

typedef struct snv_order {
  uint32_t position, at;
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
    order[i] = (snv_order){l->position[i], (uint32_t)i, l->code[i]};
  qsort(order, l->count, sizeof *order, compare_snv);
  for (size_t i = 0; i < l->count; i++) {
    l->position[i] = order[i].position;
    l->code[i] = order[i].code;
  }
  free(order);
  return 1;
}

/* Joins SNVs of one position: the ALTs of the first, then those of the next. 0 where two have different REFs. */
static int join_snvs(snv_list *l, const sites *s, uint32_t *where) {
  size_t out = 0;
  for (size_t i = 0; i < l->count; i++) {
    if (!out || l->position[out - 1] != l->position[i]) {
      l->position[out] = l->position[i];
      l->code[out++] = l->code[i];
      continue;
    }
    char letters[9];
    unsigned n = s->codes.count[l->code[out - 1]];
    memcpy(letters, s->codes.letters[l->code[out - 1]], n);
    const char *more = s->codes.letters[l->code[i]];
    *where = l->position[i];
    if (more[0] != letters[0])
      return 0;
    for (unsigned k = 1; k < s->codes.count[l->code[i]]; k++)
      if (!memchr(letters, more[k], n))
        letters[n++] = more[k];
    l->code[out - 1] = (uint8_t)sites_code(letters, n);
  }
  l->count = out;
  return 1;
}

/* For sorting, indels and names are taken along with what they compare by. */
typedef struct indel_order {
  sites_indel indel;
  uint32_t at;
} indel_order;

static int compare_indel(const void *pa, const void *pb) {
  const indel_order *a = pa, *b = pb;
  if (a->indel.contig != b->indel.contig)
    return a->indel.contig < b->indel.contig ? -1 : 1;
  if (a->indel.position != b->indel.position)
    return a->indel.position < b->indel.position ? -1 : 1;
  return a->at < b->at ? -1 : a->at > b->at;
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
  return a->name.indel < b->name.indel ? -1 : a->name.indel > b->name.indel;
}

static int sort_indels(sites_builder *b) {
  indel_order *order = malloc((b->indels + 1) * sizeof *order);
  uint32_t *now_at = malloc((b->indels + 1) * sizeof *now_at);
  name_order *names = malloc((b->names + 1) * sizeof *names);
  int ok = order && now_at && names;
  if (ok) {
    for (size_t i = 0; i < b->indels; i++)
      order[i] = (indel_order){b->indel[i], (uint32_t)i};
    qsort(order, b->indels, sizeof *order, compare_indel);
    for (size_t i = 0; i < b->indels; i++) {
      b->indel[i] = order[i].indel;
      now_at[order[i].at] = (uint32_t)i;
    }
    for (size_t i = 0; i < b->names; i++) {
      b->name[i].indel = now_at[b->name[i].indel];
      names[i] = (name_order){b->name[i], b->name[i].kind == DTC_ID_OTHER ? b->pool + b->name[i].number : NULL};
    }
    qsort(names, b->names, sizeof *names, compare_names);
    for (size_t i = 0; i < b->names; i++)
      b->name[i] = names[i].name;
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
    uint32_t where = 0;
    if (l->unsorted && !sort_snvs(l))
      return DTC_OUT_OF_MEMORY;
    if (!l->unsorted && !l->repeated)
      continue;
    if (!join_snvs(l, s, &where)) {
      snprintf(message, message_bytes, "the site table has two different REFs at %s:%u", dtc_contig_name(c),
               (unsigned)where);
      return DTC_ASSEMBLY_FILE;
    }
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
