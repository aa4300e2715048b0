# provider: whose header, and how the rows of that vendor look
libdtcgeno_sources += lib/provider/23andme.c lib/provider/ancestrydna.c lib/provider/foreign.c lib/provider/header.c \
	lib/provider/header.h lib/provider/myheritage.c lib/provider/vendor.c lib/provider/vendor.h lib/provider/wording.c \
	lib/provider/wording.h
EXTRA_DIST += lib/provider/README.md
