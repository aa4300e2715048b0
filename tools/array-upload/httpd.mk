# The HTTP side, the operator's command line, and the program itself.
if BUILD_ARRAY_UPLOAD
bin_PROGRAMS += array-upload
array_upload_SOURCES = tools/array-upload/main.c \
	tools/array-upload/admin/admin.c tools/array-upload/admin/admin.h tools/array-upload/admin/bootstrap.c \
	tools/array-upload/admin/doctor.c tools/array-upload/admin/objects.c \
	tools/array-upload/httpd/address.c tools/array-upload/httpd/address.h \
	tools/array-upload/httpd/api.h tools/array-upload/httpd/api_accounts.c tools/array-upload/httpd/api_catalog.c \
	tools/array-upload/httpd/api_files.c tools/array-upload/httpd/api_jwt.c \
	tools/array-upload/httpd/api_project_samples.c tools/array-upload/httpd/api_projects.c \
	tools/array-upload/httpd/api_reports.c tools/array-upload/httpd/api_samples.c \
	tools/array-upload/httpd/api_sessions.c tools/array-upload/httpd/api_subscriptions.c tools/array-upload/httpd/api_variants.c \
	tools/array-upload/httpd/auth.c tools/array-upload/httpd/body.c tools/array-upload/httpd/check_client.c \
	tools/array-upload/httpd/connection.c tools/array-upload/httpd/fields.c tools/array-upload/httpd/fields.h \
	tools/array-upload/httpd/guard.c tools/array-upload/httpd/httpd.h \
	tools/array-upload/httpd/keyring.c tools/array-upload/httpd/keyring.h \
	tools/array-upload/httpd/leftover.c tools/array-upload/httpd/leftover.h \
	tools/array-upload/httpd/limit.c tools/array-upload/httpd/limit.h \
	tools/array-upload/httpd/listen.c tools/array-upload/httpd/listen.h \
	tools/array-upload/httpd/monitor.c tools/array-upload/httpd/monitor.h tools/array-upload/httpd/operator.h \
	tools/array-upload/httpd/operator_account.c tools/array-upload/httpd/operator_call.c \
	tools/array-upload/httpd/operator_hooks.c tools/array-upload/httpd/operator_lists.c \
	tools/array-upload/httpd/operator_samples.c tools/array-upload/httpd/operator_session.c \
	tools/array-upload/httpd/page.c tools/array-upload/httpd/page.h \
	tools/array-upload/httpd/reasons.c tools/array-upload/httpd/reasons.h tools/array-upload/httpd/reply.c \
	tools/array-upload/httpd/request.c tools/array-upload/httpd/request.h \
	tools/array-upload/httpd/roles.c tools/array-upload/httpd/roles.h tools/array-upload/httpd/route.c \
	tools/array-upload/httpd/server.c tools/array-upload/httpd/upload.c tools/array-upload/httpd/upload.h \
	tools/array-upload/httpd/visit.c
array_upload_CPPFLAGS = $(array_upload_cppflags) $(ZLIB_CFLAGS) -DDTC_VERSION='"$(PACKAGE_VERSION)"'
array_upload_LDADD = tools/array-upload/libduties.la tools/array-upload/pages/libpages.la \
	tools/array-upload/libcore.la $(array_upload_libs)
endif
