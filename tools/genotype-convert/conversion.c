#include "genotype-convert/conversion.h"

#include "genotype-convert/positions.h"
#include "common/progress.h"
#include "genotype-convert/report/html_report.h"
#include "genotype-convert/report/rejects.h"
#include "genotype-convert/report/report.h"
#include "genotype-convert/report/table_out.h"
#include "genotype-convert/vcf_set.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Everything one run holds; conversion_run lets go of all of it. */
typedef struct conversion {
  workspace *workspace;
  const options *options;
  const conversion_job *job;
  conversion_result *result;
  fault *fault;
  dtc_table *table;
  const dtc_assembly *from, *to;
  dtc_reference *reference;
  const lift_chains *lift;
  vcf_set *vcf;
  positions *positions;                 /* --profile pharmcat: takes the records */
  uint64_t beside_records, beside_rows; /* that are none of its positions */
  rejects *rejects;
  progress *progress;
  output *report_out, *html_out, *rejects_out, *table_out;
} conversion;

uint64_t conversion_rejected(const conversion_result *r) {
  uint64_t sum = 0;
  for (int i = 0; i < REJECTIONS; i++)
    sum += r->rejected[i];
  return sum;
}

static void init_reading(const context *c, dtc_options *o) {
  const options *given = context_options(c);
  dtc_options_init(o, given->strict ? DTC_POLICY_REFUSE : DTC_POLICY_REJECT);
  o->container = DTC_CONTAINER_ANY;
  o->engine = given->fast ? DTC_ENGINE_FAST : DTC_ENGINE_ZLIB;
  o->assemblies = context_assemblies(c);
  if (given->min_rows)
    o->limits.rows_min = given->min_rows;
  if (given->max_size)
    o->limits.file_bytes = given->max_size;
  if (given->max_unpacked)
    o->limits.unpacked_bytes = given->max_unpacked;
  if (given->max_rows)
    o->limits.rows_max = given->max_rows;
}

static int is_refusal(dtc_status status) {
  dtc_class class = dtc_status_class(status);
  return class == DTC_CLASS_INPUT || class == DTC_CLASS_LIMIT;
}

/* A status of the library about the export: refused, or trouble of ours. */
static int export_failed(const char *path, const dtc_verdict *v, fault *f) {
  const dtc_diag *diag = dtc_verdict_diag(v);
  if (is_refusal(dtc_verdict_status(v))) {
    char line[500];
    dtc_verdict_line(v, line, sizeof line);
    return fault_set(f, EXIT_REFUSED, "%s(%llu:%llu): %s", path, (unsigned long long)diag->line,
                     (unsigned long long)diag->column, line);
  }
  if (diag->system_errno) {
    errno = diag->system_errno;
    return fault_system(f, path, dtc_status_text(dtc_verdict_status(v)));
  }
  return fault_set(f, EXIT_TROUBLE, "%s: %s%s%s", path, dtc_status_text(dtc_verdict_status(v)),
                   diag->expected[0] ? ": " : "", diag->expected);
}

int conversion_load(const context *c, const char *path, dtc_table **table, dtc_verdict *verdict, int *refused,
                    fault *f) {
  dtc_options o;
  init_reading(c, &o);
  int from_stdin = strcmp(path, "-") == 0;
  dtc_status status;
  if (*table)
    status = from_stdin ? dtc_table_reload_fd(STDIN_FILENO, &o, *table, verdict)
                        : dtc_table_reload_path(path, &o, *table, verdict);
  else
    status = from_stdin ? dtc_table_load_fd(STDIN_FILENO, &o, table, verdict)
                        : dtc_table_load_path(path, &o, table, verdict);
  *refused = status != DTC_OK && is_refusal(status);
  return status == DTC_OK ? 0 : export_failed(path, verdict, f);
}

static int load_export(conversion *c) {
  c->table = workspace_take_table(c->workspace);
  return conversion_load(workspace_context(c->workspace), c->job->export_path, &c->table, c->result->verdict,
                         &c->result->refused, c->fault);
}

/* What the library accepted and the reference does not bear out, told in the library's words. */
static int refuse(conversion *c, dtc_status status, const dtc_diag *diag) {
  dtc_verdict_set_status(c->result->verdict, status, diag);
  c->result->refused = is_refusal(status);
  return export_failed(c->job->export_path, c->result->verdict, c->fault);
}

static int decide_genome(conversion *c) {
  const dtc_assemblies *assemblies = context_assemblies(workspace_context(c->workspace));
  conversion_result *r = c->result;
  dtc_build from = dtc_verdict_build(r->verdict), to = c->options->build ? c->options->build : from;
  c->from = dtc_assemblies_get(assemblies, from);
  c->to = dtc_assemblies_get(assemblies, to);
  if (!c->from) {
    dtc_diag diag = {.status = DTC_BUILD_UNSUPPORTED};
    return refuse(c, DTC_BUILD_UNSUPPORTED, &diag);
  }
  r->build = to;
  r->sex = c->options->sex != DTC_SEX_UNDETERMINED ? c->options->sex : dtc_verdict_sex(r->verdict);
  if (from == to || !c->job->write_vcf)
    return 0;
  c->lift = context_chains(workspace_context(c->workspace), from, to, c->fault);
  r->lift = c->lift;
  return c->lift ? 0 : -1;
}

/* Michigan and TOPMed: hg19 without, hg38 with chr, and chrMT. */
static dtc_chr chr_of(const conversion *c) {
  dtc_chr chr = c->options->chr;
  if (!c->options->profile_imputation)
    return chr;
  if (chr == DTC_CHR_AUTO)
    chr = c->result->build == DTC_BUILD_GRCH38 ? DTC_CHR_YES : DTC_CHR_NO;
  return chr == DTC_CHR_YES ? DTC_CHR_YES_MT : chr;
}

/* Outputs are opened before the work, so that a folder without permission costs no time. */
static int open_vcf(conversion *c) {
  c->reference = workspace_reference(c->workspace, c->result->build, c->fault);
  if (!c->reference)
    return -1;
  const char *digest = dtc_reference_sites_digest(c->reference);
  c->result->has_sequence = dtc_reference_has_sequence(c->reference);
  c->result->sites = dtc_reference_sites_count(c->reference);
  c->result->sequence = context_sequence_digest(workspace_context(c->workspace));
  snprintf(c->result->sites_digest, sizeof c->result->sites_digest, "%s", digest ? digest : "");
  c->result->engine = dtc_writer_engine(workspace_writer(c->workspace));
  c->vcf = vcf_set_open(c->job->output, c->to, c->workspace, c->fault);
  return c->vcf ? 0 : -1;
}

static int open_side_files(conversion *c) {
  const conversion_job *job = c->job;
  if (job->rejects) {
    c->rejects_out = output_open(job->rejects, c->fault);
    c->rejects = rejects_new();
    if (c->rejects_out && !c->rejects)
      fault_set(c->fault, EXIT_TROUBLE, "out of memory");
    if (!c->rejects_out || !c->rejects)
      return -1;
  }
  if (job->table && !(c->table_out = output_open(job->table, c->fault)))
    return -1;
  return 0;
}

static int on_record(void *opaque, const dtc_record *r) {
  conversion *c = opaque;
  if (c->progress)
    progress_advance(c->progress, r->rows);
  if (c->positions) {
    if (!positions_take(c->positions, r)) {
      c->beside_records++;
      c->beside_rows += r->rows;
    }
    return 0;
  }
  if (vcf_set_add(c->vcf, r) == 0)
    return 0;
  return fault_set(c->fault, EXIT_TROUBLE, "out of memory");
}

static int on_reject(void *opaque, size_t row, dtc_rejection why) {
  conversion *c = opaque;
  progress_advance(c->progress, 1);
  if (!c->rejects || rejects_add(c->rejects, row, why) == 0)
    return 0;
  return fault_set(c->fault, EXIT_TROUBLE, "out of memory");
}

static int resolve_failed(conversion *c, dtc_status status, const dtc_diag *diag) {
  if (c->fault->exit_status != EXIT_WRITTEN)
    return -1;
  const options *o = c->options;
  const char *sequence = o->sequence ? o->sequence : "", *sites = o->sites ? o->sites : "";
  const char *and = o->sequence && o->sites ? " and " : "";
  if (status == DTC_IO_READ)
    return fault_set(c->fault, EXIT_TROUBLE, "the reference %s cannot be read to its end", sequence);
  if (status == DTC_REFERENCE_FILE) /* not the export's fault */
    return fault_set(c->fault, EXIT_USAGE, "%s%s%s: this does not fit the export: expected %s", sequence, and, sites,
                     diag->expected);
  return refuse(c, status, diag);
}

static dtc_status open_conversion(conversion *c, dtc_conversion **records, dtc_diag *diag) {
  const options *o = c->options;
  dtc_conversion_options how;
  dtc_conversion_options_init(&how);
  how.from = c->from;
  how.to = c->to;
  how.reference = c->reference;
  how.chains = c->lift ? (const dtc_liftover *const *)c->lift->chains : NULL;
  how.chain_count = c->lift ? c->lift->count : 0;
  how.sex = c->result->sex;
  how.chr = chr_of(c);
  how.sample = c->job->sample;
  how.drop_no_calls = o->drop_no_calls;
  how.variants_only = o->variants_only;
  how.biallelic_only = o->profile_imputation;
  how.on_reject = on_reject;
  how.opaque = c;
  how.source = "genotype-convert " DTC_VERSION;
  how.vcf_minor = o->vcf_minor;
  how.threads = o->threads;
  return *records ? dtc_conversion_reopen(*records, c->table, c->result->verdict, &how, diag)
                  : dtc_conversion_open(c->table, c->result->verdict, &how, records, diag);
}

static void take_sums(conversion_result *r, dtc_conversion *records) {
  r->sums = *dtc_conversion_get_sums(records);
  for (int i = 0; i < FILTERS; i++)
    r->filtered[i] = dtc_conversion_filtered(records, (dtc_filter)i);
  for (int i = 0; i < REJECTIONS; i++)
    r->rejected[i] += dtc_conversion_rejected(records, (dtc_rejection)i);
}

static int resolve_rows(conversion *c) {
  dtc_conversion **records = workspace_conversion(c->workspace);
  dtc_diag diag = {0};
  c->progress = progress_new(c->job->show_progress, "converting", dtc_table_calls(c->table)->count);
  dtc_status status = open_conversion(c, records, &diag);
  int begun = status == DTC_OK && vcf_set_begin(c->vcf, *records) == 0;
  if (begun) {
    c->result->chr_prefix = dtc_conversion_chr(*records) != DTC_CHR_NO;
    status = dtc_conversion_run(*records, on_record, c, &diag);
  }
  progress_free(c->progress);
  c->progress = NULL;
  if (status != DTC_OK)
    return resolve_failed(c, status, &diag);
  if (begun)
    take_sums(c->result, *records);
  return begun ? 0 : -1;
}

/* Every row is written, merged or rejected: what does not add up is not published. */
static int check_sums(conversion *c) {
  conversion_result *r = c->result;
  dtc_conversion_sums *s = &r->sums;
  s->records -= c->beside_records;
  s->written -= c->beside_records;
  s->merged -= c->beside_rows - c->beside_records;
  r->rejected[DTC_REJECTION_PROFILE] += c->beside_rows;
  r->records = vcf_set_records(c->vcf);
  r->output_bytes = vcf_set_bytes(c->vcf);
  uint64_t made = c->positions ? positions_count(c->positions) : s->records;
  uint64_t rejected = conversion_rejected(r);
  if (dtc_verdict_rows(r->verdict) == s->written + s->merged + rejected && made == r->records)
    return 0;
  return fault_set(c->fault, EXIT_TROUBLE,
                   "internal error: %llu rows became %llu written, %llu merged and %llu rejected ones in %llu records",
                   (unsigned long long)dtc_verdict_rows(r->verdict), (unsigned long long)s->written,
                   (unsigned long long)s->merged, (unsigned long long)rejected, (unsigned long long)r->records);
}

/* A table of far fewer sites than the export has rows was not made to have them all. */
static int is_selection(const conversion *c) {
  return !c->result->has_sequence && c->result->sites * 2 < c->result->calls;
}

/* Of a profile's positions few are in any export, and its genes tell how many. */
static little_reason why_little(const conversion *c) {
  const conversion_result *r = c->result;
  uint64_t unread = r->calls - dtc_verdict_called(r->verdict);
  if (unread * 2 > r->calls)
    return LITTLE_UNREAD;
  if (r->lost_calls * 2 > r->calls)
    return !is_selection(c) ? LITTLE_UNFIT : !c->positions || !r->sums.records ? LITTLE_SELECTION : LITTLE_NOT;
  return r->sums.records ? LITTLE_NOT : LITTLE_ASKED;
}

/* What a person should know of a conversion that was not refused, among the verdict's warnings. */
static void note_doubts(conversion *c) {
  dtc_verdict *v = c->result->verdict;
  dtc_sex given = c->options->sex;
  int other_x = given == DTC_SEX_MALE ? dtc_verdict_x_copies(v) == 2 : dtc_verdict_x_copies(v) == 1;
  int other_y = dtc_verdict_y_present(v) >= 0 && dtc_verdict_y_present(v) != (given == DTC_SEX_MALE);
  if (given != DTC_SEX_UNDETERMINED && (other_x || other_y))
    dtc_verdict_set_warning(v, DTC_WARNING_SEX_AGAINST_EVIDENCE, 1);
  if (c->result->sums.strand != DTC_STRAND_PLUS)
    dtc_verdict_set_warning(v, DTC_WARNING_STRAND_UNPROVEN, 1);
  c->result->lost_calls += c->result->sums.rejected_calls;
  c->result->little = why_little(c);
  if (c->result->little != LITTLE_NOT)
    dtc_verdict_set_warning(v, DTC_WARNING_LITTLE_WRITTEN, 1);
}

static int convert_rows(conversion *c) {
  if (resolve_rows(c) != 0)
    return -1;
  note_doubts(c);
  if (c->positions && positions_write(c->positions, c->to, c->result->sex == DTC_SEX_MALE, c->vcf) != 0)
    return fault_set(c->fault, EXIT_TROUBLE, "out of memory");
  if (c->positions && positions_cover(c->positions, c->fault) != 0)
    return -1;
  if (c->positions)
    c->result->genes = positions_genes(c->positions, &c->result->gene_count);
  return vcf_set_close(c->vcf, c->fault) != 0 ? -1 : check_sums(c);
}

static int write_side_files(conversion *c) {
  if (c->rejects_out) {
    rejects_write(c->rejects, c->table, dtc_verdict_vendor(c->result->verdict), c->rejects_out);
    if (output_finish(c->rejects_out, NULL, 0, c->fault) != 0)
      return -1;
  }
  if (!c->table_out)
    return 0;
  if (table_write(c->table, c->from, c->result->sex, dtc_verdict_par_frame(c->result->verdict), c->table_out) != DTC_OK)
    return fault_set(c->fault, EXIT_TROUBLE, "out of memory");
  return output_finish(c->table_out, NULL, 0, c->fault);
}

static int write_json(conversion *c) {
  if (!c->job->report)
    return 0;
  c->report_out = output_open(c->job->report, c->fault);
  if (!c->report_out || report_write(c->result, c->options, c->job->write_vcf, c->report_out, c->fault) != 0)
    return -1;
  return output_finish(c->report_out, NULL, 0, c->fault);
}

static int write_html(conversion *c) {
  if (!c->job->report_html)
    return 0;
  c->html_out = output_open(c->job->report_html, c->fault);
  if (!c->html_out || html_report_write(c->result, c->job, c->options, c->table, c->from, c->html_out, c->fault) != 0)
    return -1;
  return output_finish(c->html_out, NULL, 0, c->fault);
}

static int write_reports(conversion *c) { return write_json(c) != 0 || write_html(c) != 0 ? -1 : 0; }

/* The data comes last, its index after it: who sees the data finds all that belongs to it. */
static int publish_all(conversion *c) {
  enum { SIDES = 4 };
  output *const sides[SIDES] = {c->rejects_out, c->table_out, c->report_out, c->html_out};
  int failed = 0;
  for (int i = 0; i < SIDES && !failed; i++)
    failed = sides[i] && output_publish(sides[i], c->fault) != 0;
  failed = failed || (c->vcf && vcf_set_publish(c->vcf, c->fault) != 0);
  const output *const all[] = {c->vcf ? vcf_set_output(c->vcf) : NULL, c->rejects_out, c->table_out, c->report_out,
                               c->html_out};
  if (!failed && output_settle(all, sizeof all / sizeof *all, c->fault) == 0)
    return 0;
  for (int i = 0; i < SIDES; i++)
    output_retract(sides[i]);
  if (c->vcf)
    vcf_set_retract(c->vcf);
  return -1;
}

static int run_steps(conversion *c) {
  if (load_export(c) != 0 || decide_genome(c) != 0)
    return -1;
  c->result->lost_calls = rejects_count_parsed(c->table, c->result->rejected);
  c->result->calls = dtc_verdict_called(c->result->verdict) + c->result->lost_calls;
  if (c->options->profile_pharmcat && !(c->positions = positions_read(c->options->sites, c->fault)))
    return -1;
  if ((c->job->write_vcf && open_vcf(c) != 0) || open_side_files(c) != 0)
    return -1;
  if (c->job->write_vcf && convert_rows(c) != 0)
    return -1;
  if (write_side_files(c) != 0 || write_reports(c) != 0 || publish_all(c) != 0)
    return -1;
  if (c->positions && !c->options->quiet && !c->options->batch)
    genes_print(c->result, "genotype-convert: ");
  return 0;
}

/* A refused export has its reports too; nothing else of it is published. It is refused before they are written. */
static void report_refusal(conversion *c) {
  fault ignored = {0};
  fault *first = c->fault;
  c->fault = &ignored;
  if (write_reports(c) == 0 && (!c->report_out || output_publish(c->report_out, c->fault) == 0) &&
      (!c->html_out || output_publish(c->html_out, c->fault) == 0))
    output_settle((const output *const[]){c->report_out, c->html_out}, 2, c->fault);
  c->fault = first;
  if (ignored.exit_status != EXIT_WRITTEN) {
    first->exit_status = EXIT_WRITTEN;
    fault_set(first, EXIT_TROUBLE, "%s", ignored.message);
  }
}

int conversion_run(workspace *w, const conversion_job *job, conversion_result *result) {
  memset(result, 0, sizeof *result);
  conversion c = {.workspace = w,
                  .options = context_options(workspace_context(w)),
                  .job = job,
                  .result = result,
                  .fault = &result->fault};
  result->verdict = workspace_verdict(w);
  if (run_steps(&c) != 0 && result->refused)
    report_refusal(&c);
  result->genes = NULL;
  result->gene_count = 0;
  vcf_set_free(c.vcf);
  positions_free(c.positions);
  output_free(c.report_out);
  output_free(c.html_out);
  output_free(c.rejects_out);
  output_free(c.table_out);
  rejects_free(c.rejects);
  workspace_give_table(w, c.table);
  return result->fault.exit_status;
}
