#include <dtcgeno.h>

#include <string.h>

/* The figures stand in dtcgeno.h, with their reasons. */
void dtc_options_init(dtc_options *options, dtc_policy policy) {
  memset(options, 0, sizeof *options);
  options->policy = policy;
  options->container = policy == DTC_POLICY_REFUSE ? DTC_CONTAINER_ZIP : DTC_CONTAINER_ANY;
  options->strictness = DTC_FRIENDLY;
  options->limits = (dtc_limits){
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
