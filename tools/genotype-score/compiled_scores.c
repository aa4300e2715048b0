/* compiled_scores.c - the layout, in the byte order of the machine that made it, every part at a multiple of 8 bytes:
 *   head     magic "DTCSCORE", version, figures, CRC-32 of everything
 *   scores, weights of dosages (3 doubles each), rows (40 bytes each, by place and alleles), where the alleles of
 *   several bases stand among the texts, and the texts, each with its end.
 * A machine of another byte order refuses it, and so does a program of another version. */
#include "genotype-score/compiled_scores.h"

#include "base/block.h"
#include "base/crc32.h"
#include "genotype-score/marker.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COMPILED_MAGIC "DTCSCORE"
enum { COMPILED_VERSION = 2, COMPILED_ORDER = 0x01020304, COMPILED_OTHER_ORDER = 0x04030201 };
#define NO_TEXT UINT32_MAX

typedef struct compiled_head {
  char magic[8];
  uint32_t version, byte_order, scores, alleles;
  uint64_t given, rows, text_bytes, file_bytes;
  uint32_t crc, spare;
} compiled_head;

typedef struct compiled_score {
  uint64_t digest, rows, fate[ROW_FATE_COUNT];
  uint32_t build, name, trait, weight_type; /* the last three: where their texts stand, or NO_TEXT */
} compiled_score;

static size_t padded(size_t bytes) { return (bytes + 7) / 8 * 8; }

/* ------------------------------------------------------------------ writing */

/* The parts as they will stand in the file; texts grow while scores and alleles are described. */
typedef struct image {
  compiled_head head;
  compiled_score *scores;
  uint32_t *alleles;
  const char **names; /* of the alleles of several bases */
  char *texts;
  size_t capacity;
} image;

static int add_text(image *m, const char *text, uint32_t *at, fault *f) {
  size_t bytes = text ? strlen(text) + 1 : 0;
  *at = text ? (uint32_t)m->head.text_bytes : NO_TEXT;
  if (m->head.text_bytes + bytes > m->capacity) {
    size_t more = 2 * (m->head.text_bytes + bytes);
    char *larger = more < NO_TEXT ? realloc(m->texts, more) : NULL;
    if (!larger)
      return fault_memory(f);
    m->texts = larger;
    m->capacity = more;
  }
  if (bytes)
    memcpy(m->texts + m->head.text_bytes, text, bytes);
  m->head.text_bytes += bytes;
  return 0;
}

static int describe(image *m, const score_set *s, fault *f) {
  m->head = (compiled_head){COMPILED_MAGIC,
                            COMPILED_VERSION,
                            COMPILED_ORDER,
                            (uint32_t)s->count,
                            (uint32_t)allele_names_count(s->names),
                            s->texts.given_count,
                            s->texts.count,
                            0,
                            0,
                            0,
                            0};
  m->scores = calloc(s->count, sizeof *m->scores);
  m->alleles = calloc(m->head.alleles + 1, sizeof *m->alleles);
  m->names = calloc(m->head.alleles + 1, sizeof *m->names);
  if (!m->scores || !m->alleles || !m->names)
    return fault_memory(f);
  for (size_t i = 0; i < s->count; i++) {
    const score *from = &s->scores[i];
    compiled_score *to = &m->scores[i];
    *to = (compiled_score){.digest = from->digest, .rows = from->rows, .build = (uint32_t)from->build};
    memcpy(to->fate, from->fate, sizeof to->fate);
    if (add_text(m, from->name, &to->name, f) != 0 || add_text(m, from->trait, &to->trait, f) != 0 ||
        add_text(m, from->weight_type, &to->weight_type, f) != 0)
      return -1;
  }
  allele_names_list(s->names, m->names);
  for (uint32_t i = 0; i < m->head.alleles; i++)
    if (add_text(m, m->names[i], &m->alleles[i], f) != 0)
      return -1;
  return 0;
}

typedef struct part {
  const void *at;
  size_t bytes;
} part;

static uint32_t crc_of_part(uint32_t crc, const part *p) {
  static const unsigned char zeros[8];
  return crc32_of(crc32_of(crc, p->at, p->bytes), zeros, padded(p->bytes) - p->bytes);
}

static int write_image(output *o, image *m, const score_table *t) {
  static const char zeros[8];
  const part parts[] = {{&m->head, sizeof m->head},
                        {m->scores, m->head.scores * sizeof *m->scores},
                        {t->given, t->given_count * sizeof *t->given},
                        {t->rows, t->count * sizeof *t->rows},
                        {m->alleles, m->head.alleles * sizeof *m->alleles},
                        {m->texts, m->head.text_bytes}};
  enum { PARTS = sizeof parts / sizeof *parts };
  for (size_t i = 0; i < PARTS; i++)
    m->head.file_bytes += padded(parts[i].bytes);
  uint32_t crc = 0;
  for (size_t i = 0; i < PARTS; i++)
    crc = crc_of_part(crc, &parts[i]); /* its own field is still 0 */
  m->head.crc = crc;
  for (size_t i = 0; i < PARTS; i++)
    if (parts[i].bytes && (output_write(o, parts[i].at, parts[i].bytes) != 0 ||
                           output_write(o, zeros, padded(parts[i].bytes) - parts[i].bytes) != 0))
      return -1; /* told by output_finish */
  return 0;
}

int compiled_scores_write(output *o, score_set *s, fault *f) {
  image m = {.head = {.version = 0}};
  int failed = score_table_sort(&s->texts, f) != 0 || describe(&m, s, f) != 0;
  if (!failed)
    write_image(o, &m, &s->texts);
  free(m.scores);
  free(m.alleles);
  free(m.names);
  free(m.texts);
  return failed ? -1 : 0;
}

/* ------------------------------------------------------------------ mapping */

int compiled_scores_is(const char *path) {
  char magic[8];
  struct stat st;
  if (stat(path, &st) != 0 || !S_ISREG(st.st_mode)) /* a pipe is opened once, by the reader of texts */
    return 0;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return 0;
  ssize_t n = pread(fd, magic, sizeof magic, 0);
  close(fd);
  return n == (ssize_t)sizeof magic && memcmp(magic, COMPILED_MAGIC, sizeof magic) == 0;
}

typedef struct mapped {
  const compiled_head *head;
  const compiled_score *scores;
  const uint32_t *alleles;
  const char *texts;
} mapped;

/* The next part, or NULL where it is not all there. */
static const void *take(const score_table *t, size_t *at, uint64_t count, size_t size) {
  if (count > (t->map_bytes - *at) / size || padded((size_t)count * size) > t->map_bytes - *at)
    return NULL;
  const void *there = (const char *)t->map + *at;
  *at += padded((size_t)count * size);
  return there;
}

static int take_all(score_table *t, mapped *m) {
  size_t at = sizeof *m->head;
  m->scores = take(t, &at, m->head->scores, sizeof *m->scores);
  t->given = m->scores ? take(t, &at, m->head->given, sizeof *t->given) : NULL;
  t->rows = t->given ? take(t, &at, m->head->rows, sizeof *t->rows) : NULL;
  m->alleles = t->rows ? take(t, &at, m->head->alleles, sizeof *m->alleles) : NULL;
  m->texts = m->alleles ? take(t, &at, m->head->text_bytes, 1) : NULL;
  if (!m->texts || at != t->map_bytes || (m->head->text_bytes && m->texts[m->head->text_bytes - 1]) ||
      m->head->given > UINT32_MAX - EFFECT_GIVEN)
    return 0;
  t->count = m->head->rows;
  t->given_count = m->head->given;
  return 1;
}

static int row_is_sound(const mapped *m, const score_table *t, const score_row *r) {
  uint32_t alleles = ALLELE_T + 1 + m->head->alleles;
  uint64_t contig = r->place >> 32;
  return contig != DTC_CONTIG_NONE && contig < DTC_CONTIG_COUNT && (uint32_t)r->place > 0 &&
         (uint32_t)r->place <= INT32_MAX && r->effect < alleles && (r->other < alleles || r->other == ALLELE_UNKNOWN) &&
         r->effect != r->other && isfinite(r->weight) &&
         (isnan(r->frequency) || (r->frequency >= 0 && r->frequency <= 1)) && r->score < m->head->scores &&
         (r->kind < EFFECT_GIVEN || r->kind - EFFECT_GIVEN < t->given_count);
}

static int text_is_sound(const mapped *m, uint32_t at) { return at == NO_TEXT || at < m->head->text_bytes; }

/* Every row can be used as it is, and each score has as many as it says. */
static int parts_are_sound(const mapped *m, const score_table *t, uint64_t *rows_of) {
  for (size_t i = 0; i < t->count; i++) {
    if (!row_is_sound(m, t, &t->rows[i]) || (i && score_row_compare(&t->rows[i - 1], &t->rows[i]) > 0))
      return 0;
    rows_of[t->rows[i].score]++;
  }
  for (size_t i = 0; i < t->given_count; i++)
    for (int k = 0; k < 3; k++)
      if (!isfinite(t->given[i].copies[k]))
        return 0;
  for (uint32_t i = 0; i < m->head->scores; i++) {
    const compiled_score *s = &m->scores[i];
    uint64_t told = rows_of[i];
    for (int k = 0; k < ROW_FATE_COUNT; k++)
      if (s->fate[k] > s->rows || (told += s->fate[k]) > s->rows)
        return 0;
    if (told != s->rows || s->build >= dtc_build_count() || s->name == NO_TEXT || !text_is_sound(m, s->name) ||
        !text_is_sound(m, s->trait) || !text_is_sound(m, s->weight_type))
      return 0;
  }
  for (uint32_t i = 0; i < m->head->alleles; i++)
    if (m->alleles[i] == NO_TEXT || !text_is_sound(m, m->alleles[i]))
      return 0;
  return 1;
}

static int damaged(const char *path, const char *how, fault *f) {
  return fault_set(f, EXIT_REFUSED, "%s: this compiled scoring file is %s: compile it again", path, how);
}

static int check(score_table *t, mapped *m, const char *path, fault *f) {
  const compiled_head *head = m->head = t->map;
  if (t->map_bytes < sizeof *head)
    return damaged(path, "cut off", f);
  if (head->byte_order == COMPILED_OTHER_ORDER)
    return damaged(path, "of a machine of another byte order", f);
  if (head->byte_order != COMPILED_ORDER || head->version != COMPILED_VERSION)
    return damaged(path, "of another version", f);
  if (head->file_bytes != t->map_bytes || t->map_bytes % 8)
    return damaged(path, "cut off", f);
  compiled_head copy = *head;
  copy.crc = 0;
  uint32_t crc = crc32_of(0, (const unsigned char *)&copy, sizeof copy);
  crc = crc32_of(crc, (const unsigned char *)(head + 1), t->map_bytes - sizeof *head);
  if (crc != head->crc || !take_all(t, m))
    return damaged(path, "damaged", f);
  uint64_t *rows_of = calloc((size_t)head->scores + 1, sizeof *rows_of);
  if (!rows_of)
    return fault_memory(f);
  int sound = parts_are_sound(m, t, rows_of);
  free(rows_of);
  return sound ? 0 : damaged(path, "damaged", f);
}

/* The file's numbers of alleles become those of this run. */
static int learn_alleles(score_table *t, const mapped *m, allele_names *names, const char *path, fault *f) {
  allele *longer = calloc((size_t)m->head->alleles + 1, sizeof *longer);
  if (!longer)
    return fault_memory(f);
  t->longer = longer;
  for (uint32_t i = 0; i < m->head->alleles; i++) {
    const char *text = m->texts + m->alleles[i];
    if (allele_learn(names, text, strlen(text), &longer[i]) != 0)
      return fault_memory(f);
    if (longer[i] == ALLELE_UNKNOWN || allele_is_base(longer[i]))
      return damaged(path, "damaged", f);
  }
  return 0;
}

static int copy_text(char **out, const mapped *m, uint32_t at, fault *f) {
  if (at == NO_TEXT)
    return 0;
  *out = strdup(m->texts + at);
  return *out ? 0 : fault_memory(f);
}

static int add_scores(score_set *s, const mapped *m, const char *path, dtc_build build, fault *f) {
  for (uint32_t i = 0; i < m->head->scores; i++) {
    const compiled_score *from = &m->scores[i];
    if (score_set_check_build((dtc_build)from->build, build, path, "compile it again with --assembly", f) != 0)
      return -1;
    score *to = score_set_new(s, path, view_of(m->texts + from->name), f);
    if (!to || copy_text(&to->trait, m, from->trait, f) != 0 ||
        copy_text(&to->weight_type, m, from->weight_type, f) != 0)
      return -1;
    to->build = (dtc_build)from->build;
    to->digest = from->digest;
    to->rows = from->rows;
    memcpy(to->fate, from->fate, sizeof to->fate);
  }
  return 0;
}

int compiled_scores_map(score_set *s, const char *path, dtc_build build, fault *f) {
  score_table *larger = realloc(s->compiled, (s->compiled_count + 1) * sizeof *larger);
  if (!larger)
    return fault_memory(f);
  s->compiled = larger;
  score_table *t = &larger[s->compiled_count++];
  *t = (score_table){.first_score = s->count};
  mapped m;
  t->map = block_map_file(path, &t->map_bytes);
  if (!t->map)
    return fault_system(f, path, "cannot map it");
  return check(t, &m, path, f) != 0 || learn_alleles(t, &m, s->names, path, f) != 0 ? -1
                                                                                    : add_scores(s, &m, path, build, f);
}
