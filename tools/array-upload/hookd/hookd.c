/* hookd.c - the duty: claims deliveries, has curl send many at once, records each attempt. One thread. */
#include <config.h>

#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "array-upload/child/fault.h"
#include "array-upload/hookd/post.h"
#include "array-upload/hookd/schedule.h"
#include "array-upload/util/clock.h"
#include "array-upload/util/crypto.h"
#include "array-upload/util/log.h"

enum { SENDING_MAX = 32, POLL_MS = 250, LEASE_EXTRA_S = 45, STOP_S = 20, ALIVE_S = 10 };

struct hookd {
  const struct service *service;
  CURLM *multi;
  char owner[UUID_SIZE];
  int sending;
};

/* A subscription that is given up is worth a line in the chain. */
static void audit(const struct hookd *h, struct post *p, int64_t now) {
  struct subscription sub;
  struct store *store = h->service->store;
  if (store_subscription_get(store, &p->arena, NULL, p->delivery.subscription, &sub) == STORE_OK &&
      store_audit(store, sub.organization, "hookd", "webhook.failed", sub.id, NULL, now) != STORE_OK)
    log_event("audit.failed", "subscription=s", sub.id);
}

static void attempt_record(const struct hookd *h, struct post *p, CURLcode code) {
  const char *message;
  int64_t retry_after_s, retry_at, now = clock_now();
  uint32_t dice = 0;
  if (random_bytes(&dice, sizeof dice) != 0)
    dice = 500;
  int64_t status = post_result(p, code, &retry_after_s, &message);
  enum delivery_outcome outcome = schedule_next(&p->delivery, status, retry_after_s, dice, now, &retry_at);
  fault_point("hook-before-record");
  enum store_result result =
      store_delivery_result(h->service->store, &p->delivery, outcome, retry_at, status, message, now);
  log_event(outcome == DELIVERY_DONE ? "webhook.delivered" : "webhook.failed",
            "subscription=s event_id=s attempt=I status=I outcome=i result=i", p->delivery.subscription,
            p->delivery.event_id, (json_int_t)p->delivery.attempt, (json_int_t)status, (int)outcome, (int)result);
  if (outcome == DELIVERY_DEAD)
    audit(h, p, now);
}

/* Starts what is due while there is room. */
static void deliveries_start(struct hookd *h) {
  while (h->sending < SENDING_MAX && !service_stopping()) {
    struct arena arena = {0};
    struct delivery d;
    int64_t next, now = clock_now();
    if (store_delivery_claim(h->service->store, &arena, h->owner, h->service->config.webhook_s + LEASE_EXTRA_S, now, &d,
                             &next) != STORE_OK) {
      arena_free(&arena);
      return;
    }
    fault_point("hook-claimed");
    struct post *p = post_new(h->service, &arena, &d, now);
    arena_free(&arena); /* empty when p has taken it */
    if (!p)
      return; /* the lease runs out, and somebody tries again */
    if (p->easy && curl_multi_add_handle(h->multi, p->easy) == CURLM_OK) {
      h->sending++;
      continue;
    }
    attempt_record(h, p, CURLE_URL_MALFORMAT);
    post_free(p);
  }
}

static void deliveries_end(struct hookd *h) {
  CURLMsg *m;
  int left;
  while ((m = curl_multi_info_read(h->multi, &left)) != NULL) {
    if (m->msg != CURLMSG_DONE)
      continue;
    struct post *p = NULL;
    CURLcode code = m->data.result;
    curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)(void *)&p);
    curl_multi_remove_handle(h->multi, m->easy_handle);
    h->sending--;
    attempt_record(h, p, code);
    post_free(p);
  }
}

static void send_and_wait(struct hookd *h) {
  int running = 0;
  curl_multi_perform(h->multi, &running);
  deliveries_end(h);
  curl_multi_poll(h->multi, NULL, 0, POLL_MS, NULL);
}

static void work(struct hookd *h) {
  for (int64_t said = 0; !service_stopping();) {
    if (clock_steady() - said > SECONDS(ALIVE_S)) {
      said = clock_steady();
      if (store_duty_alive(h->service->store, "hookd", h->service->server, clock_now()) != STORE_OK)
        log_event("hookd.no_store", "");
    }
    deliveries_start(h);
    send_and_wait(h);
  }
  int64_t until = clock_steady() + SECONDS(STOP_S);
  while (h->sending > 0 && clock_steady() < until)
    send_and_wait(h);
}

int hookd_run(struct service *s, int ready_fd) {
  static const char line[] = "ready\n";
  struct hookd h = {.service = s};
  log_start("hookd");
  service_signals();
  if (uuid_new(h.owner) != 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
      (h.multi = curl_multi_init()) == NULL) {
    log_event("hookd.no_curl", "");
    return 3;
  }
  if (ready_fd >= 0) {
    if (write(ready_fd, line, sizeof line - 1) < 0)
      log_event("hookd.nobody_waits", "");
    close(ready_fd);
  }
  work(&h);
  curl_multi_cleanup(h.multi); /* what is still on its way is tried again when its lease has run out */
  curl_global_cleanup();
  return 0;
}
