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

struct dtc_reference {
  sequence *sequence; /* NULL: none */
  sites *sites;       /* NULL: none */
  recall *recall;     /* NULL: nothing is remembered */
  unsigned contig;
  uint32_t at;           /* the SNV asked for last, in the contig's list */
  unsigned wrong_contig; /* of the first REF that is not the sequence's, or DTC_CONTIG_NONE */
  uint32_t wrong_position;
  reference_site indel;
  const char *alleles[SITES_ALLELES_MAX];
  sites_codes codes;
  reference_site snv[SITES_CODE_COUNT]; /* by code */
  dtc_sites_facts facts;                /* once asked for */
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
    if (status == DTC_OK && assembly)
      status = reference_check_sequence(sequence_path, r->sequence, assembly, message, message_bytes);
  }
  if (status == DTC_OK && sites_path) {
    status = sites_open(sites_path, r->sequence, &r->sites, message, message_bytes);
    if (status == DTC_OK && assembly)
      status = reference_check_sites(r->sites, assembly, message, message_bytes);
  }
  if (status == DTC_OK && r->sequence && r->sites)
    status = reference_check_refs(r->sites, r->sequence, REFERENCE_REFS_SAMPLE, message, message_bytes);
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

reference *reference_second(reference *r) { return r->sites || r->recall ? NULL : reference_clone(r); }

void reference_second_free(reference *r, reference *second) {
  if (second && reference_failed(second))
    r->sequence->failed = 1;
  reference_free(second);
}

void reference_remember(reference *r) {
  if (r->sequence && !r->recall)
    r->recall = recall_new();
}

void reference_begin(reference *r) {
  if (r->sequence)
    r->sequence->failed = 0; /* a read that failed for one export of a batch may succeed for the next */
  r->wrong_contig = DTC_CONTIG_NONE;
  for (unsigned c = 0; r->recall && c < DTC_CONTIG_COUNT; c++)
    recall_begin(r->recall, c);
}

int reference_has_sequence(const reference *r) { return r->sequence != NULL; }
int reference_has_sites(const reference *r) { return r->sites != NULL; }
const char *reference_sites_digest(const reference *r) { return r->sites ? r->sites->digest : NULL; }
uint64_t reference_sites_count(const reference *r) { return r->sites ? sites_count(r->sites) : 0; }
int reference_chr_prefix(const reference *r) { return r->sequence && r->sequence->chr_prefix; }
int reference_failed(const reference *r) { return r->sequence && r->sequence->failed; }

int reference_contig(reference *r, unsigned contig) {
  if (r->contig != contig) {
    r->contig = contig < DTC_CONTIG_COUNT ? contig : DTC_CONTIG_NONE;
    r->at = 0;
  }
  return !reference_failed(r);
}

/* Index of the SNV at a position in its contig's list, or -1. Positions mostly ascend: the search begins at the last.
 */
static int64_t find_snv(reference *r, uint32_t position) {
  const sites_contig *c = &r->sites->contig[r->contig];
  uint32_t at = r->at;
  if (at && c->position[at - 1] >= position)
    at = 0;
  at = sites_advance(c, at, position);
  r->at = at;
  return at < c->count && c->position[at] == position ? (int64_t)at : -1;
}

char reference_base(reference *r, uint32_t position) {
  if (r->sequence) {
    int known = r->recall ? recall_kind(r->recall, r->contig, position) : -1;
    if (known >= 0 && known < REFERENCE_SNV_KINDS)
      return r->codes.letters[known][0];
    return sequence_base(r->sequence, r->contig, position);
  }
  int64_t at = r->sites ? find_snv(r, position) : -1;
  return at < 0 ? 0 : r->codes.letters[r->sites->contig[r->contig].code[at] & (SITES_CODE_COUNT - 1)][0];
}

/* Of a base as the sequence has it; 0: unknown. */
static uint8_t kind_of_base(char base) {
  if (base == 'N')
    return REFERENCE_N;
  if (!base)
    return REFERENCE_UNKNOWN;
  return (uint8_t)((allele_of(base) - DTC_ALLELE_A) << 4); /* the code of that REF and no ALT */
}

/* What the sequence has at the places, by what is remembered and else by its file. */
static void kinds_of_sequence(reference *r, const uint32_t *position, size_t n, uint8_t *kind) {
  uint32_t left[REFERENCE_KINDS_MAX];
  uint8_t where[REFERENCE_KINDS_MAX];
  char base[REFERENCE_KINDS_MAX];
  size_t n_left = 0;
  if (r->recall && recall_kinds(r->recall, r->contig, position, n, kind))
    return;
  for (size_t i = 0; i < n; i++) {
    int known = r->recall ? recall_kind(r->recall, r->contig, position[i]) : -1;
    kind[i] = (uint8_t)known;
    if (known < 0) {
      left[n_left] = position[i];
      where[n_left++] = (uint8_t)i;
    }
  }
  if (!n_left)
    return;
  sequence_many(r->sequence, r->contig, left, n_left, base);
  for (size_t i = 0; i < n_left; i++)
    kind[where[i]] = kind_of_base(base[i]);
  for (size_t i = 0; i < n_left && r->recall && !r->sequence->failed; i++)
    recall_learn(r->recall, r->contig, left[i], kind[where[i]]);
}

static void note_wrong_ref(reference *r, unsigned contig, uint32_t position) {
  if (r->wrong_contig != DTC_CONTIG_NONE)
    return;
  r->wrong_contig = contig;
  r->wrong_position = position;
}

/* The kind of the table's SNV beside that of the sequence at its place. */
static uint8_t checked_kind(reference *r, uint8_t of_sequence, uint8_t code, uint32_t position) {
  if (of_sequence == REFERENCE_UNKNOWN) /* no sequence, or not of this contig */
    return code;
  if (of_sequence == REFERENCE_N || of_sequence >> 4 == code >> 4)
    return of_sequence == REFERENCE_N ? of_sequence : code;
  note_wrong_ref(r, r->contig, position);
  return REFERENCE_UNKNOWN;
}

void reference_kinds(reference *r, const uint32_t *position, size_t n, uint8_t *kind, uint32_t *name) {
  if (r->sequence)
    kinds_of_sequence(r, position, n, kind);
  else
    memset(kind, REFERENCE_UNKNOWN, n);
  const sites_contig *c = r->sites ? &r->sites->contig[r->contig] : NULL;
  if (name && !(c && c->name))
    memset(name, 0, n * sizeof *name);
  if (!c || !c->count)
    return;
  for (size_t i = 0; i < n; i++) {
    int64_t at = find_snv(r, position[i]);
    if (name && c->name)
      name[i] = at < 0 ? SITES_NAME_NONE : c->name[at];
    if (at >= 0)
      kind[i] = checked_kind(r, kind[i], c->code[at] & (SITES_CODE_COUNT - 1), position[i]);
  }
}

int reference_wrong_ref(const reference *r, char *message, size_t message_bytes) {
  if (r->wrong_contig == DTC_CONTIG_NONE)
    return 0;
  snprintf(message, message_bytes, "the site table does not belong to this reference: REF differs at %s:%u",
           dtc_contig_name(r->wrong_contig), (unsigned)r->wrong_position);
  return 1;
}

int reference_is_of(reference *r, const dtc_assembly *assembly) {
  return r->sequence ? reference_check_bases(r->sequence, assembly) : -1;
}

int reference_sites_claim(const reference *r) {
  int claims = r->sites && r->sites->build != DTC_BUILD_UNKNOWN;
  for (unsigned c = 1; r->sites && c < DTC_CONTIG_COUNT; c++)
    claims |= r->sites->length[c] != 0;
  return claims;
}

const reference_site *reference_site_of(const reference *r, unsigned kind) { return &r->snv[kind]; }

int reference_has_names(const reference *r) {
  if (!r->sites)
    return 0;
  for (unsigned c = 0; c < DTC_CONTIG_COUNT; c++)
    if (r->sites->contig[c].name)
      return 1;
  return r->sites->names != 0;
}

const struct sites *reference_sites(const reference *r) { return r->sites; }
sequence *reference_sequence(const reference *r) { return r->sequence; }

const dtc_sites_facts *reference_sites_facts(reference *r) {
  const sites *s = r->sites;
  dtc_sites_facts *f = &r->facts;
  if (!s)
    return NULL;
  *f = (dtc_sites_facts){.build = s->build,
                         .is_compiled = s->map != NULL,
                         .snvs = sites_count(s) - s->indels,
                         .indels = s->indels,
                         .listed_names = s->names};
  for (unsigned c = 0; c < DTC_CONTIG_COUNT; c++) {
    f->contigs[c] = (dtc_sites_contig){s->contig[c].count, s->contig[c].indels, s->length[c], ""};
    memcpy(f->contigs[c].md5, s->md5[c], sizeof s->md5[c]);
  }
  return f;
}

/* Entries of a name as calls have it. */
static const sites_name *find_entries(const reference *r, uint8_t id_kind, uint32_t id_number, const char *names,
                                      uint32_t *count) {
  const char *text = NULL;
  size_t bytes = 0;
  *count = 0;
  if (!r->sites || !r->sites->names)
    return NULL;
  if (id_kind == DTC_ID_OTHER) {
    text = names + id_number + 1;
    bytes = (unsigned char)names[id_number];
  }
  return sites_find_name(r->sites, id_kind, id_number, text, bytes, count);
}

int reference_snv_has_name(const reference *r, unsigned contig, uint32_t position, uint8_t id_kind, uint32_t id_number,
                           const char *names) {
  uint32_t count;
  const sites_name *entry = find_entries(r, id_kind, id_number, names, &count);
  for (uint32_t i = 0; i < count; i++)
    if (entry[i].contig == contig && entry[i].place == position)
      return 1;
  return 0;
}

static int is_near(const sites *s, uint32_t indel, unsigned contig, uint32_t position) {
  uint32_t at = s->indel[indel].position, away = at > position ? at - position : position - at;
  return s->indel[indel].contig == contig && away <= sites_indel_longest(s, indel) + REFERENCE_NEAR;
}

reference_names reference_find_name(const reference *r, unsigned contig, uint32_t position, uint8_t id_kind,
                                    uint32_t id_number, const char *names) {
  reference_names found = {REFERENCE_NO_INDEL, 0, 0};
  uint32_t count;
  const sites_name *entry = find_entries(r, id_kind, id_number, names, &count);
  for (uint32_t i = 0; i < count; i++) {
    uint32_t indel = entry[i].place;
    if (entry[i].contig == DTC_CONTIG_NONE && indel == found.indel)
      continue; /* the name stands twice in its record */
    if (entry[i].contig == DTC_CONTIG_NONE && is_near(r->sites, indel, contig, position)) {
      found.indel = found.near++ ? REFERENCE_NO_INDEL : indel;
    } else if (entry[i].contig != contig || entry[i].place != position) {
      found.elsewhere++;
    }
  }
  return found;
}

int reference_has_snv(const reference *r, unsigned contig, uint32_t position) {
  if (!r->sites || contig >= DTC_CONTIG_COUNT)
    return 0;
  const sites_contig *c = &r->sites->contig[contig];
  uint32_t at = sites_advance(c, 0, position);
  return at < c->count && c->position[at] == position;
}

uint32_t reference_indel_at(const reference *r, unsigned contig, uint32_t position, int last_base, int *has_rs) {
  uint32_t indel = r->sites && contig < DTC_CONTIG_COUNT ? sites_indel_at(r->sites, contig, position, last_base)
                                                         : REFERENCE_NO_INDEL;
  *has_rs = indel != REFERENCE_NO_INDEL && r->sites->indel[indel].has_rs;
  return indel;
}

const reference_site *reference_indel(reference *r, uint32_t indel) {
  const sites_indel *from = &r->sites->indel[indel];
  r->indel.position = from->position;
  r->indel.contig = from->contig;
  r->indel.n_alleles = (uint8_t)sites_indel_alleles(r->sites, indel, r->alleles);
  r->indel.alleles = r->alleles;
  return &r->indel;
}

unsigned reference_check_indel(reference *r, uint32_t indel) {
  const sites_indel *site = &r->sites->indel[indel];
  const char *ref = r->sites->pool + site->text;
  char text[SITES_ALLELE_BYTES_MAX];
  size_t length = strlen(ref);
  unsigned kind = 0;
  if (!r->sequence || !r->sequence->length[site->contig])
    return 0;
  if (length > sizeof text || !sequence_bases(r->sequence, site->contig, site->position, (uint32_t)length, text)) {
    note_wrong_ref(r, site->contig, site->position);
    return REFERENCE_UNKNOWN;
  }
  for (size_t i = 0; i < length; i++) {
    if (text[i] == ref[i])
      continue;
    if (text[i] != 'N') {
      note_wrong_ref(r, site->contig, site->position);
      return REFERENCE_UNKNOWN;
    }
    kind = REFERENCE_N;
  }
  return kind;
}
