/* reference.c - the two sources behind one door. */
#include "vcf/reference/reference.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vcf/reference/check.h"
#include "vcf/reference/recall.h"
#include "vcf/reference/sequence.h"
#include "vcf/sites/sites.h"

_Static_assert((int)REFERENCE_SNV_KINDS == (int)SITES_CODE_COUNT, "a kind of SNV is a code of the table");

struct reference {
  sequence *sequence; /* NULL: none */
  sites *sites;       /* NULL: none */
  recall *recall;     /* NULL: nothing is remembered */
  unsigned contig;
  uint32_t at; /* the SNV asked for last, in the contig's list */
  reference_site indel;
  const char *alleles[SITES_ALLELES_MAX];
  sites_codes codes;
  reference_site snv[SITES_CODE_COUNT]; /* by code */
};

static uint8_t allele_of(char letter) {
  return letter == 'A' ? DTC_ALLELE_A : letter == 'C' ? DTC_ALLELE_C : letter == 'G' ? DTC_ALLELE_G : DTC_ALLELE_T;
}

/* There are only so many kinds of SNV site: each is made once. */
static void make_snvs(reference *r) {
  sites_codes_init(&r->codes);
  for (unsigned code = 0; code < SITES_CODE_COUNT; code++) {
    reference_site *s = &r->snv[code];
    memset(s->index, -1, sizeof s->index);
    s->kind = (uint8_t)code;
    s->n_alleles = r->codes.count[code];
    s->alleles = r->codes.text[code];
    for (int i = 0; i < s->n_alleles; i++) {
      s->base[i] = allele_of(r->codes.letters[code][i]);
      s->set |= (uint8_t)(1u << s->base[i]);
      s->index[s->base[i]] = (int8_t)i;
    }
  }
}

dtc_status reference_open(const char *sequence_path, const char *sites_path, const dtc_assembly *assembly,
                          reference **out, char *message, size_t message_bytes) {
  reference *r = calloc(1, sizeof *r);
  *out = NULL;
  if (!r) {
    snprintf(message, message_bytes, "out of memory");
    return DTC_OUT_OF_MEMORY;
  }
  dtc_status status = DTC_OK;
  make_snvs(r);
  if (sequence_path) {
    status = sequence_open(sequence_path, assembly, &r->sequence, message, message_bytes);
    if (status == DTC_OK)
      status = reference_check_sequence(sequence_path, r->sequence, assembly, message, message_bytes);
  }
  if (status == DTC_OK && sites_path) {
    status = sites_open(sites_path, &r->sites, message, message_bytes);
    if (status == DTC_OK)
      status = reference_check_sites(sites_path, r->sites, assembly, message, message_bytes);
  }
  if (status == DTC_OK && r->sequence && r->sites)
    status = reference_check_refs(sites_path, r->sites, r->sequence, REFERENCE_REFS_SAMPLE, message, message_bytes);
  if (status == DTC_OK)
    *out = r;
  else
    reference_free(r);
  return status;
}

void reference_free(reference *r) {
  if (!r)
    return;
  sequence_free(r->sequence);
  sites_free(r->sites);
  recall_free(r->recall);
  free(r);
}

reference *reference_clone(reference *r) {
  reference *copy = calloc(1, sizeof *copy);
  if (!copy)
    return NULL;
  make_snvs(copy);
  if (r->sequence && !(copy->sequence = sequence_clone(r->sequence))) {
    free(copy);
    return NULL;
  }
  if (r->sites)
    copy->sites = sites_share(r->sites);
  return copy;
}

void reference_remember(reference *r) {
  if (r->sequence && !r->recall)
    r->recall = recall_new();
}

void reference_begin(reference *r) {
  if (r->sequence)
    r->sequence->failed = 0; /* a read that failed for one export of a batch may succeed for the next */
  for (unsigned c = 0; r->recall && c < DTC_CONTIG_COUNT; c++)
    recall_begin(r->recall, c);
}

int reference_has_sequence(const reference *r) { return r->sequence != NULL; }
int reference_has_sites(const reference *r) { return r->sites != NULL; }
const char *reference_sites_digest(const reference *r) { return r->sites ? r->sites->digest : NULL; }
int reference_chr_prefix(const reference *r) { return r->sequence && r->sequence->chr_prefix; }
int reference_failed(const reference *r) { return r->sequence && r->sequence->failed; }

int reference_contig(reference *r, unsigned contig) {
  if (r->contig != contig) {
    r->contig = contig < DTC_CONTIG_COUNT ? contig : DTC_CONTIG_NONE;
    r->at = 0;
  }
  return !reference_failed(r);
}

/* The code of the SNV at a position, or -1. Positions mostly ascend, so the search begins at the last one. */
static int snv_code(reference *r, uint32_t position) {
  if (!r->sites)
    return -1;
  const sites_contig *c = &r->sites->contig[r->contig];
  uint32_t at = r->at;
  if (at && c->position[at - 1] >= position)
    at = 0;
  at = sites_advance(c, at, position);
  r->at = at;
  return at < c->count && c->position[at] == position ? c->code[at] & (SITES_CODE_COUNT - 1) : -1;
}

char reference_base(reference *r, uint32_t position) {
  if (r->sequence) {
    int known = r->recall ? recall_kind(r->recall, r->contig, position) : -1;
    if (known >= 0 && known < REFERENCE_SNV_KINDS)
      return r->codes.letters[known][0];
    return sequence_base(r->sequence, r->contig, position);
  }
  int code = snv_code(r, position);
  return code < 0 ? 0 : r->codes.letters[code][0];
}

const reference_site *reference_snv(reference *r, uint32_t position) {
  int code = snv_code(r, position);
  return code < 0 ? NULL : &r->snv[code];
}

/* Of a base as the sequence has it; 0: unknown. */
static uint8_t kind_of_base(char base) {
  if (base == 'N')
    return REFERENCE_N;
  if (!base)
    return REFERENCE_UNKNOWN;
  return (uint8_t)((allele_of(base) - DTC_ALLELE_A) << 4); /* the code of that REF and no ALT */
}

void reference_kinds(reference *r, const uint32_t *position, size_t n, uint8_t *kind) {
  uint32_t left[REFERENCE_KINDS_MAX]; /* places the table does not know */
  uint8_t where[REFERENCE_KINDS_MAX];
  char base[REFERENCE_KINDS_MAX];
  size_t n_left = 0;
  if (!r->sites && r->recall && recall_kinds(r->recall, r->contig, position, n, kind))
    return;
  for (size_t i = 0; i < n; i++) {
    int known = snv_code(r, position[i]);
    if (known < 0 && r->recall)
      known = recall_kind(r->recall, r->contig, position[i]);
    kind[i] = known < 0 ? REFERENCE_UNKNOWN : (uint8_t)known;
    if (known < 0) {
      left[n_left] = position[i];
      where[n_left++] = (uint8_t)i;
    }
  }
  if (!r->sequence || !n_left)
    return;
  sequence_many(r->sequence, r->contig, left, n_left, base);
  for (size_t i = 0; i < n_left; i++)
    kind[where[i]] = kind_of_base(base[i]);
  for (size_t i = 0; i < n_left && r->recall && !r->sequence->failed; i++)
    recall_learn(r->recall, r->contig, left[i], kind[where[i]]);
}

const reference_site *reference_site_of(const reference *r, unsigned kind) { return &r->snv[kind]; }

uint32_t reference_indel_by_id(const reference *r, uint8_t id_kind, uint32_t id_number, const char *names) {
  if (!r->sites || !r->sites->names)
    return REFERENCE_NO_INDEL;
  const char *text = NULL;
  size_t bytes = 0;
  if (id_kind == DTC_ID_OTHER) {
    text = names + id_number + 1;
    bytes = (unsigned char)names[id_number];
  }
  return sites_indel_by_name(r->sites, id_kind, id_number, text, bytes);
}

uint32_t reference_indel_near(const reference *r, unsigned contig, uint32_t position) {
  return r->sites && contig < DTC_CONTIG_COUNT ? sites_indel_near(r->sites, contig, position) : REFERENCE_NO_INDEL;
}

const reference_site *reference_indel(reference *r, uint32_t indel) {
  const sites_indel *from = &r->sites->indel[indel];
  r->indel.position = from->position;
  r->indel.contig = from->contig;
  r->indel.n_alleles = (uint8_t)sites_indel_alleles(r->sites, indel, r->alleles);
  r->indel.alleles = r->alleles;
  return &r->indel;
}

int reference_fetch(reference *r, uint32_t position, uint32_t length, char *text) {
  return r->sequence && sequence_bases(r->sequence, r->contig, position, length, text);
}
