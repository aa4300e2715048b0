# archive: added to the library's list of sources
libdtcgeno_sources +=
