/* stand_in - plays genotype-validate, genotype-convert, genotype-impute or genotype-score in the service's tests. The
 * first line of its input tells what to do as the validator, the second as the converter, the third as the imputation,
 * the fourth as the scores, the fifth as the ancestry; so a test steers a run by the file it uploads.
 *
 *   validator   good [CALLRATE [CALLED]] | bad REASON | wrong-exit | garbage | two | silent | empty-object | exit N
 *   converter   (nothing) | no-index | cut | no-report | lying-report | exit N
 *   imputation  (nothing) | no-index | cut | exit N       (leaves the fourth and fifth line in its VCF)
 *   scores      (nothing) | garbage | other-sample | unheld | exit N
 *   ancestry    (nothing) | garbage | none | rough | exit N
 *   all         crash | sleep SECONDS | spin | memory | flood | escape (tries what an intruder would; exits 0 and
 * "good" only when every attempt was refused) */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

static char call_rate[32] = "0.982", called[32] = "627110";

static void verdict_print(FILE *to, const char *verdict, const char *reason) {
  fprintf(
      to,
      "{\"schema\":1,\"verdict\":\"%s\",\"reason\":%s,\"code\":\"%s\",\"message\":\"m\",\"line\":null,\"column\":null,"
      "\"vendor\":\"23andme\",\"format\":\"23andme-2019\",\"array\":\"v5\",\"build\":\"GRCh37\",\"sex\":\"male\","
      "\"rows\":638531,\"called\":%s,\"no_calls\":11421,\"call_rate\":%s,\"warnings\":[]}\n",
      verdict, reason, strcmp(verdict, "accepted") == 0 ? "ok" : "zip-crc-mismatch", called, call_rate);
}

/* 1 when the attempt did what it should not be able to do. */
static int tried(const char *what, int succeeded) {
  if (succeeded)
    fprintf(stderr, "%s succeeded\n", what);
  return succeeded;
}

/* In the cage of a program that may start others: those that were named. */
static int other_program(void) {
  int status = 0;
  pid_t pid = fork();
  if (pid == 0) {
    execl("/bin/true", "true", (char *)NULL);
    _exit(42);
  }
  return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) != 42;
}

static int forks; /* it is to be able to */

static int escape(const char *folder) {
  int out = 0;
  char path[300];
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  out |= tried("read a file", open("/etc/passwd", O_RDONLY) >= 0);
  out |= tried("write a file", open("/tmp/array-upload-escape", O_WRONLY | O_CREAT, 0600) >= 0);
  snprintf(path, sizeof path, "%s/../escape", folder);
  out |= tried("write above", open(path, O_WRONLY | O_CREAT, 0600) >= 0);
  out |= tried("read processes", open("/proc/1/environ", O_RDONLY) >= 0);
  out |= tried("socket", socket(AF_INET, SOCK_STREAM, 0) >= 0);
  out |= tried("unix socket", socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
  out |= tried("connect", connect(0, (struct sockaddr *)&to, sizeof to) == 0);
  pid_t pid = fork();
  if (pid == 0)
    _exit(0);
  out |= forks ? tried("another program", other_program()) : tried("fork", pid > 0);
  out |= tried("ptrace", ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0);
  out |= tried("kill", kill(getppid(), 0) == 0);
  out |= tried("symlink", symlink("/etc/passwd", "link") == 0);
  out |= tried("io_uring", syscall(425, 1, NULL) >= 0);
  out |= tried("write its input", write(0, "x", 1) == 1);
  out |= tried("see a variable of outside", getenv("LD_LIBRARY_PATH") != NULL);
  execl("/bin/false", "false", (char *)NULL); /* a program that is not its own: would end with 1 */
  for (int fd = 3; fd < 64; fd++)
    out |= tried("a descriptor left open", fcntl(fd, F_GETFD) != -1);
  return out;
}

static int number_of(const char *text) {
  int n = 0;
  for (; *text >= '0' && *text <= '9'; text++)
    n = n * 10 + (*text - '0');
  return n;
}

static void common(const char *word, const char *rest) {
  if (strcmp(word, "crash") == 0)
    abort();
  if (strcmp(word, "sleep") == 0)
    sleep((unsigned)number_of(rest));
  if (strcmp(word, "spin") == 0)
    for (volatile int k = 0;; k++)
      ;
  if (strcmp(word, "memory") == 0)
    for (;;) {
      char *p = malloc(1 << 24);
      if (!p)
        exit(3);
      memset(p, 1, 1 << 24);
    }
  if (strcmp(word, "flood") == 0)
    for (;;)
      puts("flood");
  if (strcmp(word, "exit") == 0) {
    fputs("first line\ngenotype-convert: the index of 'a person\'s words' is older than its table\n", stderr);
    exit(number_of(rest));
  }
  if (strcmp(word, "escape") == 0 && escape(".") != 0)
    exit(9);
}

/* ---- validator ---- */

static int validate(const char *word, const char *rest) {
  if (strcmp(word, "bad") == 0) {
    char reason[64];
    snprintf(reason, sizeof reason, "\"%.40s\"", rest);
    verdict_print(stdout, "refused", reason);
    return 1;
  }
  if (strcmp(word, "garbage") == 0)
    puts("{\"schema\":1,\"verdict\":\"accepted\"");
  else if (strcmp(word, "empty-object") == 0)
    puts("{}");
  else if (strcmp(word, "silent") != 0)
    verdict_print(stdout, "accepted", "null");
  if (strcmp(word, "two") == 0)
    verdict_print(stdout, "accepted", "null");
  return strcmp(word, "wrong-exit") == 0;
}

/* ---- converter ---- */

static void number_put(unsigned char *at, unsigned long value, int bytes) {
  for (int k = 0; k < bytes; k++)
    at[k] = (unsigned char)(value >> (8 * k));
}

/* One BGZF block of at most some hundred bytes. */
static void block_write(FILE *f, const void *data, size_t n) {
  unsigned char out[4096] = {0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, 'B', 'C', 2, 0};
  z_stream z = {
      .next_in = (unsigned char *)(size_t)data, .avail_in = (unsigned)n, .next_out = out + 18, .avail_out = 4000};
  if (deflateInit2(&z, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK || deflate(&z, Z_FINISH) != Z_STREAM_END)
    exit(3);
  size_t body = z.total_out;
  deflateEnd(&z);
  number_put(out + 16, body + 18 + 8 - 1, 2);
  number_put(out + 18 + body, crc32(0, data, (unsigned)n), 4);
  number_put(out + 18 + body + 4, n, 4);
  fwrite(out, 1, body + 26, f);
}

static void packed_write(const char *path, const void *data, size_t n, int whole) {
  FILE *f = fopen(path, "wb");
  if (!f)
    exit(3);
  block_write(f, data, n);
  if (whole)
    block_write(f, "", 0);
  if (fclose(f) != 0)
    exit(3);
}

static const char *value_of(int argc, char **argv, const char *option) {
  for (int k = 1; k + 1 < argc; k++)
    if (strcmp(argv[k], option) == 0)
      return argv[k + 1];
  return NULL;
}

enum { LINES = 5, LINE = 200 };
typedef char lines[LINES][LINE];

/* The lines of an upload; a VCF of ours has those it was made of behind its first line. */
static void lines_read(FILE *in, lines out) {
  memset(out, 0, sizeof(lines));
  if (!in)
    return;
  if (getc(in) == 'P') /* an upload by the front door begins as a zip does */
    for (int k = 0; k < 3; k++)
      getc(in);
  else
    rewind(in);
  for (int k = 0; k < LINES; k++)
    if (!fgets(out[k], LINE, in))
      break;
  fclose(in);
  for (int k = 3; k < LINES; k++)
    out[k][strcspn(out[k], "\r\n")] = '\0';
}

/* A VCF and its index. What the scores and the ancestry are to do stands in its head. */
static void vcf_write(int argc, char **argv, const char *output, const char *word, lines steering) {
  static const char index[] = "TBI\1rest";
  const char *sample = value_of(argc, argv, "--sample");
  char path[400], vcf[1000];
  int n = snprintf(vcf, sizeof vcf, "##fileformat=VCFv4.3\n%s\n%s\n#CHROM\tPOS\t%s\n", steering[3], steering[4],
                   sample ? sample : "");
  packed_write(output, vcf, (size_t)n, strcmp(word, "cut") != 0);
  snprintf(path, sizeof path, "%s.tbi", output);
  if (strcmp(word, "no-index") != 0)
    packed_write(path, index, sizeof index - 1, 1);
}

/* What only the fast engines may do. */
static void want_fast(int argc, char **argv, const char *word) {
  int fast = 0;
  for (int k = 1; k < argc; k++)
    fast |= strcmp(argv[k], "--fast") == 0;
  if (strcmp(word, "fast-only") == 0 && !fast)
    exit(4);
}

static int convert(int argc, char **argv, lines steering, const char *word, const char *rest) {
  const char *output = value_of(argc, argv, "--output"), *table = value_of(argc, argv, "--table");
  const char *report = value_of(argc, argv, "--report"), *html = value_of(argc, argv, "--report-html");
  if (output)
    vcf_write(argc, argv, output, word, steering);
  FILE *f = table ? fopen(table, "w") : NULL;
  if (f) {
    fputs("rsid\tchrom\tpos\n", f);
    fclose(f);
  }
  if (html && (f = fopen(html, "w")) != NULL) {
    fputs("<!doctype html>\n", f);
    for (int k = 0, n = strcmp(word, "large") == 0 ? number_of(rest) : 0; ftell(f) < n; k++)
      fprintf(f, "<p>%d</p>\n", k);
    fclose(f);
  }
  if (report && strcmp(word, "no-report") != 0 && (f = fopen(report, "w")) != NULL) {
    verdict_print(f, strcmp(word, "lying-report") == 0 ? "refused" : "accepted",
                  strcmp(word, "lying-report") == 0 ? "\"zip_corrupt\"" : "null");
    fclose(f);
  }
  return 0;
}

/* ---- imputation ---- */

static int impute(int argc, char **argv, const char *word, lines steering) {
  const char *output = value_of(argc, argv, "--output"), *report = value_of(argc, argv, "--report");
  if (!output || !report)
    return 2;
  vcf_write(argc, argv, output, word, steering);
  FILE *f = fopen(report, "w");
  return !f || fputs("{\"schema\":1}\n", f) < 0 || fclose(f) != 0 ? 3 : 0;
}

/* ---- scores and ancestry ---- */

#define SCORE                                                                                    \
  "\"scores\":[{\"score\":\"PGS1\",\"trait\":\"Height\",\"weight_type\":\"beta\",\"sum\":1.5,"   \
  "\"rows\":10,\"used\":9,\"overlap\":0.9,\"reference\":{\"population\":\"ALL\",\"samples\":50," \
  "\"mean\":1.0,\"sd\":0.5,\"overlap\":0.9,"
#define SHARES "\"scores\":[],\"ancestry\":{\"sites\":100,\"used\":40,\"value\":{\"EUR\":0.97,\"AFR\":0.03},\"error\":"

static int found_write(int argc, char **argv, const char *word, const char *sample, int ancestry) {
  const char *score = strcmp(word, "unheld") == 0 ? SCORE "\"z\":null,\"percentile\":null,\"note\":\"other rows\"}}]"
                                                  : SCORE "\"z\":1.0,\"percentile\":84.5,\"note\":null}}]";
  const char *shares =
      strcmp(word, "rough") == 0 ? SHARES "{\"EUR\":null,\"AFR\":null}}" : SHARES "{\"EUR\":0.01,\"AFR\":0.01}}";
  const char *output = value_of(argc, argv, "--output");
  FILE *f = output ? fopen(output, "w") : NULL;
  if (!f)
    return 3;
  if (strcmp(word, "garbage") == 0)
    fputs("{\"schema\":1,\"persons\":[", f);
  else
    fprintf(f, "{\"schema\":1,\"tool\":\"stand_in\",\"persons\":[{\"sample\":\"%s\",%s}]}\n",
            strcmp(word, "other-sample") == 0 ? "SOMEBODY" : sample,
            !ancestry                   ? score
            : strcmp(word, "none") == 0 ? "\"scores\":[],\"ancestry\":null"
                                        : shares);
  return fclose(f) != 0 ? 3 : 0;
}

static void split(char *line, char **rest) {
  line[strcspn(line, "\r\n")] = '\0';
  *rest = line + strcspn(line, " ");
  if (**rest)
    *(*rest)++ = '\0';
}

/* As one of the programs behind the conversion: what it is to do stands in a file in its folder. */
static int stage(int argc, char **argv, int imputing) {
  lines steering;
  char *rest;
  if (imputing) {
    lines_read(fopen("input.zip", "rb"), steering);
    split(steering[2], &rest);
    forks = 1;
    common(steering[2], rest);
    return impute(argc, argv, steering[2], steering);
  }
  char text[1000], *at = text, sample[100] = "";
  int ancestry = value_of(argc, argv, "--populations") != NULL;
  gzFile in = strcmp(argv[argc - 1], "-") == 0 ? gzdopen(dup(0), "rb") : gzopen(argv[argc - 1], "rb");
  int n = in ? gzread(in, text, sizeof text - 1) : -1;
  if (n <= 0)
    return 3;
  gzclose(in);
  text[n] = '\0';
  char *name = strstr(text, "#CHROM\tPOS\t");
  if (!name)
    return 3;
  snprintf(sample, sizeof sample, "%.*s", (int)strcspn(name + 11, "\n"), name + 11);
  for (int k = 0; k < 1 + ancestry; k++)
    at += strcspn(at, "\n") + 1;
  at[strcspn(at, "\n")] = '\0';
  split(at, &rest);
  common(at, rest);
  return found_write(argc, argv, at, sample, ancestry);
}

int main(int argc, char **argv) {
  lines text;
  char *rest[2];
  if (value_of(argc, argv, "--panel") || value_of(argc, argv, "--scores") || value_of(argc, argv, "--populations"))
    return stage(argc, argv, value_of(argc, argv, "--panel") != NULL);
  lines_read(fdopen(dup(0), "r"), text);
  split(text[0], &rest[0]);
  split(text[1], &rest[1]);
  if (strcmp(text[0], "good") == 0 && *rest[0]) {
    char *second = rest[0] + strcspn(rest[0], " ");
    if (*second)
      *second++ = '\0';
    snprintf(call_rate, sizeof call_rate, "%s", rest[0]);
    if (*second)
      snprintf(called, sizeof called, "%s", second);
  }
  int converting = value_of(argc, argv, "--report") != NULL;
  want_fast(argc, argv, text[converting]);
  common(text[converting], rest[converting]);
  return converting ? convert(argc, argv, text, text[1], rest[1]) : validate(text[0], rest[0]);
}
