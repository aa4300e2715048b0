/* psam.h - samples and their sex, as plink2 (.psam) and plink 1.9 (.fam) read them. */
#ifndef CONVERT_PSAM_H
#define CONVERT_PSAM_H

#include "common/fault.h"

#include <dtcgeno.h>

typedef struct psam_line {
  const char *sample; /* NULL: no line */
  dtc_sex sex;
} psam_line;

/* The form is that of the name: .fam or any other. 0, or -1. */
int psam_write(const char *path, const psam_line *lines, size_t count, fault *f);
/* 1: a file written before has the sample, and *sex is what it says. 0: it has not, or is not there. */
int psam_find(const char *path, const char *sample, dtc_sex *sex);
/* Whether a name can stand in it: 0 is no name for plink. */
int psam_is_name(const char *sample);

#endif
