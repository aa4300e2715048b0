# genotype-validate: verdicts for upload servers
bin_PROGRAMS += genotype-validate
genotype_validate_SOURCES = tools/genotype-validate/explain.c tools/genotype-validate/explain.h \
	tools/genotype-validate/input.c tools/genotype-validate/input.h tools/genotype-validate/main.c tools/genotype-validate/options.c tools/genotype-validate/options.h \
	tools/genotype-validate/report.c tools/genotype-validate/report.h
genotype_validate_LDADD = tools/libcommon.la lib/libdtcgeno.la lib/libbase.la
dist_man_MANS += tools/genotype-validate/genotype-validate.1
