#include "archive/extra.h"

#include "archive/field.h"
#include "base/diag.h"

enum { EXTRA_ZIP64 = 0x0001, EXTRA_STRONG_ENCRYPTION = 0x0017, EXTRA_UNICODE_PATH = 0x7075, EXTRA_AES = 0x9901 };

#define MARKER_32 0xffffffffu
#define MARKER_16 0xffffu

static dtc_status malformed(uint64_t at_byte, const char *expected, dtc_diag *diag) {
  return diag_set(diag, DTC_ZIP_EXTRA_FIELD, (place){0, 0, at_byte}, "%s", expected);
}

dtc_status extra_scan(const unsigned char *bytes, size_t length_bytes, uint64_t at_byte, extra_facts *facts,
                      dtc_diag *diag) {
  *facts = (extra_facts){0};
  size_t i = 0;
  while (i < length_bytes) {
    if (length_bytes - i < 4)
      return malformed(at_byte + i, "four bytes of an extra field's head", diag);
    const unsigned char *field = bytes + i + 4;
    unsigned id = field_16(bytes + i);
    size_t length = field_16(bytes + i + 2);
    if (length > length_bytes - i - 4)
      return malformed(at_byte + i, "an extra field within its header", diag);
    if (id == EXTRA_ZIP64) {
      if (facts->zip64)
        return malformed(at_byte + i, "one zip64 field", diag);
      facts->zip64 = field;
      facts->zip64_bytes = length;
    } else if (id == EXTRA_UNICODE_PATH) {
      if (facts->path || length < 5 || field[0] != 1)
        return malformed(at_byte + i, "one Unicode path field of version 1", diag);
      facts->path_crc = field_32(field + 1);
      facts->path = field + 5;
      facts->path_bytes = length - 5;
    } else if (id == EXTRA_STRONG_ENCRYPTION || id == EXTRA_AES) {
      facts->is_encrypted = 1;
    }
    i += 4 + length;
  }
  return DTC_OK;
}

/* Both sizes once more. Where one is marked, readers do not agree on which of the two values is meant. */
static int says_the_same(const extra_facts *facts, const extra_sizes *sizes) {
  return facts->zip64_bytes == 16 && field_64(facts->zip64) == sizes->unpacked_bytes &&
         field_64(facts->zip64 + 8) == sizes->packed_bytes;
}

dtc_status extra_widen(const extra_facts *facts, uint64_t at_byte, int is_local, extra_sizes *sizes, dtc_diag *diag) {
  uint64_t *values[] = {&sizes->unpacked_bytes, &sizes->packed_bytes, &sizes->header_at};
  size_t wanted = 0;
  for (size_t v = 0; v < 3; v++)
    wanted += *values[v] == MARKER_32 ? 8 : 0;
  wanted += sizes->disk == MARKER_16 ? 4 : 0;
  if (!facts->zip64 && wanted == 0)
    return DTC_OK;
  if (facts->zip64 && facts->zip64_bytes == wanted) { /* what APPNOTE says: marked values only, in this order */
    size_t i = 0;
    for (size_t v = 0; v < 3; v++)
      if (*values[v] == MARKER_32) {
        *values[v] = field_64(facts->zip64 + i);
        i += 8;
      }
    if (sizes->disk == MARKER_16)
      sizes->disk = field_32(facts->zip64 + i);
    return DTC_OK;
  }
  if (facts->zip64 && is_local && says_the_same(facts, sizes)) /* APPNOTE 4.5.3: a local header always has both */
    return DTC_OK;
  return diag_set(diag, DTC_ZIP_ZIP64, (place){0, 0, at_byte}, "a zip64 field with the %u bytes the header refers to",
                  (unsigned)wanted);
}
