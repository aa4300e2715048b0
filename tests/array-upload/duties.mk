# Suites of the duties behind httpd. Those that kill a duty link fault_points.c, which takes the place of the product's fault.c.
EXTRA_DIST += tests/array-upload/duty_fixture.h tests/array-upload/service.py
dist_check_SCRIPTS += tests/array-upload/test_service_states.py tests/array-upload/test_service_faults.py \
	tests/array-upload/test_service_real.py tests/array-upload/test_service_seal.py tests/array-upload/test_walkthrough.py \
	tests/array-upload/test_service_analysis.py tests/array-upload/test_service_report.py tests/array-upload/test_service_merge.py \
	tests/array-upload/test_service_database.py tests/array-upload/postgres_duties.sh

if BUILD_ARRAY_UPLOAD
check_PROGRAMS += tests/array-upload/stand_in
tests_array_upload_stand_in_SOURCES = tests/array-upload/stand_in.c
tests_array_upload_stand_in_LDADD = $(ZLIB_LIBS)
service_tests += tests/array-upload/test_service_states.py tests/array-upload/test_service_faults.py \
	tests/array-upload/test_service_real.py tests/array-upload/test_service_seal.py tests/array-upload/test_walkthrough.py \
	tests/array-upload/test_service_analysis.py tests/array-upload/test_service_report.py tests/array-upload/test_service_merge.py

if HAVE_CHECK
duty_suites = tests/array-upload/test_child tests/array-upload/test_target tests/array-upload/test_checkd \
	tests/array-upload/test_worker tests/array-upload/test_stages tests/array-upload/test_hookd
duty_ldadd = tools/array-upload/libduties.la tools/array-upload/libcore.la $(CHECK_LIBS) $(array_upload_libs)
duty_fixture = tests/array-upload/duty_fixture.c tests/array-upload/fault_points.c
tests_array_upload_test_child_SOURCES = tests/array-upload/test_child.c
tests_array_upload_test_child_CPPFLAGS = $(array_upload_cppflags) $(CHECK_CFLAGS)
tests_array_upload_test_child_LDADD = $(duty_ldadd)
tests_array_upload_test_target_SOURCES = tests/array-upload/test_target.c
tests_array_upload_test_target_CPPFLAGS = $(array_upload_cppflags) $(CHECK_CFLAGS)
tests_array_upload_test_target_LDADD = $(duty_ldadd)
tests_array_upload_test_checkd_SOURCES = tests/array-upload/test_checkd.c $(duty_fixture)
tests_array_upload_test_checkd_CPPFLAGS = $(array_upload_cppflags) $(CHECK_CFLAGS)
tests_array_upload_test_checkd_LDADD = $(duty_ldadd)
tests_array_upload_test_worker_SOURCES = tests/array-upload/test_worker.c $(duty_fixture)
tests_array_upload_test_worker_CPPFLAGS = $(array_upload_cppflags) $(CHECK_CFLAGS)
tests_array_upload_test_worker_LDADD = $(duty_ldadd)
tests_array_upload_test_stages_SOURCES = tests/array-upload/test_stages.c $(duty_fixture)
tests_array_upload_test_stages_CPPFLAGS = $(array_upload_cppflags) $(CHECK_CFLAGS)
tests_array_upload_test_stages_LDADD = $(duty_ldadd)
tests_array_upload_test_hookd_SOURCES = tests/array-upload/test_hookd.c $(duty_fixture)
tests_array_upload_test_hookd_CPPFLAGS = $(array_upload_cppflags) $(CHECK_CFLAGS)
tests_array_upload_test_hookd_LDADD = $(duty_ldadd)
check_PROGRAMS += $(duty_suites)
service_tests += $(duty_suites) tests/array-upload/postgres_duties.sh
endif
endif
