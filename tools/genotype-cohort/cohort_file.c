#include "genotype-cohort/cohort_file.h"

#include "common/bcf_fill.h"
#include "common/bcf_stream.h"
#include "common/output.h"

#include <htslib/hts.h>
#include <htslib/tbx.h>
#include <htslib/vcf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int add_line(bcf_hdr_t *h, const char *line) { return bcf_hdr_append(h, line); }

static dtc_chr chr_of(const cohort *c) { return c->options->chr_prefix ? DTC_CHR_YES : DTC_CHR_NO; }

static bcf_hdr_t *make_header(const cohort *c) {
  bcf_hdr_t *h = bcf_hdr_init("w");
  char line[300], name[DTC_CONTIG_NAME_BYTES];
  if (!h)
    return NULL;
  int failed = bcf_hdr_set_version(h, "VCFv4.3");
  snprintf(line, sizeof line, "##source=genotype-cohort %s", dtc_version());
  failed |= add_line(h, line);
  for (unsigned k = 1; k < DTC_CONTIG_COUNT; k++) {
    if (!c->assembly->length[k])
      continue;
    dtc_chr_contig_name(chr_of(c), k, name);
    snprintf(line, sizeof line, "##contig=<ID=%s,length=%u,assembly=%s>", name, c->assembly->length[k],
             dtc_build_name(c->assembly->build));
    failed |= add_line(h, line);
  }
  failed |= add_line(h, "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">");
  for (size_t i = 0; !failed && i < c->count; i++)
    if (c->persons[i].fault.exit_status == EXIT_WRITTEN)
      failed |= bcf_hdr_add_sample(h, c->persons[i].name);
  if (!failed && bcf_hdr_add_sample(h, NULL) == 0 && bcf_hdr_sync(h) == 0)
    return h;
  bcf_hdr_destroy(h);
  return NULL;
}

static void set_alleles(bcf_fill *to, const site *s) {
  for (unsigned i = 0; !s->alleles && i < s->n_alleles; i++)
    bcf_fill_allele(to, &s->base[i], 1);
  for (const char *at = s->alleles; at;) {
    size_t length = strcspn(at, ",");
    bcf_fill_allele(to, at, length);
    at = at[length] ? at + length + 1 : NULL;
  }
}

/* Of ID and alleles, as bcf_fill_begin wants them: no more alleles than bytes. */
static size_t text_bytes(const site *s) {
  return (s->ids ? strlen(s->ids) : 0) + (1 + BCF_FILL_ALLELE_BYTES) * (s->alleles ? strlen(s->alleles) : s->n_alleles);
}

/* As bcftools merge has it: a person without a record is missing with as many values as the others have at most. One
 * value less ends the vector. */
static void set_genotypes(const cohort *c, uint32_t number, int32_t *gt) {
  unsigned most = 0;
  for (size_t i = 0; i < c->count; i++) {
    unsigned ploidy = call_of[cohort_call(&c->persons[i], number)].ploidy;
    most = ploidy > most ? ploidy : most;
  }
  for (size_t i = 0; i < c->count; i++) {
    if (c->persons[i].fault.exit_status != EXIT_WRITTEN)
      continue;
    const call_alleles *a = &call_of[cohort_call(&c->persons[i], number)];
    unsigned ploidy = a->ploidy ? a->ploidy : most;
    gt[0] = a->ploidy && a->at[0] != CALL_MISSING ? bcf_gt_unphased(a->at[0]) : bcf_gt_missing;
    gt[1] = ploidy == 1                                  ? bcf_int32_vector_end
            : a->ploidy == 2 && a->at[1] != CALL_MISSING ? bcf_gt_unphased(a->at[1])
                                                         : bcf_gt_missing;
    gt += 2;
  }
}

static int write_records(const cohort *c, htsFile *file, bcf_hdr_t *h, fault *f) {
  bcf1_t *b = bcf_init();
  int32_t *gt = malloc(2 * c->in * sizeof *gt);
  int failed = !b || !gt, key = bcf_hdr_id2int(h, BCF_DT_ID, "GT"), rid[DTC_CONTIG_COUNT];
  char name[DTC_CONTIG_NAME_BYTES];
  for (unsigned k = 1; k < DTC_CONTIG_COUNT; k++) {
    dtc_chr_contig_name(chr_of(c), k, name);
    rid[k] = bcf_hdr_name2id(h, name);
  }
  for (size_t i = 0; !failed && i < c->order_count; i++) {
    const site *s = site_set_at(c->sites, c->order[i]);
    bcf_fill to;
    bcf_fill_begin(&to, b, rid[s->place >> 32], (hts_pos_t)(uint32_t)s->place - 1, (uint32_t)c->in, text_bytes(s),
                   4 * c->in);
    bcf_fill_id(&to, s->ids, s->ids ? strlen(s->ids) : 0);
    set_alleles(&to, s);
    bcf_fill_filter(&to, 0);
    set_genotypes(c, c->order[i], gt);
    bcf_fill_genotypes(&to, key, gt, 2);
    failed = bcf_fill_end(&to) != 0 || bcf_write(file, h, b) < 0;
  }
  free(gt);
  if (b)
    bcf_destroy(b);
  return failed ? fault_set(f, EXIT_TROUBLE, "%s: cannot write it", c->options->output) : 0;
}

/* Every record is there: counted again from the file. */
static int recount(const cohort *c, const char *path, fault *f) {
  uint64_t count;
  return bcf_stream_count(path, c->options->output, &count, f) == 0 && count == c->order_count
             ? 0
             : fault_set(f, EXIT_TROUBLE, "%s: what was written cannot be read again", c->options->output);
}

static int write_file(const cohort *c, const char *path, fault *f) {
  htsFile *file = hts_open(path, c->options->mode);
  bcf_hdr_t *h = make_header(c);
  int failed = !file || !h || bcf_hdr_write(file, h) < 0;
  if (failed)
    fault_set(f, EXIT_TROUBLE, "%s: cannot write its header", c->options->output);
  else
    failed = write_records(c, file, h, f) != 0;
  if (h)
    bcf_hdr_destroy(h);
  if (file && hts_close(file) != 0 && !failed)
    failed = fault_set(f, EXIT_TROUBLE, "%s: cannot write it to its end", c->options->output);
  return failed ? -1 : recount(c, path, f);
}

int cohort_file_write(const cohort *c, fault *f) {
  const char *name = c->options->output;
  int is_bcf = c->options->mode[1] == 'b';
  output *data, *index;
  int failed = output_open_indexed(name, is_bcf ? ".csi" : ".tbi", &data, &index, f) != 0 ||
               write_file(c, output_path(data), f) != 0;
  if (!failed && (is_bcf ? bcf_index_build3(output_path(data), output_path(index), 14, 0)
                         : tbx_index_build3(output_path(data), output_path(index), 0, 0, &tbx_conf_vcf)) != 0)
    failed = fault_set(f, EXIT_TROUBLE, "%s: cannot index it", name);
  failed = failed || output_complete_indexed(data, index, f) != 0;
  output_free(index);
  output_free(data);
  return failed ? -1 : 0;
}
