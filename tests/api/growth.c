/* growth - a program of another release: built against a header that knows fewer words (GROWTH_OLDER) or one option
 * more (GROWTH_NEWER) than the library it runs with. growth EXPORT */
#include <dtcgeno.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(int ok, const char *what) {
  if (ok)
    return;
  fprintf(stderr, "not so: %s\n", what);
  exit(1);
}

/* What lies behind an object must stay. */
typedef struct guarded {
  dtc_options options;
  dtc_diag diag;
  unsigned char guard[256];
} guarded;

int main(int argc, char **argv) {
  guarded g;
  size_t i;
  uint64_t warned = 0;
  unsigned w;
  dtc_verdict *v = dtc_verdict_new(NULL);
  dtc_assemblies *none = NULL;
  check(argc == 2, "one argument");
  memset(&g, 0, sizeof g);
  memset(g.guard, 0xa5, sizeof g.guard);
  dtc_options_init(&g.options, DTC_POLICY_REJECT);
  check(dtc_validate_path(argv[1], &g.options, v) == DTC_OK, "the export is accepted");
  check(dtc_assemblies_load_path("/nowhere", NULL, &none, &g.diag) == DTC_IO_OPEN, "no file is told");
  for (i = 0; i < sizeof g.guard; i++)
    check(g.guard[i] == 0xa5, "nothing behind the objects was written");
  for (w = 0; w < dtc_warning_count(); w++)
    warned += dtc_verdict_warnings(v, (dtc_warning)w) && dtc_warning_slug((dtc_warning)w)[0];
  check(warned > 0, "a warning this header may not know is told by its number");
#ifdef GROWTH_OLDER
  check(dtc_warning_count() > GROWTH_OLDER, "the library knows more warnings than this header");
#endif
#ifdef GROWTH_NEWER
  g.options.later_ = 1;
  check(dtc_validate_path(argv[1], &g.options, v) == DTC_INVALID_ARGUMENT, "an unknown option is not passed over");
#endif
  dtc_verdict_free(v);
  return 0;
}
