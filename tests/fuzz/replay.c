/* replay FILE|DIRECTORY... - runs a fuzz target over files, without a fuzzer: what `make check` does with the corpus.
 * Each file is also given with its bytes doubled, its halves, and with single bits turned over at even steps, so that
 * the neighbours of a file are looked at on every machine. */
#include <dirent.h>
#include <sys/stat.h>

#include "fuzz.h"

static unsigned long runs;

static void run(const uint8_t *data, size_t size) {
  /* a copy that ends where the data ends: a sanitizer sees a read behind it */
  uint8_t *copy = malloc(size ? size : 1);
  FUZZ_CHECK(copy);
  if (size)
    memcpy(copy, data, size);
  LLVMFuzzerTestOneInput(copy, size);
  free(copy);
  runs++;
}

static void run_neighbours(uint8_t *data, size_t size) {
  run(data, size);
  run(data, size / 2);
  run(data + size / 2, size - size / 2);
  if (size > 1 << 16)
    return;
  for (size_t k = 0; k < 48; k++) {
    size_t at = size * k / 48;
    if (at >= size)
      break;
    uint8_t was = data[at];
    data[at] ^= (uint8_t)(1u << k % 8);
    run(data, size);
    run(data, at);
    data[at] = was;
  }
}

static int visit(const char *path) {
  struct stat status;
  if (stat(path, &status) != 0)
    return perror(path), 1;
  if (S_ISDIR(status.st_mode)) {
    DIR *directory = opendir(path);
    if (!directory)
      return perror(path), 1;
    int bad = 0;
    for (struct dirent *entry; (entry = readdir(directory));) {
      char inner[4096];
      if (entry->d_name[0] == '.' || snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name) >= (int)sizeof inner)
        continue;
      bad |= visit(inner);
    }
    closedir(directory);
    return bad;
  }
  FILE *f = fopen(path, "rb");
  uint8_t *data = malloc((size_t)status.st_size + 1);
  if (!f || !data)
    return perror(path), 1;
  size_t n = fread(data, 1, (size_t)status.st_size, f);
  fclose(f);
  run_neighbours(data, n);
  free(data);
  return 0;
}

int main(int argc, char **argv) {
  int bad = 0;
  for (int k = 1; k < argc; k++)
    bad |= visit(argv[k]);
  printf("%lu inputs\n", runs);
  return bad || runs == 0;
}
