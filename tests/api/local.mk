# The installed libraries, as programs outside see them.
dist_check_SCRIPTS += tests/api/test_numbers
EXTRA_DIST += tests/api/numbers.txt
TESTS += tests/api/test_numbers
