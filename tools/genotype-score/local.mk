# genotype-score: scores, axes and ancestry proportions over VCF and BCF
if HAVE_HTSLIB
bin_PROGRAMS += genotype-score
genotype_score_SOURCES = tools/common/bcf_stream.c tools/common/bcf_stream.h tools/common/bcf_values.c \
	tools/common/bcf_values.h \
	tools/genotype-score/allele.c tools/genotype-score/allele.h tools/genotype-score/ascending.c \
	tools/genotype-score/ascending.h tools/genotype-score/axes.c tools/genotype-score/compiled_scores.c \
	tools/genotype-score/compiled_scores.h tools/genotype-score/genotype_file.c tools/genotype-score/genotype_file.h \
	tools/genotype-score/record.c tools/genotype-score/record.h tools/genotype-score/score_table.c \
	tools/genotype-score/score_table.h tools/genotype-score/scoring_file.h \
	tools/genotype-score/axes.h tools/genotype-score/frequencies.c tools/genotype-score/frequencies.h \
	tools/genotype-score/groups.c tools/genotype-score/groups.h tools/genotype-score/main.c \
	tools/genotype-score/marker.c tools/genotype-score/marker.h tools/genotype-score/match.c \
	tools/genotype-score/match.h tools/genotype-score/options.c tools/genotype-score/options.h \
	tools/genotype-score/panel.c tools/genotype-score/panel.h tools/genotype-score/places.c \
	tools/genotype-score/places.h tools/genotype-score/populations.c tools/genotype-score/populations.h \
	tools/genotype-score/proportions.c tools/genotype-score/proportions.h tools/genotype-score/reference.c \
	tools/genotype-score/reference.h tools/genotype-score/report_json.c tools/genotype-score/report_page.c \
	tools/genotype-score/report_table.c tools/genotype-score/results.c tools/genotype-score/results.h \
	tools/genotype-score/score_set.c tools/genotype-score/score_set.h tools/genotype-score/scoring_file.c \
	tools/genotype-score/text_file.c tools/genotype-score/text_file.h
dist_man_MANS += tools/genotype-score/genotype-score.1
genotype_score_CPPFLAGS = $(AM_CPPFLAGS) $(HTSLIB_CFLAGS)
genotype_score_LDADD = tools/libcommon.la lib/libdtcgeno.la lib/libbase.la $(HTSLIB_LIBS) -lm -lpthread
endif
