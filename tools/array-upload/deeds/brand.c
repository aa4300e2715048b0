#include "array-upload/deeds/brand.h"

#include <string.h>
#include <strings.h>

#include "array-upload/pages/catalog.h"
#include "array-upload/pages/colour.h"

enum { NAME_MAX_BYTES = 200, LOGO_MAX_BYTES = 48 * 1024, BRAND_ORIGINS = 20 };

static const char *text_of(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text != NULL && *text != '\0' ? text : NULL;
}

/* ---- one value each: NULL, or what is wrong ------------------------------------------------------------------------
 */
static const char *sentence_fault(const char *text) {
  return strlen(text) > CONSENT_TEXT_MAX ? "purpose, deletion and consent_text have at most 4000 bytes." : NULL;
}

static const char *name_fault(const char *text) {
  return strlen(text) > NAME_MAX_BYTES ? "name has at most 200 bytes." : NULL;
}

static const char *version_fault(const char *text) {
  return strlen(text) > CONSENT_VERSION_MAX ? "consent_version has at most 64 bytes." : NULL;
}

static const char *colour_fault(const char *text) {
  uint32_t rgb;
  return *text == '#' && colour_parse(text, &rgb) ? NULL : "colour is written as #rrggbb.";
}

static const char *language_fault(const char *text) {
  size_t n;
  const catalog *list = catalog_list(&n);
  for (size_t i = 0; i < n; i++)
    if (strcmp(list[i].language, text) == 0)
      return NULL;
  return "language is not one of this service's languages.";
}

static const char *privacy_url_fault(const char *text) {
  int good = strncasecmp(text, "https://", 8) == 0 && text[8] != '\0' && strpbrk(text, " \t\r\n<>\"") == NULL;
  return good && strlen(text) <= 2048 ? NULL : "privacy_url is an https address.";
}

/* The page loads nothing from other hosts. */
static const char *logo_fault(const char *text) {
  int good = strncmp(text, "data:image/", 11) == 0 || (text[0] == '/' && text[1] != '/');
  return good && strlen(text) <= LOGO_MAX_BYTES && strpbrk(text, " \t\r\n<>\"") == NULL
             ? NULL
             : "logo is a data:image/ address of at most 48 KiB, or a path on this host.";
}

/* scheme://host[:port] and nothing behind it. */
static int is_origin(const char *text) {
  const char *host = text == NULL ? NULL : strstr(text, "://");
  return host != NULL && host != text && host[3] != '\0' &&
         strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789+-.") == (size_t)(host - text) &&
         strspn(host + 3, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]") == strlen(host + 3);
}

static const char *origins_fault(const json_t *list) {
  json_t *item;
  size_t i;
  int good = json_is_array(list) && json_array_size(list) <= BRAND_ORIGINS;
  json_array_foreach((json_t *)list, i, item) good = good && is_origin(json_string_value(item));
  return good ? NULL
              : "embed_origins and redirect_origins are lists of at most 20 origins, as https://app.example.com.";
}

static const char *further_uses_fault(const json_t *list) {
  json_t *use;
  size_t i;
  if (!json_is_array(list) || json_array_size(list) >= CONSENTS_MAX)
    return "further_uses is a list of at most 7 objects.";
  json_array_foreach((json_t *)list, i, use) {
    const char *purpose = text_of(use, "purpose"), *version = text_of(use, "version"), *text = text_of(use, "text");
    if (json_object_size(use) != 3 || purpose == NULL || version == NULL || text == NULL)
      return "Each of further_uses has a purpose, a version and a text.";
    if (strlen(purpose) > CONSENT_PURPOSE_MAX || strcmp(purpose, CONSENT_ANALYSIS) == 0 ||
        purpose[strspn(purpose, "abcdefghijklmnopqrstuvwxyz0123456789_")] != '\0')
      return "A purpose is a word of small letters, digits and _, and not analysis.";
    if (strlen(version) > CONSENT_VERSION_MAX || strlen(text) > CONSENT_TEXT_MAX)
      return "A version has at most 64 bytes, a text at most 4000.";
    for (size_t k = 0; k < i; k++)
      if (strcmp(purpose, text_of(json_array_get(list, k), "purpose")) == 0)
        return "A purpose stands twice in further_uses.";
  }
  return NULL;
}

/* ---- all of them ---------------------------------------------------------------------------------------------------
 */
static const struct {
  const char *key;
  const char *(*text)(const char *text);    /* a text, or null */
  const char *(*value)(const json_t *list); /* anything else */
} keys[] = {{"name", name_fault, NULL},
            {"logo", logo_fault, NULL},
            {"colour", colour_fault, NULL},
            {"language", language_fault, NULL},
            {"purpose", sentence_fault, NULL},
            {"deletion", sentence_fault, NULL},
            {"privacy_url", privacy_url_fault, NULL},
            {"consent_version", version_fault, NULL},
            {"consent_text", sentence_fault, NULL},
            {"further_uses", NULL, further_uses_fault},
            {"embed_origins", NULL, origins_fault},
            {"redirect_origins", NULL, origins_fault},
            {"extensions", NULL, NULL},
            {"rezip", NULL, NULL}};

static const char *value_fault(const char *key, const json_t *value) {
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    if (strcmp(keys[i].key, key) != 0)
      continue;
    if (keys[i].value != NULL)
      return keys[i].value(value);
    if (keys[i].text == NULL)
      return json_is_boolean(value) ? NULL : "extensions and rezip are true or false.";
    const char *text = json_string_value(value);
    if (text == NULL)
      return json_is_null(value) ? NULL : "There is a value of the wrong type.";
    return *text == '\0' ? NULL : keys[i].text(text);
  }
  return "There is a key that is not known.";
}

const char *brand_fault(const json_t *brand, const char **wrong) {
  const char *key;
  json_t *value;
  if (wrong != NULL)
    *wrong = NULL;
  if (!json_is_object(brand))
    return "Expected a dictionary of items.";
  json_object_foreach((json_t *)brand, key, value) {
    const char *fault = value_fault(key, value);
    if (fault != NULL) {
      if (wrong != NULL)
        *wrong = key;
      return fault;
    }
  }
  return NULL;
}

/* ---- its successor -------------------------------------------------------------------------------------------------
 */
static int is_same(const char *a, const char *b) { return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0; }

/* 1: one version stands for two texts. */
static int is_reused(const char *version_before, const char *text_before, const char *version, const char *text) {
  return version != NULL && is_same(version_before, version) && !is_same(text_before, text);
}

static const json_t *use_find(const json_t *brand, const char *purpose) {
  json_t *use;
  size_t i;
  json_array_foreach(json_object_get(brand, "further_uses"), i,
                     use) if (is_same(text_of(use, "purpose"), purpose)) return use;
  return NULL;
}

const char *brand_change_fault(const json_t *before, const json_t *after) {
  json_t *use;
  size_t i;
  int reused = is_reused(text_of(before, "consent_version"), text_of(before, "consent_text"),
                         text_of(after, "consent_version"), text_of(after, "consent_text"));
  json_array_foreach(json_object_get(after, "further_uses"), i, use) {
    const json_t *old = use_find(before, text_of(use, "purpose"));
    reused |= is_reused(text_of(old, "version"), text_of(old, "text"), text_of(use, "version"), text_of(use, "text"));
  }
  return reused ? "A changed text to agree to needs a new version." : NULL;
}
