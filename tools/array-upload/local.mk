# array-upload: one program, one process a duty. Each duty's folder has its own fragment.
EXTRA_DIST += tools/array-upload/README

if BUILD_ARRAY_UPLOAD
array_upload_cppflags = $(AM_CPPFLAGS) $(MICROHTTPD_CFLAGS) $(JANSSON_CFLAGS) $(OPENSSL_CFLAGS) $(SQLITE_CFLAGS) \
	$(CURL_CFLAGS) $(SECCOMP_CFLAGS) $(LIBPQ_CFLAGS) $(QRENCODE_CFLAGS)
array_upload_libs = $(MICROHTTPD_LIBS) $(JANSSON_LIBS) $(OPENSSL_LIBS) $(SQLITE_LIBS) $(CURL_LIBS) $(SECCOMP_LIBS) \
	$(LIBPQ_LIBS) $(QRENCODE_LIBS) $(ZLIB_LIBS) -lpthread
endif

EXTRA_DIST += tools/array-upload/service.h \
	tools/array-upload/util/arena.h tools/array-upload/util/clock.h tools/array-upload/util/config.h \
	tools/array-upload/util/crypto.h tools/array-upload/util/encode.h tools/array-upload/util/jwt.h \
	tools/array-upload/util/log.h \
	tools/array-upload/store/db.h tools/array-upload/store/store.h tools/array-upload/store/types.h \
	tools/array-upload/blob/blob.h

include tools/array-upload/pages/local.mk
include tools/array-upload/duties.mk
