#include "common/fault.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int fault_keep(fault *f, int exit_status, const char *format, ...) {
  if (f->exit_status != EXIT_WRITTEN)
    return f->exit_status;
  f->exit_status = exit_status;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(f->message, sizeof f->message, format, arguments);
  va_end(arguments);
  return exit_status;
}

int fault_system(fault *f, const char *path, const char *what) {
  int saved = errno;
  char text[128];
  /* the GNU variant: it may return a static text and leave the buffer alone */
  const char *reason = strerror_r(saved, text, sizeof text);
  return fault_set(f, EXIT_TROUBLE, "%s: %s: %s", path, what, reason);
}
