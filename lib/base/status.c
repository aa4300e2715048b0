#include "base/counts.h"

typedef struct status_row {
  const char *slug, *text;
  dtc_class class_;
  dtc_reason reason;
} status_row;

static const status_row statuses[] = {
#define DTC_X(number, name, slug, class_, reason, text) \
  [number] = {slug, text, DTC_CLASS_##class_, DTC_REASON_##reason},
    DTC_STATUS_LIST(DTC_X)
#undef DTC_X
};

static const char *const reasons[][2] = {
#define DTC_X(number, name, slug, advice) [number] = {slug, advice},
    DTC_REASON_LIST(DTC_X)
#undef DTC_X
};

static const char *const warnings[][2] = {
#define DTC_X(number, name, slug, strict, text) [number] = {slug, text},
    DTC_WARNING_LIST(DTC_X)
#undef DTC_X
};

static const status_row *row_of(dtc_status status) {
  return &statuses[(unsigned)status < STATUS_COUNT ? status : DTC_INTERNAL];
}

unsigned dtc_status_count(void) { return STATUS_COUNT; }
unsigned dtc_reason_count(void) { return REASON_COUNT; }
unsigned dtc_warning_count(void) { return WARNING_COUNT; }

const char *dtc_status_slug(dtc_status status) { return row_of(status)->slug; }
const char *dtc_status_text(dtc_status status) { return row_of(status)->text; }
dtc_class dtc_status_class(dtc_status status) { return row_of(status)->class_; }
const char *dtc_status_advice(dtc_status status) {
  /* Where what helps with the reason's other faults does not help with this one. */
  switch (status) {
  case DTC_ZIP_SPLIT:
    return "one part alone cannot be read: upload the vendor's own .zip, which is in one piece";
  case DTC_ZIP_NESTED:
    return "unzip it once, and upload the vendor's .zip that is inside";
  case DTC_ZIP_SEVERAL_MEMBERS:
    return "upload the vendor's own .zip, with nothing added";
  case DTC_ZIP_DOCUMENT:
    return "upload the vendor's own .zip, not what a spreadsheet or another program saved";
  case DTC_ONE_CHROMOSOME:
    return "download it again and choose all data, not that of one chromosome";
  case DTC_CHROMOSOME_MISSING:
    return "download it again, and choose all data where there is a choice";
  case DTC_BUILD_CONFLICT:
    return "upload the vendor's own download, as it is";
  case DTC_IO_OPEN:
  case DTC_IO_READ:
    return "check that the file is there, and that it may be read";
  case DTC_IO_CHANGED:
    return "wait until it is all there";
  case DTC_ASSEMBLY_FILE:
  case DTC_CHAIN_FILE:
  case DTC_REFERENCE_FILE:
    return "take another of these files: nothing is said about the export";
  default:
    return dtc_reason_advice(dtc_status_reason(status));
  }
}
dtc_reason dtc_status_reason(dtc_status status) { return row_of(status)->reason; }

static dtc_reason reason_in_range(dtc_reason reason) {
  return (unsigned)reason < REASON_COUNT ? reason : DTC_REASON_INTERNAL_ERROR;
}

const char *dtc_reason_slug(dtc_reason reason) { return reasons[reason_in_range(reason)][0]; }
const char *dtc_reason_advice(dtc_reason reason) { return reasons[reason_in_range(reason)][1]; }

const char *dtc_warning_slug(dtc_warning warning) {
  return (unsigned)warning < WARNING_COUNT ? warnings[warning][0] : "";
}
const char *dtc_warning_text(dtc_warning warning) {
  return (unsigned)warning < WARNING_COUNT ? warnings[warning][1] : "";
}

const char *dtc_version(void) { return DTC_VERSION; }
unsigned dtc_version_number(void) { return DTC_VERSION_NUMBER; }
