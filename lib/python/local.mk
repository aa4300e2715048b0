# The Python package dtcgeno: an extension of the limited API (one build serves every Python from 3.11 on) and the
# modules around it.
python_modules = lib/python/dtcgeno/__init__.py lib/python/dtcgeno/_convert.py lib/python/dtcgeno/_errors.py \
	lib/python/dtcgeno/_native.pyi lib/python/dtcgeno/_read.py lib/python/dtcgeno/_source.py \
	lib/python/dtcgeno/_table.py lib/python/dtcgeno/_verdict.py lib/python/dtcgeno/py.typed \
	lib/python/dtcgeno/snps.py
EXTRA_DIST += lib/python/README.md $(python_modules)

if HAVE_PYTHON
pythonpackagedir = $(pythondir)/dtcgeno
pythonpackage_DATA = $(python_modules)
pythonpackage_LTLIBRARIES = lib/python/_native.la
lib_python__native_la_SOURCES = \
	lib/python/native/arrow.c lib/python/native/arrow.h \
	lib/python/native/arrow_abi.h lib/python/native/arrow_columns.c \
	lib/python/native/arrow_columns.h lib/python/native/column.c \
	lib/python/native/column.h lib/python/native/module.c \
	lib/python/native/module.h lib/python/native/request.c \
	lib/python/native/request.h lib/python/native/rows.c \
	lib/python/native/rows.h lib/python/native/table.c \
	lib/python/native/table.h lib/python/native/text.c \
	lib/python/native/text.h lib/python/native/verdict.c \
	lib/python/native/verdict.h
lib_python__native_la_CPPFLAGS = $(AM_CPPFLAGS) $(PYTHON_CFLAGS) -DPy_LIMITED_API=0x030b0000
lib_python__native_la_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden
lib_python__native_la_LDFLAGS = $(HARDENING_LDFLAGS) -module -avoid-version -shrext .abi3.so
lib_python__native_la_LIBADD = lib/libdtcgeno.la -lpthread

# Linked again against the library where it is installed, which must be there first. By a variable, because automake
# writes no rule of its own where it sees one of that name.
install_python = install-pythonpackageLTLIBRARIES
$(install_python): install-libLTLIBRARIES
# libtool's own file is of no use to Python; without it libtool does not find what to remove. A package is data to automake.
data_hooks += tidy-python
tidy-python:
	rm -f '$(DESTDIR)$(pythonpackagedir)/_native.la'
uninstall-local: uninstall-pythonpackageDATA
	rm -f '$(DESTDIR)$(pythonpackagedir)/_native.abi3.so'
	rmdir '$(DESTDIR)$(pythonpackagedir)' 2>/dev/null || :
endif
