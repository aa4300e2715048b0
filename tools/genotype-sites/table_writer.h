/* table_writer.h - a collection as a site table on disk: indexed BCF, checked after writing. */
#ifndef SITES_TABLE_WRITER_H
#define SITES_TABLE_WRITER_H

#include "common/fault.h"
#include "genotype-sites/collection.h"

/* md5 of the contigs as the reference has them; empty where they are not to be claimed. */
typedef struct table_claims {
  const dtc_assembly *assembly;
  char md5[DTC_CONTIG_COUNT][33];
} table_claims;

/* Writes path and path.csi, both complete or neither. digest gets "md5:...", records their number. */
int table_write(collection *c, const table_claims *claims, const char *path, char digest[64], uint64_t *records,
                fault *f);

#endif
