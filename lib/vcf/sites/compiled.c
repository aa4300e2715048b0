/* compiled.c - the compiled form of a site table: what memory holds, in a file, mapped back as it is.
 *
 * Layout, in the byte order of the machine that made it, every part at a multiple of 8 bytes:
 *   head     magic "DTCSITES", version, figures below, digest of the source's records, checksum of everything
 *   contigs  26 times: length, md5, count of SNVs, of their names (that, or 0), first indel, count of indels
 *   for each contig positions (4 bytes each), codes (1 byte each), names (4 bytes each); then indels, names, the pool
 * of texts. About 9 bytes an SNV. A machine of another byte order refuses it, and so does a program of another version.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/block.h"
#include "base/counts.h"
#include "vcf/sites/sites.h"

#define COMPILED_MAGIC "DTCSITES"
enum { COMPILED_VERSION = 2, COMPILED_ORDER = 0x01020304, COMPILED_OTHER_ORDER = 0x04030201 };

typedef struct compiled_contig {
  uint32_t length, count, named, first_indel, indels, spare;
  char md5[40];
} compiled_contig;

typedef struct compiled_head {
  char magic[8];
  uint32_t version, byte_order, build, indels, names, pool_bytes;
  uint64_t file_bytes, checksum;
  char digest[64];
  compiled_contig contig[DTC_CONTIG_COUNT];
} compiled_head;

/* Fowler-Noll-Vo's idea over words in four lanes: finds damage, is no seal against malice. bytes is a multiple of 8. */
typedef struct checksum {
  uint64_t lane[4];
  unsigned at;
} checksum;

static void checksum_add(checksum *sum, const void *data, size_t bytes) {
  const unsigned char *p = data;
  uint64_t word;
  for (; bytes >= 8; bytes -= 8, p += 8) {
    memcpy(&word, p, 8);
    uint64_t *lane = &sum->lane[sum->at++ & 3];
    *lane = (*lane ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    *lane ^= *lane >> 29;
  }
}

static uint64_t checksum_value(const checksum *sum) {
  uint64_t value = UINT64_C(0xcbf29ce484222325);
  for (int i = 0; i < 4; i++)
    value = (value ^ sum->lane[i]) * UINT64_C(0x100000001b3);
  return value;
}

static size_t padded(size_t bytes) { return (bytes + 7) / 8 * 8; }

typedef struct output {
  int fd, failed;
  checksum sum;
  uint64_t bytes;
} output;

static void put(output *o, const void *data, size_t bytes) {
  const char *p = data;
  while (bytes && !o->failed) {
    ssize_t n = write(o->fd, p, bytes);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0) {
      o->failed = 1;
      break;
    }
    p += n;
    bytes -= (size_t)n;
  }
}

/* A part, padded with zeros; goes through the checksum. */
static void put_part(output *o, const void *data, size_t bytes) {
  char tail[8] = {0};
  size_t whole = bytes / 8 * 8;
  checksum_add(&o->sum, data, whole);
  put(o, data, whole);
  if (bytes > whole) {
    memcpy(tail, (const char *)data + whole, bytes - whole);
    checksum_add(&o->sum, tail, 8);
    put(o, tail, 8);
  }
  o->bytes += padded(bytes);
}

int sites_write_compiled(const sites *s, int fd) {
  compiled_head head;
  memset(&head, 0, sizeof head);
  memcpy(head.magic, COMPILED_MAGIC, 8);
  head.version = COMPILED_VERSION;
  head.byte_order = COMPILED_ORDER;
  head.build = (uint32_t)s->build;
  head.indels = s->indels;
  head.names = s->names;
  head.pool_bytes = s->pool_bytes;
  memcpy(head.digest, s->digest, sizeof head.digest);
  for (unsigned c = 0; c < DTC_CONTIG_COUNT; c++) {
    const sites_contig *from = &s->contig[c];
    head.contig[c] = (compiled_contig){
        s->length[c], from->count, from->name ? from->count : 0, from->first_indel, from->indels, 0, ""};
    memcpy(head.contig[c].md5, s->md5[c], sizeof s->md5[c]);
  }
  output o = {.fd = fd};
  put(&o, &head, sizeof head);
  for (unsigned c = 0; c < DTC_CONTIG_COUNT; c++) {
    put_part(&o, s->contig[c].position, s->contig[c].count * sizeof *s->contig[c].position);
    put_part(&o, s->contig[c].code, s->contig[c].count);
    put_part(&o, s->contig[c].name, head.contig[c].named * sizeof *s->contig[c].name);
  }
  put_part(&o, s->indel, s->indels * sizeof *s->indel);
  put_part(&o, s->name, s->names * sizeof *s->name);
  put_part(&o, s->pool, s->pool_bytes);
  head.file_bytes = sizeof head + o.bytes;
  checksum_add(&o.sum, &head, sizeof head); /* its own field is still 0 */
  head.checksum = checksum_value(&o.sum);
  if (o.failed || lseek(fd, 0, SEEK_SET) != 0)
    return 0;
  put(&o, &head, sizeof head);
  return !o.failed;
}

int sites_is_compiled(const char *path) {
  char magic[8];
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return 0;
  ssize_t n;
  do
    n = read(fd, magic, sizeof magic);
  while (n < 0 && errno == EINTR);
  close(fd);
  return n == (ssize_t)sizeof magic && memcmp(magic, COMPILED_MAGIC, sizeof magic) == 0;
}

/* The next part of the mapped file, or NULL where it is not all there. */
static const void *take_part(const char *map, size_t map_bytes, size_t *at, uint64_t count, size_t size) {
  if (count > (map_bytes - *at) / size)
    return NULL;
  size_t bytes = padded((size_t)count * size);
  if (bytes > map_bytes - *at)
    return NULL;
  const void *part = map + *at;
  *at += bytes;
  return part;
}

/* Indels and names must point into the pool, at whole texts. */
static int lists_are_sound(const sites *s) {
  if (s->pool_bytes && s->pool[s->pool_bytes - 1])
    return 0;
  for (uint32_t i = 0; i < s->indels; i++) {
    uint64_t at = s->indel[i].text;
    if (s->indel[i].contig >= DTC_CONTIG_COUNT || s->indel[i].n_alleles > SITES_ALLELES_MAX ||
        s->indel[i].n_alleles < 2)
      return 0;
    for (unsigned k = 0; k < s->indel[i].n_alleles; k++) {
      if (at >= s->pool_bytes)
        return 0;
      at += strlen(s->pool + at) + 1;
    }
  }
  for (uint32_t i = 0; i < s->names; i++)
    if (s->name[i].contig >= DTC_CONTIG_COUNT ||
        (s->name[i].contig == DTC_CONTIG_NONE && s->name[i].place >= s->indels) ||
        (s->name[i].kind == DTC_ID_OTHER && s->name[i].number >= s->pool_bytes))
      return 0;
  return 1;
}

static int take_all(sites *s, const compiled_head *head) {
  size_t at = sizeof *head;
  for (unsigned c = 0; c < DTC_CONTIG_COUNT; c++) {
    const compiled_contig *from = &head->contig[c];
    sites_contig *to = &s->contig[c];
    to->position = take_part(s->map, s->map_bytes, &at, from->count, sizeof *to->position);
    to->code = to->position ? take_part(s->map, s->map_bytes, &at, from->count, 1) : NULL;
    const uint32_t *names = to->code ? take_part(s->map, s->map_bytes, &at, from->named, sizeof *to->name) : NULL;
    if (!names || (from->named && from->named != from->count) || from->first_indel > head->indels ||
        from->indels > head->indels - from->first_indel)
      return 0;
    to->name = from->named ? names : NULL;
    to->count = from->count;
    to->first_indel = from->first_indel;
    to->indels = from->indels;
    s->length[c] = from->length;
    memcpy(s->md5[c], from->md5, sizeof s->md5[c]);
    s->md5[c][32] = '\0';
  }
  s->indel = take_part(s->map, s->map_bytes, &at, head->indels, sizeof *s->indel);
  s->name = s->indel ? take_part(s->map, s->map_bytes, &at, head->names, sizeof *s->name) : NULL;
  s->pool = s->name ? take_part(s->map, s->map_bytes, &at, head->pool_bytes, 1) : NULL;
  s->indels = head->indels;
  s->names = head->names;
  s->pool_bytes = head->pool_bytes;
  return s->pool && at == s->map_bytes && lists_are_sound(s);
}

static dtc_status check_map(sites *s, const char *path, char *message, size_t message_bytes) {
  const compiled_head *head = s->map;
  int whole = s->map_bytes >= sizeof *head;
  if (whole && head->byte_order == COMPILED_OTHER_ORDER) {
    snprintf(message, message_bytes,
             "the compiled site table %s was made on a machine of another byte order: compile it again", path);
    return DTC_REFERENCE_FILE;
  }
  if (whole && (head->byte_order != COMPILED_ORDER || head->version != COMPILED_VERSION)) {
    snprintf(message, message_bytes, "the compiled site table %s is of another version: compile it again", path);
    return DTC_REFERENCE_FILE;
  }
  if (!whole || head->file_bytes != s->map_bytes || s->map_bytes % 8) {
    snprintf(message, message_bytes, "the compiled site table %s is cut off: compile it again", path);
    return DTC_IO_READ;
  }
  checksum sum = {.at = 0};
  compiled_head copy = *head;
  copy.checksum = 0;
  checksum_add(&sum, head + 1, s->map_bytes - sizeof *head);
  checksum_add(&sum, &copy, sizeof copy);
  if (checksum_value(&sum) != head->checksum || head->build >= BUILD_COUNT || !take_all(s, head)) {
    snprintf(message, message_bytes, "the compiled site table %s is damaged: compile it again", path);
    return DTC_IO_READ;
  }
  s->build = (dtc_build)head->build;
  memcpy(s->digest, head->digest, sizeof s->digest);
  s->digest[sizeof s->digest - 1] = '\0';
  return DTC_OK;
}

dtc_status sites_map_compiled(const char *path, sites *s, char *message, size_t message_bytes) {
  s->map = block_map_file(path, &s->map_bytes);
  if (!s->map) {
    snprintf(message, message_bytes, "cannot open the site table %s: %s", path, strerror(errno));
    return DTC_IO_OPEN;
  }
  return check_map(s, path, message, message_bytes);
}
