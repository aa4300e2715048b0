/* render.h - fills a template: {{name}}, {{t:key}}, {{#name}}..{{/name}}, {{^name}}..{{/name}}, {{{name}}}; see
 * README.md. The filler follows the markup and escapes each value for the place where it stands. Constant data, no
 * globals. */
#ifndef ARRAY_UPLOAD_PAGES_RENDER_H
#define ARRAY_UPLOAD_PAGES_RENDER_H

#include <stddef.h>

#include "array-upload/pages/buffer.h"
#include "array-upload/pages/catalog.h"

struct render_list;

/* A value: text, or a list. Both NULL, or an empty text, or a list of none: empty. */
typedef struct render_field {
  const char *name;
  const char *text;
  const struct render_list *list;
} render_field;

/* Values by name; what is not here is looked for in the parent. */
typedef struct render_scope {
  const render_field *fields;
  size_t count;
  const struct render_scope *parent;
  const catalog *language; /* for {{t:key}}; NULL: the parent's */
} render_scope;

enum { RENDER_ROW_FIELDS = 32, RENDER_ROW_BYTES = 1024 };

/* One item of a list while it is written. */
typedef struct render_row {
  render_field fields[RENDER_ROW_FIELDS];
  size_t count;
  char made[RENDER_ROW_BYTES];
  size_t used;
  int overflow; /* a field or its text had no room: the rendering fails */
} render_row;

typedef struct render_list {
  size_t count;
  const void *items;
  /* Puts item `index` into an empty row; what it puts must live until the item is written. */
  void (*fill)(const void *items, size_t index, render_row *row);
} render_list;

void render_row_text(render_row *row, const char *name, const char *text);
void render_row_list(render_row *row, const char *name, const render_list *list);
/* A text made on the spot; at most RENDER_ROW_BYTES for all of a row. */
void render_row_format(render_row *row, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

typedef enum render_status { RENDER_OK, RENDER_NO_MEMORY, RENDER_BAD_TEMPLATE } render_status;

/* Appends the filled template. On anything but RENDER_OK out->failed is set and its text is not to be used. */
render_status render(buffer *out, const char *text, const render_scope *scope);

#endif
