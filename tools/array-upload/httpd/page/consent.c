#include "array-upload/httpd/page/consent.h"

#include <stdlib.h>
#include <string.h>

static const char *text_of(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text != NULL && *text != '\0' ? text : NULL;
}

int consent_wanted(const json_t *brand) { return text_of(brand, "consent_version") != NULL; }

/* ---- the form's answer ---------------------------------------------------------------------------------------------
 */
/* "analysis" for "consent", X for "consent_X"; NULL: another field. */
static const char *purpose_of(const char *name) {
  if (strncmp(name, "consent", 7) != 0)
    return NULL;
  return name[7] == '\0' ? CONSENT_ANALYSIS : name[7] == '_' ? name + 8 : NULL;
}

int consent_take(struct consent_answers *answers, const char *name, const char *bytes, uint64_t offset, size_t n) {
  const char *purpose = purpose_of(name);
  if (purpose == NULL)
    return 0;
  struct consent_answer *answer = NULL;
  for (size_t i = 0; i < answers->n; i++)
    if (strcmp(answers->list[i].purpose, purpose) == 0)
      answer = &answers->list[i];
  if (answer == NULL) {
    if (answers->n == CONSENTS_MAX || strlen(purpose) > CONSENT_PURPOSE_MAX)
      return 1; /* no such box was shown */
    answer = &answers->list[answers->n++];
    memcpy(answer->purpose, purpose, strlen(purpose) + 1);
  } else if (offset == 0) {
    answer->void_ = 1;
  }
  if (offset + n > CONSENT_VERSION_MAX || (n > 0 && memchr(bytes, '\0', n) != NULL)) {
    answer->void_ = 1;
  } else if (n > 0) {
    memcpy(answer->version + offset, bytes, n);
    answer->version[offset + n] = '\0';
  }
  return 1;
}

/* ---- what is asked for ---------------------------------------------------------------------------------------------
 */
static void ask(struct arena *a, struct page_consent *out, const char *purpose, const json_t *object,
                const char *version_key, const char *text_key, const char *general) {
  int analysis = strcmp(purpose, CONSENT_ANALYSIS) == 0;
  const char *text = text_of(object, text_key);
  *out = (struct page_consent){.purpose = arena_strdup(a, purpose),
                               .field = analysis ? "consent" : arena_printf(a, "consent_%s", purpose),
                               .version = arena_strdup(a, text_of(object, version_key)),
                               .text = arena_strdup(a, text != NULL ? text : general),
                               .required = analysis};
}

size_t consents_asked(struct arena *a, const json_t *brand, const catalog *language,
                      struct page_consent out[CONSENTS_MAX]) {
  size_t n = 0, i;
  json_t *use;
  if (consent_wanted(brand))
    ask(a, &out[n++], CONSENT_ANALYSIS, brand, "consent_version", "consent_text",
        catalog_text(language, "consent.text"));
  json_array_foreach(json_object_get(brand, "further_uses"), i, use) {
    if (n < CONSENTS_MAX && text_of(use, "purpose") != NULL && text_of(use, "version") != NULL)
      ask(a, &out[n++], text_of(use, "purpose"), use, "version", "text", "");
  }
  return n;
}

char *consents_shown(struct arena *a, const struct page_consent *list, size_t n) {
  json_t *shown = json_array();
  for (size_t i = 0; i < n; i++)
    json_array_append_new(shown, json_pack("{s:s, s:s, s:s, s:b}", "purpose", list[i].purpose, "version",
                                           list[i].version, "text", list[i].text, "required", list[i].required));
  char *text = shown == NULL || json_array_size(shown) != n ? NULL : json_dumps(shown, JSON_COMPACT);
  char *out = text == NULL ? NULL : arena_strdup(a, text);
  json_decref(shown);
  free(text);
  return out;
}

/* ---- both together -------------------------------------------------------------------------------------------------
 */
static int is_given(const struct consent_answers *answers, const char *purpose, const char *version) {
  for (size_t i = 0; i < answers->n; i++)
    if (strcmp(answers->list[i].purpose, purpose) == 0)
      return !answers->list[i].void_ && strcmp(answers->list[i].version, version) == 0;
  return 0;
}

int consents_judge(struct arena *a, const char *shown, int is_wanted, const struct consent_answers *answers,
                   int64_t now, struct consent out[CONSENTS_MAX], size_t *n) {
  json_t *list = shown == NULL ? NULL : json_loads(shown, 0, NULL), *item;
  size_t i;
  int agreed = 0;
  *n = 0;
  json_array_foreach(list, i, item) {
    const char *purpose = text_of(item, "purpose"), *version = text_of(item, "version"), *text = text_of(item, "text");
    if (*n == CONSENTS_MAX || purpose == NULL || version == NULL)
      continue;
    int given = is_given(answers, purpose, version);
    out[(*n)++] = (struct consent){.purpose = arena_strdup(a, purpose),
                                   .version = arena_strdup(a, version),
                                   .text = arena_strdup(a, text == NULL ? "" : text),
                                   .given = given ? now : 0};
    agreed |= given && strcmp(purpose, CONSENT_ANALYSIS) == 0;
  }
  json_decref(list);
  return agreed || !is_wanted;
}
