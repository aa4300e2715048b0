/* local.h - a member's local header, data and descriptor in their places, held against its directory entry. */
#ifndef DTC_ARCHIVE_LOCAL_H
#define DTC_ARCHIVE_LOCAL_H

#include "archive/extra.h"
#include "archive/walker.h"

/* Checks all between m->header_at and m->ends_at, which it sets along with m->data_at. Members end before limit_at,
 * where the directory begins. scratch has WALKER_SCRATCH_BYTES. */
dtc_status local_check(const source *s, uint64_t limit_at, zip_member *m, unsigned char *scratch, dtc_diag *diag);

/* The fault of an entry's Unicode path, which some readers put in the name's place; NULL where there is none. */
const char *local_path_fault(const extra_facts *extra, view name);

#endif
