# The pages of the service: their unit suite, and a preview that the browser tests look at.
if BUILD_ARRAY_UPLOAD
check_PROGRAMS += tests/array-upload/browser/preview
sample_pages = tests/array-upload/browser/sample_pages.c tests/array-upload/browser/sample_pages.h
tests_array_upload_browser_preview_SOURCES = tests/array-upload/browser/preview.c $(sample_pages)
tests_array_upload_browser_preview_CPPFLAGS = $(array_upload_cppflags)
tests_array_upload_browser_preview_LDADD = tools/array-upload/pages/libpages.la

if HAVE_CHECK
check_PROGRAMS += tests/array-upload/test_pages
service_tests += tests/array-upload/test_pages
tests_array_upload_test_pages_SOURCES = tests/array-upload/test_pages.c $(sample_pages)
tests_array_upload_test_pages_CPPFLAGS = $(unit_cppflags)
tests_array_upload_test_pages_LDADD = tools/array-upload/pages/libpages.la $(CHECK_LIBS)
endif
endif

browser_files = tests/array-upload/browser/harness.mjs tests/array-upload/browser/mock.mjs \
	tests/array-upload/browser/upload.test.mjs tests/array-upload/browser/embed.test.mjs \
	tests/array-upload/browser/looks.test.mjs tests/array-upload/browser/operator.test.mjs \
	tests/array-upload/browser/service.test.mjs tests/array-upload/browser/package.json
EXTRA_DIST += $(browser_files)
dist_check_SCRIPTS += tests/array-upload/browser/run.sh
if BUILD_ARRAY_UPLOAD
browser_tests += tests/array-upload/browser/run.sh
endif

clean-local: clean-browser clean-stage
clean-browser:
	rm -rf tests/array-upload/browser/modules
.PHONY: clean-browser
