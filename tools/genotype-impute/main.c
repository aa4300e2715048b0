/* genotype-impute: from an export to an imputed genome, by engines that others keep. */
#include "genotype-impute/prepare.h"
#include "genotype-impute/run.h"

#include "common/output.h"
#include "common/temporary.h"

#include <htslib/hts_log.h>

int main(int argc, char **argv) {
  impute_options options;
  fault f = {0};
  hts_set_log_level(HTS_LOG_OFF); /* what it has to say we say in our own words */
  output_setup();
  if (temporary_guard() != 0)
    return EXIT_TROUBLE;
  int go = options_read(argc, argv, &options, &f);
  if (go > 0 && options.prepare)
    prepare(&options, &f);
  else if (go > 0)
    run_all(&options, &f);
  options_free(&options);
  if (f.exit_status == EXIT_USAGE)
    fault_say_usage(&f, "genotype-impute");
  else if (f.exit_status != EXIT_WRITTEN)
    fault_say(&f, "genotype-impute");
  return temporary_leave(f.exit_status);
}
