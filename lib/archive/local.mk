# archive: added to the library's list of sources
libdtcgeno_sources += lib/archive/archive.h lib/archive/aside.c lib/archive/aside.h lib/archive/end.c lib/archive/end.h lib/archive/extra.c lib/archive/extra.h \
	lib/archive/field.h lib/archive/gzip.c lib/archive/gzip.h lib/archive/inflate/inflate.h lib/archive/inflate/fast.c \
	lib/archive/inflate/native.c lib/archive/inflate/state.h lib/archive/inflate/tables.c \
	lib/archive/inflate/tables.h lib/archive/inflate/zlib.c lib/archive/kind.c lib/archive/kind.h lib/archive/local.c lib/archive/local.h \
	lib/archive/name.c lib/archive/name.h lib/archive/outlet.c lib/archive/outlet.h lib/archive/pump.c \
	lib/archive/pump.h lib/archive/source.c lib/archive/source.h lib/archive/versions.c lib/archive/walker.c lib/archive/walker.h \
	lib/archive/window.c lib/archive/window.h \
	lib/archive/zipfile.c lib/archive/zipfile.h
