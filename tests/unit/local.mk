# One Check suite a module. Each links the library's parts, so that private functions can be tested too.
unit_cppflags = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
unit_ldadd = lib/libparts.la $(CHECK_LIBS)

if HAVE_CHECK
unit_tests = tests/unit/test_base
tests_unit_test_base_SOURCES = tests/unit/test_base.c
tests_unit_test_base_CPPFLAGS = $(unit_cppflags)
tests_unit_test_base_LDADD = $(unit_ldadd)

check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif
