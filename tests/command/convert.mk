# genotype-convert; the genome and the exports are made by the test.
if HAVE_HTSLIB
TESTS += tests/command/test_convert tests/command/test_mistakes
endif
dist_check_SCRIPTS += tests/command/test_convert tests/command/test_mistakes
EXTRA_DIST += tests/command/convert_fixture.py
