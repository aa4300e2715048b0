#include <dtcgeno.h>

typedef struct status_row {
  const char *slug, *text;
  dtc_class class_;
  dtc_reason reason;
} status_row;

static const status_row statuses[] = {
#define DTC_X(name, slug, class_, reason, text) {slug, text, DTC_CLASS_##class_, DTC_REASON_##reason},
    DTC_STATUS_LIST(DTC_X)
#undef DTC_X
};

static const char *const reasons[][2] = {
#define DTC_X(name, slug, advice) {slug, advice},
    DTC_REASON_LIST(DTC_X)
#undef DTC_X
};

static const char *const warnings[][2] = {
#define DTC_X(name, slug, strict, text) {slug, text},
    DTC_WARNING_LIST(DTC_X)
#undef DTC_X
};

static const status_row *row_of(dtc_status status) {
  return &statuses[(unsigned)status < DTC_STATUS_COUNT_ ? status : DTC_INTERNAL];
}

const char *dtc_status_slug(dtc_status status) { return row_of(status)->slug; }
const char *dtc_status_text(dtc_status status) { return row_of(status)->text; }
dtc_class dtc_status_class(dtc_status status) { return row_of(status)->class_; }
dtc_reason dtc_status_reason(dtc_status status) { return row_of(status)->reason; }

static dtc_reason reason_in_range(dtc_reason reason) {
  return (unsigned)reason < DTC_REASON_COUNT_ ? reason : DTC_REASON_INTERNAL_ERROR;
}

const char *dtc_reason_slug(dtc_reason reason) { return reasons[reason_in_range(reason)][0]; }
const char *dtc_reason_advice(dtc_reason reason) { return reasons[reason_in_range(reason)][1]; }

const char *dtc_warning_slug(dtc_warning warning) {
  return (unsigned)warning < DTC_WARNING_COUNT_ ? warnings[warning][0] : "";
}
const char *dtc_warning_text(dtc_warning warning) {
  return (unsigned)warning < DTC_WARNING_COUNT_ ? warnings[warning][1] : "";
}

#ifndef DTC_VERSION
#define DTC_VERSION "0.0.0"
#endif
const char *dtc_version(void) { return DTC_VERSION; }
