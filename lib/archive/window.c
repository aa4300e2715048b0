#include "archive/window.h"

#include "base/alloc.h"
#include "base/diag.h"

static place at(uint64_t byte) { return (place){0, 0, byte}; }

static zip_int64_t window_read(window *w, void *buffer, zip_uint64_t wanted) {
  uint64_t left = w->from->size_bytes - w->cursor;
  size_t length = (size_t)(wanted < left ? wanted : left);
  w->status = source_read(w->from, w->cursor, buffer, length, &w->diag);
  if (w->status != DTC_OK) {
    zip_error_set(&w->error, ZIP_ER_READ, 0);
    return -1;
  }
  w->cursor += length;
  return (zip_int64_t)length;
}

static zip_int64_t window_seek(window *w, void *arguments, zip_uint64_t length) {
  zip_int64_t to = zip_source_seek_compute_offset(w->cursor, w->from->size_bytes, arguments, length, &w->error);
  if (to < 0)
    return -1;
  w->cursor = (uint64_t)to;
  return 0;
}

static zip_int64_t window_stat(window *w, void *data, zip_uint64_t length) {
  zip_stat_t *about = ZIP_SOURCE_GET_ARGS(zip_stat_t, data, length, &w->error);
  if (!about)
    return -1;
  zip_stat_init(about);
  about->size = w->from->size_bytes;
  about->valid |= ZIP_STAT_SIZE;
  return sizeof *about;
}

zip_int64_t window_command(void *opaque, void *data, zip_uint64_t length, zip_source_cmd_t command) {
  window *w = opaque;
  if (command == ZIP_SOURCE_OPEN) {
    w->cursor = 0;
    return 0;
  }
  if (command == ZIP_SOURCE_READ)
    return window_read(w, data, length);
  if (command == ZIP_SOURCE_SEEK)
    return window_seek(w, data, length);
  if (command == ZIP_SOURCE_TELL)
    return (zip_int64_t)w->cursor;
  if (command == ZIP_SOURCE_STAT)
    return window_stat(w, data, length);
  if (command == ZIP_SOURCE_ERROR)
    return zip_error_to_data(&w->error, data, length);
  if (command == ZIP_SOURCE_SUPPORTS)
    return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT,
                                          ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL, -1);
  if (command == ZIP_SOURCE_CLOSE || command == ZIP_SOURCE_FREE)
    return 0;
  zip_error_set(&w->error, ZIP_ER_OPNOTSUPP, 0);
  return -1;
}

dtc_status window_refusal(const window *w, int code, uint64_t at_byte, dtc_diag *diag) {
  if (w->status != DTC_OK)
    return diag_pass(diag, &w->diag);
  if (code == ZIP_ER_MEMORY)
    return diag_set(diag, DTC_OUT_OF_MEMORY, at(at_byte), "memory for the zip library");
  if (code == ZIP_ER_CRC) /* of stored data, which libzip sums itself */
    return diag_set(diag, DTC_ZIP_CRC_MISMATCH, at(at_byte), "the checksum that the archive names");
  return diag_set(diag, DTC_ZIP_UNREADABLE, at(at_byte), "an archive the zip library can open (error %d)", code);
}

/* libzip's error code, 0 when it opened. */
static int try_open(window *w, const source *s, zip_t **archive) {
  zip_error_t error;
  *w = (window){.from = s};
  zip_error_init(&w->error);
  zip_error_init(&error);
  zip_source_t *opened = zip_source_function_create(window_command, w, &error);
  /* Without ZIP_CHECKCONS: it refuses sound archives that were streamed or have zip64 fields, and the walk is stricter.
   */
  *archive = opened ? zip_open_from_source(opened, ZIP_RDONLY, &error) : NULL;
  int code = *archive ? 0 : zip_error_code_zip(&error);
  zip_error_fini(&error);
  if (*archive)
    return 0;
  if (opened)
    zip_source_free(opened);
  zip_error_fini(&w->error);
  return code;
}

/* What libzip needs at most to open an archive that the walk let through: its buffer, and the directory. */
#define MEMORY_TO_OPEN 262144

dtc_status window_open(window *w, const source *s, const dtc_allocator *allocator, zip_t **archive, dtc_diag *diag) {
  int code = try_open(w, s, archive);
  /* Where it gets no memory on the way, libzip says "no zip archive" (1.7) or "truncated" (1.11), and no export may be
   * refused for that: so it is asked again, and when memory is short for us, too, then that is the reason. */
  if (!*archive && w->status == DTC_OK && code != ZIP_ER_MEMORY) {
    code = try_open(w, s, archive);
    void *probe = *archive ? NULL : alloc_array(allocator, MEMORY_TO_OPEN, 1);
    if (!*archive && !probe)
      code = ZIP_ER_MEMORY;
    alloc_release(allocator, probe);
  }
  return *archive ? DTC_OK : window_refusal(w, code, 0, diag);
}

void window_close(window *w, zip_t *archive) {
  zip_discard(archive);
  zip_error_fini(&w->error);
}
