# Failing allocations, system calls, disks; fail_alloc is preloaded by test_faults.
check_LTLIBRARIES = tests/command/fail_alloc.la
tests_command_fail_alloc_la_SOURCES = tests/command/fail_alloc.c
tests_command_fail_alloc_la_CFLAGS = $(WARNING_CFLAGS)
tests_command_fail_alloc_la_LDFLAGS = -module -avoid-version -shared -rpath /nowhere
tests_command_fail_alloc_la_LIBADD = -ldl
dist_check_SCRIPTS += tests/command/test_faults
if HAVE_HTSLIB
TESTS += tests/command/test_faults
endif
# The order of writes, syncs and renames.
dist_check_SCRIPTS += tests/command/test_order
if HAVE_HTSLIB
TESTS += tests/command/test_order
endif
dist_check_SCRIPTS += tests/command/test_hardening
TESTS += tests/command/test_hardening

# What a taken-over genotype-convert could still reach; what the tools' words give away.
check_PROGRAMS += tests/command/confine_probe
tests_command_confine_probe_SOURCES = tests/command/confine_probe.c
tests_command_confine_probe_CFLAGS = $(AM_CFLAGS) -pthread
tests_command_confine_probe_LDADD = tools/libcommon.la
dist_check_SCRIPTS += tests/command/test_privacy
TESTS += tests/command/confine_probe tests/command/test_privacy
