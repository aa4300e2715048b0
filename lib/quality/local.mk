# quality: figures from the rows, what they tell, the verdict and its words, validation and loading
libdtcgeno_sources += lib/quality/array.c lib/quality/whole.c lib/quality/build.c lib/quality/identify.c lib/quality/load.c \
	lib/quality/options.c lib/quality/options.h lib/quality/pumps.c lib/quality/pumps.h lib/quality/quality.c lib/quality/quality.h \
	lib/quality/reader.c lib/quality/reader.h lib/quality/sex.c lib/quality/validate.c lib/quality/verdict.c \
	lib/quality/verdict.h lib/quality/verdict_get.c lib/quality/verdict_json.c lib/quality/verdict_line.c
