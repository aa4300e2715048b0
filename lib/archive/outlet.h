/* outlet.h - where unpacked bytes go: counted, summed, held against the limits, and handed to the consumer. */
#ifndef DTC_ARCHIVE_OUTLET_H
#define DTC_ARCHIVE_OUTLET_H

#include "archive/archive.h"
#include "archive/inflate/inflate.h"

#define OUTLET_BLOCK_BYTES 65536 /* the largest piece a consumer sees, and the step of every read */

/* A whole block of packed bytes gives at least an eighth of its size. Compressors give more than 8/9 even of random
 * bytes; less comes only of endless empty blocks, whose tables cost a thousand times the work of data. */
#define OUTLET_SHRINK_MAX 8

/* The buffers of one unpacking; too large for the stack. Blocks stand behind each other in `out`, and before each one
 * what matches may reach; when the next has no place, that moves to the front. */
typedef struct outlet_buffers {
  unsigned char in[OUTLET_BLOCK_BYTES];
  unsigned char out[INFLATE_HISTORY_BYTES + 2 * OUTLET_BLOCK_BYTES];
} outlet_buffers;

/* One stream of unpacked bytes. After the consumer refused, or once more came out than the archive says, the bytes are
 * still unpacked, counted and summed, but not handed on: damage and bombs are the better answer than what they do to
 * the text. */
typedef struct outlet {
  archive_consumer consumer; /* NULL: only counted */
  void *opaque;
  const dtc_limits *limits;
  const inflate_engine *engine;
  uint64_t promised_bytes; /* UINT64_MAX where nothing was promised */
  uint64_t packed_bytes;   /* what the ratio is measured against; gzip raises it as it reads */
  uint64_t unpacked_bytes; /* so far */
  uint64_t at_byte;        /* place in the file for diagnostics */
  uint32_t crc;            /* so far */
  int refuse_nested;       /* the consumer gets no archive's bytes */
  const char *nested;      /* what archive the bytes were, or NULL */
  dtc_status refusal;      /* of the consumer, or DTC_ZIP_NESTED */
} outlet;

/* Whether so many bytes would be a bomb, by the absolute limit or by the ratio; DTC_OK, DTC_ZIP_BOMB_SIZE or _RATIO. */
dtc_status outlet_check(const dtc_limits *limits, uint64_t unpacked_bytes, uint64_t packed_bytes, uint64_t at_byte,
                        dtc_diag *diag);
/* Anything but DTC_OK ends the unpacking at once. A refusal of the consumer that can wait is kept in o->refusal. */
dtc_status outlet_give(outlet *o, const unsigned char *bytes, size_t length_bytes, dtc_diag *diag);

/* What the consumer said, once the stream itself proved sound. */
dtc_status outlet_verdict(const outlet *o, dtc_diag *diag);

/* How far outlet_inflate came. */
typedef enum outlet_progress { OUTLET_HUNGRY, OUTLET_ENDED } outlet_progress;
/* Inflates span->in into blocks of buffers->out and gives them away. The span's output side belongs to this function
 * and is set up by outlet_begin for each stream; what is produced last stays in the buffer until outlet_flush. `bad` is
 * the status of damaged data. */
void outlet_begin(inflate_span *span, outlet_buffers *buffers);
dtc_status outlet_inflate(outlet *o, void *state, inflate_span *span, outlet_buffers *buffers, dtc_status bad,
                          outlet_progress *progress, dtc_diag *diag);
dtc_status outlet_flush(outlet *o, inflate_span *span, outlet_buffers *buffers, dtc_diag *diag);

#endif
