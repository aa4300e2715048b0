#include "genotype-convert/positions.h"

#include <ctype.h>
#include <htslib/vcf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALLELE_BYTES_MAX = 1000 }; /* as in a site table */

typedef struct place {
  unsigned contig;
  uint32_t position;
  char *id; /* a length byte, then the name as it stands there; NULL for "." */
  unsigned n_alleles;
  char *alleles[DTC_RECORD_ALLELES_MAX];
  char *genes; /* joined by ',' */
  int noted;
  uint8_t ploidy;
  int8_t gt[2];
} place;

struct positions {
  place *places;
  size_t count, capacity;
  gene_coverage *genes;
  size_t gene_count;
};

typedef struct reading {
  const char *path;
  positions *p;
  bcf_hdr_t *header;
  char *px;
  int px_room;
} reading;

static place *new_place(positions *p) {
  if (p->count == p->capacity) {
    size_t capacity = p->capacity * 2 + 64;
    place *grown = realloc(p->places, capacity * sizeof *grown);
    if (!grown)
      return NULL;
    p->places = grown;
    p->capacity = capacity;
  }
  place *one = &p->places[p->count++];
  memset(one, 0, sizeof *one);
  return one;
}

static int take_alleles(place *one, const reading *g, bcf1_t *b, fault *f) {
  if (b->n_allele < 2 || b->n_allele > DTC_RECORD_ALLELES_MAX)
    return fault_set(f, EXIT_USAGE, "%s: %s:%u: from 2 to %d alleles were expected", g->path,
                     dtc_contig_name(one->contig), one->position, DTC_RECORD_ALLELES_MAX);
  for (; one->n_alleles < b->n_allele; one->n_alleles++) {
    const char *text = b->d.allele[one->n_alleles];
    if (text[strspn(text, "ACGTacgt")] || !*text || strlen(text) > ALLELE_BYTES_MAX)
      return fault_set(f, EXIT_USAGE, "%s: %s:%u: an allele is not of A, C, G and T", g->path,
                       dtc_contig_name(one->contig), one->position);
    one->alleles[one->n_alleles] = strdup(text);
    if (!one->alleles[one->n_alleles])
      return fault_memory(f);
    for (char *c = one->alleles[one->n_alleles]; *c; c++)
      *c = (char)toupper((unsigned char)*c);
  }
  return 0;
}

static int take_record(reading *g, bcf1_t *b, fault *f) {
  const char *contig = bcf_hdr_id2name(g->header, b->rid);
  place *one = new_place(g->p);
  if (!one || bcf_unpack(b, BCF_UN_INFO) < 0)
    return fault_memory(f);
  one->contig = dtc_contig_parse(contig, strlen(contig));
  one->position = (uint32_t)b->pos + 1;
  const place *before = g->p->count > 1 ? one - 1 : NULL;
  if (one->contig == DTC_CONTIG_NONE || one->contig >= DTC_CONTIG_COUNT)
    return fault_set(f, EXIT_USAGE, "%s: the contig %s is none of the assembly's", g->path, contig);
  if (before && (before->contig > one->contig || (before->contig == one->contig && before->position > one->position)))
    return fault_set(f, EXIT_USAGE, "%s: is not sorted at %s:%u", g->path, contig, one->position);
  if (take_alleles(one, g, b, f) != 0)
    return -1;
  size_t id_bytes = strlen(b->d.id);
  if (id_bytes > DTC_ID_TEXT_MAX)
    return fault_set(f, EXIT_USAGE, "%s: %s:%u: its name is too long", g->path, contig, one->position);
  if (strcmp(b->d.id, ".") != 0 && asprintf(&one->id, "%c%s", (int)id_bytes, b->d.id) < 0) {
    one->id = NULL;
    return fault_memory(f);
  }
  one->genes = strdup(bcf_get_info_string(g->header, b, "PX", &g->px, &g->px_room) > 0 ? g->px : "no gene named");
  return one->genes ? 0 : fault_memory(f);
}

positions *positions_read(const char *path, fault *f) {
  reading g = {.path = path, .p = calloc(1, sizeof *g.p)};
  htsFile *file = g.p ? hts_open(path, "r") : NULL;
  bcf1_t *b = bcf_init();
  int got = -1, failed = !g.p || !b ? fault_memory(f) : file ? 0 : fault_system(f, path, "cannot open it");
  if (!failed && !(g.header = bcf_hdr_read(file)))
    failed = fault_set(f, EXIT_USAGE, "%s: is no VCF of PharmCAT's positions", path);
  while (!failed && (got = bcf_read(file, g.header, b)) == 0)
    failed = take_record(&g, b, f);
  if (!failed && (got < -1 || g.p->count == 0))
    failed = fault_set(f, EXIT_USAGE, "%s: is damaged, or has no positions", path);
  free(g.px);
  if (b)
    bcf_destroy(b);
  if (g.header)
    bcf_hdr_destroy(g.header);
  if (file)
    hts_close(file); /* read only */
  if (!failed)
    return g.p;
  positions_free(g.p);
  return NULL;
}

void positions_free(positions *p) {
  for (size_t i = 0; p && i < p->count; i++) {
    for (unsigned k = 0; k < p->places[i].n_alleles; k++)
      free(p->places[i].alleles[k]);
    free(p->places[i].genes);
    free(p->places[i].id);
  }
  for (size_t i = 0; p && i < p->gene_count; i++)
    free(p->genes[i].gene);
  if (p) {
    free(p->places);
    free(p->genes);
  }
  free(p);
}

uint64_t positions_count(const positions *p) { return p->count; }

static int index_of(const place *one, const char *allele) {
  for (unsigned k = 0; k < one->n_alleles; k++)
    if (strcmp(one->alleles[k], allele) == 0)
      return (int)k;
  return -1;
}

/* Where records of the contig and position begin, or would. */
static size_t first_at(const positions *p, unsigned contig, uint32_t position) {
  size_t from = 0, to = p->count;
  while (from < to) {
    size_t middle = from + (to - from) / 2;
    const place *one = &p->places[middle];
    if (one->contig < contig || (one->contig == contig && one->position < position))
      from = middle + 1;
    else
      to = middle;
  }
  return from;
}

int positions_take(positions *p, const dtc_record *r) {
  for (size_t i = first_at(p, r->contig, r->position);
       i < p->count && p->places[i].contig == r->contig && p->places[i].position == r->position; i++) {
    place *one = &p->places[i];
    if (strcmp(one->alleles[0], r->alleles[0]) != 0)
      continue;
    one->noted = 1;
    one->ploidy = r->ploidy;
    for (unsigned k = 0; k < 2; k++)
      one->gt[k] = (int8_t)(k >= r->ploidy || r->filter != DTC_FILTER_PASS || r->gt[k] < 0
                                ? -1
                                : index_of(one, r->alleles[r->gt[k]]));
    if (r->ploidy == 2 && (one->gt[0] < 0 || one->gt[1] < 0))
      one->gt[0] = one->gt[1] = -1; /* half of a genotype is none */
    if (one->gt[0] > one->gt[1] && r->ploidy == 2) {
      int8_t first = one->gt[1];
      one->gt[1] = one->gt[0];
      one->gt[0] = first;
    }
    return 1;
  }
  return 0;
}

static int is_called(const place *one) { return one->noted && one->gt[0] >= 0; }

static int in_par(const dtc_assembly *a, uint32_t position) {
  for (int i = 0; i < 2; i++)
    if (position >= a->par[i].x_from && position <= a->par[i].x_to)
      return 1;
  return 0;
}

int positions_write(const positions *p, const dtc_assembly *assembly, int haploid_x, vcf_set *vcf) {
  for (size_t i = 0; i < p->count; i++) {
    const place *one = &p->places[i];
    int haploid = one->contig == DTC_CONTIG_Y || one->contig == DTC_CONTIG_MT ||
                  (one->contig == DTC_CONTIG_X && haploid_x && !in_par(assembly, one->position));
    const dtc_id id = {.kind = DTC_ID_OTHER, .number = 0}; /* where its text begins in names */
    dtc_record r = {.position = one->position,
                    .contig = (uint8_t)one->contig,
                    .filter = DTC_FILTER_PASS,
                    .ploidy = (uint8_t)(one->noted ? one->ploidy
                                        : haploid  ? 1
                                                   : 2),
                    .gt = {one->noted ? one->gt[0] : -1, one->noted ? one->gt[1] : -1},
                    .n_alleles = (uint8_t)one->n_alleles,
                    .n_ids = one->id != NULL,
                    .ids = &id,
                    .names = one->id,
                    .rows = 1};
    for (unsigned k = 0; k < one->n_alleles; k++) {
      r.alleles[k] = one->alleles[k];
      r.allele_bytes[k] = (uint16_t)strlen(one->alleles[k]);
    }
    if (vcf_set_add(vcf, &r) != 0)
      return -1;
  }
  return 0;
}

static gene_coverage *gene_called(positions *p, const char *name, size_t length, fault *f) {
  for (size_t i = 0; i < p->gene_count; i++)
    if (strncmp(p->genes[i].gene, name, length) == 0 && !p->genes[i].gene[length])
      return &p->genes[i];
  gene_coverage *larger = realloc(p->genes, (p->gene_count + 1) * sizeof *larger);
  char *gene = larger ? strndup(name, length) : NULL;
  if (larger)
    p->genes = larger;
  if (!gene) {
    fault_memory(f);
    return NULL;
  }
  larger[p->gene_count] = (gene_coverage){gene, 0, 0};
  return &larger[p->gene_count++];
}

int positions_cover(positions *p, fault *f) {
  for (size_t i = 0; i < p->count; i++)
    for (const char *at = p->places[i].genes; *at;) {
      size_t n = strcspn(at, ",");
      gene_coverage *g = n ? gene_called(p, at, n, f) : NULL;
      if (n && !g)
        return -1;
      if (g) {
        g->positions++;
        g->called += (uint64_t)is_called(&p->places[i]);
      }
      at += n + (at[n] == ',');
    }
  return 0;
}

const gene_coverage *positions_genes(const positions *p, size_t *count) {
  *count = p->gene_count;
  return p->genes;
}
