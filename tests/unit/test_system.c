/* The archive layer above a system that fails: every read, every question about a file, every allocation of the zip
 * library. What must hold: such a failure is told as one and is never a verdict on the file; a read that was only
 * interrupted, or gave less than was asked for, changes nothing; a file that is another one on second reading is never
 * taken for the first.
 *
 * The calls are this program's own: what is linked into it finds them before the C library's. */
#include <config.h>
#undef _FORTIFY_SOURCE /* its read() is a macro of sorts */

#include "archive/pump.h"
#include "base/alloc.h"
#include "unit/packing.h"

#include "suite.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- a system that does as it is told */

enum { NOTHING_FAILS, CALL_FAILS, CALL_GIVES_HALF, CALL_GIVES_NONE };

static struct system {
  size_t calls, fails_at; /* from 1; 0: none */
  int how, error;
  int lasts;             /* whether later calls do the same */
  uint64_t other_byte;   /* from call fails_at on this byte of the file is read as another */
  unsigned char flipped; /* its bits that are */
  const bytes *other;    /* from call fails_at on this is the file */
  size_t allocations, allocation_fails_at;
  int later_ones_too;
} sys;

static int falls_on(void) {
  sys.calls++;
  return sys.how != NOTHING_FAILS && (sys.calls == sys.fails_at || (sys.lasts && sys.calls > sys.fails_at));
}

ssize_t pread(int fd, void *buffer, size_t length, off_t at) {
  int falls = falls_on();
  if (falls && sys.how == CALL_FAILS)
    return errno = sys.error, -1;
  if (falls && sys.how == CALL_GIVES_NONE)
    return 0;
  if (falls && sys.how == CALL_GIVES_HALF)
    length = length / 2 + length % 2;
  ssize_t got = syscall(SYS_pread64, fd, buffer, length, at);
  if (sys.other && sys.calls >= sys.fails_at && got > 0)
    memcpy(buffer, sys.other->at + at, (size_t)got);
  if (sys.flipped && sys.calls >= sys.fails_at && got > 0 && sys.other_byte >= (uint64_t)at &&
      sys.other_byte - (uint64_t)at < (uint64_t)got)
    ((unsigned char *)buffer)[sys.other_byte - (uint64_t)at] ^= sys.flipped;
  return got;
}

ssize_t read(int fd, void *buffer, size_t length) {
  int falls = falls_on();
  if (falls && sys.how == CALL_FAILS)
    return errno = sys.error, -1;
  if (falls && sys.how == CALL_GIVES_HALF)
    length = length / 2 + length % 2;
  return syscall(SYS_read, fd, buffer, length);
}

int fstat(int fd, struct stat *about) {
  if (falls_on() && sys.how == CALL_FAILS && sys.error != EINTR) /* this one cannot be interrupted */
    return errno = sys.error, -1;
  return fstatat(fd, "", about, AT_EMPTY_PATH);
}

int open(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, int) : 0;
  va_end(more);
  if (falls_on() && sys.how == CALL_FAILS)
    return errno = sys.error, -1;
  return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

#if !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__ && defined __GLIBC__
#define OWN_MALLOC 1
extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);

static int allocation_fails(void) {
  size_t n = __atomic_add_fetch(&sys.allocations, 1, __ATOMIC_RELAXED);
  return sys.allocation_fails_at &&
         (n == sys.allocation_fails_at || (sys.later_ones_too && n > sys.allocation_fails_at));
}

void *malloc(size_t size) { return allocation_fails() ? NULL : __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return allocation_fails() ? NULL : __libc_calloc(count, size); }
void *realloc(void *block, size_t size) { return allocation_fails() ? NULL : __libc_realloc(block, size); }
#endif

/* ---- the files */

typedef struct eater {
  uint32_t crc;
  uint64_t total;
} eater;

static dtc_status eat(void *opaque, const void *at, size_t length_bytes) {
  eater *e = opaque;
  e->crc = (uint32_t)crc32(e->crc, at, (uInt)length_bytes);
  e->total += length_bytes;
  return DTC_OK;
}

static dtc_options options_of(dtc_container container) {
  dtc_options o;
  memset(&o, 0, sizeof o);
  o.container = container;
  o.limits = (dtc_limits){26214400, 268435456, 50, 67108864, 5000000, 1, 8, 65536, 512, 1024, 1000, 100, {0}};
  return o;
}

/* A zip whose directory is not where the end record says: bytes stand before it, or it names another place. */
static bytes behind(const char *head, size_t head_bytes, const bytes *zip) {
  bytes b = {0};
  put(&b, head, head_bytes);
  put(&b, zip->at, zip->length);
  return b;
}

static bytes with_zip64(const bytes *zip) {
  bytes b = {0};
  const unsigned char *end = zip->at + zip->length - 22;
  uint32_t directory_bytes, directory_at;
  memcpy(&directory_bytes, end + 12, 4); /* tests run on little-endian machines as the archives are */
  memcpy(&directory_at, end + 16, 4);
  put(&b, zip->at, zip->length - 22);
  uint64_t record_at = b.length;
  put(&b, "PK\6\6\x2c\0\0\0\0\0\0\0\x2d\0\x2d\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0", 40);
  put_number(&b, directory_bytes, 8);
  put_number(&b, directory_at, 8);
  put(&b, "PK\6\7\0\0\0\0", 8);
  put_number(&b, record_at, 8);
  put_number(&b, 1, 4);
  put(&b, end, 22);
  return b;
}

static bytes with_descriptor(const bytes *zip) {
  bytes b = {0};
  uint32_t directory_at, packed_bytes;
  memcpy(&directory_at, zip->at + zip->length - 6, 4);
  memcpy(&packed_bytes, zip->at + 18, 4);
  put(&b, zip->at, directory_at);
  put(&b, "PK\7\10", 4);
  put(&b, zip->at + 14, 12);
  put(&b, zip->at + directory_at, zip->length - directory_at);
  b.at[6] |= 8;
  b.at[directory_at + 16 + 8] |= 8;
  memset(b.at + 14, 0, 12);
  directory_at += 16;
  memcpy(b.at + b.length - 6, &directory_at, 4);
  return b;
}

/* A member that is an archive. Where it is stored, or deflated at level 0, another end record stands in the tail. */
static bytes zip_in_zip(unsigned method, int level) {
  bytes inner = good_zip(3000, 6), packed = deflated(&inner, level);
  uint32_t crc = (uint32_t)crc32(0, inner.at, (uInt)inner.length);
  bytes b = zip_of(method ? &packed : &inner, method, crc, inner.length, 9, 0);
  free(inner.at), free(packed.at);
  return b;
}

/* Names and extra fields of a gzip member are read byte by byte, over more than one block. */
static bytes gzip_with_fields(void) {
  bytes text = text_of(100000), plain = gzip_of(&text), b = {0};
  put(&b, "\x1f\x8b\10\x1e\0\0\0\0\0\3\x40\0", 12);
  for (int i = 0; i < 64; i++)
    put(&b, "e", 1);
  for (int i = 0; i < 70000; i++)
    put(&b, "n", 1);
  put(&b, "\0comment\0hc", 11);
  put(&b, plain.at + 15, plain.length - 15);
  free(text.at), free(plain.at);
  return b;
}

typedef struct file {
  const char *what;
  bytes is;
  dtc_status verdict;
} file;

#define FILES 17
static void make_files(file *files) {
  bytes zip = good_zip(3000, 6), text = text_of(200000);
  bytes moved = good_zip(3000, 6), cut = good_zip(300000, 1), gap = {0};
  moved.at[moved.length - 6] -= 5;
  cut.length -= 10;
  put(&gap, zip.at, zip.length - 22);
  put(&gap, "hidden", 6);
  put(&gap, zip.at + zip.length - 22, 22);
  bytes named = good_zip(3000, 6); /* libzip puts such names into UTF-8, for which it takes memory */
  uint32_t directory_at;
  memcpy(&directory_at, named.at + named.length - 6, 4);
  named.at[30] = named.at[directory_at + 46] = 0x82;
  bytes empty = {0};
  put(&empty, "PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22);
  uint32_t text_crc = (uint32_t)crc32(0, text.at, (uInt)text.length);
  bytes two_ends = {0};
  put(&two_ends, zip.at, zip.length);
  put(&two_ends, zip.at + zip.length - 22, 22);
  const file all[FILES] = {{"zip", good_zip(3000, 6), DTC_OK},
                           {"large zip", good_zip(500000, 1), DTC_OK},
                           {"stored", zip_of(&text, 0, text_crc, text.length, 5, 0), DTC_OK},
                           {"zip64", with_zip64(&zip), DTC_OK},
                           {"descriptor", with_descriptor(&zip), DTC_OK},
                           {"empty zip", empty, DTC_ZIP_WITHOUT_ENTRIES},
                           {"prefix", behind("7z\xbc\xaf\x27\x1c", 6, &zip), DTC_ZIP_PREFIX},
                           {"moved directory", moved, DTC_ZIP_PREFIX},
                           {"gap", gap, DTC_ZIP_GAP},
                           {"cut zip", cut, DTC_ZIP_TRUNCATED},
                           {"two ends", two_ends, DTC_ZIP_MANY_ENDS},
                           {"stored zip in zip", zip_in_zip(0, 0), DTC_ZIP_NESTED},
                           {"zip in zip, level 0", zip_in_zip(8, 0), DTC_ZIP_NESTED},
                           {"zip in zip", zip_in_zip(8, 9), DTC_ZIP_NESTED},
                           {"name of code page 437", named, DTC_OK},
                           {"gzip", gzip_with_fields(), DTC_OK},
                           {"text", text_of(200000), DTC_OK}};
  memcpy(files, all, sizeof all);
  free(zip.at), free(text.at);
}

static void free_files(file *files) {
  for (size_t i = 0; i < FILES; i++)
    free(files[i].is.at);
}

static char path[64];

static void write_file(const bytes *b) {
  snprintf(path, sizeof path, "/tmp/test_system.%ld", (long)getpid());
  FILE *f = fopen(path, "wb");
  ck_assert_ptr_nonnull(f);
  ck_assert_uint_eq(fwrite(b->at, 1, b->length, f), b->length);
  ck_assert_int_eq(fclose(f), 0);
}

static dtc_status pump_as(dtc_container container, eater *e, dtc_diag *diag) {
  dtc_options options = options_of(container);
  *e = (eater){0};
  *diag = (dtc_diag){0};
  return archive_pump_path(path, &options, eat, e, NULL, diag);
}

static dtc_status pump(eater *e, dtc_diag *diag) { return pump_as(DTC_CONTAINER_ANY, e, diag); }

static dtc_status pump_stream(const char *from, eater *e, dtc_diag *diag) {
  dtc_options options = options_of(DTC_CONTAINER_ANY);
  char command[128];
  snprintf(command, sizeof command, "cat %s 2>&-", from);
  FILE *stream = popen(command, "r");
  ck_assert_ptr_nonnull(stream);
  *e = (eater){0};
  *diag = (dtc_diag){0};
  dtc_status status = archive_pump_fd(fileno(stream), &options, eat, e, NULL, diag);
  pclose(stream);
  return status;
}

/* ---- tests */

/* Call number n of all fails, for every n. */
static void each_call(int how, int error) {
  file files[FILES];
  make_files(files);
  for (size_t i = 0; i < FILES; i++) {
    write_file(&files[i].is);
    eater e, right;
    dtc_diag diag;
    sys = (struct system){0};
    ck_assert_msg(pump(&right, &diag) == files[i].verdict, "%s: %s", files[i].what, dtc_status_slug(diag.status));
    size_t calls = sys.calls;
    ck_assert_uint_gt(calls, 3);
    for (size_t n = 1; n <= calls; n++) {
      sys = (struct system){.fails_at = n, .how = how, .error = error};
      dtc_status status = pump(&e, &diag);
      const char *got = dtc_status_slug(status);
      if (how == CALL_FAILS && error != EINTR) {
        ck_assert_msg(dtc_status_class(status) == DTC_CLASS_IO, "%s, call %zu of %zu: %s", files[i].what, n, calls,
                      got);
        ck_assert_int_eq(diag.status, status);
        ck_assert_int_eq(diag.system_errno, error);
      } else if (how == CALL_GIVES_NONE) {
        ck_assert_msg(status == files[i].verdict || status == DTC_IO_CHANGED, "%s, call %zu of %zu: %s", files[i].what,
                      n, calls, got);
      } else {
        ck_assert_msg(status == files[i].verdict, "%s, call %zu of %zu: %s", files[i].what, n, calls, got);
        ck_assert_uint_eq(e.crc, right.crc);
        ck_assert_uint_eq(e.total, right.total);
      }
      if (status == DTC_OK)
        ck_assert_uint_eq(e.crc, right.crc);
    }
  }
  unlink(path);
  free_files(files);
}

START_TEST(a_failed_call_is_no_verdict) { each_call(CALL_FAILS, EIO); }
END_TEST

START_TEST(an_interrupted_call_is_made_again) { each_call(CALL_FAILS, EINTR); }
END_TEST

START_TEST(a_read_may_give_less) { each_call(CALL_GIVES_HALF, 0); }
END_TEST

START_TEST(a_file_that_ends_early_has_changed) { each_call(CALL_GIVES_NONE, 0); }
END_TEST

/* How many reads a stream takes depends on how fast it is written: the calls end where none was left to fail. */
START_TEST(streams_fail_like_files) {
  static const int errors[] = {EIO, EINTR, 0};
  file files[FILES];
  make_files(files);
  for (size_t i = 0; i < FILES; i++)
    for (size_t k = 0; k < 3; k++) {
      write_file(&files[i].is);
      eater e;
      dtc_diag diag;
      sys = (struct system){0};
      ck_assert_int_eq(pump_stream(path, &e, &diag), files[i].verdict);
      eater right = e;
      for (size_t n = 1, fell = 1; fell && n < 60; n++) {
        sys = (struct system){.fails_at = n, .how = errors[k] ? CALL_FAILS : CALL_GIVES_HALF, .error = errors[k]};
        dtc_status status = pump_stream(path, &e, &diag);
        fell = sys.calls >= n;
        ck_assert_msg(fell && errors[k] == EIO ? dtc_status_class(status) == DTC_CLASS_IO : status == files[i].verdict,
                      "%s, call %zu: %s", files[i].what, n, dtc_status_slug(status));
        if (status == DTC_OK)
          ck_assert_uint_eq(e.crc, right.crc);
      }
    }
  unlink(path);
  free_files(files);
}
END_TEST

/* An archive of two members that begins like one of one, and is as long. */
static bytes with_twin(const bytes *zip, size_t comment_bytes) {
  bytes b = {0}, empty = {0};
  bytes twin = zip_of(&empty, 0, 0, 0, 9, 0);
  uint32_t directory_at, twin_at;
  memcpy(&directory_at, zip->at + zip->length - comment_bytes - 6, 4);
  memcpy(&twin_at, twin.at + twin.length - 6, 4);
  memcpy(twin.at + 30, ".DS_Store", 9);
  memcpy(twin.at + twin_at + 46, ".DS_Store", 9);
  memcpy(twin.at + twin_at + 42, &directory_at, 4);
  size_t entry_bytes = zip->length - 22 - comment_bytes - directory_at;
  put(&b, zip->at, directory_at);
  put(&b, twin.at, twin_at);
  size_t here = b.length;
  put(&b, zip->at + directory_at, entry_bytes);
  put(&b, twin.at + twin_at, 46 + 9);
  put(&b, "PK\5\6\0\0\0\0\2\0\2\0", 12);
  put_number(&b, entry_bytes + 46 + 9, 4);
  put_number(&b, here, 4);
  put_number(&b, 0, 2);
  free(twin.at);
  return b;
}

/* From one read on the file is another one, which a program wrote in its place. */
START_TEST(an_archive_changed_under_the_walk_is_refused) {
  enum { TWIN_BYTES = 30 + 9 + 46 + 9 };
  bytes text = text_of(3000), packed = deflated(&text, 6);
  uint32_t crc = (uint32_t)crc32(0, text.at, (uInt)text.length);
  bytes one = zip_of(&packed, 8, crc, text.length, 20, TWIN_BYTES), two = with_twin(&one, TWIN_BYTES);
  ck_assert_uint_eq(one.length, two.length);
  size_t unreadable = 0;
  for (int back = 0; back < 2; back++) {
    const bytes *first = back ? &two : &one, *second = back ? &one : &two;
    eater e;
    dtc_diag diag;
    write_file(second);
    sys = (struct system){0};
    ck_assert_int_eq(pump(&e, &diag), DTC_OK);
    write_file(first);
    sys = (struct system){0};
    ck_assert_int_eq(pump(&e, &diag), DTC_OK);
    size_t calls = sys.calls;
    for (size_t n = 1; n <= calls; n++) {
      sys = (struct system){.fails_at = n, .other = second};
      dtc_status status = pump(&e, &diag);
      unreadable += status == DTC_ZIP_UNREADABLE;
      ck_assert_int_eq(dtc_status_class(status) == DTC_CLASS_IO || dtc_status_class(status) == DTC_CLASS_INTERNAL, 0);
      if (status == DTC_OK)
        ck_assert_uint_eq(e.crc, crc);
    }
  }
  ck_assert_uint_gt(unreadable, 0);
  unlink(path);
  free(text.at), free(packed.at), free(one.at), free(two.at);
}
END_TEST

/* From one read on, one byte of the file is another: the walk and the zip library may see different archives. Then what
 * is accepted is still what the directory's sum says. */
START_TEST(a_file_that_reads_otherwise_is_not_trusted) {
  bytes zip = good_zip(3000, 6);
  write_file(&zip);
  eater e, right;
  dtc_diag diag;
  sys = (struct system){0};
  ck_assert_int_eq(pump(&right, &diag), DTC_OK);
  size_t calls = sys.calls, refused = 0;
  uint32_t directory_at;
  memcpy(&directory_at, zip.at + zip.length - 6, 4);
  for (size_t n = 1; n <= calls; n++)
    for (uint64_t byte = 0; byte < zip.length; byte = byte == 60 ? directory_at : byte + 1) {
      sys = (struct system){.fails_at = n, .other_byte = byte, .flipped = byte % 2 ? 0x01 : 0x41};
      dtc_status status = pump_as(DTC_CONTAINER_ZIP, &e, &diag);
      dtc_class what = dtc_status_class(status);
      ck_assert_msg(what == DTC_CLASS_OK || what == DTC_CLASS_INPUT || what == DTC_CLASS_LIMIT, "byte %u from %zu: %s",
                    (unsigned)byte, n, dtc_status_slug(status));
      ck_assert_msg(status != DTC_OK || e.crc == right.crc, "byte %u from %zu: other bytes", (unsigned)byte, n);
      refused += status != DTC_OK;
    }
  ck_assert_uint_gt(refused, calls * 20);
  unlink(path);
  free(zip.at);
}
END_TEST

#ifdef OWN_MALLOC
/* libzip takes memory where it likes and tells of its lack in several ways: none may become a verdict. */
START_TEST(no_memory_is_no_verdict) {
  file files[FILES];
  make_files(files);
  for (size_t i = 0; i < FILES; i++)
    for (int later = 0; later < 2; later++) {
      write_file(&files[i].is);
      eater e, right;
      dtc_diag diag;
      sys = (struct system){0};
      ck_assert_int_eq(pump(&right, &diag), files[i].verdict);
      size_t allocations = sys.allocations;
      for (size_t n = 1; n <= allocations; n++) {
        sys = (struct system){.allocation_fails_at = n, .later_ones_too = later};
        dtc_status status = pump(&e, &diag);
        sys = (struct system){0};
        ck_assert_msg(status == files[i].verdict || status == DTC_OUT_OF_MEMORY, "%s, allocation %zu of %zu%s: %s",
                      files[i].what, n, allocations, later ? " and later" : "", dtc_status_slug(status));
        if (status == DTC_OK)
          ck_assert_uint_eq(e.crc, right.crc);
      }
    }
  unlink(path);
  free_files(files);
}
END_TEST
#endif

int main(void) {
  Suite *suite = suite_create("system");
  TCase *tcase = tcase_create("system");
  tcase_add_test(tcase, a_failed_call_is_no_verdict);
  tcase_add_test(tcase, an_interrupted_call_is_made_again);
  tcase_add_test(tcase, a_read_may_give_less);
  tcase_add_test(tcase, a_file_that_ends_early_has_changed);
  tcase_add_test(tcase, streams_fail_like_files);
  tcase_add_test(tcase, an_archive_changed_under_the_walk_is_refused);
  tcase_add_test(tcase, a_file_that_reads_otherwise_is_not_trusted);
#ifdef OWN_MALLOC
  tcase_add_test(tcase, no_memory_is_no_verdict);
#endif
  suite_add_tcase(suite, tcase);
  return suite_run(suite);
}
