/* name.h - the names of a zip's entries. They are judged, never used as paths. */
#ifndef DTC_ARCHIVE_NAME_H
#define DTC_ARCHIVE_NAME_H

#include "base/view.h"

/* NULL for a plain relative name, else what it should have been. With is_utf8 the bytes must be UTF-8 (RFC 3629). */
const char *name_fault(view name, int is_utf8);
int name_is_folder(view name);
/* What macOS puts beside the files it packs: everything in __MACOSX/, and .DS_Store anywhere. */
int name_is_macos(view name);
/* Whether the name stands in a folder. */
int name_has_folder(view name);

#endif
