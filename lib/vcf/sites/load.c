/* load.c - a site table out of BCF or VCF, through htslib. Records are brought to one form: alleles trimmed, SNVs
 * of one position joined, everything else that is no plain indel left out. */
#include <ctype.h>
#include <errno.h>
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

/* All records into the builder; what a table has no use for is passed over. A name that the header does not have claims
 * a build here: DTC_REFERENCE_FILE where two are claimed. */
static dtc_status load_all(site_reader *reader, sites_builder *b, sites *s) {
  dtc_status status = DTC_OK;
  dtc_site site;
  int got = 0;
  while (status == DTC_OK && (got = site_reader_next(reader, &site)) > 0) {
    if (site.contig == DTC_CONTIG_NONE)
      note_foreign(s, site.contig_name);
    else if (site.contig_name[0] == 'N' && !claim_accession(s, site.contig_name))
      status = DTC_REFERENCE_FILE;
    else if (site.position)
      status = sites_builder_add(b, site.contig, site.position, site.id, site.n_alleles, site.alleles);
  }
  return status == DTC_OK && got < 0 ? DTC_IO_READ : status;
}

dtc_status sites_load_records(const char *path, sequence *bases, sites *s, char *message, size_t message_bytes) {
  char *shown;
  site_reader *reader = NULL;
  sites_builder *builder = NULL;
  dtc_status status = DTC_OUT_OF_MEMORY;
  if (asprintf(&shown, "the site table %s", path) < 0)
    shown = NULL;
  else
    status = site_reader_open(path, shown, &reader, message, message_bytes);
  if (status == DTC_REFERENCE_FILE) {
    char kind[200];
    snprintf(message, message_bytes, "%s is no site table (BCF, VCF, or made by genotype-sites)%s", path,
             file_kind_words(path, kind, sizeof kind));
  }
  if (status == DTC_OK && !read_claims(site_reader_header(reader), s)) {
    snprintf(message, message_bytes, "the header of %s names more than one assembly", shown);
    status = DTC_REFERENCE_FILE;
  }
  if (status == DTC_OK && !(builder = sites_builder_new(bases)))
    status = DTC_OUT_OF_MEMORY;
  if (status == DTC_OK) {
    status = load_all(reader, builder, s);
    if (status == DTC_REFERENCE_FILE)
      snprintf(message, message_bytes, "%s names contigs of more than one assembly", shown);
    else if (status == DTC_IO_READ && bases && bases->failed)
      snprintf(message, message_bytes, "the reference cannot be read");
    else if (status == DTC_IO_READ)
      snprintf(message, message_bytes, "%s is damaged or cut off", shown);
  }
  if (status == DTC_OK)
    status = sites_builder_finish(builder, s, message, message_bytes);
  const char *claimed = status == DTC_OK ? header_digest(site_reader_header(reader)) : NULL;
  if (claimed && strcmp(claimed, s->digest) != 0) {
    snprintf(message, message_bytes, "%s was changed: its records do not give the digest in its header", shown);
    status = DTC_REFERENCE_FILE;
  }
  if (status == DTC_OUT_OF_MEMORY)
    snprintf(message, message_bytes, "out of memory");
  sites_builder_free(builder);
  if (!site_reader_close(reader) && status == DTC_OK) {
    snprintf(message, message_bytes, "%s cannot be read", shown);
    status = DTC_IO_READ;
  }
  free(shown);
  return status;
}
