#include "archive/end.h"

#include "archive/field.h"
#include "base/diag.h"

#include <string.h>

#define LOCATOR_BYTES 20u
#define RECORD64_BYTES 56u
#define ENTRY_BYTES 46u /* of the directory, at least */
#define ABSENT END_NO_RIVAL

static place at(uint64_t byte) { return (place){0, 0, byte}; }

/* The tail of the file and where the signatures in it stand; places are offsets in the file, ABSENT where there is
 * none. */
typedef struct tail {
  const unsigned char *bytes;
  uint64_t begins_at;
  size_t length;
  uint64_t last;  /* the last signature */
  uint64_t exact; /* the last record whose comment ends with the file */
  uint64_t rival; /* one before it that a reader could take */
} tail;

/* Whether the record at p could lead a reader to a directory: no other disks, and the directory before the record. */
static int is_plausible(const unsigned char *p, uint64_t p_at) {
  uint64_t directory_bytes = field_32(p + 12), directory_at = field_32(p + 16);
  if (field_32(p + 4) != 0)
    return 0;
  return directory_at == 0xffffffffu || directory_bytes == 0xffffffffu || directory_at + directory_bytes <= p_at;
}

static dtc_status tail_read(const source *s, unsigned char *scratch, tail *t, dtc_diag *diag) {
  *t = (tail){.bytes = scratch, .last = ABSENT, .exact = ABSENT, .rival = ABSENT};
  t->length = s->size_bytes < END_TAIL_BYTES ? (size_t)s->size_bytes : END_TAIL_BYTES;
  t->begins_at = s->size_bytes - t->length;
  dtc_status status = source_read(s, t->begins_at, scratch, t->length, diag);
  if (status != DTC_OK)
    return status;
  for (size_t i = t->length; i-- > 0;) {
    const unsigned char *p = scratch + i;
    if (*p != 'P' || t->length - i < 4 || memcmp(p, "PK\5\6", 4) != 0)
      continue;
    uint64_t p_at = t->begins_at + i;
    if (t->last == ABSENT)
      t->last = p_at;
    if (t->length - i < END_BYTES)
      continue;
    int is_exact = t->length - i == END_BYTES + (size_t)field_16(p + 20);
    if (t->exact == ABSENT && is_exact)
      t->exact = p_at;
    else if (t->exact != ABSENT && t->rival == ABSENT && (is_exact || is_plausible(p, p_at)))
      t->rival = p_at;
  }
  return DTC_OK;
}

dtc_status end_is_there(const source *s, unsigned char *scratch, end_seen *is_there, dtc_diag *diag) {
  tail t;
  *is_there = END_ABSENT;
  dtc_status status = tail_read(s, scratch, &t, diag);
  if (status != DTC_OK || t.exact == ABSENT)
    return status;
  const unsigned char *p = t.bytes + (t.exact - t.begins_at);
  uint64_t directory_bytes = field_32(p + 12);
  if (field_16(p + 10) == 0) {
    *is_there = directory_bytes == 0 && field_32(p + 4) == 0 ? END_THERE : END_ABSENT;
    return DTC_OK;
  }
  uint64_t ends_at = t.exact;
  if (t.exact >= LOCATOR_BYTES + RECORD64_BYTES && memcmp(p - LOCATOR_BYTES, "PK\6\7", 4) == 0)
    ends_at -= LOCATOR_BYTES + RECORD64_BYTES;
  uint64_t directory_at = field_32(p + 16);
  if (directory_bytes < ENTRY_BYTES)
    return DTC_OK;
  if (directory_bytes > ends_at || (directory_at > ends_at - directory_bytes && directory_at != 0xffffffffu)) {
    *is_there = directory_bytes / ENTRY_BYTES >= field_16(p + 10) ? END_OF_A_PART : END_ABSENT;
    return DTC_OK;
  }
  unsigned char signature[4];
  status = source_read(s, ends_at - directory_bytes, signature, sizeof signature, diag);
  *is_there = status == DTC_OK && memcmp(signature, "PK\1\2", 4) == 0 ? END_THERE : END_ABSENT;
  return status;
}

/* No record ends the file. Is there one further up (bytes were added), or none (bytes are missing)? */
static dtc_status refuse_endless(const source *s, unsigned char *scratch, dtc_diag *diag) {
  for (uint64_t block_at = 0; block_at < s->size_bytes; block_at += END_TAIL_BYTES - END_BYTES) {
    size_t length = s->size_bytes - block_at < END_TAIL_BYTES ? (size_t)(s->size_bytes - block_at) : END_TAIL_BYTES;
    dtc_status status = source_read(s, block_at, scratch, length, diag);
    if (status != DTC_OK)
      return status;
    const unsigned char *p = scratch;
    while (length - (size_t)(p - scratch) >= END_BYTES &&
           (p = memmem(p, length - (size_t)(p - scratch), "PK\5\6", 4)) != NULL) {
      uint64_t left = s->size_bytes - block_at - (uint64_t)(p - scratch);
      if (length - (size_t)(p - scratch) >= END_BYTES && is_plausible(p, block_at + (uint64_t)(p - scratch)) &&
          left > END_BYTES + field_16(p + 20))
        return diag_set(diag, DTC_ZIP_TRAILER, at(s->size_bytes - left + END_BYTES + field_16(p + 20)),
                        "the end of the file behind the end record");
      p += 4;
    }
  }
  return diag_set(diag, DTC_ZIP_TRUNCATED, at(s->size_bytes), "an end record at the end of the file");
}

/* A field of the end record either says what the zip64 record says, or is the marker that refers to it. */
static int agrees(uint64_t narrow, uint64_t marker, uint64_t wide) { return narrow == wide || narrow == marker; }

/* The zip64 record, where a locator stands before the end record at p; else leaves *end as it is. */
static dtc_status read_zip64(const source *s, const unsigned char *p, uint64_t p_at, zip_end *end, int *has_zip64,
                             dtc_diag *diag) {
  unsigned char both[RECORD64_BYTES + LOCATOR_BYTES];
  const unsigned char *record = both, *locator = both + RECORD64_BYTES;
  *has_zip64 = 0;
  if (p_at < LOCATOR_BYTES)
    return DTC_OK;
  dtc_status status = source_read(s, p_at - LOCATOR_BYTES, both + RECORD64_BYTES, LOCATOR_BYTES, diag);
  if (status != DTC_OK || memcmp(locator, "PK\6\7", 4) != 0)
    return status;
  *has_zip64 = 1;
  if (field_32(locator + 4) != 0 || field_32(locator + 16) != 1)
    return diag_set(diag, DTC_ZIP_SPLIT, at(p_at - LOCATOR_BYTES), "a zip64 locator of a single disk");
  if (p_at < sizeof both)
    return diag_set(diag, DTC_ZIP_ZIP64, at(p_at - LOCATOR_BYTES), "a zip64 end record before its locator");
  end->ends_at = p_at - sizeof both;
  status = source_read(s, end->ends_at, both, RECORD64_BYTES, diag);
  if (status != DTC_OK)
    return status;
  if (memcmp(record, "PK\6\6", 4) != 0 || field_64(record + 4) != RECORD64_BYTES - 12)
    return diag_set(diag, DTC_ZIP_ZIP64, at(end->ends_at), "a zip64 end record of %u bytes right before its locator",
                    RECORD64_BYTES);
  uint64_t record_at = field_64(locator + 8);
  if (record_at != end->ends_at)
    return diag_set(diag,
                    record_at < end->ends_at && field_64(record + 48) < end->ends_at ? DTC_ZIP_PREFIX : DTC_ZIP_ZIP64,
                    at(p_at - LOCATOR_BYTES), "a zip64 locator that names its record");
  if (field_32(record + 16) != 0 || field_32(record + 20) != 0)
    return diag_set(diag, DTC_ZIP_SPLIT, at(end->ends_at), "a zip64 end record of a single disk");
  end->entries = field_64(record + 32);
  end->directory_bytes = field_64(record + 40);
  end->directory_at = field_64(record + 48);
  if (field_64(record + 24) != end->entries || !agrees(field_16(p + 8), 0xffff, end->entries) ||
      !agrees(field_16(p + 10), 0xffff, end->entries) || !agrees(field_32(p + 12), 0xffffffff, end->directory_bytes) ||
      !agrees(field_32(p + 16), 0xffffffff, end->directory_at) || !agrees(field_16(p + 4), 0xffff, 0) ||
      !agrees(field_16(p + 6), 0xffff, 0))
    return diag_set(diag, DTC_ZIP_ZIP64, at(end->ends_at), "a zip64 end record that agrees with the end record");
  return DTC_OK;
}

/* The directory lies before its end record, directly and in the place that is named. */
static dtc_status check_place(const source *s, const zip_end *end, dtc_diag *diag) {
  if (end->directory_at > end->ends_at || end->directory_bytes > end->ends_at - end->directory_at) {
    unsigned char first[2];
    dtc_status status = source_read(s, 0, first, sizeof first, diag);
    if (status != DTC_OK)
      return status;
    if (memcmp(first, "PK", 2) != 0) /* the last part of a file that was cut in pieces, as 7-Zip does */
      return diag_set(diag, DTC_ZIP_SPLIT, at(0), "the archive's beginning, found its last part");
    return diag_set(diag, DTC_ZIP_END_RECORD, at(end->directory_at),
                    "a directory that ends before the end record at %llu", (unsigned long long)end->ends_at);
  }
  uint64_t slack = end->ends_at - end->directory_at - end->directory_bytes;
  if (slack == 0)
    return DTC_OK;
  /* both places stand before the end record, which is longer than what is read */
  unsigned char here[4], there[4];
  dtc_status status = source_read(s, end->directory_at, here, sizeof here, diag);
  if (status == DTC_OK)
    status = source_read(s, end->ends_at - end->directory_bytes, there, sizeof there, diag);
  if (status != DTC_OK)
    return status;
  if (memcmp(there, "PK\1\2", 4) == 0 && memcmp(here, "PK\1\2", 4) != 0)
    return diag_set(diag, DTC_ZIP_PREFIX, at(0), "the archive's first byte, found %llu bytes before it",
                    (unsigned long long)slack);
  if (memcmp(here, "PK\1\2", 4) == 0)
    return diag_set(diag, DTC_ZIP_GAP, at(end->directory_at + end->directory_bytes),
                    "the end record directly behind the directory, found %llu bytes between",
                    (unsigned long long)slack);
  return diag_set(diag, DTC_ZIP_DIRECTORY, at(end->directory_at), "the directory in the place the end record names");
}

static dtc_status check_limits(const zip_end *end, const dtc_limits *limits, dtc_diag *diag) {
  if (end->entries > limits->entries)
    return diag_set(diag, DTC_ZIP_TOO_MANY_ENTRIES, at(end->ends_at), "at most %lu entries",
                    (unsigned long)limits->entries);
  if (end->directory_bytes > limits->directory_bytes)
    return diag_set(diag, DTC_ZIP_DIRECTORY_TOO_LARGE, at(end->ends_at), "a directory of at most %lu bytes",
                    (unsigned long)limits->directory_bytes);
  return DTC_OK;
}

/* The record at p, inside the tail. */
static dtc_status read_end(const source *s, const dtc_limits *limits, const unsigned char *p, uint64_t p_at,
                           zip_end *end, dtc_diag *diag) {
  end->directory_at = field_32(p + 16);
  end->directory_bytes = field_32(p + 12);
  end->entries = field_16(p + 10);
  end->ends_at = p_at;
  int has_zip64;
  dtc_status status = read_zip64(s, p, p_at, end, &has_zip64, diag);
  if (status != DTC_OK)
    return status;
  if (!has_zip64) {
    if (field_16(p + 4) != 0 || field_16(p + 6) != 0)
      return diag_set(diag, DTC_ZIP_SPLIT, at(p_at), "an end record of a single disk");
    if (field_16(p + 8) != end->entries)
      return diag_set(diag, DTC_ZIP_END_RECORD, at(p_at + 8), "both counts of entries alike");
  }
  status = check_limits(end, limits, diag);
  if (status != DTC_OK)
    return status;
  if (!has_zip64 && (end->directory_at == 0xffffffffu || end->directory_bytes == 0xffffffffu))
    return diag_set(diag, DTC_ZIP_ZIP64, at(p_at), "a zip64 end record, which the end record refers to");
  if (field_16(p + 20) > limits->comment_bytes)
    return diag_set(diag, DTC_ZIP_COMMENT_TOO_LARGE, at(p_at + 20), "a comment of at most %lu bytes",
                    (unsigned long)limits->comment_bytes);
  if (end->entries == 0 && end->directory_bytes == 0 && end->ends_at == 0)
    return diag_set(diag, DTC_ZIP_WITHOUT_ENTRIES, at(p_at), "one entry, the export");
  if (end->entries == 0)
    return diag_set(diag, DTC_ZIP_END_RECORD, at(p_at + 8), "a count of entries, found 0");
  return check_place(s, end, diag);
}

dtc_status end_refuse_rival(const zip_end *end, dtc_diag *diag) {
  return diag_set(diag, DTC_ZIP_MANY_ENDS, at(end->rival_at), "one end record, found another before or behind it");
}

dtc_status end_refuse_for_rival(const zip_end *end, const dtc_diag *beside, dtc_diag *diag) {
  dtc_class what = dtc_status_class(beside->status);
  return what == DTC_CLASS_IO || what == DTC_CLASS_INTERNAL ? diag_pass(diag, beside) : end_refuse_rival(end, diag);
}

dtc_status end_find(const source *s, const dtc_limits *limits, unsigned char *scratch, zip_end *end, dtc_diag *diag) {
  tail t;
  dtc_status status = tail_read(s, scratch, &t, diag);
  if (status != DTC_OK)
    return status;
  if (t.exact == ABSENT)
    return refuse_endless(s, scratch, diag);
  *end = (zip_end){.rival_at = t.last != t.exact ? t.last : t.rival, .ends_at = t.exact};
  if (t.last != t.exact)
    return end_refuse_rival(end, diag);
  if (t.rival == ABSENT)
    return read_end(s, limits, t.bytes + (t.exact - t.begins_at), t.exact, end, diag);
  dtc_diag beside = {0};
  status = read_end(s, limits, t.bytes + (t.exact - t.begins_at), t.exact, end, &beside);
  return status == DTC_OK ? DTC_OK : end_refuse_for_rival(end, &beside, diag);
}
