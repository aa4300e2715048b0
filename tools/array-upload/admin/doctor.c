/* admin doctor: one line a thing the service needs; exit 1 when one of them is not right. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "array-upload/admin/admin.h"
#include "array-upload/child/program.h"
#include "array-upload/deeds/keyring.h"
#include "array-upload/util/crypto.h"

static int check(const char *what, int good, const char *detail) {
  printf("%-4s  %-22s %s\n", good ? "ok" : "FAIL", what, detail);
  return !good;
}

/* Writes, reads and removes one object. */
static int blob_works(struct blob *b) {
  char id[UUID_SIZE], key[100], hex[SHA256_HEX_SIZE];
  int fd = -1, back = -1;
  int64_t size;
  if (uuid_new(id) != 0 || blob_spool(b, &fd) != BLOB_OK)
    return 0;
  snprintf(key, sizeof key, "doctor/%s", id);
  int good = write(fd, "ok", 2) == 2 && sha256_fd(fd, hex, &size) == 0 && blob_put(b, key, fd, size, hex) == BLOB_OK &&
             blob_open(b, key, &back, &size) == BLOB_OK && size == 2 && blob_remove(b, key) == BLOB_OK;
  close(fd);
  if (back >= 0)
    close(back);
  return good;
}

static int keys_open(struct admin *a) {
  struct signing_key *list;
  size_t n, good = 0;
  for (enum key_purpose p = 0; p < KEY_PURPOSES; p++) {
    if (store_signing_keys(a->service.store, &a->arena, keyring_purpose(p), &list, &n) != STORE_OK)
      return 0;
    for (size_t i = 0; i < n; i++) {
      char *hex = unseal_text(a->service.master_key, list[i].kid, list[i].sealed);
      good += hex != NULL;
      free(hex);
      if (hex == NULL)
        return 0;
    }
  }
  return 1;
}

static int private_mode(const char *data, const char *name) {
  char path[4300];
  struct stat st;
  snprintf(path, sizeof path, "%s%s%s", data, *name ? "/" : "", name);
  return stat(path, &st) == 0 && (st.st_mode & 077) == 0;
}

int admin_doctor(struct admin *a) {
  const struct config *c = &a->service.config;
  char text[200], path[4300];
  int64_t have = 0, want = 0, rows = 0, broken = 0, space = blob_free_bytes(a->service.blob);
  int bad = 0;
  int there = store_version(a->service.store, &have, &want) == STORE_OK;
  snprintf(text, sizeof text, "version %lld of %lld", (long long)have, (long long)want);
  bad += check("database", there && have == want, text);
  there = store_audit_verify(a->service.store, &rows, &broken) == STORE_OK;
  snprintf(text, sizeof text, "%lld rows%s", (long long)rows, broken ? ", the chain is broken" : "");
  bad += check("audit log", there && broken == 0, text);
  bad += check("files", blob_works(a->service.blob), "an object was written, read and removed");
  snprintf(text, sizeof text, "%lld MiB, at least %lld MiB wanted", (long long)(space / 1048576),
           (long long)(c->free_bytes / 1048576));
  bad += check("free space", space < 0 || space >= c->free_bytes, text);
  bad += check("data folder", private_mode(c->data, ""), "readable by the service's user alone");
  bad += check("master key", private_mode(c->data, "master.key") && keys_open(a), "opens every signing key");
  bad += check("genotype-validate", program_find(path, sizeof path, c->validate, "genotype-validate") == 0, path);
  bad += check("genotype-convert", program_find(path, sizeof path, c->convert, "genotype-convert") == 0, path);
  int https = strncmp(c->public_url, "https://", 8) == 0;
  printf("%-4s  %-22s %s%s\n", https ? "ok" : "note", "public URL", c->public_url,
         https ? "" : " (not https: for tests only)");
  /* https is the proxy's: without its address nothing tells the people behind it apart. */
  if (https)
    bad += check("proxy", c->trusted_proxy != NULL,
                 c->trusted_proxy != NULL ? c->trusted_proxy
                                          : "[server] trusted_proxy is not set: all people share one rate limit, and "
                                            "the ip_range of keys and the audit see the proxy alone");
  if (c->allow_loopback_webhooks)
    printf("note  webhooks               may go to this machine: for tests only\n");
  return fflush(stdout) != 0 ? 3 : bad ? 1 : 0;
}
