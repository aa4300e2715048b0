/* check.c - see check.h. */
#include "vcf/reference/check.h"

#include <htslib/hts.h>
#include <stdio.h>
#include <string.h>

/* NC_001807, chrM of UCSC's hg18 and hg19, has this length; rCRS (NC_012920), which every vendor numbers by, 16,569. */
enum { NC_001807_LENGTH = 16571 };

static dtc_status wrong_length(const char *what, const char *path, unsigned contig, uint32_t length, int others_fit,
                               const dtc_assembly *assembly, char *message, size_t message_bytes) {
  if (contig == DTC_CONTIG_MT && length == NC_001807_LENGTH)
    snprintf(message, message_bytes,
             "%s %s has the old mitochondrial sequence NC_001807 (16571 bases): take one with rCRS (16569 bases)", what,
             path);
  else
    snprintf(message, message_bytes, "%s %s is not of %s%s: its contig %s has %u bases, not %u", what, path,
             dtc_build_name(assembly->build), others_fit && length < assembly->length[contig] ? ", or is cut off" : "",
             dtc_contig_name(contig), (unsigned)length, (unsigned)assembly->length[contig]);
  return DTC_REFERENCE_FILE;
}

dtc_status reference_check_sequence(const char *path, const sequence *s, const dtc_assembly *assembly, char *message,
                                    size_t message_bytes) {
  int any = 0;
  for (unsigned c = 1; c < DTC_CONTIG_COUNT; c++) {
    if (!s->length[c] || !assembly->length[c])
      continue;
    if (s->length[c] != assembly->length[c])
      return wrong_length("the reference", path, c, s->length[c], any, assembly, message, message_bytes);
    any = 1;
  }
  if (any)
    return DTC_OK;
  snprintf(message, message_bytes, "the reference %s has none of the contigs 1-22, X, Y, MT", path);
  return DTC_REFERENCE_FILE;
}

dtc_status reference_check_sites(const sites *s, const dtc_assembly *assembly, char *message, size_t message_bytes) {
  const char *path = s->file_name;
  if (s->build != DTC_BUILD_UNKNOWN && s->build != assembly->build) {
    snprintf(message, message_bytes, "the site table %s is for %s, the output is %s", path, dtc_build_name(s->build),
             dtc_build_name(assembly->build));
    return DTC_REFERENCE_FILE;
  }
  if (s->foreign && !sites_count(s)) {
    snprintf(message, message_bytes, "the site table %s has none of the contigs 1-22, X, Y, MT (but %s)", path,
             s->foreign_name);
    return DTC_REFERENCE_FILE;
  }
  for (unsigned c = 1; c < DTC_CONTIG_COUNT; c++) {
    if (!assembly->length[c])
      continue;
    if (s->length[c] && s->length[c] != assembly->length[c])
      return wrong_length("the site table", path, c, s->length[c], 0, assembly, message, message_bytes);
    if (s->md5[c][0] && assembly->md5[c][0] && strcmp(s->md5[c], assembly->md5[c]) != 0) {
      snprintf(message, message_bytes, "the site table %s was made from another sequence of contig %s (md5 %s, not %s)",
               path, dtc_contig_name(c), s->md5[c], assembly->md5[c]);
      return DTC_REFERENCE_FILE;
    }
    const sites_contig *sites_of = &s->contig[c];
    if (sites_of->count && sites_of->position[sites_of->count - 1] > assembly->length[c]) {
      snprintf(message, message_bytes, "the site table %s has a site at %s:%u, beyond the contig's %u bases in %s",
               path, dtc_contig_name(c), (unsigned)sites_of->position[sites_of->count - 1],
               (unsigned)assembly->length[c], dtc_build_name(assembly->build));
      return DTC_REFERENCE_FILE;
    }
  }
  if (sites_count(s))
    return DTC_OK;
  snprintf(message, message_bytes, "the site table %s has no site", path);
  return DTC_REFERENCE_FILE;
}

/* 1 where REF is what the sequence has; N in the sequence says nothing. */
static int ref_fits(sequence *bases, unsigned contig, uint32_t position, const char *ref, size_t length) {
  char text[SITES_ALLELE_BYTES_MAX];
  if (!bases->length[contig])
    return 1;
  if (length > sizeof text || !sequence_bases(bases, contig, position, (uint32_t)length, text))
    return 0;
  for (size_t i = 0; i < length; i++)
    if (text[i] != 'N' && text[i] != ref[i])
      return 0;
  return 1;
}

static dtc_status wrong_ref(const sites *s, unsigned contig, uint32_t position, const sequence *bases, char *message,
                            size_t message_bytes) {
  if (bases->failed) {
    snprintf(message, message_bytes, "the reference cannot be read at %s:%u", dtc_contig_name(contig),
             (unsigned)position);
    return DTC_IO_READ;
  }
  snprintf(message, message_bytes, "the site table %s does not belong to this reference: REF differs at %s:%u",
           s->file_name, dtc_contig_name(contig), (unsigned)position);
  return DTC_REFERENCE_FILE;
}

dtc_status reference_check_refs(const sites *s, sequence *bases, uint32_t most, char *message, size_t message_bytes) {
  uint64_t snvs = 0;
  for (unsigned c = 1; c < DTC_CONTIG_COUNT; c++)
    snvs += s->contig[c].count;
  uint32_t step = (uint32_t)(snvs / most) + 1, indel_step = s->indels / most + 1;
  for (unsigned c = 1; c < DTC_CONTIG_COUNT; c++) {
    const sites_contig *sites_of = &s->contig[c];
    for (uint64_t i = 0; i < sites_of->count; i += step) {
      const char *letters = s->codes.letters[sites_of->code[i] & (SITES_CODE_COUNT - 1)];
      if (!ref_fits(bases, c, sites_of->position[i], letters, 1))
        return wrong_ref(s, c, sites_of->position[i], bases, message, message_bytes);
    }
    for (uint64_t i = 0; i < sites_of->indels; i += indel_step) {
      const sites_indel *indel = &s->indel[sites_of->first_indel + i];
      const char *ref = s->pool + indel->text;
      if (!ref_fits(bases, c, indel->position, ref, strlen(ref)))
        return wrong_ref(s, c, indel->position, bases, message, message_bytes);
    }
  }
  return DTC_OK;
}

enum { PIECE = 1 << 15, CONTIGS_LOOKED_AT = 5 };

/* 1 where a contig has the assembly's md5. */
static int has_md5(sequence *s, unsigned contig, const char *want) {
  char text[PIECE], hex[33];
  unsigned char binary[16];
  hts_md5_context *context = hts_md5_init();
  uint32_t length = s->length[contig];
  if (!context)
    return 0;
  int ok = 1;
  for (uint32_t at = 0; at < length && ok; at += PIECE) {
    uint32_t n = length - at < PIECE ? length - at : PIECE;
    ok = sequence_bases(s, contig, at + 1, n, text);
    hts_md5_update(context, text, n);
  }
  hts_md5_final(binary, context);
  hts_md5_hex(hex, binary);
  hts_md5_destroy(context);
  return ok && strcmp(hex, want) == 0;
}

int reference_check_bases(sequence *s, const dtc_assembly *assembly) {
  int failed = s->failed, found = -1;
  unsigned done = 0; /* contigs, as bits */
  for (int looked = 0; looked < CONTIGS_LOOKED_AT && found <= 0; looked++) {
    unsigned shortest = DTC_CONTIG_NONE;
    for (unsigned c = 1; c < DTC_CONTIG_X; c++)
      if (!(done >> c & 1) && s->length[c] && assembly->md5[c][0] && s->length[c] == assembly->length[c] &&
          (shortest == DTC_CONTIG_NONE || s->length[c] < s->length[shortest]))
        shortest = c;
    if (shortest == DTC_CONTIG_NONE)
      break;
    done |= 1u << shortest;
    found = has_md5(s, shortest, assembly->md5[shortest]);
  }
  s->failed = failed;
  return found;
}
