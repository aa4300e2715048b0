/* asset.h - scripts and style sheets, embedded at build. */
#ifndef ARRAY_UPLOAD_PAGES_ASSET_H
#define ARRAY_UPLOAD_PAGES_ASSET_H

#include <stddef.h>

typedef struct asset {
  const char *name;         /* with its hash: "3f2a-upload.css" */
  const char *content_type; /* with charset */
  const char *bytes;        /* constant, except for a brand's sheet: then it points into `made` */
  size_t length;
  char etag[40];   /* quoted */
  char made[1024]; /* the brand's sheet is written here: keep the struct until the answer is sent, or copy */
} asset;

/* Finds what follows "assets/" in the path: an embedded file, or "brand-rrggbb.css", which is made from the colour in
 * its name. Returns 1 and fills *out, or 0 where there is none. Any bytes may come in `name`. */
int asset_find(const char *name, asset *out);
/* The hashed name of an embedded file ("upload.css"), or NULL. Constant. */
const char *asset_name(const char *file);

#endif
