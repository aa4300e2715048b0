#include "config.h"

#include "genotype-validate/options.h"

#include "common/fault.h"
#include "common/number.h"

#include <getopt.h>
#include <stdio.h>

enum {
  OPTION_JSON = 256,
  OPTION_ANY,
  OPTION_STRICT,
  OPTION_MIN_ROWS,
  OPTION_MAX_SIZE,
  OPTION_MAX_UNPACKED,
  OPTION_MAX_ROWS,
  OPTION_EXPLAIN,
  OPTION_FAST,
  OPTION_SANDBOX,
  OPTION_NO_SANDBOX
};

static const struct option long_options[] = {
    {"json", no_argument, NULL, OPTION_JSON},
    {"any", no_argument, NULL, OPTION_ANY},
    {"strict", no_argument, NULL, OPTION_STRICT},
    {"min-rows", required_argument, NULL, OPTION_MIN_ROWS},
    {"max-size", required_argument, NULL, OPTION_MAX_SIZE},
    {"max-unpacked", required_argument, NULL, OPTION_MAX_UNPACKED},
    {"max-rows", required_argument, NULL, OPTION_MAX_ROWS},
    {"sandbox", no_argument, NULL, OPTION_SANDBOX},
    {"no-sandbox", no_argument, NULL, OPTION_NO_SANDBOX},
    {"explain", no_argument, NULL, OPTION_EXPLAIN},
    {"fast", no_argument, NULL, OPTION_FAST},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

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

static int take_number(const char *option, const char *text, uint64_t least, uint64_t *out, fault *f) {
  if (number_read(text, out) && *out >= least)
    return 0;
  return fault_set(f, EXIT_USAGE, "--%s %s: expected a whole number of at least %llu", option, text,
                   (unsigned long long)least);
}

static int take_bytes(const char *option, const char *text, uint64_t *out, fault *f) {
  if (number_read_bytes(text, out) && *out >= 1)
    return 0;
  return fault_set(f, EXIT_USAGE, "--%s %s: expected a number of bytes, such as 26214400 or 25M", option, text);
}

static options_outcome wrong(const fault *f) {
  fault_say_usage(f, "genotype-validate");
  return OPTIONS_WRONG;
}

/* One option other than help and version; -1 when its value is wrong. */
static int take_option(int option, char **argv, validate_options *out, fault *f) {
  dtc_limits *limits = &out->library.limits;
  switch (option) {
  case OPTION_JSON:
    out->json = 1;
    return 0;
  case OPTION_ANY:
    out->library.container = DTC_CONTAINER_ANY;
    return 0;
  case OPTION_STRICT:
    out->library.strictness = DTC_STRICT;
    return 0;
  case OPTION_EXPLAIN:
    out->explain = 1;
    return 0;
  case OPTION_FAST:
    out->library.engine = DTC_ENGINE_FAST;
    return 0;
  case OPTION_SANDBOX:
    out->no_sandbox = 0;
    return 0;
  case OPTION_NO_SANDBOX:
    out->no_sandbox = 1;
    return 0;
  case OPTION_MAX_ROWS:
    return take_number("max-rows", optarg, 1, &limits->rows_max, f);
  case OPTION_MIN_ROWS:
    return take_number("min-rows", optarg, 0, &limits->rows_min, f);
  case OPTION_MAX_SIZE:
    return take_bytes("max-size", optarg, &limits->file_bytes, f);
  case OPTION_MAX_UNPACKED:
    return take_bytes("max-unpacked", optarg, &limits->unpacked_bytes, f);
  default:
    return fault_option(f, option, argv);
  }
}

options_outcome options_read(int argc, char **argv, validate_options *out) {
  *out = (validate_options){0};
  dtc_options_init(&out->library, DTC_POLICY_REFUSE);
  fault f = {0};
  opterr = 0;
  for (int option; (option = getopt_long(argc, argv, ":hV", long_options, NULL)) != -1;) {
    if (option == 'h') {
      fputs(help, stdout);
      return OPTIONS_DONE;
    }
    if (option == 'V') {
      printf("genotype-validate %s\n", dtc_version());
      return OPTIONS_DONE;
    }
    if (take_option(option, argv, out, &f) != 0)
      return wrong(&f);
  }
  if (optind == argc) {
    fault_set(&f, EXIT_USAGE, "no file is named");
    return wrong(&f);
  }
  out->files = argv + optind;
  out->file_count = argc - optind;
  return OPTIONS_RUN;
}
