# The middle of genotype-convert: references, site tables and the resolver. genotype-sites and the tests link it as well.
if HAVE_HTSLIB
noinst_LTLIBRARIES += tools/genotype-convert/libresolve.la
tools_genotype_convert_libresolve_la_SOURCES = \
	tools/genotype-convert/fasta.c tools/genotype-convert/fasta.h tools/genotype-convert/fasta_index.c \
	tools/genotype-convert/record.h \
	tools/genotype-convert/reference.c tools/genotype-convert/reference.h \
	tools/genotype-convert/reference_recall.c tools/genotype-convert/reference_recall.h \
	tools/genotype-convert/reference_check.c tools/genotype-convert/reference_check.h \
	tools/genotype-convert/reference_sequence.c tools/genotype-convert/reference_sequence.h \
	tools/genotype-convert/reference_window.c tools/genotype-convert/reference_window.h \
	tools/genotype-convert/resolve.c tools/genotype-convert/resolve.h tools/genotype-convert/resolve_parts.h \
	tools/genotype-convert/resolve_group.c tools/genotype-convert/resolve_ids.c \
	tools/genotype-convert/resolve_indel.c tools/genotype-convert/resolve_place.c \
	tools/genotype-convert/resolve_single.c tools/genotype-convert/resolve_snv.c \
	tools/genotype-convert/resolve_sort.c tools/genotype-convert/resolve_strand.c \
	tools/genotype-convert/site_reader.c tools/genotype-convert/site_reader.h \
	tools/genotype-convert/sites.c tools/genotype-convert/sites.h \
	tools/genotype-convert/sites_build.c tools/genotype-convert/sites_build.h \
	tools/genotype-convert/sites_compiled.c tools/genotype-convert/sites_load.c \
	tools/genotype-convert/twobit.c
tools_genotype_convert_libresolve_la_CPPFLAGS = $(AM_CPPFLAGS) $(HTSLIB_CFLAGS)
tools_genotype_convert_libresolve_la_CFLAGS = $(AM_CFLAGS) -pthread
endif
EXTRA_DIST += tools/genotype-convert/resolve.mk
