/* build.c - see build.h: records, taken apart. */
#include "vcf/sites/build_parts.h"

#include "base/marker.h"

#include <stdlib.h>
#include <string.h>

sites_builder *sites_builder_new(sequence *bases) {
  sites_builder *b = calloc(1, sizeof *b);
  if (!b)
    return NULL;
  b->bases = bases;
  b->md5 = hts_md5_init();
  b->aligned = bases ? calloc(SITES_ALLELES_MAX, sizeof *b->aligned) : NULL;
  if (b->md5 && (b->aligned || !bases))
    return b;
  sites_builder_free(b);
  return NULL;
}

void sites_builder_free(sites_builder *b) {
  if (!b)
    return;
  for (unsigned c = 0; c < DTC_CONTIG_COUNT; c++) {
    free(b->snv[c].position);
    free(b->snv[c].code);
    free(b->snv[c].name);
  }
  free(b->indel);
  free(b->name);
  free(b->pool);
  free(b->line);
  free(b->aligned);
  if (b->md5)
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

static int add_snv(snv_list *l, uint32_t position, int code, uint32_t name) {
  size_t capacity = l->capacity, same = l->capacity;
  if (!grow((void **)&l->position, &capacity, l->count + 1, sizeof *l->position))
    return 0;
  if (!grow((void **)&l->name, &same, l->count + 1, sizeof *l->name))
    return 0;
  if (!grow((void **)&l->code, &l->capacity, l->count + 1, sizeof *l->code))
    return 0;
  if (l->count && position < l->position[l->count - 1])
    l->unsorted = 1;
  if (l->count && position == l->position[l->count - 1])
    l->repeated = 1;
  l->named |= name != SITES_NAME_NONE;
  l->position[l->count] = position;
  l->name[l->count] = name;
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

int builder_add_name(sites_builder *b, unsigned kind, uint32_t number, unsigned contig, uint32_t place) {
  if (!grow((void **)&b->name, &b->name_capacity, b->names + 1, sizeof *b->name))
    return 0;
  b->name[b->names++] = (sites_name){number, place, (uint8_t)kind, (uint8_t)contig, 0};
  return 1;
}

/* Each name of an id to the place. *has_rs: one of them is an rs number. */
static int add_names(sites_builder *b, const char *id, unsigned contig, uint32_t place, int *has_rs) {
  while (*id) {
    size_t bytes = strcspn(id, ";");
    if (bytes && !(bytes == 1 && *id == '.')) {
      uint32_t number = 0;
      uint8_t kind;
      marker_read((view){id, bytes}, &number, &kind);
      if (kind == DTC_ID_OTHER && !add_text(b, id, bytes, &number))
        return 0;
      if (!builder_add_name(b, kind, number, contig, place))
        return 0;
      *has_rs |= kind == DTC_ID_RS;
    }
    id += bytes + (id[bytes] == ';');
  }
  return 1;
}

/* How an SNV's list has its id; a name that needs it goes to the list of names. 0 when memory runs out. */
static int name_snv(sites_builder *b, const char *id, unsigned contig, uint32_t position, uint32_t *name) {
  size_t bytes = strlen(id);
  uint32_t number = 0;
  int any = 0;
  *name = SITES_NAME_NONE;
  if (!bytes || (bytes == 1 && *id == '.'))
    return 1;
  *name = SITES_NAME_LISTED;
  uint8_t kind;
  marker_read((view){id, bytes}, &number, &kind);
  if (kind == DTC_ID_RS && number != SITES_NAME_NONE && number != SITES_NAME_LISTED) {
    *name = number;
    return 1;
  }
  return add_names(b, id, contig, position, &any);
}

/* A known sequence: only A C G T; or N, too: a deletion may reach into a gap of the reference. */
static int plain(const char *allele, int takes_n, size_t *bytes) {
  *bytes = strspn(allele, takes_n ? "ACGTNacgtn" : "ACGTacgt");
  return *bytes > 0 && *bytes <= SITES_ALLELE_BYTES_MAX && !allele[*bytes];
}

/* Alleles of one record, as its file has them or without what they share: n texts of `bytes`, REF first. */
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

/* Where the sequence has REF, base by base. */
static int is_of_sequence(const sites_builder *b, unsigned contig, const trimmed *t) {
  char bases[SITES_ALLELE_BYTES_MAX];
  if (!b->bases || !sequence_bases(b->bases, contig, t->position, (uint32_t)t->bytes[0], bases))
    return 0;
  for (size_t k = 0; k < t->bytes[0]; k++)
    if (bases[k] == 'N' || bases[k] != (t->text[0][k] & ~32))
      return 0;
  return 1;
}

/* Left-aligned, where the sequence tells how. 0 where it cannot be read. */
static int align(sites_builder *b, unsigned contig, trimmed *t) {
  char *text[SITES_ALLELES_MAX];
  uint32_t bytes[SITES_ALLELES_MAX];
  if (!is_of_sequence(b, contig, t))
    return !b->bases || !b->bases->failed;
  for (unsigned i = 0; i < t->n; i++) {
    text[i] = b->aligned[i];
    bytes[i] = (uint32_t)t->bytes[i];
    for (size_t k = 0; k < t->bytes[i]; k++)
      text[i][k] = (char)(t->text[i][k] & ~32);
    text[i][bytes[i]] = '\0';
  }
  if (!align_left(b->bases, contig, &t->position, t->n, text, bytes))
    return 0;
  for (unsigned i = 0; i < t->n; i++) {
    t->text[i] = text[i];
    t->bytes[i] = bytes[i];
  }
  return 1;
}

static int add_indel(sites_builder *b, unsigned contig, const trimmed *t, const char *id) {
  uint32_t offset = (uint32_t)b->pool_bytes;
  int has_rs = 0;
  for (unsigned i = 0; i < t->n; i++) {
    char upper[SITES_ALLELE_BYTES_MAX];
    for (size_t k = 0; k < t->bytes[i]; k++)
      upper[k] = (char)(t->text[i][k] & ~32);
    if (!add_text(b, upper, t->bytes[i], NULL))
      return 0;
  }
  if (!add_names(b, id, DTC_CONTIG_NONE, (uint32_t)b->indels, &has_rs) ||
      !grow((void **)&b->indel, &b->indel_capacity, b->indels + 1, sizeof *b->indel))
    return 0;
  b->indel[b->indels++] = (sites_indel){t->position, offset, (uint8_t)contig, (uint8_t)t->n, (uint16_t)has_rs};
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

/* code: of sites_code(); one below 0 is no SNV and passed over. */
static int add_named_snv(sites_builder *b, unsigned contig, uint32_t position, int code, const char *id) {
  uint32_t name;
  return code < 0 || (name_snv(b, id, contig, position, &name) && add_snv(&b->snv[contig], position, code, name));
}

/* The ALTs of REF's length that differ from it in one base are SNVs; joined later where they stand at one place. */
static int take_snvs(sites_builder *b, unsigned contig, const trimmed *t, const char *id) {
  for (unsigned i = 1; i < t->n; i++) {
    size_t differ = 0, at = 0;
    if (t->bytes[i] != t->bytes[0])
      continue;
    for (size_t k = 0; k < t->bytes[0]; k++)
      if ((t->text[i][k] & ~32) != (t->text[0][k] & ~32)) {
        differ++;
        at = k;
      }
    const char letters[3] = {(char)(t->text[0][at] & ~32), (char)(t->text[i][at] & ~32), '\0'};
    if (differ == 1 && !add_named_snv(b, contig, t->position + (uint32_t)at, sites_code(letters, 2), id))
      return 0;
  }
  return 1;
}

/* The indel part: REF and the ALTs whose length differs from REF's. */
static dtc_status take_indel(sites_builder *b, unsigned contig, const trimmed *t, const char *id) {
  trimmed part = {.n = 0, .position = t->position};
  for (unsigned i = 0; i < t->n; i++) {
    if (i && t->bytes[i] == t->bytes[0])
      continue;
    part.text[part.n] = t->text[i];
    part.bytes[part.n++] = t->bytes[i];
  }
  if (part.n < 2)
    return DTC_OK;
  trim(&part);
  if (!align(b, contig, &part))
    return DTC_IO_READ;
  return add_indel(b, contig, &part, id) ? DTC_OK : DTC_OUT_OF_MEMORY;
}

dtc_status sites_builder_add(sites_builder *b, unsigned contig, uint32_t position, const char *id, unsigned n_alleles,
                             const char *const *alleles) {
  trimmed t;
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
      return add_named_snv(b, contig, position, code, id) ? DTC_OK : DTC_OUT_OF_MEMORY;
  }
  if (!n_alleles || !take_alleles(&t, position, n_alleles, alleles))
    return DTC_OK;
  const char ref[2] = {(char)(t.text[0][0] & ~32), '\0'};
  if (t.n == 1 && t.bytes[0] == 1 &&
      !add_named_snv(b, contig, position, sites_code(ref, 1), id)) /* no ALT that is known */
    return DTC_OUT_OF_MEMORY;
  if (!take_snvs(b, contig, &t, id))
    return DTC_OUT_OF_MEMORY;
  return take_indel(b, contig, &t, id);
}
