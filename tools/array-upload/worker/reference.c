#include <config.h>

#include "array-upload/worker/reference.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

static int ends_with(const char *name, const char *const *suffixes) {
  for (; *suffixes; suffixes++) {
    size_t n = strlen(name), m = strlen(*suffixes);
    if (n > m && strcmp(name + n - m, *suffixes) == 0)
      return 1;
  }
  return 0;
}

static const char *absolute(struct arena *a, const char *path) {
  char whole[PATH_MAX];
  return arena_strdup(a, realpath(path, whole) ? whole : path);
}

/* The better of two names: with the build in it, then the smaller. */
static int is_better(const char *name, const char *than, const char *build) {
  if (!than)
    return 1;
  int with = build && strstr(name, build), than_with = build && strstr(than, build);
  return with != than_with ? with : strcmp(name, than) < 0;
}

static void look_at(struct reference *best, struct arena *a, const char *name, const char *build) {
  static const char *const sites[] = {".bcf", ".vcf.gz", ".sites", NULL},
                           *const chains[] = {".chain", ".chain.gz", NULL}, *const fasta[] = {".fa",       ".fasta",
                                                                                              ".fna",      ".fa.gz",
                                                                                              ".fasta.gz", ".fna.gz",
                                                                                              ".2bit",     NULL},
                           *const beside[] = {".csi", ".tbi", ".fai", ".gzi", NULL};
  if (ends_with(name, sites)) {
    if (is_better(name, best->sites, build))
      best->sites = arena_strdup(a, name);
  } else if (ends_with(name, fasta)) {
    if (is_better(name, best->fasta, build))
      best->fasta = arena_strdup(a, name);
  } else if (strcmp(name, "assemblies.tsv") == 0) {
    best->assemblies = arena_strdup(a, name);
  } else if (ends_with(name, chains)) {
    for (size_t k = 0; k < REFERENCE_CHAINS; k++)
      if (!best->chains[k]) {
        best->chains[k] = arena_strdup(a, name);
        break;
      }
  } else if (!ends_with(name, beside)) {
    if (best->n_unknown < REFERENCE_UNKNOWN)
      best->unknown[best->n_unknown] = arena_strdup(a, name);
    best->n_unknown++;
  }
}

static const char *inside(struct arena *a, const char *folder, const char *name) {
  return name ? absolute(a, arena_printf(a, "%s/%s", folder, name)) : NULL;
}

static const char *assembly_of(const char *path) {
  static const char *const names[] = {"GRCh37", "GRCh38"};
  const char *slash = path ? strrchr(path, '/') : NULL, *name = slash ? slash + 1 : path;
  for (size_t k = 0; name && k < sizeof names / sizeof *names; k++)
    if (strstr(name, names[k]))
      return names[k];
  return NULL;
}

static const char *missing_of(const struct reference *r, const char *build) {
  if (!r->sites && !r->fasta)
    return "No VCF was made: no reference is configured.";
  if (r->assembly && build && strcmp(r->assembly, build) != 0 && !r->chains[0])
    return "No VCF was made: the reference is of another build, and no chain leads there.";
  return NULL;
}

void reference_find(struct reference *out, struct arena *a, const struct config *config, const char *build) {
  struct reference best = {0};
  const char *folder = arena_printf(a, "%s/reference", config->data);
  DIR *dir = folder ? opendir(folder) : NULL;
  for (struct dirent *e; dir && (e = readdir(dir)) != NULL;)
    if (e->d_name[0] != '.')
      look_at(&best, a, e->d_name, build);
  if (dir)
    closedir(dir);
  *out = (struct reference){0};
  int named = config->sites || config->fasta;
  out->sites = config->sites ? absolute(a, config->sites) : named ? NULL : inside(a, folder, best.sites);
  out->fasta = config->fasta ? absolute(a, config->fasta) : named ? NULL : inside(a, folder, best.fasta);
  out->assemblies = config->assemblies ? absolute(a, config->assemblies) : inside(a, folder, best.assemblies);
  for (size_t k = 0; k < REFERENCE_CHAINS; k++)
    out->chains[k] = inside(a, folder, best.chains[k]);
  memcpy(out->unknown, best.unknown, sizeof out->unknown);
  out->n_unknown = named ? 0 : best.n_unknown; /* who names the files does not mean the folder's */
  out->assembly = assembly_of(out->sites ? out->sites : out->fasta);
  out->missing = missing_of(out, build);
}

size_t reference_arguments(const struct reference *r, const char *argv[REFERENCE_ARGUMENTS]) {
  const char *const pairs[][2] = {{"--sites", r->sites},           {"--fasta-ref", r->fasta},
                                  {"--assemblies", r->assemblies}, {"--assembly", r->assembly},
                                  {"--chain", r->chains[0]},       {"--chain", r->chains[1]},
                                  {"--chain", r->chains[2]},       {"--chain", r->chains[3]}};
  size_t n = 0;
  for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++)
    if (pairs[k][1]) {
      argv[n++] = pairs[k][0];
      argv[n++] = pairs[k][1];
    }
  return n;
}

void reference_paths(const struct reference *r, struct arena *a, const char *out[REFERENCE_PATHS]) {
  static const char *const beside[] = {"", ".csi", ".tbi", ".fai", ".gzi"};
  const char *const paths[] = {r->sites,     r->fasta,     r->assemblies, r->chains[0],
                               r->chains[1], r->chains[2], r->chains[3]};
  size_t n = 0;
  for (size_t k = 0; k < sizeof paths / sizeof *paths; k++)
    for (size_t b = 0; paths[k] && b < (k < 2 ? sizeof beside / sizeof *beside : 1); b++)
      out[n++] = arena_printf(a, "%s%s", paths[k], beside[b]);
  out[n] = NULL;
}

const char *reference_unknown(const struct reference *r, struct arena *a) {
  const char *text = "";
  for (size_t k = 0; k < r->n_unknown && k < REFERENCE_UNKNOWN && text; k++)
    text = arena_printf(a, "%s%s%s", text, k ? ", " : "", r->unknown[k]);
  return r->n_unknown > REFERENCE_UNKNOWN && text ? arena_printf(a, "%s, ...", text) : text;
}

const char *reference_note(const struct reference *r, struct arena *a) {
  const char *missing = r->missing ? r->missing : "";
  if (r->n_unknown == 0)
    return missing;
  const char *note =
      arena_printf(a, "%s%sNot understood in reference/: %s.", missing, *missing ? " " : "", reference_unknown(r, a));
  return note ? note : missing;
}
