# The installed libraries, as programs outside see them.
dist_check_SCRIPTS += tests/api/test_numbers tests/api/test_exports
EXTRA_DIST += tests/api/numbers.txt
TESTS += tests/api/test_numbers tests/api/test_exports
