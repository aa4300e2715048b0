/* array-upload: one program; the first word says what it is now. */
#include <stdio.h>
#include <string.h>

#include "array-upload/service.h"

static const char help[] = "Usage: array-upload serve [OPTION]...\n"
                           "       array-upload httpd|checkd|worker|hookd [OPTION]...\n"
                           "       array-upload admin COMMAND [VERB] [ID] [OPTION]...\n"
                           "\n"
                           "An upload service for raw genotype exports: links by API, a page to upload to,\n"
                           "checks, conversion, results by webhook or by GET.\n"
                           "\n"
                           "  serve           all processes on this machine\n"
                           "  httpd           the HTTP side alone\n"
                           "  checkd          the checks of uploads alone\n"
                           "  worker          the analysis and retention alone\n"
                           "  hookd           the webhooks alone\n"
                           "  admin           the operator's commands: the first key, users, keys, doctor...\n"
                           "\n"
                           "  -h, --help      this help; array-upload COMMAND --help says more\n"
                           "  -V, --version   the version\n"
                           "\n"
                           "Example: array-upload serve --public-url https://upload.example.org\n"
                           "\n"
                           "Exit status: 0 ended as it was asked to; 2 wrong usage; 3 it could not start.\n";

static int wrong_usage(const char *what, const char *word) {
  fprintf(stderr, "array-upload: %s%s (see array-upload --help)\n", what, word);
  return 2;
}

static const struct {
  const char *name;
  int (*run)(int argc, char **argv);
} commands[] = {{"serve", serve_main}, {"httpd", duty_main}, {"checkd", duty_main},
                {"worker", duty_main}, {"hookd", duty_main}, {"admin", admin_main}};

int main(int argc, char **argv) {
  if (argc < 2)
    return wrong_usage("a command is missing", "");
  if (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0)
    return fputs(help, stdout) < 0 || fflush(stdout) != 0 ? 3 : 0;
  if (strcmp(argv[1], "-V") == 0 || strcmp(argv[1], "--version") == 0)
    return printf("array-upload %s\n", DTC_VERSION) < 0 || fflush(stdout) != 0 ? 3 : 0;
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
    if (strcmp(commands[i].name, argv[1]) == 0)
      return commands[i].run(argc - 1, argv + 1);
  return wrong_usage(argv[1][0] == '-' ? "unknown option " : "no such command: ", argv[1]);
}
