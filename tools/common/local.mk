# common: what several tools share and the library must not have: the sandbox.
noinst_LTLIBRARIES += tools/libcommon.la
tools_libcommon_la_SOURCES = tools/common/sandbox.c tools/common/sandbox.h
tools_libcommon_la_CFLAGS = $(AM_CFLAGS)
