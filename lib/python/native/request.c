#include "python/native/request.h"

static int take_limit(PyObject *value, uint64_t *limit) {
  if (value == Py_None)
    return 1;
  unsigned long long number = PyLong_AsUnsignedLongLong(value);
  if (number == (unsigned long long)-1 && PyErr_Occurred())
    return 0;
  *limit = number;
  return 1;
}

static int take_source(PyObject *source, request *out) {
  char *data;
  if (PyBytes_Check(source)) {
    if (PyBytes_AsStringAndSize(source, &data, &out->size) != 0)
      return 0;
    Py_INCREF(source);
    out->bytes = source;
    out->data = data;
    return 1;
  }
  long fd = PyLong_AsLong(source);
  if (fd == -1 && PyErr_Occurred())
    return 0;
  if (fd < 0 || fd > INT_MAX) {
    PyErr_SetString(PyExc_ValueError, "this is no file descriptor");
    return 0;
  }
  out->fd = (int)fd;
  return 1;
}

int request_parse(PyObject *arguments, request *out) {
  PyObject *source, *max_size, *max_unpacked, *max_rows, *min_rows;
  int policy, container, strict, fast;
  *out = (request){.fd = -1};
  if (!PyArg_ParseTuple(arguments, "OiiiiOOOO", &source, &policy, &container, &strict, &fast, &max_size, &max_unpacked,
                        &max_rows, &min_rows))
    return 0;
  dtc_options_init(&out->options, policy ? DTC_POLICY_REJECT : DTC_POLICY_REFUSE);
  out->options.container = container ? DTC_CONTAINER_ANY : DTC_CONTAINER_ZIP;
  out->options.strictness = strict ? DTC_STRICT : DTC_FRIENDLY;
  out->options.engine = fast ? DTC_ENGINE_FAST : DTC_ENGINE_ZLIB;
  dtc_limits *limits = &out->options.limits;
  return take_limit(max_size, &limits->file_bytes) && take_limit(max_unpacked, &limits->unpacked_bytes) &&
         take_limit(max_rows, &limits->rows_max) && take_limit(min_rows, &limits->rows_min) && take_source(source, out);
}

void request_end(request *r) { Py_CLEAR(r->bytes); }
