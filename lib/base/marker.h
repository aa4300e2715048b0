/* marker.h - the names of markers: a prefix and a number that together spell the name exactly, or the name as text. */
#ifndef DTC_BASE_MARKER_H
#define DTC_BASE_MARKER_H

#include "base/view.h"

#include <dtcgeno.h>

/* How the names of a kind begin, by dtc_id_kind; kinds from MARKER_PREFIXES on have no prefix. */
typedef struct marker_prefix {
  char text[8]; /* of one size for all: copied in a move */
  size_t bytes;
} marker_prefix;
#define MARKER_PREFIXES DTC_ID_OTHER
extern const marker_prefix marker_prefixes[MARKER_PREFIXES];

/* Whether all of at least one byte are digits. */
int marker_digits(view text);
/* The number that digits spell; 0 where it does not fit 32 bits. */
int marker_u32(view digits, uint32_t *out);
/* Splits a name. Returns the kind its spelling belongs to. *exact is that kind too, or DTC_ID_OTHER (and *number 0)
 * where leading zeros or a number over 32 bits would not spell the name again. */
dtc_id_kind marker_read(view name, uint32_t *number, uint8_t *exact);

#endif
