#include "text/lines.h"

#include "base/alloc.h"
#include "base/diag.h"

void lines_init(lines *l, const dtc_allocator *allocator, uint32_t limit_bytes) {
  memset(l, 0, sizeof *l);
  l->allocator = *allocator;
  l->limit = limit_bytes;
  l->number = 1;
}

void lines_free(lines *l) {
  alloc_release(&l->allocator, l->carry);
  l->carry = NULL;
}

dtc_status line_fault(const line *l, dtc_status status, size_t column, const char *expected, dtc_diag *diag) {
  return diag_set(diag, status, (place){l->number, column, l->byte + column - 1}, "%s", expected);
}

/* ---- bytes */

static dtc_status check_start(const line *l, dtc_diag *diag) {
  const unsigned char *at = (const unsigned char *)l->text.at;
  size_t n = l->text.length;
  if (n >= 4 && at[0] == 'P' && at[1] == 'K' && (at[2] == 3 || at[2] == 5) && at[3] == at[2] + 1)
    return line_fault(l, DTC_TEXT_IS_ARCHIVE, 1, "the text of the export, found a zip archive", diag);
  if (n >= 3 && at[0] == 0x1f && at[1] == 0x8b && at[2] == 8)
    return line_fault(l, DTC_TEXT_IS_ARCHIVE, 1, "the text of the export, found gzip", diag);
  if (n >= 2 && ((at[0] == 0xff && at[1] == 0xfe) || (at[0] == 0xfe && at[1] == 0xff)))
    return line_fault(l, DTC_TEXT_UTF16, 1, "ASCII text, found a mark of UTF-16", diag);
  if (n >= 2 && !at[0] != !at[1])
    return line_fault(l, DTC_TEXT_UTF16, 1, "ASCII text, found every second byte NUL", diag);
  if (n && at[0] != '#')
    for (size_t i = 0; i < n; i++)
      if ((at[i] < 0x20 && at[i] != '\t' && at[i] != '\r') || at[i] >= 0x7f)
        return line_fault(l, DTC_TEXT_BINARY, i + 1, "text, found bytes of something else", diag);
  return DTC_OK;
}

int line_take_bom(line *l) {
  if (l->number != 1 || !view_starts(l->text, "\xef\xbb\xbf"))
    return 0;
  l->text.at += 3;
  l->text.length -= 3;
  l->byte += 3;
  return 1;
}

dtc_status line_check(const line *l, line_charset charset, dtc_diag *diag) {
  if (l->number == 1) {
    dtc_status status = check_start(l, diag);
    if (status)
      return status;
  }
  for (size_t i = 0; i < l->text.length; i++) {
    unsigned char c = (unsigned char)l->text.at[i];
    if (c >= 0x20 && c < 0x7f)
      continue;
    if (c == '\t' || (c >= 0x80 && charset == LINE_ANY_ENCODING))
      continue;
    if (c == 0)
      return line_fault(l, DTC_TEXT_NUL, i + 1, "printable ASCII, found NUL", diag);
    if (c == '\r')
      return line_fault(l, DTC_LINE_END_MIXED, i + 1, "CR LF or LF at the end of each line, found CR inside one", diag);
    if (c >= 0x80)
      return line_fault(l, DTC_TEXT_NOT_ASCII, i + 1, "printable ASCII, found a byte above 127", diag);
    return line_fault(l, DTC_TEXT_CONTROL, i + 1, "printable ASCII, found a control character", diag);
  }
  return DTC_OK;
}

/* ---- lines */

/* The line is over the limit. What its first bytes are says more than its length, so they are looked at first. */
static dtc_status lines_too_long(lines *l, const line *whole, dtc_diag *diag) {
  line start = *whole;
  start.text.length = l->limit + 1;
  dtc_status status = line_check(&start, LINE_ANY_ENCODING, diag);
  if (status)
    return status;
  return diag_set(diag, DTC_LINE_TOO_LONG, (place){l->number, l->limit + 1, l->byte + l->limit},
                  "at most %zu bytes a line", l->limit);
}

static dtc_status lines_end(lines *l, line *out, dtc_diag *diag) {
  line_end end = LINE_END_LF;
  if (out->text.length && out->text.at[out->text.length - 1] == '\r') {
    end = LINE_END_CRLF;
    out->text.length--;
  }
  if (out->text.length > l->limit)
    return lines_too_long(l, out, diag);
  if (l->end == LINE_END_UNSEEN)
    l->end = end;
  if (l->end == end)
    return DTC_OK;
  /* UTF-16 and the like have odd line ends as well, and name the trouble better. */
  dtc_status status = line_check(out, LINE_ANY_ENCODING, diag);
  if (status)
    return status;
  return line_fault(out, DTC_LINE_END_MIXED, out->text.length + 1,
                    l->end == LINE_END_LF ? "LF as in the lines before, found CR LF"
                                          : "CR LF as in the lines before, found LF",
                    diag);
}

/* Appends to the carry what fits one byte beyond the longest line with its end, so that the length can be judged. */
static dtc_status lines_carry(lines *l, view bytes, dtc_diag *diag) {
  size_t room = l->limit + 2 - l->carried;
  size_t take = bytes.length < room ? bytes.length : room;
  if (!take)
    return DTC_OK;
  void *block = l->carry;
  if (!alloc_grow(&l->allocator, &block, &l->capacity, l->carried + take, 1))
    return diag_set(diag, DTC_OUT_OF_MEMORY, (place){0, 0, 0}, "memory for a line");
  l->carry = block;
  memcpy(l->carry + l->carried, bytes.at, take);
  l->carried += take;
  return DTC_OK;
}

dtc_status lines_next(lines *l, view *piece, line *out, int *got, dtc_diag *diag) {
  *got = 0;
  if (l->spent)
    l->spent = 0, l->carried = 0;
  if (!piece->length)
    return DTC_OK;
  const char *end = memchr(piece->at, '\n', piece->length);
  view head = end ? view_between(piece->at, end) : *piece;
  *out = (line){head, l->number, l->byte};
  size_t whole = l->carried + head.length;
  if (l->carried || !end) {
    dtc_status status = lines_carry(l, head, diag);
    if (status)
      return status;
    out->text = (view){l->carry, l->carried};
    if (whole > l->limit + 1)
      return lines_too_long(l, out, diag);
  }
  if (!end) {
    *piece = (view){piece->at + piece->length, 0};
    return DTC_OK;
  }
  l->spent = l->carried != 0;
  *piece = view_between(end + 1, piece->at + piece->length);
  dtc_status status = lines_end(l, out, diag);
  if (status)
    return status;
  *got = 1;
  l->number++;
  l->byte += whole + 1;
  return DTC_OK;
}

void lines_skip(lines *l, uint64_t count, uint64_t length_bytes) {
  l->number += count;
  l->byte += length_bytes;
}

void lines_finish(lines *l, line *out, int *got) {
  if (l->spent)
    l->spent = 0, l->carried = 0;
  *got = l->carried != 0;
  *out = (line){{l->carry, l->carried}, l->number, l->byte};
  l->spent = *got; /* it is handed out once */
}
