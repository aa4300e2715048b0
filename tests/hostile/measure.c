/* measure FILE PROGRAM [ARGUMENT...] - runs the program and writes "microseconds of CPU<TAB>kilobytes" to FILE; exits
 * as it did, or with 128 + the signal. A script cannot measure this itself: what it forks counts the script's own
 * memory. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc < 3) {
    fputs("usage: measure FILE PROGRAM [ARGUMENT...]\n", stderr);
    return 2;
  }
  pid_t child = fork();
  if (child == 0) {
    execv(argv[2], argv + 2);
    _exit(127);
  }
  int status;
  struct rusage used;
  if (child < 0 || wait4(child, &status, 0, &used) != child) {
    perror("measure");
    return 2;
  }
  FILE *to = fopen(argv[1], "w");
  if (!to)
    return 2;
  long microseconds =
      (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 + used.ru_utime.tv_usec + used.ru_stime.tv_usec;
  fprintf(to, "%ld\t%ld\n", microseconds, used.ru_maxrss);
  if (fclose(to) != 0)
    return 2;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
