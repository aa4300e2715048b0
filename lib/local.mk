# libdtcgeno: one convenience library with everything in it, which the unit tests link too, and the installed one
# around it, which shows only what dtcgeno.h declares.
include lib/base/local.mk

libdtcgeno_sources =
include lib/archive/local.mk
include lib/text/local.mk
include lib/provider/local.mk
include lib/genome/local.mk
include lib/table/local.mk
include lib/quality/local.mk
include lib/schema/local.mk

noinst_LTLIBRARIES += lib/libparts.la
lib_libparts_la_SOURCES = $(libdtcgeno_sources)
lib_libparts_la_CPPFLAGS = $(AM_CPPFLAGS) $(LIBZIP_CFLAGS) $(ZLIB_CFLAGS)
lib_libparts_la_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden
lib_libparts_la_LIBADD = lib/libbase.la $(LIBZIP_LIBS) $(ZLIB_LIBS)

lib_LTLIBRARIES += lib/libdtcgeno.la
lib_libdtcgeno_la_SOURCES =
lib_libdtcgeno_la_LIBADD = lib/libparts.la
# What may change, and what these numbers then become: lib/README.md.
lib_libdtcgeno_la_LDFLAGS = $(HARDENING_LDFLAGS) -version-info 1:0:0 -no-undefined
EXTRA_lib_libdtcgeno_la_DEPENDENCIES = lib/libdtcgeno.map
if HAVE_VERSION_SCRIPT
lib_libdtcgeno_la_LDFLAGS += -Wl,--version-script=$(srcdir)/lib/libdtcgeno.map
endif
EXTRA_DIST += lib/README.md lib/libdtcgeno.map

include_HEADERS = include/dtcgeno.h include/dtcgeno-lists.h
dist_man_MANS += lib/libdtcgeno.3
pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = lib/dtcgeno.pc
