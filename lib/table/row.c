#include "table/row.h"

#include "base/counts.h"
#include "base/diag.h"
#include "base/marker.h"
#include "text/fields.h"

/* Every set holds all builds: files replace, they take none away. */
static uint32_t longest(const dtc_assemblies *assemblies, dtc_build build, unsigned contig) {
  uint32_t length = 0;
  for (int b = DTC_BUILD_NCBI36; b < BUILD_COUNT; b++) {
    const dtc_assembly *assembly = dtc_assemblies_get(assemblies, (dtc_build)b);
    int asked = build == DTC_BUILD_UNKNOWN || build == (dtc_build)b;
    if (asked && assembly->length[contig] > length)
      length = assembly->length[contig];
  }
  return length;
}

void row_rules_init(row_rules *rules, const vendor_match *match, dtc_policy policy, const dtc_assemblies *assemblies) {
  rules->vendor = match->vendor;
  rules->shape = match->shape;
  rules->policy = policy;
  for (unsigned label = 0; label < DTC_LABEL_COUNT; label++) {
    unsigned contig =
        label == DTC_LABEL_PAR_ON_Y ? DTC_CONTIG_X : label; /* in coordinates of X, or of Y, the shorter */
    uint32_t length = label ? longest(assemblies, match->build, contig) : 0;
    rules->length[label] = length ? length : UINT32_MAX;
  }
}

int row_allele(char letter, char no_call) {
  switch (letter) {
  case 'A':
    return DTC_ALLELE_A;
  case 'C':
    return DTC_ALLELE_C;
  case 'G':
    return DTC_ALLELE_G;
  case 'T':
    return DTC_ALLELE_T;
  case 'I':
    return DTC_ALLELE_I;
  case 'D':
    return DTC_ALLELE_D;
  default:
    return letter == no_call ? DTC_ALLELE_MISSING : -1;
  }
}

int row_alleles_fit(unsigned first, unsigned second) {
  if (first == DTC_ALLELE_MISSING || second == DTC_ALLELE_MISSING)
    return first == second;
  return (first >= DTC_ALLELE_I) == (second >= DTC_ALLELE_I);
}

static size_t column_of(const line *l, view field) { return (size_t)(field.at - l->text.at) + 1; }

/* ---- structure */

static dtc_status wrong_columns(const line *l, const fields *f, size_t wanted, char separator, dtc_diag *diag) {
  size_t column = f->count > wanted ? column_of(l, f->at[wanted]) - 1 : l->text.length + 1;
  place at = {l->number, column, l->byte + column - 1};
  const char *name = separator == '\t' ? "TAB" : "comma";
  if (f->count == 1 && memchr(l->text.at, separator == '\t' ? ',' : '\t', l->text.length))
    return diag_set(diag, DTC_ROW_SEPARATOR, at, "one %s between two fields, found something else", name);
  int ends_empty = f->count <= FIELDS_MAX && !f->at[f->count - 1].length;
  if (!ends_empty && fields_count_loosely(l->text, separator) == wanted)
    return diag_set(diag, DTC_ROW_SEPARATOR, at, "exactly one %s between two fields", name);
  return diag_set(diag, DTC_ROW_COLUMNS, at, "%zu columns, found %zu", wanted, f->count);
}

static dtc_status check_blanks(const line *l, const fields *f, dtc_diag *diag) {
  for (size_t i = 0; i < f->count; i++)
    for (size_t k = 0; k < f->at[i].length; k++)
      if (f->at[i].at[k] == ' ' || f->at[i].at[k] == '\t')
        return line_fault(l, DTC_ROW_SPACE, column_of(l, f->at[i]) + k, "fields without blanks", diag);
  return DTC_OK;
}

static dtc_status split(const row_rules *rules, const line *l, fields *f, uint8_t *drift, dtc_diag *diag) {
  size_t wanted = rules->shape == VENDOR_TAB_ALLELES ? 5 : 4;
  char separator = rules->shape == VENDOR_QUOTED_GENOTYPE ? ',' : '\t';
  const char *quote = memchr(l->text.at, '"', l->text.length);
  if (rules->shape == VENDOR_QUOTED_GENOTYPE) {
    size_t wrong = fields_split_quoted(l->text, separator, f);
    if (wrong) {
      if (!quote && memchr(l->text.at, '\t', l->text.length))
        return line_fault(l, DTC_ROW_SEPARATOR, wrong, "quoted fields with commas between them", diag);
      if (wrong <= l->text.length && l->text.at[wrong - 1] == ' ')
        return line_fault(l, DTC_ROW_SPACE, wrong, "fields without blanks around them", diag);
      return line_fault(l, DTC_ROW_QUOTES, wrong, "each field in double quotes, one comma between two", diag);
    }
  } else {
    if (quote)
      return line_fault(l, DTC_ROW_QUOTES, (size_t)(quote - l->text.at) + 1, "fields without quotes", diag);
    fields_split(l->text, separator, f);
    fields runs;
    if (f->count > wanted && rules->vendor->repeats_tabs && fields_split_runs(l->text, separator, &runs) == wanted) {
      *f = runs;
      *drift |= ROW_DRIFT_SEPARATOR;
    }
  }
  if (f->count != wanted)
    return wrong_columns(l, f, wanted, separator, diag);
  return check_blanks(l, f, diag);
}

/* ---- the marker's name */

static int is_digit(char c) { return c >= '0' && c <= '9'; }
static int is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

/* What a spreadsheet makes of a name such as MARCH5: Mar-05. */
static int is_date(view id) {
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (id.length < 5 || id.length > 8 || id.at[3] != '-')
    return 0;
  for (size_t i = 4; i < id.length; i++)
    if (!is_digit(id.at[i]))
      return 0;
  for (const char *month = months; *month; month += 3)
    if (memcmp(id.at, month, 3) == 0)
      return 1;
  return 0;
}

/* Letters, digits and . _ : - behind a letter or digit: no name that a spreadsheet would evaluate, or has. */
static int is_plain_name(view id) {
  for (size_t i = 0; i < id.length; i++)
    if (!is_letter(id.at[i]) && !is_digit(id.at[i]) && (!i || !strchr("._:-", id.at[i])))
      return 0;
  return id.length <= DTC_ID_TEXT_MAX && !is_date(id);
}

/* A name that is no prefix and number. What starts as an rs number and is none was damaged, and so was what is only a
 * number; a word without any is none ("NA"), but for a vendor whose names are not all known. */
static int may_be_odd(const vendor *v, view id) {
  int has_digit = 0;
  for (size_t i = 0; i < id.length; i++)
    has_digit |= is_digit(id.at[i]);
  if (view_starts(id, "rs") || !(is_letter(*id.at) || memchr(id.at, ':', id.length)))
    return 0;
  return v->id_kinds >> DTC_ID_OTHER & 1 || (has_digit && !view_starts(id, "RS") && !view_starts(id, "Rs"));
}

static dtc_status read_id(const row_rules *rules, const line *l, view id, row *out, dtc_diag *diag) {
  out->id = id;
  if (!id.length)
    return line_fault(l, DTC_RSID_EMPTY, column_of(l, id), "the name of a marker", diag);
  if (!is_plain_name(id))
    return line_fault(l, DTC_RSID_INVALID, column_of(l, id),
                      "the name of a marker: up to 64 letters, digits and . _ : -, a letter or digit first", diag);
  dtc_id_kind kind = marker_read(id, &out->id_number, &out->id_kind);
  unsigned own = rules->vendor->id_kinds;
  if ((own >> kind & 1 && kind != DTC_ID_OTHER) || (own >> DTC_ID_OTHER & 1 && may_be_odd(rules->vendor, id)))
    return DTC_OK;
  out->drift |= ROW_DRIFT_NAME;
  /* A name of another vendor's own kind is a row of another vendor. */
  if (rules->policy == DTC_POLICY_REJECT || (kind == DTC_ID_OTHER && may_be_odd(rules->vendor, id)))
    return DTC_OK;
  return line_fault(l, DTC_RSID_INVALID, column_of(l, id), rules->vendor->id_words, diag);
}

/* ---- position, chromosome, genotype */

static int is_dash(view text) { return view_is(text, "--") || view_is(text, "-"); }

static dtc_status read_position(const line *l, view text, row *out, dtc_diag *diag) {
  out->position_text = text;
  if (is_dash(text) && (is_dash(out->chromosome) || view_is(out->chromosome, "0")))
    return DTC_OK;
  /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): no digits is refused before */
  if (!marker_digits(text) || (*text.at == '0' && text.length > 1))
    return line_fault(l, DTC_POSITION_NOT_NUMBER, column_of(l, text),
                      "a position: digits without sign or leading zeros", diag);
  if (!marker_u32(text, &out->position))
    return line_fault(l, DTC_POSITION_TOO_LARGE, column_of(l, text), "a position below 4294967296", diag);
  return DTC_OK;
}

static void set_fault(row *out, dtc_status fault, size_t column, const char *expected) {
  out->fault = fault;
  out->fault_column = column;
  out->fault_expected = expected;
}

/* Codes that the field knows, for a vendor that was never seen to write them: PLINK's numbers, the names of the
 * assemblies. The pseudo-autosomal one is in coordinates of X, but for a vendor that has its own. */
static unsigned known_label(const vendor *v, view code) {
  static const struct {
    const char *code;
    uint8_t label;
  } known[] = {{"X", DTC_CONTIG_X},   {"23", DTC_CONTIG_X},       {"Y", DTC_CONTIG_Y},
               {"24", DTC_CONTIG_Y},  {"MT", DTC_CONTIG_MT},      {"M", DTC_CONTIG_MT},
               {"26", DTC_CONTIG_MT}, {"XY", DTC_LABEL_PAR_ON_Y}, {"25", DTC_LABEL_PAR_ON_Y}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (view_is(code, known[i].code))
      return known[i].label == DTC_LABEL_PAR_ON_Y && !v->labels[DTC_LABEL_PAR_ON_Y] ? DTC_CONTIG_X : known[i].label;
  return DTC_LABEL_COUNT;
}

/* DTC_LABEL_COUNT for what is none. */
static unsigned label_of(const vendor *v, view code, uint8_t *drift) {
  if (!code.length)
    return DTC_LABEL_COUNT;
  if (view_is(code, "0") || is_dash(code))
    return DTC_CONTIG_NONE;
  for (unsigned label = 1; label < DTC_LABEL_COUNT; label++)
    if (v->labels[label] && *v->labels[label] == *code.at && view_is(code, v->labels[label]))
      return label;
  unsigned label = known_label(v, code);
  *drift |= label != DTC_LABEL_COUNT ? ROW_DRIFT_CHROMOSOME : 0;
  return label;
}

static void read_contig(const row_rules *rules, const line *l, row *out) {
  unsigned label = label_of(rules->vendor, out->chromosome, &out->drift);
  if (label == DTC_LABEL_COUNT) {
    set_fault(out, DTC_CHROMOSOME_INVALID, column_of(l, out->chromosome), rules->vendor->chromosome_words);
    return;
  }
  out->contig = (uint8_t)label;
  if (is_dash(out->chromosome))
    out->position = 0; /* whatever stands there: it is no place without a chromosome */
  else if (!label != !out->position)
    set_fault(out, DTC_POSITION_MISSING, column_of(l, label ? out->position_text : out->chromosome),
              "chromosome and position, or 0 for both");
  /* A converter holds positions against the build it decided on; the header's is only a claim. */
  else if (label && rules->policy == DTC_POLICY_REFUSE && out->position > rules->length[label])
    set_fault(out, DTC_POSITION_BEYOND, column_of(l, out->position_text), "a position on its chromosome");
}

static void read_genotype(const row_rules *rules, const line *l, row_phase *phase, row *out) {
  const vendor *v = rules->vendor;
  view g = out->genotype_text[0], second = out->genotype_text[1];
  size_t column = column_of(l, g);
  int alleles = rules->shape == VENDOR_TAB_ALLELES;
  int phased = !alleles && v->writes_phased && g.length == 3 && g.at[1] == '|';
  int letters = alleles ? g.length == 1 && second.length <= 1 : phased || g.length == 1 || g.length == 2;
  int a = letters ? row_allele(g.at[0], v->no_call) : -1;
  int b = DTC_ALLELE_NONE;
  if (letters && alleles && second.length)
    b = row_allele(second.at[0], v->no_call);
  else if (letters && !alleles && g.length > 1)
    b = row_allele(g.at[g.length - 1], v->no_call);
  /* One letter in two columns: the second is empty or a dash. */
  if (alleles && v->writes_one_letter && b == DTC_ALLELE_MISSING && a != DTC_ALLELE_MISSING)
    b = DTC_ALLELE_NONE;
  if (a < 0 || b < 0) {
    set_fault(out, DTC_ALLELE_INVALID, column, v->genotype_words);
    return;
  }
  if (b == DTC_ALLELE_NONE) {
    int haploid = out->contig >= DTC_CONTIG_X || out->contig == DTC_CONTIG_NONE;
    if (!v->writes_one_letter || !haploid)
      set_fault(out, DTC_ALLELE_INVALID, column, v->genotype_words);
  } else if (!row_alleles_fit((unsigned)a, (unsigned)b)) {
    set_fault(out, DTC_ALLELE_INVALID, column, v->genotype_words);
  } else if (a != DTC_ALLELE_MISSING) {
    row_phase here = phased ? ROW_PHASED : ROW_UNPHASED;
    if (*phase == ROW_PHASE_UNSEEN)
      *phase = here;
    if (*phase != here)
      set_fault(out, DTC_ALLELE_INVALID, column, "genotypes all phased or all not");
  }
  out->genotype = DTC_GENOTYPE(a, b);
}

static int is_blank(view text) {
  for (size_t i = 0; i < text.length; i++)
    if (text.at[i] != ' ' && text.at[i] != '\t')
      return 0;
  return 1;
}

dtc_status row_read(const row_rules *rules, const line *l, row_phase *phase, row *out, dtc_diag *diag) {
  dtc_status status = line_check(l, LINE_ASCII, diag);
  if (status)
    return status;
  if (is_blank(l->text))
    return line_fault(l, DTC_LINE_BLANK, 1, "a row, found a blank line", diag);
  if (vendor_is_header_line(l->text))
    return line_fault(l, DTC_HEADER_REPEATED, 1, "a row, found a line of a header", diag);
  fields f = {0};
  memset(out, 0, sizeof *out);
  status = split(rules, l, &f, &out->drift, diag);
  if (status)
    return status;
  out->chromosome = f.at[1];
  out->genotype_text[0] = f.at[3];
  if (rules->shape == VENDOR_TAB_ALLELES)
    out->genotype_text[1] = f.at[4];
  status = read_id(rules, l, f.at[0], out, diag);
  if (!status)
    status = read_position(l, f.at[2], out, diag);
  if (status)
    return status;
  read_contig(rules, l, out);
  if (!out->fault)
    read_genotype(rules, l, phase, out);
  return DTC_OK;
}

int row_is_whole(const row_rules *rules, const row *r) {
  switch (rules->shape) {
  case VENDOR_TAB_GENOTYPE:
    return r->genotype_text[0].length > 1;
  case VENDOR_TAB_ALLELES:
    return r->genotype_text[1].length > 0;
  case VENDOR_QUOTED_GENOTYPE:
    break; /* its last quote is there, or it had not become a row */
  }
  return 1;
}
