/* load.c - a site table out of BCF or VCF, through htslib. Records are brought to one form: alleles trimmed, SNVs
 * of one position joined, everything else that is no plain indel left out. */
#include <ctype.h>
#include <errno.h>
#include <htslib/hts.h>
#include <htslib/vcf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vcf/reference/kind.h"
#include "vcf/sites/reader.h"
#include "vcf/sites/sites.h"
#include "vcf/sites/build.h"

/* An attribute of a contig's header line, without its quotes, or NULL. */
static const char *contig_attribute(const bcf_hrec_t *line, const char *key) {
  for (int i = 0; i < line->nkeys; i++)
    if (strcmp(line->keys[i], key) == 0)
      return line->vals[i];
  return NULL;
}

static dtc_build build_of_text(const char *text) {
  char word[16];
  if (!text)
    return DTC_BUILD_UNKNOWN;
  size_t n = strlen(text);
  if (n > 1 && text[0] == '"' && text[n - 1] == '"') {
    text++;
    n -= 2;
  }
  if (n >= sizeof word)
    return DTC_BUILD_UNKNOWN;
  memcpy(word, text, n);
  word[n] = '\0';
  char *patch = strchr(word, '.'); /* GRCh38.p13: positions are those of GRCh38 */
  if (patch)
    *patch = '\0';
  return dtc_build_parse(word);
}

/* A contig that is none of ours; the first one is kept, to be named. */
static void note_foreign(sites *s, const char *name) {
  if (!s->foreign++)
    snprintf(s->foreign_name, sizeof s->foreign_name, "%.*s", (int)sizeof s->foreign_name - 1, name);
}

/* 0 where the table has claimed another build already. */
static int claim_build(sites *s, dtc_build build) {
  if (build == DTC_BUILD_UNKNOWN)
    return 1;
  if (s->build != DTC_BUILD_UNKNOWN && build != s->build)
    return 0;
  s->build = build;
  return 1;
}

/* The version of an accession claims a build. */
static int claim_accession(sites *s, const char *name) {
  dtc_build build = DTC_BUILD_UNKNOWN;
  dtc_accession_parse(name, strlen(name), &build);
  return claim_build(s, build);
}

/* What the header claims: assembly, lengths, md5. 0 where it names two assemblies. */
static int read_claims(const bcf_hdr_t *header, sites *s) {
  uint32_t first = 0;
  int same = 1, lengths = 0;
  for (int i = 0; i < header->nhrec; i++) {
    const bcf_hrec_t *line = header->hrec[i];
    const char *name = line->type == BCF_HL_CTG ? contig_attribute(line, "ID") : NULL;
    dtc_build build = DTC_BUILD_UNKNOWN;
    if (line->type == BCF_HL_CTG)
      build = build_of_text(contig_attribute(line, "assembly"));
    else if (line->type == BCF_HL_GEN && line->key && strcmp(line->key, "assembly") == 0)
      build = build_of_text(line->value);
    if (!claim_build(s, build) || (name && !claim_accession(s, name)))
      return 0;
    if (line->type != BCF_HL_CTG)
      continue;
    const char *length = contig_attribute(line, "length");
    const char *md5 = contig_attribute(line, "md5");
    if (!md5)
      md5 = contig_attribute(line, "M5");
    unsigned contig = name ? dtc_contig_parse(name, strlen(name)) : DTC_CONTIG_NONE;
    if (contig == DTC_CONTIG_NONE) {
      note_foreign(s, name ? name : "");
      continue;
    }
    char *end = NULL;
    errno = 0;
    unsigned long value = length ? strtoul(length, &end, 10) : 0;
    if (length && (*end || errno || value > INT32_MAX))
      value = 0;
    s->length[contig] = (uint32_t)value;
    if (md5 && strlen(md5) == 32)
      for (int k = 0; k <= 32; k++)
        s->md5[contig][k] = (char)tolower((unsigned char)md5[k]);
    if (lengths && value != first)
      same = 0;
    if (!lengths)
      first = (uint32_t)value;
    lengths++;
  }
  /* one length for all of several contigs is a placeholder, not a claim */
  if (same && lengths > 1)
    memset(s->length, 0, sizeof s->length);
  return 1;
}

static const char *header_digest(const bcf_hdr_t *header) {
  for (int i = 0; i < header->nhrec; i++)
    if (header->hrec[i]->type == BCF_HL_GEN && header->hrec[i]->key &&
        strcmp(header->hrec[i]->key, "sites_digest") == 0)
      return header->hrec[i]->value;
  return NULL;
}

/* The contig of the last record: nearly always the next one's, too. */
typedef struct last_contig {
  char name[64];
  unsigned contig;
} last_contig;

/* The contig of a record; a name that the header does not have claims a build here. *status: two builds are claimed. */
static unsigned contig_of(sites *s, last_contig *last, const char *name, dtc_status *status) {
  if (last->contig != DTC_CONTIG_NONE && strcmp(last->name, name) == 0)
    return last->contig;
  size_t bytes = strlen(name);
  unsigned contig = dtc_contig_parse(name, bytes);
  if (contig == DTC_CONTIG_NONE)
    note_foreign(s, name);
  else if (name[0] == 'N' && !claim_accession(s, name))
    *status = DTC_REFERENCE_FILE;
  last->contig = bytes < sizeof last->name ? contig : DTC_CONTIG_NONE;
  if (last->contig != DTC_CONTIG_NONE)
    memcpy(last->name, name, bytes + 1);
  return contig;
}

/* All records into the builder; what a table has no use for is passed over. */
static dtc_status load_all(htsFile *file, bcf_hdr_t *header, sites_builder *b, sites *s) {
  site_reader *reader = site_reader_new(file, header);
  dtc_status status = reader ? DTC_OK : DTC_OUT_OF_MEMORY;
  site_line line;
  last_contig last = {.contig = DTC_CONTIG_NONE};
  int got = 0;
  while (status == DTC_OK && (got = site_reader_next(reader, &line)) > 0) {
    unsigned contig = contig_of(s, &last, line.contig, &status);
    if (status == DTC_OK && contig != DTC_CONTIG_NONE && line.position)
      status = sites_builder_add(b, contig, line.position, line.id, line.n_alleles, line.alleles);
  }
  if (status == DTC_OK && got < 0)
    status = DTC_IO_READ;
  site_reader_free(reader);
  return status;
}

dtc_status sites_load_records(const char *path, sequence *bases, sites *s, char *message, size_t message_bytes) {
  message[0] = '\0';
  htsFile *file = hts_open(path, "r");
  if (!file) {
    char kind[200];
    if (errno != ENOEXEC) { /* htslib's word for a format that is none of its own */
      snprintf(message, message_bytes, "cannot open the site table %s: %s", path, strerror(errno));
      return DTC_IO_OPEN;
    }
    snprintf(message, message_bytes, "%s is no site table (BCF, VCF, or made by genotype-sites)%s", path,
             file_kind_words(path, kind, sizeof kind));
    return DTC_REFERENCE_FILE;
  }
  if (!file->fn) { /* not checked by htslib 1.16, which then follows it */
    hts_close(file);
    snprintf(message, message_bytes, "out of memory");
    return DTC_OUT_OF_MEMORY;
  }
  const htsFormat *format = hts_get_format(file);
  bcf_hdr_t *header = NULL;
  dtc_status status = DTC_OK;
  sites_builder *builder = NULL;
  if (format->format != bcf && format->format != vcf) {
    char kind[200];
    snprintf(message, message_bytes, "%s is no site table (BCF, VCF, or made by genotype-sites)%s", path,
             file_kind_words(path, kind, sizeof kind));
    status = DTC_REFERENCE_FILE;
  } else if (!(header = bcf_hdr_read(file))) {
    snprintf(message, message_bytes, "the header of the site table %s cannot be read", path);
    status = DTC_IO_READ;
  } else if (!read_claims(header, s)) {
    snprintf(message, message_bytes, "the header of the site table %s names more than one assembly", path);
    status = DTC_REFERENCE_FILE;
  } else if (!(builder = sites_builder_new(bases))) {
    status = DTC_OUT_OF_MEMORY;
  } else if (format->compression == bgzf && hts_check_EOF(file) == 0) {
    snprintf(message, message_bytes, "the site table %s is cut off: its end mark is missing", path);
    status = DTC_IO_READ;
  } else {
    status = load_all(file, header, builder, s);
    if (status == DTC_REFERENCE_FILE)
      snprintf(message, message_bytes, "the site table %s names contigs of more than one assembly", path);
    else if (status == DTC_IO_READ && bases && bases->failed)
      snprintf(message, message_bytes, "the reference cannot be read");
  }
  if (status == DTC_OK)
    status = sites_builder_finish(builder, s, message, message_bytes);
  const char *claimed = header ? header_digest(header) : NULL;
  if (status == DTC_OK && claimed && strcmp(claimed, s->digest) != 0) {
    snprintf(message, message_bytes, "the site table %s was changed: its records do not give the digest in its header",
             path);
    status = DTC_REFERENCE_FILE;
  }
  if (status == DTC_IO_READ && !message[0])
    snprintf(message, message_bytes, "the site table %s is damaged or cut off", path);
  if (status == DTC_OUT_OF_MEMORY)
    snprintf(message, message_bytes, "out of memory");
  sites_builder_free(builder);
  if (header)
    bcf_hdr_destroy(header);
  if (hts_close(file) != 0 && status == DTC_OK) {
    snprintf(message, message_bytes, "the site table %s cannot be read", path);
    status = DTC_IO_READ;
  }
  return status;
}
