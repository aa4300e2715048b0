#include "provider/vendor.h"

#include "base/counts.h"
#include "text/fields.h"

#define VENDOR_ADDRESS(slug) &vendor_##slug,
static const vendor *const vendors[] = {VENDOR_LIST(VENDOR_ADDRESS) NULL};

const vendor *const *vendor_list(void) { return vendors; }

const vendor *vendor_by_slug(const char *slug) {
  for (size_t i = 0; slug && vendors[i]; i++)
    if (strcmp(vendors[i]->facts.name, slug) == 0)
      return vendors[i];
  return NULL;
}

unsigned dtc_vendor_count(void) { return sizeof vendors / sizeof *vendors - 1; }

const dtc_vendor *dtc_vendor_at(unsigned i) { return i < dtc_vendor_count() ? &vendors[i]->facts : NULL; }

const dtc_vendor *dtc_vendor_find(const char *name) {
  const vendor *v = vendor_by_slug(name);
  return v ? &v->facts : NULL;
}

const char *dtc_vendor_label(const char *slug, unsigned label) {
  const vendor *v = vendor_by_slug(slug);
  if (!v || label >= DTC_LABEL_COUNT || (label && !v->labels[label]))
    return "?";
  return label ? v->labels[label] : "0";
}

const dtc_misplaced *dtc_vendor_misplaced(const char *slug) {
  static const dtc_misplaced none[] = {{0, DTC_CONTIG_NONE, DTC_CONTIG_NONE, 0}};
  const vendor *v = vendor_by_slug(slug);
  return v && v->misplaced ? v->misplaced : none;
}

int dtc_vendor_deletion_at_last(const char *slug) {
  const vendor *v = vendor_by_slug(slug);
  return v && v->deletion_at_last;
}

/* ---- where a header ends */

static view without_comment_mark(view text) {
  while (text.length && (*text.at == '#' || *text.at == ' ' || *text.at == '"'))
    text.at++, text.length--;
  return text;
}

static int is_comment(view text) { return view_starts(text, "#") || view_starts(text, "\"#"); }

static int same_letters(view a, const char *lower) {
  size_t n = strlen(lower);
  if (a.length < n)
    return 0;
  for (size_t i = 0; i < n; i++)
    if ((a.at[i] >= 'A' && a.at[i] <= 'Z' ? a.at[i] + 32 : a.at[i]) != lower[i])
      return 0;
  return 1;
}

/* A line of column names begins with one of these and a separator, whatever its case. */
static int is_column_line(view text) {
  static const char *const first[] = {"rsid", "markername", "name", "snp name", "snp.name", "snp"};
  view names = without_comment_mark(text);
  if (!names.length || !strchr("rRmMnNsS", *names.at))
    return 0;
  for (size_t i = 0; i < sizeof first / sizeof *first; i++) {
    size_t n = strlen(first[i]);
    if (!same_letters(names, first[i]) || names.length == n || !strchr("\t,\"", names.at[n]))
      continue;
    fields f;
    fields_split(names, memchr(names.at, '\t', names.length) ? '\t' : ',', &f);
    if (f.count >= 4)
      return 1;
  }
  return 0;
}

int vendor_is_header_line(view text) { return is_comment(text) || is_column_line(text); }

int vendor_header_ends(const header *above, view text) {
  if (is_column_line(text))
    return 1;
  /* A report of the chip maker has lines of its own up to [Data], and only they name the vendor. */
  if (above->count ? view_starts(header_line(above, 0), "[Header]") : view_starts(text, "[Header]"))
    return view_starts(text, "[Data]");
  return text.length && !is_comment(text);
}

/* ---- whose header */

static const char damage_words[] =
    "a header line as the vendor writes it, found a spreadsheet's quotes, separators or a blank line";

/* What spreadsheets do to comment lines: quotes around, separators up to the number of columns behind. */
static dtc_status check_damage(const header *h, dtc_diag *diag) {
  for (size_t i = 0; i + 1 < h->count; i++) {
    view l = header_line(h, i);
    size_t column = 0;
    const char *tab = l.length ? memchr(l.at, '\t', l.length) : NULL;
    if (!l.length || *l.at == '"')
      column = 1;
    else if (tab)
      column = (size_t)(tab - l.at) + 1;
    else if (l.length >= 2 && memcmp(l.at + l.length - 2, ",,", 2) == 0)
      for (column = l.length - 1; column > 1 && l.at[column - 2] == ',';)
        column--;
    if (column)
      return header_fault(h, i, DTC_HEADER_MODIFIED, column, damage_words, diag);
  }
  return DTC_OK;
}

const char vendor_foreign_words[] = "the header of a vendor whose exports are taken";

int vendor_is_claimed(const header *h) {
  for (size_t i = 0; vendors[i]; i++)
    if (vendors[i]->claims(h))
      return 1;
  return 0;
}

dtc_status vendor_identify(const header *h, vendor_match *out, const foreign **other, dtc_diag *diag) {
  const vendor *claimant = NULL;
  memset(out, 0, sizeof *out);
  for (size_t i = 0; vendors[i]; i++) {
    if (!vendors[i]->claims(h))
      continue;
    if (claimant)
      return header_fault(h, 0, DTC_VENDOR_AMBIGUOUS, 1, "the header of one vendor, found sentences of two", diag);
    claimant = vendors[i];
  }
  if (!claimant) {
    *other = foreign_by_columns(h);
    if (*other)
      return header_fault(h, h->count - 1, DTC_VENDOR_FOREIGN, 1, vendor_foreign_words, diag);
    return header_fault(h, h->count - 1, DTC_VENDOR_UNKNOWN, 1, "the header of a raw data export", diag);
  }
  dtc_status status = check_damage(h, diag);
  out->vendor = claimant;
  return status ? status : claimant->read(h, out, diag);
}

/* ---- versions and chips */

/* Long enough for every one that was seen, too short for a sentence. */
#define WORD_MAX 64

/* Letters and digits, in several words at most. */
static int is_plain_word(view word) {
  for (size_t i = 0; i < word.length; i++) {
    char c = word.at[i];
    if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (i && strchr(" ._+-/", c))))
      return 0;
  }
  return word.length && word.length <= WORD_MAX;
}

static int is_listed(view word, const char *known) {
  for (const char *at = known; (at = strchr(at, '|')) && at[1]; at++)
    if ((size_t)(strchr(at + 1, '|') - at - 1) == word.length && memcmp(at + 1, word.at, word.length) == 0)
      return 1;
  return 0;
}

int vendor_read_word(const header *h, size_t i, const char *label, const char *known, unsigned *unknown_words) {
  view word = header_behind(h, i, label);
  if (is_listed(word, known))
    return 1;
  if (!is_plain_word(word))
    return -1;
  ++*unknown_words;
  return 0;
}

/* ---- the build */

/* The number behind "build", up to a point: "build 37.1" is 37. 0 where there is none. */
static unsigned build_number(view l) {
  const char *at = view_find(l, "build");
  if (!at || !(view_find(l, "reference") || view_find(l, "assembly")))
    return 0;
  const char *end = l.at + l.length;
  at += strlen("build");
  if (at < end && *at == ' ')
    at++;
  unsigned number = 0;
  for (; at < end && *at >= '0' && *at <= '9' && number < 1000; at++)
    number = number * 10 + (unsigned)(*at - '0');
  return number;
}

dtc_status vendor_read_build(const header *h, dtc_build *out, dtc_diag *diag) {
  unsigned number = 0;
  for (size_t i = 0; i + 1 < h->count; i++) {
    unsigned here = build_number(header_line(h, i));
    if (here && number && here != number)
      return header_fault(h, i, DTC_HEADER_MODIFIED, 1, "one genome build in the whole header, found two", diag);
    if (!here || number)
      continue;
    number = here;
    unsigned build = DTC_BUILD_UNKNOWN + 1;
    while (build < BUILD_COUNT && dtc_build_version((dtc_build)build) != number)
      build++;
    if (build == BUILD_COUNT)
      return header_fault(h, i, DTC_BUILD_UNSUPPORTED, 1, "genome build 36, 37 or 38", diag);
    *out = (dtc_build)build;
  }
  return DTC_OK; /* where no line names it, known markers among the rows may tell it */
}
