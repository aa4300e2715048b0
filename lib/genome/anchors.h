/* anchors.h - markers whose position tells the build: an rsid at a position is a vote, the chromosome is not looked at.
 */
#ifndef DTC_GENOME_ANCHORS_H
#define DTC_GENOME_ANCHORS_H

#include "base/counts.h"

#include <dtcgeno.h>

#define ANCHORS_COUNT 81
#define ANCHORS_SLOT_BITS 12
#define ANCHORS_SLOTS (1u << ANCHORS_SLOT_BITS)

/* A count of votes. A marker votes once for a build, however often its row is repeated. */
typedef struct anchors_votes {
  uint64_t count[BUILD_COUNT];
  uint8_t seen[ANCHORS_COUNT];
  uint8_t slot[ANCHORS_SLOTS]; /* hash of the rsid -> index + 1; most rows end at an empty slot */
} anchors_votes;

void anchors_init(anchors_votes *votes);
void anchors_add(anchors_votes *votes, const dtc_calls *calls);

#endif
