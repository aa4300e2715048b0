# genotype-convert: options, batches, confinement and reports over libdtcgeno-vcf
if HAVE_HTSLIB
bin_PROGRAMS += genotype-convert
genotype_convert_SOURCES = \
	tools/genotype-convert/batch.c tools/genotype-convert/batch.h tools/genotype-convert/confine.c \
	tools/genotype-convert/confine.h tools/genotype-convert/context.c tools/genotype-convert/context.h \
	tools/genotype-convert/conversion.c tools/genotype-convert/conversion.h tools/genotype-convert/main.c \
	tools/genotype-convert/positions.c tools/genotype-convert/positions.h tools/genotype-convert/psam.c \
	tools/genotype-convert/psam.h \
	tools/genotype-convert/options.c tools/genotype-convert/options.h tools/genotype-convert/resume.c tools/genotype-convert/resume.h \
	tools/genotype-convert/samples.c tools/genotype-convert/samples.h \
	tools/genotype-convert/summary.c tools/genotype-convert/summary.h \
	tools/genotype-convert/report/batch_page.c tools/genotype-convert/report/batch_report.h \
	tools/genotype-convert/report/multiqc.c tools/genotype-convert/usage.c \
	tools/genotype-convert/vcf_file.c tools/genotype-convert/vcf_file.h \
	tools/genotype-convert/vcf_set.c tools/genotype-convert/vcf_set.h \
	tools/genotype-convert/report/compare.c tools/genotype-convert/report/compare.h \
	tools/genotype-convert/report/digest.c tools/genotype-convert/report/digest.h \
	tools/genotype-convert/report/html_plots.c tools/genotype-convert/report/html_report.c \
	tools/genotype-convert/report/html_report.h tools/genotype-convert/report/html_rows.c \
	tools/genotype-convert/report/html_rows.h tools/genotype-convert/report/words.c \
	tools/genotype-convert/report/words.h tools/genotype-convert/report/rejects.c \
	tools/genotype-convert/report/rejects.h tools/genotype-convert/report/report.c \
	tools/genotype-convert/report/report.h tools/genotype-convert/report/table_out.c \
	tools/genotype-convert/report/table_out.h
dist_man_MANS += tools/genotype-convert/genotype-convert.1
genotype_convert_CPPFLAGS = $(AM_CPPFLAGS) $(HTSLIB_CFLAGS)
genotype_convert_CFLAGS = $(AM_CFLAGS) -pthread
genotype_convert_LDADD = tools/libcommon.la lib/libdtcgeno-vcf.la \
	lib/libdtcgeno.la lib/libbase.la $(HTSLIB_LIBS) -lpthread
endif
EXTRA_DIST += tools/genotype-convert/README.md tools/genotype-convert/examples/README.md tools/genotype-convert/examples/Snakefile \
	tools/genotype-convert/examples/slurm-array.sh
