/* build: known variants, held against a reference, as a site table. */
#include "config.h"

#include "genotype-sites/commands.h"
#include "genotype-sites/gather.h"
#include "genotype-sites/table_writer.h"

#include "vcf/reference/check.h"

#include <htslib/hts.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Contigs whose bases may differ from the assembly's own before the reference is taken for another one: the
 * chromosome Y with masked PARs, chromosome 3 with or without its ambiguous bases. */
enum { CONTIGS_DIFFERENT_MAX = 3, PIECE_BASES = 1 << 16 };

static uint64_t genome_length(const sequence *s) {
  uint64_t bases = 0;
  for (unsigned c = 1; c < DTC_CONTIG_COUNT; c++)
    bases += s->length[c];
  return bases;
}

/* The assembly whose contig lengths the sequence has, or NULL. */
static const dtc_assembly *assembly_of(const sequence *s, const dtc_assemblies *assemblies) {
  for (unsigned b = DTC_BUILD_NCBI36; b < dtc_build_count(); b++) {
    const dtc_assembly *a = dtc_assemblies_get(assemblies, (dtc_build)b);
    unsigned there = 0, fit = 0;
    for (unsigned c = 1; a && c <= DTC_CONTIG_Y; c++) {
      there += s->length[c] != 0;
      fit += s->length[c] && s->length[c] == a->length[c];
    }
    if (a && there && fit == there)
      return a;
  }
  return NULL;
}

static int contig_md5(sequence *s, unsigned contig, progress *shown, char hex[33]) {
  char text[PIECE_BASES];
  hts_md5_context *md5 = hts_md5_init();
  int ok = md5 != NULL;
  for (uint32_t at = 1; ok && at <= s->length[contig]; at += PIECE_BASES) {
    uint32_t left = s->length[contig] - at + 1, n = left < PIECE_BASES ? left : PIECE_BASES;
    ok = sequence_bases(s, contig, at, n, text);
    if (ok)
      hts_md5_update(md5, text, n);
    progress_advance(shown, n);
  }
  if (ok) {
    unsigned char digest[16];
    hts_md5_final(digest, md5);
    hts_md5_hex(hex, digest);
  }
  if (md5)
    hts_md5_destroy(md5);
  return ok;
}

/* Reads the whole reference: each contig's md5 is claimed where it is the assembly's, or where the assembly has none.
 */
static int check_bases(sequence *s, const dtc_assembly *a, const char *path, int quiet, table_claims *claims,
                       progress *shown, fault *f) {
  unsigned different = 0, same = 0;
  for (unsigned c = 1; c < DTC_CONTIG_COUNT; c++) {
    if (!s->length[c])
      continue;
    if (!contig_md5(s, c, shown, claims->md5[c]))
      return fault_set(f, EXIT_TROUBLE, "%s: contig %s cannot be read", path, dtc_contig_name(c));
    if (!a->md5[c][0] || strcmp(a->md5[c], claims->md5[c]) == 0) {
      same++;
      continue;
    }
    different++;
    claims->md5[c][0] = '\0';
    if (!quiet)
      fprintf(
          stderr,
          "%sgenotype-sites: contig %s of the reference is not base for base that of %s (masked or ambiguous bases?)\n",
          progress_clear(shown), dtc_contig_name(c), dtc_build_name(a->build));
  }
  if (different > CONTIGS_DIFFERENT_MAX || different > same)
    return fault_set(f, EXIT_REFUSED, "%s: has the lengths of %s and other bases: %u of %u contigs differ", path,
                     dtc_build_name(a->build), different, different + same);
  return 0;
}

static int open_reference(const sites_options *o, const dtc_assemblies *assemblies, sequence **bases,
                          const dtc_assembly **assembly, fault *f) {
  char message[400];
  if (assembly_named(o, assemblies, assembly, f) != 0)
    return -1;
  dtc_status status = sequence_open(o->fasta, *assembly, bases, message, sizeof message);
  if (status == DTC_OK && !*assembly && !(*assembly = assembly_of(*bases, assemblies)))
    return fault_set(f, EXIT_REFUSED, "%s: its contig lengths are those of no known assembly (see --assemblies)",
                     o->fasta);
  if (status == DTC_OK)
    status = reference_check_sequence(o->fasta, *bases, *assembly, message, sizeof message);
  return status == DTC_OK ? 0 : fault_set(f, exit_for(status), "%s", message);
}

static void tell(const gather_counts *n, uint64_t records, const char *path, const char *digest) {
  fprintf(stderr, "genotype-sites: %s: %" PRIu64 " sites, %s\n", path, records, digest);
  fprintf(stderr,
          "genotype-sites: of %" PRIu64 " variants %" PRIu64 " kept, %" PRIu64
          " symbolic, too long or neither SNV nor indel, "
          "%" PRIu64 " with another REF; records not asked for %" PRIu64 ", pseudo-autosomal on Y %" PRIu64 "\n",
          n->variants, n->kept, n->other, n->wrong_ref, n->not_wanted, n->elsewhere);
  if (n->foreign)
    fprintf(stderr, "genotype-sites: passed over %" PRIu64 " records on contigs that are none of 1-22, X, Y, MT (%s)\n",
            n->foreign, n->foreign_name);
}

static int build_with(const sites_options *o, const dtc_assemblies *assemblies, gather *g, markers *m,
                      table_claims *claims, fault *f) {
  char digest[64];
  uint64_t records = 0;
  int on_terminal = !o->quiet && isatty(STDERR_FILENO);
  progress *shown = progress_new(on_terminal, "reading the reference", genome_length(g->bases));
  int failed = check_bases(g->bases, g->assembly, o->fasta, o->quiet, claims, shown, f);
  progress_free(shown);
  for (int i = 0; !failed && i < o->export_count; i++)
    failed = markers_add_export(m, o->exports[i], assemblies, g->assembly, o->vcf_count ? NULL : g->bases, f);
  markers_finish(m);
  g->wanted = o->export_count ? m : NULL;
  for (int i = 0; !failed && i < o->vcf_count; i++) {
    char label[48];
    snprintf(label, sizeof label, "reading variants, %d of %d", i + 1, o->vcf_count);
    g->shown = progress_new(on_terminal, label, genome_length(g->bases));
    failed = gather_vcf(g, o->vcf[i], f);
    progress_free(g->shown);
  }
  if (!failed && !o->vcf_count)
    failed = gather_markers(g, f);
  if (!failed && !g->into->count)
    failed = fault_set(f, EXIT_REFUSED, "no site is left: %s",
                       o->export_count     ? "do the exports and the variants have one build?"
                       : g->counts.foreign ? "none of the contigs is one of 1-22, X, Y, MT"
                                           : "the variants are empty");
  if (!failed)
    failed = table_write(g->into, claims, o->output, digest, &records, f);
  if (!failed && !o->quiet)
    tell(&g->counts, records, o->output, digest);
  return failed;
}

int command_build(const sites_options *o, const dtc_assemblies *assemblies, fault *f) {
  markers m;
  collection c;
  table_claims claims;
  gather g = {.into = &c};
  memset(&m, 0, sizeof m);
  memset(&c, 0, sizeof c);
  memset(&claims, 0, sizeof claims);
  int failed = open_reference(o, assemblies, &g.bases, &g.assembly, f);
  claims.assembly = g.assembly;
  if (!failed)
    failed = build_with(o, assemblies, &g, &m, &claims, f);
  sequence_free(g.bases);
  markers_free(&m);
  collection_free(&c);
  return failed;
}
