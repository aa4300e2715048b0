/* genotype-validate: may this upload be accepted? */
#include "config.h"

#include "common/sandbox.h"
#include "genotype-validate/input.h"
#include "genotype-validate/options.h"
#include "genotype-validate/report.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_ACCEPTED = EXIT_WRITTEN };
enum { CPU_SECONDS = 60 }; /* the largest file within the limits takes less than one */

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
  fprintf(stderr, ": %s", dtc_status_text(dtc_verdict_status(verdict)));
  if (dtc_verdict_diag(verdict)->system_errno)
    fprintf(stderr, ": %s", strerror(dtc_verdict_diag(verdict)->system_errno));
  fputs("\n", stderr);
}

static dtc_status verdict_of(const validate_options *options, const input *in, dtc_verdict *verdict) {
  if (in->fd >= 0)
    return dtc_validate_fd(in->fd, &options->library, verdict);
  dtc_diag diag = {.system_errno = in->system_errno};
  dtc_verdict_set_status(verdict, DTC_IO_OPEN, &diag);
  return DTC_IO_OPEN;
}

/* The exit status for one file. */
static int validate(const validate_options *options, const input *in) {
  dtc_verdict *verdict = dtc_verdict_new(NULL);
  int code = verdict ? exit_of(verdict_of(options, in, verdict)) : EXIT_TROUBLE;
  if (code == EXIT_TROUBLE)
    complain(in->name, verdict);
  int printed = 0;
  if (options->json) {
    printed = report_json(stdout, in->name, verdict, options->explain);
  } else if (code != EXIT_TROUBLE) {
    printed = report_line(stdout, in->name, verdict);
    if (printed == 0 && options->explain)
      report_explanation(stdout, verdict);
  }
  dtc_verdict_free(verdict);
  if (printed != 0) {
    fputs("genotype-validate: out of memory\n", stderr);
    return EXIT_TROUBLE;
  }
  return code;
}

/* Gives up everything but reading the one input and writing the verdict. What the kernel lacks for it is said once, at
 * the first. */
static void confine(const validate_options *options, int is_first) {
  if (options->no_sandbox || !sandbox_possible())
    return;
  sandbox_plan plan = {{STDOUT_FILENO, STDERR_FILENO, -1}, 0, CPU_SECONDS};
  unsigned parts = sandbox_enter(&plan);
  if (parts != SANDBOX_ALL && is_first)
    fprintf(stderr, "genotype-validate: the sandbox lacks %s here\n", sandbox_missing(parts));
}

static int validate_confined(const validate_options *options, input *in, int is_first) {
  confine(options, is_first);
  return validate(options, in);
}

/* Takes errno, which is 0 where it is not known any more. */
static void complain_output(void) {
  const char *why = errno == EPIPE ? "its reader closed it before all was written" : errno ? strerror(errno) : "";
  fprintf(stderr, "genotype-validate: cannot write to standard output%s%s\n", why[0] ? ": " : "", why);
}

/* The exit status of a child whose verdict could not be written, which it has said. */
enum { EXIT_UNWRITTEN = EXIT_TROUBLE + 1 };

static int validate_in_child(const validate_options *options, input *in, int is_first) {
  int code = validate_confined(options, in, is_first), failed = ferror(stdout);
  errno = 0;
  if (fflush(stdout) == 0 && !failed)
    return code;
  complain_output();
  return EXIT_UNWRITTEN;
}

static void complain_process(const char *file, const char *what, int signal) {
  fputs("genotype-validate: ", stderr);
  report_name(stderr, file);
  fprintf(stderr, signal ? ": %s %d\n" : ": %s\n", what, signal);
}

/* One of several: in a process of its own, so that a parser that was taken over by one file has no hold on the others'.
 */
static int validate_apart(const validate_options *options, input *in, int is_first) {
  if (fflush(stdout) != 0)
    return EXIT_TROUBLE;
  pid_t child = fork();
  if (child == 0)
    _exit(validate_in_child(options, in, is_first));
  int status, waited;
  do
    waited = child < 0 ? -1 : waitpid(child, &status, 0);
  while (waited < 0 && child >= 0 && errno == EINTR);
  if (waited < 0) {
    complain_process(in->name, strerror(errno), 0);
    return EXIT_TROUBLE;
  }
  if (WIFEXITED(status))
    return WEXITSTATUS(status);
  complain_process(in->name, "its process ended by signal", WTERMSIG(status));
  return EXIT_TROUBLE;
}

/* Validates all files and returns the worst exit status. */
static int validate_all(const validate_options *options) {
  int worst = EXIT_ACCEPTED;
  for (size_t i = 0; i < options->file_count; i++) {
    input in = input_open(options->files[i]);
    int code = options->file_count == 1 ? validate_confined(options, &in, 1) : validate_apart(options, &in, i == 0);
    input_close(&in);
    if (code == EXIT_UNWRITTEN)
      return EXIT_TROUBLE;
    worst = code > worst ? code : worst;
  }
  return worst;
}

/* Standard output must be whole: what is still buffered, and what the system tells only when it is closed. */
static int finish_output(void) {
  int failed = ferror(stdout);
  errno = 0;
  if (fclose(stdout) != 0 || failed) {
    complain_output();
    return EXIT_TROUBLE;
  }
  return EXIT_ACCEPTED;
}

int main(int argc, char **argv) {
  validate_options options;
  fault f = {0};
  signal(SIGPIPE, SIG_IGN); /* a reader that went away and a limit on files are writes that fail, which is told */
  signal(SIGXFSZ, SIG_IGN);
  int go = options_read(argc, argv, &options, &f);
  if (go < 0) {
    fault_say_usage(&f, "genotype-validate");
    return EXIT_USAGE;
  }
  int worst = go ? validate_all(&options) : EXIT_ACCEPTED;
  int written = finish_output();
  return written > worst ? written : worst;
}
