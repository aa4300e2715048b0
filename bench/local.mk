# bench: built by `make bench` and its sisters only.
EXTRA_PROGRAMS += bench/generate
bench_generate_SOURCES = bench/generate.c
bench_generate_CPPFLAGS = $(AM_CPPFLAGS) $(ZLIB_CFLAGS)
bench_generate_LDADD = lib/libparts.la $(ZLIB_LIBS)

EXTRA_PROGRAMS += bench/inflate_floor
bench_inflate_floor_SOURCES = bench/inflate_floor.c
bench_inflate_floor_CPPFLAGS = $(AM_CPPFLAGS) $(ZLIB_CFLAGS)
bench_inflate_floor_LDADD = $(ZLIB_LIBS)

EXTRA_PROGRAMS += bench/measure
bench_measure_SOURCES = bench/measure.c

EXTRA_PROGRAMS += bench/stages
bench_stages_SOURCES = bench/stage.h bench/stages.c
bench_stages_CPPFLAGS = $(AM_CPPFLAGS) $(ZLIB_CFLAGS)
bench_stages_LDADD = lib/libparts.la $(ZLIB_LIBS)
EXTRA_DIST += bench/stages_convert.c
if HAVE_HTSLIB
bench_stages_SOURCES += bench/stages_convert.c tests/unit/engine_file.c
bench_stages_CPPFLAGS += -DBENCH_CONVERT -I$(top_srcdir)/tests
bench_stages_LDADD += tools/libcommon.la lib/vcf/libresolve.la lib/vcf/libwriter.la lib/libparts.la \
	$(HTSLIB_LIBS) -lpthread
endif

if BUILD_ARRAY_UPLOAD
EXTRA_PROGRAMS += bench/array-upload/seal
bench_array_upload_seal_SOURCES = bench/array-upload/seal.c tools/array-upload/httpd/http/memory_file.c
bench_array_upload_seal_CPPFLAGS = $(array_upload_cppflags)
bench_array_upload_seal_LDADD = tools/array-upload/libcore.la $(array_upload_libs)
endif

bench_programs = bench/measure$(EXEEXT) bench/generate$(EXEEXT) bench/inflate_floor$(EXEEXT) bench/stages$(EXEEXT)
EXTRA_DIST += bench/python bench/run bench/draw bench/README.md bench/ir.json bench/comparison.svg bench/growth.svg \
	bench/array-upload/load.py bench/impute.py bench/impute_genome.py bench/score.py \
	bench/harness/__init__.py bench/harness/batch.py bench/harness/bench.py bench/harness/commands.py \
	bench/harness/goals.py bench/harness/grow.py bench/harness/host.py bench/harness/inputs.py \
	bench/harness/instructions.py bench/harness/outputs.py bench/harness/peers.py bench/harness/plain.py \
	bench/harness/process.py bench/harness/reference.py bench/harness/report.py bench/harness/results.py \
	bench/harness/rotation.py bench/harness/stages.py
BENCH = $(PYTHON3) $(srcdir)/bench/run

.PHONY: bench bench-python bench-peers bench-reference bench-grow bench-batch bench-ir bench-all bench-report
bench: all $(bench_programs)
	$(BENCH) plain $(BENCHFLAGS)
bench-python: all bench/generate$(EXEEXT)
	$(srcdir)/tests/python/staged $(PYTHON) $(srcdir)/bench/python $(BENCHFLAGS)
bench-peers: all $(bench_programs)
	$(BENCH) peers $(BENCHFLAGS)
bench-reference: all $(bench_programs)
	$(BENCH) reference $(BENCHFLAGS)
bench-grow: all $(bench_programs)
	$(BENCH) grow $(BENCHFLAGS)
bench-batch: all $(bench_programs)
	$(BENCH) batch $(BENCHFLAGS)
bench-ir: all $(bench_programs)
	$(BENCH) ir $(BENCHFLAGS)
bench-all: all $(bench_programs)
	$(BENCH) all $(BENCHFLAGS)
bench-report:
	$(BENCH) report $(BENCHFLAGS)
