#include "table/marker.h"

static const char *const prefixes[] = {[DTC_ID_RS] = "rs", [DTC_ID_I] = "i", [DTC_ID_VGXS] = "VGXS"};
#define PREFIX_COUNT (sizeof prefixes / sizeof *prefixes)

int marker_digits(view text) {
  for (size_t i = 0; i < text.length; i++)
    if (text.at[i] < '0' || text.at[i] > '9')
      return 0;
  return text.length > 0;
}

int marker_u32(view digits, uint32_t *out) {
  uint64_t value = 0;
  if (digits.length > 10)
    return 0;
  for (size_t i = 0; i < digits.length; i++)
    value = value * 10 + (uint64_t)(digits.at[i] - '0');
  *out = (uint32_t)value;
  return value <= UINT32_MAX;
}

dtc_id_kind marker_read(view name, uint32_t *number, uint8_t *exact) {
  *number = 0;
  *exact = DTC_ID_OTHER;
  for (size_t kind = 0; kind < PREFIX_COUNT; kind++) {
    size_t n = strlen(prefixes[kind]);
    if (!view_starts(name, prefixes[kind]))
      continue;
    view digits = {name.at + n, name.length - n};
    if (!marker_digits(digits))
      continue;
    uint32_t value;
    if ((*digits.at != '0' || digits.length == 1) && marker_u32(digits, &value)) {
      *number = value;
      *exact = (uint8_t)kind;
    }
    return (dtc_id_kind)kind;
  }
  return DTC_ID_OTHER;
}

size_t dtc_calls_id(const dtc_calls *calls, size_t i, char *text) {
  uint8_t kind = calls->id_kind[i];
  uint32_t number = calls->id_number[i];
  if (kind >= PREFIX_COUNT) {
    const char *name = calls->names + number;
    size_t n = (unsigned char)*name;
    memcpy(text, name + 1, n);
    text[n] = '\0';
    return n;
  }
  char digits[10];
  size_t count = 0, n = strlen(prefixes[kind]);
  do
    digits[count++] = (char)('0' + number % 10);
  while ((number /= 10) != 0);
  memcpy(text, prefixes[kind], n);
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
