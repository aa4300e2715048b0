#include "common/page.h"

#include <dtcgeno.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char style[] =
    ":root{color-scheme:light dark;--ink:#1c2430;--paper:#fff;--line:#c9d0da;--call:#2563a8;--miss:#b4531a;"
    "--rail:#e6eaf0;--good:#176b36;--goodback:#e5f4ea;--doubt:#7a4a00;--doubtback:#fff2d6;--bad:#a11b1b;"
    "--badback:#fde8e6}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6eaf0;--paper:#161b22;--line:#3a4452;--call:#6fa8e8;"
    "--miss:#e8965a;--rail:#2a323d;--good:#7fd49b;--goodback:#12301d;--doubt:#f0c36a;--doubtback:#35270a;"
    "--bad:#ff9d94;--badback:#3b1513}}\n"
    "@media print{:root{--ink:#000;--paper:#fff;--line:#999;--call:#2563a8;--miss:#b4531a;--rail:#e6eaf0;"
    "--good:#176b36;--goodback:#e5f4ea;--doubt:#7a4a00;--doubtback:#fff2d6;--bad:#a11b1b;--badback:#fde8e6}\n"
    "*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}\n"
    "body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:46rem;margin:0 auto;"
    "padding:1rem;overflow-wrap:break-word}\n"
    "h1{font-size:1.3rem;margin:.5rem 0}h2{font-size:1.2rem;margin:2rem 0 .5rem;border-bottom:1px solid var(--line)}\n"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .75rem .3rem 0;vertical-align:top;"
    "border-bottom:1px solid var(--line)}th{font-weight:600}.n{text-align:right;font-variant-numeric:tabular-nums;"
    "white-space:nowrap}td{overflow-wrap:anywhere}\n"
    ".verdict{border:1px solid;border-left-width:.5rem;border-radius:.2rem;padding:.6rem 1rem;margin:0 0 1rem}"
    ".good{color:var(--good);background:var(--goodback)}.doubtful{color:var(--doubt);"
    "background:var(--doubtback)}.bad{color:var(--bad);background:var(--badback)}td.doubtful{font-weight:600}\n"
    "svg{width:100%;height:auto;display:block}svg text{font-size:12px;fill:var(--ink)}.call{fill:var(--call)}"
    ".miss{fill:var(--miss)}.rail{fill:var(--rail)}.axis{stroke:var(--line);stroke-width:1;fill:none}"
    ".wide{overflow-x:auto}.wide td{overflow-wrap:normal}.narrow{display:none}\n"
    "figure{margin:0}.bars{display:grid;grid-template-columns:max-content 1fr;gap:.3rem .75rem;align-items:center}"
    ".bars>*{margin:0}.bar{display:block;height:.9rem;background:var(--call);min-width:2px}"
    ".bar.miss{background:var(--miss)}.rails{background:var(--rail)}\n"
    ".sorted{display:none}.sorted:target{display:block}.sorted.first{display:block}"
    ".sorted:target~.sorted.first{display:none}th a{color:inherit}\n"
    "@media(max-width:40rem){svg text{font-size:20px}.bars{grid-template-columns:1fr}.wideonly{display:none}"
    ".narrow{display:block}}\n"
    "@media print{body{max-width:none;padding:0}h2,h2+p{break-after:avoid}svg,tr,figure{break-inside:avoid}}\n";

static void put(output *o, const char *text) { output_write(o, text, strlen(text)); }

void page_begin(output *o, const char *title, const char *more_style) {
  put(o, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
  page_text(o, title);
  put(o, "</title>\n<style>\n");
  put(o, style);
  if (more_style)
    put(o, more_style);
  put(o, "</style>\n</head>\n<body>\n<main>\n");
}

void page_end(output *o, const char *program) {
  output_print(o, "</main>\n<footer><p><small>%s %s</small></p></footer>\n</body>\n</html>\n", program, dtc_version());
}

void page_text(output *o, const char *text) {
  for (; *text; text++)
    switch (*text) {
    case '&':
      put(o, "&amp;");
      break;
    case '<':
      put(o, "&lt;");
      break;
    case '>':
      put(o, "&gt;");
      break;
    case '"':
      put(o, "&quot;");
      break;
    case '\'':
      put(o, "&#39;");
      break;
    default:
      output_write(o, text, 1);
    }
}

const char *page_count(uint64_t count, char text[PAGE_COUNT_BYTES]) {
  char digits[24];
  int length = snprintf(digits, sizeof digits, "%" PRIu64, count), to = 0;
  for (int i = 0; i < length; i++) {
    if (i && (length - i) % 3 == 0)
      text[to++] = ',';
    text[to++] = digits[i];
  }
  text[to] = '\0';
  return text;
}

const char *page_counted(uint64_t count, const char *one, const char *many, char *text, size_t text_bytes) {
  char number[PAGE_COUNT_BYTES];
  snprintf(text, text_bytes, "%s %s", page_count(count, number), count == 1 ? one : many);
  return text;
}

void page_verdict_begin(output *o, page_mood mood) {
  static const char *const classes[] = {"good", "doubtful", "bad"}, *const signs[] = {"&#10003;", "&#9888;",
                                                                                      "&#10007;"};
  output_print(o, "<header class=\"verdict %s\">\n<h1><span aria-hidden=\"true\">%s</span> ", classes[mood],
               signs[mood]);
}

void page_verdict_end(output *o) { put(o, "</header>\n"); }
