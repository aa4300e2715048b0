#include "array-upload/httpd/page/leftover.h"

#include <stdio.h>
#include <stdlib.h>

#include "array-upload/httpd/httpd.h"
#include "array-upload/util/clock.h"
#include "array-upload/util/log.h"

struct leftover {
  struct leftover *next;
  char attempt[UUID_SIZE], reason[64];
};

/* 1: ended, by us or by somebody else. */
static int abort_now(struct httpd *h, const char *attempt, const char *reason) {
  struct store *s = httpd_store_take(h);
  if (s == NULL)
    return 0;
  enum store_result result = store_attempt_abort(s, attempt, reason, clock_now());
  httpd_store_give(h, s);
  return result == STORE_OK || result == STORE_NONE;
}

static void keep(struct httpd *h, struct leftover *l) {
  pthread_mutex_lock(&h->leftovers_lock);
  l->next = h->leftovers;
  h->leftovers = l;
  pthread_mutex_unlock(&h->leftovers_lock);
}

void leftover_abort(struct httpd *h, const char *attempt, const char *reason) {
  if (abort_now(h, attempt, reason))
    return;
  struct leftover *l = calloc(1, sizeof *l);
  if (l == NULL) {
    log_event("attempt.left", "attempt=s", attempt); /* the sweep ends it after its page session */
    return;
  }
  snprintf(l->attempt, sizeof l->attempt, "%s", attempt);
  snprintf(l->reason, sizeof l->reason, "%s", reason);
  keep(h, l);
}

void leftover_retry(struct httpd *h) {
  pthread_mutex_lock(&h->leftovers_lock);
  struct leftover *list = h->leftovers;
  h->leftovers = NULL;
  pthread_mutex_unlock(&h->leftovers_lock);
  int away = 0;
  while (list != NULL) {
    struct leftover *l = list;
    list = l->next;
    away = away || !abort_now(h, l->attempt, l->reason);
    if (away)
      keep(h, l);
    else
      free(l);
  }
}
