#include "base/marker.h"

const marker_prefix marker_prefixes[MARKER_PREFIXES] = {
    [DTC_ID_RS] = {"rs", 2}, [DTC_ID_I] = {"i", 1}, [DTC_ID_VGXS] = {"VGXS", 4}};

int marker_digits(view text) {
  for (size_t i = 0; i < text.length; i++)
    if (text.at[i] < '0' || text.at[i] > '9')
      return 0;
  return text.length > 0;
}

int marker_u32(view digits, uint32_t *out) {
  uint64_t value = 0;
  if (digits.length > 10)
    return 0;
  for (size_t i = 0; i < digits.length; i++)
    value = value * 10 + (uint64_t)(digits.at[i] - '0');
  *out = (uint32_t)value;
  return value <= UINT32_MAX;
}

dtc_id_kind marker_read(view name, uint32_t *number, uint8_t *exact) {
  *number = 0;
  *exact = DTC_ID_OTHER;
  for (size_t kind = 0; kind < MARKER_PREFIXES; kind++) {
    size_t n = marker_prefixes[kind].bytes;
    if (name.length <= n || *name.at != *marker_prefixes[kind].text ||
        memcmp(name.at, marker_prefixes[kind].text, n) != 0)
      continue;
    size_t at = n;
    uint64_t value = 0;
    for (; at < name.length && name.at[at] >= '0' && name.at[at] <= '9'; at++)
      value = value > UINT32_MAX ? value : value * 10 + (uint64_t)(name.at[at] - '0');
    if (at < name.length)
      continue;
    if ((name.at[n] != '0' || name.length == n + 1) && value <= UINT32_MAX) {
      *number = (uint32_t)value;
      *exact = (uint8_t)kind;
    }
    return (dtc_id_kind)kind;
  }
  return DTC_ID_OTHER;
}
