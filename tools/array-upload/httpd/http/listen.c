#include "array-upload/httpd/http/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "array-upload/util/address.h"

static int where_write(int fd, char *where, size_t size) {
  struct sockaddr_storage name;
  socklen_t length = sizeof name;
  char address[64];
  if (getsockname(fd, (struct sockaddr *)&name, &length) != 0)
    return -1;
  address_text((const struct sockaddr *)&name, address, sizeof address);
  /* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): getsockname() filled it */
  unsigned port = ntohs(name.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&name)->sin6_port
                                                   : ((struct sockaddr_in *)&name)->sin_port);
  int six = strchr(address, ':') != NULL;
  snprintf(where, size, "%s%s%s:%u", six ? "[" : "", address, six ? "]" : "", port);
  return 0;
}

static int socket_listen(const struct addrinfo *a) {
  int one = 1, fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return -1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0)
    return fd;
  int saved = errno;
  close(fd);
  errno = saved;
  return -1;
}

int listen_open(const char *text, char *where, size_t size) {
  char host[256];
  const char *colon = strrchr(text, ':');
  size_t n = colon == NULL ? 0 : (size_t)(colon - text);
  if (colon == NULL || n >= sizeof host) {
    errno = EINVAL;
    return -1;
  }
  int brackets = n > 1 && text[0] == '[' && text[n - 1] == ']';
  snprintf(host, sizeof host, "%.*s", (int)(brackets ? n - 2 : n), text + brackets);
  struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *list;
  if (getaddrinfo(*host ? host : NULL, colon + 1, &hints, &list) != 0) {
    errno = EINVAL;
    return -1;
  }
  int fd = -1;
  for (const struct addrinfo *a = list; a != NULL && fd < 0; a = a->ai_next)
    fd = socket_listen(a);
  int saved = errno;
  freeaddrinfo(list);
  errno = saved;
  if (fd >= 0 && where_write(fd, where, size) != 0) {
    close(fd);
    return -1;
  }
  return fd;
}
