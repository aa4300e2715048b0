# tests: Check suites per module (unit), command tests of the tools (command), hostile input, fuzz targets, the service.
# Scripts find their tools through these.
AM_TESTS_ENVIRONMENT = \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir; \
	PYTHON3='$(PYTHON3)'; export PYTHON3; \
	CC='$(CC)'; export CC;

EXTRA_DIST += tests/SECURITY.md
include tests/unit/local.mk
include tests/api/local.mk
include tests/command/local.mk
include tests/command/faults.mk
include tests/command/convert.mk
include tests/hostile/local.mk
include tests/fuzz/local.mk
include tests/array-upload/local.mk
