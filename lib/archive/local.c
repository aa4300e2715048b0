#include "archive/local.h"

#include "archive/aside.h"
#include "archive/field.h"
#include "archive/name.h"
#include "base/crc32.h"
#include "base/diag.h"

#include <string.h>

#define LOCAL_BYTES 30u
#define FLAG_DESCRIPTOR (1u << 3)

static place at(uint64_t byte) { return (place){0, 0, byte}; }

static dtc_status disagree(uint64_t byte, const char *what, dtc_diag *diag) {
  return diag_set(diag, DTC_ZIP_HEADER_MISMATCH, at(byte), "the same %s in the local header and in the directory",
                  what);
}

const char *local_path_fault(const extra_facts *extra, view name) {
  if (!extra->path)
    return NULL;
  uint32_t crc = crc32_of(0, (const unsigned char *)name.at, name.length);
  if (crc != extra->path_crc)
    return NULL; /* readers ignore it then */
  const view path = {(const char *)extra->path, extra->path_bytes};
  const char *fault = name_fault(path, 1);
  if (fault)
    return fault;
  /* It may say the name in other letters, but not make another thing of the entry: an aside could cover the export. */
  if (name_is_folder(path) != name_is_folder(name) || aside_by_name(path) != aside_by_name(name))
    return "a Unicode path that says what the name says";
  return NULL;
}

/* What stands twice must be the same; with a descriptor the local header may leave a value 0. */
static int same(uint64_t local, uint64_t directory, int may_be_zero) {
  return local == directory || (may_be_zero && local == 0);
}

/* The fixed part at p agrees with the directory. */
static dtc_status compare_fixed(const unsigned char *p, const zip_member *m, dtc_diag *diag) {
  if (field_16(p + 6) != m->flags)
    return disagree(m->header_at + 6, "flags", diag);
  if (field_16(p + 8) != m->method)
    return disagree(m->header_at + 8, "method", diag);
  if (!same(field_32(p + 14), m->crc, m->flags & FLAG_DESCRIPTOR))
    return disagree(m->header_at + 14, "CRC", diag);
  if (field_16(p + 26) != m->name.length)
    return disagree(m->header_at + 26, "name", diag);
  return DTC_OK;
}

static dtc_status compare_extra(const unsigned char *p, const unsigned char *extra_at, const zip_member *m,
                                dtc_diag *diag) {
  extra_facts extra;
  uint64_t place_at = m->header_at + (uint64_t)(extra_at - p);
  dtc_status status = extra_scan(extra_at, field_16(p + 28), place_at, &extra, diag);
  if (status != DTC_OK)
    return status;
  if (extra.is_encrypted)
    return diag_set(diag, DTC_ZIP_ENCRYPTED, at(place_at), "an archive without a password");
  const char *fault = local_path_fault(&extra, m->name);
  if (fault)
    return diag_set(diag, DTC_ZIP_NAME, at(place_at), "%s", fault);
  extra_sizes sizes = {field_32(p + 22), field_32(p + 18), 0, 0};
  /* Writers that stream add a zip64 field of zeros beside sizes that are zero or marked. */
  status = extra_widen(&extra, place_at, 1, &sizes, diag);
  if (status != DTC_OK)
    return status;
  int is_streamed = m->flags & FLAG_DESCRIPTOR;
  if (!same(sizes.packed_bytes, m->packed_bytes, is_streamed))
    return disagree(m->header_at + 18, "packed size", diag);
  if (!same(sizes.unpacked_bytes, m->unpacked_bytes, is_streamed))
    return disagree(m->header_at + 22, "unpacked size", diag);
  return DTC_OK;
}

/* A descriptor of that shape at p: with or without signature, sizes of 32 or 64 bits (APPNOTE 4.3.9). */
static int is_descriptor(const unsigned char *p, size_t length, const zip_member *m) {
  int has_signature = length == 16 || length == 24;
  if (has_signature) {
    if (field_32(p) != 0x08074b50)
      return 0;
    p += 4;
  }
  if (field_32(p) != m->crc)
    return 0;
  if (length >= 20)
    return field_64(p + 4) == m->packed_bytes && field_64(p + 12) == m->unpacked_bytes;
  return field_32(p + 4) == m->packed_bytes && field_32(p + 8) == m->unpacked_bytes;
}

/* Sets *length to the descriptor's bytes at data_end; the longest shape that fits is the one. */
static dtc_status find_descriptor(const source *s, uint64_t data_end, uint64_t limit_at, const zip_member *m,
                                  size_t *length, dtc_diag *diag) {
  static const size_t shapes[] = {24, 16, 20, 12};
  unsigned char bytes[24] = {0};
  size_t room = limit_at - data_end < sizeof bytes ? (size_t)(limit_at - data_end) : sizeof bytes;
  dtc_status status = source_read(s, data_end, bytes, room, diag);
  if (status != DTC_OK)
    return status;
  for (size_t k = 0; k < sizeof shapes / sizeof shapes[0]; k++)
    if (shapes[k] <= room && is_descriptor(bytes, shapes[k], m)) {
      *length = shapes[k];
      return DTC_OK;
    }
  return diag_set(diag, DTC_ZIP_DESCRIPTOR, at(data_end), "a data descriptor that agrees with the directory");
}

dtc_status local_check(const source *s, uint64_t limit_at, zip_member *m, unsigned char *scratch, dtc_diag *diag) {
  if (m->header_at + LOCAL_BYTES > limit_at) /* header_at is where the member before it ended, so nothing overflows */
    return diag_set(diag, DTC_ZIP_LOCAL_HEADER, at(m->header_at), "a local header before the directory");
  dtc_status status = source_read(s, m->header_at, scratch, LOCAL_BYTES, diag);
  if (status != DTC_OK)
    return status;
  if (field_32(scratch) != 0x04034b50)
    return diag_set(diag, DTC_ZIP_LOCAL_HEADER, at(m->header_at), "a local header");
  status = compare_fixed(scratch, m, diag);
  if (status != DTC_OK)
    return status;
  size_t rest = m->name.length + field_16(scratch + 28);
  uint64_t room = limit_at - m->header_at - LOCAL_BYTES;
  if (rest > room)
    return diag_set(diag, DTC_ZIP_LOCAL_HEADER, at(m->header_at), "a local header before the directory");
  status = source_read(s, m->header_at + LOCAL_BYTES, scratch + LOCAL_BYTES, rest, diag);
  if (status != DTC_OK)
    return status;
  if (memcmp(scratch + LOCAL_BYTES, m->name.at, m->name.length) != 0)
    return disagree(m->header_at + LOCAL_BYTES, "name", diag);
  status = compare_extra(scratch, scratch + LOCAL_BYTES + m->name.length, m, diag);
  if (status != DTC_OK)
    return status;
  m->data_at = m->header_at + LOCAL_BYTES + rest;
  if (m->packed_bytes > limit_at - m->data_at)
    return diag_set(diag, DTC_ZIP_OVERLAP, at(m->data_at), "%llu bytes of data before the directory",
                    (unsigned long long)m->packed_bytes);
  m->ends_at = m->data_at + m->packed_bytes;
  if (m->flags & FLAG_DESCRIPTOR) {
    size_t length = 0;
    status = find_descriptor(s, m->ends_at, limit_at, m, &length, diag);
    if (status != DTC_OK)
      return status;
    m->ends_at += length;
  }
  return DTC_OK;
}
