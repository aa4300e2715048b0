/* line_deflate.h - a deflate encoder (RFC 1951) for lines of VCF. It hardly searches: it knows where the lines repeat
 * each other. The tail of a line (REF ALT QUAL FILTER INFO FORMAT GT) nearly always stood there before, and what
 * follows that earlier tail, line end, CHROM and the first digits of POS, is the best guess for what follows this one.
 * Any bytes are encoded rightly; only lines like these are encoded well: about as small as by zlib's level 6. */
#ifndef VCF_LINE_DEFLATE_H
#define VCF_LINE_DEFLATE_H

#include <stddef.h>
#include <stdint.h>

enum {
  LINE_DEFLATE_MAX = 65536, /* bytes of text a call takes at most */
  LINE_BYTES_MIN = 24       /* of a record's line: "1\t1\tX\tA\t.\t.\tPASS\t.\tGT\t.\n" */
};

/* What a writer tells of a line, to save the encoder the reading. It only guides: a wrong mark costs size, nothing
 * else. */
typedef struct line_mark {
  uint16_t at;      /* where the line begins */
  uint16_t shape;   /* the record's: lines of one shape have the same tail; 0: not known */
  uint8_t id, tail; /* how far behind it the TAB before the ID stands, and the one before REF */
} line_mark;

/* Work space, about 300 KB; used by one thread at a time. NULL when memory runs out. */
typedef struct line_deflate line_deflate;
line_deflate *line_deflate_new(void);
void line_deflate_free(line_deflate *d);

/* Encodes length (1 to LINE_DEFLATE_MAX) bytes as one final block with codes of its own. marks: of the lines,
 * ascending; lines without one are hardly compressed. Returns the bytes written, or 0 where they might not fit into
 * room. The same text and marks give the same bytes. */
size_t line_deflate_compress(line_deflate *d, const void *text, size_t length, const line_mark *marks, size_t n_marks,
                             unsigned char *out, size_t room);

#endif
