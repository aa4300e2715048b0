/* fuzz_pipeline - the text of an export, wrapped in a zip whose sizes and CRC are right, through the whole library: the
 * verdict from the zip, from the text, and from the table must be one. The first byte chooses how the zip is made. */
#include <dtcgeno.h>
#include <zlib.h>

#include "fuzz.h"
#include "quality/verdict.h"

static size_t le(uint8_t *at, uint64_t value, unsigned n) {
  for (unsigned k = 0; k < n; k++)
    at[k] = (uint8_t)(value >> 8 * k);
  return n;
}

/* One member; stored or deflated, with or without a data descriptor (APPNOTE 4.3.7, 4.3.9, 4.3.12, 4.3.16). */
static uint8_t *wrap(const uint8_t *text, size_t size, unsigned how, size_t *length) {
  static const char name[] = "AncestryDNA.txt";
  int deflated = how & 1, descriptor = how & 2;
  uLong bound = compressBound((uLong)size);
  uint8_t *zip = malloc(bound + 512), *packed = malloc(bound + 64);
  FUZZ_CHECK(zip && packed);
  size_t packed_bytes = size;
  if (deflated) {
    z_stream z = {0};
    FUZZ_CHECK(deflateInit2(&z, 1 + (how >> 2) % 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    z.next_in = (Bytef *)(uintptr_t)text;
    z.avail_in = (uInt)size;
    z.next_out = packed;
    z.avail_out = (uInt)(bound + 64);
    FUZZ_CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
    packed_bytes = z.total_out;
    deflateEnd(&z);
  } else if (size) {
    memcpy(packed, text, size);
  }
  uint8_t common[26];
  unsigned long crc = crc32(0, text, (uInt)size);
  size_t c = le(common, 20, 2);
  c += le(common + c, descriptor ? 8 : 0, 2);
  c += le(common + c, deflated ? 8 : 0, 2);
  c += le(common + c, 0x5821a5ef, 4);
  c += le(common + c, crc, 4);
  c += le(common + c, packed_bytes, 4);
  c += le(common + c, size, 4);
  c += le(common + c, sizeof name - 1, 2);
  c += le(common + c, 0, 2);
  size_t n = le(zip, 0x04034b50, 4);
  memcpy(zip + n, common, c);
  if (descriptor)
    memset(zip + n + 10, 0, 12);
  n += c;
  memcpy(zip + n, name, sizeof name - 1);
  n += sizeof name - 1;
  memcpy(zip + n, packed, packed_bytes);
  n += packed_bytes;
  if (descriptor) {
    n += le(zip + n, 0x08074b50, 4);
    memcpy(zip + n, common + 10, 12);
    n += 12;
  }
  size_t directory = n;
  n += le(zip + n, 0x02014b50, 4);
  n += le(zip + n, 3 << 8 | 20, 2);
  memcpy(zip + n, common, c);
  n += c;
  n += le(zip + n, 0, 2 + 2 + 2);
  n += le(zip + n, (uint64_t)0100644 << 16, 4);
  n += le(zip + n, 0, 4);
  memcpy(zip + n, name, sizeof name - 1);
  n += sizeof name - 1;
  size_t directory_bytes = n - directory;
  n += le(zip + n, 0x06054b50, 4);
  n += le(zip + n, 0, 4);
  n += le(zip + n, 1, 2);
  n += le(zip + n, 1, 2);
  n += le(zip + n, directory_bytes, 4);
  n += le(zip + n, directory, 4);
  n += le(zip + n, 0, 2);
  free(packed);
  *length = n;
  return zip;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2)
    return 0;
  unsigned how = data[0];
  data++;
  size--;
  dtc_options options;
  dtc_options_init(&options, how & 64 ? DTC_POLICY_REJECT : DTC_POLICY_REFUSE);
  options.strictness = how & 128 ? DTC_STRICT : DTC_FRIENDLY;
  options.limits.rows_min = 1;
  size_t length;
  uint8_t *zip = wrap(data, size, how, &length);
  static dtc_verdict verdict, by_table, by_reader;
  dtc_status status = dtc_validate_memory(zip, length, &options, &verdict);
  FUZZ_CHECK(status == verdict.status);
  dtc_table *table = NULL;
  FUZZ_CHECK(dtc_table_load_memory(zip, length, &options, &table, &by_table) == status);
  FUZZ_CHECK((status == DTC_OK) == (table != NULL));
  if (table) {
    FUZZ_CHECK(dtc_table_calls(table)->count + by_table.rejected == by_table.rows);
    FUZZ_CHECK(dtc_table_sort(table) == DTC_OK);
  }
  dtc_table_free(table);
  if (status == DTC_OK) {
    dtc_reader *reader = NULL;
    FUZZ_CHECK(dtc_reader_new(&options, NULL, &reader) == DTC_OK);
    FUZZ_CHECK(dtc_reader_feed(reader, data, size) == DTC_OK);
    FUZZ_CHECK(dtc_reader_finish(reader, &by_reader) == DTC_OK);
    FUZZ_CHECK(by_reader.rows == verdict.rows && by_reader.called == verdict.called && by_reader.sex == verdict.sex);
    dtc_reader_free(reader);
  }
  char text[8192], line[1024];
  FUZZ_CHECK(dtc_verdict_json(&verdict, text, sizeof text) < sizeof text);
  FUZZ_CHECK(strchr(text, '\n') == NULL);
  FUZZ_CHECK(dtc_verdict_line(&verdict, line, sizeof line) < sizeof line);
  free(zip);
  return 0;
}
