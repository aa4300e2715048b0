# genotype-impute: exports and VCFs through an engine of others', over lib/vcf
if HAVE_HTSLIB
bin_PROGRAMS += genotype-impute
genotype_impute_SOURCES = tools/common/bcf_fill.c tools/common/bcf_fill.h \
	tools/common/bcf_stream.c tools/common/bcf_stream.h tools/common/bcf_values.c tools/common/bcf_values.h \
	tools/genotype-impute/calls.c tools/genotype-impute/calls.h tools/genotype-impute/child.c \
	tools/genotype-impute/child.h tools/genotype-impute/engine.c tools/genotype-impute/engine.h \
	tools/genotype-impute/genetic_map.c tools/genotype-impute/genetic_map.h \
	tools/genotype-impute/groups.c tools/genotype-impute/groups.h tools/genotype-impute/intake.c \
	tools/genotype-impute/intake.h tools/genotype-impute/join.c tools/genotype-impute/join.h \
	tools/genotype-impute/main.c tools/genotype-impute/options.c tools/genotype-impute/options.h \
	tools/genotype-impute/panel.c tools/genotype-impute/panel.h tools/genotype-impute/panel_fit.c \
	tools/genotype-impute/panel_fit.h tools/genotype-impute/prepare.c \
	tools/genotype-impute/prepare.h tools/genotype-impute/record_file.c tools/genotype-impute/record_file.h \
	tools/genotype-impute/report.c tools/genotype-impute/report.h tools/genotype-impute/row.c tools/genotype-impute/row.h tools/genotype-impute/run.c \
	tools/genotype-impute/run.h tools/genotype-impute/target.c tools/genotype-impute/target.h \
	tools/genotype-impute/workshop.c tools/genotype-impute/workshop.h
dist_man_MANS += tools/genotype-impute/genotype-impute.1
genotype_impute_CPPFLAGS = $(AM_CPPFLAGS) $(HTSLIB_CFLAGS)
genotype_impute_LDADD = tools/libcommon.la lib/libdtcgeno-vcf.la lib/libdtcgeno.la lib/libbase.la \
	$(HTSLIB_LIBS) -lpthread
endif
EXTRA_DIST += tools/genotype-impute/examples/Snakefile tools/genotype-impute/examples/slurm-array.sh \
	tools/genotype-impute/examples/README.md
