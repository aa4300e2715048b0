/* panel.h - the VCF and BCF files of a panel: one file, or those of a folder. */
#ifndef SCORE_PANEL_H
#define SCORE_PANEL_H

#include "common/fault.h"

#include <stddef.h>

typedef struct panel {
  char **files; /* in the order of their names; chromosomes may come in any order */
  size_t count;
} panel;

/* 0, or -1. */
int panel_open(panel *p, const char *path, fault *f);
void panel_free(panel *p);

#endif
