#include "array-upload/httpd/monitor.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "array-upload/httpd/httpd.h"
#include "array-upload/httpd/http/listen.h"
#include "array-upload/httpd/page/reasons.h"
#include "array-upload/pages/buffer.h"
#include "array-upload/util/clock.h"

enum { DUTY_SILENT_S = 60 };

enum MHD_Result health_live(struct request *r) {
  return reply_json(r, 200, json_pack("{s:s, s:s}", "status", "ok", "version", DTC_VERSION));
}

static int checkd_there(const struct config *c) {
  char path[4300];
  snprintf(path, sizeof path, "%s/run/checkd.sock", c->data);
  return access(path, W_OK) == 0;
}

/* Shown, but no reason to send nobody here: uploads are taken while they are away, and done later. */
static int duty_lives(struct request *r, const char *name) {
  int64_t age;
  return store_duty_age(r->store, name, r->now, &age) == STORE_OK && age >= 0 && age < DUTY_SILENT_S;
}

enum MHD_Result health_ready(struct request *r) {
  const struct config *c = &r->server->service->config;
  int64_t have, want, space = blob_free_bytes(r->server->service->blob);
  int database = store_version(r->store, &have, &want) == STORE_OK && have == want;
  int worker = duty_lives(r, "worker"), hookd = duty_lives(r, "hookd");
  int files = space < 0 || space >= c->free_bytes, checkd = checkd_there(c),
      draining = atomic_load(&r->server->draining);
  return reply_json(r, database && files && checkd && !draining ? 200 : 503,
                    json_pack("{s:b, s:b, s:b, s:b, s:b, s:b}", "database", database, "space", files, "checkd", checkd,
                              "accepting", !draining, "worker", worker, "hookd", hookd));
}

static void help_write(buffer *b, const char *name, const char *type, const char *help) {
  buffer_format(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* Cumulative, as Prometheus wants it. */
static void times_write(buffer *b, const char *name, const char *help, const struct times *t) {
  unsigned long long all = 0;
  help_write(b, name, "histogram", help);
  for (size_t i = 0; i < TIMES_STEPS; i++) {
    all += atomic_load(&t->steps[i]);
    buffer_format(b, "%s_bucket{le=\"%g\"} %llu\n", name, times_limits[i], all);
  }
  all += atomic_load(&t->steps[TIMES_STEPS]);
  buffer_format(b, "%s_bucket{le=\"+Inf\"} %llu\n%s_sum %.6f\n%s_count %llu\n", name, all, name,
                (double)atomic_load(&t->micros) / 1e6, name, all);
}

static void refusals_write(struct httpd *h, buffer *b) {
  help_write(b, "array_upload_refusals_total", "counter", "Uploads that were not taken, by reason.");
  for (size_t i = 0; i < REASONS_MAX && reason_at(i) != NULL; i++)
    buffer_format(b, "array_upload_refusals_total{reason=\"%s\"} %llu\n", reason_at(i)->code,
                  (unsigned long long)atomic_load(&h->refusals[i]));
}

static void counters_write(struct httpd *h, buffer *b) {
  buffer_text(b, "# HELP array_upload_requests_total Answers by class of their status.\n# TYPE "
                 "array_upload_requests_total counter\n");
  for (int i = 1; i < 6; i++)
    buffer_format(b, "array_upload_requests_total{class=\"%dxx\"} %llu\n", i,
                  (unsigned long long)atomic_load(&h->requests[i]));
  buffer_format(
      b,
      "# HELP array_upload_uploads_total Uploads by result.\n# TYPE array_upload_uploads_total counter\n"
      "array_upload_uploads_total{result=\"accepted\"} %llu\narray_upload_uploads_total{result=\"rejected\"} %llu\n",
      (unsigned long long)atomic_load(&h->uploads_accepted), (unsigned long long)atomic_load(&h->uploads_rejected));
  buffer_format(b,
                "# HELP array_upload_received_bytes_total Bytes of uploaded files.\n# TYPE "
                "array_upload_received_bytes_total counter\n"
                "array_upload_received_bytes_total %llu\n"
                "# HELP array_upload_uploads_in_flight Uploads being received or checked.\n# TYPE "
                "array_upload_uploads_in_flight gauge\n"
                "array_upload_uploads_in_flight %ld\n",
                (unsigned long long)atomic_load(&h->upload_bytes), atomic_load(&h->uploads));
  buffer_format(
      b,
      "# HELP array_upload_free_bytes Bytes that may still be written.\n# TYPE array_upload_free_bytes gauge\n"
      "array_upload_free_bytes %lld\n",
      (long long)blob_free_bytes(h->service->blob));
  times_write(b, "array_upload_request_seconds", "From a request's first byte to the end of its answer.",
              &h->request_times);
  times_write(b, "array_upload_check_seconds", "From a file's last byte to its verdict.", &h->check_times);
  refusals_write(h, b);
}

static void gauges_write(struct httpd *h, buffer *b) {
  struct arena a = {0};
  struct gauge *gauges;
  size_t n = 0;
  struct store *s = httpd_store_take(h);
  int up = s != NULL && store_gauges(s, &a, clock_now(), &gauges, &n) == STORE_OK;
  for (size_t i = 0; up && i < n; i++) {
    if (i == 0 || strcmp(gauges[i].name, gauges[i - 1].name) != 0)
      buffer_format(b, "# TYPE %s gauge\n", gauges[i].name);
    buffer_format(b, "%s%s%s%s %lld\n", gauges[i].name, gauges[i].label ? "{" : "",
                  gauges[i].label ? gauges[i].label : "", gauges[i].label ? "}" : "", (long long)gauges[i].value);
  }
  static const char *const duties[] = {"worker", "hookd"};
  help_write(b, "array_upload_duty_silent_seconds", "gauge",
             "Since a duty without a port last said that it lives; -1: never.");
  for (size_t i = 0; s != NULL && i < sizeof duties / sizeof *duties; i++) {
    int64_t age;
    if (store_duty_age(s, duties[i], clock_now(), &age) == STORE_OK)
      buffer_format(b, "array_upload_duty_silent_seconds{duty=\"%s\"} %lld\n", duties[i], (long long)age);
  }
  httpd_store_give(h, s);
  buffer_format(b,
                "# HELP array_upload_database_up 1 when the database answers.\n# TYPE array_upload_database_up gauge\n"
                "array_upload_database_up %d\n",
                up);
  arena_free(&a);
}

static enum MHD_Result metrics_handle(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                                      const char *version, const char *data, size_t *size, void **con_cls) {
  struct httpd *h = cls;
  buffer b = {0};
  (void)version;
  (void)data;
  (void)con_cls;
  if (*size > 0) {
    *size = 0;
    return MHD_YES;
  }
  int found = strcmp(url, "/metrics") == 0 && strcmp(method, "GET") == 0;
  if (found) {
    counters_write(h, &b);
    gauges_write(h, &b);
  }
  struct MHD_Response *response =
      MHD_create_response_from_buffer(b.length, b.length > 0 ? b.text : "", MHD_RESPMEM_MUST_COPY);
  buffer_free(&b);
  if (response == NULL)
    return MHD_NO;
  MHD_add_response_header(response, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  enum MHD_Result result = MHD_queue_response(connection, found ? 200 : 404, response);
  MHD_destroy_response(response);
  return result;
}

int metrics_start(struct httpd *h, struct MHD_Daemon **out) {
  char where[128];
  const char *text = h->service->config.metrics_listen;
  *out = NULL;
  if (text == NULL)
    return 0;
  int fd = listen_open(text, where, sizeof where);
  if (fd < 0)
    return -1;
  *out = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, metrics_handle, h, MHD_OPTION_LISTEN_SOCKET, fd,
                          MHD_OPTION_CONNECTION_LIMIT, 16u, MHD_OPTION_CONNECTION_TIMEOUT, 10u, MHD_OPTION_END);
  if (*out == NULL)
    close(fd);
  return *out == NULL ? -1 : 0;
}
