/* end.h - the end record of a zip and its zip64 companions (PKWARE APPNOTE 4.3.14 - 4.3.16): the one and only. */
#ifndef DTC_ARCHIVE_END_H
#define DTC_ARCHIVE_END_H

#include "archive/source.h"

#define END_BYTES 22u                       /* of the end record without its comment */
#define END_TAIL_BYTES (END_BYTES + 65535u) /* where every reader looks for it */

#define END_NO_RIVAL UINT64_MAX

typedef struct zip_end {
  uint64_t directory_at, directory_bytes, entries;
  uint64_t rival_at; /* of another record that a reader could take for the end, or END_NO_RIVAL */
  uint64_t
      ends_at; /* where the directory must end: the first byte of the end record or of the zip64 record before it */
} zip_end;

/* Finds the end record and holds it against the limits; the directory it names lies inside the file, ends where it must
 * and holds at least one entry. A rival is not refused here, because it may stand inside an archive that is the member:
 * then the walk tells the better reason. scratch has END_TAIL_BYTES. */
dtc_status end_find(const source *s, const dtc_limits *limits, unsigned char *scratch, zip_end *end, dtc_diag *diag);
/* The refusal of an archive with a rival. */
dtc_status end_refuse_rival(const zip_end *end, dtc_diag *diag);
/* The same where something else is wrong beside it; but what is not the file's fault stays what it is. */
dtc_status end_refuse_for_rival(const zip_end *end, const dtc_diag *beside, dtc_diag *diag);
/* Whether the file ends as a zip does, whatever it begins with; or as the last part of one that was cut in pieces, as
 * 7-Zip does: its directory begins before the file. scratch as above. */
typedef enum end_seen { END_ABSENT, END_THERE, END_OF_A_PART } end_seen;
dtc_status end_is_there(const source *s, unsigned char *scratch, end_seen *is_there, dtc_diag *diag);

#endif
