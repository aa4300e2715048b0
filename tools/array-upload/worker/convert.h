/* convert.h - the first run of a sample: genotype-convert in a cage, its report read as a verdict, what it made stored
 * and committed. Rows 15 to 17. */
#ifndef ARRAY_UPLOAD_WORKER_CONVERT_H
#define ARRAY_UPLOAD_WORKER_CONVERT_H

#include "array-upload/worker/run.h"

enum job_next convert_run(struct run *run);

#endif
