# vendor: whose header, and how the rows of that vendor look
libdtcgeno_sources += lib/vendor/23andme.c lib/vendor/ancestrydna.c lib/vendor/foreign.c lib/vendor/header.c \
	lib/vendor/header.h lib/vendor/myheritage.c lib/vendor/vendor.c lib/vendor/vendor.h lib/vendor/wording.c \
	lib/vendor/wording.h
EXTRA_DIST += lib/vendor/README.md
