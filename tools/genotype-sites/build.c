/* build: known variants, held against a reference, as a site table. */
#include "config.h"

#include "genotype-sites/commands.h"
#include "genotype-sites/gather.h"
#include "genotype-sites/table_writer.h"

#include <htslib/hts.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Contigs whose bases may differ from the assembly's own before the reference is taken for another one: the
 * chromosome Y with masked PARs, chromosome 3 with or without its ambiguous bases. */
enum { CONTIGS_DIFFERENT_MAX = 3, PIECE_BASES = 1 << 16 };

static uint64_t genome_length(const dtc_reference *r) {
  uint64_t bases = 0;
  for (unsigned c = 1; c < DTC_CONTIG_COUNT; c++)
    bases += dtc_reference_length(r, c);
  return bases;
}

static int contig_md5(dtc_reference *r, unsigned contig, progress *shown, char hex[33]) {
  char text[PIECE_BASES];
  uint32_t length = dtc_reference_length(r, contig);
  hts_md5_context *md5 = hts_md5_init();
  int ok = md5 != NULL;
  for (uint32_t at = 1; ok && at <= length; at += PIECE_BASES) {
    uint32_t left = length - at + 1, n = left < PIECE_BASES ? left : PIECE_BASES;
    ok = dtc_reference_bases(r, contig, at, n, text) > 0;
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
static int check_bases(dtc_reference *r, const dtc_assembly *a, const char *path, int quiet, table_claims *claims,
                       progress *shown, fault *f) {
  unsigned different = 0, same = 0;
  for (unsigned c = 1; c < DTC_CONTIG_COUNT; c++) {
    if (!dtc_reference_length(r, c))
      continue;
    if (!contig_md5(r, c, shown, claims->md5[c]))
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

/* Opened again where its assembly is only known by its lengths: between chrM and chrMT the assembly decides. */
static int open_reference(const sites_options *o, const dtc_assemblies *assemblies, dtc_reference **bases,
                          const dtc_assembly **assembly, fault *f) {
  if (assembly_named(o, assemblies, assembly, f) != 0 || table_open(o->fasta, NULL, *assembly, bases, f) != 0)
    return -1;
  if (*assembly)
    return 0;
  uint32_t length[DTC_CONTIG_COUNT] = {0};
  for (unsigned c = 1; c <= DTC_CONTIG_Y; c++)
    length[c] = dtc_reference_length(*bases, c);
  if (!(*assembly = assembly_by_lengths(assemblies, length)))
    return fault_set(f, EXIT_REFUSED, "%s: its contig lengths are those of no known assembly (see --assemblies)",
                     o->fasta);
  dtc_reference_free(*bases);
  return table_open(o->fasta, NULL, *assembly, bases, f);
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
  for (size_t i = 0; !failed && i < o->export_count; i++)
    failed = markers_add_export(m, o->exports[i], assemblies, g->assembly, o->vcf_count ? NULL : g->bases, f);
  markers_finish(m);
  g->wanted = o->export_count ? m : NULL;
  for (size_t i = 0; !failed && i < o->vcf_count; i++) {
    char label[64];
    snprintf(label, sizeof label, "reading variants, %zu of %zu", i + 1, o->vcf_count);
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
  dtc_reference_free(g.bases);
  markers_free(&m);
  collection_free(&c);
  return failed;
}
