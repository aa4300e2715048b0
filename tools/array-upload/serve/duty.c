/* duty.c - one duty alone: `array-upload httpd`, `checkd`, `worker`, `hookd`. */
#include <config.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "array-upload/serve/options.h"
#include "array-upload/service.h"
#include "array-upload/util/log.h"

static const struct {
  const char *name;
  int (*run)(struct service *s, int ready_fd);
} duties[] = {{"httpd", httpd_run}, {"checkd", checkd_run}, {"worker", worker_run}, {"hookd", hookd_run}};

/* <data>/run/<duty>.pid, for the operator and the tests; nothing depends on it. */
static void pid_write(const struct service *s, const char *duty) {
  char path[4300], text[24];
  snprintf(path, sizeof path, "%s/run/%s.pid", s->config.data, duty);
  int n = snprintf(text, sizeof text, "%ld\n", (long)getpid());
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0 || write(fd, text, (size_t)n) != n)
    log_event("duty.no_pid_file", "");
  if (fd >= 0)
    close(fd);
}

int duty_main(int argc, char **argv) {
  struct options o;
  struct service s;
  char error[600] = "";
  size_t k = 0, n = sizeof duties / sizeof *duties;
  while (k < n && strcmp(duties[k].name, argv[0]) != 0)
    k++;
  if (k == n) {
    fprintf(stderr, "array-upload: there is no duty \"%s\"\n", argv[0]);
    return 2;
  }
  int result = options_read(&o, argc, argv);
  if (result != -1)
    return result;
  umask(077);
  log_start(duties[k].name);
  service_signals();
  if (service_open(&s, &o.config, error, sizeof error) != 0) {
    fprintf(stderr, "array-upload %s: %s\n", argv[0], error);
    config_free(&o.config);
    return 3;
  }
  pid_write(&s, duties[k].name);
  result = duties[k].run(&s, o.ready_fd);
  service_close(&s);
  return result;
}
