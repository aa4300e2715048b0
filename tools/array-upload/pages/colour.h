/* colour.h - which of a brand's colours can be read (WCAG 2.2, 1.4.3: 4.5 to 1). */
#ifndef ARRAY_UPLOAD_PAGES_COLOUR_H
#define ARRAY_UPLOAD_PAGES_COLOUR_H

#include <stdint.h>

/* The page's backgrounds, as in upload.css: the one of the two surfaces that is the harder one to read on. */
#define COLOUR_LIGHT_PAGE 0xF4F5F7u
#define COLOUR_DARK_PAGE 0x20262Eu
#define COLOUR_BLACK 0x15191Eu
#define COLOUR_WHITE 0xFFFFFFu

/* "#rrggbb" or "rrggbb", any case. Returns 1 and 0xRRGGBB, or 0. */
int colour_parse(const char *text, uint32_t *rgb);
/* (L1 + 0.05) / (L2 + 0.05), 1 to 21, times 1000 and rounded down. */
unsigned colour_contrast(uint32_t a, uint32_t b);
/* Black or white: what is easier to read on `background`. At least 4.5 to 1 with either's better one. */
uint32_t colour_ink(uint32_t background);
/* `wanted` where it can be read on `background`, else colour_ink(background). */
uint32_t colour_readable(uint32_t wanted, uint32_t background);

#endif
