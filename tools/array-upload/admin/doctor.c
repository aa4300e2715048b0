/* admin doctor: one line a thing the service needs; exit 1 when one of them is not right. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "array-upload/admin/admin.h"
#include "array-upload/child/program.h"
#include "array-upload/deeds/keyring.h"
#include "array-upload/seal/object.h"
#include "array-upload/util/crypto.h"
#include "array-upload/worker/analysis.h"
#include "array-upload/worker/folder.h"
#include "array-upload/worker/mark.h"
#include "array-upload/worker/reference.h"
#include "array-upload/worker/trial.h"

static int check(const char *what, int good, const char *detail) {
  printf("%-4s  %-22s %s\n", good ? "ok" : "FAIL", what, detail);
  return !good;
}

/* Seals, writes, reads and removes one object. */
static int objects_work(struct admin *a) {
  struct blob *b = a->service.blob;
  struct keystore *keys = store_keys(a->service.store);
  struct object_reader *object = NULL;
  char id[UUID_SIZE], name[100], back[3] = "";
  int fd = -1;
  if (uuid_new(id) != 0 || blob_spool(b, &fd) != BLOB_OK)
    return 0;
  snprintf(name, sizeof name, OBJECTS_SEALED "doctor/%s", id);
  int good = write(fd, "ok", 2) == 2 && object_put(b, keys, id, name, fd, a->now) == BLOB_OK &&
             object_open(b, keys, name, &object) == BLOB_OK && object_read(object, back, 2, 0) == 2 &&
             strcmp(back, "ok") == 0;
  object_close(object);
  good = object_remove(b, keys, name) == BLOB_OK && good;
  close(fd);
  return good;
}

static int private_mode(const char *data, const char *name) {
  char path[4300];
  struct stat st;
  snprintf(path, sizeof path, "%s%s%s", data, *name ? "/" : "", name);
  return stat(path, &st) == 0 && (st.st_mode & 077) == 0;
}

/* The keys lie apart from what they open, and in no other user's sight. */
static int keys_check(struct admin *a) {
  const struct config *c = &a->service.config;
  char text[300], current[KEK_ID_SIZE] = "";
  int64_t clear = 0, sealed = 0;
  size_t n = strlen(c->data);
  int apart = strncmp(c->keys_folder, c->data, n) != 0 || c->keys_folder[n] != '/';
  int good = keystore_current(store_keys(a->service.store), current) == STORE_OK && private_mode(c->keys_folder, "");
  snprintf(text, sizeof text, "under %s, %s", current,
           c->keys_command != NULL ? "given by a command" : "of a file: back it up, apart from the data");
  int bad = check("encryption keys", good, text);
  bad +=
      check("keys' place", apart, apart ? "apart from the data" : "inside the data folder: a copy of it has them, too");
  good = store_objects_count(a->service.store, &clear, &sealed) == STORE_OK;
  snprintf(text, sizeof text, "%lld sealed, %lld still in clear%s", (long long)sealed, (long long)clear,
           clear > 0 ? ": the worker is sealing them" : "");
  bad += check("objects", good, text);
  size_t looked = 0, missing = 0;
  good = service_keys_look(&a->service, &a->arena, &looked, &missing) == 0 && missing == 0;
  snprintf(text, sizeof text,
           missing > 0 ? "%zu of the newest %zu objects have none here: an older or another key store"
                       : "the key store has those of the newest objects",
           missing, looked);
  return bad + check("keys of objects", good, text);
}

/* What the duties hold in memory can reach the disk by way of swap. */
static int swap_is_on(void) {
  char line[256];
  int lines = 0;
  FILE *f = fopen("/proc/swaps", "re");
  while (f != NULL && fgets(line, sizeof line, f) != NULL)
    lines++;
  if (f != NULL)
    fclose(f);
  return lines > 1;
}

static int scratch_check(const struct config *c) {
  char path[FOLDER_PATH_MAX], text[FOLDER_PATH_MAX + 100];
  int in_memory = 0, known = folder_scratch(path, c, &in_memory) == 0;
  snprintf(text, sizeof text, "%s%s", path,
           in_memory ? ", in memory" : " lies on a disk: [worker] scratch should name a tmpfs");
  if (swap_is_on())
    printf("note  %-22s %s\n", "swap", "is on: MemorySwapMax=0 of the systemd units keeps genotypes out of it");
  return check("scratch", known && in_memory, text);
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

/* What genotype-convert would be given for an export of GRCh37, and whether it takes it; what of the folder it would
 * not be given. */
static int reference_look(struct admin *a, const struct trial *t) {
  const struct config *c = &a->service.config;
  struct reference r;
  const char *const paths[] = {c->sites, c->fasta, c->assemblies};
  int bad = 0;
  reference_find(&r, &a->arena, c, NULL);
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
    if (paths[i] != NULL && access(paths[i], R_OK) != 0)
      bad += check("reference", 0, arena_printf(&a->arena, "%s cannot be read", paths[i]));
  if (r.n_unknown > 0)
    bad += check("reference", 0,
                 arena_printf(&a->arena, "not understood: %s (sites are .bcf, .vcf.gz or .sites)",
                              reference_unknown(&r, &a->arena)));
  if (r.missing != NULL)
    printf("note  reference              none: samples get a table instead of a VCF\n");
  if (r.missing != NULL || bad > 0)
    return bad;
  const char *wrong = trial_reference(t, &r);
  return check("reference", wrong == NULL, wrong != NULL ? wrong : r.sites != NULL ? r.sites : r.fasta);
}

static int program_check(const char *name, const char *named) {
  char path[4300] = "not found";
  return check(name, program_find(path, sizeof path, named, name) == 0, path);
}

static int panel_check(struct admin *a) {
  const struct config *c = &a->service.config;
  struct analysis_panel p;
  const char *wrong = analysis_panel_look(&p, &a->arena, c->analysis_panel, c->analysis_engine);
  const char *text =
      wrong != NULL
          ? wrong
          : arena_printf(&a->arena, "%s: %s, %u chromosomes or PARs, %lld rows, %u files whole, for %s",
                         c->analysis_panel, p.assembly, p.units, (long long)p.rows, p.files, c->analysis_engine);
  int bad = check("panel", wrong == NULL, text) + program_check("genotype-impute", c->impute);
  const char *engine[ANALYSIS_PROGRAMS];
  wrong = analysis_engine_find(engine, &a->arena, c->analysis_engine);
  return bad + check("engine", wrong == NULL,
                     wrong != NULL       ? wrong
                     : engine[1] != NULL ? arena_printf(&a->arena, "%s, %s", engine[0], engine[1])
                                         : engine[0]);
}

static int scores_check(struct admin *a, const struct trial *t) {
  struct analysis_scores found;
  struct trait *traits;
  size_t n = 0;
  const char *wrong = analysis_scores_look(&found, &a->arena, a->service.config.analysis_scores);
  if (wrong == NULL && found.traits != NULL)
    wrong = analysis_traits_read(&traits, &n, &a->arena, found.traits);
  if (wrong == NULL)
    wrong = trial_scores(t, &found);
  return check("scores", wrong == NULL,
               wrong != NULL ? wrong
                             : arena_printf(&a->arena, "%zu scoring files, %s, %zu rows of traits.tsv", found.n,
                                            found.reference != NULL ? "with reference.dist"
                                                                    : "without reference.dist (no percentiles)",
                                            n));
}

/* The stages behind the conversion; nothing where none is configured. */
static int analysis_check(struct admin *a, const struct trial *t) {
  const struct config *c = &a->service.config;
  int bad = c->analysis_panel != NULL ? panel_check(a) : 0;
  if (c->analysis_scores != NULL)
    bad += scores_check(a, t);
  if (c->analysis_ancestry != NULL) {
    char table[PATH_MAX];
    const char *wrong =
        realpath(c->analysis_ancestry, table) != NULL ? trial_ancestry(t, table) : "the table cannot be read";
    bad += check("ancestry", wrong == NULL, wrong != NULL ? wrong : table);
  }
  return c->analysis_scores != NULL || c->analysis_ancestry != NULL ? bad + program_check("genotype-score", c->score)
                                                                    : bad;
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
  bad += check("files", objects_work(a), "an object was sealed, written, read and removed");
  snprintf(text, sizeof text, "%lld MiB, at least %lld MiB wanted", (long long)(space / 1048576),
           (long long)(c->free_bytes / 1048576));
  bad += keys_check(a);
  bad += scratch_check(c);
  bad += check("free space", space < 0 || space >= c->free_bytes, text);
  bad += check("data folder", private_mode(c->data, ""), "readable by the service's user alone");
  int given = c->master_key != NULL; /* [server] master_key, as machines that share a database have it */
  bad += check("master key", (given || private_mode(c->keys_folder, "master.key")) && keys_open(a),
               given ? "of [server] master_key; opens every signing key" : "opens every signing key");
  bad += check("genotype-validate", program_find(path, sizeof path, c->validate, "genotype-validate") == 0, path);
  bad += check("genotype-convert", program_find(path, sizeof path, c->convert, "genotype-convert") == 0, path);
  enum mark mark = mark_look(&a->service);
  bad += check("blob store's mark", mark == MARK_OURS || mark == MARK_NEW,
               mark == MARK_OURS  ? "this database's"
               : mark == MARK_NEW ? "none yet: the worker leaves one"
                                  : "not this database's: nothing is removed from it; see admin store");
  struct trial trial;
  if (trial_open(&trial, &a->service, &a->arena) == 0)
    bad += reference_look(a, &trial) + analysis_check(a, &trial);
  else
    bad += check("scratch", 0, strerror(errno));
  trial_close(&trial);
  const char *bcftools = analysis_bcftools(c, &a->arena);
  if (bcftools == NULL && c->bcftools != NULL)
    bad += check("bcftools", 0, c->bcftools);
  else
    printf("%-4s  %-22s %s\n", bcftools != NULL ? "ok" : "note", "bcftools",
           bcftools != NULL ? bcftools : "not installed: a project's VCFs cannot be merged");
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
