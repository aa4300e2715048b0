/* table.h - the type behind dtcgeno.Table: rows, as columns and texts. */
#ifndef DTC_PYTHON_TABLE_H
#define DTC_PYTHON_TABLE_H

#include "python/native/module.h"
#include "python/native/rows.h"

extern PyType_Spec table_spec;
/* Holds r. A new reference, or NULL and an exception. */
PyObject *table_object_new(PyObject *type, rows *r);

#endif
