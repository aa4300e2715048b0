# The Python package, as a program sees it: once with NumPy and pandas, where they are there, and once without.
dist_check_SCRIPTS += tests/python/test_python
EXTRA_DIST += tests/python/staged tests/python/arrow_consumer.py tests/python/plain.py tests/python/support.py \
	tests/python/test_arrow.py \
	tests/python/test_convert.py tests/python/test_errors.py tests/python/test_frame.py \
	tests/python/test_hostile.py tests/python/test_install.py \
	tests/python/test_life.py tests/python/test_readme.py tests/python/test_snps.py tests/python/test_table.py \
	tests/python/test_verdict.py
if HAVE_PYTHON
TESTS += tests/python/test_python
endif
