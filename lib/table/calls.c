#include "base/marker.h"

size_t dtc_calls_id(const dtc_calls *calls, size_t i, char *text) {
  uint8_t kind = calls->id_kind[i];
  uint32_t number = calls->id_number[i];
  if (kind >= MARKER_PREFIXES) {
    const char *name = calls->names + number;
    size_t n = (unsigned char)*name;
    memcpy(text, name + 1, n);
    text[n] = '\0';
    return n;
  }
  char digits[10];
  size_t count = 0, n = marker_prefixes[kind].bytes;
  do
    digits[count++] = (char)('0' + number % 10);
  while ((number /= 10) != 0);
  memcpy(text, marker_prefixes[kind].text, n);
  while (count)
    text[n++] = digits[--count];
  text[n] = '\0';
  return n;
}

char dtc_allele_letter(unsigned allele) { return allele <= DTC_ALLELE_MISSING ? "\0ACGTID-"[allele] : '\0'; }

uint8_t dtc_genotype_make(unsigned first, unsigned second) { return DTC_GENOTYPE(first & 15, second & 15); }
unsigned dtc_genotype_first(uint8_t genotype) { return DTC_GENOTYPE_FIRST(genotype); }
unsigned dtc_genotype_second(uint8_t genotype) { return DTC_GENOTYPE_SECOND(genotype); }
int dtc_genotype_is_no_call(uint8_t genotype) { return DTC_GENOTYPE_IS_NO_CALL(genotype); }
