/* confine.h - genotype-convert gives up all it does not need before the first byte of an export: only its inputs can be
 * read, only the folders of its outputs written; no network, no other process. */
#ifndef CONVERT_CONFINE_H
#define CONVERT_CONFINE_H

#include "genotype-convert/samples.h"

/* s: the exports of a batch, else NULL. Once, before any thread begins and after the folders of a batch are made. Says
 * on standard error what the kernel lacks, unless -q was given. Does nothing with --no-sandbox, and where a reference
 * is fetched from the network. */
void confine(const options *o, const samples *s);

#endif
