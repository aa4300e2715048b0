#include "genotype-impute/engine.h"

#include "genotype-impute/panel.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

const char *const engine_names[ENGINE_COUNT] = {"eagle-minimac4", "beagle"};

engine_kind engine_parse(const char *word) {
  int k = 0;
  while (k < ENGINE_COUNT && strcmp(engine_names[k], word) != 0)
    k++;
  return (engine_kind)k;
}

/* The absolute path of the first of the names that PATH has. */
static int find_program(const char *const *names, const char *package, char *path, fault *f) {
  const char *folders = getenv("PATH");
  folders = folders && *folders ? folders : "/usr/bin:/bin";
  for (; *names; names++)
    for (const char *at = folders; *at;) {
      size_t n = strcspn(at, ":");
      char tried[PATH_MAX];
      if (n && snprintf(tried, sizeof tried, "%.*s/%s", (int)n, at, *names) < (int)sizeof tried &&
          access(tried, X_OK) == 0 && realpath(tried, path))
        return 0;
      at += n + (at[n] == ':');
    }
  return fault_set(f, EXIT_TROUBLE, "%s is not installed: Debian's package %s brings it", names[-1], package);
}

static int find_file(const char *path, const char *package, char *to, fault *f) {
  snprintf(to, PATH_MAX, "%s", path);
  return access(path, R_OK) == 0
             ? 0
             : fault_set(f, EXIT_TROUBLE, "%s is not installed: Debian's package %s brings it", path, package);
}

int engine_find(engine_kind kind, engine *e, fault *f) {
  static const char *const eagle[] = {"bio-eagle", "eagle", NULL}, *const minimac[] = {"minimac4", NULL},
                           *const java[] = {"java", NULL};
  e->kind = kind;
  if (kind == ENGINE_EAGLE_MINIMAC4)
    return find_program(eagle, "bio-eagle", e->phaser, f) != 0 ? -1 : find_program(minimac, "minimac4", e->imputer, f);
  if (find_file("/usr/share/beagle/beagle.jar", "beagle", e->imputer, f) != 0 ||
      find_file("/usr/share/beagle/bref3.jar", "beagle", e->bref3, f) != 0)
    return -1;
  return find_program(java, "default-jre-headless", e->phaser, f);
}

static int wait_for(pid_t pid) {
  int status = -1;
  while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
    ;
  return status;
}

/* The first line of what a program says that holds the word, cut to what is a version. Where there is none its last
 * words tell why: a Java where memory may not become code, a library that is not there. */
static int ask(const char *const *argv, const char *folder, const char *word, char *version, size_t bytes, fault *f) {
  char log[PATH_MAX], line[400], last[200] = "";
  panel_path(folder, "engine", "version", log);
  cage c = {.read = {argv[1] && argv[1][0] == '-' ? folder : "/usr/share/beagle"}, .write = {folder}, .open = 1};
  pid_t pid = child_program(argv, NULL, log, folder, &c, f);
  if (pid < 0)
    return -1;
  wait_for(pid); /* some end with an error after telling it */
  FILE *file = fopen(log, "r");
  version[0] = '\0';
  while (file && !version[0] && fgets(line, sizeof line, file)) {
    char *at = strstr(line, word);
    if (!at) {
      line[strcspn(line, "\r\n")] = '\0';
      if (*line)
        snprintf(last, sizeof last, "%.*s", (int)sizeof last - 1, line);
      continue;
    }
    at[strcspn(at, "|\r\n")] = '\0';
    for (size_t n = strlen(at); n && at[n - 1] == ' '; n--)
      at[n - 1] = '\0';
    snprintf(version, bytes, "%.*s", (int)(bytes - 1), at);
  }
  if (file)
    fclose(file); /* read only */
  unlink(log);
  return version[0] ? 0
                    : fault_set(f, EXIT_TROUBLE, "%s does not tell its version%s%s", argv[0], *last ? ": " : "", last);
}

int engine_ask_version(engine *e, const char *folder, fault *f) {
  char first[64], second[64];
  if (e->kind == ENGINE_BEAGLE) {
    const char *const argv[] = {e->phaser, "-XX:-UsePerfData", "-Xmx64m", "-jar", e->imputer, NULL};
    return ask(argv, folder, "beagle.", e->version, sizeof e->version, f);
  }
  const char *const eagle[] = {e->phaser, "--help", NULL}, *const minimac[] = {e->imputer, "--version", NULL};
  if (ask(eagle, folder, "Eagle v", first, sizeof first, f) != 0 ||
      ask(minimac, folder, "minimac", second, sizeof second, f) != 0)
    return -1;
  snprintf(e->version, sizeof e->version, "%s, %s", first, second);
  return 0;
}

const char *engine_target_suffix(engine_kind kind) { return kind == ENGINE_BEAGLE ? "target.vcf.gz" : "target.bcf"; }
const char *engine_result_suffix(engine_kind kind) { return kind == ENGINE_BEAGLE ? "imputed.vcf.gz" : "imputed.bcf"; }

const char *engine_panel_suffix(engine_kind kind, int step) {
  return kind == ENGINE_BEAGLE ? "bref3" : step == 0 ? "panel.bcf" : "msav";
}

/* Java reserves, beside its heap, room for classes, code and threads: 4 GB more of addresses. */
static cage cage_of(const engine *e, const engine_step *s, const engine_limits *l) {
  return (cage){.read = {s->panel_folder, "/usr/share/beagle"},
                .write = {s->folder},
                .memory_bytes =
                    l->memory_bytes ? l->memory_bytes + (e->kind == ENGINE_BEAGLE ? UINT64_C(4) << 30 : 0) : 0,
                .cpu_seconds = l->cpu_seconds,
                .open = l->open};
}

static pid_t start_beagle(const engine *e, const engine_step *s, const engine_limits *l, fault *f) {
  char heap[32], target[PATH_MAX + 8], ref[PATH_MAX + 8], map[PATH_MAX + 8], out[PATH_MAX + 8], threads[32],
      log[PATH_MAX], path[PATH_MAX], temporary[PATH_MAX + 32];
  snprintf(heap, sizeof heap, "-Xmx%llum", (unsigned long long)(l->memory_bytes ? l->memory_bytes >> 20 : 8192));
  snprintf(target, sizeof target, "gt=%s", panel_path(s->folder, s->files, "target.vcf.gz", path));
  snprintf(ref, sizeof ref, "ref=%s", panel_path(s->panel_folder, s->unit, engine_panel_suffix(e->kind, 0), path));
  snprintf(map, sizeof map, "map=%s", panel_path(s->panel_folder, s->unit, "plink.map", path));
  snprintf(out, sizeof out, "out=%s", panel_path(s->folder, s->files, "imputed", path));
  snprintf(threads, sizeof threads, "nthreads=%u", l->threads);
  snprintf(temporary, sizeof temporary, "-Djava.io.tmpdir=%s", s->folder);
  const char *const argv[] = {e->phaser,
                              heap,
                              "-XX:+UseSerialGC",
                              "-XX:-UsePerfData",
                              temporary,
                              "-jar",
                              e->imputer,
                              target,
                              ref,
                              map,
                              out,
                              threads,
                              "gp=true",
                              NULL};
  cage c = cage_of(e, s, l);
  return child_program(argv, NULL, panel_path(s->folder, s->files, "log", log), s->folder, &c, f);
}

/* One pass of PBWT sees the panel alone: a person's haplotypes do not depend on who else is in the run. */
static pid_t start_eagle(const engine *e, const engine_step *s, const engine_limits *l, fault *f) {
  char target[PATH_MAX], ref[PATH_MAX], map[PATH_MAX], out[PATH_MAX], threads[16], log[PATH_MAX];
  snprintf(threads, sizeof threads, "%u", l->threads);
  const char *const argv[] = {e->phaser,
                              "--vcfRef",
                              panel_path(s->panel_folder, s->unit, engine_panel_suffix(e->kind, 0), ref),
                              "--vcfTarget",
                              panel_path(s->folder, s->files, "target.bcf", target),
                              "--geneticMapFile",
                              panel_path(s->panel_folder, s->unit, "eagle.map", map),
                              "--outPrefix",
                              panel_path(s->folder, s->files, "phased", out),
                              "--vcfOutFormat",
                              "b",
                              "--pbwtIters",
                              "1",
                              "--numThreads",
                              threads,
                              NULL};
  cage c = cage_of(e, s, l);
  return child_program(argv, NULL, panel_path(s->folder, s->files, "log", log), s->folder, &c, f);
}

static pid_t start_minimac(const engine *e, const engine_step *s, const engine_limits *l, fault *f) {
  char target[PATH_MAX], ref[PATH_MAX], out[PATH_MAX], threads[16], chunk[16], log[PATH_MAX];
  snprintf(threads, sizeof threads, "%u", l->threads);
  snprintf(chunk, sizeof chunk, "%u", s->chunk);
  const char *const argv[] = {e->imputer,
                              panel_path(s->panel_folder, s->unit, engine_panel_suffix(e->kind, 1), ref),
                              panel_path(s->folder, s->files, "phased.bcf", target),
                              "--format",
                              "GT,DS,GP",
                              "--output-format",
                              "bcf",
                              "--temp-buffer",
                              "4096", /* it keeps to memory: else to /tmp, which the cage does not have */
                              "--chunk",
                              chunk,
                              "--min-ratio", /* it ends where a chunk has too few typed rows to its taste */
                              "0",
                              "--output",
                              panel_path(s->folder, s->files, "imputed.bcf", out),
                              "--threads",
                              threads,
                              NULL};
  cage c = cage_of(e, s, l);
  return child_program(argv, NULL, panel_path(s->folder, s->files, "log", log), s->folder, &c, f);
}

pid_t engine_start(const engine *e, int step, const engine_step *s, const engine_limits *l, fault *f) {
  if (e->kind == ENGINE_BEAGLE)
    return step == 1 ? start_beagle(e, s, l, f) : 0;
  return step == 0 ? start_eagle(e, s, l, f) : start_minimac(e, s, l, f);
}

/* The magic of savvy's index, s1r, stands in the last bytes of a whole MSAV. */
static int has_index(const char *path) {
  char tail[16] = "";
  FILE *file = fopen(path, "rb");
  int found = 0;
  if (file && fseek(file, -(long)sizeof tail, SEEK_END) == 0 && fread(tail, sizeof tail, 1, file) == 1)
    for (size_t i = 0; !found && i + 3 <= sizeof tail; i++)
      found = memcmp(tail + i, "s1r", 3) == 0;
  if (file)
    fclose(file); /* read only */
  return found;
}

int engine_prepare(const engine *e, const engine_step *s, const engine_limits *l, fault *f) {
  char from[PATH_MAX], to[PATH_MAX], log[PATH_MAX], heap[32];
  int beagle = e->kind == ENGINE_BEAGLE;
  panel_path(s->folder, s->unit, beagle ? "panel.vcf.gz" : "panel.bcf", from);
  panel_path(s->folder, s->unit, engine_panel_suffix(e->kind, 1), to);
  panel_path(s->folder, s->unit, "log", log);
  unlink(to); /* one that is there keeps its mode */
  snprintf(heap, sizeof heap, "-Xmx%llum", (unsigned long long)(l->memory_bytes ? l->memory_bytes >> 20 : 8192));
  const char *const java[] = {e->phaser, heap, "-XX:+UseSerialGC", "-XX:-UsePerfData", "-jar", e->bref3, from, NULL};
  const char *const minimac[] = {e->imputer, "--compress-reference", from, NULL};
  cage c = cage_of(e, s, l);
  c.write[1] =
      "/tmp"; /* minimac4 makes its index there, whatever TMPDIR says, and without it leaves it out in silence */
  pid_t pid = child_program(beagle ? java : minimac, to, log, s->folder, &c, f);
  if (pid < 0)
    return -1;
  int status = wait_for(pid);
  if (status != 0)
    return engine_fault(f, beagle ? "bref3" : "minimac4 --compress-reference", status, log);
  if (!beagle && !has_index(to))
    return fault_set(f, EXIT_TROUBLE, "%s: minimac4 made it without its index: is there room in /tmp?", to);
  unlink(log);
  return 0;
}

void engine_last_words(const char *log, char *words, size_t bytes) {
  char line[300];
  FILE *file = fopen(log, "r");
  words[0] = '\0';
  while (file && fgets(line, sizeof line, file)) {
    line[strcspn(line, "\r\n")] = '\0';
    char *at = line + strspn(line, " \t");
    int bad = strstr(at, "rror") || strstr(at, "xception"), worse = strstr(words, "rror") || strstr(words, "xception");
    if (!*at || strncmp(at, "at ", 3) == 0 || (worse && !bad))
      continue; /* an error is not hidden by what a program says after it */
    snprintf(words, bytes, "%s", at);
    for (char *c = words; *c; c++)
      *c = *c < ' ' || *c > '~' ? '?' : *c;
  }
  if (file)
    fclose(file); /* read only */
}

int engine_fault(fault *f, const char *what, int status, const char *log) {
  char words[200];
  engine_last_words(log, words, sizeof words);
  if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU))
    return fault_set(f, EXIT_TROUBLE, "%s used more time than --time-limit allows", what);
  if (WIFSIGNALED(status))
    return fault_set(f, EXIT_TROUBLE, "%s was ended by signal %d%s%s", what, WTERMSIG(status), words[0] ? ": " : "",
                     words);
  return fault_set(f, EXIT_TROUBLE, "%s ended with %d%s%s", what, WEXITSTATUS(status), words[0] ? ": " : "", words);
}
