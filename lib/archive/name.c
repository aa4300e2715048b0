#include "archive/name.h"

#include "base/utf8.h"

static int is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

const char *name_fault(view name, int is_utf8) {
  if (name.length == 0)
    return "a name";
  if (name.at[0] == '/')
    return "a relative name";
  if (name.length >= 2 && is_letter(name.at[0]) && name.at[1] == ':')
    return "a name without a drive letter";
  for (size_t i = 0; i < name.length; i++) {
    unsigned char c = (unsigned char)name.at[i];
    if (c == 0)
      return "a name without NUL bytes";
    if (c == '\\')
      return "a name without backslashes";
    if (c < 32 || c == 127)
      return "a name without control characters";
  }
  for (size_t from = 0, to; from < name.length; from = to + 1) {
    for (to = from; to < name.length && name.at[to] != '/';)
      to++;
    if (to == from)
      return "a name without empty parts";
    if (view_is((view){name.at + from, to - from}, ".."))
      return "a name without \"..\"";
  }
  for (size_t i = 0, n; is_utf8 && i < name.length; i += n) {
    n = utf8_length((const unsigned char *)name.at + i, name.length - i);
    if (n == 0)
      return "a name in UTF-8, as its flag says";
  }
  return NULL;
}

int name_is_folder(view name) { return name.length && name.at[name.length - 1] == '/'; }

int name_is_macos(view name) {
  static const char store[] = ".DS_Store";
  size_t n = sizeof store - 1;
  if (view_starts(name, "__MACOSX/"))
    return 1;
  return name.length >= n && memcmp(name.at + name.length - n, store, n) == 0 &&
         (name.length == n || name.at[name.length - n - 1] == '/');
}

int name_has_folder(view name) { return name.length && memchr(name.at, '/', name.length) != NULL; }
