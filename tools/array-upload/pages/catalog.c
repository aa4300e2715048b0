#include "array-upload/pages/catalog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array-upload/pages/catalogs.h"

const catalog *catalog_list(size_t *count) {
  *count = catalog_count;
  return catalogs;
}

/* Length of the primary subtag of the language tag at `tag`. */
static size_t primary(const char *tag) {
  size_t n = 0;
  while ((tag[n] >= 'a' && tag[n] <= 'z') || (tag[n] >= 'A' && tag[n] <= 'Z'))
    n++;
  return n;
}

static const catalog *find(const char *tag) {
  size_t length = primary(tag);
  for (size_t i = 0; length && i < catalog_count; i++) {
    const char *language = catalogs[i].language;
    size_t k = 0;
    while (k < length && language[k] && (tag[k] | 0x20) == language[k])
      k++;
    if (k == length && !language[k])
      return &catalogs[i];
  }
  return NULL;
}

/* The quality after a tag, in thousandths; 1000 where none is written, 0 where it is not well formed. */
static unsigned quality(const char *s, const char *end) {
  const char *q = memchr(s, ';', (size_t)(end - s));
  if (!q)
    return 1000;
  q++;
  while (q < end && *q == ' ')
    q++;
  if (end - q < 3 || (*q | 0x20) != 'q' || q[1] != '=')
    return 0;
  q += 2;
  if (*q != '0' && *q != '1')
    return 0;
  unsigned value = *q == '1' ? 1000 : 0, unit = 100;
  q++;
  if (q < end && *q == '.')
    for (q++; q < end && *q >= '0' && *q <= '9' && unit; q++, unit /= 10)
      value += (unsigned)(*q - '0') * unit;
  return value > 1000 ? 1000 : value;
}

static const catalog *accepted(const char *header) {
  const catalog *best = NULL;
  unsigned best_quality = 0;
  for (const char *s = header; *s;) {
    while (*s == ' ' || *s == ',')
      s++;
    const char *end = s + strcspn(s, ",");
    const catalog *c = find(s);
    unsigned q = c ? quality(s, end) : 0;
    if (q > best_quality) {
      best = c;
      best_quality = q;
    }
    s = end;
  }
  return best;
}

const catalog *catalog_choose(const char *query, const char *accept_language, const char *project_default) {
  const catalog *c = query ? find(query) : NULL;
  if (!c && accept_language)
    c = accepted(accept_language);
  if (!c && project_default)
    c = find(project_default);
  return c ? c : &catalogs[0];
}

static int entry_compare(const void *key, const void *entry) {
  return strcmp(key, ((const catalog_entry *)entry)->key);
}

const char *catalog_text(const catalog *c, const char *key) {
  const catalog_entry *e = bsearch(key, c->entries, c->count, sizeof *c->entries, entry_compare);
  return e ? e->text : NULL;
}

static const char *name_or(const catalog *c, const char *name, const char *general) {
  return name && *name ? name : catalog_text(c, general);
}

void catalog_reason(buffer *out, const catalog *c, const char *reason, const catalog_names *names) {
  char key[64];
  const char *text = NULL;
  if (reason && snprintf(key, sizeof key, "reason.%s", reason) < (int)sizeof key)
    text = catalog_text(c, key);
  if (!text)
    text = catalog_text(c, "reason.upload_failed");
  for (const char *open; (open = strchr(text, '{')) != NULL;) {
    buffer_add(out, text, (size_t)(open - text));
    if (strncmp(open, "{partner}", 9) == 0)
      buffer_text(out, name_or(c, names->partner, "partner.general"));
    else if (strncmp(open, "{vendor}", 8) == 0)
      buffer_text(out, name_or(c, names->vendor, "vendor.general"));
    else if (strncmp(open, "{limit}", 7) == 0)
      catalog_size(out, c, names->limit_bytes);
    text = strchr(open, '}') + 1;
  }
  buffer_text(out, text);
}

void catalog_size(buffer *out, const catalog *c, uint64_t bytes) {
  /* Rounded down: a file just over the limit must not read as one that fits. */
  uint64_t tenths = bytes / (1u << 20) * 10 + bytes % (1u << 20) * 10 / (1u << 20);
  if (tenths % 10)
    buffer_format(out, "%llu%s%llu MB", (unsigned long long)(tenths / 10), catalog_text(c, "number.decimal"),
                  (unsigned long long)(tenths % 10));
  else
    buffer_format(out, "%llu MB", (unsigned long long)(tenths / 10));
}
