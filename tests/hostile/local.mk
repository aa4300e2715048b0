# hostile: archives and texts that must be refused, and good ones that must not; made by a script, nothing binary is kept.
check_PROGRAMS += tests/hostile/archive_cat
tests_hostile_archive_cat_SOURCES = tests/hostile/archive_cat.c
tests_hostile_archive_cat_LDADD = lib/libparts.la
