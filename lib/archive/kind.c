#include "archive/kind.h"

#include "archive/field.h"
#include "base/view.h"

#include <string.h>

typedef struct magic {
  kind what;
  unsigned at, length;
  const char *bytes, *words;
} magic;

/* From the formats' own specifications; tar's name stands at 257, MP4's at 4. */
static const magic magics[] = {
    {KIND_ZIP, 0, 4, "PK\3\4", "a zip archive"},
    {KIND_ZIP, 0, 4, "PK\5\6", "an empty zip archive"},
    {KIND_SPLIT, 0, 4, "PK\7\10", "the first part of a split zip archive"},
    {KIND_SPLIT, 0, 6, "PK00PK", "the first part of a split zip archive"},
    {KIND_GZIP, 0, 2, "\x1f\x8b", "a gzip file"},
    {KIND_ARCHIVE, 0, 6, "7z\xbc\xaf\x27\x1c", "a 7z archive"},
    {KIND_ARCHIVE, 0, 6, "Rar!\x1a\7", "a RAR archive"},
    {KIND_ARCHIVE, 0, 3, "BZh", "a bzip2 file"},
    {KIND_ARCHIVE, 0, 6, "\3757zXZ\0", "an xz file"},
    {KIND_ARCHIVE, 0, 4, "\x28\xb5\x2f\xfd", "a zstd file"},
    {KIND_ARCHIVE, 0, 4, "\4\x22\x4d\x18", "an lz4 file"},
    {KIND_ARCHIVE, 0, 2, "\x1f\x9d", "a compress (.Z) file"},
    {KIND_ARCHIVE, 0, 4, "LZIP", "an lzip file"},
    {KIND_ARCHIVE, 0, 4, "MSCF", "a cabinet archive"},
    {KIND_ARCHIVE, 0, 4, "xar!", "a xar archive"},
    {KIND_ARCHIVE, 257, 5, "ustar", "a tar archive"},
    {KIND_BINARY, 0, 5, "%PDF-", "a PDF document"},
    {KIND_BINARY, 0, 2, "MZ", "a Windows program"},
    {KIND_BINARY, 0, 4, "\177ELF", "a Linux program"},
    {KIND_BINARY, 0, 4, "\xcf\xfa\xed\xfe", "a macOS program"},
    {KIND_BINARY, 0, 8, "\x89PNG\r\n\x1a\n", "a PNG picture"},
    {KIND_BINARY, 0, 3, "\xff\xd8\xff", "a JPEG picture"},
    {KIND_BINARY, 0, 4, "GIF8", "a GIF picture"},
    {KIND_BINARY, 4, 4, "ftyp", "a picture or film"},
    {KIND_BINARY, 0, 8, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"},
    {KIND_BINARY, 0, 16, "SQLite format 3", "an SQLite database"},
    {KIND_BINARY, 0, 3, "BCF", "a BCF file"},
    {KIND_BINARY, 0, 4, "BAM\1", "a BAM file"},
    {KIND_BINARY, 0, 4, "CRAM", "a CRAM file"},
    {KIND_BINARY, 0, 3, "\x6c\x1b\1", "a PLINK genotype file"},
};

/* Zips that are no archives to the person who has them, by the name of their first entry: whole, or up to its folder
 * and with its ending. Office writes the first of them, LibreOffice and spreadsheet libraries the others. */
static const struct {
  const char *name, *end, *words;
} documents[] = {
    {"[Content_Types].xml", "", "an Excel workbook or another Office document"},
    {"_rels/.rels", "", "an Excel workbook or another Office document"},
    {"docProps/", ".xml", "an Excel workbook or another Office document"},
    {"xl/", ".xml", "an Excel workbook"},
    {"xl/", ".rels", "an Excel workbook"},
    {"word/", ".xml", "a Word document"},
    {"mimetype", "", "an OpenDocument file or an e-book"},
    {"Index/", ".iwa", "a Numbers or Pages document"},
    {"Index.zip", "", "a Numbers or Pages document"},
    {"META-INF/MANIFEST.MF", "", "a Java program"},
    {"AndroidManifest.xml", "", "an Android program"},
};

#define LOCAL_BYTES 30u

/* Words for a zip's first local header that is a document's, or NULL. */
static const char *document_words(const unsigned char *head, size_t length) {
  if (length < LOCAL_BYTES)
    return NULL;
  view name = {(const char *)head + LOCAL_BYTES, field_16(head + 26)};
  if (name.length > length - LOCAL_BYTES)
    return NULL;
  for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
    size_t n = strlen(documents[i].end);
    if (n ? view_starts(name, documents[i].name) && name.length > n &&
                memcmp(name.at + name.length - n, documents[i].end, n) == 0
          : view_is(name, documents[i].name))
      return documents[i].words;
  }
  return NULL;
}

static int starts_without_case(const unsigned char *text, size_t length, const char *lower) {
  size_t n = strlen(lower);
  if (length < n)
    return 0;
  for (size_t i = 0; i < n; i++) {
    unsigned char c = text[i];
    if (c >= 'A' && c <= 'Z')
      c = (unsigned char)(c - 'A' + 'a');
    if (c != (unsigned char)lower[i])
      return 0;
  }
  return 1;
}

static kind text_kind(const unsigned char *head, size_t length, const char **words) {
  size_t at = 0;
  while (at < length && (head[at] == ' ' || head[at] == '\t' || head[at] == '\r' || head[at] == '\n'))
    at++;
  const unsigned char *rest = head + at;
  size_t n = length - at;
  *words = "text that is not in a zip archive";
  if (starts_without_case(rest, n, "<!doctype html") || starts_without_case(rest, n, "<html"))
    *words = "an HTML page";
  else if (starts_without_case(rest, n, "<?xml"))
    *words = "an XML document";
  else if (starts_without_case(rest, n, "##fileformat=vcf"))
    *words = "a VCF file";
  else if (n && (rest[0] == '{' || rest[0] == '['))
    *words = "a JSON document";
  return KIND_TEXT;
}

/* Control bytes no text file has; bytes above 127 may be of any encoding. */
static int looks_like_text(const unsigned char *head, size_t length) {
  for (size_t i = 0; i < length; i++)
    if ((head[i] < 32 && !(head[i] >= 7 && head[i] <= 13) && head[i] != 27) || head[i] == 127)
      return 0;
  return 1;
}

static int is_utf16(const unsigned char *head, size_t length) {
  return length >= 2 && ((head[0] == 0xff && head[1] == 0xfe) || (head[0] == 0xfe && head[1] == 0xff));
}

kind kind_of(const unsigned char *head, size_t length_bytes, const char **words) {
  for (size_t m = 0; m < sizeof magics / sizeof magics[0]; m++) {
    const magic *try = &magics[m];
    if (length_bytes >= try->at + try->length && memcmp(head + try->at, try->bytes, try->length) == 0) {
      const char *document = try->what == KIND_ZIP ? document_words(head, length_bytes) : NULL;
      *words = document ? document : try->words;
      return document ? KIND_DOCUMENT : try->what;
    }
  }
  if ((length_bytes == 2 || length_bytes == 3) && memcmp(head, "PK\3", length_bytes) == 0) {
    *words = "the beginning of a zip archive";
    return KIND_ZIP;
  }
  if (is_utf16(head, length_bytes)) {
    *words = "UTF-16 text";
    return KIND_TEXT;
  }
  if (looks_like_text(head, length_bytes))
    return text_kind(head, length_bytes, words);
  *words = "a file of a type we do not know";
  return KIND_UNKNOWN;
}

int kind_is_text(const unsigned char *head, size_t length_bytes) {
  return is_utf16(head, length_bytes) || looks_like_text(head, length_bytes);
}

const char *kind_archive_words(const unsigned char *bytes, size_t length_bytes) {
  const char *words;
  kind what = kind_of(bytes, length_bytes < KIND_HEAD_BYTES ? length_bytes : KIND_HEAD_BYTES, &words);
  switch (what) {
  case KIND_ZIP:
  case KIND_SPLIT:
  case KIND_DOCUMENT:
  case KIND_GZIP:
  case KIND_ARCHIVE:
    return words;
  case KIND_BINARY:
  case KIND_TEXT:
  case KIND_UNKNOWN:
    break;
  }
  return NULL;
}
