#include <config.h>

#include "array-upload/worker/deliverable.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "array-upload/seal/crypt4gh.h"
#include "array-upload/seal/object.h"
#include "array-upload/util/clock.h"
#include "array-upload/util/crypto.h"

const struct deliverable deliverables[DELIVERABLES] = {
    [DELIVERABLE_VCF] = {"array-vcf", "sample.vcf.gz", "array-vcf.vcf.gz", "##fileformat=VCF", 1},
    /* Beside the VCF under the name that readers of VCF look for. */
    [DELIVERABLE_TBI] = {"array-tbi", "sample.vcf.gz.tbi", "array-vcf.vcf.gz.tbi", "TBI\1", 1},
    [DELIVERABLE_TABLE] = {"array-table", "table.tsv", "array-table.tsv", NULL, 0},
    [DELIVERABLE_REPORT] = {"array-report_json", "report.json", "array-report.json", "{", 0},
    [DELIVERABLE_HTML] = {"array-report_html", "report.html", "array-report.html", "<!", 0},
    [DELIVERABLE_IMPUTE_VCF] = {"impute-vcf", "impute.vcf.gz", "impute-vcf.vcf.gz", "##fileformat=VCF", 1},
    [DELIVERABLE_IMPUTE_TBI] = {"impute-tbi", "impute.vcf.gz.tbi", "impute-vcf.vcf.gz.tbi", "TBI\1", 1},
    [DELIVERABLE_IMPUTE_REPORT] = {"impute-report_json", "impute.json", "impute-report.json", "{", 0},
    [DELIVERABLE_TRAITS] = {"traits-json", "traits.json", "traits.json", "{", 0},
    [DELIVERABLE_ANCESTRY] = {"ancestry-json", "ancestry.json", "ancestry.json", "{", 0},
};

const struct deliverable merged[MERGED] = {{"merged-vcf", "merged.vcf.gz", "merged.vcf.gz", "##fileformat=VCF", 1},
                                           {"merged-tbi", "merged.vcf.gz.tbi", "merged.vcf.gz.tbi", "TBI\1", 1}};

/* The 28 bytes of an empty BGZF block (SAM specification, section 4.1.2). */
static const unsigned char bgzf_end[28] = {0x1f, 0x8b, 0x08, 0x04, 0, 0, 0, 0, 0, 0xff, 0x06, 0, 0x42, 0x43,
                                           0x02, 0,    0x1b, 0,    3, 0, 0, 0, 0, 0,    0,    0, 0,    0};

static int packed_starts(int fd, const char *magic, size_t n) {
  char head[32];
  int copy = dup(fd);
  gzFile gz = copy < 0 || n > sizeof head ? NULL : gzdopen(copy, "rb");
  if (!gz) {
    if (copy >= 0)
      close(copy);
    return 0;
  }
  int good = gzread(gz, head, (unsigned)n) == (int)n && (n == 0 || memcmp(head, magic, n) == 0);
  return gzclose(gz) == Z_OK && good;
}

static int is_whole(const struct deliverable *d, int fd, int64_t size) {
  char head[32], tail[sizeof bgzf_end];
  size_t n = d->magic ? strlen(d->magic) : 0;
  if (size <= 0)
    return 0;
  if (!d->packed)
    return n == 0 || (pread(fd, head, n, 0) == (ssize_t)n && memcmp(head, d->magic, n) == 0);
  if (size < (int64_t)sizeof tail ||
      pread(fd, tail, sizeof tail, (off_t)(size - (int64_t)sizeof tail)) != (ssize_t)sizeof tail)
    return 0;
  return memcmp(tail, bgzf_end, sizeof tail) == 0 && packed_starts(fd, d->magic, n);
}

enum blob_result deliverable_put(const struct deliverable *d, const struct service *service, struct store *store,
                                 struct arena *a, const char *folder, const char *owner, const char *folder_name,
                                 const unsigned char *recipient, struct sample_file *out) {
  char sha256[SHA256_HEX_SIZE], id[UUID_SIZE];
  struct stat status;
  const char *path = arena_printf(a, "%s/%s", folder, d->local);
  int fd = path ? open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
  if (fd < 0)
    return BLOB_NONE;
  int64_t size = 0;
  enum blob_result result = BLOB_NONE;
  if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && is_whole(d, fd, status.st_size) &&
      sha256_fd(fd, sha256, &size) == 0 && size == status.st_size && uuid_new(id) == 0) {
    const char *end = recipient != NULL ? CRYPT4GH_SUFFIX : "";
    *out = (struct sample_file){.id = arena_strdup(a, id),
                                .sample = owner,
                                .type = d->type,
                                .key = arena_printf(a, OBJECTS_SEALED "%s/%s/%s%s", owner, folder_name, d->suffix, end),
                                .name = arena_printf(a, "%s_%s%s", owner, d->suffix, end),
                                .sha256 = arena_strdup(a, sha256),
                                .size = size,
                                .created = clock_now()};
    if (a->failed)
      result = BLOB_ERROR;
    else if (recipient == NULL)
      result = object_put(service->blob, store_keys(store), owner, out->key, fd, out->created);
    else
      result = object_put_crypt4gh(service->blob, store_keys(store), owner, out->key, fd, recipient, out->created,
                                   &out->size, sha256);
    if (result == BLOB_OK && recipient != NULL && (out->sha256 = arena_strdup(a, sha256)) == NULL)
      result = BLOB_ERROR;
  }
  close(fd);
  return result;
}

enum blob_result deliverable_store(const struct deliverable *d, const struct service *service, struct store *store,
                                   struct arena *a, const char *folder, const struct job *job,
                                   const unsigned char *recipient, struct sample_file *out) {
  const char *name = arena_printf(a, "run-%lld-%s", (long long)job->run_no, job->run);
  return name ? deliverable_put(d, service, store, a, folder, job->sample, name, recipient, out) : BLOB_ERROR;
}
