/* arrow.h - the rows by Arrow's C stream interface: rsid, chrom, pos, genotype. */
#ifndef DTC_PYTHON_ARROW_H
#define DTC_PYTHON_ARROW_H

#include "python/native/module.h"
#include "python/native/rows.h"

/* Capsules "arrow_array_stream" and "arrow_schema" (Arrow's PyCapsule interface). New references, or NULL and an
 * exception. What a consumer takes out of them holds the rows, and may be released by any thread at any time. */
PyObject *arrow_stream_capsule(rows *r);
PyObject *arrow_schema_capsule(void);

#endif
