#include "genotype-convert/psam.h"

#include "common/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is_fam(const char *path) {
  size_t n = strlen(path);
  return n >= 4 && strcmp(path + n - 4, ".fam") == 0;
}

int psam_is_name(const char *sample) {
  for (const char *c = sample; *c; c++)
    if ((unsigned char)*c <= ' ' || *c == 0x7f)
      return 0;
  return *sample && *sample != '#' && strcmp(sample, "0") != 0;
}

/* 1, 2 and 0, as plink writes sexes. */
static int code_of(dtc_sex sex) { return sex == DTC_SEX_MALE ? 1 : sex == DTC_SEX_FEMALE ? 2 : 0; }

int psam_write(const char *path, const psam_line *lines, size_t count, fault *f) {
  output *o = output_open(path, f);
  if (!o)
    return -1;
  int fam = is_fam(path), failed = 0;
  if (!fam)
    failed = output_print(o, "#IID\tSEX\n");
  for (size_t i = 0; !failed && i < count; i++)
    if (lines[i].sample)
      failed = output_print(o, fam ? "0\t%s\t0\t0\t%d\t-9\n" : "%s\t%d\n", lines[i].sample, code_of(lines[i].sex));
  failed = output_finish(o, NULL, 0, f) != 0 || output_publish(o, f) != 0 ||
           output_settle((const output *const[]){o}, 1, f) != 0;
  output_free(o);
  return failed ? -1 : 0;
}

int psam_find(const char *path, const char *sample, dtc_sex *sex) {
  FILE *in = fopen(path, "r");
  char *line = NULL;
  size_t size = 0;
  int found = 0, fam = is_fam(path);
  while (in && !found && getline(&line, &size, in) > 0) {
    char *rest = line, *field[5] = {NULL};
    for (int i = 0; i < 5 && (field[i] = strtok_r(i ? NULL : line, "\t\n", &rest)); i++)
      ;
    const char *name = field[fam ? 1 : 0], *code = field[fam ? 4 : 1];
    found = name && code && strcmp(name, sample) == 0;
    if (found)
      *sex = *code == '1' ? DTC_SEX_MALE : *code == '2' ? DTC_SEX_FEMALE : DTC_SEX_UNDETERMINED;
  }
  free(line);
  if (in)
    fclose(in); /* read only */
  return found;
}
