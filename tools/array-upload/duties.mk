# The duties behind httpd and what they share. A convenience library: the service and the program of its fault tests link it.
EXTRA_DIST += tools/array-upload/README.md \
	tools/array-upload/child/cage.h tools/array-upload/child/child.h tools/array-upload/child/fault.h \
	tools/array-upload/child/program.h tools/array-upload/child/verdict.h tools/array-upload/checkd/check.h \
	tools/array-upload/checkd/message.h tools/array-upload/hookd/post.h tools/array-upload/hookd/schedule.h \
	tools/array-upload/serve/options.h tools/array-upload/serve/supervisor.h tools/array-upload/util/target.h \
	tools/array-upload/worker/adopt.h tools/array-upload/worker/deliverable.h tools/array-upload/worker/folder.h tools/array-upload/worker/job.h \
	tools/array-upload/worker/analysis.h tools/array-upload/worker/convert.h tools/array-upload/worker/findings.h \
	tools/array-upload/worker/fetch.h tools/array-upload/worker/merge.h tools/array-upload/worker/run.h tools/array-upload/worker/stage.h \
	tools/array-upload/worker/mark.h tools/array-upload/worker/reference.h tools/array-upload/worker/sweep.h \
	tools/array-upload/worker/trial.h

if BUILD_ARRAY_UPLOAD
noinst_LTLIBRARIES += tools/array-upload/libduties.la
tools_array_upload_libduties_la_SOURCES = \
	tools/array-upload/child/cage.c tools/array-upload/child/child.c tools/array-upload/child/fault.c \
	tools/array-upload/child/program.c tools/array-upload/child/verdict.c \
	tools/array-upload/checkd/check.c tools/array-upload/checkd/checkd.c tools/array-upload/checkd/message.c \
	tools/array-upload/hookd/hookd.c tools/array-upload/hookd/post.c tools/array-upload/hookd/schedule.c \
	tools/array-upload/serve/duty.c tools/array-upload/serve/options.c tools/array-upload/serve/serve.c \
	tools/array-upload/serve/supervisor.c tools/array-upload/util/target.c \
	tools/array-upload/worker/adopt.c tools/array-upload/worker/analysis.c tools/array-upload/worker/convert.c \
	tools/array-upload/worker/fetch.c tools/array-upload/worker/merge.c tools/array-upload/worker/findings.c tools/array-upload/worker/stage.c tools/array-upload/worker/deliverable.c tools/array-upload/worker/folder.c tools/array-upload/worker/job.c \
	tools/array-upload/worker/mark.c tools/array-upload/worker/reference.c tools/array-upload/worker/run.c tools/array-upload/worker/sweep.c \
	tools/array-upload/worker/trial.c tools/array-upload/worker/worker.c
tools_array_upload_libduties_la_CPPFLAGS = $(array_upload_cppflags) $(ZLIB_CFLAGS) \
	-DPROGRAM_BINDIR='"$(bindir)"' -DPROGRAM_LIBDIR='"$(libdir)"' -DPROGRAM_LIBEXECDIR='"$(libexecdir)/libdtcgeno"'
tools_array_upload_libduties_la_LIBADD = tools/libcommon.la
endif
