/* fuzz_chain - any bytes as a chain file, and as an assemblies file; what loads must map inside its contigs. */
#include <dtcgeno.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 5)
    return 0;
  static const dtc_assembly small = {.build = DTC_BUILD_GRCH37, .length = {0, 1000, 2000, 300}};
  const dtc_assembly *builtin37 = dtc_assemblies_get(dtc_assemblies_builtin(), DTC_BUILD_GRCH37);
  const dtc_assembly *builtin38 = dtc_assemblies_get(dtc_assemblies_builtin(), DTC_BUILD_GRCH38);
  const dtc_assembly *from = data[0] & 1 ? &small : builtin37, *to = data[0] & 1 ? &small : builtin38;
  uint32_t position;
  memcpy(&position, data + 1, 4);
  int fd = fuzz_file(data + 5, size - 5);
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  dtc_diag diag = {0};
  dtc_liftover *liftover = NULL;
  if (dtc_liftover_load_path(path, from, to, NULL, &liftover, &diag) == DTC_OK) {
    for (unsigned contig = 0; contig < DTC_LABEL_COUNT; contig++)
      for (unsigned k = 0; k < 40; k++) {
        dtc_lifted out;
        uint32_t at = k < 20 ? position + k : (k - 20) * 57;
        if (dtc_liftover_map(liftover, contig, at, &out) == DTC_LIFT_OK)
          FUZZ_CHECK(out.contig > 0 && out.contig < DTC_CONTIG_COUNT && out.position >= 1 &&
                     out.position <= to->length[out.contig]);
      }
    dtc_liftover_free(liftover);
  }
  dtc_assemblies *assemblies = NULL;
  memset(&diag, 0, sizeof diag);
  if (dtc_assemblies_load_path(path, NULL, &assemblies, &diag) == DTC_OK)
    dtc_assemblies_free(assemblies);
  close(fd);
  return 0;
}
