/* verify and describe. */
#include "config.h"

#include "genotype-sites/commands.h"

#include "vcf/reference/check.h"
#include "vcf/sites/sites.h"

#include <htslib/hts.h>
#include <htslib/vcf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint64_t snv_count(const sites *s) { return sites_count(s) - s->indels; }

static int open_table(const char *path, sites **out, fault *f) {
  char message[400];
  dtc_status status = sites_open(path, NULL, out, message, sizeof message);
  return status == DTC_OK ? 0 : fault_set(f, exit_for(status), "%s", message);
}

int command_describe(const sites_options *o, fault *f) {
  sites *s;
  if (open_table(o->files[0], &s, f) != 0)
    return -1;
  printf("form\t%s\n", s->map ? "compiled" : "records");
  printf("assembly\t%s\n", s->build == DTC_BUILD_UNKNOWN ? "not said" : dtc_build_name(s->build));
  printf("digest\t%s\n", s->digest);
  printf("snv\t%" PRIu64 "\nindel\t%" PRIu32 "\nindel names\t%" PRIu32 "\n", snv_count(s), s->indels, s->names);
  for (unsigned c = 1; c < DTC_CONTIG_COUNT; c++) {
    if (!s->contig[c].count && !s->contig[c].indels && !s->length[c])
      continue;
    printf("contig %s\t%" PRIu32 " snv\t%" PRIu32 " indel\tlength %" PRIu32 "\tmd5 %s\n", dtc_contig_name(c),
           s->contig[c].count, s->contig[c].indels, s->length[c], s->md5[c][0] ? s->md5[c] : "not said");
  }
  sites_free(s);
  return 0;
}

/* The assembly to hold the table against: named, or what the table says it is, or the one its lengths are those of. */
static const dtc_assembly *assembly_of(const sites *s, const dtc_assembly *named, const dtc_assemblies *assemblies) {
  if (named)
    return named;
  if (s->build != DTC_BUILD_UNKNOWN)
    return dtc_assemblies_get(assemblies, s->build);
  for (unsigned b = DTC_BUILD_NCBI36; b < dtc_build_count(); b++) {
    const dtc_assembly *a = dtc_assemblies_get(assemblies, (dtc_build)b);
    unsigned said = 0, fits = 0;
    for (unsigned c = 1; a && c < DTC_CONTIG_COUNT; c++) {
      said += s->length[c] != 0;
      fits += s->length[c] != 0 && s->length[c] == a->length[c];
    }
    if (said && fits == said)
      return a;
  }
  return NULL;
}

/* An index beside the table that finds another number of records belongs to an older table. */
static int check_index(const char *path, fault *f) {
  htsFile *file = hts_open(path, "r");
  bcf_hdr_t *header = file ? bcf_hdr_read(file) : NULL;
  int failed = 0;
  if (header && hts_get_format(file)->format == bcf) {
    hts_idx_t *index = hts_idx_load(path, HTS_FMT_CSI);
    if (index) {
      bcf1_t *record = bcf_init();
      uint64_t records = 0, indexed = 0;
      while (record && bcf_read(file, header, record) == 0)
        records++;
      for (int i = 0; i < header->n[BCF_DT_CTG]; i++) {
        uint64_t mapped = 0, rest = 0;
        if (hts_idx_get_stat(index, i, &mapped, &rest) == 0)
          indexed += mapped;
      }
      if (indexed != records)
        failed = fault_set(f, EXIT_REFUSED,
                           "%s: its index is of another table (%" PRIu64 " records, not %" PRIu64
                           "): make it again with `bcftools index -f`",
                           path, indexed, records);
      if (record)
        bcf_destroy(record);
      hts_idx_destroy(index);
    }
  }
  if (header)
    bcf_hdr_destroy(header);
  if (file)
    hts_close(file); /* read only */
  return failed;
}

static int check_table(const sites_options *o, const sites *s, const dtc_assembly *assembly, fault *f) {
  char message[400];
  sequence *bases = NULL;
  dtc_status status = reference_check_sites(o->files[0], s, assembly, message, sizeof message);
  if (status == DTC_OK && o->fasta) {
    status = sequence_open(o->fasta, assembly, &bases, message, sizeof message);
    if (status == DTC_OK)
      status = reference_check_sequence(o->fasta, bases, assembly, message, sizeof message);
  }
  if (status == DTC_OK && bases)
    status = reference_check_refs(o->files[0], s, bases, UINT32_MAX, message, sizeof message);
  int failed = status == DTC_OK ? 0 : fault_set(f, exit_for(status), "%s", message);
  if (!failed && !s->map)
    failed = check_index(o->files[0], f);
  sequence_free(bases);
  return failed;
}

int command_verify(const sites_options *o, const dtc_assemblies *assemblies, fault *f) {
  const dtc_assembly *named;
  sites *s;
  if (assembly_named(o, assemblies, &named, f) != 0 || open_table(o->files[0], &s, f) != 0)
    return -1;
  const dtc_assembly *assembly = assembly_of(s, named, assemblies);
  int failed = assembly ? check_table(o, s, assembly, f)
                        : fault_set(f, EXIT_REFUSED,
                                    "%s does not say which assembly it is for: name it with --assembly", o->files[0]);
  if (!failed)
    printf("%s: right: %s, %" PRIu64 " SNVs, %" PRIu32 " indels, %s%s\n", o->files[0], dtc_build_name(assembly->build),
           snv_count(s), s->indels, s->digest, o->fasta ? ", every REF" : "");
  sites_free(s);
  return failed;
}
