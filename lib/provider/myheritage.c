#include "provider/vendor.h"
#include "provider/wording.h"

#define LEGAL                                                                                \
  "# THIS INFORMATION IS FOR YOUR PERSONAL USE AND IS INTENDED FOR GENEALOGICAL RESEARCH",   \
      "# ONLY. IT IS NOT INTENDED FOR MEDICAL OR HEALTH PURPOSES. PLEASE BE AWARE THAT THE", \
      "# DOWNLOADED DATA WILL NO LONGER BE PROTECTED BY OUR SECURITY MEASURES."

static const char *const wording_v1[] = {
    "# MyHeritage DNA raw data.", "# This file was generated on %9-%9-%9 %9:%9:%9",
    ("# For each SNP, we provide the identifier, chromosome number, base pair position and genotype.The genotype is "
     "reported on the forward (+) strand with respect to the human reference build 37."),
    LEGAL, NULL};
#define FILE_FORMAT "##fileformat=MyHeritage"
#define FORMAT "##format="
#define CHIP "##chip="
#define METHOD "##method="
#define TIMESTAMP "##timestamp=%9-%9-%9 %9:%9:%9 UTC"
#define REFERENCE "##reference=build37"
#define SENTENCES                                                                                       \
  "#", "# MyHeritage DNA raw data.",                                                                    \
      "# For each SNP, we provide the identifier, chromosome number, base pair position and genotype.", \
      "# The genotype is reported on the forward (+) strand with respect to the human reference build 37.", LEGAL

static const char *const wording_v2[] = {FILE_FORMAT, FORMAT "%v", CHIP "%v", TIMESTAMP, REFERENCE, SENTENCES, NULL};
/* Low-pass sequencing, sold since October 2025. */
static const char *const wording_lp[] = {FILE_FORMAT, FORMAT "%v", METHOD "%v", TIMESTAMP, REFERENCE, SENTENCES, NULL};
static const wording wordings[] = {
    {"myheritage-v1", wording_v1}, {"myheritage-v2", wording_v2}, {"myheritage-lp-wgs", wording_lp}};

static int claims(const header *h) {
  return header_find(h, "# MyHeritage DNA raw data") != SIZE_MAX ||
         header_find(h, "##fileformat=MyHeritage") != SIZE_MAX;
}

/* What each line with ## says, and whether it was ever seen to. */
static dtc_status read_words(const header *h, vendor_match *out, dtc_diag *diag) {
  size_t i = header_find(h, FORMAT);
  if (i != SIZE_MAX && vendor_read_word(h, i, FORMAT, "|MHv1.0|", &out->unknown_words) < 0)
    return header_fault(h, i, DTC_VERSION_UNKNOWN, sizeof FORMAT, "a format, as MHv1.0", diag);
  i = header_find(h, CHIP);
  if (i != SIZE_MAX && vendor_read_word(h, i, CHIP, "|GSA|", &out->unknown_words) == 1)
    out->array = "GSA";
  i = header_find(h, METHOD);
  out->is_sequenced = i != SIZE_MAX;
  if (i != SIZE_MAX && vendor_read_word(h, i, METHOD, "|Low-pass Whole Genome Sequencing|", &out->unknown_words) == 1)
    out->array = "LP-WGS";
  return DTC_OK;
}

static dtc_status read_header(const header *h, vendor_match *out, dtc_diag *diag) {
  if (!view_is(header_columns(h), "RSID,CHROMOSOME,POSITION,RESULT"))
    return header_fault(h, h->count - 1, DTC_HEADER_MODIFIED, 1, "the column line RSID,CHROMOSOME,POSITION,RESULT",
                        diag);
  out->shape = VENDOR_QUOTED_GENOTYPE;
  dtc_status status = read_words(h, out, diag);
  if (!status)
    status = vendor_read_build(h, &out->build, diag);
  if (status)
    return status;
  const wording *known = wording_find(h, wordings, sizeof wordings / sizeof *wordings);
  out->unknown_lines = wording_unknown_lines(h, wordings, sizeof wordings / sizeof *wordings);
  if (!known && out->is_sequenced && !out->unknown_lines)
    known = &wordings[2]; /* the order of its lines was not seen */
  out->wording_known = known != NULL;
  out->format = known ? known->format : NULL;
  if (known == &wordings[0])
    out->array = "OmniExpress-24"; /* the first form of the header was written for that chip only */
  out->lookalike = header_find(h, "2019-05-04 14:21:19") != SIZE_MAX;
  return DTC_OK;
}

static const char *const download_steps[] = {
    "Sign in at myheritage.com and open DNA, then \"Manage DNA kits\".",
    "Open the menu with three dots beside your kit and choose \"Download kit\".",
    "Confirm the request in the e-mail that you get and download the .zip file.", NULL};

/* What this vendor is known to do, each in testdata/myheritage: LF or CR LF (good-v2.csv, good-v2-crlf.csv); no Y
 * (good-v2-no-y.csv); a sequenced genome instead of an array (good-lp-wgs.csv). Names other than rs numbers were not
 * seen and are taken (good-names.csv). */
const vendor vendor_myheritage = {
    .facts = {"myheritage", "MyHeritage", ".zip", ".csv", "https://www.myheritage.com/dna", download_steps},
    .maker = "myheritage",
    .labels = {NULL, VENDOR_AUTOSOME_LABELS, "X", "Y"},
    .order = {VENDOR_AUTOSOMES, DTC_CONTIG_X, DTC_CONTIG_Y},
    .always = VENDOR_AUTOSOME_BITS, /* exports of June 2026 end on X; sequenced ones may have the autosomes only */
    .no_call = '-',
    .writes_one_letter = 0,
    .writes_phased = 0,
    .id_kinds = 1u << DTC_ID_RS | 1u << DTC_ID_OTHER,
    .id_words = "rs and digits, or another plain name",
    .chromosome_words = "chromosome 1-22, X or Y",
    .genotype_words = "two of A C G T, two of I D, or --",
    .claims = claims,
    .read = read_header,
};
