# One Check suite a module. Each links the library's parts, so that private functions can be tested too.
unit_cppflags = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
unit_ldadd = lib/libparts.la $(CHECK_LIBS)
EXTRA_DIST += tests/unit/suite.h

if HAVE_CHECK
unit_tests = tests/unit/test_base
tests_unit_test_base_SOURCES = tests/unit/test_base.c
tests_unit_test_base_CPPFLAGS = $(unit_cppflags)
tests_unit_test_base_LDADD = $(unit_ldadd)

check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif

if HAVE_CHECK
if HAVE_HTSLIB
writer_tests = tests/unit/test_writer tests/unit/test_record tests/unit/test_read_back
check_PROGRAMS += $(writer_tests) tests/unit/test_temporary
TESTS += $(writer_tests) tests/unit/test_temporary
tests_unit_test_temporary_SOURCES = tests/unit/test_temporary.c
tests_unit_test_temporary_CPPFLAGS = $(unit_cppflags)
tests_unit_test_temporary_LDADD = tools/libcommon.la $(unit_ldadd) -lpthread
writing_sources = tests/unit/writing.c tests/unit/writing.h tests/unit/engine_file.c tests/unit/engine_file.h
tests_unit_test_writer_SOURCES = tests/unit/test_writer.c $(writing_sources)
tests_unit_test_writer_CPPFLAGS = $(unit_cppflags) -I$(top_srcdir)/tests $(HTSLIB_CFLAGS)
tests_unit_test_writer_LDADD = tools/libcommon.la lib/vcf/libwriter.la $(unit_ldadd) $(HTSLIB_LIBS) -lpthread
tests_unit_test_record_SOURCES = tests/unit/test_record.c $(writing_sources)
tests_unit_test_record_CPPFLAGS = $(unit_cppflags) -I$(top_srcdir)/tests $(HTSLIB_CFLAGS)
tests_unit_test_record_LDADD = tools/libcommon.la lib/vcf/libwriter.la $(unit_ldadd) $(HTSLIB_LIBS) -lpthread
tests_unit_test_read_back_SOURCES = tests/unit/test_read_back.c $(writing_sources)
tests_unit_test_read_back_CPPFLAGS = $(unit_cppflags) -I$(top_srcdir)/tests $(HTSLIB_CFLAGS)
tests_unit_test_read_back_LDADD = tools/libcommon.la lib/vcf/libwriter.la $(unit_ldadd) $(HTSLIB_LIBS) -lpthread
endif
endif

if HAVE_CHECK
genome_tests = tests/unit/test_genome tests/unit/test_liftover tests/unit/test_quality tests/unit/test_verdict
check_PROGRAMS += $(genome_tests)
TESTS += $(genome_tests)
tests_unit_test_genome_SOURCES = tests/unit/test_genome.c
tests_unit_test_genome_CPPFLAGS = $(unit_cppflags)
tests_unit_test_genome_LDADD = $(unit_ldadd)
tests_unit_test_liftover_SOURCES = tests/unit/test_liftover.c
tests_unit_test_liftover_CPPFLAGS = $(unit_cppflags) $(ZLIB_CFLAGS)
tests_unit_test_liftover_LDADD = $(unit_ldadd) $(ZLIB_LIBS)
tests_unit_test_quality_SOURCES = tests/unit/test_quality.c
tests_unit_test_quality_CPPFLAGS = $(unit_cppflags)
tests_unit_test_quality_LDADD = $(unit_ldadd)
tests_unit_test_verdict_SOURCES = tests/unit/test_verdict.c tests/unit/support.c tests/unit/support.h
tests_unit_test_verdict_CPPFLAGS = $(unit_cppflags)
tests_unit_test_verdict_LDADD = $(unit_ldadd)
endif

if HAVE_CHECK
archive_tests = tests/unit/test_archive tests/unit/test_inflate tests/unit/test_inflate_same \
	tests/unit/test_system tests/unit/test_outlet
check_PROGRAMS += $(archive_tests)
TESTS += $(archive_tests)
tests_unit_test_archive_SOURCES = tests/unit/test_archive.c tests/unit/packing.h
tests_unit_test_archive_CPPFLAGS = $(unit_cppflags) -I$(top_srcdir)/tests $(ZLIB_CFLAGS)
tests_unit_test_archive_LDADD = $(unit_ldadd) $(ZLIB_LIBS)
tests_unit_test_system_SOURCES = tests/unit/test_system.c tests/unit/packing.h
tests_unit_test_system_CPPFLAGS = $(unit_cppflags) -I$(top_srcdir)/tests $(ZLIB_CFLAGS)
tests_unit_test_system_LDADD = $(unit_ldadd) $(ZLIB_LIBS)
tests_unit_test_outlet_SOURCES = tests/unit/test_outlet.c tests/unit/packing.h
tests_unit_test_outlet_CPPFLAGS = $(unit_cppflags) -I$(top_srcdir)/tests $(ZLIB_CFLAGS) $(LIBZIP_CFLAGS)
tests_unit_test_outlet_LDADD = $(unit_ldadd) $(ZLIB_LIBS) $(LIBZIP_LIBS)
tests_unit_test_inflate_SOURCES = tests/unit/test_inflate.c tests/unit/inflating.h tests/unit/packing.h
tests_unit_test_inflate_CPPFLAGS = $(unit_cppflags) -I$(top_srcdir)/tests $(ZLIB_CFLAGS)
tests_unit_test_inflate_LDADD = $(unit_ldadd) $(ZLIB_LIBS)
tests_unit_test_inflate_same_SOURCES = tests/unit/test_inflate_same.c tests/unit/inflating.h tests/unit/packing.h
tests_unit_test_inflate_same_CPPFLAGS = $(tests_unit_test_inflate_CPPFLAGS) $(LIBDEFLATE_CFLAGS)
tests_unit_test_inflate_same_LDADD = $(tests_unit_test_inflate_LDADD) $(LIBDEFLATE_LIBS)
endif

if HAVE_CHECK
parser_tests = tests/unit/test_text tests/unit/test_vendor tests/unit/test_parser tests/unit/test_table
check_PROGRAMS += $(parser_tests)
TESTS += $(parser_tests)
tests_unit_test_text_SOURCES = tests/unit/test_text.c
tests_unit_test_text_CPPFLAGS = $(unit_cppflags)
tests_unit_test_text_LDADD = $(unit_ldadd)
tests_unit_test_vendor_SOURCES = tests/unit/test_vendor.c tests/unit/support.c tests/unit/support.h
tests_unit_test_vendor_CPPFLAGS = $(unit_cppflags)
tests_unit_test_vendor_LDADD = $(unit_ldadd)
tests_unit_test_parser_SOURCES = tests/unit/test_parser.c tests/unit/support.c tests/unit/support.h
tests_unit_test_parser_CPPFLAGS = $(unit_cppflags)
tests_unit_test_parser_LDADD = $(unit_ldadd)
tests_unit_test_table_SOURCES = tests/unit/test_table.c tests/unit/support.c tests/unit/support.h
tests_unit_test_table_CPPFLAGS = $(unit_cppflags)
tests_unit_test_table_LDADD = $(unit_ldadd)
endif

if HAVE_CHECK
if HAVE_HTSLIB
resolve_tests = tests/unit/test_resolve tests/unit/test_resolve_file tests/unit/test_recall tests/unit/test_window
check_PROGRAMS += $(resolve_tests)
TESTS += $(resolve_tests)
tests_unit_test_window_SOURCES = tests/unit/test_window.c
tests_unit_test_window_CPPFLAGS = $(unit_cppflags)
tests_unit_test_window_LDADD = lib/vcf/libresolve.la $(unit_ldadd) $(HTSLIB_LIBS)
tests_unit_test_recall_SOURCES = tests/unit/test_recall.c
tests_unit_test_recall_CPPFLAGS = $(unit_cppflags)
tests_unit_test_recall_LDADD = lib/vcf/libresolve.la $(unit_ldadd) $(HTSLIB_LIBS)
tests_unit_test_resolve_SOURCES = tests/unit/test_resolve.c tests/unit/resolving.c tests/unit/resolving.h
tests_unit_test_resolve_CPPFLAGS = $(unit_cppflags) $(HTSLIB_CFLAGS)
tests_unit_test_resolve_LDADD = lib/vcf/libresolve.la $(unit_ldadd) $(HTSLIB_LIBS)
tests_unit_test_resolve_file_SOURCES = tests/unit/test_resolve_file.c tests/unit/resolving.c tests/unit/resolving.h
tests_unit_test_resolve_file_CPPFLAGS = $(unit_cppflags) $(HTSLIB_CFLAGS)
tests_unit_test_resolve_file_LDADD = lib/vcf/libresolve.la $(unit_ldadd) $(HTSLIB_LIBS)
endif
endif
