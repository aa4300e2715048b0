# base: status, diagnostics, allocation, views, JSON. The tools' reports use its JSON writer, so it is linked by itself.
noinst_LTLIBRARIES += lib/libbase.la
lib_libbase_la_SOURCES = lib/base/alloc.c lib/base/alloc.h lib/base/block.c lib/base/block.h lib/base/bytes.h lib/base/crc32.c lib/base/crc32.h lib/base/counts.h lib/base/diag.c lib/base/diag.h \
	lib/base/json.c lib/base/json.h lib/base/marker.c lib/base/marker.h lib/base/status.c lib/base/utf8.h lib/base/view.h lib/base/writeback.h
lib_libbase_la_CPPFLAGS = $(AM_CPPFLAGS) $(ZLIB_CFLAGS)
lib_libbase_la_LIBADD = $(ZLIB_LIBS)
lib_libbase_la_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden
