/* writer.h - a writer's options, of whatever size the caller's header knew, checked and completed. */
#ifndef VCF_CONVERSION_WRITER_H
#define VCF_CONVERSION_WRITER_H

#include <dtcgeno-vcf.h>

/* given NULL: the defaults. type: what AUTO is. DTC_INVALID_ARGUMENT with diag filled where they make no sense. */
dtc_status writer_options_take(const dtc_writer_options *given, dtc_file_type type, dtc_writer_options *own,
                               dtc_diag *diag);

#endif
