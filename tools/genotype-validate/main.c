/* genotype-validate: may this upload be accepted? */
#include "config.h"

#include "common/sandbox.h"
#include "genotype-validate/input.h"
#include "genotype-validate/options.h"
#include "genotype-validate/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_ACCEPTED = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2, EXIT_TROUBLE = 3 };

static int exit_of(dtc_status status) {
  switch (dtc_status_class(status)) {
  case DTC_CLASS_OK:
    return EXIT_ACCEPTED;
  case DTC_CLASS_INPUT:
  case DTC_CLASS_LIMIT:
    return EXIT_REFUSED;
  case DTC_CLASS_IO:
  case DTC_CLASS_INTERNAL:
    break;
  }
  return EXIT_TROUBLE;
}

/* Trouble is no verdict: it goes to standard error. */
static void complain(const char *file, const dtc_verdict *verdict) {
  fputs("genotype-validate: ", stderr);
  report_name(stderr, file);
  fprintf(stderr, ": %s", dtc_status_text(verdict->status));
  if (verdict->diag.system_errno)
    fprintf(stderr, ": %s", strerror(verdict->diag.system_errno));
  fputs("\n", stderr);
}

static dtc_status verdict_of(const validate_options *options, const input *in, dtc_verdict *verdict) {
  if (in->fd >= 0)
    return dtc_validate_fd(in->fd, &options->library, verdict);
  *verdict = (dtc_verdict){.status = DTC_IO_OPEN, .x_het_share = -1, .y_call_share = -1};
  verdict->diag.status = DTC_IO_OPEN;
  verdict->diag.system_errno = in->system_errno;
  return DTC_IO_OPEN;
}

/* The exit status for one file. */
static int validate(const validate_options *options, const input *in) {
  dtc_verdict verdict;
  int code = exit_of(verdict_of(options, in, &verdict));
  if (code == EXIT_TROUBLE)
    complain(in->name, &verdict);
  int printed = 0;
  if (options->json) {
    printed = report_json(stdout, in->name, &verdict, options->explain);
  } else if (code != EXIT_TROUBLE) {
    printed = report_line(stdout, in->name, &verdict);
    if (printed == 0 && options->explain)
      report_explanation(stdout, &verdict);
  }
  if (printed != 0) {
    fputs("genotype-validate: out of memory\n", stderr);
    return EXIT_TROUBLE;
  }
  return code;
}

/* Coverage is written to a file at the end, sanitizers look at their own process: both need what the sandbox takes. */
extern void __gcov_init(void *) __attribute__((weak));
extern int __llvm_profile_runtime __attribute__((weak));
extern void __asan_init(void) __attribute__((weak));
extern void __tsan_init(void) __attribute__((weak));

static int can_be_sandboxed(void) { return !__gcov_init && !&__llvm_profile_runtime && !__asan_init && !__tsan_init; }

/* Validates all files and returns the worst exit status. A few files, an upload server's case, are opened before the first
 * byte is read, so that nothing but they can be reached from then on. */
static int validate_all(const validate_options *options) {
  enum { OPENED_AT_ONCE = 64 };
  input inputs[OPENED_AT_ONCE];
  int together = options->file_count <= OPENED_AT_ONCE;
  for (int i = 0; together && i < options->file_count; i++)
    inputs[i] = input_open(options->files[i]);
  if (together && can_be_sandboxed()) {
    sandbox_plan plan = {{STDOUT_FILENO, STDERR_FILENO, -1}, 0, 0};
    (void)sandbox_enter(&plan); /* where the kernel has no such thing, the parsers stand alone */
  }
  int worst = EXIT_ACCEPTED;
  for (int i = 0; i < options->file_count; i++) {
    input in = together ? inputs[i] : input_open(options->files[i]);
    int code = validate(options, &in);
    input_close(&in);
    worst = code > worst ? code : worst;
    /* A reader of our output sees each verdict when it is there. */
    if (fflush(stdout) != 0)
      break;
  }
  return worst;
}

/* Standard output must be whole: what is still buffered, and what the system tells only when it is closed. */
static int finish_output(void) {
  int failed = ferror(stdout);
  errno = 0;
  if (fclose(stdout) != 0 || failed) {
    fprintf(stderr, "genotype-validate: cannot write to standard output%s%s\n", errno ? ": " : "",
            errno ? strerror(errno) : "");
    return EXIT_TROUBLE;
  }
  return EXIT_ACCEPTED;
}

int main(int argc, char **argv) {
  validate_options options;
  int worst = EXIT_ACCEPTED;
  switch (options_read(argc, argv, &options)) {
  case OPTIONS_WRONG:
    return EXIT_USAGE;
  case OPTIONS_DONE:
    break;
  case OPTIONS_RUN:
    worst = validate_all(&options);
    break;
  }
  int written = finish_output();
  return written > worst ? written : worst;
}
