# Fuzz targets. `make check` replays their seeds (replay_*); --enable-fuzzing and tools/check-fuzz do the real thing.
fuzz_common = tests/fuzz/replay.c tests/fuzz/fuzz.h
fuzz_cppflags = $(AM_CPPFLAGS) $(ZLIB_CFLAGS)
fuzz_ldadd = lib/libparts.la $(ZLIB_LIBS)

check_PROGRAMS += tests/fuzz/replay_archive
tests_fuzz_replay_archive_SOURCES = tests/fuzz/fuzz_archive.c $(fuzz_common)
tests_fuzz_replay_archive_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_replay_archive_LDADD = $(fuzz_ldadd)

check_PROGRAMS += tests/fuzz/replay_text
tests_fuzz_replay_text_SOURCES = tests/fuzz/fuzz_text.c $(fuzz_common)
tests_fuzz_replay_text_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_replay_text_LDADD = $(fuzz_ldadd)

check_PROGRAMS += tests/fuzz/replay_pipeline
tests_fuzz_replay_pipeline_SOURCES = tests/fuzz/fuzz_pipeline.c $(fuzz_common)
tests_fuzz_replay_pipeline_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_replay_pipeline_LDADD = $(fuzz_ldadd)

check_PROGRAMS += tests/fuzz/replay_chain
tests_fuzz_replay_chain_SOURCES = tests/fuzz/fuzz_chain.c $(fuzz_common)
tests_fuzz_replay_chain_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_replay_chain_LDADD = $(fuzz_ldadd)

check_PROGRAMS += tests/fuzz/replay_json
tests_fuzz_replay_json_SOURCES = tests/fuzz/fuzz_json.c $(fuzz_common)
tests_fuzz_replay_json_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_replay_json_LDADD = $(fuzz_ldadd)

check_PROGRAMS += tests/fuzz/replay_inflate
tests_fuzz_replay_inflate_SOURCES = tests/fuzz/fuzz_inflate.c $(fuzz_common)
tests_fuzz_replay_inflate_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_replay_inflate_LDADD = $(fuzz_ldadd)

line_deflate_sources = lib/vcf/fast/line_deflate.c lib/vcf/fast/line_deflate.h \
	lib/vcf/fast/deflate_block.c lib/vcf/fast/deflate_block.h \
	lib/vcf/fast/huffman.c lib/vcf/fast/huffman.h
check_PROGRAMS += tests/fuzz/replay_deflate
tests_fuzz_replay_deflate_SOURCES = tests/fuzz/fuzz_deflate.c $(line_deflate_sources) $(fuzz_common)
tests_fuzz_replay_deflate_CPPFLAGS = $(fuzz_cppflags) $(LIBDEFLATE_CFLAGS)
tests_fuzz_replay_deflate_LDADD = $(LIBDEFLATE_LIBS) $(ZLIB_LIBS)

if HAVE_HTSLIB
check_PROGRAMS += tests/fuzz/replay_sites
tests_fuzz_replay_sites_SOURCES = tests/fuzz/fuzz_sites.c $(fuzz_common)
tests_fuzz_replay_sites_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_replay_sites_LDADD = lib/vcf/libresolve.la $(fuzz_ldadd) $(HTSLIB_LIBS)
endif

long_tests += tests/fuzz/replay_all
dist_check_SCRIPTS += tests/fuzz/replay_all tests/fuzz/make_corpus.py

.PHONY: fuzz-targets
if ENABLE_FUZZING
fuzz_programs = tests/fuzz/fuzz_archive tests/fuzz/fuzz_text tests/fuzz/fuzz_pipeline tests/fuzz/fuzz_chain tests/fuzz/fuzz_json tests/fuzz/fuzz_deflate \
	tests/fuzz/fuzz_inflate
EXTRA_PROGRAMS += $(fuzz_programs)
if HAVE_HTSLIB
fuzz_programs += tests/fuzz/fuzz_sites
tests_fuzz_fuzz_sites_SOURCES = tests/fuzz/fuzz_sites.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_sites_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_sites_LDADD = lib/vcf/libresolve.la $(fuzz_ldadd) $(HTSLIB_LIBS)
tests_fuzz_fuzz_sites_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
endif
fuzz-targets: $(fuzz_programs)

tests_fuzz_fuzz_archive_SOURCES = tests/fuzz/fuzz_archive.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_archive_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_archive_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_archive_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer

tests_fuzz_fuzz_text_SOURCES = tests/fuzz/fuzz_text.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_text_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_text_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_text_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer

tests_fuzz_fuzz_pipeline_SOURCES = tests/fuzz/fuzz_pipeline.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_pipeline_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_pipeline_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_pipeline_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer

tests_fuzz_fuzz_chain_SOURCES = tests/fuzz/fuzz_chain.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_chain_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_chain_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_chain_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer

tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz_json.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_json_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_json_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_json_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer

tests_fuzz_fuzz_deflate_SOURCES = tests/fuzz/fuzz_deflate.c $(line_deflate_sources) tests/fuzz/fuzz.h
tests_fuzz_fuzz_deflate_CPPFLAGS = $(fuzz_cppflags) $(LIBDEFLATE_CFLAGS)
tests_fuzz_fuzz_deflate_LDADD = $(LIBDEFLATE_LIBS) $(ZLIB_LIBS)
tests_fuzz_fuzz_deflate_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer

tests_fuzz_fuzz_inflate_SOURCES = tests/fuzz/fuzz_inflate.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_inflate_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_inflate_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_inflate_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
endif
