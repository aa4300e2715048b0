#include <config.h>

#include "array-upload/checkd/message.h"

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DESCRIPTORS_ROOM = 4 };

/* Takes the descriptors out of the message. Exactly two are right; what came too much is closed. 0 or -1. */
static int descriptors_take(struct msghdr *message, struct check_files *files) {
  int *const kept[] = {&files->sealed, &files->plain}, n = 0;
  for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
      continue;
    size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t k = 0; k < count; k++) {
      int fd;
      memcpy(&fd, CMSG_DATA(c) + k * sizeof fd, sizeof fd);
      if (n < 2)
        *kept[n] = fd;
      else
        close(fd);
      n++;
    }
  }
  return n == 2 ? 0 : -1;
}

void check_files_close(struct check_files *files) {
  if (files->sealed >= 0)
    close(files->sealed);
  if (files->plain >= 0)
    close(files->plain);
  *files = (struct check_files){-1, -1};
}

/* A regular file of that size. */
static int is_file(int fd, int64_t size) {
  struct stat status;
  return fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == size;
}

static int uuid_of(char out[UUID_SIZE], const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text && uuid_parse(out, text) == 0 ? 0 : -1;
}

static int lost_read(struct check_request *r, const char *text, size_t size) {
  json_t *object = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
  int bad = json_object_size(object) != 1 || uuid_of(r->attempt, object, "lost") != 0;
  json_decref(object);
  return bad ? -1 : 0;
}

static int request_read(struct check_request *r, const char *text, size_t size) {
  json_error_t error;
  unsigned char digest[32];
  json_t *object = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
  const char *sha256 = json_string_value(json_object_get(object, "sha256"));
  const char *key = json_string_value(json_object_get(object, "key"));
  const json_t *bytes = json_object_get(object, "size");
  int bad = uuid_of(r->attempt, object, "attempt") | uuid_of(r->sample, object, "sample") |
            uuid_of(r->request, object, "request");
  bad |= !key || hex_decode(r->key, sizeof r->key, key) != 0;
  bad |= !sha256 || hex_decode(digest, sizeof digest, sha256) != 0 || !json_is_integer(bytes);
  if (!bad) {
    r->size = (int64_t)json_integer_value(bytes);
    hex_encode(r->sha256, digest, sizeof digest);
  }
  json_decref(object);
  return bad ? -1 : 0;
}

int message_receive(int connection, int timeout_ms, struct check_request *request, struct check_files *files) {
  *files = (struct check_files){-1, -1};
  struct pollfd ready = {connection, POLLIN, 0};
  if (poll(&ready, 1, timeout_ms) <= 0)
    return -1;
  char text[MESSAGE_MAX];
  union {
    char bytes[CMSG_SPACE(DESCRIPTORS_ROOM * sizeof(int))];
    struct cmsghdr align;
  } control;
  struct iovec part = {text, sizeof text};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  ssize_t n = recvmsg(connection, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  if (n < 0)
    return -1;
  int taken = descriptors_take(&message, files);
  int read = n > 0 && !(message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) && request_read(request, text, (size_t)n) == 0;
  int lost = n > 0 && files->sealed < 0 && lost_read(request, text, (size_t)n) == 0;
  explicit_bzero(text, sizeof text); /* the object's key was in it */
  if (taken == 0 && read && is_file(files->sealed, segment_sealed_size(request->size)) &&
      is_file(files->plain, request->size))
    return 0;
  check_files_close(files);
  return lost ? 1 : -1;
}

int message_reply(int connection, const struct check_reply *reply) {
  json_t *object =
      json_pack("{s:s, s:s?, s:s?}", "outcome", reply->outcome, "reason", reply->reason, "vendor", reply->vendor);
  char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
  ssize_t n = text ? send(connection, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT) : -1;
  free(text);
  json_decref(object);
  return n > 0 ? 0 : -1;
}
