# The analysis stage: genotype-score, genotype-cohort, genotype-impute.
analysis_tests = tests/command/test_score tests/command/test_score_rules tests/command/test_score_compiled \
	tests/command/test_cohort tests/command/test_impute tests/command/test_impute_ends tests/command/test_impute_rows \
	tests/command/test_pharmcat
if HAVE_HTSLIB
check_PROGRAMS += tests/command/stand_in_engine
tests_command_stand_in_engine_SOURCES = tests/command/stand_in_engine.c
tests_command_stand_in_engine_CPPFLAGS = $(AM_CPPFLAGS) $(HTSLIB_CFLAGS)
tests_command_stand_in_engine_LDADD = $(HTSLIB_LIBS)
TESTS += $(analysis_tests)
endif
dist_check_SCRIPTS += $(analysis_tests)
EXTRA_DIST += tests/command/test_score.py tests/command/test_score_rules.py tests/command/test_score_compiled.py \
	tests/command/score_case.py tests/command/confined.py tests/command/score_oracle.py tests/command/test_cohort.py \
	tests/command/test_impute.py tests/command/test_impute_ends.py tests/command/test_impute_rows.py \
	tests/command/test_pharmcat.py tests/command/panel_model.py
