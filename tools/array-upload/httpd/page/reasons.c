#include "array-upload/httpd/page/reasons.h"

#include <string.h>

static const struct reason reasons[] = {
    {"upload_failed", 500, 1, 1}, /* the first one stands for all others */
    {"link_expired", 410, 0, 1},
    {"session_expired", 410, 0, 1},
    {"already_uploaded", 409, 0, 1},
    {"session_revoked", 410, 0, 1},
    {"user_canceled", 303, 1, 1},
    {"file_missing", 422, 1, 1},
    {"file_empty", 422, 1, 1},
    {"file_too_large", 413, 1, 1},
    {"file_type_not_allowed", 422, 1, 1},
    {"zip_corrupt", 422, 1, 1},
    {"zip_encrypted", 422, 1, 1},
    {"zip_unsafe", 422, 1, 1},
    {"zip_unexpected_contents", 422, 1, 1},
    {"provider_not_supported", 422, 1, 1},
    {"format_version_not_supported", 422, 1, 1},
    {"file_modified", 422, 1, 1},
    {"file_incomplete", 422, 1, 1},
    {"upload_interrupted", 408, 1, 1},
    {"too_many_attempts", 429, 0, 1},
    {"rate_limited", 429, 1, 1},
    {"service_unavailable", 503, 1, 1},
    {"upload_in_progress", 409, 1, 0},
    {"consent_missing", 422, 1, 0},
    {"extension_refused", 409, 1, 0},
    {"link_not_valid", 404, 0, 0},
};

const struct reason *reason_at(size_t i) { return i < sizeof reasons / sizeof *reasons ? &reasons[i] : NULL; }

const struct reason *reason_find(const char *code) {
  for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
    if (strcmp(reasons[i].code, code) == 0)
      return &reasons[i];
  return &reasons[0];
}
