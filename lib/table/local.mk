# table: rows into calls, the rules across them, the genotype table
libdtcgeno_sources += lib/table/batch.c lib/table/batch.h lib/table/ids.c lib/table/ids.h lib/table/calls.c lib/table/parser.c \
	lib/table/parser.h lib/table/row.c lib/table/row.h lib/table/rules.c lib/table/rules.h lib/table/scan.c \
	lib/table/scan.h lib/table/table.c lib/table/table.h
