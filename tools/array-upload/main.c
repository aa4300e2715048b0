/* array-upload: one program; the first word says what it is now. */
#include <stdio.h>
#include <string.h>

#include "array-upload/service.h"

static const char usage[] =
    "usage: array-upload COMMAND [options]\n"
    "\n"
    "  serve     all processes on this machine:\n"
    "            [--data DIR] [--listen ADDRESS:PORT] [--public-url URL] [--config FILE] [--allow-loopback-webhooks]\n"
    "  httpd     the HTTP side alone                checkd    the checks of uploads alone\n"
    "  worker    the analysis and retention alone   hookd     the webhooks alone\n"
    "  admin     bootstrap, project, user, role, key, subscription, signing-key, keys, migrate, doctor\n"
    "\n"
    "  -h, --help   this text          -V, --version   the version\n"
    "\n"
    "array-upload COMMAND --help says more.\n";

static const struct {
  const char *name;
  int (*run)(int argc, char **argv);
} commands[] = {{"serve", serve_main}, {"httpd", duty_main}, {"checkd", duty_main},
                {"worker", duty_main}, {"hookd", duty_main}, {"admin", admin_main}};

int main(int argc, char **argv) {
  if (argc < 2) {
    fputs(usage, stderr);
    return 2;
  }
  if (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0)
    return fputs(usage, stdout) < 0 || fflush(stdout) != 0 ? 3 : 0;
  if (strcmp(argv[1], "-V") == 0 || strcmp(argv[1], "--version") == 0)
    return printf("array-upload %s\n", DTC_VERSION) < 0 || fflush(stdout) != 0 ? 3 : 0;
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
    if (strcmp(commands[i].name, argv[1]) == 0)
      return commands[i].run(argc - 1, argv + 1);
  fprintf(stderr, "array-upload: there is no command \"%s\"\n", argv[1]);
  return 2;
}
