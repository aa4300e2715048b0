# The HTTP side, the operator's command line, and the program itself.
if BUILD_ARRAY_UPLOAD
bin_PROGRAMS += array-upload
dist_man_MANS += tools/array-upload/array-upload.8
array_upload_SOURCES = tools/array-upload/main.c tools/array-upload/admin/admin.c tools/array-upload/admin/admin.h \
	tools/array-upload/admin/bootstrap.c tools/array-upload/admin/certificate.c \
	tools/array-upload/admin/doctor.c tools/array-upload/admin/keys.c tools/array-upload/admin/objects.c \
	tools/array-upload/admin/sample.c tools/array-upload/admin/store.c tools/array-upload/admin/words.c \
	tools/array-upload/deeds/access.c tools/array-upload/deeds/accounts.c tools/array-upload/deeds/brand.c tools/array-upload/deeds/brand.h \
	tools/array-upload/deeds/certificate.c tools/array-upload/deeds/certificate.h \
	tools/array-upload/deeds/deed.c tools/array-upload/deeds/deed.h tools/array-upload/deeds/keyring.c \
	tools/array-upload/deeds/keyring.h tools/array-upload/deeds/person.c tools/array-upload/deeds/record_json.c \
	tools/array-upload/deeds/record_json.h tools/array-upload/deeds/projects.c tools/array-upload/deeds/roles.c \
	tools/array-upload/deeds/roles.h tools/array-upload/deeds/samples.c tools/array-upload/deeds/sessions.c \
	tools/array-upload/deeds/subscriptions.c tools/array-upload/deeds/tokens.c \
	tools/array-upload/httpd/httpd.h \
	tools/array-upload/httpd/monitor.c tools/array-upload/httpd/monitor.h tools/array-upload/httpd/routes.c \
	tools/array-upload/httpd/server.c \
	tools/array-upload/httpd/http/body.c tools/array-upload/httpd/http/connection.c \
	tools/array-upload/httpd/http/guard.c tools/array-upload/httpd/http/limit.c tools/array-upload/httpd/http/limit.h \
	tools/array-upload/httpd/http/listen.c tools/array-upload/httpd/http/listen.h tools/array-upload/httpd/http/reply.c \
	tools/array-upload/httpd/http/request.c tools/array-upload/httpd/http/request.h \
	tools/array-upload/httpd/http/route.c tools/array-upload/httpd/http/times.c \
	tools/array-upload/httpd/api/accounts.c tools/array-upload/httpd/api/api.h tools/array-upload/httpd/api/auth.c \
	tools/array-upload/httpd/api/catalog.c tools/array-upload/httpd/api/fields.c tools/array-upload/httpd/api/fields.h \
	tools/array-upload/httpd/api/files.c tools/array-upload/httpd/api/merges.c tools/array-upload/httpd/api/person.c tools/array-upload/httpd/api/jwt.c \
	tools/array-upload/httpd/api/project_samples.c tools/array-upload/httpd/api/projects.c \
	tools/array-upload/httpd/api/reports.c tools/array-upload/httpd/api/results.c tools/array-upload/httpd/api/results.h \
	tools/array-upload/httpd/api/samples.c tools/array-upload/httpd/api/sessions.c \
	tools/array-upload/httpd/api/subscriptions.c tools/array-upload/httpd/api/variants.c \
	tools/array-upload/httpd/page/check_client.c tools/array-upload/httpd/page/consent.c \
	tools/array-upload/httpd/page/consent.h tools/array-upload/httpd/page/leftover.c \
	tools/array-upload/httpd/page/leftover.h tools/array-upload/httpd/page/link.c tools/array-upload/httpd/page/link.h \
	tools/array-upload/httpd/http/memory_file.c tools/array-upload/httpd/http/memory_file.h \
	tools/array-upload/httpd/page/page.c tools/array-upload/httpd/page/page.h \
	tools/array-upload/httpd/page/report.c tools/array-upload/httpd/page/reasons.c tools/array-upload/httpd/page/reasons.h \
	tools/array-upload/httpd/page/person.c \
	tools/array-upload/httpd/page/takeout.c tools/array-upload/httpd/page/takeout.h \
	tools/array-upload/httpd/page/upload.c tools/array-upload/httpd/page/upload.h tools/array-upload/httpd/page/visit.c \
	tools/array-upload/httpd/operator/account.c tools/array-upload/httpd/operator/reply.c \
	tools/array-upload/httpd/operator/audit.c tools/array-upload/httpd/operator/brand.c \
	tools/array-upload/httpd/operator/hooks.c tools/array-upload/httpd/operator/lists.c \
	tools/array-upload/httpd/operator/operator.h tools/array-upload/httpd/operator/samples.c \
	tools/array-upload/httpd/operator/session.c tools/array-upload/httpd/operator/settings.c \
	tools/array-upload/httpd/operator/users.c
array_upload_CPPFLAGS = $(array_upload_cppflags) $(ZLIB_CFLAGS) -DDTC_VERSION='"$(PACKAGE_VERSION)"'
array_upload_LDADD = tools/array-upload/libduties.la tools/array-upload/pages/libpages.la \
	tools/array-upload/libcore.la $(array_upload_libs)
endif
