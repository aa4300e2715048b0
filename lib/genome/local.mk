# genome: contigs and builds, assemblies, anchor markers, liftover
libdtcgeno_sources += lib/genome/anchors.c lib/genome/anchors.h lib/genome/assemblies.c lib/genome/assemblies.h \
	lib/genome/assembly_file.c lib/genome/chain.c lib/genome/chain.h lib/genome/contig.c lib/genome/liftover.c \
	lib/genome/reference_file.c lib/genome/reference_file.h
