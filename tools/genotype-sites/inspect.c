/* verify and describe. */
#include "config.h"

#include "genotype-sites/commands.h"

#include <htslib/hts.h>
#include <htslib/vcf.h>
#include <inttypes.h>
#include <stdio.h>

int command_describe(const sites_options *o, fault *f) {
  dtc_reference *table;
  if (table_open(NULL, o->files[0], NULL, &table, f) != 0)
    return -1;
  const dtc_sites_facts *s = dtc_reference_get_sites(table);
  printf("form\t%s\n", s->is_compiled ? "compiled" : "records");
  printf("assembly\t%s\n", s->build == DTC_BUILD_UNKNOWN ? "not said" : dtc_build_name(s->build));
  printf("digest\t%s\n", dtc_reference_sites_digest(table));
  printf("snv\t%" PRIu64 "\nindel\t%" PRIu64 "\nindel names\t%" PRIu64 "\n", s->snvs, s->indels, s->listed_names);
  for (unsigned c = 1; c < DTC_CONTIG_COUNT; c++) {
    const dtc_sites_contig *of = &s->contigs[c];
    if (of->snvs || of->indels || of->length)
      printf("contig %s\t%" PRIu32 " snv\t%" PRIu32 " indel\tlength %" PRIu32 "\tmd5 %s\n", dtc_contig_name(c),
             of->snvs, of->indels, of->length, of->md5[0] ? of->md5 : "not said");
  }
  dtc_reference_free(table);
  return 0;
}

/* The assembly to hold the table against: named, or what the table says it is, or the one its lengths are those of. */
static const dtc_assembly *assembly_of(const dtc_sites_facts *s, const dtc_assembly *named,
                                       const dtc_assemblies *assemblies) {
  uint32_t length[DTC_CONTIG_COUNT];
  if (named || s->build != DTC_BUILD_UNKNOWN)
    return named ? named : dtc_assemblies_get(assemblies, s->build);
  for (unsigned c = 0; c < DTC_CONTIG_COUNT; c++)
    length[c] = s->contigs[c].length;
  return assembly_by_lengths(assemblies, length);
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

static int check_table(const sites_options *o, dtc_reference *table, const dtc_assembly *assembly, fault *f) {
  dtc_diag diag = {0};
  dtc_reference *bases = NULL;
  if (dtc_reference_check_sites(table, assembly, NULL, &diag) != DTC_OK)
    return fault_of(f, &diag);
  if (o->fasta && table_open(o->fasta, NULL, assembly, &bases, f) != 0)
    return -1;
  int failed = bases && dtc_reference_check_sites(table, NULL, bases, &diag) != DTC_OK ? fault_of(f, &diag) : 0;
  dtc_reference_free(bases);
  return failed || dtc_reference_get_sites(table)->is_compiled ? failed : check_index(o->files[0], f);
}

int command_verify(const sites_options *o, const dtc_assemblies *assemblies, fault *f) {
  const dtc_assembly *named;
  dtc_reference *table;
  if (assembly_named(o, assemblies, &named, f) != 0 || table_open(NULL, o->files[0], NULL, &table, f) != 0)
    return -1;
  const dtc_sites_facts *s = dtc_reference_get_sites(table);
  const dtc_assembly *assembly = assembly_of(s, named, assemblies);
  int failed = assembly ? check_table(o, table, assembly, f)
                        : fault_set(f, EXIT_REFUSED,
                                    "%s does not say which assembly it is for: name it with --assembly", o->files[0]);
  if (!failed)
    printf("%s: right: %s, %" PRIu64 " SNVs, %" PRIu64 " indels, %s%s\n", o->files[0], dtc_build_name(assembly->build),
           s->snvs, s->indels, dtc_reference_sites_digest(table), o->fasta ? ", every REF" : "");
  dtc_reference_free(table);
  return failed;
}
