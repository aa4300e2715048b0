/* CSV: quality controls of a project's samples, and samples by month. */
#include <stdio.h>
#include <string.h>

#include "array-upload/httpd/api/api.h"
#include "array-upload/pages/buffer.h"

enum { REPORT_SAMPLES = 200 };

static enum MHD_Result csv_answer(struct request *r, buffer *b, const char *name) {
  const char *disposition = arena_printf(&r->arena, "attachment; filename=%s", name);
  const char *const extra[] = {"Content-Disposition", disposition, NULL};
  enum MHD_Result result = b->failed
                               ? reply_detail(r, 500, "A server error occurred.")
                               : reply_bytes(r, 200, "text/csv", b->text == NULL ? "" : b->text, b->length, extra);
  buffer_free(b);
  return result;
}

/* RFC 4180; a cell that a spreadsheet would take for a formula gets a quote before it. */
static void cell(buffer *b, const char *text, int last) {
  int quoted = strpbrk(text, ",\"\r\n") != NULL;
  if (*text != '\0' && strchr("=+-@\t", *text) != NULL)
    buffer_char(b, '\'');
  if (quoted)
    buffer_char(b, '"');
  for (; *text != '\0'; text++) {
    if (*text == '"')
      buffer_char(b, '"');
    buffer_char(b, *text);
  }
  if (quoted)
    buffer_char(b, '"');
  buffer_text(b, last ? "\r\n" : ",");
}

static enum store_result qc_rows(struct request *r, buffer *b, const struct sample *s) {
  struct quality_control *qc;
  size_t n;
  int64_t total;
  char number[40];
  enum store_result found = store_sample_qc(r->store, &r->arena, s->id, (struct page){200, 0}, &qc, &n, &total);
  if (found != STORE_OK)
    return found;
  for (size_t i = 0; i < n; i++) {
    cell(b, s->id, 0);
    cell(b, s->client_id, 0);
    cell(b, sample_state_text(s->state), 0);
    cell(b, qc[i].key, 0);
    snprintf(number, sizeof number, "%.15g", qc[i].measured);
    cell(b, qc[i].has_measured ? number : qc[i].text, 0);
    snprintf(number, sizeof number, "%.15g", qc[i].expected);
    cell(b, qc[i].has_expected ? number : "", 0);
    cell(b, qc[i].status, 1);
  }
  return STORE_OK;
}

enum MHD_Result api_qc_report(struct request *r) {
  struct project p;
  struct sample_query q;
  struct sample *samples;
  enum MHD_Result result;
  size_t n = REPORT_SAMPLES;
  int64_t total;
  buffer b = {0};
  if (api_project_load(r, &p, &result) != 0 || sample_query_read(r, p.id, &q, &result) != 0)
    return result;
  buffer_text(&b, "gencove_id,client_id,status,quality_control,value,expected,result\r\n");
  enum store_result found = STORE_OK;
  for (q.page = (struct page){REPORT_SAMPLES, 0}; found == STORE_OK && n == REPORT_SAMPLES;
       q.page.offset += REPORT_SAMPLES) {
    found = store_sample_list(r->store, &r->arena, &q, r->now, &samples, &n, &total);
    for (size_t i = 0; i < n && found == STORE_OK; i++)
      found = qc_rows(r, &b, &samples[i]);
  }
  if (found != STORE_OK) {
    buffer_free(&b);
    return reply_store(r, found);
  }
  return csv_answer(r, &b, arena_printf(&r->arena, "%s_qc-report.csv", p.id));
}

/* "2024-03" into months since year 0; -1 when it is not that. */
static int64_t month_read(const char *text) {
  int64_t year, month;
  char number[5] = "";
  if (strlen(text) != 7 || text[4] != '-')
    return -1;
  memcpy(number, text, 4);
  if (number_parse(&year, number, 1, 9999) != 0 || number_parse(&month, text + 5, 1, 12) != 0)
    return -1;
  return year * 12 + month - 1;
}

static int64_t month_start(int64_t month) {
  char day[40];
  int64_t micros = 0;
  snprintf(day, sizeof day, "%04d-%02d-01", (int)(month / 12), (int)(month % 12) + 1);
  date_parse(&micros, day);
  return micros;
}

/* Finished samples of all the organization's projects with their last status in that month. */
static enum store_result month_count(struct request *r, int64_t month, const char *status, int64_t *count) {
  struct project_query pq = {
      .organization = r->who.organization, .hidden_status = "all", .locked = -1, .page = {200, 0}};
  struct project *projects;
  size_t n = 200;
  int64_t total;
  *count = 0;
  for (; n == 200; pq.page.offset += 200) {
    enum store_result found = store_project_list(r->store, &r->arena, &pq, &projects, &n, &total);
    for (size_t i = 0; found == STORE_OK && i < n; i++) {
      struct sample *samples;
      size_t unused;
      struct sample_query q = {.project = projects[i].id,
                               .status = status,
                               .created_after = INT64_MIN,
                               .created_before = INT64_MIN,
                               .modified_after = month_start(month) - 1,
                               .modified_before = month_start(month + 1),
                               .page = {1, 0}};
      found = store_sample_list(r->store, &r->arena, &q, r->now, &samples, &unused, &total);
      *count += found == STORE_OK ? total : 0;
    }
    if (found != STORE_OK)
      return found;
  }
  return STORE_OK;
}

enum MHD_Result api_usage_report(struct request *r) {
  const char *from = request_query(r, "from"), *to = request_query(r, "to");
  char today[TIME_SIZE];
  buffer b = {0};
  date_format(today, r->now);
  today[7] = '\0';
  if ((from == NULL) != (to == NULL))
    return reply_json(r, 400, json_pack("{s:s}", "error", "Must provide both 'from' and 'to' parameters or neither."));
  int64_t last = month_read(to != NULL ? to : today), first = from != NULL ? month_read(from) : last - 11;
  if (first < 0 || last < first || last - first > 119)
    return reply_json(r, 400, json_pack("{s:s}", "error", "Use months as YYYY-MM, at most ten years."));
  buffer_text(&b, "year,month,succeeded_samples,failed_samples\r\n");
  for (int64_t month = first; month <= last; month++) {
    int64_t succeeded, failed;
    enum store_result found = month_count(r, month, "succeeded", &succeeded);
    if (found == STORE_OK)
      found = month_count(r, month, "failed", &failed);
    if (found != STORE_OK) {
      buffer_free(&b);
      return reply_store(r, found);
    }
    buffer_format(&b, "%d,%d,%lld,%lld\r\n", (int)(month / 12), (int)(month % 12) + 1, (long long)succeeded,
                  (long long)failed);
  }
  return csv_answer(r, &b, "organization-monthly-usage-report.csv");
}
