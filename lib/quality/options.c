#include "quality/options.h"

#include <string.h>

/* The figures stand in dtcgeno.h, with their reasons. */
static void set_defaults(dtc_options *o, dtc_policy policy) {
  memset(o, 0, sizeof *o);
  o->size_bytes = sizeof *o;
  o->policy = policy;
  o->container = policy == DTC_POLICY_REFUSE ? DTC_CONTAINER_ZIP : DTC_CONTAINER_ANY;
  o->strictness = DTC_FRIENDLY;
  o->limits = (dtc_limits){
      .file_bytes = 26214400,
      .unpacked_bytes = UINT64_C(256) << 20,
      .ratio = 50,
      .ratio_from_bytes = UINT64_C(64) << 20,
      .rows_max = 5000000,
      .rows_min = policy == DTC_POLICY_REFUSE ? 10000 : 1,
      .entries = 8,
      .directory_bytes = 65536,
      .name_bytes = 512,
      .comment_bytes = 1024,
      .line_bytes = 1000,
      .header_lines = 100,
  };
}

/* An object that the caller's header made shorter or longer than ours. */
void dtc_options_init_sized(dtc_options *options, size_t size_bytes, dtc_policy policy) {
  dtc_options own;
  set_defaults(&own, policy);
  own.size_bytes = size_bytes;
  memset(options, 0, size_bytes);
  memcpy(options, &own, size_bytes < sizeof own ? size_bytes : sizeof own);
}

static int all_zero(const void *bytes, size_t count) {
  const unsigned char *at = bytes;
  for (size_t i = 0; i < count; i++)
    if (at[i])
      return 0;
  return 1;
}

dtc_status options_take(const dtc_options *given, dtc_policy policy, dtc_options *own) {
  enum { FIRST_RELEASE_BYTES = sizeof(dtc_options) }; /* a member that is appended goes off here */
  if (!given) {
    set_defaults(own, policy);
    return DTC_OK;
  }
  size_t known = given->size_bytes < sizeof *own ? given->size_bytes : sizeof *own;
  if (known < FIRST_RELEASE_BYTES || !all_zero((const char *)given + known, given->size_bytes - known) ||
      !all_zero(given->limits.reserved_, sizeof given->limits.reserved_))
    return DTC_INVALID_ARGUMENT;
  set_defaults(own, given->policy);
  memcpy(own, given, known);
  own->size_bytes = sizeof *own;
  return DTC_OK;
}
