# hostile: archives and texts that must be refused, and good ones that must not; made by a script, nothing binary is kept.
check_PROGRAMS += tests/hostile/archive_cat tests/hostile/measure
tests_hostile_archive_cat_SOURCES = tests/hostile/archive_cat.c
tests_hostile_archive_cat_LDADD = lib/libparts.la
tests_hostile_measure_SOURCES = tests/hostile/measure.c

dist_check_SCRIPTS += tests/hostile/run tests/hostile/differential tests/hostile/growth tests/hostile/make_archives.py
EXTRA_DIST += tests/hostile/archive_cases.py tests/hostile/bomb_cases.py tests/hostile/case.py tests/hostile/deflate_cases.py tests/hostile/exports.py \
	tests/hostile/measuring.py tests/hostile/text_cases.py tests/hostile/ziplayout.py
long_tests += tests/hostile/run tests/hostile/differential
CLEANFILES += tests/hostile/hostile.tsv
