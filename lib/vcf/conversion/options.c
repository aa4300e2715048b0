#include "vcf/conversion/options.h"

#include "base/diag.h"

#include <string.h>

void dtc_conversion_options_init_sized(dtc_conversion_options *options, size_t size_bytes) {
  memset(options, 0, size_bytes);
  options->size_bytes = size_bytes;
}

static int all_zero(const char *bytes, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (bytes[i])
      return 0;
  return 1;
}

/* The name goes into the header as it is. */
static int is_plain(const char *sample) {
  if (!*sample)
    return 0;
  for (; *sample; sample++)
    if ((unsigned char)*sample < 0x20 || *sample == 0x7f)
      return 0;
  return 1;
}

static const char *missing(const dtc_conversion_options *o) {
  if (!o->from)
    return "the assembly of the export";
  if (!o->reference)
    return "a reference";
  if (o->from != o->to && (!o->chain_count || !o->chains))
    return "a chain file from the export's assembly to the output's";
  if (o->vcf_minor != 0 && o->vcf_minor != 2 && o->vcf_minor != 3)
    return "VCF 4.2 or 4.3";
  if (o->threads < 0)
    return "a number of threads";
  if (!is_plain(o->source))
    return "a source without control characters";
  return is_plain(o->sample) ? NULL : "a sample name without control characters";
}

dtc_status conversion_options_take(const dtc_conversion_options *given, const dtc_verdict *verdict,
                                   dtc_conversion_options *own, dtc_diag *diag) {
  enum { FIRST_RELEASE_BYTES = sizeof(dtc_conversion_options) }; /* a member that is appended goes off here */
  size_t known = given->size_bytes < sizeof *own ? given->size_bytes : sizeof *own;
  if (known < FIRST_RELEASE_BYTES || !all_zero((const char *)given + known, given->size_bytes - known))
    return diag_set(diag, DTC_INVALID_ARGUMENT, (place){0, 0, 0}, "options of a size that this library knows");
  dtc_conversion_options_init(own);
  memcpy(own, given, known);
  own->size_bytes = sizeof *own;
  if (!own->to)
    own->to = own->from;
  if (!own->sample)
    own->sample = "SAMPLE";
  if (!own->source)
    own->source = "libdtcgeno-vcf " DTC_VERSION;
  if (own->chr == DTC_CHR_AUTO && own->reference)
    own->chr = dtc_reference_chr_prefix(own->reference) ? DTC_CHR_YES : DTC_CHR_NO;
  if (own->sex == DTC_SEX_UNDETERMINED)
    own->sex = dtc_verdict_sex(verdict);
  if (own->from == own->to)
    own->chain_count = 0;
  const char *what = missing(own);
  return what ? diag_set(diag, DTC_INVALID_ARGUMENT, (place){0, 0, 0}, "%s", what) : DTC_OK;
}
