#include "common/fault.h"

#include <errno.h>
#include <getopt.h>
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

int fault_option(fault *f, int complaint, char **argv) {
  /* getopt leaves optind behind a long option and on the word of a short one that is not its last letter */
  const char *word = optopt > 0 && optopt < 256 ? NULL : argv[optind - 1];
  if (complaint == ':' && word)
    return fault_set(f, EXIT_USAGE, "%s: a value is missing", word);
  if (complaint == ':')
    return fault_set(f, EXIT_USAGE, "-%c: a value is missing", optopt);
  if (word)
    return fault_set(f, EXIT_USAGE, "unknown option %s", word);
  return fault_set(f, EXIT_USAGE, "unknown option -%c", optopt);
}

void fault_say(const fault *f, const char *program) { fprintf(stderr, "%s: %s\n", program, f->message); }

void fault_say_usage(const fault *f, const char *program) {
  fprintf(stderr, "%s: %s (see %s --help)\n", program, f->message, program);
}
