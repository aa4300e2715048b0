#include "genotype-convert/report/report.h"

#include "genotype-convert/report/words.h"

#include <base/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const filter_ids[FILTERS] = {
#define DTC_X(number, name, id, text) id,
    DTC_FILTER_LIST(DTC_X)
#undef DTC_X
};

static void put_rows(json *j, const conversion_result *r, int write_vcf) {
  json_key(j, "written");
  json_number(j, r->sums.written);
  json_key(j, "merged");
  json_number(j, r->sums.merged);
  json_key(j, "rejected");
  json_object(j);
  for (int i = 0; i < REJECTIONS; i++)
    if (r->rejected[i]) {
      json_key(j, dtc_rejection_word((dtc_rejection)i));
      json_number(j, r->rejected[i]);
    }
  json_object_end(j);
  json_key(j, "rejected_rows");
  json_number(j, conversion_rejected(r));
  json_key(j, "records");
  json_number(j, r->records);
  if (!write_vcf)
    return;
  json_key(j, "filters");
  json_object(j);
  for (int i = 0; i < FILTERS; i++) {
    json_key(j, filter_ids[i]);
    json_number(j, r->filtered[i]);
  }
  json_object_end(j);
  json_key(j, "flipped");
  json_number(j, r->sums.flipped);
}

/* What a person should know of the strand; empty where it is proven. */
static void strand_note(const dtc_conversion_sums *r, char text[160]) {
  text[0] = '\0';
  if (!r->rows) /* nothing was resolved */
    return;
  if (r->strand == DTC_STRAND_SAID)
    snprintf(text, 160, "strand not proven: %llu hets", (unsigned long long)r->strand_hets);
  if (r->strand == DTC_STRAND_UNKNOWN)
    snprintf(text, 160, "strand not proven: %llu of %llu hets without REF; rows that no table confirms were left out",
             (unsigned long long)(r->strand_hets - r->strand_hets_with_ref), (unsigned long long)r->strand_hets);
}

static void put_strand(json *j, const dtc_conversion_sums *r) {
  char note[160];
  strand_note(r, note);
  json_key(j, "strand_evidence");
  json_object(j);
  json_key(j, "heterozygous");
  json_number(j, r->strand_hets);
  json_key(j, "with_ref");
  json_number(j, r->strand_hets_with_ref);
  json_key(j, "share");
  if (r->strand_hets)
    json_real(j, (double)r->strand_hets_with_ref / (double)r->strand_hets, 6);
  else
    json_null(j);
  json_key(j, "plus");
  json_bool(j, r->strand == DTC_STRAND_PLUS);
  json_key(j, "note");
  json_string(j, note[0] ? note : NULL);
  json_object_end(j);
}

static const char *text_or_null(const char *text) { return text[0] ? text : NULL; }

static void put_lift(json *j, const conversion_result *r) {
  json_key(j, "liftover");
  if (!r->lift) {
    json_null(j);
    return;
  }
  json_object(j);
  json_key(j, "chains");
  json_number(j, r->lift->count);
  json_key(j, "chains_md5");
  json_array(j);
  for (size_t i = 0; i < r->lift->count; i++)
    json_string(j, text_or_null(r->lift->md5[i]));
  json_array_end(j);
  json_key(j, "reversed");
  json_number(j, r->sums.reverse_lifted);
  json_key(j, "unmapped");
  json_number(j, r->rejected[DTC_REJECTION_LIFT_UNMAPPED]);
  json_key(j, "other_contig");
  json_number(j, r->rejected[DTC_REJECTION_LIFT_CONTIG]);
  json_key(j, "ambiguous");
  json_number(j, r->rejected[DTC_REJECTION_LIFT_AMBIGUOUS]);
  json_object_end(j);
}

static void put_genes(json *j, const conversion_result *r) {
  json_key(j, "gene_coverage");
  if (!r->genes) {
    json_null(j);
    return;
  }
  json_array(j);
  for (size_t i = 0; i < r->gene_count; i++) {
    json_object(j);
    json_key(j, "gene");
    json_string(j, r->genes[i].gene);
    json_key(j, "positions");
    json_number(j, r->genes[i].positions);
    json_key(j, "called");
    json_number(j, r->genes[i].called);
    json_object_end(j);
  }
  json_array_end(j);
}

static void put_output(json *j, const conversion_result *r, const options *o) {
  char type[2] = {"?vzub"[o->type], '\0'}; /* bcftools' letters, in the order of dtc_file_type */
  json_key(j, "output");
  json_object(j);
  json_key(j, "type");
  json_string(j, type);
  json_key(j, "engine");
  json_string(j, r->engine);
  json_key(j, "level");
  if ((o->type == DTC_FILE_BCF || o->type == DTC_FILE_VCF_BGZF) && strcmp(r->engine, "fast") != 0)
    json_number(j, (uint64_t)o->level);
  else
    json_null(j);
  json_key(j, "index");
  json_string(j, o->index == DTC_INDEX_CSI ? "csi" : o->index == DTC_INDEX_TBI ? "tbi" : NULL);
  json_key(j, "bytes");
  json_number(j, r->output_bytes);
  json_object_end(j);
}

/* What did the work, as it was loaded. */
static void put_libraries(json *j, const options *o) {
  static const char *const beneath[] = {"libzip", "zlib"};
  json_key(j, "libraries");
  json_object(j);
  for (size_t i = 0; i < sizeof beneath / sizeof *beneath; i++) {
    json_key(j, beneath[i]);
    json_string(j, dtc_library_version(beneath[i]));
  }
  json_key(j, "htslib");
  json_string(j, dtc_htslib_version());
  json_key(j, "htslib_deflates_by");
  json_string(j, dtc_htslib_deflates_by());
  json_key(j, "inflated_by");
  json_string(j, o->fast ? "fast" : "zlib");
  json_object_end(j);
}

static void put_conversion(json *j, const conversion_result *r, const options *o, int write_vcf) {
  json_key(j, "program");
  json_string(j, "genotype-convert");
  json_key(j, "version");
  json_string(j, dtc_version());
  put_libraries(j, o);
  put_rows(j, r, write_vcf);
  json_key(j, "assembly_in");
  json_string(j, dtc_build_name(dtc_verdict_build(r->verdict)));
  json_key(j, "assembly_out");
  json_string(j, dtc_build_name(r->build));
  json_key(j, "sex_used");
  json_string(j, dtc_sex_name(r->sex));
  json_key(j, "sex_given");
  json_bool(j, o->sex != DTC_SEX_UNDETERMINED);
  if (!write_vcf)
    return;
  json_key(j, "female_y_calls");
  json_number(j, r->sums.female_y_calls);
  put_strand(j, &r->sums);
  put_lift(j, r);
  json_key(j, "reference");
  json_object(j);
  json_key(j, "sequence");
  json_bool(j, r->has_sequence);
  json_key(j, "sequence_bytes");
  if (r->has_sequence)
    json_number(j, r->sequence->bytes);
  else
    json_null(j);
  json_key(j, "sequence_sample_md5");
  json_string(j, text_or_null(r->sequence->md5));
  json_key(j, "sites");
  json_string(j, text_or_null(r->sites_digest));
  json_key(j, "chr_prefix");
  json_bool(j, r->chr_prefix);
  json_object_end(j);
  put_genes(j, r);
  put_output(j, r, o);
}

/* The verdict's object ends in '}': ours goes on from there as if it were one. Returns the length. */
static size_t print_report(const conversion_result *r, const options *o, int write_vcf, char *text, size_t size_bytes) {
  size_t head = dtc_verdict_json(r->verdict, text, size_bytes);
  if (r->refused)
    return head;
  json j;
  size_t used = head - 1; /* without the brace */
  json_begin(&j, used < size_bytes ? text + used : NULL, used < size_bytes ? size_bytes - used : 0);
  json_object(&j);
  put_conversion(&j, r, o, write_vcf);
  json_object_end(&j);
  size_t length = used + json_end(&j);
  if (used < size_bytes)
    text[used] = ','; /* in place of our opening brace */
  return length;
}

int report_write(const conversion_result *r, const options *o, int write_vcf, output *out, fault *f) {
  size_t length = print_report(r, o, write_vcf, NULL, 0);
  char *text = malloc(length + 1);
  if (!text)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  print_report(r, o, write_vcf, text, length + 1);
  text[length] = '\n';
  output_write(out, text, length + 1);
  free(text);
  return 0;
}

static void print_count(const char *what, uint64_t count) {
  fprintf(stderr, "%-20s %llu\n", what, (unsigned long long)count);
}

static void print_verbose(const conversion_result *r) {
  const dtc_verdict *v = r->verdict;
  const char *vendor = dtc_verdict_vendor(v), *format = dtc_verdict_format(v), *array = dtc_verdict_array(v);
  fprintf(stderr, "%-20s %s %s, array %s\n", "export", vendor ? vendor : "unknown", format ? format : "(new wording)",
          array ? array : "unknown");
  fprintf(stderr, "%-20s %s (header: %s; markers: NCBI36 %llu, GRCh37 %llu, GRCh38 %llu)\n", "build",
          dtc_build_name(dtc_verdict_build(v)), dtc_build_name(dtc_verdict_build_header(v)),
          (unsigned long long)dtc_verdict_build_markers(v, DTC_BUILD_NCBI36),
          (unsigned long long)dtc_verdict_build_markers(v, DTC_BUILD_GRCH37),
          (unsigned long long)dtc_verdict_build_markers(v, DTC_BUILD_GRCH38));
  fprintf(stderr, "%-20s %s (by evidence: %s)\n", "sex", dtc_sex_name(r->sex), dtc_sex_name(dtc_verdict_sex(v)));
  for (unsigned i = 0; i < dtc_warning_count(); i++)
    if (dtc_verdict_warnings(v, (dtc_warning)i))
      fprintf(stderr, "%-20s %s (%llu)\n", "warning", dtc_warning_text((dtc_warning)i),
              (unsigned long long)dtc_verdict_warnings(v, (dtc_warning)i));
  fprintf(stderr, "%-20s %llu of %llu heterozygous calls hold REF\n", "strand",
          (unsigned long long)r->sums.strand_hets_with_ref, (unsigned long long)r->sums.strand_hets);
}

void doubts_print(const conversion_result *r, const char *before) {
  const dtc_verdict *v = r->verdict;
  char note[160], missing[100];
  if (dtc_verdict_warnings(v, DTC_WARNING_INCOMPLETE)) {
    dtc_verdict_missing(v, missing, sizeof missing);
    fprintf(stderr, "%swarning: the export is not whole, %s%s: download it again\n", before,
            missing[0] ? "it has no rows on " : "a part of its last rows is missing", missing);
  }
  strand_note(&r->sums, note);
  if (note[0])
    fprintf(stderr, "%swarning: %s\n", before, note);
  if (dtc_verdict_warnings(v, DTC_WARNING_SEX_AGAINST_EVIDENCE))
    fprintf(stderr, "%swarning: --sex %s is against the evidence: X copies %s, Y %s\n", before, dtc_sex_name(r->sex),
            dtc_verdict_x_copies(v) == 2   ? "2"
            : dtc_verdict_x_copies(v) == 1 ? "1"
                                           : "unknown",
            dtc_verdict_y_present(v) > 0    ? "present"
            : dtc_verdict_y_present(v) == 0 ? "absent"
                                            : "unknown");
  if (r->little == LITTLE_NOT)
    return;
  char why[LITTLE_BYTES];
  little_text(r, why);
  if (r->little == LITTLE_ASKED)
    fprintf(stderr, "%swarning: no record was written: %s\n", before, why);
  else
    fprintf(stderr, "%swarning: %llu of %llu calls were not written: %s\n", before, (unsigned long long)r->lost_calls,
            (unsigned long long)r->calls, why);
}

void genes_print(const conversion_result *r, const char *before) {
  for (size_t i = 0; i < r->gene_count; i++)
    fprintf(stderr, "%s%s: %llu of %llu positions have a call\n", before, r->genes[i].gene,
            (unsigned long long)r->genes[i].called, (unsigned long long)r->genes[i].positions);
}

void summary_print(const conversion_result *r, int write_vcf, int verbose) {
  if (verbose)
    print_verbose(r);
  print_count("rows read", dtc_verdict_rows(r->verdict));
  if (write_vcf) {
    print_count("rows written", r->sums.written);
    print_count("rows merged", r->sums.merged);
  }
  print_count("rows rejected", conversion_rejected(r));
  for (int i = 0; i < REJECTIONS; i++)
    if (r->rejected[i])
      fprintf(stderr, "  %-18s %llu\n", dtc_rejection_word((dtc_rejection)i), (unsigned long long)r->rejected[i]);
  for (int i = DTC_FILTER_PASS + 1; i < FILTERS; i++)
    if (r->filtered[i])
      fprintf(stderr, "filter %-13s %llu\n", filter_ids[i], (unsigned long long)r->filtered[i]);
  doubts_print(r, "");
}
