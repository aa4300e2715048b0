#include "config.h"

#include "genotype-validate/input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

input input_open(const char *name) {
  if (strcmp(name, "-") == 0)
    return (input){name, STDIN_FILENO, 0};
  int fd;
  do
    fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  while (fd < 0 && errno == EINTR);
  return (input){name, fd, fd < 0 ? errno : 0};
}

void input_close(input *in) {
  if (in->fd > STDIN_FILENO)
    close(in->fd); /* only read: nothing is lost when it fails */
  in->fd = -1;
}
