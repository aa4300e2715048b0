#include "base/diag.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

dtc_status diag_set(dtc_diag *diag, dtc_status status, place at, const char *format, ...) {
  if (!diag || diag->status != DTC_OK)
    return status;
  diag->status = status;
  diag->line = at.line;
  diag->column = at.column;
  diag->byte = at.byte;
  diag->system_errno = 0;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(diag->expected, sizeof diag->expected, format, arguments);
  va_end(arguments);
  return status;
}

dtc_status diag_pass(dtc_diag *diag, const dtc_diag *from) {
  if (diag && diag->status == DTC_OK)
    *diag = *from;
  return from->status;
}

dtc_status diag_system(dtc_diag *diag, dtc_status status, const char *what) {
  int saved = errno;
  int empty = diag && diag->status == DTC_OK;
  diag_set(diag, status, (place){0, 0, 0}, "%s failed", what);
  if (empty)
    diag->system_errno = saved;
  return status;
}
