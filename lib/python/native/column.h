/* column.h - one column of a table by the buffer protocol: read-only, without a copy, and it holds the rows. */
#ifndef DTC_PYTHON_COLUMN_H
#define DTC_PYTHON_COLUMN_H

#include "python/native/module.h"
#include "python/native/rows.h"

extern PyType_Spec column_spec;
/* A new reference, or NULL and an exception: KeyError for a name that is no column's. */
PyObject *column_new(PyObject *type, rows *r, const char *name);

#endif
