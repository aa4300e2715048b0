/* service.h - what every duty starts from, and the duties' entry points. */
#ifndef ARRAY_UPLOAD_SERVICE_H
#define ARRAY_UPLOAD_SERVICE_H

#include "array-upload/blob/blob.h"
#include "array-upload/seal/kek.h"
#include "array-upload/store/store.h"
#include "array-upload/util/config.h"

/* Built by service_open() and read-only afterwards, so any thread may use it. `blob` is thread-safe; `store` belongs to
 * the thread that opened the service, other threads open their own by service_store(). */
struct service {
  struct config config;
  struct blob *blob;
  struct store *store;
  struct kek_ring *keks; /* thread-safe */
  unsigned char master_key[32];
  char server[65]; /* hex: this machine and data folder, the same after a restart; `server` of store.h's attempts */
};

/* Takes over what `config` holds (config_complete() has been called). Makes the data folder, the keys and the tables
 * where they are missing (migrations run under the database's lock); the process leaves no core dump from now on. 0, or
 * -1 with one line in `error`. */
int service_open(struct service *s, struct config *config, char *error, size_t error_size);
void service_close(struct service *s);
/* Whether the key store has the keys of the newest objects: how many were looked for, how many are missing. 0 or -1. */
int service_keys_look(const struct service *s, struct arena *a, size_t *looked, size_t *missing);
/* One more store handle of the same database, for one thread; store_close() it. NULL: `error` says why. */
struct store *service_store(const struct service *s, char *error, size_t error_size);

/* Each duty runs until SIGTERM/SIGINT and returns the exit code: 0 ended cleanly, 3 internal. `ready_fd` >= 0: one line
 * is written there when the duty is ready (httpd: "listening ADDRESS:PORT"), then it is closed. */
int httpd_run(struct service *s, int ready_fd);
int checkd_run(struct service *s, int ready_fd);
int worker_run(struct service *s, int ready_fd);
int hookd_run(struct service *s, int ready_fd);

/* argv[0] is the duty's name. Exit code: 0, 1 refused, 2 usage, 3 internal. */
int serve_main(int argc, char **argv);
int duty_main(int argc, char **argv);
int admin_main(int argc, char **argv);

/* Set by SIGTERM and SIGINT once service_signals() ran. */
void service_signals(void);
int service_stopping(void);

#endif
