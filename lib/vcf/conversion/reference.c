/* reference.c - dtcgeno-vcf.h's references and rejections: what the rooms beside this one do, under their public names.
 */
#include <dtcgeno-vcf.h>

#include "base/diag.h"
#include "vcf/reference/reference.h"
#include "vcf/resolve/resolve.h"

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
