/* embedded.h - the files of this folder as C strings; made at build by local.mk. */
#ifndef ARRAY_UPLOAD_PAGES_EMBEDDED_H
#define ARRAY_UPLOAD_PAGES_EMBEDDED_H

#include <stddef.h>

typedef struct embedded_file {
  const char *file; /* "upload.css" */
  const char *hash; /* its name as an asset: "<crc>-upload.css" */
  const char *text;
} embedded_file;

extern const embedded_file embedded_files[];
extern const size_t embedded_file_count;

/* The text of a file of this folder; NULL where there is none. */
const char *embedded_text(const char *file);

#endif
