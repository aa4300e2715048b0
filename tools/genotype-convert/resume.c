#include "genotype-convert/resume.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* FNV-1a of 64 bits: it tells runs apart, and protects nothing. */
static void digest_bytes(uint64_t *digest, const void *bytes, size_t count) {
  const unsigned char *p = bytes;
  for (size_t i = 0; i < count; i++)
    *digest = (*digest ^ p[i]) * UINT64_C(0x100000001b3);
}

static void digest_number(uint64_t *digest, uint64_t number) { digest_bytes(digest, &number, sizeof number); }

/* A file stands for its content by size and time; a URL by its name. */
static void digest_file(uint64_t *digest, const char *path) {
  struct stat st;
  digest_number(digest, path != NULL);
  if (!path)
    return;
  if (stat(path, &st) != 0) {
    digest_bytes(digest, path, strlen(path));
    return;
  }
  digest_number(digest, (uint64_t)st.st_size);
  digest_number(digest, (uint64_t)st.st_mtim.tv_sec);
  digest_number(digest, (uint64_t)st.st_mtim.tv_nsec);
}

/* Everything that decides what the records are. Where the files stand, how small and how fast they are made does not.
 */
static uint64_t digest_options(const options *o) {
  uint64_t digest = UINT64_C(0xcbf29ce484222325);
  digest_bytes(&digest, dtc_version(), strlen(dtc_version()));
  digest_file(&digest, o->sequence);
  digest_file(&digest, o->sites);
  digest_file(&digest, o->assemblies);
  digest_number(&digest, o->n_chains);
  for (size_t i = 0; i < o->n_chains; i++)
    digest_file(&digest, o->chains[i]);
  const uint64_t choices[] = {(uint64_t)o->build,
                              (uint64_t)o->chr,
                              (uint64_t)o->sex,
                              (uint64_t)o->split_x_par,
                              (uint64_t)o->split_contigs,
                              (uint64_t)o->vcf_minor,
                              (uint64_t)o->drop_no_calls,
                              (uint64_t)o->variants_only,
                              (uint64_t)o->profile_imputation | (uint64_t)o->profile_pharmcat << 1,
                              (uint64_t)o->strict,
                              o->min_rows};
  digest_bytes(&digest, choices, sizeof choices);
  return digest;
}

/* The last field of the second line: the summary's column "options". Returns 0 where there is none. */
static int read_mark(const char *summary, char mark[RESUME_MARK_BYTES]) {
  FILE *in = fopen(summary, "r");
  char *line = NULL;
  size_t size = 0;
  int found = 0;
  if (in && getline(&line, &size, in) >= 0 && strstr(line, "\toptions\n") && getline(&line, &size, in) >= 0) {
    line[strcspn(line, "\n")] = '\0';
    const char *tab = strrchr(line, '\t');
    found = tab && strlen(tab + 1) < RESUME_MARK_BYTES;
    if (found)
      snprintf(mark, RESUME_MARK_BYTES, "%s", tab + 1);
  }
  free(line);
  if (in)
    fclose(in);
  return found;
}

/* "@SECONDS.NANOSECONDS"; a time that is not written so, or is none, stays as it is. */
static void read_time(const char *text, struct timespec *out) {
  char *point, *end;
  if (*text != '@')
    return;
  errno = 0;
  long long seconds = strtoll(text + 1, &point, 10);
  if (errno || point == text + 1 || *point != '.')
    return;
  long nanoseconds = strtol(point + 1, &end, 10);
  if (end != point + 10 || nanoseconds < 0 || nanoseconds > 999999999)
    return;
  *out = (struct timespec){(time_t)seconds, nanoseconds};
}

int resume_begin(resume *r, const options *o, const char *summary) {
  char earlier[RESUME_MARK_BYTES] = "", digest[17];
  struct stat st;
  memset(r, 0, sizeof *r);
  snprintf(digest, sizeof digest, "%016" PRIx64, digest_options(o));
  int is_file = stat(summary, &st) != 0 || S_ISREG(st.st_mode);
  int known = is_file && read_mark(summary, earlier);
  if (known && strncmp(earlier, digest, 16) == 0) {
    read_time(earlier + 16, &r->since);
    memcpy(r->mark, earlier, sizeof r->mark);
  } else if (known) {
    clock_gettime(CLOCK_REALTIME_COARSE, &r->since); /* the clock of file systems */
    snprintf(r->mark, sizeof r->mark, "%s@%lld.%09ld", digest, (long long)r->since.tv_sec, r->since.tv_nsec);
  } else {
    snprintf(r->mark, sizeof r->mark, "%s", digest);
  }
  return is_file;
}

static int is_before(const struct timespec *a, const struct timespec *b) {
  return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

int resume_is_finished(const resume *r, const char *file, const struct stat *export) {
  struct stat st;
  return stat(file, &st) == 0 && S_ISREG(st.st_mode) && !is_before(&st.st_mtim, &export->st_mtim) &&
         !is_before(&st.st_mtim, &r->since);
}
