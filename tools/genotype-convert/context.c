#include "genotype-convert/context.h"

#include "base/counts.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct context {
  const options *options;
  dtc_assemblies *loaded; /* NULL: the built-in ones */
  const dtc_assemblies *assemblies;
  pthread_mutex_t lock;
  /* behind the lock; a fault is kept, so that each export of a batch tells the same */
  struct {
    int tried;
    dtc_reference *reference;
    fault fault;
  } references[BUILD_COUNT];
  struct {
    int tried;
    lift_chains lift;
    fault fault;
  } lifts[BUILD_COUNT][BUILD_COUNT];
  sequence_digest sequence;
};

struct workspace {
  context *context;
  dtc_reference *references[BUILD_COUNT];
  dtc_conversion *conversion;
  dtc_table *table;
  dtc_verdict *verdict;
  dtc_writer *writer, *x_writers[WORKSPACE_X_PARTS];
};

/* The class of a library status as an exit status, for files the user names beside the export. */
static int exit_of(dtc_status status) {
  dtc_class class = dtc_status_class(status);
  return class == DTC_CLASS_INPUT || class == DTC_CLASS_LIMIT ? EXIT_USAGE : EXIT_TROUBLE;
}

static int fault_diag(fault *f, const char *path, dtc_status status, const dtc_diag *diag) {
  const char *more = diag->expected, *before = more[0] ? ": expected " : "";
  if (diag->system_errno) {
    errno = diag->system_errno;
    return fault_system(f, path, dtc_status_text(status));
  }
  if (diag->line)
    return fault_set(f, exit_of(status), "%s(%llu): %s%s%s", path, (unsigned long long)diag->line,
                     dtc_status_text(status), before, more);
  return fault_set(f, exit_of(status), "%s: %s%s%s", path, dtc_status_text(status), before, more);
}

context *context_new(const options *o, fault *f) {
  context *c = calloc(1, sizeof *c);
  if (!c) {
    fault_set(f, EXIT_TROUBLE, "out of memory");
    return NULL;
  }
  pthread_mutex_init(&c->lock, NULL);
  c->options = o;
  c->assemblies = dtc_assemblies_builtin();
  if (!o->assemblies)
    return c;
  dtc_diag diag = {0};
  dtc_status status = dtc_assemblies_load_path(o->assemblies, NULL, &c->loaded, &diag);
  c->assemblies = c->loaded;
  if (status == DTC_OK)
    return c;
  fault_diag(f, o->assemblies, status, &diag);
  context_free(c);
  return NULL;
}

void context_free(context *c) {
  if (!c)
    return;
  for (int from = 0; from < BUILD_COUNT; from++) {
    if (c->references[from].reference)
      dtc_reference_free(c->references[from].reference);
    for (int to = 0; to < BUILD_COUNT; to++)
      for (size_t i = 0; i < c->lifts[from][to].lift.count; i++)
        dtc_liftover_free(c->lifts[from][to].lift.chains[i]);
  }
  if (c->loaded)
    dtc_assemblies_free(c->loaded);
  pthread_mutex_destroy(&c->lock);
  free(c);
}

const options *context_options(const context *c) { return c->options; }
const sequence_digest *context_sequence_digest(const context *c) { return &c->sequence; }
const dtc_assemblies *context_assemblies(const context *c) { return c->assemblies; }

/* Copies a kept fault to the one who asks. */
static void fault_copy(fault *to, const fault *from) { fault_set(to, from->exit_status, "%s", from->message); }

/* UCSC's name of the chain file between two builds, which is what people look for. */
static const char *chain_name(dtc_build from, dtc_build to, char text[40]) {
  snprintf(text, 40, "%sToH%s.over.chain.gz", dtc_build_ucsc(from), dtc_build_ucsc(to) + 1);
  return text;
}

static dtc_status load_chain(const context *c, const char *path, dtc_build from, dtc_build to, dtc_liftover **out,
                             dtc_diag *diag) {
  const dtc_assembly *a = dtc_assemblies_get(c->assemblies, from), *b = dtc_assemblies_get(c->assemblies, to);
  memset(diag, 0, sizeof *diag);
  *out = NULL;
  return a && b ? dtc_liftover_load_path(path, a, b, NULL, out, diag) : DTC_CHAIN_FILE;
}

/* A chain file that does not fit may be one between other builds, or of the other direction. */
static int fault_chain(const context *c, const char *path, dtc_build from, dtc_build to, dtc_status status,
                       const dtc_diag *diag, fault *f) {
  char name[40];
  for (int a = DTC_BUILD_NCBI36; a < BUILD_COUNT && status == DTC_CHAIN_FILE; a++)
    for (int b = DTC_BUILD_NCBI36; b < BUILD_COUNT; b++) {
      dtc_diag ignored;
      dtc_liftover *found;
      if (a == b || load_chain(c, path, (dtc_build)a, (dtc_build)b, &found, &ignored) != DTC_OK)
        continue;
      dtc_liftover_free(found);
      return fault_set(f, EXIT_USAGE, "the chain file %s leads from %s to %s; from %s to %s is needed, such as %s",
                       path, dtc_build_name((dtc_build)a), dtc_build_name((dtc_build)b), dtc_build_name(from),
                       dtc_build_name(to), chain_name(from, to, name));
    }
  return fault_diag(f, path, status, diag);
}

static int load_chains(context *c, dtc_build from, dtc_build to, lift_chains *lift, fault *f) {
  const options *o = c->options;
  char name[40];
  if (o->n_chains == 0)
    return fault_set(f, EXIT_USAGE,
                     "the export is on %s%s: --chain with a chain file from %s to %s is needed, such as %s",
                     from == DTC_BUILD_NCBI36 ? "the old build " : "", dtc_build_name(from), dtc_build_name(from),
                     dtc_build_name(to), chain_name(from, to, name));
  for (size_t i = 0; i < o->n_chains; i++) {
    dtc_diag diag;
    dtc_status status = load_chain(c, o->chains[i], from, to, &lift->chains[i], &diag);
    if (status != DTC_OK)
      return fault_chain(c, o->chains[i], from, to, status, &diag, f);
    lift->count++;
    if (o->report && digest_file(o->chains[i], lift->md5[i]) != 0)
      return fault_system(f, o->chains[i], "cannot read it");
  }
  return 0;
}

const lift_chains *context_chains(context *c, dtc_build from, dtc_build to, fault *f) {
  pthread_mutex_lock(&c->lock);
  if (!c->lifts[from][to].tried) {
    c->lifts[from][to].tried = 1;
    load_chains(c, from, to, &c->lifts[from][to].lift, &c->lifts[from][to].fault);
  }
  pthread_mutex_unlock(&c->lock);
  if (c->lifts[from][to].fault.exit_status == EXIT_WRITTEN)
    return &c->lifts[from][to].lift;
  fault_copy(f, &c->lifts[from][to].fault);
  return NULL;
}

static int is_of(const context *c, const char *sequence, const char *sites, dtc_build build) {
  const dtc_assembly *assembly = dtc_assemblies_get(c->assemblies, build);
  dtc_reference *r = NULL;
  if (!assembly || dtc_reference_open(sequence, sites, assembly, &r, NULL) != DTC_OK)
    return 0;
  int is = sequence || dtc_reference_sites_claim_build(r); /* a table without claims fits any build */
  dtc_reference_free(r);
  return is;
}

/* Whether one of the two is that of another build than the output's; then the fault says which, and the ways out. */
static int fault_build(const context *c, dtc_build build, const char *what, const char *sequence, const char *sites,
                       fault *f) {
  const options *o = c->options;
  const char *path = sequence ? sequence : sites, *wanted = dtc_build_name(build);
  char name[40];
  int is = DTC_BUILD_NCBI36;
  while (is < BUILD_COUNT && (is == (int)build || !is_of(c, sequence, sites, (dtc_build)is)))
    is++;
  if (is == BUILD_COUNT)
    return 0;
  if (o->build != DTC_BUILD_UNKNOWN)
    return fault_set(f, EXIT_USAGE, "the %s %s is of %s, --assembly says %s: take a %s of %s, or another --assembly",
                     what, path, dtc_build_name((dtc_build)is), wanted, what, wanted);
  if (is == DTC_BUILD_NCBI36) /* nothing is lifted to it */
    return fault_set(f, EXIT_USAGE, "the %s %s is of %s, the export is on %s: take a %s of %s", what, path,
                     dtc_build_name((dtc_build)is), wanted, what, wanted);
  return fault_set(f, EXIT_USAGE,
                   "the %s %s is of %s, the export is on %s%s: take a %s of %s, or lift the export with --assembly %s "
                   "and --chain (a chain file from %s to %s, such as %s)",
                   what, path, dtc_build_name((dtc_build)is), build == DTC_BUILD_NCBI36 ? "the old build " : "", wanted,
                   what, wanted, dtc_build_name((dtc_build)is), wanted, dtc_build_name((dtc_build)is),
                   chain_name(build, (dtc_build)is, name));
}

/* A table that says nothing of its build, and has sites where the old build has no bases. */
static int fault_old_build(const context *c, const char *why, fault *f) {
  dtc_reference *r = NULL;
  char name[40];
  if (dtc_reference_open(NULL, c->options->sites, NULL, &r, NULL) != DTC_OK)
    return 0;
  dtc_reference_free(r);
  return fault_set(
      f, EXIT_USAGE,
      "%s; the export is on the old build NCBI36: lift it with --assembly GRCh37 and --chain (a chain file "
      "from NCBI36 to GRCh37, such as %s)",
      why, chain_name(DTC_BUILD_NCBI36, DTC_BUILD_GRCH37, name));
}

static void open_reference(context *c, dtc_build build) {
  const options *o = c->options;
  fault *f = &c->references[build].fault;
  dtc_diag diag = {0};
  dtc_status status = dtc_reference_open(o->sequence, o->sites, dtc_assemblies_get(c->assemblies, build),
                                         &c->references[build].reference, &diag);
  if (status == DTC_OK && o->report && o->sequence && !c->sequence.bytes &&
      digest_sample(o->sequence, &c->sequence.bytes, c->sequence.md5) != 0) {
    fault_system(f, o->sequence, "cannot read it");
    dtc_reference_free(c->references[build].reference);
    c->references[build].reference = NULL;
  }
  if (status == DTC_OK)
    return;
  if (status == DTC_REFERENCE_FILE && o->sequence && !is_of(c, o->sequence, NULL, build))
    fault_build(c, build, "reference", o->sequence, NULL, f);
  else if (status == DTC_REFERENCE_FILE && o->sites)
    fault_build(c, build, "site table", NULL, o->sites, f);
  if (status == DTC_REFERENCE_FILE && o->sites && build == DTC_BUILD_NCBI36 && o->build == DTC_BUILD_UNKNOWN)
    fault_old_build(c, diag.expected, f);
  fault_set(f, exit_of(status), "%s", diag.expected[0] ? diag.expected : dtc_status_text(status));
}

static dtc_writer *new_writer(const workspace *w, int threads) {
  const options *o = w->context->options;
  dtc_writer_options how;
  dtc_writer *writer;
  dtc_writer_options_init(&how);
  how.type = o->type;
  how.level = o->level;
  how.index = o->index;
  how.threads = threads;
  how.engine = o->fast ? DTC_ENGINE_FAST : DTC_ENGINE_ZLIB;
  dtc_writer_new(&how, &writer, NULL);
  return writer;
}

workspace *workspace_new(context *c, fault *f) {
  workspace *w = calloc(1, sizeof *w);
  if (w) {
    w->context = c;
    w->writer = new_writer(w, c->options->threads);
    w->verdict = dtc_verdict_new(NULL);
  }
  if (w && w->writer && w->verdict)
    return w;
  workspace_free(w);
  fault_set(f, EXIT_TROUBLE, "out of memory or threads");
  return NULL;
}

void workspace_free(workspace *w) {
  if (!w)
    return;
  dtc_conversion_free(w->conversion); /* before what it borrows */
  for (int b = 0; b < BUILD_COUNT; b++)
    dtc_reference_free(w->references[b]);
  for (int i = 0; i < WORKSPACE_X_PARTS; i++)
    dtc_writer_free(w->x_writers[i]);
  dtc_writer_free(w->writer);
  dtc_table_free(w->table);
  dtc_verdict_free(w->verdict);
  free(w);
}

context *workspace_context(const workspace *w) { return w->context; }

dtc_reference *workspace_reference(workspace *w, dtc_build build, fault *f) {
  context *c = w->context;
  if (w->references[build])
    return w->references[build];
  pthread_mutex_lock(&c->lock);
  if (!c->references[build].tried) {
    c->references[build].tried = 1;
    open_reference(c, build);
  }
  if (c->references[build].reference)
    w->references[build] = dtc_reference_clone(c->references[build].reference);
  pthread_mutex_unlock(&c->lock);
  if (w->references[build] && c->options->batch)
    dtc_reference_remember(w->references[build]);
  if (w->references[build])
    return w->references[build];
  fault_copy(f, &c->references[build].fault);
  fault_set(f, EXIT_TROUBLE, "out of memory");
  return NULL;
}

dtc_conversion **workspace_conversion(workspace *w) { return &w->conversion; }

dtc_verdict *workspace_verdict(workspace *w) { return w->verdict; }

dtc_table *workspace_take_table(workspace *w) {
  dtc_table *table = w->table;
  w->table = NULL;
  return table;
}

void workspace_give_table(workspace *w, dtc_table *table) {
  dtc_table_free(w->table);
  w->table = table;
}

dtc_writer *workspace_writer(workspace *w) { return w->writer; }

dtc_writer *workspace_x_writer(workspace *w, unsigned part) {
  if (!w->x_writers[part])
    w->x_writers[part] = new_writer(w, 1);
  return w->x_writers[part];
}
