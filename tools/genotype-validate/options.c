#include "config.h"

#include "genotype-validate/options.h"

#include "common/command_line.h"

static const char help[] = "Usage: genotype-validate [OPTION]... FILE...\n"
                           "\n"
                           "Tells whether raw data exports of 23andMe, AncestryDNA and MyHeritage are whole\n"
                           "and unchanged, and what they are. FILE is the vendor's zip; - is standard input.\n"
                           "\n"
                           "      --json            one JSON object a line and file\n"
                           "      --any             take the bare text and text in gzip as well\n"
                           "      --strict          refuse what was zipped or saved again, and build 36\n"
                           "      --min-rows N      least number of rows [10000]\n"
                           "      --max-size BYTES  largest file [25M]; K, M and G are powers of 1024\n"
                           "      --max-unpacked BYTES\n"
                           "                        largest text inside it [256M]\n"
                           "      --max-rows N      most rows [5000000]\n"
                           "      --no-sandbox      keep the rights that --sandbox, the default, gives up\n"
                           "                        before the first byte is read\n"
                           "      --explain         say what the verdict rests on\n"
                           "      --fast            inflate by a decoder of our own instead of zlib: the\n"
                           "                        same verdicts, sooner\n"
                           "  -h, --help            this help\n"
                           "  -V, --version         the version\n"
                           "\n"
                           "Example: genotype-validate --json export.zip\n"
                           "\n"
                           "Exit status: 0 every file accepted, 1 at least one refused, 2 wrong usage,\n"
                           "3 input/output or internal error: trying again makes sense.\n";

int options_read(int argc, char **argv, validate_options *o, fault *f) {
  *o = (validate_options){0};
  dtc_options_init(&o->library, DTC_POLICY_REFUSE);
  dtc_limits *limits = &o->library.limits;
  int any = 0, strict = 0, fast = 0;
  const command_option options[] = {
      {"json", .flag = &o->json},
      {"any", .flag = &any},
      {"strict", .flag = &strict},
      {"min-rows", .number = &limits->rows_min},
      {"max-size", .bytes = &limits->file_bytes, .least = 1},
      {"max-unpacked", .bytes = &limits->unpacked_bytes, .least = 1},
      {"max-rows", .number = &limits->rows_max, .least = 1},
      {"sandbox", .no_flag = &o->no_sandbox},
      {"no-sandbox", .flag = &o->no_sandbox},
      {"explain", .flag = &o->explain},
      {"fast", .flag = &fast},
  };
  const command_line line = {"genotype-validate", help, options, sizeof options / sizeof *options, NULL};
  int go = command_line_read(&line, argc, argv, &o->file_count, f);
  if (go <= 0)
    return go;
  if (!o->file_count)
    return fault_set(f, EXIT_USAGE, "no file is named");
  o->library.container = any ? DTC_CONTAINER_ANY : DTC_CONTAINER_ZIP;
  o->library.strictness = strict ? DTC_STRICT : o->library.strictness;
  o->library.engine = fast ? DTC_ENGINE_FAST : o->library.engine;
  o->files = argv + 1;
  return 1;
}
