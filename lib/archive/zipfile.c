/* zipfile.c - the members of a zip, raw as libzip hands them over, and inflated here. zip_fread could inflate and check
 * the CRC itself. Three promises would be lost by it:
 *   - The deflate stream ends exactly where the member does. libzip stops at the stream's end and passes over what the
 *     member still holds: bytes that no unpacker shows, and a place to hide others.
 *   - Work is bounded by bytes that come in, too. A stream of endless empty blocks gives nothing and costs a thousand
 *     times the work of data; outlet.c sees it piece by piece, zip_fread returns only with output, or at the end.
 *   - Two engines unpack the same bytes (dtc_options.engine), with limits and words that do not depend on libzip's
 *     release: what 1.7 and 1.11 do with a damaged or an empty member differs.
 * And it is slower: a whole validation took 1.40 times what bare zlib takes to inflate the member, where it was 1.20
 * this way, on the machine of one measurement; bench/README.md has the figure of today. */
#include "archive/zipfile.h"

#include "archive/kind.h"
#include "archive/walker.h"
#include "archive/window.h"
#include "base/alloc.h"
#include "base/diag.h"

#include <string.h>
#include <zip.h>

static place at(uint64_t byte) { return (place){0, 0, byte}; }

/* ---- one member */

typedef struct unpacking {
  zip_t *archive;
  const window *below;
  const dtc_limits *limits;
  const dtc_allocator *allocator;
  const inflate_engine *engine;
  outlet_buffers *buffers;
} unpacking;

/* libzip sees the same member the walker saw. */
static dtc_status compare_stat(const unpacking *u, size_t index, const zip_member *m, dtc_diag *diag) {
  zip_stat_t about;
  zip_stat_init(&about);
  if (zip_stat_index(u->archive, index, ZIP_FL_UNCHANGED, &about) != 0)
    return window_refusal(u->below, zip_error_code_zip(zip_get_error(u->archive)), m->entry_at, diag);
  if (about.size != m->unpacked_bytes || about.comp_size != m->packed_bytes || about.crc != m->crc ||
      about.comp_method != m->method)
    return diag_set(diag, DTC_ZIP_UNREADABLE, at(m->entry_at), "the same member in the walk and in the zip library");
  return DTC_OK;
}

/* The next raw bytes of the member, up to a block; 0 at its end. Of a member that says it is empty, libzip 1.11 gives
 * none at all, though a deflate stream has two: that one, which has no file, is read from its place. */
static dtc_status read_raw(const unpacking *u, zip_file_t *file, const zip_member *m, uint64_t taken, size_t *got,
                           dtc_diag *diag) {
  uint64_t byte = m->data_at + taken;
  if (!file) {
    uint64_t left = m->packed_bytes - taken;
    *got = left < sizeof u->buffers->in ? (size_t)left : sizeof u->buffers->in;
    return source_read(u->below->from, byte, u->buffers->in, *got, diag);
  }
  zip_int64_t n = zip_fread(file, u->buffers->in, sizeof u->buffers->in);
  *got = n > 0 ? (size_t)n : 0;
  return n < 0 ? window_refusal(u->below, zip_error_code_zip(zip_file_get_error(file)), byte, diag) : DTC_OK;
}

static dtc_status copy_stored(const unpacking *u, zip_file_t *file, const zip_member *m, outlet *o, dtc_diag *diag) {
  size_t got;
  dtc_status status;
  while ((status = read_raw(u, file, m, o->unpacked_bytes, &got, diag)) == DTC_OK && got)
    if ((status = outlet_give(o, u->buffers->in, got, diag)) != DTC_OK)
      break;
  return status;
}

static dtc_status inflate_all(const unpacking *u, zip_file_t *file, const zip_member *m, void *state, outlet *o,
                              dtc_diag *diag) {
  inflate_span span = {0};
  outlet_begin(&span, u->buffers);
  outlet_progress progress = OUTLET_HUNGRY;
  uint64_t taken = 0;
  while (progress == OUTLET_HUNGRY) {
    size_t got;
    o->at_byte = m->data_at + taken;
    dtc_status status = read_raw(u, file, m, taken, &got, diag);
    if (status != DTC_OK)
      return status;
    if (got == 0)
      return diag_set(diag, DTC_ZIP_DEFLATE, at(m->data_at + taken), "the end of the deflate stream within the member");
    taken += got;
    span.in = u->buffers->in;
    span.in_bytes = got;
    status = outlet_inflate(o, state, &span, u->buffers, DTC_ZIP_DEFLATE, &progress, diag);
    if (status != DTC_OK)
      return status;
  }
  taken -= span.in_bytes;
  dtc_status status = outlet_flush(o, &span, u->buffers, diag);
  if (status == DTC_OK && taken != m->packed_bytes)
    return diag_set(diag, DTC_ZIP_SIZE_MISMATCH, at(m->data_at + taken),
                    "a deflate stream as long as the member, found its end before");
  return status;
}

static dtc_status check_sums(const zip_member *m, const outlet *o, dtc_diag *diag) {
  if (o->unpacked_bytes != m->unpacked_bytes)
    return diag_set(diag, DTC_ZIP_SIZE_MISMATCH, at(m->entry_at + 24), "%llu bytes, found %llu",
                    (unsigned long long)m->unpacked_bytes, (unsigned long long)o->unpacked_bytes);
  if (o->crc != m->crc)
    return diag_set(diag, DTC_ZIP_CRC_MISMATCH, at(m->entry_at + 16), "CRC-32 %08lx, found %08lx",
                    (unsigned long)m->crc, (unsigned long)o->crc);
  return DTC_OK;
}

static dtc_status unpack_member(const unpacking *u, size_t index, const zip_member *m, outlet *o, dtc_diag *diag) {
  dtc_status status = compare_stat(u, index, m, diag);
  if (status != DTC_OK)
    return status;
  int is_empty = m->unpacked_bytes == 0;
  zip_file_t *file = is_empty ? NULL : zip_fopen_index(u->archive, index, ZIP_FL_COMPRESSED | ZIP_FL_UNCHANGED);
  if (!file && !is_empty)
    return window_refusal(u->below, zip_error_code_zip(zip_get_error(u->archive)), m->header_at, diag);
  if (m->method == ZIP_STORED) {
    status = copy_stored(u, file, m, o, diag);
  } else {
    void *state = u->engine->new_state(u->allocator);
    if (state)
      status = inflate_all(u, file, m, state, o, diag);
    else
      status = diag_set(diag, DTC_OUT_OF_MEMORY, at(m->data_at), "memory to inflate");
    u->engine->free_state(state, u->allocator);
  }
  if (file)
    zip_fclose(file); /* of a file that is only read: nothing can fail that matters */
  return status == DTC_OK ? check_sums(m, o, diag) : status;
}

static outlet outlet_for(const unpacking *u, const zip_member *m) {
  return (outlet){.limits = u->limits,
                  .engine = u->engine,
                  .promised_bytes = m->unpacked_bytes,
                  .packed_bytes = m->packed_bytes,
                  .at_byte = m->data_at};
}

/* The beginning of a file that is passed over. */
typedef struct peek {
  unsigned char bytes[ASIDE_HEAD_BYTES];
  size_t length;
} peek;

static dtc_status peek_take(void *opaque, const void *bytes, size_t length_bytes) {
  peek *p = opaque;
  size_t room = sizeof p->bytes - p->length, n = length_bytes < room ? length_bytes : room;
  memcpy(p->bytes + p->length, bytes, n);
  p->length += n;
  return DTC_OK;
}

/* Folders, and what tools put beside the export: to its end, and it must be what it says. */
static dtc_status unpack_beside(const unpacking *u, size_t index, const zip_member *m, dtc_diag *diag) {
  peek head = {.length = 0};
  outlet o = outlet_for(u, m);
  o.consumer = peek_take;
  o.opaque = &head;
  dtc_status status = unpack_member(u, index, m, &o, diag);
  if (status == DTC_OK && m->role == ZIP_ROLE_ASIDE && !aside_fits(m->aside, head.bytes, head.length))
    return diag_set(diag, DTC_ZIP_SEVERAL_MEMBERS, at(m->header_at),
                    "one file, the export; found another under a name that a computer's own tools use");
  return status;
}

/* What stands beside the export is small and read first, so that the consumer sees nothing of a file that is refused
 * for it. */
static dtc_status unpack_all(const unpacking *u, const zip_walk *walk, archive_consumer consumer, void *opaque,
                             archive_facts *facts, dtc_diag *diag) {
  for (size_t i = 0; i < walk->count; i++) {
    dtc_status status = i == walk->export_index ? DTC_OK : unpack_beside(u, i, &walk->members[i], diag);
    if (status != DTC_OK)
      return status;
  }
  const zip_member *m = &walk->members[walk->export_index];
  outlet o = outlet_for(u, m);
  o.consumer = consumer;
  o.opaque = opaque;
  o.refuse_nested = 1;
  dtc_status status = unpack_member(u, walk->export_index, m, &o, diag);
  facts->unpacked_bytes = o.unpacked_bytes;
  if (status == DTC_OK && o.unpacked_bytes == 0)
    return diag_set(diag, DTC_MEMBER_EMPTY, at(m->data_at), "an export with bytes in it");
  return status == DTC_OK ? outlet_verdict(&o, diag) : status;
}

/* ---- the archive */

/* What kind of archive a member is, by its first bytes, or NULL. Damage shows in that they are no archive's. */
static dtc_status peek_archive(const source *s, const zip_member *m, const inflate_engine *engine,
                               const dtc_allocator *allocator, outlet_buffers *buffers, const char **words,
                               dtc_diag *diag) {
  size_t length = m->packed_bytes < sizeof buffers->in ? (size_t)m->packed_bytes : sizeof buffers->in;
  dtc_status status = source_read(s, m->data_at, buffers->in, length, diag);
  if (status != DTC_OK)
    return status;
  const unsigned char *head = buffers->in;
  if (m->method == ZIP_DEFLATED) {
    void *state = engine->new_state(allocator);
    if (!state)
      return diag_set(diag, DTC_OUT_OF_MEMORY, at(m->data_at), "memory to inflate");
    inflate_span span = {.in = buffers->in, .in_bytes = length};
    outlet_begin(&span, buffers);
    engine->step(state, &span);
    engine->free_state(state, allocator);
    head = buffers->out;
    length = (size_t)(span.out - buffers->out);
  }
  *words = kind_archive_words(head, length);
  return DTC_OK;
}

/* An archive that is sound, and holds no export or several, or has another end record in its tail: one of a member that
 * is an archive, or a trap. libzip must not be asked: its time grows with the square of such records. */
static dtc_status refuse_contents(const source *s, const zip_walk *walk, const inflate_engine *engine,
                                  const dtc_allocator *allocator, outlet_buffers *buffers, dtc_diag *diag) {
  const char *first = NULL;
  size_t archives = 0;
  const zip_member *last = &walk->members[walk->export_index];
  for (size_t i = 0; i < walk->count; i++) {
    const char *words = NULL;
    if (walk->members[i].role != ZIP_ROLE_EXPORT)
      continue;
    dtc_status status = peek_archive(s, &walk->members[i], engine, allocator, buffers, &words, diag);
    if (status != DTC_OK)
      return status;
    first = first ? first : words;
    archives += words != NULL;
  }
  if (archives && walk->exports == 1)
    return diag_set(diag, DTC_ZIP_NESTED, at(last->data_at), "the export's text, found %s", first);
  if (archives && archives == walk->exports)
    return diag_set(diag, DTC_ZIP_NESTED, at(last->data_at), "the export's text, found %zu archives", archives);
  if (archives)
    return diag_set(diag, DTC_ZIP_SEVERAL_MEMBERS, at(last->header_at), "one file, the export; found %s beside it",
                    first);
  if (walk->end.rival_at != END_NO_RIVAL)
    return end_refuse_rival(&walk->end, diag);
  if (walk->exports == 0)
    return diag_set(diag, DTC_ZIP_NO_MEMBER, at(walk->members[0].header_at), "one file, the export");
  return diag_set(diag, DTC_ZIP_SEVERAL_MEMBERS, at(last->header_at), "one file, the export; found %zu", walk->exports);
}

static dtc_status open_and_unpack(const source *s, unpacking u, const zip_walk *walk, archive_consumer consumer,
                                  void *opaque, archive_facts *facts, dtc_diag *diag) {
  window below;
  dtc_status status = window_open(&below, s, u.allocator, &u.archive, diag);
  if (status != DTC_OK)
    return status;
  u.below = &below;
  if (zip_get_num_entries(u.archive, ZIP_FL_UNCHANGED) == (zip_int64_t)walk->count)
    status = unpack_all(&u, walk, consumer, opaque, facts, diag);
  else
    status = diag_set(diag, DTC_ZIP_UNREADABLE, at(0), "as many members in the walk as in the zip library");
  window_close(&below, u.archive);
  return status;
}

dtc_status archive_zip_pump(const source *s, const dtc_options *options, const dtc_allocator *allocator,
                            const inflate_engine *engine, archive_consumer consumer, void *opaque, archive_facts *facts,
                            dtc_diag *diag) {
  union scratch {
    unsigned char walker[WALKER_SCRATCH_BYTES];
    outlet_buffers buffers;
  } *scratch = alloc_array(allocator, 1, sizeof *scratch);
  if (!scratch)
    return diag_set(diag, DTC_OUT_OF_MEMORY, at(0), "memory to read an archive");
  zip_walk walk;
  dtc_status status = walker_walk(s, &options->limits, allocator, scratch->walker, &walk, diag);
  if (status == DTC_OK) {
    facts->rezipped = walk.rezipped;
    facts->in_folder = walk.in_folder;
    unpacking u = {.limits = &options->limits, .allocator = allocator, .engine = engine, .buffers = &scratch->buffers};
    if (walk.exports == 1 && walk.end.rival_at == END_NO_RIVAL)
      status = open_and_unpack(s, u, &walk, consumer, opaque, facts, diag);
    else
      status = refuse_contents(s, &walk, engine, allocator, &scratch->buffers, diag);
    walker_free(&walk, allocator);
  }
  alloc_release(allocator, scratch);
  return status;
}
