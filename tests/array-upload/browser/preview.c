/* preview - prints one page of the service without the service: `preview PAGE [name=value]...`, `preview
 * operator/PAGE`, or `preview asset NAME`. The browser tests' stand-in server and whoever works on the looks use it.
 * Exit 1: no such page or asset. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array-upload/pages/asset.h"
#include "array-upload/pages/buffer.h"
#include "array-upload/pages/catalog.h"
#include "array-upload/pages/upload_page.h"
#include "sample_pages.h"

static const char *argument(char **list, const char *name) {
  size_t length = strlen(name);
  for (; *list; list++)
    if (strncmp(*list, name, length) == 0 && (*list)[length] == '=')
      return (*list)[length + 1] ? *list + length + 1 : NULL;
  return NULL;
}

static unsigned number(char **list, const char *name, unsigned otherwise) {
  const char *text = argument(list, name);
  return text ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

static int asset_print(const char *name) {
  asset a;
  if (!asset_find(name, &a))
    return EXIT_FAILURE;
  printf("%s\n", a.content_type);
  return fwrite(a.bytes, 1, a.length, stdout) == a.length ? EXIT_SUCCESS : EXIT_FAILURE;
}

static upload_view view_of_arguments(char **list, const char **origins) {
  static struct page_consent consent = {"analysis", "consent", NULL, "I agree that my genetic data is used.", 1};
  consent.version = argument(list, "consent");
  upload_view view = {.language = catalog_choose(argument(list, "lang"), argument(list, "accept"), NULL),
                      .brand = {.partner = argument(list, "partner"),
                                .operator_name = argument(list, "operator"),
                                .logo = argument(list, "logo"),
                                .colour = argument(list, "colour"),
                                .privacy_url = argument(list, "privacy"),
                                .retention_days = number(list, "days", 30)},
                      .session = argument(list, "session"),
                      .link = argument(list, "link"),
                      .sample_id = argument(list, "sample"),
                      .limit_bytes = number(list, "limit", 26214400),
                      .seconds_left = number(list, "seconds", 900),
                      .extensions_left = number(list, "extensions", 10),
                      .attempts_left = number(list, "attempts", 10),
                      .success_url = argument(list, "success"),
                      .failure_url = argument(list, "failure"),
                      .consents = &consent,
                      .consent_count = consent.version != NULL,
                      .reason = argument(list, "reason"),
                      .vendor = argument(list, "vendor")};
  for (; *list; list++)
    if (strncmp(*list, "origin=", 7) == 0 && view.embed_count < 8)
      origins[view.embed_count++] = *list + 7;
  view.embed_origins = origins;
  return view;
}

static int page_print(const char *name, char **list, buffer *out) {
  static const char *const results[] = {"done", "reason", "canceled", "not-valid"};
  if (strncmp(name, "operator/", 9) == 0)
    return sample_page(out, name + 9, NULL);
  const char *origins[8];
  upload_view view = view_of_arguments(list, origins);
  if (strcmp(name, "form") == 0)
    return upload_page_form(out, &view);
  for (int i = 0; i < 4; i++)
    if (strcmp(name, results[i]) == 0)
      return upload_page_result(out, &view, (upload_result)i);
  return 0;
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fputs("usage: preview PAGE [name=value]... | preview asset NAME\n", stderr);
    return EXIT_FAILURE;
  }
  if (strcmp(argv[1], "asset") == 0 && argc == 3)
    return asset_print(argv[2]);
  buffer out = {0};
  int made = page_print(argv[1], argv + 2, &out) && fwrite(out.text, 1, out.length, stdout) == out.length;
  buffer_free(&out);
  return made ? EXIT_SUCCESS : EXIT_FAILURE;
}
