/* kind.c - see kind.h. htslib knows the formats of the field by sight. */
#include "vcf/reference/kind.h"

#include <htslib/hfile.h>
#include <htslib/hts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void say(char *words, size_t words_bytes, const char *kind) { snprintf(words, words_bytes, ": it is %s", kind); }

/* What htslib has no name for, or a longer one. Returns 0 where it is none of these. */
static int say_plainly(const char *bytes, size_t length, const htsFormat *format, char *words, size_t words_bytes) {
  if (length >= 4 && memcmp(bytes, "PK\3\4", 4) == 0)
    say(words, words_bytes, "a zip archive");
  else if (length >= 5 && memcmp(bytes, "chain", 5) == 0)
    say(words, words_bytes, "a chain file");
  else if (format->format == text_format && format->compression == no_compression)
    say(words, words_bytes, "text of another kind");
  else if (format->format == fasta_format && format->compression == gzip)
    say(words, words_bytes, "compressed by gzip, which cannot be indexed: unpack it, or compress it with bgzip");
  else
    return 0;
  return 1;
}

int file_is_variants(const char *path) {
  hFILE *file = hopen(path, "r");
  htsFormat format;
  int is = file && hts_detect_format2(file, path, &format) == 0 && (format.format == bcf || format.format == vcf);
  return (!file || hclose(file) == 0) && is;
}

const char *file_kind_words(const char *path, char *words, size_t words_bytes) {
  struct stat status;
  words[0] = '\0';
  if (strstr(path, "://") || stat(path, &status) != 0)
    return words;
  if (S_ISDIR(status.st_mode)) {
    say(words, words_bytes, "a folder");
    return words;
  }
  if (!S_ISREG(status.st_mode))
    return words;
  if (status.st_size == 0) {
    say(words, words_bytes, "empty");
    return words;
  }
  hFILE *file = hopen(path, "r");
  char bytes[8];
  ssize_t length = file ? hpeek(file, bytes, sizeof bytes) : -1;
  htsFormat format;
  if (length > 0 && hts_detect_format2(file, path, &format) == 0 &&
      !say_plainly(bytes, (size_t)length, &format, words, words_bytes) && format.format != unknown_format) {
    char *description = hts_format_description(&format);
    if (description)
      say(words, words_bytes, description);
    free(description);
  }
  if (file && hclose(file) != 0)
    words[0] = '\0';
  return words;
}
