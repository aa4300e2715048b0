/* supervisor.h - processes that are started, watched, started again and ended in order. */
#ifndef ARRAY_UPLOAD_SERVE_SUPERVISOR_H
#define ARRAY_UPLOAD_SERVE_SUPERVISOR_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { LINE_MAX_SIZE = 256 };

struct process {
  const char *duty;
  pid_t pid;                   /* 0: not running */
  int ready_fd;                /* its line comes here; -1: it has come, or the process ended before */
  char line[LINE_MAX_SIZE];    /* what it said when it was ready, without the newline */
  int64_t started, restart_at; /* steady */
  int64_t back_off;
  int was_ready;
};

/* Executes this program as `duty` with serve's own options (argv[1..]) and, where given, another --listen. 0 or -1. */
int process_start(struct process *p, int argc, char **argv, const char *listen);
/* Waits for the line of a process that was just started. 0, or -1: it ended, said nothing in time, or SIGTERM came. */
int process_ready(struct process *p, int timeout_ms);
/* Takes the line if it is there, without waiting. */
void process_listen(struct process *p);
/* 1 when it has ended; *status as of waitpid(). Sets when it may be started again. */
int process_ended(struct process *p, int *status);
void process_signal(const struct process *p, int number);

#endif
