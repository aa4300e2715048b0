# Command tests: programs run as a user runs them.
check_PROGRAMS += tests/command/sandbox_probe
tests_command_sandbox_probe_SOURCES = tests/command/sandbox_probe.c
tests_command_sandbox_probe_LDADD = tools/libcommon.la
TESTS += tests/command/sandbox_probe

# The resolver without writers around it: what the model genome's tests compare.
if HAVE_HTSLIB
check_PROGRAMS += tests/command/resolve_dump
tests_command_resolve_dump_SOURCES = tests/command/resolve_dump.c
tests_command_resolve_dump_CPPFLAGS = $(AM_CPPFLAGS) $(HTSLIB_CFLAGS)
tests_command_resolve_dump_LDADD = lib/vcf/libresolve.la lib/libdtcgeno.la lib/libbase.la $(HTSLIB_LIBS)
endif
# genotype-validate; validate_exports.py is a tool for full-size runs by hand, too.
dist_check_SCRIPTS += tests/command/test_validate
EXTRA_DIST += tests/command/test_validate.py tests/command/validate_exports.py tests/command/sanitizer.py
TESTS += tests/command/test_validate

# Vendors and reasons are said as the library lists them.
dist_check_SCRIPTS += tests/command/test_vendors
TESTS += tests/command/test_vendors
# What is printed as JSON is what the schemas say.
dist_check_SCRIPTS += tests/command/test_schema
TESTS += tests/command/test_schema

# The house itself: its rules, and test data that is what its script makes.
dist_check_SCRIPTS += tests/command/check_structure tests/command/check_testdata
TESTS += tests/command/check_structure tests/command/check_testdata
# What README shows is what the programs print.
if HAVE_HTSLIB
TESTS += tests/command/test_readme
endif
dist_check_SCRIPTS += tests/command/test_readme
# What shells complete.
dist_check_SCRIPTS += tests/command/test_completion
TESTS += tests/command/test_completion
# What other ecosystems take.
if HAVE_HTSLIB
TESTS += tests/command/test_packaging
endif
dist_check_SCRIPTS += tests/command/test_packaging
# What --help and the manuals say, and how wide.
dist_check_SCRIPTS += tests/command/test_manuals
TESTS += tests/command/test_manuals
# Liftover against known places; skipped where the shared data is not there.
check_PROGRAMS += tests/command/lift_dump
tests_command_lift_dump_SOURCES = tests/command/lift_dump.c
tests_command_lift_dump_LDADD = lib/libdtcgeno.la
dist_check_SCRIPTS += tests/command/test_liftover_truth
EXTRA_DIST += tests/command/test_liftover_truth.py
TESTS += tests/command/test_liftover_truth
# Model genomes: the conversion record by record, against an oracle.
if HAVE_HTSLIB
TESTS += tests/command/test_model_genome
endif
dist_check_SCRIPTS += tests/command/test_model_genome
EXTRA_DIST += tests/command/test_model_genome.py
# genotype-sites, and tables that do not belong to what they are used with.
if HAVE_HTSLIB
TESTS += tests/command/test_sites
endif
dist_check_SCRIPTS += tests/command/test_sites
EXTRA_DIST += tests/command/test_sites.py
# Simulated people, and the field's cases: no genotype that is written is wrong.
if HAVE_HTSLIB
TESTS += tests/command/test_truth
endif
dist_check_SCRIPTS += tests/command/test_truth
EXTRA_DIST += tests/command/test_truth.py
# Real markers and genotypes; skipped where the shared data is not there.
if HAVE_HTSLIB
TESTS += tests/command/test_real_data
endif
dist_check_SCRIPTS += tests/command/test_real_data
EXTRA_DIST += tests/command/test_real_data.py
