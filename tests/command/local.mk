# Command tests: programs run as a user runs them.
check_PROGRAMS += tests/command/sandbox_probe
tests_command_sandbox_probe_SOURCES = tests/command/sandbox_probe.c
tests_command_sandbox_probe_LDADD = tools/libcommon.la
TESTS += tests/command/sandbox_probe
