#include "array-upload/httpd/page/reasons.h"

#include <string.h>

static const struct reason reasons[] = {
    {"upload_failed", 500, 1, 1, REASON_NOWHERE}, /* the first one stands for all others */
    {"link_expired", 410, 0, 1, REASON_NOWHERE},
    {"session_expired", 410, 0, 1, REASON_NOWHERE},
    {"already_uploaded", 409, 0, 1, REASON_NOWHERE},
    {"session_revoked", 410, 0, 1, REASON_NOWHERE},
    {"user_canceled", 303, 1, 1, REASON_NOWHERE},
    {"file_missing", 422, 1, 1, REASON_FILE},
    {"file_empty", 422, 1, 1, REASON_FILE},
    {"file_too_large", 413, 1, 1, REASON_FILE},
    {"file_type_not_allowed", 422, 1, 1, REASON_FILE},
    {"zip_corrupt", 422, 1, 1, REASON_FILE},
    {"zip_encrypted", 422, 1, 1, REASON_FILE},
    {"zip_unsafe", 422, 1, 1, REASON_FILE},
    {"zip_unexpected_contents", 422, 1, 1, REASON_FILE},
    {"provider_not_supported", 422, 1, 1, REASON_FILE},
    {"format_version_not_supported", 422, 1, 1, REASON_FILE},
    {"file_modified", 422, 1, 1, REASON_FILE},
    {"file_incomplete", 422, 1, 1, REASON_FILE},
    {"upload_interrupted", 408, 1, 1, REASON_NOWHERE},
    {"too_many_attempts", 429, 0, 1, REASON_NOWHERE},
    {"rate_limited", 429, 1, 1, REASON_NOWHERE},
    {"service_unavailable", 503, 1, 1, REASON_NOWHERE},
    {"upload_in_progress", 409, 1, 0, REASON_NOWHERE},
    {"consent_missing", 422, 1, 0, REASON_CONSENT},
    {"extension_refused", 409, 1, 0, REASON_NOWHERE},
    {"link_not_valid", 404, 0, 0, REASON_NOWHERE},
};

const struct reason *reason_at(size_t i) { return i < sizeof reasons / sizeof *reasons ? &reasons[i] : NULL; }

const struct reason *reason_find(const char *code) {
  for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
    if (strcmp(reasons[i].code, code) == 0)
      return &reasons[i];
  return &reasons[0];
}
