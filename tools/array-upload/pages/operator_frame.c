#include "array-upload/pages/operator_frame.h"

#include <string.h>
#include <time.h>

#include "array-upload/pages/asset.h"
#include "array-upload/pages/embedded.h"
#include "array-upload/pages/escape.h"

void frame_begin(render_row *row, const operator_frame *frame) {
  row->count = row->used = 0;
  row->overflow = 0;
  render_row_text(row, "csrf", frame->csrf);
}

int frame_page(buffer *out, const operator_frame *frame, const char *title, const char *section, const char *file,
               const render_row *row) {
  buffer content = {0};
  const char *text = embedded_text(file);
  if (row->overflow || !text ||
      render(&content, text, &(render_scope){row->fields, row->count, NULL, NULL}) != RENDER_OK) {
    buffer_free(&content);
    out->failed = 1;
    return 0;
  }
  const render_field fields[] = {
      {"title", title, NULL},
      {"content", content.text, NULL},
      {"assets", "/array-data-upload/assets", NULL},
      {"upload_css", asset_name("upload.css"), NULL},
      {"css", asset_name("operator.css"), NULL},
      {"js", asset_name("operator.js"), NULL},
      {"organization", frame->organization, NULL},
      {"user", frame->user, NULL},
      {"csrf", frame->csrf, NULL},
      {"notice", frame->notice, NULL},
      {"error", frame->error, NULL},
      {"in_projects", section && strcmp(section, "projects") == 0 ? "1" : NULL, NULL},
      {"in_users", section && strcmp(section, "users") == 0 ? "1" : NULL, NULL},
      {"in_audit", section && strcmp(section, "audit") == 0 ? "1" : NULL, NULL},
      {"owner", frame->owner ? "1" : NULL, NULL},
      {"in_account", section && strcmp(section, "account") == 0 ? "1" : NULL, NULL},
  };
  render_scope scope = {fields, sizeof fields / sizeof fields[0], NULL, NULL};
  int made = render(out, embedded_text("layout.html"), &scope) == RENDER_OK;
  buffer_free(&content);
  return made;
}

static int utc(int64_t time, struct tm *tm) {
  time_t seconds = (time_t)(time / 1000000);
  return time > 0 && gmtime_r(&seconds, tm) != NULL;
}

void frame_time(render_row *row, const char *name, const char *iso, int64_t time) {
  struct tm tm;
  if (!utc(time, &tm)) {
    render_row_text(row, name, NULL);
    render_row_text(row, iso, NULL);
    return;
  }
  int year = tm.tm_year + 1900, month = tm.tm_mon + 1;
  render_row_format(row, name, "%04d-%02d-%02d %02d:%02d UTC", year, month, tm.tm_mday, tm.tm_hour, tm.tm_min);
  render_row_format(row, iso, "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, tm.tm_mday, tm.tm_hour, tm.tm_min,
                    tm.tm_sec);
}

void frame_day(render_row *row, const char *name, int64_t time) {
  struct tm tm;
  if (utc(time, &tm))
    render_row_format(row, name, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
  else
    render_row_text(row, name, NULL);
}

void frame_flag(render_row *row, const char *name, int value) { render_row_text(row, name, value ? "1" : NULL); }

void frame_edges(render_row *row, size_t index, size_t count) {
  frame_flag(row, "first", index == 0);
  frame_flag(row, "last", index + 1 == count);
}

void frame_size(render_row *row, const char *name, uint64_t bytes) {
  static const char *const units[] = {"bytes", "KB", "MB", "GB", "TB"};
  double value = (double)bytes;
  size_t unit = 0;
  while (value >= 1024 && unit + 1 < sizeof units / sizeof units[0]) {
    value /= 1024;
    unit++;
  }
  render_row_format(row, name, unit ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

const char *frame_status_kind(const char *status) {
  if (!status)
    return "";
  if (strcmp(status, "succeeded") == 0)
    return "good";
  if (strncmp(status, "failed", 6) == 0)
    return "bad";
  if (strcmp(status, "scheduled") == 0 || strcmp(status, "running") == 0)
    return "warn";
  return "";
}

static void pager_link(buffer *out, const char *path, const char *search, const char *status, uint64_t offset,
                       const char *words) {
  buffer_text(out, "<a class=\"button quiet small\" href=\"");
  escape_html(out, path);
  buffer_format(out, "?offset=%llu", (unsigned long long)offset);
  if (search && *search) {
    buffer_text(out, "&amp;search=");
    escape_url(out, search);
  }
  if (status && *status) {
    buffer_text(out, "&amp;status=");
    escape_url(out, status);
  }
  buffer_format(out, "\">%s</a>", words);
}

void frame_pager(buffer *out, const char *path, const char *search, const char *status, const operator_range *range) {
  buffer_text(out, "");
  if (range->limit == 0 || (range->offset == 0 && range->total <= range->limit))
    return;
  uint64_t left = range->total > range->offset ? range->total - range->offset : 0;
  uint64_t shown = left < range->limit ? left : range->limit;
  buffer_text(out, "<nav class=\"pager\" aria-label=\"Pages\">");
  if (range->offset)
    pager_link(out, path, search, status, range->offset > range->limit ? range->offset - range->limit : 0, "Previous");
  if (shown)
    buffer_format(out, "<p>%llu–%llu of %llu</p>", (unsigned long long)range->offset + 1,
                  (unsigned long long)range->offset + shown, (unsigned long long)range->total);
  if (left > shown)
    pager_link(out, path, search, status, range->offset + shown, "Next");
  buffer_text(out, "</nav>");
}
