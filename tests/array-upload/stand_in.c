/* stand_in - plays genotype-validate or genotype-convert in the service's tests. The first line of its input tells what
 * to do as the validator, the second what to do as the converter; so a test steers a run by the file it uploads.
 *
 *   validator   good [CALLRATE [CALLED]] | bad REASON | wrong-exit | garbage | two | silent | empty-object | exit N
 *   converter   (nothing) | no-index | cut | no-report | lying-report | exit N
 *   both        crash | sleep SECONDS | spin | memory | flood | escape (tries what an intruder would; exits 0 and
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
  out |= tried("fork", pid > 0);
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

/* What only the fast engines may do. */
static void want_fast(int argc, char **argv, const char *word) {
  int fast = 0;
  for (int k = 1; k < argc; k++)
    fast |= strcmp(argv[k], "--fast") == 0;
  if (strcmp(word, "fast-only") == 0 && !fast)
    exit(4);
}

static int convert(int argc, char **argv, const char *word, const char *rest) {
  static const char vcf[] = "##fileformat=VCFv4.3\n#CHROM\tPOS\n", index[] = "TBI\1rest";
  const char *output = value_of(argc, argv, "--output"), *table = value_of(argc, argv, "--table");
  const char *report = value_of(argc, argv, "--report"), *html = value_of(argc, argv, "--report-html");
  char path[400];
  if (output) {
    packed_write(output, vcf, sizeof vcf - 1, strcmp(word, "cut") != 0);
    snprintf(path, sizeof path, "%s.tbi", output);
    if (strcmp(word, "no-index") != 0)
      packed_write(path, index, sizeof index - 1, 1);
  }
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

static void split(char *line, char **rest) {
  line[strcspn(line, "\r\n")] = '\0';
  *rest = line + strcspn(line, " ");
  if (**rest)
    *(*rest)++ = '\0';
}

int main(int argc, char **argv) {
  char text[2][200] = {"", ""}, *rest[2];
  FILE *in = fdopen(dup(0), "r");
  /* An upload by the front door begins as a zip does. */
  if (in && getc(in) == 'P') {
    for (int k = 0; k < 3; k++)
      getc(in);
  } else if (in) {
    rewind(in);
  }
  for (int k = 0; in && k < 2; k++)
    if (!fgets(text[k], sizeof text[k], in))
      break;
  if (in)
    fclose(in);
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
  return converting ? convert(argc, argv, text[1], rest[1]) : validate(text[0], rest[0]);
}
