/* record.c - dtcgeno-vcf.h's words of a record. */
#include <dtcgeno-vcf.h>

#include "vcf/writer/header.h"
#include "vcf/writer/vcf_text.h"

#include <string.h>
#include <strings.h>

unsigned dtc_filter_count(void) { return RECORD_FILTER_COUNT; }

const char *dtc_filter_id(dtc_filter filter) {
  static const char *const ids[] = {
#define DTC_X(number, name, id, text) [number] = id,
      DTC_FILTER_LIST(DTC_X)
#undef DTC_X
  };
  return (unsigned)filter < RECORD_FILTER_COUNT ? ids[filter] : "";
}

size_t dtc_record_ids(const dtc_record *r, char *text) {
  char *end = record_ids_write(text, r);
  *end = '\0';
  return (size_t)(end - text);
}

size_t dtc_chr_contig_name(dtc_chr chr, unsigned contig, char *text) {
  return header_contig_name(contig,
                            chr == DTC_CHR_YES      ? HEADER_CHR
                            : chr == DTC_CHR_YES_MT ? HEADER_CHR_MT
                                                    : HEADER_CHR_NONE,
                            text);
}

static int ends_with(const char *text, const char *end) {
  size_t n = strlen(text), m = strlen(end);
  return n >= m && strcasecmp(text + n - m, end) == 0;
}

dtc_file_type dtc_file_type_of_name(const char *path) {
  if (ends_with(path, ".vcf.gz") || ends_with(path, ".vcf.bgz"))
    return DTC_FILE_VCF_BGZF;
  if (ends_with(path, ".bcf"))
    return DTC_FILE_BCF;
  const char *slash = strrchr(path, '/');
  return ends_with(path, ".vcf") || !strchr(slash ? slash + 1 : path, '.') ? DTC_FILE_VCF : DTC_FILE_AUTO;
}
