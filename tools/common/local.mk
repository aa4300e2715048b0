# common: what several tools share and the library must not have: the sandbox, faults in words, files that appear whole.
noinst_LTLIBRARIES += tools/libcommon.la
tools_libcommon_la_SOURCES = tools/common/command_line.c tools/common/command_line.h \
	tools/common/confinement.c tools/common/confinement.h tools/common/page.c \
	tools/common/page.h tools/common/page_table.c tools/common/fault.c tools/common/fault.h tools/common/heap.c tools/common/heap.h \
	tools/common/number.c tools/common/number.h tools/common/output.c tools/common/output.h \
	tools/common/progress.c tools/common/progress.h \
	tools/common/sandbox.c tools/common/sandbox.h tools/common/sandbox_filter.c tools/common/sandbox_filter.h \
	tools/common/temporary.c tools/common/temporary.h
tools_libcommon_la_CPPFLAGS = $(AM_CPPFLAGS) $(SECCOMP_CFLAGS)
tools_libcommon_la_CFLAGS = $(AM_CFLAGS) -pthread
tools_libcommon_la_LIBADD = $(SECCOMP_LIBS)
