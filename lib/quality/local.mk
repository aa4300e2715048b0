# quality: figures from the rows and what they tell
libdtcgeno_sources += lib/quality/array.c lib/quality/build.c lib/quality/quality.c lib/quality/quality.h lib/quality/sex.c
