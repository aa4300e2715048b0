/* dtcgeno._native: libdtcgeno for the Python package around it. Whatever takes long releases the GIL. */
#include "python/native/module.h"

#include "python/native/arrow.h"
#include "python/native/column.h"
#include "python/native/request.h"
#include "python/native/table.h"
#include "python/native/text.h"
#include "python/native/verdict.h"

#include <string.h>

/* A parsed request and a new verdict, or 0 and an exception. */
static int begin(PyObject *arguments, request *r, dtc_verdict **verdict) {
  *verdict = NULL;
  if (request_parse(arguments, r)) {
    *verdict = dtc_verdict_new(NULL);
    if (*verdict)
      return 1;
    PyErr_NoMemory();
  }
  request_end(r);
  return 0;
}

static PyObject *end(request *r, dtc_verdict *verdict) {
  PyObject *dict = verdict_dict(verdict);
  dtc_verdict_free(verdict);
  request_end(r);
  return dict;
}

static void run_validate(const request *r, dtc_verdict *verdict) {
  if (r->bytes)
    dtc_validate_memory(r->data, (size_t)r->size, &r->options, verdict);
  else
    dtc_validate_fd(r->fd, &r->options, verdict);
}

static PyObject *native_validate(PyObject *module, PyObject *arguments) {
  (void)module;
  request r;
  dtc_verdict *verdict;
  if (!begin(arguments, &r, &verdict))
    return NULL;
  Py_BEGIN_ALLOW_THREADS run_validate(&r, verdict);
  Py_END_ALLOW_THREADS return end(&r, verdict);
}

/* The first bytes of a text. */
static PyObject *native_identify(PyObject *module, PyObject *arguments) {
  (void)module;
  request r;
  dtc_verdict *verdict;
  if (!begin(arguments, &r, &verdict))
    return NULL;
  Py_BEGIN_ALLOW_THREADS dtc_identify(r.data ? r.data : "", (size_t)r.size, &r.options, verdict);
  Py_END_ALLOW_THREADS return end(&r, verdict);
}

/* All of an archive, whose rows are left alone: reading stops behind the first, which is no fault then. */
static PyObject *native_identify_archive(PyObject *module, PyObject *arguments) {
  (void)module;
  request r;
  dtc_verdict *verdict;
  if (!begin(arguments, &r, &verdict))
    return NULL;
  r.options.limits.rows_max = 1;
  r.options.limits.rows_min = 0;
  Py_BEGIN_ALLOW_THREADS run_validate(&r, verdict);
  if (dtc_verdict_status(verdict) == DTC_TOO_MANY_ROWS)
    dtc_verdict_set_status(verdict, DTC_OK, NULL);
  Py_END_ALLOW_THREADS return end(&r, verdict);
}

static rows *run_load(const request *r, int sorted, dtc_verdict *verdict) {
  dtc_table *table = NULL;
  dtc_status status = r->bytes ? dtc_table_load_memory(r->data, (size_t)r->size, &r->options, &table, verdict)
                               : dtc_table_load_fd(r->fd, &r->options, &table, verdict);
  rows *loaded = NULL;
  if (status == DTC_OK && (!sorted || dtc_table_sort(table) == DTC_OK))
    loaded = rows_new(table);
  if (status == DTC_OK && !loaded) {
    dtc_table_free(table);
    dtc_verdict_set_status(verdict, DTC_OUT_OF_MEMORY, NULL);
  }
  return loaded;
}

static PyObject *native_load(PyObject *module, PyObject *arguments) {
  module_state *state = PyModule_GetState(module);
  PyObject *request_arguments, *table = NULL, *dict;
  int sorted;
  request r;
  dtc_verdict *verdict;
  if (!PyArg_ParseTuple(arguments, "O!p", &PyTuple_Type, &request_arguments, &sorted) ||
      !begin(request_arguments, &r, &verdict))
    return NULL;
  rows *loaded;
  Py_BEGIN_ALLOW_THREADS loaded = run_load(&r, sorted, verdict);
  Py_END_ALLOW_THREADS dict = end(&r, verdict);
  if (dict)
    table = loaded ? table_object_new(state->table_type, loaded) : Py_NewRef(Py_None);
  rows_drop(loaded);
  if (!table) {
    Py_XDECREF(dict);
    return NULL;
  }
  return Py_BuildValue("(NN)", table, dict);
}

static PyObject *native_version(PyObject *module, PyObject *nothing) {
  (void)module;
  (void)nothing;
  return PyUnicode_FromString(dtc_version());
}

static PyObject *native_chrom(PyObject *module, PyObject *label) {
  (void)module;
  unsigned long value = PyLong_AsUnsignedLong(label);
  if (value == (unsigned long)-1 && PyErr_Occurred())
    return NULL;
  return PyUnicode_FromString(text_chrom(value > 255 ? 0 : (unsigned)value));
}

static PyObject *native_contig(PyObject *module, PyObject *name) {
  (void)module;
  Py_ssize_t n;
  const char *text = PyUnicode_AsUTF8AndSize(name, &n);
  return text ? PyLong_FromUnsignedLong(dtc_contig_parse(text, (size_t)n)) : NULL;
}

static PyObject *native_genotype(PyObject *module, PyObject *code) {
  (void)module;
  char text[3];
  unsigned long value = PyLong_AsUnsignedLong(code);
  if (value == (unsigned long)-1 && PyErr_Occurred())
    return NULL;
  return PyUnicode_FromStringAndSize(text, (Py_ssize_t)text_genotype((uint8_t)value, text));
}

static PyObject *native_pars(PyObject *module, PyObject *name) {
  (void)module;
  const char *text = PyUnicode_AsUTF8AndSize(name, NULL);
  if (!text)
    return NULL;
  const dtc_assembly *a = dtc_assemblies_get(dtc_assemblies_builtin(), dtc_build_parse(text));
  if (!a)
    return PyTuple_New(0);
  return Py_BuildValue("((IIII)(IIII))", a->par[0].x_from, a->par[0].x_to, a->par[0].y_from, a->par[0].y_to,
                       a->par[1].x_from, a->par[1].x_to, a->par[1].y_from, a->par[1].y_to);
}

static PyObject *native_status_class(PyObject *module, PyObject *slug) {
  (void)module;
  const char *text = PyUnicode_AsUTF8AndSize(slug, NULL);
  unsigned status = DTC_OK;
  if (!text)
    return NULL;
  while (status < dtc_status_count() && strcmp(dtc_status_slug((dtc_status)status), text) != 0)
    status++;
  return PyLong_FromLong(dtc_status_class((dtc_status)status)); /* of none: DTC_INTERNAL's */
}

static PyObject *native_arrow_schema(PyObject *module, PyObject *nothing) {
  (void)module;
  (void)nothing;
  return arrow_schema_capsule();
}

static PyMethodDef functions[] = {
    {"validate", native_validate, METH_VARARGS, "validate(source, ...) -> dict"},
    {"identify", native_identify, METH_VARARGS, "identify(source, ...) -> dict"},
    {"identify_archive", native_identify_archive, METH_VARARGS, "identify_archive(source, ...) -> dict"},
    {"load", native_load, METH_VARARGS, "load((source, ...), sorted) -> (Rows or None, dict)"},
    {"version", native_version, METH_NOARGS, "version() -> str: the library's"},
    {"chrom", native_chrom, METH_O, "chrom(label) -> str"},
    {"contig", native_contig, METH_O, "contig(name) -> int, 0 for no contig"},
    {"genotype", native_genotype, METH_O, "genotype(code) -> str, empty for a no-call"},
    {"pars", native_pars, METH_O, "pars(build) -> ((x_from, x_to, y_from, y_to), ...)"},
    {"status_class", native_status_class, METH_O, "status_class(code) -> int: dtc_class"},
    {"arrow_schema", native_arrow_schema, METH_NOARGS, "arrow_schema() -> capsule"},
    {NULL, NULL, 0, NULL},
};

static int execute(PyObject *module) {
  module_state *state = PyModule_GetState(module);
  state->table_type = PyType_FromModuleAndSpec(module, &table_spec, NULL);
  state->column_type = state->table_type ? PyType_FromModuleAndSpec(module, &column_spec, NULL) : NULL;
  if (!state->column_type || PyModule_AddType(module, (PyTypeObject *)state->table_type) != 0 ||
      PyModule_AddType(module, (PyTypeObject *)state->column_type) != 0)
    return -1;
  return 0;
}

static int traverse(PyObject *module, visitproc visit, void *arg) {
  module_state *state = PyModule_GetState(module);
  Py_VISIT(state->table_type);
  Py_VISIT(state->column_type);
  return 0;
}

static int clear(PyObject *module) {
  module_state *state = PyModule_GetState(module);
  Py_CLEAR(state->table_type);
  Py_CLEAR(state->column_type);
  return 0;
}

/* Python 3.12 asks whether an interpreter with a GIL of its own may have the module, by a slot that 3.11 does not know:
 * its number and value are those of 3.12's moduleobject.h. It may: nothing is shared. */
enum { SLOT_MULTIPLE_INTERPRETERS = 3, PER_INTERPRETER_GIL = 2 };
static PyModuleDef_Slot slots_3_11[] = {{Py_mod_exec, execute}, {0, NULL}};
static PyModuleDef_Slot slots_3_12[] = {
    {Py_mod_exec, execute}, {SLOT_MULTIPLE_INTERPRETERS, (void *)PER_INTERPRETER_GIL}, {0, NULL}};
#define DEFINITION(slots)                                                                                              \
  {                                                                                                                    \
    .m_base = PyModuleDef_HEAD_INIT, .m_name = "dtcgeno._native", .m_doc = "libdtcgeno; use the package dtcgeno",      \
    .m_size = sizeof(module_state), .m_methods = functions, .m_slots = slots, .m_traverse = traverse, .m_clear = clear \
  }
static PyModuleDef definition_3_11 = DEFINITION(slots_3_11), definition_3_12 = DEFINITION(slots_3_12);

PyMODINIT_FUNC PyInit__native(void);
PyMODINIT_FUNC PyInit__native(void) {
  return PyModuleDef_Init(Py_Version >= 0x030c0000 ? &definition_3_12 : &definition_3_11);
}
