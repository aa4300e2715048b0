# The installed libraries, as programs outside see them.
dist_check_SCRIPTS += tests/api/test_numbers tests/api/test_exports tests/api/test_install
EXTRA_DIST += tests/api/numbers.txt tests/api/every_function.c tests/api/every_function_vcf.c tests/api/growth.c \
	lib/examples/het_calls.c lib/examples/to_vcf.c
TESTS += tests/api/test_numbers tests/api/test_exports tests/api/test_install
