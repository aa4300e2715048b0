/* verdict.h - a verdict as a dict of plain values; dtcgeno.Verdict is made of it. */
#ifndef DTC_PYTHON_VERDICT_H
#define DTC_PYTHON_VERDICT_H

#include "python/native/module.h"

/* A new reference, or NULL and an exception. */
PyObject *verdict_dict(const dtc_verdict *verdict);

#endif
