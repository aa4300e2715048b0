#include "config.h"

#include "genotype-sites/gather.h"

#include "genotype-sites/commands.h"

#include <stdio.h>
#include <string.h>

enum { RECORDS_A_LOOK = 1024 };

/* A site that no export can ask for: a pseudo-autosomal one on Y, because those are asked for on X. */
static int is_elsewhere(const gather *g, unsigned contig, uint32_t position) {
  unsigned moved = contig;
  if (contig != DTC_CONTIG_Y)
    return 0;
  dtc_assembly_to_x(g->assembly, &moved, &position);
  return moved != DTC_CONTIG_Y;
}

/* Counts a variant read at the place. 1 where it is one for the collection, 0 where not, -1 with the fault set. */
static int is_wanted(gather *g, variant_kind kind, unsigned contig, uint32_t position, fault *f) {
  g->counts.variants++;
  switch (kind) {
  case VARIANT_SNV:
  case VARIANT_INDEL:
    break;
  case VARIANT_OTHER:
    g->counts.other++;
    return 0;
  case VARIANT_WRONG_REF:
    g->counts.wrong_ref++;
    return 0;
  case VARIANT_UNREADABLE:
    return fault_set(f, EXIT_TROUBLE, "the reference cannot be read at %s:%u", dtc_contig_name(contig),
                     (unsigned)position);
  }
  g->counts.kept++;
  return 1;
}

static int keep(gather *g, const variant *v, variant_kind kind, int has_alt, const char *id, fault *f) {
  return collection_add(g->into, v, kind, has_alt, id) ? 0 : fault_set(f, EXIT_TROUBLE, "out of memory");
}

/* One REF and ALT (NULL: none). 0, or -1 with the fault set. */
static int take_variant(gather *g, unsigned contig, uint32_t position, const char *id, const char *ref, const char *alt,
                        fault *f) {
  variant v;
  variant_kind kind = variant_make(&v, g->bases, contig, position, ref, alt);
  int wanted = is_wanted(g, kind, contig, position, f);
  return wanted > 0 ? keep(g, &v, kind, alt != NULL, id, f) : wanted;
}

static int changes_length(const dtc_site *r, unsigned i) { return strlen(r->alleles[i]) != strlen(r->alleles[0]); }

/* The ALTs of a record that are longer or shorter than REF. They stay one site, though each alone might be brought to
 * another place: which of them a marker's letter means is not known. 0, or -1 with the fault set. */
static int take_indels(gather *g, unsigned contig, const dtc_site *r, fault *f) {
  variant_group group;
  variant v;
  variant_group_begin(&group, contig, r->position);
  for (unsigned i = 1; i < r->n_alleles; i++) {
    if (!changes_length(r, i))
      continue;
    variant_kind kind = variant_make(&v, g->bases, contig, r->position, r->alleles[0], r->alleles[i]);
    int wanted = is_wanted(g, kind, contig, r->position, f);
    if (wanted < 0)
      return -1;
    if (wanted && (group.n_alleles || variant_group_add(&group, r->alleles[0])))
      variant_group_add(&group, r->alleles[i]); /* a site has room for so many, and the rest is left out */
  }
  if (!group.n_alleles)
    return 0;
  if (!variant_group_align(&group, g->bases))
    return is_wanted(g, VARIANT_UNREADABLE, contig, r->position, f);
  int failed = 0;
  for (unsigned i = 1; !failed && i < group.n_alleles; i++) {
    variant_of_group(&v, &group, i);
    failed = keep(g, &v, VARIANT_INDEL, 1, r->id, f);
  }
  return failed;
}

/* By position or name. Vendors disagree on where an indel stands, so its neighbourhood counts, as in a conversion. */
static int has_marker(const markers *m, unsigned contig, uint32_t position, const dtc_site *r) {
  size_t shortest = SIZE_MAX, longest = 0;
  for (unsigned i = 0; i < r->n_alleles; i++) {
    size_t bytes = strlen(r->alleles[i]);
    shortest = bytes < shortest ? bytes : shortest;
    longest = bytes > longest ? bytes : longest;
  }
  uint32_t reach = longest > shortest && longest <= VARIANT_ALLELE_BYTES_MAX ? (uint32_t)(longest - shortest) + 1 : 0;
  return markers_have_place(m, contig, position > reach ? position - reach : 1, position + reach) ||
         markers_have_name(m, r->id);
}

/* How far through the genome the records are: known for a URL and a pipe, too. */
static void show_place(gather *g, unsigned contig, uint32_t position) {
  uint64_t at = position;
  for (unsigned c = 1; c < contig; c++)
    at += dtc_reference_length(g->bases, c);
  if (at > g->told) {
    progress_advance(g->shown, at - g->told);
    g->told = at;
  }
}

static int take_record(gather *g, unsigned contig, const dtc_site *r, fault *f) {
  uint32_t position = r->position;
  if (g->shown && g->counts.records % RECORDS_A_LOOK == 0)
    show_place(g, contig, position);
  g->counts.records++;
  if (is_elsewhere(g, contig, position)) {
    g->counts.elsewhere++;
    return 0;
  }
  if (g->wanted && !has_marker(g->wanted, contig, position, r)) {
    g->counts.not_wanted++;
    return 0;
  }
  if (r->n_alleles < 2)
    return r->n_alleles ? take_variant(g, contig, position, r->id, r->alleles[0], NULL, f) : 0;
  int failed = 0, indels = 0;
  for (unsigned i = 1; !failed && i < r->n_alleles; i++)
    if (changes_length(r, i))
      indels = 1;
    else
      failed = take_variant(g, contig, position, r->id, r->alleles[0], r->alleles[i], f);
  return !failed && indels ? take_indels(g, contig, r, f) : failed;
}

/* Whether the record is on a contig of the assembly; counted where it is not. -1: the contig's name tells that the file
 * is of another assembly; the fault is set. */
static int has_contig(gather *g, const dtc_site *r, const char *path, fault *f) {
  dtc_build build = DTC_BUILD_UNKNOWN;
  if (r->contig != DTC_CONTIG_NONE && r->contig_name[0] == 'N')
    dtc_accession_parse(r->contig_name, strlen(r->contig_name), &build);
  if (build != DTC_BUILD_UNKNOWN && build != g->assembly->build)
    return fault_set(f, EXIT_REFUSED, "%s: its contigs are those of %s (%s), the reference is of %s", path,
                     dtc_build_name(build), r->contig_name, dtc_build_name(g->assembly->build));
  if (r->contig != DTC_CONTIG_NONE && g->assembly->length[r->contig])
    return 1;
  if (!g->counts.foreign++)
    snprintf(g->counts.foreign_name, sizeof g->counts.foreign_name, "%.*s", (int)sizeof g->counts.foreign_name - 1,
             r->contig_name);
  return 0;
}

typedef struct reading {
  gather *gather;
  const char *path;
  fault *fault;
} reading;

static int on_site(void *opaque, const dtc_site *r) {
  const reading *in = opaque;
  int known = has_contig(in->gather, r, in->path, in->fault);
  return known > 0 && r->position ? take_record(in->gather, r->contig, r, in->fault) : known < 0;
}

int gather_vcf(gather *g, const char *path, fault *f) {
  gather_counts before = g->counts;
  reading in = {g, path, f};
  dtc_diag diag = {0};
  g->told = 0;
  dtc_status status = dtc_sites_read(path, on_site, &in, &diag);
  if (status == DTC_STOPPED)
    return -1;
  if (status != DTC_OK)
    return fault_of(f, &diag);
  uint64_t wrong = g->counts.wrong_ref - before.wrong_ref, looked_at = g->counts.variants - before.variants;
  if (wrong * 100 > looked_at)
    return fault_set(f, EXIT_REFUSED, "%s: is not of this reference: REF differs for %llu of %llu variants", path,
                     (unsigned long long)wrong, (unsigned long long)looked_at);
  return 0;
}

int gather_markers(gather *g, fault *f) {
  int failed = 0;
  for (size_t i = 0; !failed && i < g->wanted->places; i++) {
    const marker_place *p = &g->wanted->place[i];
    char ref[2] = "";
    int any = 0, read = dtc_reference_bases(g->bases, p->contig, p->position, 1, ref);
    if (read < 0)
      return fault_set(f, EXIT_TROUBLE, "the reference cannot be read at %s:%u", dtc_contig_name(p->contig),
                       (unsigned)p->position);
    if (!read || ref[0] == 'N')
      continue;
    for (unsigned a = DTC_ALLELE_A; !failed && a <= DTC_ALLELE_T; a++) {
      char alt[2] = {dtc_allele_letter(a), '\0'};
      if (!(p->alleles >> a & 1) || alt[0] == ref[0])
        continue;
      any = 1;
      failed = take_variant(g, p->contig, p->position, ".", ref, alt, f);
    }
    if (!any && !failed)
      failed = take_variant(g, p->contig, p->position, ".", ref, NULL, f);
  }
  return failed;
}
