/* stage.h - the stages behind the conversion: genotype-impute, and genotype-score for scores and for ancestry, each a
 * run of its own in a cage of its own. */
#ifndef ARRAY_UPLOAD_WORKER_STAGE_H
#define ARRAY_UPLOAD_WORKER_STAGE_H

#include "array-upload/worker/run.h"

/* job.stage says which. */
enum job_next stage_run(struct run *run);

#endif
