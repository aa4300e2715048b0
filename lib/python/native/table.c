#include "python/native/table.h"

#include "python/native/arrow.h"
#include "python/native/column.h"
#include "python/native/text.h"

#include <string.h>

typedef struct table_object {
  PyObject ob_base;
  rows *rows;
} table_object;

static rows *rows_of(PyObject *self) { return ((table_object *)self)->rows; }

PyObject *table_object_new(PyObject *type, rows *r) {
  table_object *t = PyObject_New(table_object, (PyTypeObject *)type);
  if (t)
    t->rows = rows_hold(r);
  return (PyObject *)t;
}

static void table_dealloc(PyObject *self) {
  PyTypeObject *type = Py_TYPE(self);
  rows_drop(rows_of(self));
  PyObject_Free(self);
  Py_DECREF(type);
}

static Py_ssize_t table_length(PyObject *self) { return (Py_ssize_t)rows_calls(rows_of(self))->count; }

static PyObject *table_column(PyObject *self, PyObject *name) {
  const char *text = PyUnicode_AsUTF8AndSize(name, NULL);
  module_state *state = text ? PyType_GetModuleState(Py_TYPE(self)) : NULL;
  return state ? column_new(state->column_type, rows_of(self), text) : NULL;
}

static PyObject *table_fill(PyObject *self, PyObject *arguments) {
  const char *what;
  PyObject *array, *missing;
  if (!PyArg_ParseTuple(arguments, "sOO", &what, &array, &missing))
    return NULL;
  return text_fill(rows_calls(rows_of(self)), what, array, missing);
}

static PyObject *table_list(PyObject *self, PyObject *arguments) {
  const char *what;
  PyObject *missing;
  if (!PyArg_ParseTuple(arguments, "sO", &what, &missing))
    return NULL;
  return text_list(rows_calls(rows_of(self)), what, missing);
}

static PyObject *table_id(PyObject *self, PyObject *row) {
  const dtc_calls *calls = rows_calls(rows_of(self));
  char text[DTC_ID_TEXT_MAX + 1];
  size_t i = PyLong_AsSize_t(row);
  if (i == (size_t)-1 && PyErr_Occurred())
    return NULL;
  if (i >= calls->count) {
    PyErr_SetString(PyExc_IndexError, "no such row");
    return NULL;
  }
  return PyUnicode_DecodeUTF8(text, (Py_ssize_t)dtc_calls_id(calls, i, text), "replace");
}

static PyObject *row_or_none(size_t row) { return row == SIZE_MAX ? Py_NewRef(Py_None) : PyLong_FromSize_t(row); }

static PyObject *table_find_id(PyObject *self, PyObject *name) {
  Py_ssize_t n;
  const char *text = PyUnicode_AsUTF8AndSize(name, &n);
  size_t row = SIZE_MAX;
  dtc_status status = DTC_OK;
  if (!text)
    return NULL;
  if (strlen(text) == (size_t)n) { /* no name holds a NUL */
    Py_BEGIN_ALLOW_THREADS status = rows_find_id(rows_of(self), text, &row);
    Py_END_ALLOW_THREADS
  }
  return status == DTC_OK ? row_or_none(row) : PyErr_NoMemory();
}

static PyObject *table_find_position(PyObject *self, PyObject *arguments) {
  unsigned contig, position;
  if (!PyArg_ParseTuple(arguments, "II", &contig, &position))
    return NULL;
  return row_or_none(rows_find_position(rows_of(self), contig, position));
}

static PyObject *table_reject_row(PyObject *self, PyObject *index) {
  size_t i = PyLong_AsSize_t(index);
  if (i == (size_t)-1 && PyErr_Occurred())
    return NULL;
  const dtc_reject *r = rows_reject(rows_of(self), i);
  if (!r) {
    PyErr_SetString(PyExc_IndexError, "no such rejected row");
    return NULL;
  }
  return Py_BuildValue("(KsssNNNN)", (unsigned long long)r->line, dtc_reason_slug(dtc_status_reason(r->why)),
                       dtc_status_slug(r->why), dtc_status_text(r->why),
                       PyUnicode_DecodeUTF8(r->id, r->id_bytes, "replace"),
                       PyUnicode_DecodeUTF8(r->chromosome, r->chromosome_bytes, "replace"),
                       PyUnicode_DecodeUTF8(r->position, r->position_bytes, "replace"),
                       PyUnicode_DecodeUTF8(r->genotype, r->genotype_bytes, "replace"));
}

static PyObject *table_arrow_stream(PyObject *self, PyObject *nothing) {
  (void)nothing;
  return arrow_stream_capsule(rows_of(self));
}

static PyMethodDef methods[] = {
    {"column", table_column, METH_O, "column(name) -> Column"},
    {"fill", table_fill, METH_VARARGS, "fill(what, array, missing): str objects into an array of objects"},
    {"list", table_list, METH_VARARGS, "list(what, missing) -> list of str"},
    {"id", table_id, METH_O, "id(row) -> str"},
    {"find_id", table_find_id, METH_O, "find_id(name) -> row or None"},
    {"find_position", table_find_position, METH_VARARGS, "find_position(contig, position) -> row or None"},
    {"reject", table_reject_row, METH_O, "reject(i) -> (line, reason, code, fault, rsid, chrom, pos, genotype)"},
    {"arrow_stream", table_arrow_stream, METH_NOARGS, "arrow_stream() -> capsule"},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot slots[] = {
    {Py_tp_doc, "Rows of an export. dtcgeno.Table is what programs use."},
    {Py_tp_dealloc, table_dealloc},
    {Py_tp_methods, methods},
    {Py_sq_length, table_length},
    {0, NULL},
};
PyType_Spec table_spec = {.name = "dtcgeno._native.Rows",
                          .basicsize = sizeof(table_object),
                          .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
                          .slots = slots};
