/* merge.h - one VCF of all of a project's samples, by bcftools in a cage. */
#ifndef ARRAY_UPLOAD_WORKER_MERGE_H
#define ARRAY_UPLOAD_WORKER_MERGE_H

#include "array-upload/worker/job.h"

/* Takes the next merge and works on it to its end. */
enum job_next merge_run_next(const struct runner *r);

#endif
