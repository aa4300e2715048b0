# vcf, room by room: reference/ knows bases, sites/ known variants, resolve/ makes records of rows, writer/ writes them by
# htslib, fast/ is the encoder of lines that --fast takes instead. What htslib needs stands here and in the tools over it.
vcf_writer_sources = \
	lib/vcf/record.h lib/vcf/writer/handover.c \
	lib/vcf/writer/handover.h lib/vcf/writer/header.c \
	lib/vcf/writer/header.h lib/vcf/writer/hts_header.c \
	lib/vcf/writer/hts_header.h lib/vcf/writer/hts_parcel.c \
	lib/vcf/writer/hts_parcel.h lib/vcf/writer/hts_record.c \
	lib/vcf/writer/hts_record.h lib/vcf/writer/hts_writer.c \
	lib/vcf/writer/layout.c lib/vcf/writer/layout.h \
	lib/vcf/writer/read_back.c lib/vcf/writer/read_back.h \
	lib/vcf/writer/vcf_text.c lib/vcf/writer/vcf_text.h \
	lib/vcf/writer/writer.h lib/vcf/fast/bgzf_block.c \
	lib/vcf/fast/bgzf_block.h lib/vcf/fast/block_writer.c \
	lib/vcf/fast/block_writer.h lib/vcf/fast/deflate_block.c \
	lib/vcf/fast/deflate_block.h lib/vcf/fast/fast_writer.c \
	lib/vcf/fast/huffman.c lib/vcf/fast/huffman.h \
	lib/vcf/fast/index.c lib/vcf/fast/index.h \
	lib/vcf/fast/line_deflate.c lib/vcf/fast/line_deflate.h

vcf_middle_sources = \
	lib/vcf/record.h lib/vcf/reference/check.c \
	lib/vcf/reference/check.h lib/vcf/reference/fasta.c \
	lib/vcf/reference/fasta.h lib/vcf/reference/fasta_index.c \
	lib/vcf/reference/kind.c lib/vcf/reference/kind.h \
	lib/vcf/reference/recall.c lib/vcf/reference/recall.h \
	lib/vcf/reference/reference.c lib/vcf/reference/reference.h \
	lib/vcf/reference/sequence.c lib/vcf/reference/sequence.h \
	lib/vcf/reference/twobit.c lib/vcf/reference/twobit_write.c \
	lib/vcf/reference/window.c lib/vcf/reference/window.h \
	lib/vcf/resolve/group.c lib/vcf/resolve/helper.c \
	lib/vcf/resolve/ids.c lib/vcf/resolve/indel.c \
	lib/vcf/resolve/names.c \
	lib/vcf/resolve/parts.h lib/vcf/resolve/place.c \
	lib/vcf/resolve/repeat.c \
	lib/vcf/resolve/resolve.c lib/vcf/resolve/resolve.h \
	lib/vcf/resolve/single.c lib/vcf/resolve/snv.c \
	lib/vcf/resolve/sort.c lib/vcf/resolve/strand.c \
	lib/vcf/sites/align.c lib/vcf/sites/align.h \
	lib/vcf/sites/build.c lib/vcf/sites/build.h \
	lib/vcf/sites/build_order.c lib/vcf/sites/build_parts.h \
	lib/vcf/sites/compiled.c lib/vcf/sites/load.c \
	lib/vcf/sites/reader.c lib/vcf/sites/reader.h \
	lib/vcf/sites/sites.c lib/vcf/sites/sites.h

if HAVE_HTSLIB
noinst_LTLIBRARIES += lib/vcf/libwriter.la
lib_vcf_libwriter_la_SOURCES = $(vcf_writer_sources)
lib_vcf_libwriter_la_CPPFLAGS = $(AM_CPPFLAGS) $(HTSLIB_CFLAGS)
lib_vcf_libwriter_la_CFLAGS = $(AM_CFLAGS) -pthread -fvisibility=hidden

noinst_LTLIBRARIES += lib/vcf/libresolve.la
lib_vcf_libresolve_la_SOURCES = $(vcf_middle_sources)
lib_vcf_libresolve_la_CPPFLAGS = $(AM_CPPFLAGS) $(HTSLIB_CFLAGS)
lib_vcf_libresolve_la_CFLAGS = $(AM_CFLAGS) -pthread -fvisibility=hidden

lib_LTLIBRARIES += lib/libdtcgeno-vcf.la
lib_libdtcgeno_vcf_la_SOURCES = lib/vcf/conversion/conversion.c lib/vcf/conversion/options.c \
	lib/vcf/conversion/options.h lib/vcf/conversion/reference.c \
	lib/vcf/conversion/conversion.h lib/vcf/conversion/record.c lib/vcf/conversion/whole_file.c \
	lib/vcf/conversion/writer.c lib/vcf/conversion/writer.h
lib_libdtcgeno_vcf_la_CPPFLAGS = $(AM_CPPFLAGS) $(HTSLIB_CFLAGS)
lib_libdtcgeno_vcf_la_CFLAGS = $(AM_CFLAGS) -pthread -fvisibility=hidden
lib_libdtcgeno_vcf_la_LIBADD = lib/vcf/libresolve.la lib/vcf/libwriter.la lib/libbase.la lib/libdtcgeno.la $(HTSLIB_LIBS)
lib_libdtcgeno_vcf_la_LDFLAGS = $(HARDENING_LDFLAGS) -version-info 0:0:0 -no-undefined
EXTRA_lib_libdtcgeno_vcf_la_DEPENDENCIES = lib/vcf/libdtcgeno-vcf.map
if HAVE_VERSION_SCRIPT
lib_libdtcgeno_vcf_la_LDFLAGS += -Wl,--version-script=$(srcdir)/lib/vcf/libdtcgeno-vcf.map
endif
include_HEADERS += include/dtcgeno-vcf.h
dist_man_MANS += lib/vcf/libdtcgeno-vcf.3
pkgconfig_DATA += lib/vcf/dtcgeno-vcf.pc
endif
EXTRA_DIST += lib/vcf/libdtcgeno-vcf.map
