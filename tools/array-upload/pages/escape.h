/* escape.h - text made harmless for the place where it stands. Bytes that are not UTF-8 become U+FFFD everywhere. */
#ifndef ARRAY_UPLOAD_PAGES_ESCAPE_H
#define ARRAY_UPLOAD_PAGES_ESCAPE_H

#include "array-upload/pages/buffer.h"

/* HTML text, and values of quoted attributes. */
void escape_html(buffer *out, const char *text);
/* Inside a JSON string, without the quotes; safe inside <script>, too (no '<', '>', '&', U+2028, U+2029). */
void escape_json(buffer *out, const char *text);
/* One part of a path or query: everything but letters, digits and "-._~" becomes %XX. */
void escape_url(buffer *out, const char *text);
/* 1 when `text` may stand as a whole address: https, http or mailto, data:image/ for pictures, or an address on this
 * host. */
int escape_url_allowed(const char *text);

#endif
