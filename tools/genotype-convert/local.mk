# genotype-convert: one file a noun. convert_writer_sources write records and know nothing of exports; the tests link them.
convert_writer_sources = \
	tools/genotype-convert/bcf_record.c tools/genotype-convert/bcf_record.h \
	tools/genotype-convert/bgzf_block.c tools/genotype-convert/bgzf_block.h \
	tools/genotype-convert/block_writer.c tools/genotype-convert/block_writer.h \
	tools/genotype-convert/fault.c tools/genotype-convert/fault.h \
	tools/genotype-convert/header.c tools/genotype-convert/header.h \
	tools/genotype-convert/index.c tools/genotype-convert/index.h \
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
