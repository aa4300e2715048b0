/* aside.h - what ordinary tools put beside the files they pack. Such a file is passed over, so it must be what its name
 * says: else it could hide a second export. */
#ifndef DTC_ARCHIVE_ASIDE_H
#define DTC_ARCHIVE_ASIDE_H

#include "base/view.h"

#include <stdint.h>

/* By what must stand in it; an empty one is always fine. */
typedef enum aside {
  ASIDE_NONE,         /* not of a tool: the export, or a stranger */
  ASIDE_APPLE_DOUBLE, /* everything in __MACOSX/; ._NAME beside NAME, on disks that are not Apple's */
  ASIDE_BINARY,       /* .DS_Store of the Finder, Thumbs.db of Windows */
  ASIDE_INI,          /* desktop.ini, NAME:Zone.Identifier of Windows; .directory of KDE */
  ASIDE_EMPTY         /* .localized of macOS */
} aside;

#define ASIDE_HEAD_BYTES 512 /* enough for aside_fits */

aside aside_by_name(view name);
/* The most that such a file may unpack to: far above what the tools write. */
uint32_t aside_bytes_max(aside what);
/* Whether a file that begins so is of that sort. head: its first bytes, ASIDE_HEAD_BYTES or all of it. */
int aside_fits(aside what, const unsigned char *head, size_t length_bytes);

#endif
