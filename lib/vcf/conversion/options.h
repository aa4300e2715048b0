/* options.h - the caller's options, of whatever size its header knew, checked and completed. */
#ifndef VCF_CONVERSION_OPTIONS_H
#define VCF_CONVERSION_OPTIONS_H

#include <dtcgeno-vcf.h>

/* own: with what given leaves to the verdict and to defaults. DTC_INVALID_ARGUMENT with diag filled where something
 * needed is missing. */
dtc_status conversion_options_take(const dtc_conversion_options *given, const dtc_verdict *verdict,
                                   dtc_conversion_options *own, dtc_diag *diag);

#endif
