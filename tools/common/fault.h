/* fault.h - what went wrong in the tool, in one line of words for a person, and the exit status it means. */
#ifndef COMMON_FAULT_H
#define COMMON_FAULT_H

/* The contract of the exit status. */
enum { EXIT_WRITTEN = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2, EXIT_TROUBLE = 3 };

/* Zeroed at first. Not shared between threads. */
typedef struct fault {
  int exit_status;
  char message[600];
} fault;

/* Keeps the first fault only: what follows from it is not news. Returns the exit status that is kept. */
int fault_keep(fault *f, int exit_status, const char *format, ...) __attribute__((format(printf, 3, 4)));
static inline int fault_minus_one(int exit_status) {
  (void)exit_status;
  return -1;
}
/* The same, and is -1, so that callers can `return fault_set(...)`; a macro, so that compilers and checkers see it. */
#define fault_set(f, ...) fault_minus_one(fault_keep(f, __VA_ARGS__))
#define fault_memory(f) fault_set(f, EXIT_TROUBLE, "out of memory")
/* The same for a failed system call on a file: "PATH: what: strerror". Takes errno. */
int fault_system(fault *f, const char *path, const char *what);
/* What getopt_long() has just complained of by '?' or ':' (opterr is 0, the option string begins with ':'); is -1. */
int fault_option(fault *f, int complaint, char **argv);

/* "program: message" on standard error; of a command line that could not be read also where to read on. */
void fault_say(const fault *f, const char *program);
void fault_say_usage(const fault *f, const char *program);

#endif
