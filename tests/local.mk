# tests: Check suites per module (unit), command tests of the tools (command), hostile input, fuzz targets, the service.
# Scripts find their tools through these. Check's time for one test, 4 s of its own, only ends what hangs: on a machine
# that does other things as well a good test may take long.
AM_TESTS_ENVIRONMENT = \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir; \
	PYTHON3='$(PYTHON3)'; export PYTHON3; \
	PYTHON='$(PYTHON)'; export PYTHON; \
	CC='$(CC)'; export CC; \
	CK_DEFAULT_TIMEOUT=300; export CK_DEFAULT_TIMEOUT;

# An installation beside the build, for the tests of what is installed and of whole services (their cage lets no script of
# libtool run); stage/installed is its prefix. It is made before all tests: to install a library libtool links it anew in
# the place where it lies, and a program that starts meanwhile finds the half of one.
check_DATA = stage/stamp
stage/stamp: $(bin_PROGRAMS) $(lib_LTLIBRARIES) $(pythonpackage_LTLIBRARIES) $(pythonpackage_DATA) $(include_HEADERS) \
		$(pkgconfig_DATA) $(dist_schema_DATA) $(arrayupload_DATA) $(arrayuploaddoc_DATA) $(systemdunit_DATA) $(dist_man_MANS)
	$(AM_V_GEN)rm -rf stage && $(MKDIR_P) stage && \
	$(MAKE) install DESTDIR='$(abs_builddir)/stage' >stage/install.log 2>&1 && \
	ln -s './$(prefix)' stage/installed && touch $@
clean-stage:
	rm -rf stage
.PHONY: clean-stage

EXTRA_DIST += tests/README.md tests/SECURITY.md
include tests/unit/local.mk
include tests/api/local.mk
include tests/command/local.mk
include tests/command/faults.mk
include tests/command/convert.mk
include tests/command/analysis.mk
include tests/python/local.mk
include tests/hostile/local.mk
include tests/fuzz/local.mk
include tests/array-upload/local.mk

# What `make check-quick` runs: half a minute, for between two edits.
quick_tests = tests/command/check_structure tests/command/test_manuals tests/command/test_readme
if HAVE_CHECK
quick_tests += tests/unit/test_base tests/unit/test_text tests/unit/test_vendor tests/unit/test_table \
	tests/unit/test_genome tests/unit/test_liftover tests/unit/test_quality tests/unit/test_verdict \
	tests/unit/test_archive tests/unit/test_inflate tests/unit/test_inflate_same tests/unit/test_outlet
if HAVE_HTSLIB
quick_tests += tests/unit/test_resolve tests/unit/test_resolve_file tests/unit/test_recall tests/unit/test_window
endif
endif
