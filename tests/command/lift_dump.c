/* lift_dump - lifts the places on standard input ("contig position" lines) and prints "contig position strand" for
 * each, or why not. For test_liftover. lift_dump CHAIN FROM TO [ASSEMBLIES] */
#include <dtcgeno.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fail(const char *what, const dtc_diag *diag) {
  fprintf(stderr, "%s: %s, line %" PRIu64 ": expected %s\n", what, dtc_status_slug(diag->status), diag->line,
          diag->expected);
  return EXIT_FAILURE;
}

int main(int argc, char **argv) {
  static const char *const why[] = {"", "unmapped", "other-contig", "ambiguous"};
  dtc_assemblies *own = NULL;
  dtc_liftover *liftover = NULL;
  dtc_diag diag;
  if (argc < 4)
    return EXIT_FAILURE;
  if (argc > 4 && dtc_assemblies_load_path(argv[4], NULL, &own, &diag) != DTC_OK)
    return fail(argv[4], &diag);
  const dtc_assemblies *set = own ? own : dtc_assemblies_builtin();
  const dtc_assembly *from = dtc_assemblies_get(set, dtc_build_parse(argv[2]));
  const dtc_assembly *to = dtc_assemblies_get(set, dtc_build_parse(argv[3]));
  if (dtc_liftover_load_path(argv[1], from, to, NULL, &liftover, &diag) != DTC_OK) {
    dtc_assemblies_free(own);
    return fail(argv[1], &diag);
  }
  char contig[64];
  uint32_t position;
  while (scanf("%63s %" SCNu32, contig, &position) == 2) {
    dtc_lifted out;
    dtc_lift how = dtc_liftover_map(liftover, dtc_contig_parse(contig, strlen(contig)), position, &out);
    if (how == DTC_LIFT_OK)
      printf("%s %" PRIu32 " %c\n", dtc_contig_name(out.contig), out.position, out.minus ? '-' : '+');
    else
      puts(why[how]);
  }
  dtc_liftover_free(liftover);
  dtc_assemblies_free(own);
  return fclose(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
