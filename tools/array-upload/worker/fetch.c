#include <config.h>

#include "array-upload/worker/fetch.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "array-upload/seal/object.h"

static enum fetched copy(struct object_reader *object, int fd, int (*beat)(void *), void *beat_arg) {
  char *buffer = malloc(SEGMENT_SIZE);
  int64_t at = 0, size = object_size(object);
  enum fetched result = buffer ? FETCHED : FETCH_FAILED;
  while (result == FETCHED && at < size) {
    ssize_t n = object_read(object, buffer, SEGMENT_SIZE, at);
    if (n <= 0)
      result = FETCH_DAMAGED;
    for (ssize_t done = 0, more; result == FETCHED && done < n; done += more)
      if ((more = write(fd, buffer + done, (size_t)(n - done))) <= 0) {
        result = FETCH_FAILED;
        more = 0;
      }
    at += n > 0 ? n : 0;
    if (result == FETCHED && beat(beat_arg) != 0)
      result = FETCH_FAILED;
  }
  free(buffer);
  return result;
}

enum fetched fetch(const struct service *service, struct store *store, const char *key, const char *path,
                   int (*beat)(void *), void *beat_arg) {
  struct object_reader *object;
  enum blob_result opened = object_open_plain(service->blob, store_keys(store), key, &object);
  if (opened != BLOB_OK)
    return opened == BLOB_NONE ? FETCH_GONE : FETCH_FAILED;
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  enum fetched result = fd < 0 ? FETCH_FAILED : copy(object, fd, beat, beat_arg);
  if (fd >= 0 && close(fd) != 0 && result == FETCHED)
    result = FETCH_FAILED;
  object_close(object);
  return result;
}
