# tests of: array-upload
include tests/array-upload/browser/local.mk

EXTRA_DIST += tests/array-upload/fixture.h tests/array-upload/world.h tests/array-upload/schema.py tests/array-upload/crypt4gh_reader.py
dist_check_SCRIPTS += tests/array-upload/postgres.sh tests/array-upload/test_service_api.py \
	tests/array-upload/test_service_page.py \
	tests/array-upload/s3_double.py tests/array-upload/test_service_many.py tests/array-upload/test_service_access.py \
	tests/array-upload/test_service_diagnosis.py tests/array-upload/test_service_store.py \
	tests/array-upload/test_service_crypt4gh.py tests/array-upload/test_service_person.py \
	tests/array-upload/test_service_operators.py tests/array-upload/test_service_installed.py \
	tests/array-upload/test_service_upgrade.py

if BUILD_ARRAY_UPLOAD
if HAVE_CHECK
array_upload_suites = tests/array-upload/test_util tests/array-upload/test_store tests/array-upload/test_store_sessions \
	tests/array-upload/test_blob tests/array-upload/test_seal tests/array-upload/test_memory_file
tests_array_upload_test_memory_file_SOURCES = tests/array-upload/test_memory_file.c tools/array-upload/httpd/http/memory_file.c
tests_array_upload_test_memory_file_CPPFLAGS = $(array_upload_cppflags) $(CHECK_CFLAGS)
tests_array_upload_test_memory_file_LDADD = tools/array-upload/libcore.la $(CHECK_LIBS) $(array_upload_libs)
tests_array_upload_test_util_SOURCES = tests/array-upload/test_util.c
tests_array_upload_test_util_CPPFLAGS = $(array_upload_cppflags) $(CHECK_CFLAGS)
tests_array_upload_test_util_LDADD = tools/array-upload/libcore.la $(CHECK_LIBS) $(array_upload_libs)
tests_array_upload_test_store_SOURCES = tests/array-upload/test_store.c
tests_array_upload_test_store_CPPFLAGS = $(array_upload_cppflags) $(CHECK_CFLAGS)
tests_array_upload_test_store_LDADD = tools/array-upload/libcore.la $(CHECK_LIBS) $(array_upload_libs)
tests_array_upload_test_store_sessions_SOURCES = tests/array-upload/test_store_sessions.c
tests_array_upload_test_store_sessions_CPPFLAGS = $(array_upload_cppflags) $(CHECK_CFLAGS)
tests_array_upload_test_store_sessions_LDADD = tools/array-upload/libcore.la $(CHECK_LIBS) $(array_upload_libs)
tests_array_upload_test_blob_SOURCES = tests/array-upload/test_blob.c
tests_array_upload_test_blob_CPPFLAGS = $(array_upload_cppflags) $(CHECK_CFLAGS)
tests_array_upload_test_blob_LDADD = tools/array-upload/libcore.la $(CHECK_LIBS) $(array_upload_libs)
tests_array_upload_test_seal_SOURCES = tests/array-upload/test_seal.c
tests_array_upload_test_seal_CPPFLAGS = $(array_upload_cppflags) $(CHECK_CFLAGS)
tests_array_upload_test_seal_LDADD = tools/array-upload/libcore.la $(CHECK_LIBS) $(array_upload_libs)
check_PROGRAMS += $(array_upload_suites)
service_tests += $(array_upload_suites) tests/array-upload/postgres.sh tests/array-upload/s3_double.py
endif
service_tests += tests/array-upload/test_service_api.py tests/array-upload/test_service_page.py tests/array-upload/test_service_many.py \
	tests/array-upload/test_service_access.py tests/array-upload/test_service_diagnosis.py tests/array-upload/test_service_store.py \
	tests/array-upload/test_service_crypt4gh.py tests/array-upload/test_service_person.py \
	tests/array-upload/test_service_operators.py tests/array-upload/test_service_installed.py \
	tests/array-upload/test_service_upgrade.py
endif
include tests/array-upload/duties.mk
