/* batch.h - many exports in one run: several at the same time, none stops the others, what is finished is kept. */
#ifndef CONVERT_BATCH_H
#define CONVERT_BATCH_H

#include "genotype-convert/context.h"

/* Returns the exit status: that of the worst export. The fault is set where the batch itself could not be run. */
int batch_run(context *c, fault *f);

#endif
