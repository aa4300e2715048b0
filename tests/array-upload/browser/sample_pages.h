/* sample_pages.h - the operator's pages with made-up contents: for looking at them and for the tests. */
#ifndef ARRAY_UPLOAD_SAMPLE_PAGES_H
#define ARRAY_UPLOAD_SAMPLE_PAGES_H

#include "array-upload/pages/buffer.h"

/* The names of all of them; NULL ends the list. */
extern const char *const sample_page_names[];
/* Appends the page of that name. `text` stands wherever somebody else's words may stand, so that a test can try hostile
 * ones; NULL: friendly words. Returns 0 for an unknown name or when the page could not be made. */
int sample_page(buffer *out, const char *name, const char *text);

#endif
