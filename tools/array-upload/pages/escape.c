#include "array-upload/pages/escape.h"

#include <string.h>
#include <strings.h>

/* Length of the well-formed UTF-8 sequence at `s`, 0 where there is none. Reads no byte beyond the NUL. */
static size_t sequence_length(const unsigned char *s) {
  if (s[0] < 0x80)
    return 1;
  if (s[0] < 0xC2 || s[0] > 0xF4)
    return 0;
  if (s[1] < 0x80 || s[1] > 0xBF)
    return 0;
  if (s[0] < 0xE0)
    return 2;
  if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) || (s[0] == 0xF0 && s[1] < 0x90) ||
      (s[0] == 0xF4 && s[1] > 0x8F))
    return 0;
  if (s[2] < 0x80 || s[2] > 0xBF)
    return 0;
  if (s[0] < 0xF0)
    return 3;
  return s[3] >= 0x80 && s[3] <= 0xBF ? 4 : 0;
}

static const char *html_name(unsigned char c) {
  switch (c) {
  case '&':
    return "&amp;";
  case '<':
    return "&lt;";
  case '>':
    return "&gt;";
  case '"':
    return "&quot;";
  case '\'':
    return "&#39;";
  case '`':
    return "&#96;";
  default:
    return NULL;
  }
}

void escape_html(buffer *out, const char *text) {
  for (const unsigned char *s = (const unsigned char *)(text ? text : ""); *s;) {
    size_t length = sequence_length(s);
    const char *name = html_name(*s);
    if (name)
      buffer_text(out, name);
    else if (!length || (*s < 0x20 && *s != '\n' && *s != '\t') || *s == 0x7F)
      buffer_text(out, "\xEF\xBF\xBD");
    else
      buffer_add(out, (const char *)s, length);
    s += length ? length : 1;
  }
}

void escape_json(buffer *out, const char *text) {
  for (const unsigned char *s = (const unsigned char *)(text ? text : ""); *s;) {
    size_t length = sequence_length(s);
    int separator = length == 3 && s[0] == 0xE2 && s[1] == 0x80 && (s[2] == 0xA8 || s[2] == 0xA9);
    if (!length)
      buffer_text(out, "\xEF\xBF\xBD");
    else if (separator)
      buffer_text(out, s[2] == 0xA8 ? "\\u2028" : "\\u2029");
    else if (length == 1 && (*s < 0x20 || *s == 0x7F || strchr("\"\\<>&'", *s)))
      buffer_format(out, "\\u%04x", (unsigned)*s);
    else
      buffer_add(out, (const char *)s, length);
    s += length ? length : 1;
  }
}

void escape_url(buffer *out, const char *text) {
  for (const unsigned char *s = (const unsigned char *)(text ? text : ""); *s; s++) {
    int plain = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || (*s >= '0' && *s <= '9') || strchr("-._~", *s);
    if (plain)
      buffer_char(out, (char)*s);
    else
      buffer_format(out, "%%%02X", (unsigned)*s);
  }
}

int escape_url_allowed(const char *text) {
  static const char *const schemes[] = {"https://", "http://", "mailto:", "data:image/", "data:,"};
  for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
    if (strncasecmp(text, schemes[i], strlen(schemes[i])) == 0)
      return 1;
  /* Browsers drop tabs and newlines inside a scheme and read a backslash as a slash. */
  for (const unsigned char *s = (const unsigned char *)text; *s; s++)
    if (*s <= 0x20 || *s == '\\')
      return 0;
  if (text[0] == '/')
    return text[1] != '/';
  return strcspn(text, ":") >= strcspn(text, "/?#");
}
