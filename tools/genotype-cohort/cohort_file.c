#include "genotype-cohort/cohort_file.h"

#include "common/bcf_fill.h"
#include "common/bcf_stream.h"
#include "common/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <htslib/hts.h>
#include <htslib/tbx.h>
#include <htslib/vcf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* The folder of a path with its '/', or "". malloc'd. */
static char *folder_of(const char *path) {
  const char *slash = strrchr(path, '/');
  return strndup(path, slash ? (size_t)(slash + 1 - path) : 0);
}

static int sync_path(const char *path, int flags, fault *f) {
  int fd = open(path, flags | O_RDONLY | O_CLOEXEC);
  int failed = fd < 0 || (fsync(fd) != 0 && errno != EINVAL) ? fault_system(f, path, "cannot write it to the disk") : 0;
  if (fd >= 0)
    close(fd);
  return failed;
}

/* Who sees a new file finds its index; over an older one the data come first, and what indexes there were go before: an
 * index never stands beside data that it is not of. */
static int publish(const cohort *c, temporary *data, temporary *index, const char *folder, fault *f) {
  const char *output = c->options->output, *const suffixes[] = {".tbi", ".csi"};
  int is_bcf = c->options->mode[1] == 'b', older = access(output, F_OK) == 0;
  char *names[2] = {NULL, NULL};
  if (asprintf(&names[0], "%s%s", output, suffixes[0]) < 0 || asprintf(&names[1], "%s%s", output, suffixes[1]) < 0)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  int failed = sync_path(temporary_path(data), 0, f) != 0 || sync_path(temporary_path(index), 0, f) != 0;
  for (int i = 0; !failed && i < 2; i++)
    if (unlink(names[i]) != 0 && errno != ENOENT)
      failed = fault_system(f, names[i], "cannot remove the old index");
  if (!failed && older && temporary_rename(data, output) != 0)
    failed = fault_system(f, output, "cannot give the file its name");
  if (!failed && temporary_rename(index, names[is_bcf]) != 0)
    failed = fault_system(f, names[is_bcf], "cannot give the index its name");
  if (!failed && !older && temporary_rename(data, output) != 0) {
    failed = fault_system(f, output, "cannot give the file its name");
    unlink(names[is_bcf]);
  }
  free(names[0]);
  free(names[1]);
  return failed ? -1 : sync_path(folder[0] ? folder : ".", O_DIRECTORY, f);
}

int cohort_file_write(const cohort *c, fault *f) {
  char *folder = folder_of(c->options->output);
  int fd[2] = {-1, -1}, is_bcf = c->options->mode[1] == 'b';
  temporary *data = folder ? temporary_new(folder, &fd[0]) : NULL;
  temporary *index = data ? temporary_new(folder, &fd[1]) : NULL;
  int failed = !index;
  if (failed)
    fault_system(f, c->options->output, "cannot create it");
  for (int i = 0; i < 2; i++)
    if (fd[i] >= 0) {
      failed |= fchmod(fd[i], temporary_mode()) != 0;
      close(fd[i]);
    }
  failed = failed || write_file(c, temporary_path(data), f) != 0;
  if (!failed && (is_bcf ? bcf_index_build3(temporary_path(data), temporary_path(index), 14, 0)
                         : tbx_index_build3(temporary_path(data), temporary_path(index), 0, 0, &tbx_conf_vcf)) != 0)
    failed = fault_set(f, EXIT_TROUBLE, "%s: cannot index it", c->options->output);
  failed = failed || publish(c, data, index, folder, f) != 0;
  temporary_free(index);
  temporary_free(data);
  free(folder);
  return failed ? fault_set(f, EXIT_TROUBLE, "%s: cannot write it", c->options->output) : 0;
}
