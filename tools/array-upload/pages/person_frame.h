/* person_frame.h - what the pages behind a person's links share: looks, languages, the door. */
#ifndef ARRAY_UPLOAD_PAGES_PERSON_FRAME_H
#define ARRAY_UPLOAD_PAGES_PERSON_FRAME_H

#include "array-upload/pages/person_page.h"
#include "array-upload/pages/render.h"

enum { PERSON_FRAME_FIELDS = 40 };

/* The values of one page, with the texts made for it. */
struct person_frame {
  const catalog *language;
  render_field fields[PERSON_FRAME_FIELDS];
  size_t count;
  char brand_css[32], minutes[12];
  render_list languages;
};

/* base: where the page is, for its choice of a language: by a link ("door" is put), or by a form ("main"). title: a key
 * of the catalog. */
void person_frame_begin(struct person_frame *p, const catalog *language, const page_brand *brand, const char *base,
                        const char *title);
/* The same, and what every view has. */
void person_frame_view(struct person_frame *p, const person_view *view, const char *base, const char *title);
/* A name has one value, the last. */
void person_frame_put(struct person_frame *p, const char *name, const char *text);
void person_frame_put_list(struct person_frame *p, const char *name, const render_list *list);
/* Appends the page: the layout (person_layout.html) around the filled template; 1, or 0 when memory ran out. */
int person_frame_end(struct person_frame *p, buffer *out, const char *file);

#endif
