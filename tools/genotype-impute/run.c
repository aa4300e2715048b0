#include "genotype-impute/run.h"

#include "common/output.h"
#include "genotype-impute/intake.h"
#include "genotype-impute/join.h"
#include "genotype-impute/report.h"
#include "genotype-impute/target.h"
#include "genotype-impute/workshop.h"

#include <errno.h>
#include <htslib/vcf.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TRIES = 2 /* a child that somebody kills is started once more */ };
static const uint64_t our_memory_most = UINT64_C(4) << 30; /* of addresses: the panel's sites are mapped */

static unit_work *work_of(run *r, size_t i) { return &r->units[r->group][i]; }
static const unit_result *result_of(const run *r, size_t i) { return &r->shared->units[r->group][i]; }

char *run_part_path(const run *r, uint32_t group, size_t unit, char *path) {
  char name[PANEL_NAME_BYTES + PANEL_DIGEST_BYTES + 2];
  snprintf(name, sizeof name, "%s.%s", r->panel.units[unit].name, r->shared->units[group][unit].key);
  return panel_path(r->work, name, engine_result_suffix(r->engine.kind), path);
}

char *run_file_name(const run *r, uint32_t group, size_t unit, char *name) {
  snprintf(name, RUN_FILE_BYTES, "%s-%u", r->panel.units[unit].name, group + 1);
  return name;
}

/* A file of the unit and the group that is worked on, in the run's folder. */
static char *file_path(const run *r, size_t unit, const char *suffix, char *path) {
  char name[RUN_FILE_BYTES];
  return panel_path(r->folder, run_file_name(r, r->group, unit, name), suffix, path);
}

static double seconds(const struct timeval *t) { return (double)t->tv_sec + (double)t->tv_usec / 1e6; }
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- children of ours */

static cage our_cage(const run *r) {
  return (cage){.read = {r->panel.folder, r->work},
                .write = {r->folder},
                .memory_bytes = our_memory_most,
                .open = r->options->limits.open};
}

static void note_ours(run *r, const struct rusage *u) {
  r->our_cpu += seconds(&u->ru_utime) + seconds(&u->ru_stime);
  uint64_t bytes = (uint64_t)u->ru_maxrss * 1024;
  r->our_memory = bytes > r->our_memory ? bytes : r->our_memory;
}

/* Runs a function in a child and waits; once more where somebody killed it. 0, or -1 with the fault set: `told` is
 * where the child tells its own. */
static int call_child(run *r, int (*function)(void *), void *argument, const cage *c, const char *what, fault *told,
                      fault *f) {
  int status = 0;
  for (int i = 0; i < TRIES; i++) {
    struct rusage usage;
    *told = (fault){.exit_status = EXIT_WRITTEN};
    pid_t pid = child_function(function, argument, c, f);
    if (pid < 0)
      return -1;
    while (wait4(pid, &status, 0, &usage) < 0)
      if (errno != EINTR)
        return fault_system(f, what, "cannot wait for its process");
    note_ours(r, &usage);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
      break;
  }
  if (told->exit_status != EXIT_WRITTEN)
    return fault_set(f, told->exit_status, "%s", told->message);
  return status == 0 ? 0 : engine_fault(f, what, status, "");
}

static void say_left_out(const run *r, const person *p) {
  fprintf(stderr, "genotype-impute: %s (%s) is left out: %s\n", p->name, r->options->inputs[p->input],
          p->fault.message);
}

static int take_in(run *r, fault *f) {
  const impute_options *o = r->options;
  const char **reads = malloc((o->n_inputs + o->n_chains + 1) * sizeof *reads);
  if (!reads)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  memcpy(reads, o->inputs, o->n_inputs * sizeof *reads);
  memcpy(reads + o->n_inputs, o->chains, o->n_chains * sizeof *reads);
  cage c = our_cage(r);
  c.more_read = reads;
  c.n_more = o->n_inputs + o->n_chains;
  int failed = call_child(r, intake_run, r, &c, "reading", &r->shared->fault, f);
  free(reads);
  for (uint32_t i = 0; i < r->shared->persons; i++)
    if (r->shared->person[i].fault.exit_status != EXIT_WRITTEN)
      say_left_out(r, &r->shared->person[i]);
  return failed;
}

/* ---- units */

static int sync_file(const char *path, fault *f) {
  FILE *file = fopen(path, "r");
  int failed = !file || fsync(fileno(file)) != 0 ? fault_system(f, path, "cannot write it to the disk") : 0;
  if (file)
    fclose(file); /* read only */
  return failed;
}

static engine_step step_of(const run *r, size_t i, char *name) {
  return (engine_step){.panel_folder = r->panel.folder,
                       .folder = r->folder,
                       .unit = r->panel.units[i].name,
                       .contig = dtc_contig_name(r->panel.units[i].contig),
                       .files = run_file_name(r, r->group, i, name),
                       .chunk = result_of(r, i)->chunk};
}

typedef struct running {
  target_job job;
  double since;
} running;

/* A part that is there and whole is taken over. One that is not whole is made again. */
static int take_over(run *r, size_t i, fault *f) {
  char path[PATH_MAX];
  run_part_path(r, r->group, i, path);
  if (access(path, R_OK) != 0)
    return 0;
  join_check check = {r, i, path};
  fault none = {0}, bad = {0};
  cage c = our_cage(r);
  if (call_child(r, join_check_part, &check, &c, "checking a part", &none, &bad) != 0) {
    unlink(path);
    return 0;
  }
  (void)f;
  work_of(r, i)->reused = 1;
  return 1;
}

/* An engine that ended well may still have met a full disk. Its rows are counted when they are joined. */
static int check_end(const char *path, const char *unit, fault *f) {
  static const unsigned char empty_block[28] = {0x1f, 0x8b, 8,    4, 0, 0, 0, 0, 0, 0xff, 6, 0, 0x42, 0x43,
                                                2,    0,    0x1b, 0, 3, 0, 0, 0, 0, 0,    0, 0, 0,    0};
  unsigned char tail[sizeof empty_block] = {0};
  FILE *file = fopen(path, "rb");
  int whole = file && fseek(file, -(long)sizeof tail, SEEK_END) == 0 && fread(tail, sizeof tail, 1, file) == 1 &&
              memcmp(tail, empty_block, sizeof tail) == 0;
  if (file)
    fclose(file); /* read only */
  return whole ? 0 : fault_set(f, EXIT_TROUBLE, "%s: the engine's result is cut off; the disk may be full", unit);
}

static int publish_part(run *r, size_t i, fault *f) {
  char from[PATH_MAX], to[PATH_MAX], path[PATH_MAX];
  const char *unit = r->panel.units[i].name;
  static const char *const done[] = {"phased.bcf",     "phased.bcf.csi", "target.bcf",
                                     "target.bcf.csi", "target.vcf.gz",  "log"};
  file_path(r, i, engine_result_suffix(r->engine.kind), from);
  if (check_end(from, unit, f) != 0 || sync_file(from, f) != 0)
    return -1;
  if (rename(from, run_part_path(r, r->group, i, to)) != 0)
    return fault_system(f, to, "cannot give a part its name");
  for (size_t k = 0; k < sizeof done / sizeof *done; k++)
    unlink(file_path(r, i, done[k], path));
  return 0;
}

/* Starts what a unit needs next. 1: a child runs; 0: the unit needs none any more; -1: the fault is set. */
static int start_next(run *r, size_t i, running *g, fault *f) {
  unit_work *w = work_of(r, i);
  const panel_unit *u = &r->panel.units[i];
  char name[RUN_FILE_BYTES];
  engine_step s = step_of(r, i, name);
  g->since = now();
  if (w->state == UNIT_TARGET) {
    cage c = our_cage(r);
    g->job = (target_job){r, i};
    w->pid = child_function(target_run, &g->job, &c, f);
    return w->pid < 0 ? -1 : 1;
  }
  if (w->state == UNIT_PHASE && result_of(r, i)->target_rows < TARGET_ROWS_MIN) {
    w->state = UNIT_SKIPPED;
    if (!r->options->quiet)
      fprintf(stderr, "genotype-impute: %s: %" PRIu64 " typed rows are too few to impute by\n", u->name,
              result_of(r, i)->target_rows);
    return 0;
  }
  if (w->state == UNIT_PHASE && take_over(r, i, f)) {
    w->state = UNIT_DONE;
    return 0;
  }
  w->pid = engine_start(&r->engine, w->state == UNIT_PHASE ? 0 : 1, &s, &r->options->limits, f);
  if (w->pid == 0) { /* the engine has no such step */
    w->state = UNIT_IMPUTE;
    return start_next(r, i, g, f);
  }
  return w->pid < 0 ? -1 : 1;
}

/* minimac4 looks for an index beside what Eagle wrote. */
static int index_phased(void *opaque) {
  const target_job *job = opaque;
  char path[PATH_MAX];
  return bcf_index_build3(file_path(job->run, job->unit, "phased.bcf", path), NULL, 14, 0) != 0;
}

static int advance(run *r, size_t i, fault *f) {
  unit_work *w = work_of(r, i);
  w->tries = 0;
  if (w->state == UNIT_TARGET) {
    w->state = UNIT_PHASE;
    return 0;
  }
  if (w->state == UNIT_PHASE) {
    target_job job = {r, i};
    fault none = {0};
    cage c = our_cage(r);
    w->state = UNIT_IMPUTE;
    return call_child(r, index_phased, &job, &c, "indexing what Eagle wrote", &none, f);
  }
  w->state = UNIT_DONE;
  return publish_part(r, i, f);
}

/* A child of a unit has ended. */
static int take_end(run *r, size_t i, int status, const struct rusage *u, const running *g, fault *f) {
  static const char *const steps[] = {"", "reading calls", "phasing", "imputing"};
  unit_work *w = work_of(r, i);
  char log[PATH_MAX], reads[PATH_MAX], what[PATH_MAX + 64];
  w->pid = 0;
  if (w->state == UNIT_TARGET)
    note_ours(r, u);
  else {
    w->engine_cpu += seconds(&u->ru_utime) + seconds(&u->ru_stime);
    w->engine_wall += now() - g->since;
    uint64_t bytes = (uint64_t)u->ru_maxrss * 1024;
    w->engine_memory = bytes > w->engine_memory ? bytes : w->engine_memory;
  }
  file_path(r, i, "log", log);
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && ++w->tries < TRIES) {
    unlink(log);
    return 0; /* the same state once more */
  }
  if (status == 0)
    return advance(r, i, f);
  const fault *told = &result_of(r, i)->fault;
  snprintf(what, sizeof what, "%s: %s", r->panel.units[i].name, steps[w->state]);
  if (w->state == UNIT_TARGET && told->exit_status != EXIT_WRITTEN)
    return fault_set(f, told->exit_status, "%s: %s", what, told->message);
  if (w->state != UNIT_TARGET) /* minimac4 does not say which file it cannot read */
    snprintf(what, sizeof what, "%s: %s by %s", r->panel.units[i].name, steps[w->state],
             panel_path(r->panel.folder, r->panel.units[i].name,
                        engine_panel_suffix(r->engine.kind, w->state == UNIT_IMPUTE), reads));
  char kept[PATH_MAX];
  if (rename(log, panel_path(r->work, r->panel.units[i].name, "log", kept)) != 0)
    return engine_fault(f, what, status, log);
  return engine_fault(f, what, status, kept);
}

static void kill_all(run *r) {
  for (size_t i = 0; i < r->panel.count; i++)
    if (work_of(r, i)->pid > 0) {
      kill(work_of(r, i)->pid, SIGKILL);
      while (waitpid(work_of(r, i)->pid, NULL, 0) < 0 && errno == EINTR)
        ;
      work_of(r, i)->pid = 0;
    }
}

/* Starts as many as may run. Returns how many do, or -1. */
static int start_some(run *r, running *g, fault *f) {
  int active = 0;
  for (size_t i = 0; i < r->panel.count; i++)
    active += work_of(r, i)->pid > 0;
  for (size_t i = 0; i < r->panel.count && active < (int)r->options->jobs; i++) {
    unit_work *w = work_of(r, i);
    if (!r->wanted[i] || w->pid > 0 || w->state >= UNIT_DONE)
      continue;
    if (w->state == UNIT_WAITING)
      w->state = UNIT_TARGET;
    int started = start_next(r, i, &g[i], f);
    if (started < 0)
      return -1;
    active += started;
  }
  return active;
}

static int impute_units(run *r, fault *f) {
  running *g = calloc(PANEL_UNITS_MAX, sizeof *g);
  int active = 0, failed = g ? 0 : fault_set(f, EXIT_TROUBLE, "out of memory");
  while (!failed && (active = start_some(r, g, f)) > 0) {
    struct rusage usage;
    int status;
    pid_t pid = wait4(-1, &status, 0, &usage);
    if (pid < 0 && errno != EINTR)
      failed = fault_system(f, "children", "cannot wait for them");
    for (size_t i = 0; !failed && pid > 0 && i < r->panel.count; i++)
      if (work_of(r, i)->pid == pid)
        failed = take_end(r, i, status, &usage, &g[i], f);
  }
  kill_all(r);
  free(g);
  return failed || active < 0 ? -1 : 0;
}

/* ---- the output */

static int write_output(run *r, fault *f) {
  const impute_options *o = r->options;
  size_t length = strlen(o->output);
  int vcf = length > 3 && strcmp(o->output + length - 3, ".gz") == 0;
  output *data, *index;
  int failed = output_open_indexed(o->output, vcf ? ".tbi" : ".csi", &data, &index, f);
  if (!failed) {
    join_job job = {r, output_path(data), output_path(index),
                    vcf ? "wz4" : "wb4"}; /* a level of half the time for 4 % of size */
    cage c = our_cage(r);
    c.write[1] = output_path(data);
    c.write[2] = output_path(index);
    failed = call_child(r, join_run, &job, &c, "joining", &r->shared->fault, f);
  }
  failed = failed || output_complete_indexed(data, index, f) != 0;
  output_free(index);
  output_free(data);
  return failed ? -1 : 0;
}

/* Before hours of work: can a file of this name be made? What is no regular file is opened when it is written. */
static int probe(const char *path, fault *f) {
  struct stat st;
  if (!path || (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
    return 0;
  output *o = output_open(path, f);
  output_free(o);
  return o ? 0 : -1;
}

static int probe_outputs(const impute_options *o, fault *f) {
  if (!o->parts && output_check_file(o->output, f) != 0)
    return -1;
  return (!o->parts && probe(o->output, f) != 0) || probe(o->report, f) != 0 ? -1 : 0;
}

/* A name of --chromosomes: X means all of it. */
static int is_named(const char *name, size_t length, const panel_unit *u) {
  if (length > 3 && strncmp(name, "chr", 3) == 0) {
    name += 3;
    length -= 3;
  }
  return (strlen(u->name) == length && strncmp(u->name, name, length) == 0) ||
         (length == 1 && *name == 'X' && u->contig == DTC_CONTIG_X);
}

static int choose_units(run *r, fault *f) {
  const char *list = r->options->chromosomes;
  for (size_t i = 0; !list && i < r->panel.count; i++)
    r->wanted[i] = 1;
  for (const char *at = list; at && *at;) {
    size_t n = strcspn(at, ","), found = 0;
    for (size_t i = 0; i < r->panel.count; i++)
      if (is_named(at, n, &r->panel.units[i]))
        found += (size_t)(r->wanted[i] = 1);
    if (!found)
      return fault_set(f, EXIT_USAGE, "--chromosomes %s: the panel has no %.*s", list, (int)n, at);
    at += n + (at[n] == ',');
  }
  return list && !*list ? fault_set(f, EXIT_USAGE, "--chromosomes: names none") : 0;
}

static int choose_engine(run *r, fault *f) {
  engine_kind kind = r->options->engines == 1u << ENGINE_BEAGLE ? ENGINE_BEAGLE : ENGINE_EAGLE_MINIMAC4;
  if (!(r->panel.engines >> kind & 1))
    return fault_set(f, EXIT_USAGE, "%s: is not prepared for %s: make it again, with --engine %s", r->panel.folder,
                     engine_names[kind], engine_names[kind]);
  return engine_find(kind, &r->engine, f);
}

/* Whom no chromosome could be imputed of has no result: a file of no genotypes would look like one. Parts are for a
 * later run to judge. */
static int leave_out(run *r, fault *f) {
  static const char words[] = "no chromosome has enough typed rows (%d) to impute by";
  shared *s = r->shared;
  for (uint32_t g = 0; g < s->groups; g++) {
    int done = 0;
    for (size_t i = 0; i < r->panel.count; i++)
      done |= r->units[g][i].state == UNIT_DONE;
    for (uint32_t i = 0; !done && i < s->persons; i++)
      if (run_is_of(&s->person[i], g)) {
        fault_set(&s->person[i].fault, EXIT_REFUSED, words, TARGET_ROWS_MIN);
        say_left_out(r, &s->person[i]);
        s->in--;
      }
  }
  return s->in ? 0 : fault_set(f, EXIT_REFUSED, words, TARGET_ROWS_MIN);
}

static int no_sample_twice(const impute_options *o, fault *f) {
  return o->sample && o->n_inputs > 1 ? fault_set(f, EXIT_USAGE, "--sample is for one export: use --samples-file") : 0;
}

static int work(run *r, fault *f) {
  const impute_options *o = r->options;
  const char *missing = child_sandbox_missing();
  if (!o->limits.open && strcmp(missing, "nothing") != 0 && !o->quiet)
    fprintf(stderr, "genotype-impute: the sandbox lacks %s here\n", missing);
  if (engine_ask_version(&r->engine, r->folder, f) != 0 || take_in(r, f) != 0)
    return -1;
  for (r->group = 0; r->group < r->shared->groups; r->group++)
    if (impute_units(r, f) != 0)
      return -1;
  if (!o->parts && (leave_out(r, f) != 0 || write_output(r, f) != 0))
    return -1;
  if (!o->parts)
    report_say(r);
  return report_write(r, f);
}

int run_all(const impute_options *o, fault *f) {
  static run r;
  struct rusage own;
  r = (run){.options = o, .lock = -1};
  if (no_sample_twice(o, f) != 0 || panel_open(o->panel, &r.panel, f) != 0 || choose_units(&r, f) != 0 ||
      choose_engine(&r, f) != 0 || probe_outputs(o, f) != 0)
    return -1;
  r.shared = mmap(NULL, sizeof *r.shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (r.shared == MAP_FAILED)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  char real[PATH_MAX];
  if (!realpath(o->panel, real))
    return fault_system(f, o->panel, "cannot use the folder");
  r.panel.folder = real;
  int failed = workshop_open(&r, f) != 0 || work(&r, f) != 0;
  if (getrusage(RUSAGE_SELF, &own) == 0)
    note_ours(&r, &own);
  workshop_close(&r, !failed && !o->parts && !o->work);
  if (!failed && r.shared->in < r.shared->persons)
    failed = fault_set(f, EXIT_REFUSED, "%u of %u persons were left out", r.shared->persons - r.shared->in,
                       r.shared->persons);
  munmap(r.shared, sizeof *r.shared);
  return failed ? -1 : 0;
}
