/* The small parts of the archive layer by themselves: where unpacked bytes go, with inflaters that misbehave; the names
 * of members; kinds of files; what the zip library may ask of the file. */
#include "archive/aside.h"
#include "archive/end.h"
#include "archive/kind.h"
#include "archive/name.h"
#include "archive/outlet.h"
#include "archive/pump.h"
#include "archive/source.h"
#include "archive/window.h"
#include "base/alloc.h"
#include "unit/packing.h"

#include "suite.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- an inflater that does what it is told */

static struct script {
  inflate_result result, restart;
  size_t takes, gives; /* of what is there, in each step */
} script;

static void *puppet_new(const dtc_allocator *allocator) { return alloc_array(allocator, 1, 1); }
static void puppet_free(void *state, const dtc_allocator *allocator) { alloc_release(allocator, state); }
static inflate_result puppet_restart(void *state) {
  (void)state;
  return script.restart;
}
static inflate_result puppet_step(void *state, inflate_span *span) {
  (void)state;
  size_t takes = script.takes < span->in_bytes ? script.takes : span->in_bytes;
  size_t gives = script.gives < span->room_bytes ? script.gives : span->room_bytes;
  span->in += takes;
  span->in_bytes -= takes;
  memset(span->out, 'x', gives);
  span->out += gives;
  span->room_bytes -= gives;
  span->behind_bytes += gives;
  return script.result;
}
static const inflate_engine puppet = {"puppet", puppet_new, puppet_free, puppet_restart, puppet_step};

/* ---- a consumer */

typedef struct eater {
  uint64_t total;
  dtc_status answer;
} eater;

static dtc_status eat(void *opaque, const void *at, size_t length_bytes) {
  (void)at;
  eater *e = opaque;
  e->total += length_bytes;
  return e->answer;
}

static dtc_options any_options(void) {
  dtc_options o;
  memset(&o, 0, sizeof o);
  o.container = DTC_CONTAINER_ANY;
  o.limits = (dtc_limits){26214400, 268435456, 50, 67108864, 5000000, 1, 8, 65536, 512, 1024, 1000, 100, {0}};
  return o;
}

static dtc_status pump_with_puppet(const bytes *b, dtc_diag *diag) {
  dtc_options options = any_options();
  eater e = {0};
  source s;
  *diag = (dtc_diag){0};
  source_from_memory(&s, b->at, b->length);
  return archive_pump_source(&s, &options, &puppet, eat, &e, NULL, diag);
}

#define ck_status(got, want) \
  ck_assert_msg((got) == (want), "%s, wanted %s", dtc_status_slug(got), dtc_status_slug(want))

/* ---- tests */

/* However an inflater fails, the call ends, and with a reason. */
START_TEST(an_inflater_that_misbehaves_ends_the_work) {
  static const struct {
    struct script does;
    dtc_status zip, gzip;
  } cases[] = {{{INFLATE_MORE, INFLATE_MORE, 0, 0}, DTC_ZIP_DEFLATE, DTC_GZIP_DATA},        /* stands still */
               {{INFLATE_MORE, INFLATE_MORE, SIZE_MAX, 0}, DTC_ZIP_DEFLATE, DTC_GZIP_DATA}, /* swallows */
               {{INFLATE_MEMORY, INFLATE_MORE, 1, 1}, DTC_OUT_OF_MEMORY, DTC_OUT_OF_MEMORY},
               {{INFLATE_BAD, INFLATE_MORE, 1, 1}, DTC_ZIP_DEFLATE, DTC_GZIP_DATA},
               {{INFLATE_MORE, INFLATE_BAD, 1, 1}, DTC_ZIP_DEFLATE, DTC_INTERNAL}, /* begins no other stream */
               {{INFLATE_MORE, INFLATE_MORE, 900, 1000}, DTC_ZIP_DEFLATE, DTC_GZIP_TRUNCATED},      /* by and by */
               {{INFLATE_MORE, INFLATE_MORE, 0, SIZE_MAX}, DTC_ZIP_BOMB_RATIO, DTC_ZIP_BOMB_RATIO}, /* never ends */
               {{INFLATE_MORE, INFLATE_MORE, 0, 1000}, DTC_ZIP_BOMB_RATIO, DTC_ZIP_BOMB_RATIO}};
  bytes text = text_of(1000000), files[] = {good_zip(1000000, 1), gzip_of(&text)};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    for (size_t k = 0; k < 2; k++) {
      dtc_diag diag;
      dtc_status want = k ? cases[i].gzip : cases[i].zip;
      script = cases[i].does;
      if (k == 0 && script.restart != INFLATE_MORE)
        continue; /* a zip's member is one stream */
      dtc_status got = pump_with_puppet(&files[k], &diag);
      ck_assert_msg(got == want, "case %zu of %s: %s", i, k ? "gzip" : "zip", dtc_status_slug(got));
      ck_assert_int_eq(diag.status, got);
    }
  free(text.at), free(files[0].at), free(files[1].at);
}
END_TEST

static dtc_status give(outlet *o, const char *text, dtc_diag *diag) {
  return outlet_give(o, (const unsigned char *)text, strlen(text), diag);
}

/* What may wait for the checksum and what ends the work at once. */
START_TEST(answers_that_can_wait_and_those_that_cannot) {
  dtc_limits limits = any_options().limits;
  static const dtc_status at_once[] = {DTC_IO_READ, DTC_OUT_OF_MEMORY, DTC_STOPPED};
  static const dtc_status later[] = {DTC_ROW_COLUMNS, DTC_TOO_MANY_ROWS};
  dtc_diag diag = {0};
  for (size_t i = 0; i < 3; i++) {
    eater e = {.answer = at_once[i]};
    outlet o = {.consumer = eat, .opaque = &e, .limits = &limits, .engine = &puppet, .promised_bytes = 100};
    ck_status(give(&o, "a", &diag), at_once[i]);
  }
  for (size_t i = 0; i < 2; i++) {
    eater e = {.answer = later[i]};
    outlet o = {.consumer = eat, .opaque = &e, .limits = &limits, .engine = &puppet, .promised_bytes = 100};
    ck_status(give(&o, "a", &diag), DTC_OK);
    ck_status(give(&o, "b", &diag), DTC_OK);
    ck_assert_uint_eq(e.total, 1);
    ck_status(outlet_verdict(&o, &diag), later[i]);
  }
}
END_TEST

START_TEST(an_archive_inside_is_refused_only_where_that_is_asked) {
  dtc_limits limits = any_options().limits;
  dtc_diag diag = {0};
  for (int refuse = 0; refuse < 2; refuse++) {
    eater e = {0};
    outlet o = {.consumer = eat, .opaque = &e, .limits = &limits, .engine = &puppet, .promised_bytes = 100};
    o.refuse_nested = refuse;
    ck_status(give(&o, "PK\3\4 and more", &diag), DTC_OK);
    ck_assert_uint_eq(e.total, refuse ? 0 : 13);
    ck_status(outlet_verdict(&o, &diag), refuse ? DTC_ZIP_NESTED : DTC_OK);
  }
}
END_TEST

START_TEST(a_ratio_of_zero_is_none) {
  dtc_limits limits = any_options().limits;
  dtc_diag diag = {0};
  ck_status(outlet_check(&limits, 100000000, 1000, 0, &diag), DTC_ZIP_BOMB_RATIO);
  limits.ratio = 0;
  ck_status(outlet_check(&limits, 100000000, 1000, 0, &diag), DTC_OK);
}
END_TEST

/* A caller that says stop gets no more, of stored members as well. */
START_TEST(stop_is_heard_at_once) {
  bytes text = text_of(300000), packed = deflated(&text, 1);
  uint32_t crc = (uint32_t)crc32(0, text.at, (uInt)text.length);
  bytes gzip = gzip_of(&text), stored = zip_of(&text, 0, crc, text.length, 5, 0);
  bytes zip = zip_of(&packed, 8, crc, text.length, 5, 0);
  const bytes *files[] = {&text, &gzip, &stored, &zip};
  dtc_options options = any_options();
  for (size_t i = 0; i < 4; i++) {
    eater e = {.answer = DTC_STOPPED};
    dtc_diag diag = {0};
    ck_status(archive_pump_memory(files[i]->at, files[i]->length, &options, eat, &e, NULL, &diag), DTC_STOPPED);
    ck_assert_uint_le(e.total, 65536);
  }
  free(text.at), free(packed.at), free(gzip.at), free(stored.at), free(zip.at);
}
END_TEST

static const char *fault(const char *name) { return name_fault(view_of(name), 0); }

START_TEST(names_of_members) {
  ck_assert_ptr_nonnull(fault(""));
  ck_assert_ptr_null(fault("g"));
  ck_assert_ptr_null(fault("12:30.txt"));
  ck_assert_ptr_null(fault("a/b/"));
  ck_assert_ptr_nonnull(fault("c:x"));
  ck_assert_ptr_nonnull(fault("Z:"));
  ck_assert_ptr_nonnull(fault("a/../b"));
  ck_assert_int_eq(name_is_folder(view_of("a/")), 1);
  ck_assert_int_eq(name_is_folder(view_of("a")), 0);
  ck_assert_int_eq(name_is_folder((view){NULL, 0}), 0);
  ck_assert_int_eq(name_has_folder(view_of("a/b")), 1);
  ck_assert_int_eq(name_has_folder(view_of("b")), 0);
  ck_assert_int_eq(name_has_folder((view){NULL, 0}), 0);
  ck_assert_int_eq(name_has_folder(view_of("a\\b")), 1);
  ck_assert_ptr_null(fault("a\\b"));
  ck_assert_ptr_null(fault("/"));
  ck_assert_ptr_null(fault("./a"));
  ck_assert_ptr_nonnull(fault("."));
  ck_assert_ptr_nonnull(fault("a\\."));
  ck_assert_ptr_nonnull(fault("a\\..\\b"));
  ck_assert_ptr_nonnull(fault("\\a"));
  ck_assert_int_eq(name_same(view_of("a/b"), view_of("a\\b")), 1);
  ck_assert_int_eq(name_same(view_of("a/b"), view_of("a/c")), 0);
  ck_assert_int_eq(name_same(view_of("a"), view_of("ab")), 0);
}
END_TEST

START_TEST(files_of_tools) {
  static const struct {
    const char *name;
    aside is;
  } names[] = {{"__MACOSX/x", ASIDE_APPLE_DOUBLE}, {"__MACOSX\\x", ASIDE_APPLE_DOUBLE},
               {"a/._x", ASIDE_APPLE_DOUBLE},      {"._", ASIDE_NONE},
               {".DS_Store", ASIDE_BINARY},        {"a/.DS_Store", ASIDE_BINARY},
               {"a\\Thumbs.db", ASIDE_BINARY},     {"Desktop.ini", ASIDE_INI},
               {"a/.directory", ASIDE_INI},        {"g.txt:Zone.Identifier", ASIDE_INI},
               {":Zone.Identifier", ASIDE_NONE},   {"a/.localized", ASIDE_EMPTY},
               {"genome.DS_Store", ASIDE_NONE},    {"DS_Store", ASIDE_NONE},
               {"my desktop.ini", ASIDE_NONE},     {"genome_v5.txt", ASIDE_NONE}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    ck_assert_msg(aside_by_name(view_of(names[i].name)) == names[i].is, "%s", names[i].name);
  static const struct {
    aside what;
    int fits;
    size_t length;
    const char *head;
  } heads[] = {{ASIDE_APPLE_DOUBLE, 1, 0, ""},
               {ASIDE_APPLE_DOUBLE, 1, 5, "\0\5\x16\7\0"},
               {ASIDE_APPLE_DOUBLE, 0, 5, "# thi"},
               {ASIDE_APPLE_DOUBLE, 0, 3, "\0\5\x16"},
               {ASIDE_BINARY, 1, 8, "\0\0\0\1Bud1"},
               {ASIDE_BINARY, 0, 5, "# thi"},
               {ASIDE_BINARY, 0, 4, "PK\3\4"},
               {ASIDE_BINARY, 0, 4, "\xff\xfe#"},
               {ASIDE_INI, 1, 3, "[a]"},
               {ASIDE_INI, 1, 5, "\r\n[a]"},
               {ASIDE_INI, 1, 6, "\xef\xbb\xbf[a]"},
               {ASIDE_INI, 1, 6, "\xff\xfe[\0a"},
               {ASIDE_INI, 1, 8, "\xff\xfe\r\0\n\0["},
               {ASIDE_INI, 0, 5, "# thi"},
               {ASIDE_INI, 0, 2, "\r\n"},
               {ASIDE_EMPTY, 1, 0, ""},
               {ASIDE_EMPTY, 0, 1, "x"},
               {ASIDE_NONE, 0, 1, "x"}};
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
    ck_assert_msg(aside_fits(heads[i].what, (const unsigned char *)heads[i].head, heads[i].length) == heads[i].fits,
                  "head %zu", i);
  ck_assert_uint_eq(aside_bytes_max(ASIDE_NONE), 0);
}
END_TEST

/* A zip's first local header: the name in it tells a document from an archive. */
static kind kind_of_first(const char *name, const char **words) {
  unsigned char head[128] = "PK\3\4";
  head[26] = (unsigned char)strlen(name);
  memcpy(head + 30, name, strlen(name));
  return kind_of(head, 30 + strlen(name), words);
}

START_TEST(zips_that_are_documents) {
  static const char *const documents[] = {
      "[Content_Types].xml", "_rels/.rels", "xl/workbook.xml",    "xl/_rels/workbook.xml.rels", "docProps/app.xml",
      "word/document.xml",   "mimetype",    "Index/Document.iwa", "META-INF/MANIFEST.MF"};
  static const char *const archives[] = {"genome.txt", "xl/genome.txt", "word/", "x", "mimetypes", ".xml"};
  const char *words;
  for (size_t i = 0; i < sizeof documents / sizeof *documents; i++)
    ck_assert_msg(kind_of_first(documents[i], &words) == KIND_DOCUMENT, "%s", documents[i]);
  for (size_t i = 0; i < sizeof archives / sizeof *archives; i++)
    ck_assert_msg(kind_of_first(archives[i], &words) == KIND_ZIP, "%s", archives[i]);
  unsigned char cut[33] = "PK\3\4";
  cut[26] = 8;
  ck_assert_int_eq(kind_of(cut, sizeof cut, &words), KIND_ZIP);
}
END_TEST

START_TEST(kinds_of_files) {
  static const struct {
    const char *head;
    size_t length;
    kind is;
    int archive;
  } files[] = {{"PK\3\4", 4, KIND_ZIP, 1},    {"PK", 2, KIND_ZIP, 1},         {"PK\3", 3, KIND_ZIP, 1},
               {"PK\1", 3, KIND_UNKNOWN, 0},  {"PK\7\10", 4, KIND_SPLIT, 1},  {"\x1f\x8b\10", 3, KIND_GZIP, 1},
               {"BZh9", 4, KIND_ARCHIVE, 1},  {"<html>", 6, KIND_TEXT, 0},    {"<HTML lang>", 11, KIND_TEXT, 0},
               {"<h", 2, KIND_TEXT, 0},       {"[1]", 3, KIND_TEXT, 0},       {" \t\r\n{\"a\"", 8, KIND_TEXT, 0},
               {"\r\n", 2, KIND_TEXT, 0},     {"\xff\xfe#", 3, KIND_TEXT, 0}, {"\xfe\xff#", 3, KIND_TEXT, 0},
               {"\xff\x41", 2, KIND_TEXT, 0}, {"\xfe\x41", 2, KIND_TEXT, 0},  {"a\x7f", 2, KIND_UNKNOWN, 0},
               {"a\33[1m", 5, KIND_TEXT, 0},  {"a\1", 2, KIND_UNKNOWN, 0},    {"a\16", 2, KIND_UNKNOWN, 0},
               {"%PDF-", 5, KIND_BINARY, 0},  {"@ABC", 4, KIND_TEXT, 0},      {"[html", 5, KIND_TEXT, 0}};
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    const char *words;
    const unsigned char *head = (const unsigned char *)files[i].head;
    ck_assert_msg(kind_of(head, files[i].length, &words) == files[i].is, "file %zu: %s", i, words);
    ck_assert_msg((kind_archive_words(head, files[i].length) != NULL) == files[i].archive, "file %zu: %s", i, words);
  }
}
END_TEST

/* Another end record is the better name for what is wrong with a file, not for what is wrong with us. */
START_TEST(a_rival_hides_no_trouble_of_ours) {
  static const dtc_status ours[] = {DTC_IO_READ, DTC_IO_CHANGED, DTC_OUT_OF_MEMORY, DTC_INTERNAL};
  static const dtc_status its[] = {DTC_ZIP_GAP, DTC_ZIP_TOO_MANY_ENTRIES};
  zip_end end = {.rival_at = 7};
  for (size_t i = 0; i < 4; i++) {
    dtc_diag beside = {.status = ours[i], .system_errno = 5}, diag = {0};
    ck_status(end_refuse_for_rival(&end, &beside, &diag), ours[i]);
    ck_assert_int_eq(diag.system_errno, 5);
  }
  for (size_t i = 0; i < 2; i++) {
    dtc_diag beside = {.status = its[i]}, diag = {0};
    ck_status(end_refuse_for_rival(&end, &beside, &diag), DTC_ZIP_MANY_ENDS);
    ck_assert_uint_eq(diag.byte, 7);
  }
}
END_TEST

START_TEST(sources_stay_within_the_file) {
  source s;
  dtc_diag diag = {0};
  char buffer[8];
  source_from_memory(&s, "abcdef", 6);
  ck_status(source_read(&s, 6, buffer, 0, &diag), DTC_OK);
  ck_status(source_read(&s, 4, buffer, 3, &diag), DTC_INTERNAL);
  ck_status(source_read(&s, 7, buffer, 0, NULL), DTC_INTERNAL);
  eater e = {0};
  dtc_options options = any_options();
  diag = (dtc_diag){0};
  ck_status(archive_pump_memory(NULL, 0, &options, eat, &e, NULL, &diag), DTC_FILE_EMPTY);
  ck_status(archive_pump_memory(NULL, 1, &options, eat, &e, NULL, NULL), DTC_INVALID_ARGUMENT);
}
END_TEST

/* Text has a limit of its own, and a limit of all numbers is none. */
START_TEST(limits_of_text_and_streams) {
  bytes text = text_of(1000000), zip = good_zip(1000000, 1);
  dtc_options options = any_options();
  options.limits.unpacked_bytes = text.length - 1;
  eater e = {0};
  dtc_diag diag = {0};
  ck_status(archive_pump_memory(text.at, text.length, &options, eat, &e, NULL, &diag), DTC_FILE_TOO_LARGE);
  ck_assert_uint_eq(e.total, 0);
  options = any_options();
  options.limits.file_bytes = UINT64_MAX;
  static const char head[] = "7z\xbc\xaf\x27\x1c";
  for (int i = 0; i < 3; i++) {
    FILE *file = tmpfile();
    if (i == 1)
      fwrite(head, 1, 6, file);
    fwrite(i == 2 ? text.at : zip.at, 1, i == 2 ? text.length : zip.length, file);
    rewind(file);
    char command[64];
    snprintf(command, sizeof command, "cat <&%d 2>&-", fileno(file));
    FILE *pipe = popen(command, "r");
    diag = (dtc_diag){0};
    ck_status(archive_pump_fd(fileno(pipe), &options, eat, &e, NULL, &diag), i == 1 ? DTC_ZIP_PREFIX : DTC_OK);
    pclose(pipe);
    lseek(fileno(file), 0, SEEK_SET); /* which the other end moved */
    pipe = popen(command, "r");
    diag = (dtc_diag){0};
    dtc_options less = any_options();
    less.limits.file_bytes = less.limits.unpacked_bytes = 100000; /* beyond the head that is read first */
    dtc_status status = archive_pump_fd(fileno(pipe), &less, eat, &e, NULL, &diag);
    ck_status(status, DTC_FILE_TOO_LARGE);
    pclose(pipe);
    fclose(file);
  }
  free(text.at), free(zip.at);
}
END_TEST

/* libzip of any version: what it may ask is answered, what it may not ask is refused. */
START_TEST(the_zip_library_gets_reading_only) {
  static const char text[] = "0123456789";
  source s;
  source_from_memory(&s, text, 10);
  window w = {.from = &s};
  zip_error_init(&w.error);
  char buffer[16];
  int codes[2];
  ck_assert_int_eq(window_command(&w, NULL, 0, ZIP_SOURCE_OPEN), 0);
  ck_assert_int_eq(window_command(&w, buffer, 16, ZIP_SOURCE_READ), 10);
  ck_assert_int_eq(window_command(&w, buffer, 16, ZIP_SOURCE_READ), 0);
  ck_assert_int_eq(window_command(&w, NULL, 0, ZIP_SOURCE_TELL), 10);
  zip_source_args_seek_t to = {4, SEEK_SET}, beyond = {1, SEEK_END};
  ck_assert_int_eq(window_command(&w, &to, sizeof to, ZIP_SOURCE_SEEK), 0);
  ck_assert_int_eq(window_command(&w, buffer, 2, ZIP_SOURCE_READ), 2);
  ck_assert_int_eq(memcmp(buffer, "45", 2), 0);
  ck_assert_int_eq(window_command(&w, &beyond, sizeof beyond, ZIP_SOURCE_SEEK), -1);
  ck_assert_int_eq(window_command(&w, NULL, 0, ZIP_SOURCE_TELL), 6);
  zip_stat_t about;
  ck_assert_int_ge(window_command(&w, &about, sizeof about, ZIP_SOURCE_STAT), 0);
  ck_assert_uint_eq(about.size, 10);
  ck_assert_int_eq(window_command(&w, &about, 1, ZIP_SOURCE_STAT), -1);
  ck_assert_int_eq(window_command(&w, buffer, 1, ZIP_SOURCE_WRITE), -1);
  ck_assert_int_eq(window_command(&w, NULL, 0, ZIP_SOURCE_REMOVE), -1);
  ck_assert_int_eq(window_command(&w, codes, sizeof codes, ZIP_SOURCE_ERROR), sizeof codes);
  ck_assert_int_eq(codes[0], ZIP_ER_OPNOTSUPP);
  ck_assert_int_eq(window_command(&w, NULL, 0, ZIP_SOURCE_CLOSE), 0);
  ck_assert_int_eq(window_command(&w, NULL, 0, ZIP_SOURCE_FREE), 0);
  zip_error_fini(&w.error);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("outlet");
  TCase *tcase = tcase_create("outlet");
  tcase_add_test(tcase, an_inflater_that_misbehaves_ends_the_work);
  tcase_add_test(tcase, answers_that_can_wait_and_those_that_cannot);
  tcase_add_test(tcase, an_archive_inside_is_refused_only_where_that_is_asked);
  tcase_add_test(tcase, a_ratio_of_zero_is_none);
  tcase_add_test(tcase, stop_is_heard_at_once);
  tcase_add_test(tcase, names_of_members);
  tcase_add_test(tcase, files_of_tools);
  tcase_add_test(tcase, zips_that_are_documents);
  tcase_add_test(tcase, kinds_of_files);
  tcase_add_test(tcase, a_rival_hides_no_trouble_of_ours);
  tcase_add_test(tcase, sources_stay_within_the_file);
  tcase_add_test(tcase, limits_of_text_and_streams);
  tcase_add_test(tcase, the_zip_library_gets_reading_only);
  suite_add_tcase(suite, tcase);
  return suite_run(suite);
}
