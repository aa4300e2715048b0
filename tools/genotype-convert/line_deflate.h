/* line_deflate.h - a deflate encoder (RFC 1951) for lines of VCF. It does not search: it knows where the lines repeat each other.
 * The tail of a line (REF ALT QUAL FILTER INFO FORMAT GT) nearly always stood there before, and what follows that earlier tail,
 * line end, CHROM and the first digits of POS, is the best guess for what follows this one. Any bytes are encoded rightly; only
 * lines like these are encoded well. */
#ifndef CONVERT_LINE_DEFLATE_H
#define CONVERT_LINE_DEFLATE_H

#include <stddef.h>

enum { LINE_DEFLATE_MAX = 65536 }; /* bytes of text a call takes at most */

/* Work space, about 400 KB; used by one thread at a time. NULL when memory runs out. */
typedef struct line_deflate line_deflate;
line_deflate *line_deflate_new(void);
void line_deflate_free(line_deflate *d);

/* Encodes length (1 to LINE_DEFLATE_MAX) bytes as one final block with codes of its own. Returns the bytes written, or 0 where
 * they do not fit into room. The same text gives the same bytes. */
size_t line_deflate_compress(line_deflate *d, const void *text, size_t length, unsigned char *out, size_t room);

#endif
