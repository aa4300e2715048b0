# array-upload: one program, one process a duty. Each duty's folder has its own fragment, which adds to array_upload_sources.
array_upload_migrations_sqlite = tools/array-upload/store/migrations/sqlite/0001_start.sql \
	tools/array-upload/store/migrations/sqlite/0002_consents.sql \
	tools/array-upload/store/migrations/sqlite/0003_trust.sql \
	tools/array-upload/store/migrations/sqlite/0004_stages.sql \
	tools/array-upload/store/migrations/sqlite/0005_report.sql \
	tools/array-upload/store/migrations/sqlite/0006_merges.sql
array_upload_migrations_postgres = tools/array-upload/store/migrations/postgres/0001_start.sql \
	tools/array-upload/store/migrations/postgres/0002_consents.sql \
	tools/array-upload/store/migrations/postgres/0003_trust.sql \
	tools/array-upload/store/migrations/postgres/0004_stages.sql \
	tools/array-upload/store/migrations/postgres/0005_report.sql \
	tools/array-upload/store/migrations/postgres/0006_merges.sql
EXTRA_DIST += tools/array-upload/demo tools/array-upload/README $(array_upload_migrations_sqlite) $(array_upload_migrations_postgres)
CLEANFILES += tools/array-upload/store/migrations.c

# Each migration becomes one C string of its list; the numbers in the names are the order.
tools/array-upload/store/migrations.c: $(array_upload_migrations_sqlite) $(array_upload_migrations_postgres)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && { \
	echo '#include "array-upload/store/migrations.h"'; \
	for d in sqlite postgres; do \
	  echo "const char *const migrations_$$d[] = {"; \
	  if test $$d = sqlite; then list='$(array_upload_migrations_sqlite)'; else list='$(array_upload_migrations_postgres)'; fi; \
	  for f in $$list; do \
	    file=$$f; test -f "$$file" || file='$(srcdir)'/$$f; \
	    sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/"/' -e 's/$$/\\n"/' "$$file" || exit 1; echo ','; \
	  done; \
	  echo '};'; \
	done; \
	echo 'const unsigned migrations_count = sizeof migrations_sqlite / sizeof migrations_sqlite[0];'; \
	} > $@.tmp && mv $@.tmp $@

# Installed beside the program: what it offers, what can be set, and how systemd runs it (with the paths of the prefix).
array_upload_units = tools/array-upload/systemd/array-upload.service tools/array-upload/systemd/array-upload@.service
EXTRA_DIST += tools/array-upload/systemd/array-upload.service.in tools/array-upload/systemd/array-upload@.service.in \
	tools/array-upload/openapi.yaml tools/array-upload/array-upload.conf
CLEANFILES += $(array_upload_units)
$(array_upload_units): %: %.in Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
	sed -e 's|@bindir[@]|$(bindir)|' -e 's|@sysconfdir[@]|$(sysconfdir)|' $< >$@.tmp && mv $@.tmp $@

if BUILD_ARRAY_UPLOAD
arrayuploaddir = $(datadir)/array-upload
arrayupload_DATA = tools/array-upload/openapi.yaml tools/array-upload/array-upload.conf
arrayuploaddocdir = $(docdir)/array-upload
arrayuploaddoc_DATA = tools/array-upload/README.md
systemdunitdir = $(prefix)/lib/systemd/system
systemdunit_DATA = $(array_upload_units)

array_upload_cppflags = $(AM_CPPFLAGS) $(MICROHTTPD_CFLAGS) $(JANSSON_CFLAGS) $(OPENSSL_CFLAGS) $(SQLITE_CFLAGS) \
	$(CURL_CFLAGS) $(LIBPQ_CFLAGS) $(QRENCODE_CFLAGS) -include config.h
array_upload_libs = $(MICROHTTPD_LIBS) $(JANSSON_LIBS) $(OPENSSL_LIBS) $(SQLITE_LIBS) $(CURL_LIBS) \
	$(LIBPQ_LIBS) $(QRENCODE_LIBS) $(ZLIB_LIBS) -lpthread

# What all duties stand on; the suites link it, too.
noinst_LTLIBRARIES += tools/array-upload/libcore.la
tools_array_upload_libcore_la_SOURCES = tools/array-upload/service.c tools/array-upload/service.h \
	tools/array-upload/util/address.c tools/array-upload/util/address.h \
	tools/array-upload/util/arena.c tools/array-upload/util/arena.h \
	tools/array-upload/util/clock.c tools/array-upload/util/clock.h \
	tools/array-upload/util/config.c tools/array-upload/util/config.h \
	tools/array-upload/util/crypto.c tools/array-upload/util/crypto.h \
	tools/array-upload/util/encode.c tools/array-upload/util/encode.h \
	tools/array-upload/util/jwt.c tools/array-upload/util/jwt.h \
	tools/array-upload/util/log.c tools/array-upload/util/log.h \
	tools/array-upload/util/totp.c tools/array-upload/util/totp.h \
	tools/array-upload/store/access.c tools/array-upload/store/accounts.c tools/array-upload/store/attempts.c tools/array-upload/store/consents.c \
	tools/array-upload/db/db.c tools/array-upload/db/db.h tools/array-upload/db/params.h tools/array-upload/db/result.h tools/array-upload/store/internal.h \
	tools/array-upload/store/ledger.c tools/array-upload/store/merges.c tools/array-upload/store/migrations.h tools/array-upload/store/moves.c \
	tools/array-upload/store/looks.c tools/array-upload/store/person.c \
	tools/array-upload/store/projects.c tools/array-upload/store/purge.c tools/array-upload/store/queue.c tools/array-upload/store/quota.c \
	tools/array-upload/store/sample_lists.c tools/array-upload/store/samples.c tools/array-upload/store/sealed.c \
	tools/array-upload/store/search.c tools/array-upload/store/sessions.c tools/array-upload/db/sqlite.c \
	tools/array-upload/store/stages.c \
	tools/array-upload/store/store.c tools/array-upload/store/store.h tools/array-upload/store/types.h \
	tools/array-upload/store/webhooks.c \
	tools/array-upload/blob/backends.h tools/array-upload/blob/blob.c tools/array-upload/blob/blob.h \
	tools/array-upload/blob/local.c \
	tools/array-upload/seal/crypt4gh.c tools/array-upload/seal/crypt4gh.h \
	tools/array-upload/seal/kek.c tools/array-upload/seal/kek.h tools/array-upload/seal/keystore.c \
	tools/array-upload/seal/keystore.h tools/array-upload/seal/object.c tools/array-upload/seal/object.h \
	tools/array-upload/seal/output.c tools/array-upload/seal/output.h tools/array-upload/seal/segment.c \
	tools/array-upload/seal/segment.h
if HAVE_POSTGRESQL
tools_array_upload_libcore_la_SOURCES += tools/array-upload/db/postgres.c
endif
if HAVE_S3
tools_array_upload_libcore_la_SOURCES += tools/array-upload/blob/s3.c
endif
nodist_tools_array_upload_libcore_la_SOURCES = tools/array-upload/store/migrations.c
tools_array_upload_libcore_la_CPPFLAGS = $(array_upload_cppflags)
tools_array_upload_libcore_la_LIBADD = $(array_upload_libs)
endif

include tools/array-upload/pages/local.mk
include tools/array-upload/duties.mk
include tools/array-upload/httpd.mk
