/* writeback.h - the disk begins while there is still work to do. */
#ifndef DTC_BASE_WRITEBACK_H
#define DTC_BASE_WRITEBACK_H

#include <fcntl.h>
#include <stdint.h>

/* Has the disk begin to write `bytes` bytes of a file from an offset on (0: all that is there), and does not wait: the
 * sync at the end then finds little left. No more than a hint. */
static inline void writeback_begin(int fd, uint64_t from, uint64_t bytes) {
#ifdef SYNC_FILE_RANGE_WRITE
  (void)sync_file_range(fd, (off_t)from, (off_t)bytes, SYNC_FILE_RANGE_WRITE);
#else
  (void)fd, (void)from, (void)bytes;
#endif
}

#endif
