/* commands.h - what the commands of genotype-sites do. Each returns 0, or -1 with the fault set. */
#ifndef SITES_COMMANDS_H
#define SITES_COMMANDS_H

#include "common/fault.h"
#include "genotype-sites/options.h"

int command_build(const sites_options *o, const dtc_assemblies *assemblies, fault *f);
int command_verify(const sites_options *o, const dtc_assemblies *assemblies, fault *f);
int command_describe(const sites_options *o, fault *f);
int command_compile(const sites_options *o, fault *f);
int command_pack(const sites_options *o, fault *f);

/* The exit status for a failure to open a reference or a table: 1 where it does not fit, 3 where it cannot be read. */
int exit_for(dtc_status status);
/* The assembly named by --assembly, or NULL with the fault set where it is unknown; *out is NULL where none was named.
 */
int assembly_named(const sites_options *o, const dtc_assemblies *assemblies, const dtc_assembly **out, fault *f);

#endif
