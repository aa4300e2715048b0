#include "vcf/writer/read_back.h"

#include "base/crc32.h"

#include <errno.h>
#include <htslib/bgzf.h>
#include <htslib/kstring.h>
#include <stdlib.h>
#include <string.h>

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

/* Sums up the rest of the stream. */
static int sum_stream(BGZF *in, content_sum *s) {
  enum { PIECE = 1 << 16 };
  char *piece = malloc(PIECE);
  ssize_t n = -1;
  while (piece && (n = bgzf_read(in, piece, PIECE)) > 0)
    content_add(s, piece, (size_t)n);
  free(piece);
  return n == 0 ? 0 : -1;
}

int content_check(content_sum *meant, const char *path, const char **trouble) {
  content_sum found = {0};
  errno = 0;
  BGZF *in = bgzf_open(path, "r");
  if (!in) {
    errno = errno ? errno : ENOMEM;
    return -1;
  }
  int failed = sum_stream(in, &found) != 0;
  int error = errno;
  sum_held(meant);
  sum_held(&found);
  if (!failed && (found.bytes != meant->bytes || found.crc != meant->crc))
    *trouble = "what stands in the file is not what was written";
  (void)bgzf_close(in);
  errno = error ? error : EIO;
  return failed || *trouble ? -1 : 0;
}
