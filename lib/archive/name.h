/* name.h - the names of a zip's entries. They are judged, never used as paths. A backslash separates like a slash: the
 * packer of Windows PowerShell 5.1 writes it, and some readers take it for one. */
#ifndef DTC_ARCHIVE_NAME_H
#define DTC_ARCHIVE_NAME_H

#include "base/view.h"

/* NULL for a plain relative name, else what it should have been. With is_utf8 the bytes must be UTF-8 (RFC 3629). */
const char *name_fault(view name, int is_utf8);
/* Dropbox' entry for the folder it packed: a separator and nothing else. */
int name_is_root(view name);
int name_is_folder(view name);
/* Whether the name stands in a folder. */
int name_has_folder(view name);
int name_has_backslash(view name);
/* Whether a reader could take them for one name. */
int name_same(view a, view b);
/* What stands behind the last separator. */
view name_base(view name);

#endif
