/* module.h - what the rooms of dtcgeno._native share. The module has no globals: its types hang on its state, so that
 * each interpreter has its own. Limited API of Python 3.11: one build serves every later 3.x. */
#ifndef DTC_PYTHON_MODULE_H
#define DTC_PYTHON_MODULE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <dtcgeno.h>

typedef struct module_state {
  PyObject *table_type, *column_type;
} module_state;

#endif
