/* The filler of templates, its escaping, the catalogs, colours and assets of the upload pages. */
#include "../unit/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array-upload/pages/asset.h"
#include "array-upload/pages/buffer.h"
#include "array-upload/pages/catalog.h"
#include "array-upload/pages/colour.h"
#include "array-upload/pages/embedded.h"
#include "array-upload/pages/escape.h"
#include "array-upload/pages/qr.h"
#include "array-upload/pages/render.h"
#include "array-upload/pages/upload_page.h"
#include "browser/sample_pages.h"

static void renders(const char *text, const char *value, const char *expected) {
  buffer out = {0};
  render_field fields[] = {{"v", value, NULL}};
  ck_assert_int_eq(render(&out, text, &(render_scope){fields, 1, NULL, NULL}), RENDER_OK);
  ck_assert_str_eq(out.text, expected);
  buffer_free(&out);
}

static void refused(const char *text, const char *value) {
  buffer out = {0};
  render_field fields[] = {{"v", value, NULL}};
  ck_assert_int_eq(render(&out, text, &(render_scope){fields, 1, NULL, NULL}), RENDER_BAD_TEMPLATE);
  ck_assert_int_eq(out.failed, 1);
  buffer_free(&out);
}

START_TEST(escapes_by_place) {
  renders("<p>{{v}}</p>", "<b>&\"'`", "<p>&lt;b&gt;&amp;&quot;&#39;&#96;</p>");
  renders("<p title=\"{{v}}\">", "a\" onclick=\"x", "<p title=\"a&quot; onclick=&quot;x\">");
  renders("<p title='{{v}}'>", "a'b", "<p title='a&#39;b'>");
  renders("<a href=\"{{v}}\">", "https://a.example/?b=c&d=\"", "<a href=\"https://a.example/?b=c&amp;d=&quot;\">");
  renders("<a href=\"/s?q={{v}}\">", "a b&c=/ü", "<a href=\"/s?q=a%20b%26c%3D%2F%C3%BC\">");
  renders("<a href=\"{{v}}/x\">", "/base", "<a href=\"/base/x\">");
  renders("<script type=\"application/json\">{\"a\":\"{{v}}\"}</script>{{v}}", "</script><!--\"\\\n",
          "<script type=\"application/json\">{\"a\":\"\\u003c/script\\u003e\\u003c!--\\u0022\\u005c\\u000a\"}</script>"
          "&lt;/script&gt;&lt;!--&quot;\\\n");
  renders("<script type=\"application/json\">{\"a\":{{v}}}</script>", "42",
          "<script type=\"application/json\">{\"a\":42}</script>");
  renders("<!-- <a {{^v}}{{v}}{{/v}} --><b>{{v}}</b>", "<", "<!-- <a  --><b>&lt;</b>");
  renders("<SCRIPT src=\"/x\"></SCRIPT><p>{{v}}", "<", "<SCRIPT src=\"/x\"></SCRIPT><p>&lt;");
}
END_TEST

START_TEST(addresses_with_schemes) {
  static const char *const bad[] = {
      "javascript:alert(1)", "JaVaScRiPt:x",    " javascript:x",   "java\nscript:x", "\tjavascript:x",
      "data:text/html,x",    "//evil.example/", "/\\evil.example", "vbscript:x",     "x:y"};
  static const char *const good[] = {
      "https://a.example/",        "HTTP://a", "/here", "?q=1", "#main", "a/b:c", "mailto:a@b.example",
      "data:image/png;base64,AAAA"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    renders("<a href=\"{{v}}\">", bad[i], "<a href=\"#\">");
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    ck_assert_int_eq(escape_url_allowed(good[i]), 1);
}
END_TEST

START_TEST(sections) {
  renders("{{#v}}[{{v}}]{{/v}}{{^v}}none{{/v}}", "x", "[x]");
  renders("{{#v}}[{{v}}]{{/v}}{{^v}}none{{/v}}", "", "none");
  renders("{{#v}}[{{v}}]{{/v}}{{^v}}none{{/v}}", NULL, "none");
  renders("<p{{#v}} hidden{{/v}}>", "x", "<p hidden>");
  renders("<p>{{{v}}}</p>", "<b>made here</b>", "<p><b>made here</b></p>");
}
END_TEST

START_TEST(wrong_templates) {
  refused("{{unknown}}", "x");
  refused("{{v", "x");
  refused("{{#v}}x", "x");
  refused("{{/v}}", "x");
  refused("<p {{v}}>", "x");
  refused("<p onclick=\"{{v}}\">", "x");
  refused("<p style=\"{{v}}\">", "x");
  refused("<!-- {{v}} -->", "x");
  refused("<p title=\"{{{v}}}\">", "x");
  refused("<script type=\"application/json\">{\"a\":{{v}}}</script>", "42,\"b\":1");
  refused("<script type=\"application/json\">{\"a\":{{v}}}</script>", "");
  refused("<p title=\"{{v}}", "x");
  refused("{{t:no.such.key}}", "x");
}
END_TEST

static void fill_number(const void *items, size_t index, render_row *row) {
  render_row_format(row, "n", "%d", ((const int *)items)[index]);
  if (index == 2)
    render_row_text(row, "v", "own");
}

START_TEST(lists) {
  int numbers[] = {1, 2, 3};
  render_list list = {3, numbers, fill_number}, none = {0, NULL, NULL};
  render_field fields[] = {{"list", NULL, &list}, {"none", NULL, &none}, {"v", "outer", NULL}};
  buffer out = {0};
  ck_assert_int_eq(
      render(&out, "{{#list}}<i>{{n}}{{v}}</i>{{/list}}{{^list}}x{{/list}}{{#none}}x{{/none}}{{^none}}none{{/none}}",
             &(render_scope){fields, 3, NULL, NULL}),
      RENDER_OK);
  ck_assert_str_eq(out.text, "<i>1outer</i><i>2outer</i><i>3own</i>none");
  buffer_free(&out);
}
END_TEST

static void fill_too_much(const void *items, size_t index, render_row *row) {
  (void)index;
  render_row_format(row, "n", "%s", (const char *)items);
}

START_TEST(row_overflow_fails) {
  char *text = malloc(RENDER_ROW_BYTES + 1);
  memset(text, 'x', RENDER_ROW_BYTES);
  text[RENDER_ROW_BYTES] = '\0';
  render_list list = {1, text, fill_too_much};
  render_field fields[] = {{"list", NULL, &list}};
  buffer out = {0};
  ck_assert_int_eq(render(&out, "{{#list}}{{n}}{{/list}}", &(render_scope){fields, 1, NULL, NULL}),
                   RENDER_BAD_TEMPLATE);
  buffer_free(&out);
  free(text);
}
END_TEST

START_TEST(bytes_that_are_not_utf8) {
  static const char *const bad[] = {"\x80", "\xC0\xAF", "\xE2\x82", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF", "\xC3"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    buffer html = {0}, json = {0};
    escape_html(&html, bad[i]);
    escape_json(&json, bad[i]);
    ck_assert_int_eq(memcmp(html.text, "\xEF\xBF\xBD", 3), 0);
    ck_assert_str_eq(html.text, json.text);
    for (size_t k = 0; k < html.length; k++)
      ck_assert_ptr_nonnull(strchr("\xEF\xBF\xBD", html.text[k]));
    buffer_free(&html);
    buffer_free(&json);
  }
  renders("{{v}}", "\xC3\xA4\xE2\x82\xAC\xF0\x9F\xA7\xAC", "\xC3\xA4\xE2\x82\xAC\xF0\x9F\xA7\xAC");
  buffer json = {0};
  escape_json(&json, "\xE2\x80\xA8\x01");
  ck_assert_str_eq(json.text, "\\u2028\\u0001");
  buffer_free(&json);
}
END_TEST

START_TEST(buffer_limit) {
  buffer b = {0};
  buffer_format(&b, "%0600d", 7);
  ck_assert_uint_eq(b.length, 600);
  ck_assert_uint_eq(strlen(b.text), 600);
  char *block = calloc(1, 1 << 20);
  memset(block, 'x', 1 << 20);
  for (int i = 0; i < 9; i++)
    buffer_add(&b, block, 1 << 20);
  ck_assert_int_eq(b.failed, 1);
  ck_assert_uint_le(b.length, BUFFER_LIMIT_BYTES);
  buffer_free(&b);
  ck_assert_int_eq(b.failed, 0);
  free(block);
}
END_TEST

START_TEST(catalogs_are_equal_and_sorted) {
  size_t count;
  const catalog *all = catalog_list(&count);
  ck_assert_uint_ge(count, 2);
  ck_assert_str_eq(all[0].language, "en");
  for (size_t i = 0; i < count; i++) {
    ck_assert_uint_eq(all[i].count, all[0].count);
    ck_assert_uint_gt(all[i].count, 90);
    for (size_t k = 0; k < all[i].count; k++) {
      const catalog_entry *e = &all[i].entries[k];
      ck_assert_str_eq(e->key, all[0].entries[k].key);
      ck_assert_msg(k == 0 || strcmp(all[i].entries[k - 1].key, e->key) < 0, "%s stands in the wrong place", e->key);
      ck_assert_msg(*e->text, "%s is empty in %s", e->key, all[i].language);
      for (const char *at = e->text; (at = strchr(at, '{')) != NULL; at++) {
        char name[32];
        size_t length = strcspn(at, "}") + 1;
        ck_assert_uint_lt(length, sizeof name);
        memcpy(name, at, length);
        name[length] = '\0';
        ck_assert_msg(strstr(all[0].entries[k].text, name), "%s has %s in %s only", e->key, name, all[i].language);
      }
    }
  }
}
END_TEST

START_TEST(every_reason_has_words) {
  static const char *const reasons[] = {"link_expired",
                                        "session_expired",
                                        "already_uploaded",
                                        "session_revoked",
                                        "user_canceled",
                                        "file_missing",
                                        "file_empty",
                                        "file_too_large",
                                        "file_type_not_allowed",
                                        "zip_corrupt",
                                        "zip_encrypted",
                                        "zip_unsafe",
                                        "zip_unexpected_contents",
                                        "provider_not_supported",
                                        "format_version_not_supported",
                                        "file_modified",
                                        "file_incomplete",
                                        "upload_interrupted",
                                        "too_many_attempts",
                                        "rate_limited",
                                        "service_unavailable",
                                        "upload_failed",
                                        "upload_in_progress",
                                        "consent_missing"};
  size_t count;
  const catalog *all = catalog_list(&count);
  catalog_names names = {"Acme", "23andMe", 26214400};
  for (size_t i = 0; i < count; i++)
    for (size_t k = 0; k < sizeof reasons / sizeof *reasons; k++) {
      buffer out = {0}, failed = {0};
      catalog_reason(&out, &all[i], reasons[k], &names);
      catalog_reason(&failed, &all[i], "never heard of", &names);
      ck_assert_ptr_null(strchr(out.text, '{'));
      ck_assert_int_eq(strcmp(out.text, failed.text) == 0, strcmp(reasons[k], "upload_failed") == 0);
      buffer_free(&out);
      buffer_free(&failed);
    }
  buffer out = {0};
  catalog_reason(&out, &all[0], "file_too_large", &names);
  catalog_reason(&out, &all[0], "session_revoked", &(catalog_names){"", NULL, 0});
  catalog_reason(&out, &all[0], "format_version_not_supported", &names);
  ck_assert_str_eq(out.text, "The file must be smaller than 25 MB.This upload was cancelled by the app you came from."
                             "We can\xE2\x80\x99t read this version of the 23andMe file yet.");
  buffer_free(&out);
}
END_TEST

START_TEST(language_choice) {
  ck_assert_str_eq(catalog_choose(NULL, NULL, NULL)->language, "en");
  ck_assert_str_eq(catalog_choose("de", "en", "en")->language, "de");
  ck_assert_str_eq(catalog_choose("xx", "de-AT,en;q=0.5", NULL)->language, "de");
  ck_assert_str_eq(catalog_choose(NULL, "fr, DE ;q=0.4, en;q=0.39", NULL)->language, "de");
  ck_assert_str_eq(catalog_choose(NULL, "en;q=0.2,de;q=0.21", NULL)->language, "de");
  ck_assert_str_eq(catalog_choose(NULL, "de;q=0,en;q=0.1", NULL)->language, "en");
  ck_assert_str_eq(catalog_choose(NULL, "fr", "de")->language, "de");
  ck_assert_str_eq(catalog_choose("", ",,;;q=,de;q=2,*", "")->language, "en");
  ck_assert_str_eq(catalog_choose("deu", "d", "e")->language, "en");
}
END_TEST

START_TEST(sizes) {
  size_t count;
  const catalog *all = catalog_list(&count);
  buffer out = {0};
  catalog_size(&out, &all[0], 26214400);
  buffer_char(&out, '|');
  catalog_size(&out, &all[0], 13107200);
  buffer_char(&out, '|');
  catalog_size(&out, &all[1], 13107200);
  buffer_char(&out, '|');
  catalog_size(&out, &all[0], UINT64_MAX);
  ck_assert_str_eq(out.text, "25 MB|12.5 MB|12,5 MB|17592186044415.9 MB");
  buffer_free(&out);
}
END_TEST

START_TEST(contrast) {
  uint32_t rgb;
  ck_assert_int_eq(colour_parse("#A0b1C2", &rgb), 1);
  ck_assert_uint_eq(rgb, 0xA0B1C2);
  ck_assert_int_eq(colour_parse("#abc", &rgb), 0);
  ck_assert_int_eq(colour_parse("#12345g", &rgb), 0);
  ck_assert_int_eq(colour_parse("#1234567", &rgb), 0);
  ck_assert_int_eq(colour_parse(NULL, &rgb), 0);
  ck_assert_uint_eq(colour_contrast(0x000000, 0xFFFFFF), 21000);
  ck_assert_uint_eq(colour_contrast(0x777777, 0xFFFFFF), 4478); /* the well-known near miss */
  for (uint32_t c = 0; c <= 0xFFFFFF; c += 0x010307) {
    ck_assert_uint_ge(colour_contrast(colour_ink(c), c), 4500);
    ck_assert_uint_ge(colour_contrast(colour_readable(c, COLOUR_LIGHT_PAGE), COLOUR_LIGHT_PAGE), 4500);
    ck_assert_uint_ge(colour_contrast(colour_readable(c, COLOUR_DARK_PAGE), COLOUR_DARK_PAGE), 4500);
  }
}
END_TEST

START_TEST(assets) {
  asset a;
  ck_assert_int_eq(asset_find(asset_name("upload.css"), &a), 1);
  ck_assert_str_eq(a.content_type, "text/css; charset=utf-8");
  ck_assert_uint_gt(a.length, 1000);
  ck_assert_ptr_nonnull(strstr(a.bytes, "--page: #f4f5f7"));
  ck_assert_ptr_nonnull(strstr(a.bytes, "--card: #20262e"));
  ck_assert_int_eq(asset_find("upload.css", &a), 0);
  ck_assert_int_eq(asset_find("", &a), 0);
  ck_assert_int_eq(asset_find("../../etc/passwd", &a), 0);
  ck_assert_ptr_null(asset_name("upload.html"));
  ck_assert_int_eq(asset_find("brand-ffee00.css", &a), 1);
  ck_assert_ptr_nonnull(strstr(a.bytes, "--brand:#ffee00;--brand-ink:#15191e;--brand-text:#15191e"));
  ck_assert_int_eq(asset_find("brand-ffee0.css", &a), 0);
  ck_assert_int_eq(asset_find("brand-ffee0g.css", &a), 0);
  ck_assert_int_eq(asset_find("brand-ffee00.cssx", &a), 0);
}
END_TEST

START_TEST(pages_in_every_language) {
  size_t count;
  const catalog *all = catalog_list(&count);
  const char *origins[] = {"https://app.example", "capacitor://localhost"};
  for (size_t i = 0; i < count; i++) {
    upload_view bare = {.language = &all[i], .session = "s", .limit_bytes = 26214400, .seconds_left = 900};
    upload_view full = bare;
    full.brand = (page_brand){"<Acme> & \"Co\"",     "Lab", "data:image/png;base64,AA==", "#ffcc00", "P.", "D.",
                              "https://a.example/p", 30};
    full.link = "https://u.example/array-data-upload?token=a.b.c";
    full.sample_id = "6c3437b4-35fc-4224-9bb0-4623a16e6735";
    full.extensions_left = 10;
    full.failure_url = "https://a.example/e?reason=x";
    full.success_url = "https://a.example/d";
    full.embed_origins = origins;
    full.embed_count = 2;
    const struct page_consent consents[] = {{"analysis", "consent", "2", "I <agree>", 1},
                                            {"research", "consent_research", "r1", "Research", 0}};
    full.consents = consents;
    full.consent_count = 2;
    full.reason = "zip_corrupt";
    for (int k = 0; k < 2; k++) {
      const upload_view *view = k ? &full : &bare;
      buffer out = {0};
      ck_assert_int_eq(upload_page_form(&out, view), 1);
      ck_assert_ptr_null(strstr(out.text, "{{"));
      ck_assert_ptr_null(strstr(out.text, "<Acme>"));
      ck_assert_ptr_null(strstr(out.text, " style="));
      /* One page, one script, one style sheet: under 50 KB together, whatever the language. */
      ck_assert_uint_lt(out.length + strlen(embedded_text("upload.js")) + strlen(embedded_text("upload.css")),
                        50 * 1024);
      buffer_free(&out);
      for (int result = UPLOAD_RESULT_DONE; result <= UPLOAD_RESULT_NOT_VALID; result++) {
        ck_assert_int_eq(upload_page_result(&out, view, (upload_result)result), 1);
        ck_assert_ptr_null(strstr(out.text, "{{"));
        if (result == UPLOAD_RESULT_NOT_VALID)
          ck_assert_msg(!strstr(out.text, "Acme") && !strstr(out.text, "a.example"),
                        "a link that is not valid names nobody");
        buffer_free(&out);
      }
    }
  }
}
END_TEST

START_TEST(operator_pages) {
  static const char hostile[] = "\"><script>alert(1)</script><a href='x' onclick=\"x\">{{v}}";
  for (const char *const *name = sample_page_names; *name; name++) {
    buffer out = {0}, bad = {0};
    ck_assert_msg(sample_page(&out, *name, NULL) && !out.failed, "%s cannot be made", *name);
    ck_assert_ptr_null(strstr(out.text, "{{"));
    ck_assert_ptr_null(strstr(out.text, " style="));
    ck_assert_msg(sample_page(&bad, *name, hostile), "%s cannot be made with hostile text", *name);
    ck_assert_msg(!strstr(bad.text, "<script>alert") && !strstr(bad.text, "<a href='x'"), "%s lets markup through",
                  *name);
    for (const char *form = out.text; (form = strstr(form, "<form method=\"post\"")) != NULL; form++) {
      const char *end = strstr(form, "</form>"), *token = strstr(form, "name=\"csrf\" value=\"csrf-token\"");
      ck_assert_msg(token && token < end, "%s has a form without its token", *name);
    }
    buffer_free(&out);
    buffer_free(&bad);
  }
}
END_TEST

START_TEST(qr_codes) {
  buffer out = {0};
  char *huge = calloc(1, 8000);
  memset(huge, 'x', 7999);
  ck_assert_int_eq(qr_svg(&out, huge), 0);
  ck_assert_uint_eq(out.length, 0);
  if (qr_svg(&out, "https://a.example/")) {
    ck_assert_int_eq(strncmp(out.text, "<svg viewBox=\"0 0 33 33\"", 24),
                     0); /* version 2: 25 modules and the quiet zone */
    ck_assert_ptr_nonnull(strstr(out.text, "</svg>"));
  }
  buffer_free(&out);
  free(huge);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("render");
  TCase *cases = tcase_create("render");
  tcase_add_test(cases, escapes_by_place);
  tcase_add_test(cases, addresses_with_schemes);
  tcase_add_test(cases, sections);
  tcase_add_test(cases, wrong_templates);
  tcase_add_test(cases, lists);
  tcase_add_test(cases, row_overflow_fails);
  tcase_add_test(cases, bytes_that_are_not_utf8);
  tcase_add_test(cases, buffer_limit);
  tcase_add_test(cases, catalogs_are_equal_and_sorted);
  tcase_add_test(cases, every_reason_has_words);
  tcase_add_test(cases, language_choice);
  tcase_add_test(cases, sizes);
  tcase_add_test(cases, contrast);
  tcase_add_test(cases, assets);
  tcase_add_test(cases, pages_in_every_language);
  tcase_add_test(cases, operator_pages);
  tcase_add_test(cases, qr_codes);
  suite_add_tcase(suite, cases);
  return suite_run(suite);
}
