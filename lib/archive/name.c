#include "archive/name.h"

#include "base/utf8.h"

static int is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static int is_separator(char c) { return c == '/' || c == '\\'; }

/* One part between separators. */
static const char *part_fault(view part, int is_last) {
  if (part.length == 0)
    return "a name without empty parts";
  if (view_is(part, ".."))
    return "a name without \"..\"";
  if (is_last && view_is(part, "."))
    return "a name, found \".\"";
  return NULL;
}

const char *name_fault(view name, int is_utf8) {
  if (name.length == 0)
    return "a name";
  if (name_is_root(name))
    return NULL;
  if (is_separator(name.at[0]))
    return "a relative name";
  if (name.length >= 2 && is_letter(name.at[0]) && name.at[1] == ':')
    return "a name without a drive letter";
  for (size_t i = 0; i < name.length; i++) {
    unsigned char c = (unsigned char)name.at[i];
    if (c == 0)
      return "a name without NUL bytes";
    if (c < 32 || c == 127)
      return "a name without control characters";
  }
  for (size_t from = 0, to; from < name.length; from = to + 1) {
    for (to = from; to < name.length && !is_separator(name.at[to]);)
      to++;
    const char *fault = part_fault((view){name.at + from, to - from}, to == name.length);
    if (fault)
      return fault;
  }
  for (size_t i = 0, n; is_utf8 && i < name.length; i += n) {
    n = utf8_length((const unsigned char *)name.at + i, name.length - i);
    if (n == 0)
      return "a name in UTF-8, as its flag says";
  }
  return NULL;
}

int name_is_root(view name) { return name.length == 1 && is_separator(*name.at); }

int name_is_folder(view name) { return name.length && is_separator(name.at[name.length - 1]); }

int name_has_folder(view name) { return name_base(name).length != name.length; }

int name_has_backslash(view name) { return name.length && memchr(name.at, '\\', name.length) != NULL; }

int name_same(view a, view b) {
  if (a.length != b.length)
    return 0;
  for (size_t i = 0; i < a.length; i++)
    if (a.at[i] != b.at[i] && !(is_separator(a.at[i]) && is_separator(b.at[i])))
      return 0;
  return 1;
}

view name_base(view name) {
  size_t from = name.length;
  while (from && !is_separator(name.at[from - 1]))
    from--;
  return (view){name.at + from, name.length - from};
}
