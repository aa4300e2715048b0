# text: bytes -> lines -> fields
libdtcgeno_sources += lib/text/fields.c lib/text/fields.h lib/text/lines.c lib/text/lines.h lib/text/marks.h lib/text/numbers.h
