/* genotype-validate: may this upload be accepted? */
#include "config.h"

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

/* The exit status for one file. */
static int validate(const validate_options *options, const char *file) {
  dtc_verdict verdict;
  dtc_status status = strcmp(file, "-") == 0 ? dtc_validate_fd(STDIN_FILENO, &options->library, &verdict)
                                             : dtc_validate_path(file, &options->library, &verdict);
  int code = exit_of(status);
  if (code == EXIT_TROUBLE)
    complain(file, &verdict);
  int printed = 0;
  if (options->json) {
    printed = report_json(stdout, file, &verdict, options->explain);
  } else if (code != EXIT_TROUBLE) {
    printed = report_line(stdout, file, &verdict);
    if (printed == 0 && options->explain)
      printed = report_explanation(stdout, &verdict);
  }
  if (printed != 0) {
    fputs("genotype-validate: out of memory\n", stderr);
    return EXIT_TROUBLE;
  }
  return code;
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
    for (int i = 0; i < options.file_count; i++) {
      int code = validate(&options, options.files[i]);
      worst = code > worst ? code : worst;
      /* A reader of our output sees each verdict when it is there. */
      if (fflush(stdout) != 0)
        break;
    }
    break;
  }
  int written = finish_output();
  return written > worst ? written : worst;
}
