/* serve.c - all duties on one machine. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "array-upload/serve/options.h"
#include "array-upload/serve/supervisor.h"
#include "array-upload/service.h"
#include "array-upload/util/clock.h"
#include "array-upload/util/log.h"

enum { CHECKD, WORKER, HOOKD, HTTPD, PROCESSES, READY_MS = 60000, STOP_S = 30, LAST_S = 8, OUTPUT_MAX = 8192 };

/* In the order they start: nobody may send work to a duty that is not there. */
static const char *const duties[PROCESSES] = {"checkd", "worker", "hookd", "httpd"};

static void sleep_ms(int ms) {
  struct timespec t = {.tv_nsec = ms * 1000000L};
  nanosleep(&t, NULL);
}

/* One `serve` a data folder; the lock ends with the process. 0 or -1. */
static int folder_lock(const char *data) {
  char path[4300];
  snprintf(path, sizeof path, "%s/run/serve.lock", data);
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
    return 0;
  fprintf(stderr, "array-upload: %s: %s\n", data,
          errno == EWOULDBLOCK ? "another serve uses this folder" : strerror(errno));
  if (fd >= 0)
    close(fd);
  return -1;
}

/* ---- the first start ---- */

/* Runs `array-upload admin bootstrap --json` on this data folder; its output in `out`. 0 or -1. */
static int bootstrap_run(const char *data, const char *config, char out[OUTPUT_MAX]) {
  int fds[2], status = 0;
  if (pipe2(fds, O_CLOEXEC) != 0)
    return -1;
  pid_t pid = fork();
  if (pid == 0) {
    if (dup2(fds[1], STDOUT_FILENO) >= 0)
      execl("/proc/self/exe", "array-upload", "admin", "bootstrap", "--json", "--data", data,
            config ? "--config" : NULL, config, NULL);
    _exit(127);
  }
  close(fds[1]);
  size_t have = 0;
  ssize_t n = 1;
  while (pid > 0 && have < OUTPUT_MAX - 1 && (n = read(fds[0], out + have, OUTPUT_MAX - 1 - have)) > 0)
    have += (size_t)n;
  out[have] = '\0';
  close(fds[0]);
  return pid > 0 && n == 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

static const char *word_of(const json_t *object, const char *key) {
  const json_t *value = json_object_get(object, key);
  const char *text = json_is_object(value) ? json_string_value(json_object_get(value, "id")) : json_string_value(value);
  return text ? text : "?";
}

/* A key that is printed into the null device, as by our systemd unit, is in force and nobody has it: then the first
 * project waits for `admin bootstrap`. */
static int output_is_read(void) {
  struct stat output, null;
  return fstat(STDOUT_FILENO, &output) == 0 &&
         (stat("/dev/null", &null) != 0 || !S_ISCHR(output.st_mode) || output.st_rdev != null.st_rdev);
}

/* Prints the project and the key: this once, on standard output, never in the log. 0 or -1. */
static int bootstrap_tell(const char *data, const char *config) {
  char text[OUTPUT_MAX];
  json_error_t error;
  json_t *object = bootstrap_run(data, config, text) == 0 ? json_loads(text, 0, &error) : NULL;
  explicit_bzero(text, sizeof text);
  if (!object) {
    fprintf(stderr, "array-upload: the first project could not be made: array-upload admin bootstrap says why\n");
    return -1;
  }
  printf("first start: project %s\n", word_of(object, "project"));
  if (json_is_string(json_object_get(object, "api_key"))) /* else another machine was faster, and has said it */
    printf("first start: API key %s (shown once; another: array-upload admin key)\n", word_of(object, "api_key"));
  fflush(stdout);
  json_decref(object);
  return 0;
}

/* Makes folder and tables. 0 and *first, or -1 with everything said. */
static int prepare(struct config *config, char data[4096], int *first) {
  struct service s;
  struct arena a = {0};
  struct organization *list;
  size_t n = 0;
  char error[600] = "";
  snprintf(data, 4096, "%s", config->data);
  if (service_open(&s, config, error, sizeof error) != 0) {
    fprintf(stderr, "array-upload: %s\n", error);
    return -1;
  }
  enum store_result result = store_organization_list(s.store, &a, &list, &n);
  *first = n == 0;
  arena_free(&a);
  service_close(&s);
  if (result != STORE_OK)
    fprintf(stderr, "array-upload: the database cannot be read\n");
  return result == STORE_OK ? folder_lock(data) : -1;
}

/* ---- running ---- */

struct serve {
  struct process processes[PROCESSES];
  int argc;
  char **argv;
  char listen[LINE_MAX_SIZE]; /* where httpd listens; kept over its restarts */
};

static int start_one(struct serve *v, int which) {
  struct process *p = &v->processes[which];
  return process_start(p, v->argc, v->argv, which == HTTPD && *v->listen ? v->listen : NULL);
}

static int start_all(struct serve *v) {
  for (int k = 0; k < PROCESSES; k++) {
    struct process *p = &v->processes[k];
    if (start_one(v, k) != 0 || process_ready(p, READY_MS) != 0) {
      if (!service_stopping())
        fprintf(stderr, "array-upload: %s did not start; the lines above say why\n", p->duty);
      return -1;
    }
  }
  const char *where = strchr(v->processes[HTTPD].line, ' ');
  snprintf(v->listen, sizeof v->listen, "%s", where ? where + 1 : "");
  printf("listening on http://%s\n", v->listen);
  fflush(stdout);
  return 0;
}

static void watch(struct serve *v) {
  while (!service_stopping()) {
    for (int k = 0; k < PROCESSES; k++) {
      struct process *p = &v->processes[k];
      int status;
      process_listen(p);
      if (process_ended(p, &status))
        log_event("duty.ended", "name=s exit=i signal=i again_ms=I", p->duty,
                  WIFEXITED(status) ? WEXITSTATUS(status) : -1, WIFSIGNALED(status) ? WTERMSIG(status) : 0,
                  (json_int_t)(p->back_off / 1000));
      else if (p->pid == 0 && clock_steady() >= p->restart_at && start_one(v, k) != 0)
        p->restart_at = clock_steady() + SECONDS(1);
    }
    sleep_ms(50);
  }
}

/* Waits for those of `mask` to end. */
static void wait_for(struct serve *v, unsigned mask, int seconds) {
  int64_t until = clock_steady() + SECONDS(seconds);
  for (unsigned running = mask; running && clock_steady() < until; sleep_ms(20)) {
    running = 0;
    for (int k = 0; k < PROCESSES; k++) {
      int status;
      process_ended(&v->processes[k], &status);
      running |= v->processes[k].pid ? mask & (1u << k) : 0;
    }
  }
}

/* httpd first: what it has taken in still needs checkd. */
static void stop_all(struct serve *v) {
  process_signal(&v->processes[HTTPD], SIGTERM);
  process_signal(&v->processes[WORKER], SIGTERM);
  process_signal(&v->processes[HOOKD], SIGTERM);
  wait_for(v, 1u << HTTPD, STOP_S);
  process_signal(&v->processes[HTTPD], SIGKILL);
  process_signal(&v->processes[CHECKD], SIGTERM);
  wait_for(v, (1u << PROCESSES) - 1, LAST_S);
  for (int k = 0; k < PROCESSES; k++)
    process_signal(&v->processes[k], SIGKILL);
  wait_for(v, (1u << PROCESSES) - 1, LAST_S);
}

/* The value of --config among the options, for `admin bootstrap`. */
static const char *config_option(int argc, char **argv) {
  for (int k = 1; k < argc; k++) {
    if (strncmp(argv[k], "--config=", 9) == 0)
      return argv[k] + 9;
    if (strcmp(argv[k], "--config") == 0 && k + 1 < argc)
      return argv[k + 1];
  }
  return NULL;
}

int serve_main(int argc, char **argv) {
  struct options o;
  struct serve v = {.argc = argc, .argv = argv};
  char data[4096];
  int first = 0;
  int result = options_read(&o, argc, argv);
  if (result != -1)
    return result;
  umask(077);
  log_start("serve");
  service_signals();
  result = prepare(&o.config, data, &first);
  config_free(&o.config);
  if (result != 0)
    return 3;
  if (first && !output_is_read())
    log_event("serve.no_project", "next=s", "array-upload admin bootstrap");
  else if (first && bootstrap_tell(data, config_option(argc, argv)) != 0)
    return 3;
  for (int k = 0; k < PROCESSES; k++)
    v.processes[k] = (struct process){.duty = duties[k], .ready_fd = -1};
  result = start_all(&v) == 0 || service_stopping() ? 0 : 3;
  if (result == 0)
    watch(&v);
  stop_all(&v);
  return result;
}
