/* dtcgeno-lists.h - the words of libdtcgeno: every reason, status, warning and build with its number, as X-macros.
 * dtcgeno.h includes it; programs include dtcgeno.h. Numbers are for ever and new entries come at the end
 * (lib/README.md, ABI). */
#ifndef DTCGENO_LISTS_H
#define DTCGENO_LISTS_H

/* The coarse, stable word of a refusal; upload pages show it and append it to redirects.
 * X(number, NAME, slug, what a person can do about it) */
#define DTC_REASON_LIST(X)                                                                                          \
  X(0, NONE, "", "")                                                                                                \
  X(1, FILE_EMPTY, "file_empty", "the file is empty: download your data from the vendor again")                     \
  X(2, FILE_TOO_LARGE, "file_too_large", "upload the vendor's own download; it is much smaller than this")          \
  X(3, FILE_TYPE_NOT_ALLOWED, "file_type_not_allowed",                                                              \
    "upload the .zip file as you downloaded it (on a Mac, Safari may have unzipped it: turn off \"Open safe files " \
    "after downloading\" and download again)")                                                                      \
  X(4, ZIP_CORRUPT, "zip_corrupt", "the .zip file is damaged: download it again")                                   \
  X(5, ZIP_ENCRYPTED, "zip_encrypted", "the .zip file is password protected: upload it as the vendor made it")      \
  X(6, ZIP_UNSAFE, "zip_unsafe", "this .zip file cannot be accepted: upload the vendor's own download")             \
  X(7, ZIP_UNEXPECTED_CONTENTS, "zip_unexpected_contents",                                                          \
    "the .zip must be the vendor's original download, not one you made yourself")                                   \
  X(8, PROVIDER_NOT_SUPPORTED, "provider_not_supported", "upload a raw data export of a vendor we support")         \
  X(9, FORMAT_VERSION_NOT_SUPPORTED, "format_version_not_supported",                                                \
    "this version of the vendor's file is not supported yet: tell us about it")                                     \
  X(10, FILE_MODIFIED, "file_modified",                                                                             \
    "the file was changed after the download: download it again and upload it as it is")                            \
  X(11, FILE_INCOMPLETE, "file_incomplete", "the file is not whole: download it again")                             \
  X(12, INTERNAL_ERROR, "internal_error", "this is our fault, not the file's: try again")

/* Every status: X(number, NAME, slug, class, reason, text). The slug is the verdict's "code". */
#define DTC_STATUS_LIST(X)                                                                                             \
  X(0, OK, "ok", OK, NONE, "accepted")                                                                                 \
  /* ours */                                                                                                           \
  X(1, OUT_OF_MEMORY, "out-of-memory", INTERNAL, INTERNAL_ERROR, "out of memory")                                      \
  X(2, INVALID_ARGUMENT, "invalid-argument", INTERNAL, INTERNAL_ERROR, "a function was called with wrong arguments")   \
  X(3, INTERNAL, "internal", INTERNAL, INTERNAL_ERROR, "internal error")                                               \
  X(4, STOPPED, "stopped", INTERNAL, INTERNAL_ERROR, "the sink asked to stop")                                         \
  X(5, IO_OPEN, "io-open", IO, INTERNAL_ERROR, "cannot open the file")                                                 \
  X(6, IO_READ, "io-read", IO, INTERNAL_ERROR, "cannot read the file")                                                 \
  X(7, IO_CHANGED, "io-changed", IO, INTERNAL_ERROR, "the file changed while it was read")                             \
  /* the file as a whole */                                                                                            \
  X(8, FILE_EMPTY, "file-empty", INPUT, FILE_EMPTY, "the file has no bytes")                                           \
  X(9, MEMBER_EMPTY, "member-empty", INPUT, FILE_EMPTY, "the export inside the archive is empty")                      \
  X(10, FILE_TOO_LARGE, "file-too-large", LIMIT, FILE_TOO_LARGE, "the file is over the size limit")                    \
  X(11, NOT_A_ZIP, "not-a-zip", INPUT, FILE_TYPE_NOT_ALLOWED, "the file is not a zip archive")                         \
  X(12, ZIP_WITHOUT_ENTRIES, "zip-without-entries", INPUT, ZIP_UNEXPECTED_CONTENTS, "the archive has no entries")      \
  /* zip structure (PKWARE APPNOTE 6.3.x) */                                                                           \
  X(13, ZIP_TRUNCATED, "zip-truncated", INPUT, ZIP_CORRUPT, "the archive is cut off: its end record is missing")       \
  X(14, ZIP_MANY_ENDS, "zip-many-ends", INPUT, ZIP_CORRUPT, "the archive has more than one end record")                \
  X(15, ZIP_END_RECORD, "zip-end-record", INPUT, ZIP_CORRUPT, "the archive's end record is wrong")                     \
  X(16, ZIP_DIRECTORY, "zip-directory", INPUT, ZIP_CORRUPT, "the archive's directory is wrong")                        \
  X(17, ZIP_LOCAL_HEADER, "zip-local-header", INPUT, ZIP_CORRUPT, "a local header of the archive is wrong")            \
  X(18, ZIP_HEADER_MISMATCH, "zip-header-mismatch", INPUT, ZIP_CORRUPT, "local header and directory disagree")         \
  X(19, ZIP_DESCRIPTOR, "zip-descriptor", INPUT, ZIP_CORRUPT, "a data descriptor is missing or disagrees")             \
  X(20, ZIP_EXTRA_FIELD, "zip-extra-field", INPUT, ZIP_CORRUPT, "an extra field of the archive is malformed")          \
  X(21, ZIP_ZIP64, "zip-zip64", INPUT, ZIP_CORRUPT, "a zip64 record is malformed or disagrees")                        \
  X(22, ZIP_SPLIT, "zip-split", INPUT, ZIP_CORRUPT, "the archive is one part of several")                              \
  X(23, ZIP_PREFIX, "zip-prefix", INPUT, ZIP_CORRUPT, "there are bytes before the archive")                            \
  X(24, ZIP_GAP, "zip-gap", INPUT, ZIP_CORRUPT, "the archive holds bytes that belong to nothing")                      \
  X(25, ZIP_TRAILER, "zip-trailer", INPUT, ZIP_CORRUPT, "there are bytes behind the archive")                          \
  X(26, ZIP_OVERLAP, "zip-overlap", INPUT, ZIP_UNSAFE, "members of the archive overlap")                               \
  X(27, ZIP_CRC_MISMATCH, "zip-crc-mismatch", INPUT, ZIP_CORRUPT, "the export's checksum is wrong")                    \
  X(28, ZIP_SIZE_MISMATCH, "zip-size-mismatch", INPUT, ZIP_CORRUPT,                                                    \
    "the export's size is not the one the archive says")                                                               \
  X(29, ZIP_DEFLATE, "zip-deflate", INPUT, ZIP_CORRUPT, "the compressed data is damaged")                              \
  X(30, ZIP_UNREADABLE, "zip-unreadable", INPUT, ZIP_CORRUPT, "the zip library cannot read the archive")               \
  X(31, ZIP_ENCRYPTED, "zip-encrypted", INPUT, ZIP_ENCRYPTED, "the archive is encrypted")                              \
  X(32, ZIP_METHOD, "zip-method", INPUT, ZIP_UNEXPECTED_CONTENTS,                                                      \
    "the archive uses a compression method we do not take")                                                            \
  X(33, ZIP_TOO_MANY_ENTRIES, "zip-too-many-entries", LIMIT, ZIP_UNSAFE, "the archive has too many entries")           \
  X(34, ZIP_DIRECTORY_TOO_LARGE, "zip-directory-too-large", LIMIT, ZIP_UNSAFE, "the archive's directory is too large") \
  X(35, ZIP_COMMENT_TOO_LARGE, "zip-comment-too-large", LIMIT, ZIP_UNSAFE, "the archive's comment is too large")       \
  X(36, ZIP_NAME, "zip-name", INPUT, ZIP_UNSAFE, "a name in the archive is not a plain relative name")                 \
  X(37, ZIP_NAME_TOO_LONG, "zip-name-too-long", LIMIT, ZIP_UNSAFE, "a name in the archive is too long")                \
  X(38, ZIP_NAME_TWICE, "zip-name-twice", INPUT, ZIP_UNSAFE, "two members of the archive have one name")               \
  X(39, ZIP_NOT_REGULAR, "zip-not-regular", INPUT, ZIP_UNSAFE, "a member of the archive is a link or a device")        \
  X(40, ZIP_BOMB_SIZE, "zip-bomb-size", LIMIT, ZIP_UNSAFE, "the archive unpacks to more than the limit")               \
  X(41, ZIP_BOMB_RATIO, "zip-bomb-ratio", LIMIT, ZIP_UNSAFE, "the archive unpacks to far more than an export does")    \
  X(42, ZIP_NO_MEMBER, "zip-no-member", INPUT, ZIP_UNEXPECTED_CONTENTS, "the archive holds no export")                 \
  X(43, ZIP_SEVERAL_MEMBERS, "zip-several-members", INPUT, ZIP_UNEXPECTED_CONTENTS, "the archive holds several files") \
  X(44, ZIP_NESTED, "zip-nested", INPUT, ZIP_UNEXPECTED_CONTENTS, "the archive holds another archive")                 \
  /* gzip, only where the caller takes it (RFC 1952) */                                                                \
  X(45, GZIP_HEADER, "gzip-header", INPUT, ZIP_CORRUPT, "the gzip header is damaged")                                  \
  X(46, GZIP_TRUNCATED, "gzip-truncated", INPUT, ZIP_CORRUPT, "the gzip data is cut off")                              \
  X(47, GZIP_DATA, "gzip-data", INPUT, ZIP_CORRUPT, "the gzip data is damaged or its checksum is wrong")               \
  /* text */                                                                                                           \
  X(48, TEXT_BOM, "text-bom", INPUT, FILE_MODIFIED, "the text begins with a byte order mark")                          \
  X(49, TEXT_UTF16, "text-utf16", INPUT, FILE_MODIFIED, "the text is UTF-16")                                          \
  X(50, TEXT_NUL, "text-nul", INPUT, FILE_MODIFIED, "the text holds a NUL byte")                                       \
  X(51, TEXT_CONTROL, "text-control", INPUT, FILE_MODIFIED, "the text holds a control character")                      \
  X(52, TEXT_NOT_ASCII, "text-not-ascii", INPUT, FILE_MODIFIED, "the rows hold a byte that is not ASCII")              \
  X(53, TEXT_BINARY, "text-binary", INPUT, PROVIDER_NOT_SUPPORTED, "this is not text")                                 \
  X(54, LINE_TOO_LONG, "line-too-long", LIMIT, FILE_MODIFIED, "a line is too long")                                    \
  X(55, LINE_BLANK, "line-blank", INPUT, FILE_MODIFIED, "there is a blank line among the rows")                        \
  X(56, LINE_END_MIXED, "line-end-mixed", INPUT, FILE_MODIFIED, "line ends are mixed")                                 \
  X(57, LINE_END_MISSING, "line-end-missing", INPUT, FILE_INCOMPLETE, "the last line has no end: the file is cut off") \
  X(58, HEADER_TOO_LONG, "header-too-long", LIMIT, PROVIDER_NOT_SUPPORTED, "the header has too many lines")            \
  X(59, TOO_MANY_ROWS, "too-many-rows", LIMIT, FILE_TOO_LARGE, "the file has too many rows")                           \
  /* vendor and version */                                                                                             \
  X(60, VENDOR_FOREIGN, "vendor-foreign", INPUT, PROVIDER_NOT_SUPPORTED, "the file is of a vendor we do not support")  \
  X(61, VENDOR_UNKNOWN, "vendor-unknown", INPUT, PROVIDER_NOT_SUPPORTED, "the file is no genotype export we know")     \
  X(62, VENDOR_AMBIGUOUS, "vendor-ambiguous", INPUT, FILE_MODIFIED, "the header is that of more than one vendor")      \
  X(63, VERSION_UNKNOWN, "version-unknown", INPUT, FORMAT_VERSION_NOT_SUPPORTED,                                       \
    "this version of the vendor's format is not known")                                                                \
  X(64, BUILD_UNSUPPORTED, "build-unknown", INPUT, FORMAT_VERSION_NOT_SUPPORTED,                                       \
    "the genome build is not one we know")                                                                             \
  X(65, BUILD_CONFLICT, "build-conflict", INPUT, FILE_MODIFIED,                                                        \
    "the header names one genome build, the markers stand on another")                                                 \
  X(66, HEADER_MODIFIED, "header-modified", INPUT, FILE_MODIFIED, "the header is not as the vendor writes it")         \
  X(67, HEADER_REPEATED, "header-repeated", INPUT, FILE_MODIFIED, "a second header stands among the rows")             \
  X(68, HEADER_ENDLESS, "header-without-columns", INPUT, FILE_INCOMPLETE,                                              \
    "the header has no column line: the file is cut off")                                                              \
  X(69, HEADER_UNKNOWN, "header-unknown", INPUT, FILE_MODIFIED, "the header's wording was never seen before")          \
  /* rows: structure */                                                                                                \
  X(70, ROW_COLUMNS, "row-columns", INPUT, FILE_MODIFIED, "a row has the wrong number of columns")                     \
  X(71, ROW_SEPARATOR, "row-separator", INPUT, FILE_MODIFIED, "a row has the wrong separators")                        \
  X(72, ROW_QUOTES, "row-quotes", INPUT, FILE_MODIFIED, "a row is not quoted as the vendor quotes it")                 \
  X(73, ROW_SPACE, "row-space", INPUT, FILE_MODIFIED, "a field has blanks around it")                                  \
  X(74, RSID_EMPTY, "rsid-empty", INPUT, FILE_MODIFIED, "a marker has no name")                                        \
  X(75, RSID_INVALID, "rsid-invalid", INPUT, FILE_MODIFIED, "a marker's name is not one the vendor writes")            \
  X(76, POSITION_NOT_NUMBER, "position-not-number", INPUT, FILE_MODIFIED, "a position is not a plain number")          \
  X(77, POSITION_TOO_LARGE, "position-too-large", INPUT, FILE_MODIFIED, "a position is beyond every chromosome")       \
  /* rows: meaning; these reject one row under DTC_POLICY_REJECT */                                                    \
  X(78, POSITION_MISSING, "position-missing", INPUT, FILE_MODIFIED, "a marker has a chromosome or a position of 0")    \
  X(79, POSITION_BEYOND, "position-beyond-contig", INPUT, FILE_MODIFIED,                                               \
    "a position is beyond the end of its chromosome")                                                                  \
  X(80, CHROMOSOME_INVALID, "chromosome-invalid", INPUT, FILE_MODIFIED, "a chromosome is not one the vendor writes")   \
  X(81, ALLELE_INVALID, "allele-invalid", INPUT, FILE_MODIFIED, "a genotype is not one the vendor writes")             \
  /* the whole */                                                                                                      \
  X(82, NO_ROWS, "no-rows", INPUT, FILE_INCOMPLETE, "the file has a header and no rows")                               \
  X(83, TOO_FEW_ROWS, "too-few-rows", INPUT, FILE_INCOMPLETE, "the file has too few rows")                             \
  X(84, ROWS_CUT_OFF, "rows-cut-off", INPUT, FILE_INCOMPLETE, "the rows end too early: the file is cut off")           \
  X(85, ROWS_OUT_OF_ORDER, "rows-out-of-order", INPUT, FILE_MODIFIED, "the rows are not in the vendor's order")        \
  X(86, ROW_TWICE, "row-twice", INPUT, FILE_MODIFIED, "a row stands in the file twice")                                \
  X(87, REZIPPED, "rezipped", INPUT, ZIP_UNEXPECTED_CONTENTS, "the archive was made again, not by the vendor")         \
  X(88, BUILD_OLD, "build-36", INPUT, FORMAT_VERSION_NOT_SUPPORTED, "the export is on the old genome build 36")        \
  X(89, LOOKALIKE, "lookalike", INPUT, FILE_MODIFIED,                                                                  \
    "the file looks like a vendor's export and was made by something else")                                            \
  /* assemblies, chains */                                                                                             \
  X(90, ASSEMBLY_FILE, "assembly-file", INPUT, INTERNAL_ERROR, "the assemblies file is malformed")                     \
  X(91, CHAIN_FILE, "chain-file", INPUT, INTERNAL_ERROR, "the chain file is malformed or does not fit the assemblies") \
  X(92, NOT_FOUND, "not-found", INPUT, INTERNAL_ERROR, "there is no such thing")                                       \
  /* the calls */                                                                                                      \
  X(93, STRAND_UNPROVEN, "strand-not-proven", INPUT, FILE_MODIFIED,                                                    \
    "the calls are not on the plus strand that the vendor writes")                                                     \
  /* libdtcgeno-vcf; text */                                                                                           \
  X(94, REFERENCE_FILE, "reference-file", INPUT, INTERNAL_ERROR,                                                       \
    "the reference or the site table is damaged, or does not fit the assembly")                                        \
  X(95, TEXT_IS_ARCHIVE, "text-is-archive", INPUT, FILE_TYPE_NOT_ALLOWED,                                              \
    "these are the bytes of an archive, where its text should stand")                                                  \
  /* more of the file and of the whole */                                                                              \
  X(96, ZIP_DOCUMENT, "zip-document", INPUT, FILE_TYPE_NOT_ALLOWED, "the file is a document, not a .zip of an export") \
  X(97, CHROMOSOME_MISSING, "chromosome-missing", INPUT, FILE_INCOMPLETE,                                              \
    "a chromosome is missing that every export of this vendor has")                                                    \
  X(98, ONE_CHROMOSOME, "one-chromosome", INPUT, FILE_INCOMPLETE, "the file holds the data of a single chromosome")    \
  /* libdtcgeno-vcf, writing */                                                                                        \
  X(99, IO_WRITE, "io-write", IO, INTERNAL_ERROR, "cannot write the file")

/* Faults that people and vendors make and that we accept: X(number, NAME, slug, status under DTC_STRICT, or OK,
 * text) */
#define DTC_WARNING_LIST(X)                                                                                           \
  X(0, REZIPPED, "rezipped", REZIPPED, "the archive was made again, by a computer's tools or by hand")                \
  X(1, IN_FOLDER, "in-folder", REZIPPED, "the export stands in a folder of the archive")                              \
  X(2, HEADER_UNKNOWN, "header-unknown", HEADER_UNKNOWN, "the header's wording was never seen before")                \
  X(3, UNSORTED, "unsorted", ROWS_OUT_OF_ORDER, "rows out of the vendor's order")                                     \
  X(4, DUPLICATE_ROW, "duplicate-row", ROW_TWICE, "the same row more than once")                                      \
  X(5, DUPLICATE_CONFLICT, "duplicate-conflict", OK, "positions whose rows disagree")                                 \
  X(6, BUILD_36, "build-36", BUILD_OLD, "the export is on the old genome build 36")                                   \
  X(7, UNPLACED, "unplaced", OK, "markers the vendor could not place (0 or -- as chromosome)")                        \
  X(8, LOOKALIKE, "lookalike", LOOKALIKE, "signs of a file made by another program")                                  \
  X(9, SEX_CONFLICT, "sex-conflict", OK, "chromosomes X and Y tell different sexes")                                  \
  X(10, LOW_CALL_RATE, "low-call-rate", OK, "unusually many markers without a call")                                  \
  X(11, ROW_REJECTED, "row-rejected", OK, "rows that have no meaning and were left out")                              \
  X(12, BUILD_UNCERTAIN, "build-uncertain", OK, "too few known markers to prove the genome build")                    \
  X(13, VERSION_UNKNOWN, "version-unknown", VERSION_UNKNOWN,                                                          \
    "words for a version or chip that were never seen before")                                                        \
  X(14, NAME_UNKNOWN, "marker-name-unknown", RSID_INVALID,                                                            \
    "marker names of a kind this vendor was never seen to write")                                                     \
  X(15, CHROMOSOME_UNKNOWN, "chromosome-code-unknown", CHROMOSOME_INVALID,                                            \
    "rows with a chromosome code that is known, but not from this vendor")                                            \
  X(16, SEPARATOR_REPEATED, "separator-repeated", ROW_SEPARATOR, "rows with more than one TAB between two fields")    \
  X(17, NO_FINAL_LINE_END, "no-final-line-end", LINE_END_MISSING, "the last row is whole, but its line has no end")   \
  X(18, INCOMPLETE, "incomplete", ROWS_CUT_OFF, "a part of the rows is missing that every such export has")           \
  /* of a conversion, in its report only */                                                                           \
  X(19, SEX_AGAINST_EVIDENCE, "sex-against-evidence", OK, "the sex that was asked for is not the one the file shows") \
  X(20, STRAND_UNPROVEN, "strand-not-proven", OK, "the calls do not prove that they are on the plus strand")          \
  X(21, LITTLE_WRITTEN, "little-written", OK, "less than half of the calls came through")

/* The genome builds: X(number, NAME, name, UCSC's name, version). A new one also needs its assembly and its anchors
 * (lib/genome) and its enumerator's line in tests/api/numbers.txt. */
#define DTC_BUILD_LIST(X)            \
  X(0, UNKNOWN, "unknown", "", 0)    \
  X(1, NCBI36, "NCBI36", "hg18", 36) \
  X(2, GRCH37, "GRCh37", "hg19", 37) \
  X(3, GRCH38, "GRCh38", "hg38", 38)

#endif
