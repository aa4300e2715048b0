#include "python/native/text.h"

#include <string.h>

const char *text_chrom(unsigned label) {
  return label == DTC_LABEL_PAR_ON_Y ? "PAR" : dtc_contig_name(label); /* the word of the frames that exist */
}

unsigned text_genotype(uint8_t genotype, char *text) {
  unsigned n = 0;
  if (!DTC_GENOTYPE_IS_NO_CALL(genotype)) {
    text[n++] = dtc_allele_letter(DTC_GENOTYPE_FIRST(genotype));
    if (DTC_GENOTYPE_SECOND(genotype) != DTC_ALLELE_NONE)
      text[n++] = dtc_allele_letter(DTC_GENOTYPE_SECOND(genotype));
  }
  text[n] = '\0';
  return n;
}

/* Where the objects go: slots of an array, or a list. */
typedef struct target {
  PyObject **slots;
  PyObject *list;
} target;

/* Takes the reference; NULL is a failure that was before. */
static int put(const target *t, Py_ssize_t i, PyObject *item) {
  if (!item)
    return 0;
  if (t->list)
    return PyList_SetItem(t->list, i, item) == 0;
  PyObject *before = t->slots[i];
  t->slots[i] = item;
  Py_XDECREF(before);
  return 1;
}

static PyObject *chrom_object(unsigned code, PyObject *missing) {
  (void)missing;
  return PyUnicode_InternFromString(text_chrom(code));
}

static PyObject *genotype_object(unsigned code, PyObject *missing) {
  char text[3];
  return text_genotype((uint8_t)code, text) ? PyUnicode_InternFromString(text) : Py_NewRef(missing);
}

static int fill_codes(const target *t, const uint8_t *codes, Py_ssize_t count,
                      PyObject *(*object)(unsigned code, PyObject *missing), PyObject *missing) {
  PyObject *known[256] = {NULL};
  int ok = 1;
  for (Py_ssize_t i = 0; ok && i < count; i++) {
    PyObject **one = &known[codes[i]];
    if (!*one)
      *one = object(codes[i], missing);
    ok = put(t, i, Py_XNewRef(*one));
  }
  for (unsigned k = 0; k < 256; k++)
    Py_XDECREF(known[k]);
  return ok;
}

static int fill_names(const target *t, const dtc_calls *calls) {
  char text[DTC_ID_TEXT_MAX + 1];
  int ok = 1;
  for (size_t i = 0; ok && i < calls->count; i++) {
    size_t n = dtc_calls_id(calls, i, text);
    ok = put(t, (Py_ssize_t)i, PyUnicode_DecodeUTF8(text, (Py_ssize_t)n, "replace"));
  }
  return ok;
}

static int fill(const dtc_calls *calls, const char *what, const target *t, PyObject *missing) {
  if (strcmp(what, "rsid") == 0)
    return fill_names(t, calls);
  if (strcmp(what, "chrom") == 0)
    return fill_codes(t, calls->contig, (Py_ssize_t)calls->count, chrom_object, missing);
  if (strcmp(what, "genotype") == 0)
    return fill_codes(t, calls->genotype, (Py_ssize_t)calls->count, genotype_object, missing);
  PyErr_SetString(PyExc_KeyError, what);
  return 0;
}

PyObject *text_fill(const dtc_calls *calls, const char *what, PyObject *array, PyObject *missing) {
  Py_buffer view;
  if (PyObject_GetBuffer(array, &view, PyBUF_WRITABLE | PyBUF_C_CONTIGUOUS | PyBUF_FORMAT) != 0)
    return NULL;
  int ok = view.format && strcmp(view.format, "O") == 0 && view.itemsize == (Py_ssize_t)sizeof(PyObject *) &&
           (size_t)view.len == calls->count * sizeof(PyObject *);
  if (ok)
    ok = fill(calls, what, &(target){.slots = view.buf}, missing);
  else
    PyErr_SetString(PyExc_ValueError, "expected a contiguous array of objects, as many as there are rows");
  PyBuffer_Release(&view);
  return ok ? Py_NewRef(Py_None) : NULL;
}

PyObject *text_list(const dtc_calls *calls, const char *what, PyObject *missing) {
  PyObject *list = PyList_New((Py_ssize_t)calls->count);
  if (list && !fill(calls, what, &(target){.list = list}, missing))
    Py_CLEAR(list);
  return list;
}
