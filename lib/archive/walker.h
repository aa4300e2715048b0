/* walker.h - the strict walk over a zip before any zip library sees it. Every byte of the file belongs to exactly one
 * local header, member, data descriptor, directory entry or end record, and what is said twice is said alike. Time is
 * linear in the file, memory is that of the directory (within limits.directory_bytes); nothing is allocated by a size
 * that is only claimed. */
#ifndef DTC_ARCHIVE_WALKER_H
#define DTC_ARCHIVE_WALKER_H

#include "archive/aside.h"
#include "archive/end.h"
#include "archive/source.h"
#include "base/view.h"

#define WALKER_SCRATCH_BYTES 131328 /* the tail of the file; a local header with the longest name and extra fields */

enum { ZIP_STORED = 0, ZIP_DEFLATED = 8 };

typedef enum zip_role {
  ZIP_ROLE_EXPORT, /* or a stranger: the walk does not choose */
  ZIP_ROLE_ASIDE,
  ZIP_ROLE_FOLDER
} zip_role;

typedef struct zip_member {
  uint64_t header_at, data_at, ends_at; /* ends_at: behind the data and its descriptor */
  uint64_t packed_bytes, unpacked_bytes;
  uint64_t entry_at; /* of its directory entry, for diagnostics */
  uint32_t crc;
  uint32_t attributes;
  uint16_t flags, method, version;
  uint8_t made_by; /* the system whose attributes these are */
  zip_role role;
  aside aside; /* of a role that is ASIDE */
  view name;   /* inside the walk's directory */
  int is_encrypted;
} zip_member;

typedef struct zip_walk {
  zip_member *members; /* in the directory's order */
  size_t count;
  size_t exports;      /* members of that role; one in an archive that is taken */
  size_t export_index; /* of the last of them */
  int rezipped, in_folder;
  zip_end end;
  unsigned char *directory;
} zip_walk;

/* An archive whose end record has a rival comes through only when nothing else is wrong: see end.h. scratch has
 * WALKER_SCRATCH_BYTES. On failure nothing is left to free. */
dtc_status walker_walk(const source *s, const dtc_limits *limits, const dtc_allocator *allocator,
                       unsigned char *scratch, zip_walk *walk, dtc_diag *diag);
void walker_free(zip_walk *walk, const dtc_allocator *allocator);

#endif
