# genotype-convert, room by room: reference/ knows bases, sites/ known variants, resolve/ makes records of rows, writer/ writes
# them and knows nothing of exports, report/ tells what became of the rows. The tests and genotype-sites link the first four.
convert_writer_sources = \
	tools/genotype-convert/fault.c tools/genotype-convert/fault.h tools/genotype-convert/output.c \
	tools/genotype-convert/output.h tools/genotype-convert/record.h tools/genotype-convert/temporary.c \
	tools/genotype-convert/temporary.h tools/genotype-convert/writer/bcf_record.c \
	tools/genotype-convert/writer/bcf_record.h tools/genotype-convert/writer/bgzf_block.c \
	tools/genotype-convert/writer/bgzf_block.h tools/genotype-convert/writer/block_writer.c \
	tools/genotype-convert/writer/block_writer.h tools/genotype-convert/writer/deflate_block.c \
	tools/genotype-convert/writer/deflate_block.h tools/genotype-convert/writer/header.c \
	tools/genotype-convert/writer/header.h tools/genotype-convert/writer/huffman.c \
	tools/genotype-convert/writer/huffman.h tools/genotype-convert/writer/index.c \
	tools/genotype-convert/writer/index.h tools/genotype-convert/writer/line_deflate.c \
	tools/genotype-convert/writer/line_deflate.h tools/genotype-convert/writer/vcf_file.c \
	tools/genotype-convert/writer/vcf_file.h tools/genotype-convert/writer/vcf_text.c \
	tools/genotype-convert/writer/vcf_text.h

convert_middle_sources = \
	tools/genotype-convert/record.h tools/genotype-convert/reference/check.c \
	tools/genotype-convert/reference/check.h tools/genotype-convert/reference/fasta.c \
	tools/genotype-convert/reference/fasta.h tools/genotype-convert/reference/fasta_index.c \
	tools/genotype-convert/reference/recall.c tools/genotype-convert/reference/recall.h \
	tools/genotype-convert/reference/reference.c tools/genotype-convert/reference/reference.h \
	tools/genotype-convert/reference/sequence.c tools/genotype-convert/reference/sequence.h \
	tools/genotype-convert/reference/twobit.c tools/genotype-convert/reference/window.c \
	tools/genotype-convert/reference/window.h tools/genotype-convert/resolve/group.c \
	tools/genotype-convert/resolve/ids.c tools/genotype-convert/resolve/indel.c \
	tools/genotype-convert/resolve/parts.h tools/genotype-convert/resolve/place.c \
	tools/genotype-convert/resolve/resolve.c tools/genotype-convert/resolve/resolve.h \
	tools/genotype-convert/resolve/single.c tools/genotype-convert/resolve/snv.c \
	tools/genotype-convert/resolve/sort.c tools/genotype-convert/resolve/strand.c \
	tools/genotype-convert/sites/build.c tools/genotype-convert/sites/build.h \
	tools/genotype-convert/sites/compiled.c tools/genotype-convert/sites/load.c \
	tools/genotype-convert/sites/reader.c tools/genotype-convert/sites/reader.h \
	tools/genotype-convert/sites/sites.c tools/genotype-convert/sites/sites.h

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

if HAVE_HTSLIB
noinst_LTLIBRARIES += tools/genotype-convert/libresolve.la
tools_genotype_convert_libresolve_la_SOURCES = $(convert_middle_sources)
tools_genotype_convert_libresolve_la_CPPFLAGS = $(AM_CPPFLAGS) $(HTSLIB_CFLAGS)
tools_genotype_convert_libresolve_la_CFLAGS = $(AM_CFLAGS) -pthread
endif

if HAVE_HTSLIB
bin_PROGRAMS += genotype-convert
genotype_convert_SOURCES = \
	tools/genotype-convert/batch.c tools/genotype-convert/batch.h tools/genotype-convert/confine.c \
	tools/genotype-convert/confine.h tools/genotype-convert/context.c tools/genotype-convert/context.h \
	tools/genotype-convert/conversion.c tools/genotype-convert/conversion.h tools/genotype-convert/main.c \
	tools/genotype-convert/options.c tools/genotype-convert/options.h tools/genotype-convert/progress.c \
	tools/genotype-convert/progress.h tools/genotype-convert/resume.c tools/genotype-convert/resume.h \
	tools/genotype-convert/samples.c tools/genotype-convert/samples.h tools/genotype-convert/usage.c \
	tools/genotype-convert/vcf_set.c tools/genotype-convert/vcf_set.h \
	tools/genotype-convert/report/compare.c tools/genotype-convert/report/compare.h \
	tools/genotype-convert/report/html_plots.c tools/genotype-convert/report/html_report.c \
	tools/genotype-convert/report/html_report.h tools/genotype-convert/report/rejects.c \
	tools/genotype-convert/report/rejects.h tools/genotype-convert/report/report.c \
	tools/genotype-convert/report/report.h tools/genotype-convert/report/table_out.c \
	tools/genotype-convert/report/table_out.h
dist_man_MANS += tools/genotype-convert/genotype-convert.1
genotype_convert_CPPFLAGS = $(AM_CPPFLAGS) $(HTSLIB_CFLAGS)
genotype_convert_CFLAGS = $(AM_CFLAGS) -pthread
genotype_convert_LDADD = tools/libcommon.la tools/genotype-convert/libwriter.la tools/genotype-convert/libresolve.la \
	lib/libdtcgeno.la lib/libbase.la $(HTSLIB_LIBS) -lpthread
endif
EXTRA_DIST += tools/genotype-convert/examples/README.md tools/genotype-convert/examples/Snakefile \
	tools/genotype-convert/examples/slurm-array.sh
