#include "python/native/column.h"

#include <stddef.h>
#include <string.h>

typedef struct column {
  PyObject ob_base;
  rows *rows;
  const char *name;
  const void *data;
  char *format;
  Py_ssize_t count, item_bytes;
} column;

static const struct {
  const char *name;
  size_t member;
  Py_ssize_t item_bytes;
} columns[] = {
    {"position", offsetof(dtc_calls, position), 4}, {"id_number", offsetof(dtc_calls, id_number), 4},
    {"id_kind", offsetof(dtc_calls, id_kind), 1},   {"contig", offsetof(dtc_calls, contig), 1},
    {"genotype", offsetof(dtc_calls, genotype), 1}, {"line", offsetof(dtc_calls, line), 4},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

PyObject *column_new(PyObject *type, rows *r, const char *name) {
  static const uint32_t nothing = 0; /* an empty buffer has an address, too */
  unsigned k = 0;
  while (k < COLUMNS && strcmp(columns[k].name, name) != 0)
    k++;
  if (k == COLUMNS) {
    PyErr_SetString(PyExc_KeyError, name);
    return NULL;
  }
  column *c = PyObject_New(column, (PyTypeObject *)type);
  if (!c)
    return NULL;
  const dtc_calls *calls = rows_calls(r);
  c->rows = rows_hold(r);
  c->name = columns[k].name;
  memcpy(&c->data, (const char *)calls + columns[k].member, sizeof c->data);
  c->count = (Py_ssize_t)calls->count;
  if (!c->count)
    c->data = &nothing;
  c->item_bytes = columns[k].item_bytes;
  c->format = c->item_bytes == 4 ? "I" : "B";
  return (PyObject *)c;
}

static void column_dealloc(PyObject *self) {
  PyTypeObject *type = Py_TYPE(self);
  rows_drop(((column *)self)->rows);
  PyObject_Free(self);
  Py_DECREF(type);
}

static int column_getbuffer(PyObject *self, Py_buffer *view, int flags) {
  column *c = (column *)self;
  if (flags & PyBUF_WRITABLE) {
    view->obj = NULL;
    PyErr_SetString(PyExc_BufferError, "columns are read-only: copy what you change");
    return -1;
  }
  *view = (Py_buffer){.buf = (void *)c->data,
                      .obj = Py_NewRef(self),
                      .len = c->count * c->item_bytes,
                      .itemsize = c->item_bytes,
                      .readonly = 1,
                      .ndim = 1,
                      .format = flags & PyBUF_FORMAT ? c->format : NULL,
                      .shape = flags & PyBUF_ND ? &c->count : NULL,
                      .strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? &c->item_bytes : NULL};
  return 0;
}

static Py_ssize_t column_length(PyObject *self) { return ((column *)self)->count; }

static PyObject *column_item(PyObject *self, Py_ssize_t i) {
  column *c = (column *)self;
  if (i < 0 || i >= c->count) {
    PyErr_SetString(PyExc_IndexError, "no such row");
    return NULL;
  }
  return PyLong_FromUnsignedLong(c->item_bytes == 4 ? ((const uint32_t *)c->data)[i] : ((const uint8_t *)c->data)[i]);
}

static PyObject *column_repr(PyObject *self) {
  column *c = (column *)self;
  return PyUnicode_FromFormat("<dtcgeno column %s: %zd of %s>", c->name, c->count,
                              c->item_bytes == 4 ? "uint32" : "uint8");
}

static PyType_Slot slots[] = {
    {Py_tp_doc, "One column of a table, read-only and without a copy: memoryview() and numpy.asarray() take it.\n\n"
                "It holds the rows: they stay as long as any column or view of one does."},
    {Py_tp_dealloc, column_dealloc},
    {Py_tp_repr, column_repr},
    {Py_sq_length, column_length},
    {Py_sq_item, column_item},
    {Py_bf_getbuffer, column_getbuffer},
    {0, NULL},
};
PyType_Spec column_spec = {.name = "dtcgeno._native.Column",
                           .basicsize = sizeof(column),
                           .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
                           .slots = slots};
