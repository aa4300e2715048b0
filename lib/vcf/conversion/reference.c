/* reference.c - dtcgeno-vcf.h's references and rejections: what the rooms beside this one do, under their public names.
 */
#include <dtcgeno-vcf.h>

#include "base/diag.h"
#include "vcf/reference/check.h"
#include "vcf/reference/reference.h"
#include "vcf/resolve/resolve.h"
#include "vcf/sites/align.h"
#include "vcf/sites/reader.h"

#include <string.h>

/* A diagnostic has room for a sentence, not for folders, and a log should not hold them. */
static void cut_folders(char *message, const char *path) {
  const char *slash = path ? strrchr(path, '/') : NULL;
  char *at = slash ? strstr(message, path) : NULL;
  if (at)
    memmove(at, at + (slash + 1 - path), strlen(at + (slash + 1 - path)) + 1);
}

dtc_status dtc_reference_open(const char *sequence_path, const char *sites_path, const dtc_assembly *assembly,
                              dtc_reference **out, dtc_diag *diag) {
  char message[512];
  *out = NULL;
  if (!sequence_path && !sites_path)
    return diag_set(diag, DTC_INVALID_ARGUMENT, (place){0, 0, 0}, "a sequence or a site table");
  dtc_status status = reference_open(sequence_path, sites_path, assembly, out, message, sizeof message);
  if (status == DTC_OK)
    return DTC_OK;
  cut_folders(message, sequence_path);
  cut_folders(message, sites_path);
  return diag_set(diag, status, (place){0, 0, 0}, "%s", message);
}

dtc_reference *dtc_reference_clone(dtc_reference *r) { return reference_clone(r); }
void dtc_reference_free(dtc_reference *r) { reference_free(r); }
void dtc_reference_remember(dtc_reference *r) { reference_remember(r); }
int dtc_reference_has_sequence(const dtc_reference *r) { return reference_has_sequence(r); }
int dtc_reference_has_sites(const dtc_reference *r) { return reference_has_sites(r); }
const char *dtc_reference_sites_digest(const dtc_reference *r) { return reference_sites_digest(r); }
int dtc_reference_sites_claim_build(const dtc_reference *r) { return reference_sites_claim(r); }
uint64_t dtc_reference_sites_count(const dtc_reference *r) { return reference_sites_count(r); }
int dtc_reference_chr_prefix(const dtc_reference *r) { return reference_chr_prefix(r); }

char dtc_reference_base(dtc_reference *r, unsigned contig, uint32_t position) {
  return contig < DTC_CONTIG_COUNT && reference_contig(r, contig) ? reference_base(r, position) : 0;
}

size_t dtc_reference_snv(dtc_reference *r, unsigned contig, uint32_t position, char *text) {
  uint8_t kind = REFERENCE_UNKNOWN;
  if (contig < DTC_CONTIG_COUNT && reference_contig(r, contig))
    reference_kinds(r, &position, 1, &kind, NULL);
  const reference_site *site = kind < REFERENCE_SNV_KINDS ? reference_site_of(r, kind) : NULL;
  size_t length = 0;
  for (; site && length < site->n_alleles; length++)
    text[length] = *site->alleles[length];
  text[length] = '\0';
  return length;
}

uint32_t dtc_reference_length(const dtc_reference *r, unsigned contig) {
  const sequence *s = reference_sequence(r);
  return s && contig < DTC_CONTIG_COUNT ? s->length[contig] : 0;
}

int dtc_reference_bases(dtc_reference *r, unsigned contig, uint32_t position, uint32_t length, char *text) {
  sequence *s = reference_sequence(r);
  if (!s)
    return 0;
  return sequence_bases(s, contig, position, length, text) ? 1 : s->failed ? -1 : 0;
}

int dtc_reference_align_left(dtc_reference *r, unsigned contig, uint32_t *position, unsigned n, char *const *alleles,
                             uint32_t *bytes) {
  sequence *s = reference_sequence(r);
  if (!s)
    return 0;
  return align_left(s, contig, position, n, alleles, bytes) ? 1 : -1;
}

const dtc_sites_facts *dtc_reference_get_sites(dtc_reference *r) { return reference_sites_facts(r); }

dtc_status dtc_reference_check_sites(const dtc_reference *table, const dtc_assembly *assembly,
                                     const dtc_reference *bases, dtc_diag *diag) {
  char message[512];
  const sites *s = reference_sites(table);
  sequence *of = bases ? reference_sequence(bases) : NULL;
  if (!s || (bases && !of))
    return diag_set(diag, DTC_INVALID_ARGUMENT, (place){0, 0, 0}, "a site table, and a sequence to hold it against");
  dtc_status status = assembly ? reference_check_sites(s, assembly, message, sizeof message) : DTC_OK;
  if (status == DTC_OK && of)
    status = reference_check_refs(s, of, UINT32_MAX, message, sizeof message);
  return status == DTC_OK ? DTC_OK : diag_set(diag, status, (place){0, 0, 0}, "%s", message);
}

dtc_status dtc_reference_compile_sites(const dtc_reference *r, int fd, dtc_diag *diag) {
  if (!reference_sites(r))
    return diag_set(diag, DTC_INVALID_ARGUMENT, (place){0, 0, 0}, "a site table");
  return sites_write_compiled(reference_sites(r), fd) ? DTC_OK : diag_system(diag, DTC_IO_WRITE, "writing the table");
}

dtc_status dtc_sites_read(const char *path, int (*on_site)(void *opaque, const dtc_site *site), void *opaque,
                          dtc_diag *diag) {
  char message[512];
  const char *slash = strrchr(path, '/'), *shown = slash ? slash + 1 : path;
  site_reader *reader;
  dtc_site site;
  uint64_t records = 0;
  int got = 0, stopped = 0;
  dtc_status status = site_reader_open(path, shown, &reader, message, sizeof message);
  if (status != DTC_OK)
    return diag_set(diag, status, (place){0, 0, 0}, "%s", message[0] ? message : "VCF or BCF");
  for (; !stopped && (got = site_reader_next(reader, &site)) > 0; records++)
    stopped = on_site(opaque, &site);
  int ok = site_reader_close(reader);
  if (stopped)
    return diag_set(diag, DTC_STOPPED, (place){0, 0, 0}, "a function of the caller's that goes on");
  if (got < 0 || !ok)
    return diag_set(diag, DTC_IO_READ, (place){0, 0, 0}, "a record of %s cannot be read (behind %llu of them)", shown,
                    (unsigned long long)records);
  return DTC_OK;
}

dtc_status dtc_sequence_pack(const char *fasta_path, int fd, uint64_t *sequences, dtc_diag *diag) {
  char message[512];
  uint64_t count;
  dtc_status status = twobit_write(fasta_path, fd, sequences ? sequences : &count, message, sizeof message);
  if (status == DTC_OK)
    return DTC_OK;
  cut_folders(message, fasta_path);
  return diag_set(diag, status, (place){0, 0, 0}, "%s", message);
}

unsigned dtc_rejection_count(void) { return REJECT_COUNT; }
const char *dtc_rejection_word(dtc_rejection rejection) { return reject_word((reject_why)rejection); }

const char *dtc_rejection_text(dtc_rejection rejection) {
  static const char *const texts[] = {
#define DTC_X(number, name, word, text) [number] = text,
      DTC_REJECTION_LIST(DTC_X)
#undef DTC_X
  };
  return (unsigned)rejection < REJECT_COUNT ? texts[rejection] : "";
}
