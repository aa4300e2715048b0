#include "vcf/writer/read_back.h"

#include "base/crc32.h"

#include <errno.h>
#include <htslib/hfile.h>
#include <htslib/kstring.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void sum_held(content_sum *s) {
  s->crc = crc32_of(s->crc, (const unsigned char *)s->held, s->held_bytes);
  s->held_bytes = 0;
}

void content_add(content_sum *s, const char *bytes, size_t length) {
  s->bytes += length;
  if (length > sizeof s->held - s->held_bytes)
    sum_held(s);
  if (length > sizeof s->held) {
    s->crc = crc32_of(s->crc, (const unsigned char *)bytes, length);
    return;
  }
  memcpy(s->held + s->held_bytes, bytes, length);
  s->held_bytes += length;
}

int content_begin(content_sum *s, const vcf_layout *layout, const bcf_hdr_t *header) {
  *s = (content_sum){0};
  if (!vcf_type_is_bcf(layout->type)) {
    content_add(s, layout->header, layout->header_bytes);
    return 0;
  }
  kstring_t text = {0}; /* BCF's header has a number on each line of its dictionaries */
  if (bcf_hdr_format(header, 1, &text) != 0) {
    free(text.s);
    return -1;
  }
  uint32_t length = (uint32_t)text.l + 1; /* with its NUL */
  const char head[9] = {
      'B', 'C', 'F', 2, 2, (char)length, (char)(length >> 8), (char)(length >> 16), (char)(length >> 24)};
  content_add(s, head, sizeof head);
  content_add(s, text.s, length);
  free(text.s);
  return 0;
}

void read_back_begin(read_back *r, int fd, const char *path) {
  struct stat st;
  *r = (read_back){.fd = fd, .path = path, .is_new = path && fstat(fd, &st) == 0 && st.st_size == 0};
}

/* Opens where that is not done yet. 0 on failure, which is noted. */
static int is_open(read_back *r) {
  if (r->failed)
    return 0;
  errno = 0;
  if (!r->in && !(r->in = bgzf_open(r->path, "r"))) {
    r->failed = 1;
    r->error = errno ? errno : ENOMEM;
  }
  return r->in != NULL;
}

/* Adds the next block. 0 at the end of the file, or on failure, which is noted. */
static int take_block(read_back *r) {
  errno = 0;
  if (bgzf_read_block(r->in) != 0) {
    r->failed = 1;
    r->error = errno;
    return 0;
  }
  content_add(&r->found, r->in->uncompressed_block, (size_t)r->in->block_length);
  return r->in->block_length > 0;
}

/* No block is larger: where so much is there behind those that were read, the next one is whole. What a file that was
 * empty is long was written. */
static int is_block_there(const read_back *r) {
  struct stat st;
  off_t at = r->in ? htell(r->in->fp) : 0;
  return r->is_new && fstat(r->fd, &st) == 0 && st.st_size - at >= BGZF_MAX_BLOCK_SIZE;
}

int read_back_step(read_back *r) { return is_block_there(r) && is_open(r) && take_block(r); }

int read_back_end(read_back *r, content_sum *meant, const char **trouble) {
  while (is_open(r) && take_block(r))
    continue;
  sum_held(meant);
  sum_held(&r->found);
  if (!r->failed && (r->found.bytes != meant->bytes || r->found.crc != meant->crc))
    *trouble = "what stands in the file is not what was written";
  int failed = r->failed, error = r->error;
  read_back_give_up(r);
  errno = error ? error : EIO;
  return failed || *trouble ? -1 : 0;
}

void read_back_give_up(read_back *r) {
  if (r->in)
    (void)bgzf_close(r->in); /* only read: nothing is lost when it fails */
  r->in = NULL;
}
