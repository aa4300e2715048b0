#include <config.h>

#include "array-upload/serve/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "array-upload/util/encode.h"
#include "common/fault.h"

enum { OPTION_DATA = 256, OPTION_LISTEN, OPTION_PUBLIC_URL, OPTION_CONFIG, OPTION_LOOPBACK, OPTION_READY };

static void help(const char *command) {
  printf("Usage: array-upload %s [OPTION]...\n"
         "\n"
         "      --data DIR       where everything is kept [./array-upload-data]\n"
         "      --listen ADDRESS:PORT\n"
         "                       where the HTTP side listens [127.0.0.1:8080]; port 0 is\n"
         "                       any that is free\n"
         "      --public-url URL what the addresses given out begin with\n"
         "                       [http://ADDRESS:PORT]\n"
         "      --config FILE    settings (INI); ARRAY_UPLOAD_SECTION_KEY of the\n"
         "                       environment wins over it\n"
         "      --allow-loopback-webhooks\n"
         "                       for tests: webhooks may go to this machine, without TLS\n"
         "  -h, --help           this help\n"
         "\n"
         "Example: array-upload %s --data /srv/uploads --config array-upload.conf\n"
         "\n"
         "Exit status: 0 ended as it was asked to; 2 wrong usage; 3 it could not start.\n",
         command, command);
}

/* Magic numbers of statfs(2): NFS, SMB, CIFS, SMB2, AFS, Coda, NCP, Ceph, Lustre, 9P (shared folders of virtual
 * machines), GFS2, OCFS2, FUSE (sshfs, s3fs, GlusterFS; what is local among them cannot be told apart). */
int filesystem_is_network(unsigned long type) {
  static const unsigned long types[] = {0x6969, 0x517b,     0xff534d42, 0xfe534d42, 0x5346414f, 0x6b414653, 0x73757245,
                                        0x564c, 0x00c36400, 0x0bd00bd0, 0x01021997, 0x01161970, 0x7461636f, 0x65735546};
  for (size_t k = 0; k < sizeof types / sizeof *types; k++)
    if ((type & 0xffffffff) == types[k])
      return 1;
  return 0;
}

/* The folder of the file, or the nearest one above it that is there already. */
static int place_check(const char *url, const char *setting) {
  char path[4200];
  struct statfs fs;
  if (strncmp(url, "sqlite:", 7) != 0)
    return 0;
  snprintf(path, sizeof path, "%s", url + 7);
  for (;;) {
    char *slash = strrchr(path, '/');
    if (!slash)
      snprintf(path, sizeof path, ".");
    else if (slash == path)
      path[1] = '\0';
    else
      *slash = '\0';
    if (statfs(path, &fs) == 0)
      break;
    if (errno != ENOENT || !slash || slash == path)
      return 0; /* opening it will say what is wrong */
  }
  if (!filesystem_is_network((unsigned long)fs.f_type))
    return 0;
  fprintf(stderr,
          "array-upload: %s is on a network file system, where SQLite can lose data; take a local folder (--data) or "
          "PostgreSQL (%s)\n",
          url + 7, setting);
  return -1;
}

/* What the command line says, kept apart until the file has been read. */
struct given {
  const char *data, *listen, *public_url, *config;
  int loopback, ready_fd;
};

static int usage(const char *command, const fault *f) {
  char program[40];
  snprintf(program, sizeof program, "array-upload %s", command);
  fault_say_usage(f, program);
  return f->exit_status;
}

int options_usage(char **argv, int complaint) {
  fault f = {0};
  fault_option(&f, complaint, argv);
  return usage(argv[0], &f);
}

static int line_read(struct given *g, int argc, char **argv) {
  static const struct option names[] = {{"data", required_argument, NULL, OPTION_DATA},
                                        {"listen", required_argument, NULL, OPTION_LISTEN},
                                        {"public-url", required_argument, NULL, OPTION_PUBLIC_URL},
                                        {"config", required_argument, NULL, OPTION_CONFIG},
                                        {"allow-loopback-webhooks", no_argument, NULL, OPTION_LOOPBACK},
                                        {"ready-fd", required_argument, NULL, OPTION_READY},
                                        {"help", no_argument, NULL, 'h'},
                                        {NULL, 0, NULL, 0}};
  int64_t number;
  optind = opterr = 0;
  for (int c; (c = getopt_long(argc, argv, ":h", names, NULL)) != -1;) {
    switch (c) {
    case OPTION_DATA:
      g->data = optarg;
      break;
    case OPTION_LISTEN:
      g->listen = optarg;
      break;
    case OPTION_PUBLIC_URL:
      g->public_url = optarg;
      break;
    case OPTION_CONFIG:
      g->config = optarg;
      break;
    case OPTION_LOOPBACK:
      g->loopback = 1;
      break;
    case OPTION_READY:
      if (number_parse(&number, optarg, 3, 1000000) != 0)
        return 2;
      g->ready_fd = (int)number;
      break;
    case 'h':
      help(argv[0]);
      return 0;
    default:
      return options_usage(argv, c);
    }
  }
  if (optind == argc)
    return -1;
  fault f = {0};
  fault_keep(&f, EXIT_USAGE, "takes options only, not \"%s\"", argv[optind]);
  return usage(argv[0], &f);
}

int options_read(struct options *o, int argc, char **argv) {
  char error[600] = "";
  struct given g = {.ready_fd = -1};
  memset(o, 0, sizeof *o);
  int result = line_read(&g, argc, argv);
  if (result != -1)
    return result;
  o->ready_fd = g.ready_fd;
  struct config *c = &o->config;
  if (config_load(c, g.config, error, sizeof error) != 0) {
    fprintf(stderr, "array-upload: %s\n", error);
    return 2;
  }
  int bad = (g.data && config_set(&c->data, g.data) != 0) || (g.listen && config_set(&c->listen, g.listen) != 0) ||
            (g.public_url && config_set(&c->public_url, g.public_url) != 0);
  if (g.loopback)
    c->allow_loopback_webhooks = 1;
  if (bad || config_complete(c, error, sizeof error) != 0) {
    fprintf(stderr, "array-upload: %s\n", bad ? "out of memory" : error);
    config_free(c);
    return 2;
  }
  if (place_check(c->database_url, "[database] url") != 0 || place_check(c->keys_store, "[keys] store") != 0) {
    config_free(c);
    return 3;
  }
  return -1;
}
