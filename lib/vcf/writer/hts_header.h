/* hts_header.h - the header as htslib's bcf_hdr_t. */
#ifndef VCF_HTS_HEADER_H
#define VCF_HTS_HEADER_H

#include <htslib/vcf.h>
#include <stddef.h>

/* text: header_text. For bcf_hdr_destroy. NULL when memory runs out, or when what htslib understood is not, to the
 * byte, what the text says. */
bcf_hdr_t *hts_header_new(const char *text, size_t length);

#endif
