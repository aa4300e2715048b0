#include "python/native/verdict.h"

typedef size_t (*writer)(const dtc_verdict *verdict, char *text, size_t size_bytes);

static PyObject *whole_text(writer write, const dtc_verdict *verdict) {
  size_t n = write(verdict, NULL, 0);
  char *text = PyMem_Malloc(n + 1);
  if (!text)
    return PyErr_NoMemory();
  write(verdict, text, n + 1);
  PyObject *out = PyUnicode_DecodeUTF8(text, (Py_ssize_t)n, "replace");
  PyMem_Free(text);
  return out;
}

PyObject *verdict_dict(const dtc_verdict *verdict) {
  dtc_status status = dtc_verdict_status(verdict);
  const dtc_diag *diag = dtc_verdict_diag(verdict);
  PyObject *json = whole_text(dtc_verdict_json, verdict), *line = json ? whole_text(dtc_verdict_line, verdict) : NULL;
  if (!line) {
    Py_XDECREF(json);
    return NULL;
  }
  return Py_BuildValue("{s:i,s:s,s:s,s:s,s:s,s:K,s:K,s:K,s:i,s:K,s:K,s:K,s:s,s:N,s:N}", /* N: takes the reference */
                       "class", (int)dtc_status_class(status), "code", dtc_status_slug(status), "reason",
                       dtc_reason_slug(dtc_status_reason(status)), "fault", dtc_status_text(status), "expectation",
                       diag->expected, "line", (unsigned long long)diag->line, "column",
                       (unsigned long long)diag->column, "byte", (unsigned long long)diag->byte, "errno",
                       diag->system_errno, "file_bytes", (unsigned long long)dtc_verdict_file_bytes(verdict),
                       "unpacked_bytes", (unsigned long long)dtc_verdict_unpacked_bytes(verdict), "rejected",
                       (unsigned long long)dtc_verdict_rejected(verdict), "vendor_title",
                       dtc_verdict_vendor_title(verdict), "json", json, "summary", line);
}
