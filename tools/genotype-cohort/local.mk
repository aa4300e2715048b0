# genotype-cohort: many exports as one multi-sample file, over libdtcgeno-vcf
if HAVE_HTSLIB
bin_PROGRAMS += genotype-cohort
genotype_cohort_SOURCES = tools/common/bcf_fill.c tools/common/bcf_fill.h \
	tools/common/bcf_stream.c tools/common/bcf_stream.h \
	tools/genotype-cohort/cohort.c tools/genotype-cohort/cohort.h \
	tools/genotype-cohort/cohort_file.c tools/genotype-cohort/cohort_file.h tools/genotype-cohort/kinship.c \
	tools/genotype-cohort/kinship.h tools/genotype-cohort/lifts.c tools/genotype-cohort/lifts.h \
	tools/genotype-cohort/cohort_page.c tools/genotype-cohort/cohort_page.h tools/genotype-cohort/main.c tools/genotype-cohort/options.c \
	tools/genotype-cohort/options.h tools/genotype-cohort/site_set.c tools/genotype-cohort/site_set.h \
	tools/genotype-cohort/tables.c tools/genotype-cohort/tables.h
dist_man_MANS += tools/genotype-cohort/genotype-cohort.1
genotype_cohort_CPPFLAGS = $(AM_CPPFLAGS) $(HTSLIB_CFLAGS)
genotype_cohort_LDADD = tools/libcommon.la lib/libdtcgeno-vcf.la lib/libdtcgeno.la lib/libbase.la \
	$(HTSLIB_LIBS) -lm -lpthread
endif
