#include "array-upload/service.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "array-upload/seal/keystore.h"
#include "array-upload/util/crypto.h"
#include "array-upload/util/arena.h"
#include "array-upload/util/log.h"

/* Set by a handler in whichever thread takes the signal, read by all. */
static atomic_int stopping;

static void signal_taken(int number) {
  (void)number;
  atomic_store(&stopping, 1);
}

void service_signals(void) {
  struct sigaction action = {.sa_handler = signal_taken};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, NULL);
}

int service_stopping(void) { return atomic_load(&stopping); }

static int folder_make(const char *base, const char *name, char *error, size_t error_size) {
  char path[4200];
  int n = snprintf(path, sizeof path, "%s%s%s", base, *name ? "/" : "", name);
  if (n < 0 || (size_t)n >= sizeof path || (mkdir(path, 0700) != 0 && errno != EEXIST)) {
    snprintf(error, error_size, "%s: %s", path, strerror(errno));
    return -1;
  }
  return 0;
}

/* Reads 64 hex digits. 0, 1 when there is no such file, -1. */
static int master_key_read(const char *path, unsigned char key[32]) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return errno == ENOENT ? 1 : -1;
  char text[65];
  ssize_t n = read(fd, text, 64);
  close(fd);
  if (n != 64)
    return -1;
  text[64] = '\0';
  return hex_decode(key, 32, text);
}

/* The first duty writes the key under a temporary name and links it, so that of several only one wins and all read that
 * one. 0 or -1. */
static int master_key_put(const char *folder, const char *path, const unsigned char key[32]) {
  char text[66], temporary[4300], name[UUID_SIZE];
  if (uuid_new(name) != 0)
    return -1;
  hex_encode(text, key, 32);
  text[64] = '\n';
  snprintf(temporary, sizeof temporary, "%s/.key-%s", folder, name);
  int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  int ok = fd >= 0 && write(fd, text, 65) == 65 && fsync(fd) == 0;
  explicit_bzero(text, sizeof text);
  if (fd >= 0)
    ok = close(fd) == 0 && ok;
  ok = ok && (link(temporary, path) == 0 || errno == EEXIST);
  unlink(temporary);
  fd = ok ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
  ok = fd >= 0 && fsync(fd) == 0;
  if (fd >= 0)
    close(fd);
  return ok ? 0 : -1;
}

/* Until version 3 of the tables it lay with the data that it opens. It moves when it is there whole: first the copy,
 * then the old one goes; a key here and another one there are nobody's to choose between. 0, 1 when there is none, -1.
 */
static int master_key_move(const struct service *s, const char *path, unsigned char key[32], char *error,
                           size_t error_size) {
  char old[4300];
  unsigned char here[32];
  snprintf(old, sizeof old, "%s/master.key", s->config.data);
  int found = master_key_read(old, key);
  if (found != 0)
    return found;
  int there = master_key_read(path, here);
  if (there == 1 && master_key_put(s->config.keys_folder, path, key) == 0)
    there = master_key_read(path, here);
  if (there == 0 && memcmp(here, key, sizeof here) != 0)
    snprintf(error, error_size, "%s and %s differ: the one that opens the signing keys has to stay alone", old, path);
  else if (there == 0 && (unlink(old) == 0 || errno == ENOENT))
    return 0;
  return -1;
}

static int master_key_load(struct service *s, char *error, size_t error_size) {
  char path[4300];
  if (s->config.master_key != NULL) {
    int read = hex_decode(s->master_key, sizeof s->master_key, s->config.master_key);
    if (read != 0)
      snprintf(error, error_size, "[server] master_key must be 64 hex digits");
    return read;
  }
  snprintf(path, sizeof path, "%s/master.key", s->config.keys_folder);
  snprintf(error, error_size, "%s: cannot be read or made (64 hex digits, mode 0600)", path);
  int moved = master_key_move(s, path, s->master_key, error, error_size);
  int found = moved == 1 ? master_key_read(path, s->master_key) : moved;
  if (found == 1 && random_bytes(s->master_key, sizeof s->master_key) == 0 &&
      master_key_put(s->config.keys_folder, path, s->master_key) == 0)
    found = master_key_read(path, s->master_key);
  if (found == 0)
    *error = '\0';
  return found == 0 ? 0 : -1;
}

/* The same text after every restart on this machine with this data folder. */
static int server_name(struct service *s, char *error, size_t error_size) {
  char host[256] = "", text[4700];
  char *path = realpath(s->config.data, NULL);
  unsigned char digest[SHA256_SIZE];
  gethostname(host, sizeof host - 1);
  int ok = path != NULL && strlen(path) < 4200;
  if (ok) {
    snprintf(text, sizeof text, "%s:%s", host, path);
    ok = sha256(digest, text, strlen(text)) == 0;
  }
  free(path);
  if (!ok) {
    snprintf(error, error_size, "the data folder has no name");
    return -1;
  }
  hex_encode(s->server, digest, sizeof digest);
  return 0;
}

/* A core dump, or a debugger of the same user, would have keys and genotypes. */
static void memory_guard(void) {
  setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
#ifndef __SANITIZE_ADDRESS__ /* its leak check is a debugger of its own process */
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

int service_keys_look(const struct service *s, struct arena *a, size_t *looked, size_t *missing) {
  unsigned char keys[KEYS_AT_ONCE * KEK_SIZE], found[KEYS_AT_ONCE] = {0};
  char **names;
  *missing = 0;
  int failed = store_sealed_newest(s->store, a, KEYS_AT_ONCE, &names, looked) != STORE_OK ||
               (*looked > 0 &&
                keystore_get_many(store_keys(s->store), (const char *const *)names, *looked, keys, found) != STORE_OK);
  explicit_bzero(keys, sizeof keys);
  for (size_t i = 0; !failed && i < *looked; i++)
    *missing += !found[i];
  return failed ? -1 : 0;
}

/* A database has one key store. Two machines whose stores differ would each seal what the other cannot open, and not
 * know it before somebody wants a file. */
static int keys_belong(struct service *s, struct arena *a, char *error, size_t error_size) {
  char id[UUID_SIZE];
  const char *have = "";
  size_t looked = 0, missing = 0;
  if (keystore_id(store_keys(s->store), id) != STORE_OK || store_key_store(s->store, a, &have) != STORE_OK ||
      (strcmp(have, id) != 0 && service_keys_look(s, a, &looked, &missing) != 0)) {
    snprintf(error, error_size, "the key store cannot be read");
    return -1;
  }
  if (strcmp(have, id) == 0)
    return 0;
  /* Keys that were moved here by export and import are known by what they open. */
  int ours = looked > 0 ? missing < looked : *have == '\0';
  if (ours || s->config.keys_adopt) {
    enum store_result set = store_key_store_set(s->store, have, id);
    if (set == STORE_OK)
      log_event("keys.store_taken", "store=s instead_of=s looked=I missing=I", id, have, (json_int_t)looked,
                (json_int_t)missing);
    if (set == STORE_OK ||
        (set == STORE_NONE && store_key_store(s->store, a, &have) == STORE_OK && strcmp(have, id) == 0))
      return 0;
  }
  snprintf(
      error, error_size,
      "%s is not the key store of this database: %s%s. All machines share one ([keys] store, kek); where the right "
      "one is lost for good, [keys] adopt = yes takes this one",
      s->config.keys_store,
      looked > 0 ? "it has none of the keys of its newest objects" : "the database belongs to store ",
      looked > 0 ? "" : have);
  return -1;
}

static int keys_checked(struct service *s, char *error, size_t error_size) {
  struct arena a = {0};
  int result = keys_belong(s, &a, error, error_size);
  arena_free(&a);
  return result;
}

int service_open(struct service *s, struct config *config, char *error, size_t error_size) {
  memset(s, 0, sizeof *s);
  s->config = *config;
  memset(config, 0, sizeof *config);
  const char *data = s->config.data;
  memory_guard();
  if (log_level(s->config.log_level) != 0) {
    snprintf(error, error_size, "[server] log_level is info, notice or error");
  } else if (strlen(data) > 4000) {
    snprintf(error, error_size, "the data folder's name is too long");
  } else if (folder_make(data, "", error, error_size) == 0 && folder_make(data, "run", error, error_size) == 0 &&
             folder_make(data, "reference", error, error_size) == 0 && server_name(s, error, error_size) == 0 &&
             folder_make(s->config.keys_folder, "", error, error_size) == 0 &&
             master_key_load(s, error, error_size) == 0 &&
             (s->keks = kek_ring_open(&s->config, error, error_size)) != NULL &&
             (s->blob = blob_open_store(&s->config, error, error_size)) != NULL &&
             (s->store = store_open(&s->config, s->keks, error, error_size)) != NULL) {
    if (store_migrate(s->store) != STORE_OK)
      snprintf(error, error_size, "the database cannot be brought to this version: %s", store_error(s->store));
    else if (keys_checked(s, error, error_size) == 0)
      return 0;
  }
  service_close(s);
  return -1;
}

void service_close(struct service *s) {
  store_close(s->store);
  blob_close_store(s->blob);
  kek_ring_close(s->keks);
  config_free(&s->config);
  memset(s, 0, sizeof *s);
}

struct store *service_store(const struct service *s, char *error, size_t error_size) {
  return store_open(&s->config, s->keks, error, error_size);
}
