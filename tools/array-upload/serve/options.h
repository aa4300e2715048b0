/* options.h - the command line that `serve` and the single duties share. */
#ifndef ARRAY_UPLOAD_SERVE_OPTIONS_H
#define ARRAY_UPLOAD_SERVE_OPTIONS_H

#include "array-upload/util/config.h"

struct options {
  struct config config; /* loaded, completed; the caller's until service_open() takes it */
  int ready_fd;         /* -1 = nobody waits; only the supervisor gives it */
};

/* Reads argv[1..]; argv[0] is the command's name. -1: go on; else the exit code, everything said (0 after --help, 2
 * usage, 3 settings or place). Also refuses a SQLite file on a network file system. */
int options_read(struct options *o, int argc, char **argv);

/* Says what getopt_long() has complained of by '?' or ':', and where help is; 2. argv[0] is the command's name. */
int options_usage(char **argv, int complaint);

/* 1: a file system of that statfs() type is shared between machines, where SQLite's locks cannot be trusted. */
int filesystem_is_network(unsigned long type);

#endif
