/* conversion.h - what a writer needs of a conversion. */
#ifndef VCF_CONVERSION_CONVERSION_H
#define VCF_CONVERSION_CONVERSION_H

#include "vcf/writer/layout.h"

/* Fills in assembly, names of contigs and header; they live until the conversion is reopened or freed. */
void conversion_describe(const dtc_conversion *conversion, vcf_layout *layout);

#endif
