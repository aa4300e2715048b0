/* confinement.h - a tool that works with named files gives up all others before the first byte of a stranger's: what it
 * may read and where it may write is gathered, then entered by sandbox.h. */
#ifndef COMMON_CONFINEMENT_H
#define COMMON_CONFINEMENT_H

typedef struct confinement confinement;

/* NULL without memory. The adders do nothing with NULL, of either kind, and with "-". Paths are copied. */
confinement *confinement_new(void);
void confinement_free(confinement *c);

void confinement_read(confinement *c, const char *path);
/* A reference, a table, a VCF: with the indexes that readers look for beside it. Without a .fai beside a sequence one
 * is made where temporary files live. */
void confinement_read_indexed(confinement *c, const char *path);
void confinement_read_sequence(confinement *c, const char *path);
/* An output and the temporary file beside it; where it is a link, what it points to; where it is a device, the device.
 */
void confinement_write(confinement *c, const char *path);

/* Enters: from here on only these files, no network, no other process. Once, before any thread begins. Says on standard
 * error what the kernel lacks, in the program's name, unless quiet. Does nothing where programs are watched
 * (sanitizers) and where a sequence or an indexed file is a URL. */
void confinement_enter(confinement *c, const char *program, int quiet);

#endif
