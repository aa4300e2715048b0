#include "array-upload/pages/asset.h"

#include <stdio.h>
#include <string.h>

#include "array-upload/pages/colour.h"
#include "array-upload/pages/embedded.h"

static const char *content_type(const char *file) {
  const char *dot = strrchr(file, '.');
  if (dot && strcmp(dot, ".css") == 0)
    return "text/css; charset=utf-8";
  return dot && strcmp(dot, ".js") == 0 ? "text/javascript; charset=utf-8" : NULL;
}

const char *embedded_text(const char *file) {
  for (size_t i = 0; i < embedded_file_count; i++)
    if (strcmp(embedded_files[i].file, file) == 0)
      return embedded_files[i].text;
  return NULL;
}

const char *asset_name(const char *file) {
  /* local.mk writes the hash as "<crc>-<file>". */
  for (size_t i = 0; i < embedded_file_count; i++)
    if (strcmp(embedded_files[i].file, file) == 0 && content_type(file))
      return embedded_files[i].hash;
  return NULL;
}

/* The brand's colour on buttons, and a readable form of it for words, on light and on dark pages. */
static int brand_sheet(const char *name, asset *out) {
  char digits[7];
  uint32_t brand;
  if (strncmp(name, "brand-", 6) != 0 || strlen(name) != 6 + 6 + 4 || strcmp(name + 12, ".css") != 0)
    return 0;
  memcpy(digits, name + 6, 6);
  digits[6] = '\0';
  if (!colour_parse(digits, &brand))
    return 0;
  uint32_t light = colour_readable(brand, COLOUR_LIGHT_PAGE), dark = colour_readable(brand, COLOUR_DARK_PAGE);
  int length =
      snprintf(out->made, sizeof out->made,
               ":root{--brand:#%06x;--brand-ink:#%06x;--brand-text:#%06x}\n"
               "@media (prefers-color-scheme:dark){:root{--brand:#%06x;--brand-ink:#%06x;--brand-text:#%06x}}\n",
               (unsigned)brand, (unsigned)colour_ink(brand), (unsigned)light, (unsigned)brand,
               (unsigned)colour_ink(brand), (unsigned)dark);
  out->bytes = out->made;
  out->length = (size_t)length;
  out->name = "brand.css";
  out->content_type = "text/css; charset=utf-8";
  snprintf(out->etag, sizeof out->etag, "\"1-%06x\"", (unsigned)brand);
  return 1;
}

int asset_find(const char *name, asset *out) {
  if (brand_sheet(name, out))
    return 1;
  for (size_t i = 0; i < embedded_file_count; i++) {
    const embedded_file *e = &embedded_files[i];
    if (strcmp(e->hash, name) != 0 || !content_type(e->file))
      continue;
    out->name = e->hash;
    out->content_type = content_type(e->file);
    out->bytes = e->text;
    out->length = strlen(e->text);
    snprintf(out->etag, sizeof out->etag, "\"%.36s\"", e->hash);
    return 1;
  }
  return 0;
}
