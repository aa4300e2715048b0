#include "archive/walker.h"

#include "archive/extra.h"
#include "archive/field.h"
#include "archive/local.h"
#include "archive/name.h"
#include "archive/outlet.h"
#include "base/alloc.h"
#include "base/diag.h"

#define ENTRY_BYTES 46u
#define FLAGS_ENCRYPTED (1u << 0 | 1u << 6 | 1u << 13) /* APPNOTE 4.4.4: encrypted, strong, masked directory */
#define FLAG_PATCH (1u << 5)
#define FLAG_UTF8 (1u << 11)
#define METHOD_AES 99u
#define SYSTEM_VMS 2 /* APPNOTE 4.4.2 */
/* The newest version the readers beside us take for stored and deflated members (unzip 6.0). */
#define VERSION_MAX 46u

static place at(uint64_t byte) { return (place){0, 0, byte}; }

/* ---- the directory's entries */

static dtc_status read_entry(const unsigned char *p, size_t left, uint64_t p_at, zip_member *m, size_t *entry_bytes,
                             dtc_diag *diag) {
  if (left < ENTRY_BYTES || field_32(p) != 0x02014b50)
    return diag_set(diag, DTC_ZIP_DIRECTORY, at(p_at), "as many directory entries as the end record counts");
  size_t name_bytes = field_16(p + 28), extra_bytes = field_16(p + 30), comment_bytes = field_16(p + 32);
  *entry_bytes = ENTRY_BYTES + name_bytes + extra_bytes + comment_bytes;
  if (*entry_bytes > left)
    return diag_set(diag, DTC_ZIP_DIRECTORY, at(p_at), "a directory entry within the directory");
  *m = (zip_member){.entry_at = p_at,
                    .made_by = p[5],
                    .version = p[6],
                    .flags = field_16(p + 8),
                    .method = field_16(p + 10),
                    .crc = field_32(p + 16),
                    .attributes = field_32(p + 38),
                    .name = {(const char *)p + ENTRY_BYTES, name_bytes}};
  extra_facts extra;
  dtc_status status =
      extra_scan(p + ENTRY_BYTES + name_bytes, extra_bytes, p_at + ENTRY_BYTES + name_bytes, &extra, diag);
  if (status != DTC_OK)
    return status;
  extra_sizes sizes = {field_32(p + 24), field_32(p + 20), field_32(p + 42), field_16(p + 34)};
  status = extra_widen(&extra, p_at, 0, &sizes, diag);
  if (status != DTC_OK)
    return status;
  if (sizes.disk != 0)
    return diag_set(diag, DTC_ZIP_SPLIT, at(p_at + 34), "a member on the first disk");
  m->packed_bytes = sizes.packed_bytes;
  m->unpacked_bytes = sizes.unpacked_bytes;
  m->header_at = sizes.header_at;
  m->is_encrypted = (m->flags & FLAGS_ENCRYPTED) != 0 || m->method == METHOD_AES || extra.is_encrypted;
  const char *fault = local_path_fault(&extra, m->name);
  return fault ? diag_set(diag, DTC_ZIP_NAME, at(p_at), "%s", fault) : DTC_OK;
}

static dtc_status read_directory(const source *s, const zip_end *end, zip_walk *walk, dtc_diag *diag) {
  size_t length = (size_t)end->directory_bytes;
  dtc_status status = source_read(s, end->directory_at, walk->directory, length, diag);
  size_t i = 0;
  for (walk->count = 0; status == DTC_OK && walk->count < end->entries; walk->count++) {
    size_t entry_bytes = 0;
    status = read_entry(walk->directory + i, length - i, end->directory_at + i, &walk->members[walk->count],
                        &entry_bytes, diag);
    i += entry_bytes;
  }
  if (status == DTC_OK && i != length)
    return diag_set(diag, DTC_ZIP_DIRECTORY, at(end->directory_at + i),
                    "the end of the directory behind its last entry");
  return status;
}

/* ---- what an entry may be */

static dtc_status check_method(const zip_member *m, dtc_diag *diag) {
  if (m->method != ZIP_STORED && m->method != ZIP_DEFLATED)
    return diag_set(diag, DTC_ZIP_METHOD, at(m->entry_at + 10), "method 0 (stored) or 8 (deflated), found %u",
                    m->method);
  if (m->flags & FLAG_PATCH)
    return diag_set(diag, DTC_ZIP_METHOD, at(m->entry_at + 8), "a file, found a patch");
  if (m->version > VERSION_MAX)
    return diag_set(diag, DTC_ZIP_METHOD, at(m->entry_at + 6), "version %u or less, found %u", VERSION_MAX, m->version);
  return DTC_OK;
}

enum {
  TYPE_MASK = 0170000,
  TYPE_PIPE = 0010000,
  TYPE_REGULAR = 0100000,
  TYPE_FOLDER = 0040000,
  DOS_LABEL = 8,
  DOS_FOLDER = 16,
  DOS_DEVICE = 64
};

static unsigned type_of(const zip_member *m) { return m->attributes >> 16 & TYPE_MASK; }

/* A regular file or a folder, by the Unix mode in the upper half, the DOS attributes in the lower and the name. A lone
 * member may be marked as a pipe: Info-ZIP says of what it read there where it came from (`zip out.zip -`). */
static dtc_status check_type(const zip_member *m, int is_alone, dtc_diag *diag) {
  if (m->made_by == SYSTEM_VMS) /* records, which readers put together in their own ways */
    return diag_set(diag, DTC_ZIP_NOT_REGULAR, at(m->entry_at + 5), "a file that is a row of bytes, found one of VMS");
  unsigned type = type_of(m);
  int is_folder = name_is_folder(m->name);
  int is_pipe = is_alone && type == TYPE_PIPE && !is_folder;
  if ((type != 0 && type != (is_folder ? TYPE_FOLDER : TYPE_REGULAR) && !is_pipe) ||
      m->attributes & (DOS_LABEL | DOS_DEVICE) || (m->attributes & DOS_FOLDER && !is_folder))
    return diag_set(diag, DTC_ZIP_NOT_REGULAR, at(m->entry_at + 38),
                    "a regular file, or a folder whose name ends in /");
  if (is_folder && m->unpacked_bytes != 0)
    return diag_set(diag, DTC_ZIP_NOT_REGULAR, at(m->entry_at), "a folder without bytes of its own");
  return DTC_OK;
}

static dtc_status check_name(const zip_walk *walk, size_t index, const dtc_limits *limits, dtc_diag *diag) {
  const zip_member *m = &walk->members[index];
  if (m->name.length > limits->name_bytes)
    return diag_set(diag, DTC_ZIP_NAME_TOO_LONG, at(m->entry_at), "a name of at most %lu bytes",
                    (unsigned long)limits->name_bytes);
  const char *fault = name_fault(m->name, (m->flags & FLAG_UTF8) != 0);
  if (fault)
    return diag_set(diag, DTC_ZIP_NAME, at(m->entry_at + ENTRY_BYTES), "%s", fault);
  for (size_t before = 0; before < index; before++)
    if (name_same(walk->members[before].name, m->name))
      return diag_set(diag, DTC_ZIP_NAME_TWICE, at(m->entry_at + ENTRY_BYTES), "a name of its own for each member");
  return DTC_OK;
}

static dtc_status check_sizes(const zip_member *m, const dtc_limits *limits, dtc_diag *diag) {
  if (m->role == ZIP_ROLE_ASIDE && m->unpacked_bytes > aside_bytes_max(m->aside))
    return diag_set(diag, DTC_ZIP_BOMB_SIZE, at(m->entry_at + 24), "at most %lu bytes in what a tool puts beside",
                    (unsigned long)aside_bytes_max(m->aside));
  dtc_status status = outlet_check(limits, m->unpacked_bytes, m->packed_bytes, m->entry_at + 24, diag);
  if (status == DTC_OK && m->method == ZIP_STORED && m->packed_bytes != m->unpacked_bytes)
    return diag_set(diag, DTC_ZIP_SIZE_MISMATCH, at(m->entry_at + 20), "two equal sizes of a stored member");
  return status;
}

/* The graver fault of any entry comes before the lesser one of another, so each question goes round all of them. */
static dtc_status check_entries(zip_walk *walk, const dtc_limits *limits, dtc_diag *diag) {
  dtc_status status = DTC_OK;
  for (size_t i = 0; i < walk->count; i++)
    if (walk->members[i].is_encrypted)
      return diag_set(diag, DTC_ZIP_ENCRYPTED, at(walk->members[i].entry_at), "an archive without a password");
  for (size_t i = 0; i < walk->count && status == DTC_OK; i++)
    status = check_name(walk, i, limits, diag);
  for (size_t i = 0; i < walk->count && status == DTC_OK; i++)
    status = check_type(&walk->members[i], walk->count == 1, diag);
  for (size_t i = 0; i < walk->count && status == DTC_OK; i++)
    status = check_method(&walk->members[i], diag);
  for (size_t i = 0; i < walk->count && status == DTC_OK; i++) {
    zip_member *m = &walk->members[i];
    m->aside = aside_by_name(m->name);
    m->role = m->aside ? ZIP_ROLE_ASIDE : name_is_folder(m->name) ? ZIP_ROLE_FOLDER : ZIP_ROLE_EXPORT;
    status = check_sizes(m, limits, diag);
  }
  return status;
}

/* ---- the way through the file */

/* Headers are mostly in the directory's order, so inserting is linear; limits.entries bounds it anyway. */
static void sort_by_place(size_t *order, const zip_member *members, size_t count) {
  for (size_t i = 0; i < count; i++) {
    size_t j = i;
    for (; j > 0 && members[order[j - 1]].header_at > members[i].header_at; j--)
      order[j] = order[j - 1];
    order[j] = i;
  }
}

static dtc_status check_layout(const source *s, const zip_end *end, zip_walk *walk, const size_t *order,
                               unsigned char *scratch, dtc_diag *diag) {
  uint64_t expected_at = 0;
  for (size_t i = 0; i < walk->count; i++) {
    zip_member *m = &walk->members[order[i]];
    if (m->header_at < expected_at)
      return diag_set(diag, DTC_ZIP_OVERLAP, at(m->header_at), "a member that begins at %llu or later",
                      (unsigned long long)expected_at);
    if (m->header_at > expected_at)
      return diag_set(diag, i == 0 ? DTC_ZIP_PREFIX : DTC_ZIP_GAP, at(expected_at),
                      "a member right here, found one at %llu", (unsigned long long)m->header_at);
    dtc_status status = local_check(s, end->directory_at, m, scratch, diag);
    if (status != DTC_OK)
      return status;
    expected_at = m->ends_at;
  }
  if (expected_at < end->directory_at)
    return diag_set(diag, DTC_ZIP_GAP, at(expected_at),
                    "the directory right behind the last member, found %llu bytes between",
                    (unsigned long long)(end->directory_at - expected_at));
  return DTC_OK;
}

/* ---- what is in it */

static int is_marked_by_a_tool(const zip_member *m) {
  return m->role == ZIP_ROLE_ASIDE || name_is_root(m->name) || name_has_backslash(m->name) || type_of(m) == TYPE_PIPE;
}

static void find_exports(zip_walk *walk) {
  for (size_t i = 0; i < walk->count; i++) {
    const zip_member *m = &walk->members[i];
    walk->rezipped |= is_marked_by_a_tool(m);
    walk->in_folder |= m->role != ZIP_ROLE_ASIDE && !name_is_root(m->name) && name_has_folder(m->name);
    if (m->role != ZIP_ROLE_EXPORT)
      continue;
    walk->export_index = i;
    walk->exports++;
  }
}

static dtc_status walk_all(const source *s, const zip_end *end, const dtc_limits *limits, size_t *order,
                           unsigned char *scratch, zip_walk *walk, dtc_diag *diag) {
  dtc_status status = read_directory(s, end, walk, diag);
  if (status == DTC_OK)
    status = check_entries(walk, limits, diag);
  if (status != DTC_OK)
    return status;
  sort_by_place(order, walk->members, walk->count);
  status = check_layout(s, end, walk, order, scratch, diag);
  find_exports(walk);
  return status;
}

dtc_status walker_walk(const source *s, const dtc_limits *limits, const dtc_allocator *allocator,
                       unsigned char *scratch, zip_walk *walk, dtc_diag *diag) {
  *walk = (zip_walk){0};
  dtc_status status = end_find(s, limits, scratch, &walk->end, diag);
  if (status != DTC_OK)
    return status;
  const zip_end end = walk->end;
  int has_rival = end.rival_at != END_NO_RIVAL;
  dtc_diag beside = {0}; /* what is wrong with an archive that has a rival as well */
  /* end_find held both against their limits, and a file that has that many bytes is behind the second. */
  if (end.entries > end.directory_bytes / ENTRY_BYTES)
    return diag_set(diag, DTC_ZIP_DIRECTORY, at(end.directory_at), "a directory with room for all its entries");
  walk->directory = alloc_array(allocator, (size_t)end.directory_bytes, 1);
  walk->members = alloc_array(allocator, (size_t)end.entries, sizeof *walk->members);
  size_t *order = alloc_array(allocator, (size_t)end.entries, sizeof *order);
  if (walk->directory && walk->members && order)
    status = walk_all(s, &end, limits, order, scratch, walk, has_rival ? &beside : diag);
  else
    status = diag_set(diag, DTC_OUT_OF_MEMORY, at(0), "memory for the archive's directory");
  alloc_release(allocator, order);
  if (beside.status != DTC_OK)
    status = end_refuse_for_rival(&end, &beside, diag);
  if (status != DTC_OK)
    walker_free(walk, allocator);
  return status;
}

void walker_free(zip_walk *walk, const dtc_allocator *allocator) {
  alloc_release(allocator, walk->members);
  alloc_release(allocator, walk->directory);
  *walk = (zip_walk){0};
}
