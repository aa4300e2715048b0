/* context.h - what all conversions of a run share: assemblies, chains, references, opened when first needed; and what
 * each thread of a run keeps from one export to the next. */
#ifndef CONVERT_CONTEXT_H
#define CONVERT_CONTEXT_H

#include "genotype-convert/options.h"
#include "genotype-convert/report/digest.h"

typedef struct context context;

/* options are borrowed. NULL: the fault is set. */
context *context_new(const options *o, fault *f);
void context_free(context *c); /* after its workspaces */

const options *context_options(const context *c);
const dtc_assemblies *context_assemblies(const context *c);

/* The chains from one build to the other; the first decides, the others are vetoes. Any thread. */
typedef struct lift_chains {
  size_t count;
  dtc_liftover *chains[OPTIONS_CHAINS_MAX];
  char md5[OPTIONS_CHAINS_MAX][DIGEST_BYTES]; /* of the files, where a report is wanted */
} lift_chains;
const lift_chains *context_chains(context *c, dtc_build from, dtc_build to, fault *f);

/* Which sequence the run reads, where a report is wanted: digest_sample. Any thread, after workspace_reference. */
typedef struct sequence_digest {
  uint64_t bytes;
  char md5[DIGEST_BYTES];
} sequence_digest;
const sequence_digest *context_sequence_digest(const context *c);

/* One thread's own. */
typedef struct workspace workspace;
enum { WORKSPACE_X_PARTS = 3 };

workspace *workspace_new(context *c, fault *f);
void workspace_free(workspace *w);
context *workspace_context(const workspace *w);
/* The reference of a build, checked against the assembly. NULL: the fault is set. */
dtc_reference *workspace_reference(workspace *w, dtc_build build, fault *f);
/* What the exports of a batch leave to the next one: a conversion to be reopened and a table to be reloaded (NULL: none
 * yet); the table is the workspace's again when it is given back. */
dtc_conversion **workspace_conversion(workspace *w);
dtc_verdict *workspace_verdict(workspace *w);
dtc_table *workspace_take_table(workspace *w);
void workspace_give_table(workspace *w, dtc_table *table);
dtc_writer *workspace_writer(workspace *w);
/* For the files of chromosome X beside the main one; part below WORKSPACE_X_PARTS. NULL when memory runs out. */
dtc_writer *workspace_x_writer(workspace *w, unsigned part);

#endif
