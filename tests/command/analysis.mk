# The analysis stage: genotype-score.
if HAVE_HTSLIB
TESTS += tests/command/test_score
endif
dist_check_SCRIPTS += tests/command/test_score
EXTRA_DIST += tests/command/test_score.py tests/command/score_oracle.py
