#include "genotype-convert/report/words.h"

#include <stdio.h>
#include <string.h>

const char *rejection_text(dtc_rejection why) {
  static const char *const texts[] = {
#define DTC_X(number, name, word, text) text,
      DTC_REJECTION_LIST(DTC_X)
#undef DTC_X
  };
  return (unsigned)why < sizeof texts / sizeof *texts ? texts[why] : "";
}

const char *filter_text(dtc_filter filter) {
  static const char *const texts[] = {
#define DTC_X(number, name, id, text) text,
      DTC_FILTER_LIST(DTC_X)
#undef DTC_X
  };
  return (unsigned)filter < sizeof texts / sizeof *texts ? texts[filter] : "";
}

const char *rejection_advice(dtc_rejection why) {
  switch (why) {
  case DTC_REJECTION_NO_POSITION:
    return "Nothing: the vendor knows no place for these markers. Every export has some.";
  case DTC_REJECTION_CHROM_UNKNOWN:
  case DTC_REJECTION_POS_RANGE:
    return "A few are no matter. Many mean that the file is of another build than it says, or was edited: download it "
           "again.";
  case DTC_REJECTION_BAD_ALLELE:
    return "A few are no matter. Many mean that the file was edited: download it again.";
  case DTC_REJECTION_LIFT_UNMAPPED:
  case DTC_REJECTION_LIFT_CONTIG:
    return "Nothing: these places have no counterpart in the other build. More than a few in a hundred mean that the "
           "chain file is another one than is needed.";
  case DTC_REJECTION_LIFT_AMBIGUOUS:
    return "Nothing: what two chain files disagree on is left out on purpose.";
  case DTC_REJECTION_FEMALE_Y:
    return "Nothing: a woman has no Y. If the sex is wrong, say it with --sex.";
  case DTC_REJECTION_INDEL_NO_SITE:
    return "Give a site table (-T) that tells insertions and deletions: exports write them as I and D only.";
  case DTC_REJECTION_REF_N:
    return "Nothing: the reference has no base at these places.";
  case DTC_REJECTION_SITE_UNKNOWN:
    return "If these were wanted, give a reference sequence (-f), or a site table that has them.";
  case DTC_REJECTION_STRAND_UNKNOWN:
    return "Give a site table (-T) of the export's build: it proves the strand.";
  case DTC_REJECTION_NO_CALL:
  case DTC_REJECTION_NOT_VARIANT:
    return "Nothing: an option asked to leave them out.";
  case DTC_REJECTION_MT_NOT_RCRS:
    return "Nothing: older exports count the mitochondrial genome in another way, and no place is guessed.";
  case DTC_REJECTION_PROFILE:
    return "Nothing: the program that the profile is for does not take them.";
  case DTC_REJECTION_SITE_MISMATCH:
    return "A few are no matter. Many mean that the site table is of another build than the export.";
  default:
    return "";
  }
}

/* 23andMe: the readme of genomejs (v3: 967,000), a v4 export of OpenHumans (598,897), the sizes of v5 exports (638
 * thousand); AncestryDNA: genomejs (V1.0: 701,038), exports of 2017 and 2019 (V2.0: 668,942 and 677,435), a head of
 * 2026 (440 thousand); MyHeritage: what its two chips hold. A tenth to either side. */
usual_rows usual_rows_of(const dtc_verdict *v) {
  static const struct {
    const char *vendor, *array;
    usual_rows rows;
  } known[] = {{"23andme", "v3", {870000, 1060000}},      {"23andme", "v4", {540000, 660000}},
               {"23andme", "v5", {575000, 705000}},       {"ancestrydna", "V1.0", {630000, 775000}},
               {"ancestrydna", "V2.0", {400000, 745000}}, {"myheritage", "OmniExpress-24", {650000, 790000}},
               {"myheritage", "GSA", {550000, 670000}}};
  const char *vendor = dtc_verdict_vendor(v), *array = dtc_verdict_array(v);
  for (size_t i = 0; vendor && array && i < sizeof known / sizeof *known; i++)
    if (strcmp(known[i].vendor, vendor) == 0 && strcmp(known[i].array, array) == 0)
      return known[i].rows;
  return (usual_rows){0, 0};
}

static dtc_rejection commonest_rejection(const conversion_result *r) {
  int most = 0;
  for (int i = 1; i < REJECTIONS; i++)
    if (r->rejected[i] > r->rejected[most])
      most = i;
  return (dtc_rejection)most;
}

void little_text(const conversion_result *r, char text[LITTLE_BYTES]) {
  if (r->little == LITTLE_UNREAD)
    snprintf(text, LITTLE_BYTES, "most rows are %s, and no vendor writes them so: download the export again",
             dtc_rejection_word(commonest_rejection(r)));
  else if (r->little == LITTLE_SELECTION)
    snprintf(text, LITTLE_BYTES, "the site table has %llu sites", (unsigned long long)r->sites);
  else if (r->little == LITTLE_UNFIT)
    snprintf(text, LITTLE_BYTES, "see whether the reference and the site table are of its build");
  else
    snprintf(text, LITTLE_BYTES, "the options leave every row out");
}
