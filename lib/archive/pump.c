#include <config.h>

#include "archive/archive.h"

#include "archive/end.h"
#include "archive/gzip.h"
#include "archive/kind.h"
#include "archive/outlet.h"
#include "archive/pump.h"
#include "archive/source.h"
#include "archive/zipfile.h"
#include "base/alloc.h"
#include "base/diag.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static place at(uint64_t byte) { return (place){0, 0, byte}; }

static dtc_status too_large(uint64_t limit, dtc_diag *diag) {
  return diag_set(diag, DTC_FILE_TOO_LARGE, at(limit), "at most %llu bytes", (unsigned long long)limit);
}

/* The text as it stands in the file. */
static dtc_status pump_text(source *s, const dtc_limits *limits, const dtc_allocator *allocator,
                            archive_consumer consumer, void *opaque, archive_facts *facts, dtc_diag *diag) {
  if (s->size_bytes > limits->unpacked_bytes)
    return too_large(limits->unpacked_bytes, diag);
  unsigned char *block = alloc_array(allocator, OUTLET_BLOCK_BYTES, 1);
  if (!block)
    return diag_set(diag, DTC_OUT_OF_MEMORY, at(0), "memory to read a file");
  dtc_status status;
  size_t got;
  while ((status = source_next(s, block, OUTLET_BLOCK_BYTES, &got, diag)) == DTC_OK && got) {
    facts->unpacked_bytes += got;
    if (facts->unpacked_bytes > limits->unpacked_bytes)
      status = too_large(limits->unpacked_bytes, diag);
    else
      status = consumer(opaque, block, got);
    if (status != DTC_OK)
      break;
  }
  alloc_release(allocator, block);
  return status;
}

/* A file that does not begin as a zip: is it one all the same, with something before it? Not for a stream that is not
 * held. */
static dtc_status ends_as_zip(source *s, const dtc_allocator *allocator, end_seen *end, dtc_diag *diag) {
  unsigned char *scratch = alloc_array(allocator, END_TAIL_BYTES, 1);
  if (!scratch)
    return diag_set(diag, DTC_OUT_OF_MEMORY, at(0), "memory to read a file");
  dtc_status status = end_is_there(s, scratch, end, diag);
  alloc_release(allocator, scratch);
  return status;
}

/* Sets *what to what the file is to be taken for: KIND_ZIP, KIND_GZIP, KIND_TEXT; or refuses it. */
static dtc_status decide(source *s, const dtc_options *options, const dtc_allocator *allocator, kind *what,
                         dtc_diag *diag) {
  unsigned char head[KIND_HEAD_BYTES];
  size_t got;
  const char *words;
  int any = options->container == DTC_CONTAINER_ANY;
  /* A regular file over every limit that could apply is not even opened further. */
  uint64_t most = any && options->limits.unpacked_bytes > options->limits.file_bytes ? options->limits.unpacked_bytes
                                                                                     : options->limits.file_bytes;
  if (s->size_bytes > most)
    return too_large(most, diag);
  dtc_status status = source_head(s, head, sizeof head, &got, diag);
  if (status != DTC_OK)
    return status;
  if (got == 0)
    return diag_set(diag, DTC_FILE_EMPTY, at(0), "a file with bytes in it");
  *what = kind_of(head, got, &words);
  if (any && *what == KIND_UNKNOWN)
    *what = KIND_TEXT; /* the text's own rules say best what is wrong with it */
  if (*what == KIND_ZIP || (any && (*what == KIND_GZIP || *what == KIND_TEXT)))
    return *what == KIND_TEXT || s->size_bytes <= options->limits.file_bytes
               ? DTC_OK
               : too_large(options->limits.file_bytes, diag);
  if (*what == KIND_SPLIT)
    return diag_set(diag, DTC_ZIP_SPLIT, at(0), "a whole zip archive, found %s", words);
  if (*what == KIND_DOCUMENT)
    return diag_set(diag, DTC_ZIP_DOCUMENT, at(0), "the vendor's .zip, found %s", words);
  if (s->is_stream && (status = source_hold(s, options->limits.file_bytes, diag)) != DTC_OK)
    return status;
  end_seen end = END_ABSENT;
  status = ends_as_zip(s, allocator, &end, diag);
  if (status != DTC_OK)
    return status;
  /* what begins as something known is that, not a part */
  if (end == END_THERE || (end == END_OF_A_PART && *what == KIND_UNKNOWN)) {
    *what = KIND_ZIP; /* the walker says what is wrong with it */
    return DTC_OK;
  }
  return diag_set(diag, DTC_NOT_A_ZIP, at(0),
                  any ? "a zip archive, text, or text in gzip; found %s" : "a zip archive; found %s", words);
}

static dtc_status pump(source *s, const dtc_options *options, const dtc_allocator *allocator,
                       const inflate_engine *engine, archive_consumer consumer, void *opaque, archive_facts *facts,
                       dtc_diag *diag) {
  kind what = KIND_UNKNOWN;
  dtc_status status = decide(s, options, allocator, &what, diag);
  if (status != DTC_OK)
    return status;
  if (what == KIND_ZIP) {
    status = source_hold(s, options->limits.file_bytes, diag);
    if (status == DTC_OK)
      status = archive_zip_pump(s, options, allocator, engine, consumer, opaque, facts, diag);
  } else if (what == KIND_GZIP) {
    status = archive_gzip_pump(s, options, allocator, engine, consumer, opaque, facts, diag);
  } else {
    status = pump_text(s, &options->limits, allocator, consumer, opaque, facts, diag);
  }
  return status;
}

dtc_status archive_pump_source(source *s, const dtc_options *options, const inflate_engine *engine,
                               archive_consumer consumer, void *opaque, archive_facts *facts, dtc_diag *diag) {
  archive_facts unwanted;
  if (!facts)
    facts = &unwanted;
  *facts = (archive_facts){0};
  dtc_allocator allocator = alloc_or_default(&options->allocator);
  dtc_status status = pump(s, options, &allocator, engine, consumer, opaque, facts, diag);
  facts->file_bytes = s->size_bytes;
  /* Whatever a file that is being written looks like, that it changes is the true answer. */
  dtc_diag settled = {0};
  dtc_status now = dtc_status_class(status) == DTC_CLASS_INTERNAL ? DTC_OK : source_settle(s, &settled);
  if (now == DTC_OK)
    return status;
  if (diag && status != now)
    *diag = settled;
  return now;
}

dtc_status archive_pump_fd(int fd, const dtc_options *options, archive_consumer consumer, void *opaque,
                           archive_facts *facts, dtc_diag *diag) {
  source s;
  dtc_allocator allocator = alloc_or_default(&options->allocator);
  dtc_status status = source_from_fd(&s, fd, &allocator, diag);
  if (status != DTC_OK) {
    if (facts)
      *facts = (archive_facts){0};
    return status;
  }
  status = archive_pump_source(&s, options, inflate_engine_of(options->engine), consumer, opaque, facts, diag);
  source_close(&s);
  return status;
}

dtc_status archive_pump_path(const char *path, const dtc_options *options, archive_consumer consumer, void *opaque,
                             archive_facts *facts, dtc_diag *diag) {
  int fd;
  do
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  while (fd < 0 && errno == EINTR);
  if (fd < 0) {
    if (facts)
      *facts = (archive_facts){0};
    return diag_system(diag, DTC_IO_OPEN, "open");
  }
  dtc_status status = archive_pump_fd(fd, options, consumer, opaque, facts, diag);
  close(fd); /* only read: nothing is lost when it fails */
  return status;
}

dtc_status archive_pump_memory(const void *bytes, size_t length_bytes, const dtc_options *options,
                               archive_consumer consumer, void *opaque, archive_facts *facts, dtc_diag *diag) {
  if (!bytes && length_bytes)
    return diag_set(diag, DTC_INVALID_ARGUMENT, at(0), "bytes");
  source s;
  source_from_memory(&s, bytes ? bytes : "", length_bytes);
  return archive_pump_source(&s, options, inflate_engine_of(options->engine), consumer, opaque, facts, diag);
}
