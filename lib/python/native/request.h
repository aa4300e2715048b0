/* request.h - what a function of the module was asked: a source and the library's options. */
#ifndef DTC_PYTHON_REQUEST_H
#define DTC_PYTHON_REQUEST_H

#include "python/native/module.h"

/* Either bytes or a descriptor. The bytes are a bytes object, which nobody changes, and whose reference this has. */
typedef struct request {
  dtc_options options;
  PyObject *bytes; /* NULL: fd */
  const char *data;
  Py_ssize_t size;
  int fd;
} request;

/* (source, policy, container, strict, fast, max_size, max_unpacked, max_rows, min_rows): source is bytes or an int, a
 * limit an int or None. 0 and an exception, or 1: then request_end() follows. */
int request_parse(PyObject *arguments, request *out);
void request_end(request *r);

#endif
