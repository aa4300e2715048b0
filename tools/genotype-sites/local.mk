# genotype-sites: builds and checks site tables
if HAVE_HTSLIB
bin_PROGRAMS += genotype-sites
genotype_sites_SOURCES = tools/common/bcf_fill.c tools/common/bcf_fill.h \
	tools/genotype-sites/build.c tools/genotype-sites/collection.c tools/genotype-sites/collection.h \
	tools/genotype-sites/commands.h tools/genotype-sites/compile.c \
	tools/genotype-sites/gather.c tools/genotype-sites/gather.h tools/genotype-sites/inspect.c \
	tools/genotype-sites/main.c tools/genotype-sites/markers.c tools/genotype-sites/markers.h \
	tools/genotype-sites/options.c tools/genotype-sites/options.h tools/genotype-sites/pack.c \
	tools/genotype-sites/table_writer.c tools/genotype-sites/table_writer.h \
	tools/genotype-sites/variant.c tools/genotype-sites/variant.h
dist_man_MANS += tools/genotype-sites/genotype-sites.1
genotype_sites_CPPFLAGS = $(AM_CPPFLAGS) $(HTSLIB_CFLAGS)
genotype_sites_LDADD = tools/libcommon.la lib/libdtcgeno-vcf.la lib/libdtcgeno.la \
	lib/libbase.la $(HTSLIB_LIBS) -lpthread
endif
