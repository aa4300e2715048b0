#include "array-upload/seal/kek.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "array-upload/seal/output.h"
#include "array-upload/util/clock.h"
#include "array-upload/util/config.h"
#include "array-upload/util/crypto.h"

enum { TEXT_MAX = 4096, AGAIN_S = 5, SECURE_HEAP = 65536, SECURE_LEAST = 32 };

struct kek {
  char id[KEK_ID_SIZE];
  unsigned char *bytes; /* of OpenSSL's secure heap: locked in memory, not in a
                           core dump */
};

struct kek_ring {
  pthread_mutex_t lock;
  char *file, *command; /* or NULL */
  struct kek keys[KEKS_MAX];
  size_t n;
  char first[KEK_ID_SIZE];
  char missing[KEK_ID_SIZE]; /* looked for in vain, last at: */
  int64_t missing_at;
};

static int id_of(char id[KEK_ID_SIZE], const unsigned char key[KEK_SIZE]) {
  static const char label[] = "array-upload key-encryption key id";
  unsigned char mac[SHA256_SIZE];
  if (hmac_sha256(mac, key, KEK_SIZE, label, sizeof label - 1) != 0)
    return -1;
  hex_encode(id, mac, (KEK_ID_SIZE - 1) / 2);
  return 0;
}

static struct kek *find(struct kek_ring *ring, const char *id) {
  for (size_t i = 0; i < ring->n; i++)
    if (strcmp(ring->keys[i].id, id) == 0)
      return &ring->keys[i];
  return NULL;
}

static int take(struct kek_ring *ring, const unsigned char key[KEK_SIZE], char id[KEK_ID_SIZE]) {
  if (id_of(id, key) != 0)
    return -1;
  if (find(ring, id) != NULL)
    return 0;
  struct kek *k = &ring->keys[ring->n];
  if (ring->n == KEKS_MAX || (k->bytes = OPENSSL_secure_malloc(KEK_SIZE)) == NULL)
    return -1;
  memcpy(k->id, id, KEK_ID_SIZE);
  memcpy(k->bytes, key, KEK_SIZE);
  ring->n++;
  return 0;
}

/* One key a line; empty lines and # comments are fine. The first key's id goes
 * to `first`. 0 or -1. */
static int lines_take(struct kek_ring *ring, char *text, char first[KEK_ID_SIZE]) {
  int n = 0;
  for (char *line = text, *next; line != NULL; line = next) {
    next = strchr(line, '\n');
    if (next != NULL)
      *next++ = '\0';
    while (isspace((unsigned char)*line))
      line++;
    line[strcspn(line, " \t\r")] = '\0';
    if (*line == '\0' || *line == '#')
      continue;
    unsigned char key[KEK_SIZE];
    char id[KEK_ID_SIZE];
    int bad = hex_decode(key, sizeof key, line) != 0 || take(ring, key, id) != 0;
    OPENSSL_cleanse(key, sizeof key);
    if (bad)
      return -1;
    if (n++ == 0)
      memcpy(first, id, KEK_ID_SIZE);
  }
  return n > 0 ? 0 : -1;
}

/* The file's text, NUL-terminated. 0; 1: no such file; -1: cannot be read, or
 * everybody may read it. */
static int file_text(const char *path, char text[TEXT_MAX]) {
  struct stat st;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return errno == ENOENT ? 1 : -1;
  ssize_t n = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 07) == 0 ? read(fd, text, TEXT_MAX) : -1;
  close(fd);
  if (n < 0 || n == TEXT_MAX)
    return -1;
  text[n] = '\0';
  return 0;
}

/* Writes the whole text under a temporary name beside `path`, on the disk. 0 or
 * -1. */
static int text_write(const char *temporary, const char *text) {
  size_t n = strlen(text);
  int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    return -1;
  int ok = write(fd, text, n) == (ssize_t)n && fsync(fd) == 0;
  return close(fd) == 0 && ok ? 0 : -1;
}

static int folder_sync(const char *path) {
  char folder[4096];
  const char *slash = strrchr(path, '/');
  snprintf(folder, sizeof folder, "%.*s", slash == NULL ? 1 : (int)(slash - path), slash == NULL ? "." : path);
  int fd = open(*folder == '\0' ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int result = fd < 0 ? -1 : fsync(fd);
  if (fd >= 0)
    close(fd);
  return result;
}

static int key_line(char line[2 * KEK_SIZE + 2]) {
  unsigned char key[KEK_SIZE];
  if (random_bytes(key, sizeof key) != 0)
    return -1;
  hex_encode(line, key, sizeof key);
  OPENSSL_cleanse(key, sizeof key);
  memcpy(line + 2 * KEK_SIZE, "\n", 2);
  return 0;
}

static int temporary_name(char out[4200], const char *path) {
  char id[UUID_SIZE];
  int n = uuid_new(id) == 0 ? snprintf(out, 4200, "%s.%s", path, id) : -1;
  return n > 0 && n < 4200 ? 0 : -1;
}

/* Of several duties that start at once one wins, and all read its key. */
static int file_make(const char *path) {
  char temporary[4200], line[2 * KEK_SIZE + 2];
  if (temporary_name(temporary, path) != 0 || key_line(line) != 0)
    return -1;
  int ok = text_write(temporary, line) == 0 && (link(temporary, path) == 0 || errno == EEXIST);
  OPENSSL_cleanse(line, sizeof line);
  unlink(temporary);
  return ok && folder_sync(path) == 0 ? 0 : -1;
}

/* ---- reading
 * -------------------------------------------------------------------------------------------------------
 */
static int ring_read(struct kek_ring *ring, char *error, size_t error_size) {
  char *text = OPENSSL_secure_malloc(TEXT_MAX), first[KEK_ID_SIZE] = "";
  int bad = text == NULL;
  if (!bad && ring->file != NULL) {
    bad = file_text(ring->file, text) != 0 || lines_take(ring, text, first) != 0;
    if (bad)
      snprintf(error, error_size,
               "%s: not a file of keys (64 hex digits a line) that is kept "
               "from others",
               ring->file);
  }
  if (!bad && ring->command != NULL) {
    char by_command[KEK_ID_SIZE];
    bad = output_of(ring->command, text, TEXT_MAX) != 0 || lines_take(ring, text, by_command) != 0;
    if (bad)
      snprintf(error, error_size, "[keys] command did not print keys (64 hex digits a line)");
    else
      memcpy(first, by_command, sizeof first);
  }
  OPENSSL_secure_clear_free(text, TEXT_MAX);
  if (!bad)
    memcpy(ring->first, first, sizeof first);
  return bad ? -1 : 0;
}

struct kek_ring *kek_ring_open(const struct config *config, char *error, size_t error_size) {
  struct kek_ring *ring = calloc(1, sizeof *ring);
  if (!CRYPTO_secure_malloc_initialized())
    CRYPTO_secure_malloc_init(SECURE_HEAP, SECURE_LEAST); /* without it the keys lie in ordinary memory */
  if (ring == NULL || pthread_mutex_init(&ring->lock, NULL) != 0) {
    snprintf(error, error_size, "out of memory");
    free(ring);
    return NULL;
  }
  int bad = config_set(&ring->file, config->keys_file) != 0 || config_set(&ring->command, config->keys_command) != 0;
  if (bad) {
    snprintf(error, error_size, "out of memory");
  } else if (ring->file == NULL && ring->command == NULL) {
    bad = 1;
    snprintf(error, error_size, "[keys] names neither a file nor a command");
  } else if (ring->file != NULL && access(ring->file, F_OK) != 0 && errno == ENOENT && file_make(ring->file) != 0) {
    bad = 1;
    snprintf(error, error_size, "%s: %s", ring->file, strerror(errno));
  }
  if (bad || ring_read(ring, error, error_size) != 0) {
    kek_ring_close(ring);
    return NULL;
  }
  return ring;
}

void kek_ring_close(struct kek_ring *ring) {
  if (ring == NULL)
    return;
  for (size_t i = 0; i < ring->n; i++)
    OPENSSL_secure_clear_free(ring->keys[i].bytes, KEK_SIZE);
  pthread_mutex_destroy(&ring->lock);
  free(ring->file);
  free(ring->command);
  free(ring);
}

/* Under the lock. An unknown id: a rotation made or brought a key since we
 * looked. */
static struct kek *find_again(struct kek_ring *ring, const char *id) {
  char error[200];
  struct kek *k = find(ring, id);
  int64_t now = clock_steady();
  if (k != NULL || (strcmp(ring->missing, id) == 0 && now - ring->missing_at < SECONDS(AGAIN_S)))
    return k;
  if (ring_read(ring, error, sizeof error) == 0)
    k = find(ring, id);
  if (k == NULL) {
    snprintf(ring->missing, sizeof ring->missing, "%s", id);
    ring->missing_at = now;
  }
  return k;
}

int kek_first(struct kek_ring *ring, char id[KEK_ID_SIZE]) {
  pthread_mutex_lock(&ring->lock);
  memcpy(id, ring->first, KEK_ID_SIZE);
  pthread_mutex_unlock(&ring->lock);
  return *id == '\0' ? -1 : 0;
}

int kek_known(struct kek_ring *ring, const char *id) {
  pthread_mutex_lock(&ring->lock);
  int known = find_again(ring, id) != NULL;
  pthread_mutex_unlock(&ring->lock);
  return known;
}

size_t kek_ids(struct kek_ring *ring, char ids[KEKS_MAX][KEK_ID_SIZE]) {
  pthread_mutex_lock(&ring->lock);
  size_t n = ring->n;
  for (size_t i = 0; i < n; i++)
    memcpy(ids[i], ring->keys[i].id, KEK_ID_SIZE);
  pthread_mutex_unlock(&ring->lock);
  return n;
}

char *kek_wrap(struct kek_ring *ring, const char *id, const char *label, const unsigned char key[KEK_SIZE]) {
  char hex[2 * KEK_SIZE + 1];
  hex_encode(hex, key, KEK_SIZE);
  pthread_mutex_lock(&ring->lock);
  const struct kek *k = find_again(ring, id);
  char *wrapped = k == NULL ? NULL : seal_text(k->bytes, label, hex);
  pthread_mutex_unlock(&ring->lock);
  OPENSSL_cleanse(hex, sizeof hex);
  return wrapped;
}

int kek_unwrap(struct kek_ring *ring, const char *id, const char *label, const char *wrapped,
               unsigned char key[KEK_SIZE]) {
  pthread_mutex_lock(&ring->lock);
  const struct kek *k = find_again(ring, id);
  char *hex = k == NULL ? NULL : unseal_text(k->bytes, label, wrapped);
  pthread_mutex_unlock(&ring->lock);
  int result = k == NULL ? 1 : hex != NULL && hex_decode(key, KEK_SIZE, hex) == 0 ? 0 : -1;
  if (hex != NULL)
    OPENSSL_cleanse(hex, strlen(hex));
  free(hex);
  return result;
}

/* ---- changing the file
 * ---------------------------------------------------------------------------------------------
 */
int kek_is_ours(const struct kek_ring *ring) { return ring->command == NULL && access(ring->file, W_OK) == 0; }

/* The new text takes the old file's place in one step; the old bytes are
 * overwritten where they lie. */
static int file_replace(const char *path, const char *text) {
  static const char nothing[TEXT_MAX];
  char temporary[4200];
  if (temporary_name(temporary, path) != 0)
    return -1;
  int old = open(path, O_WRONLY | O_CLOEXEC);
  int ok = old >= 0 && text_write(temporary, text) == 0 && rename(temporary, path) == 0 && folder_sync(path) == 0;
  off_t size = old < 0 ? 0 : lseek(old, 0, SEEK_END);
  if (ok && size > 0 && size <= TEXT_MAX)
    ok = pwrite(old, nothing, (size_t)size, 0) == size && fsync(old) == 0;
  if (old >= 0)
    close(old);
  if (!ok)
    unlink(temporary);
  return ok ? 0 : -1;
}

int kek_new(struct kek_ring *ring, char id[KEK_ID_SIZE]) {
  char *text = OPENSSL_secure_malloc(TEXT_MAX), error[200];
  pthread_mutex_lock(&ring->lock);
  int result = -1;
  if (text != NULL && ring->file != NULL && key_line(text) == 0 &&
      file_text(ring->file, text + 2 * KEK_SIZE + 1) == 0 && file_replace(ring->file, text) == 0 &&
      ring_read(ring, error, sizeof error) == 0) {
    memcpy(id, ring->first, KEK_ID_SIZE);
    result = 0;
  }
  pthread_mutex_unlock(&ring->lock);
  OPENSSL_secure_clear_free(text, TEXT_MAX);
  return result;
}

int kek_keep_only(struct kek_ring *ring, const char *id) {
  char line[2 * KEK_SIZE + 2];
  pthread_mutex_lock(&ring->lock);
  const struct kek *k = find(ring, id);
  int result = -1;
  if (k != NULL && ring->file != NULL) {
    hex_encode(line, k->bytes, KEK_SIZE);
    memcpy(line + 2 * KEK_SIZE, "\n", 2);
    result = file_replace(ring->file, line);
  }
  pthread_mutex_unlock(&ring->lock);
  OPENSSL_cleanse(line, sizeof line);
  return result;
}
