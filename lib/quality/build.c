#include "base/diag.h"
#include "quality/quality.h"

/* A build is proven by this many markers and this share of all votes. */
#define VOTES_MIN 10
#define SHARE_PERCENT 90

static dtc_build build_of_markers(const uint64_t *votes) {
  uint64_t all = 0;
  dtc_build best = DTC_BUILD_NCBI36;
  for (unsigned b = DTC_BUILD_NCBI36; b < BUILD_COUNT; b++) {
    all += votes[b];
    if (votes[b] > votes[best])
      best = b;
  }
  return votes[best] >= VOTES_MIN && votes[best] * 100 >= all * SHARE_PERCENT ? best : DTC_BUILD_UNKNOWN;
}

dtc_status build_decide(dtc_build header, const uint64_t votes[BUILD_COUNT], dtc_build *build, int *uncertain,
                        dtc_diag *diag) {
  dtc_build markers = build_of_markers(votes);
  *build = DTC_BUILD_UNKNOWN;
  *uncertain = 0;
  /* Each vote for another build is a marker out of its place: enough of them refute the header even where rows of its
   * own build are mixed in. */
  for (unsigned b = DTC_BUILD_NCBI36; b < BUILD_COUNT; b++)
    if (header != DTC_BUILD_UNKNOWN && b != header && votes[b] >= VOTES_MIN)
      return diag_set(diag, DTC_BUILD_CONFLICT, (place){0, 0, 0},
                      "build %s as the header says, found %u known markers of %s and %u of %s", dtc_build_name(header),
                      (unsigned)votes[b], dtc_build_name(b), (unsigned)votes[header], dtc_build_name(header));
  *build = header == DTC_BUILD_UNKNOWN ? markers : header;
  if (*build == DTC_BUILD_UNKNOWN)
    return diag_set(diag, DTC_BUILD_UNSUPPORTED, (place){0, 0, 0},
                    "a header that names the build, or %d markers that prove it", VOTES_MIN);
  *uncertain = markers == DTC_BUILD_UNKNOWN;
  return DTC_OK;
}
