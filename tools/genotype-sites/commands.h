/* commands.h - what the commands of genotype-sites do. Each returns 0, or -1 with the fault set. */
#ifndef SITES_COMMANDS_H
#define SITES_COMMANDS_H

#include <dtcgeno-vcf.h>

#include "common/fault.h"
#include "genotype-sites/options.h"

int command_build(const sites_options *o, const dtc_assemblies *assemblies, fault *f);
int command_verify(const sites_options *o, const dtc_assemblies *assemblies, fault *f);
int command_describe(const sites_options *o, fault *f);
int command_compile(const sites_options *o, fault *f);
int command_pack(const sites_options *o, fault *f);

/* What failed with a reference or a table, as a fault: exit status 1 where it does not fit, 3 where it cannot be read
 * or written. Is -1. */
int fault_of(fault *f, const dtc_diag *diag);
/* A sequence, a table or both (NULL: none), held against the assembly (NULL: against none). 0, or -1 with the fault set
 * and *out NULL. */
int table_open(const char *fasta, const char *table, const dtc_assembly *assembly, dtc_reference **out, fault *f);
/* The assembly that has these lengths, 0 for what is not known of it; NULL where none has. */
const dtc_assembly *assembly_by_lengths(const dtc_assemblies *assemblies, const uint32_t length[DTC_CONTIG_COUNT]);
/* The assembly named by --assembly, or NULL with the fault set where it is unknown; *out is NULL where none was named.
 */
int assembly_named(const sites_options *o, const dtc_assemblies *assemblies, const dtc_assembly **out, fault *f);

#endif
