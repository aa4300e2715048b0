# genotype-convert: one file a noun. convert_writer_sources write records and know nothing of exports; the tests link them.
convert_writer_sources = \
	tools/genotype-convert/bcf_record.c tools/genotype-convert/bcf_record.h \
	tools/genotype-convert/bgzf_block.c tools/genotype-convert/bgzf_block.h \
	tools/genotype-convert/block_writer.c tools/genotype-convert/block_writer.h \
	tools/genotype-convert/deflate_block.c tools/genotype-convert/deflate_block.h \
	tools/genotype-convert/fault.c tools/genotype-convert/fault.h \
	tools/genotype-convert/header.c tools/genotype-convert/header.h \
	tools/genotype-convert/huffman.c tools/genotype-convert/huffman.h \
	tools/genotype-convert/index.c tools/genotype-convert/index.h \
	tools/genotype-convert/line_deflate.c tools/genotype-convert/line_deflate.h \
	tools/genotype-convert/output.c tools/genotype-convert/output.h \
	tools/genotype-convert/record.h \
	tools/genotype-convert/temporary.c tools/genotype-convert/temporary.h \
	tools/genotype-convert/vcf_file.c tools/genotype-convert/vcf_file.h \
	tools/genotype-convert/vcf_text.c tools/genotype-convert/vcf_text.h

if HAVE_LIBDEFLATE
convert_compress_cflags = $(LIBDEFLATE_CFLAGS)
convert_compress_libs = $(LIBDEFLATE_LIBS)
else
convert_compress_cflags = $(ZLIB_CFLAGS)
convert_compress_libs = $(ZLIB_LIBS)
endif

if HAVE_HTSLIB
noinst_LTLIBRARIES += tools/genotype-convert/libwriter.la
tools_genotype_convert_libwriter_la_SOURCES = $(convert_writer_sources)
tools_genotype_convert_libwriter_la_CPPFLAGS = $(AM_CPPFLAGS) $(convert_compress_cflags)
tools_genotype_convert_libwriter_la_CFLAGS = $(AM_CFLAGS) -pthread
tools_genotype_convert_libwriter_la_LIBADD = $(convert_compress_libs)
endif
include tools/genotype-convert/resolve.mk

if HAVE_HTSLIB
bin_PROGRAMS += genotype-convert
genotype_convert_SOURCES = \
	tools/genotype-convert/batch.c tools/genotype-convert/batch.h \
	tools/genotype-convert/compare.c tools/genotype-convert/compare.h \
	tools/genotype-convert/confine.c tools/genotype-convert/confine.h \
	tools/genotype-convert/context.c tools/genotype-convert/context.h \
	tools/genotype-convert/conversion.c tools/genotype-convert/conversion.h \
	tools/genotype-convert/html_plots.c tools/genotype-convert/html_report.c \
	tools/genotype-convert/html_report.h tools/genotype-convert/main.c \
	tools/genotype-convert/options.c tools/genotype-convert/options.h \
	tools/genotype-convert/progress.c tools/genotype-convert/progress.h \
	tools/genotype-convert/rejects.c tools/genotype-convert/rejects.h \
	tools/genotype-convert/report.c tools/genotype-convert/report.h \
	tools/genotype-convert/resume.c tools/genotype-convert/resume.h \
	tools/genotype-convert/samples.c tools/genotype-convert/samples.h \
	tools/genotype-convert/table_out.c tools/genotype-convert/table_out.h \
	tools/genotype-convert/usage.c \
	tools/genotype-convert/vcf_set.c tools/genotype-convert/vcf_set.h
dist_man_MANS += tools/genotype-convert/genotype-convert.1
genotype_convert_CPPFLAGS = $(AM_CPPFLAGS) $(HTSLIB_CFLAGS)
genotype_convert_CFLAGS = $(AM_CFLAGS) -pthread
genotype_convert_LDADD = tools/libcommon.la tools/genotype-convert/libwriter.la tools/genotype-convert/libresolve.la \
	lib/libdtcgeno.la lib/libbase.la $(HTSLIB_LIBS) -lpthread
endif
EXTRA_DIST += tools/genotype-convert/examples/README.md tools/genotype-convert/examples/Snakefile \
	tools/genotype-convert/examples/slurm-array.sh
