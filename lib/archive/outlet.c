#include "archive/outlet.h"

#include "base/crc32.h"
#include "archive/kind.h"
#include "base/diag.h"

#include <string.h>

dtc_status outlet_check(const dtc_limits *limits, uint64_t unpacked_bytes, uint64_t packed_bytes, uint64_t at_byte,
                        dtc_diag *diag) {
  if (unpacked_bytes > limits->unpacked_bytes)
    return diag_set(diag, DTC_ZIP_BOMB_SIZE, (place){0, 0, at_byte}, "at most %llu bytes when unpacked",
                    (unsigned long long)limits->unpacked_bytes);
  /* Divided, not multiplied: a claimed size may be anything. ceil(unpacked / ratio) > packed says unpacked > ratio *
   * packed. */
  if (unpacked_bytes > limits->ratio_from_bytes && limits->ratio &&
      unpacked_bytes / limits->ratio + (unpacked_bytes % limits->ratio != 0) > packed_bytes)
    return diag_set(diag, DTC_ZIP_BOMB_RATIO, (place){0, 0, at_byte},
                    "at most %llu times the packed size beyond %llu bytes", (unsigned long long)limits->ratio,
                    (unsigned long long)limits->ratio_from_bytes);
  return DTC_OK;
}

/* Trouble that ends the work at once: the caller asked to stop, or the system failed. */
static int cannot_wait(dtc_status status) {
  dtc_class what = dtc_status_class(status);
  return what == DTC_CLASS_IO || what == DTC_CLASS_INTERNAL;
}

dtc_status outlet_give(outlet *o, const unsigned char *bytes, size_t length_bytes, dtc_diag *diag) {
  if (length_bytes == 0)
    return DTC_OK;
  uint64_t before = o->unpacked_bytes;
  o->unpacked_bytes += length_bytes;
  dtc_status status = outlet_check(o->limits, o->unpacked_bytes, o->packed_bytes, o->at_byte, diag);
  if (status != DTC_OK)
    return status;
  o->crc = crc32_of(o->crc, bytes, length_bytes);
  if (!o->consumer || o->refusal != DTC_OK || o->unpacked_bytes > o->promised_bytes)
    return DTC_OK;
  if (before == 0 && o->refuse_nested)
    o->nested = kind_archive_words(bytes, length_bytes);
  if (o->nested)
    o->refusal = DTC_ZIP_NESTED;
  else
    o->refusal = o->consumer(o->opaque, bytes, length_bytes);
  return cannot_wait(o->refusal) ? o->refusal : DTC_OK;
}

dtc_status outlet_verdict(const outlet *o, dtc_diag *diag) {
  if (o->nested)
    return diag_set(diag, DTC_ZIP_NESTED, (place){0, 0, o->at_byte}, "the export's text, found %s", o->nested);
  return o->refusal;
}

void outlet_begin(inflate_span *span, outlet_buffers *buffers) {
  span->out = buffers->out;
  span->room_bytes = OUTLET_BLOCK_BYTES;
  span->behind_bytes = 0;
}

dtc_status outlet_flush(outlet *o, inflate_span *span, outlet_buffers *buffers, dtc_diag *diag) {
  size_t length = OUTLET_BLOCK_BYTES - span->room_bytes;
  dtc_status status = outlet_give(o, span->out - length, length, diag);
  span->room_bytes = OUTLET_BLOCK_BYTES;
  if ((size_t)(buffers->out + sizeof buffers->out - span->out) < OUTLET_BLOCK_BYTES) {
    if (span->behind_bytes > INFLATE_HISTORY_BYTES)
      span->behind_bytes = INFLATE_HISTORY_BYTES;
    memmove(buffers->out, span->out - span->behind_bytes, span->behind_bytes);
    span->out = buffers->out + span->behind_bytes;
  }
  return status;
}

dtc_status outlet_inflate(outlet *o, void *state, inflate_span *span, outlet_buffers *buffers, dtc_status bad,
                          outlet_progress *progress, dtc_diag *diag) {
  *progress = OUTLET_HUNGRY;
  const size_t given = span->in_bytes;
  const uint64_t produced_before = o->unpacked_bytes + (OUTLET_BLOCK_BYTES - span->room_bytes);
  for (;;) {
    size_t in_before = span->in_bytes, room_before = span->room_bytes;
    inflate_result result = o->engine->step(state, span);
    if (result == INFLATE_MEMORY)
      return diag_set(diag, DTC_OUT_OF_MEMORY, (place){0, 0, o->at_byte}, "memory to inflate");
    if (result == INFLATE_BAD)
      return diag_set(diag, bad, (place){0, 0, o->at_byte}, "a deflate stream (damaged after %llu unpacked bytes)",
                      (unsigned long long)o->unpacked_bytes);
    if (result == INFLATE_END) {
      *progress = OUTLET_ENDED;
      return DTC_OK;
    }
    if (span->room_bytes == 0) {
      dtc_status status = outlet_flush(o, span, buffers, diag);
      if (status != DTC_OK)
        return status;
    } else if (span->in_bytes == 0) {
      uint64_t produced = o->unpacked_bytes + (OUTLET_BLOCK_BYTES - span->room_bytes) - produced_before;
      if (given == sizeof buffers->in && produced < given / OUTLET_SHRINK_MAX)
        return diag_set(diag, bad, (place){0, 0, o->at_byte}, "deflate blocks that hold data");
      return DTC_OK;
    } else if (span->in_bytes == in_before && span->room_bytes == room_before) {
      return diag_set(diag, bad, (place){0, 0, o->at_byte}, "a deflate stream");
    }
  }
}
