/* webhooks.c - subscriptions, the outbox they are served from, and a notification row for every try. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "array-upload/store/internal.h"

#define SUBSCRIPTION_FIELDS(T, N, I) \
  T(id, "w.id")                      \
  T(project, "w.project")            \
  T(organization, "p.organization")  \
  T(name, "w.name")                  \
  T(target, "w.target")              \
  T(event_types, "w.event_types")    \
  N(sealed, "w.sealed")              \
  I(created, "w.created")            \
  I(flagged, "w.flagged")
#define SUBSCRIPTION_COLUMNS SUBSCRIPTION_FIELDS(FIELD_COLUMN, FIELD_COLUMN, FIELD_COLUMN)

FIELDS_READER(subscription_read, struct subscription, SUBSCRIPTION_FIELDS)

enum store_result store_subscription_create(struct store *s, const struct subscription *sub) {
  return db_ask(s->db, NULL, NULL,
                "INSERT INTO subscriptions (id, project, name, target, event_types, sealed, created)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7)",
                PARAMS(sub->id, sub->project, sub->name, sub->target, sub->event_types, sub->sealed, sub->created));
}

enum store_result store_subscription_get(struct store *s, struct arena *a, const char *organization, const char *id,
                                         struct subscription *out) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT " SUBSCRIPTION_COLUMNS
                   "1 FROM subscriptions w JOIN projects p ON p.id = w.project WHERE w.id = $1"
                   " AND w.deleted = 0 AND p.deleted = 0 AND (CAST($2 AS TEXT) IS NULL OR p.organization = $2)",
                   PARAMS(id, organization)));
  if (r.n_rows == 0)
    return STORE_NONE;
  subscription_read(&r, 0, out);
  return STORE_OK;
}

enum store_result store_subscription_list(struct store *s, struct arena *a, const char *project, struct page page,
                                          struct subscription **out, size_t *n, int64_t *total) {
  struct db_rows r;
  TRY_STORE(
      db_ask(s->db, a, &r, "SELECT count(*) FROM subscriptions WHERE project = $1 AND deleted = 0", PARAMS(project)));
  *total = db_number(&r, 0, 0);
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT " SUBSCRIPTION_COLUMNS
                   "1 FROM subscriptions w JOIN projects p ON p.id = w.project WHERE w.project = $1"
                   " AND w.deleted = 0 ORDER BY w.created DESC, w.id LIMIT $2 OFFSET $3",
                   PARAMS(project, page.limit, page.offset)));
  ROWS_TAKE(a, r, out, n, subscription_read);
  return STORE_OK;
}

static enum store_result delete_body(struct store *s, void *arg) {
  const char *id = arg;
  struct db_rows r;
  TRY(db_run(s->db, NULL, &r, "UPDATE subscriptions SET deleted = 1, sealed = NULL WHERE id = $1 AND deleted = 0",
             PARAMS(id)));
  if (r.changed != 1)
    return STORE_NONE;
  return store_result_of(db_run(
      s->db, NULL, NULL, "UPDATE outbox SET state = 'dead' WHERE subscription = $1 AND state = 'pending'", PARAMS(id)));
}

enum store_result store_subscription_delete(struct store *s, const char *id) {
  return store_transact(s, delete_body, (void *)id);
}

enum store_result store_subscription_secret(struct store *s, const char *id, const char *sealed) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, NULL, &r, "UPDATE subscriptions SET sealed = $2 WHERE id = $1 AND deleted = 0",
                   PARAMS(id, sealed)));
  return r.changed == 1 ? STORE_OK : STORE_NONE;
}

/* ---- outbox --------------------------------------------------------------------------------------------------------
 */
static enum store_result outbox_insert(struct store *s, struct arena *a, const char *subscription, const char *sample,
                                       const char *event_id, const char *event_type, const char *body, int retry,
                                       int64_t now) {
  char id[UUID_SIZE];
  if (uuid_new(id) != 0)
    return STORE_ERROR;
  return store_result_of(
      db_run(s->db, a, NULL,
             "INSERT INTO outbox (id, subscription, sample, event_id, event_type, body, retry, due, created)"
             " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
             PARAMS(id, subscription, sample, event_id, event_type, body, (retry != 0), now)));
}

enum store_result store_delivery_add(struct store *s, const char *subscription, const char *event_id,
                                     const char *event_type, const char *body, int retry, int64_t now) {
  struct arena a = {0};
  enum store_result result = outbox_insert(s, &a, subscription, NULL, event_id, event_type, body, retry, now);
  arena_free(&a);
  return result;
}

/* 1 when the JSON list of texts holds the word. */
static int list_has(const char *list, const char *word) {
  json_t *types = json_loads(list, 0, NULL), *type;
  size_t i;
  int found = 0;
  json_array_foreach(types, i, type) found |= json_is_string(type) && strcmp(json_string_value(type), word) == 0;
  json_decref(types);
  return found;
}

struct event {
  const char *project, *id, *type, *body;
  int64_t now;
};

static enum store_result event_in(struct store *s, struct arena *a, const struct event *e) {
  struct db_rows r;
  TRY(db_run(s->db, a, &r,
             "SELECT id, event_types FROM subscriptions WHERE project = $1 AND deleted = 0 AND flagged = 0",
             PARAMS(e->project)));
  for (size_t i = 0; i < r.n_rows; i++)
    if (list_has(db_text(&r, i, 1), e->type))
      TRY_STORE(outbox_insert(s, a, db_text(&r, i, 0), NULL, e->id, e->type, e->body, 1, e->now));
  return STORE_OK;
}

static enum store_result event_body(struct store *s, void *arg) {
  struct arena a = {0};
  enum store_result result = event_in(s, &a, arg);
  arena_free(&a);
  return result;
}

enum store_result store_event_add(struct store *s, const char *project, const char *event_id, const char *event_type,
                                  const char *body, int64_t now) {
  struct event e = {project, event_id, event_type, body, now};
  return store_transact(s, event_body, &e);
}

static char *complete_body(const struct sample *sample, const char *event_id, enum sample_state state, int64_t now) {
  char when[TIME_SIZE];
  time_format(when, now);
  json_t *body =
      json_pack("[{s:s, s:s, s:s, s:{s:{s:s}, s:[{s:s, s:s, s:{s:s}}]}}]", "event_id", event_id, "event_type",
                "analysis_complete_v2", "timestamp", when, "payload", "project", "id", sample->project, "samples", "id",
                sample->id, "client_id", sample->client_id, "last_status", "status", sample_state_text(state));
  char *text = body == NULL ? NULL : json_dumps(body, JSON_COMPACT);
  json_decref(body);
  return text;
}

enum store_result outbox_add_complete(struct store *s, struct arena *a, const struct sample *sample,
                                      enum sample_state state, int64_t now) {
  struct db_rows r;
  char event_id[UUID_SIZE];
  TRY(db_run(s->db, a, &r,
             "SELECT id, event_types FROM subscriptions WHERE project = $1 AND deleted = 0 AND flagged = 0",
             PARAMS(sample->project)));
  struct sample named = *sample;
  TRY_STORE(sample_unseal(s, a, &named, 1));
  char *text = uuid_new(event_id) == 0 ? complete_body(&named, event_id, state, now) : NULL;
  const char *body = text;
  enum store_result result = body == NULL ? STORE_ERROR : STORE_OK;
  if (result == STORE_OK && strcmp(named.client_id, sample->client_id) != 0)
    result = body_seal(s, a, sample->id, &body, now);
  for (size_t i = 0; i < r.n_rows && result == STORE_OK; i++)
    if (list_has(db_text(&r, i, 1), "analysis_complete_v2"))
      result = outbox_insert(s, a, db_text(&r, i, 0), sample->id, event_id, "analysis_complete_v2", body, 1, now);
  free(text);
  return result;
}

struct claim {
  struct arena *a;
  const char *owner;
  int64_t lease_s, now, *next;
  struct delivery *out;
};

static enum store_result claim_body(struct store *s, void *arg) {
  const struct claim *c = arg;
  struct db_rows r;
  *c->next = 0;
  const char *sql = arena_printf(
      c->a,
      "SELECT d.id, d.subscription, d.event_id, d.event_type, d.body, d.attempt, d.retry, d.sample FROM outbox d"
      " WHERE d.state = 'pending' AND d.due <= $1 AND d.lease_until < $1 ORDER BY d.due LIMIT 1%s",
      s->db->driver->skip_locked);
  if (sql == NULL)
    return STORE_ERROR;
  TRY(db_run(s->db, c->a, &r, sql, PARAMS(c->now)));
  if (r.n_rows == 0) {
    TRY(db_run(s->db, c->a, &r,
               "SELECT min(CASE WHEN due > lease_until THEN due ELSE lease_until END) FROM outbox"
               " WHERE state = 'pending'",
               NO_PARAMS));
    *c->next = db_number(&r, 0, 0);
    return STORE_NONE;
  }
  *c->out = (struct delivery){.id = db_text(&r, 0, 0),
                              .subscription = db_text(&r, 0, 1),
                              .event_id = db_text(&r, 0, 2),
                              .event_type = db_text(&r, 0, 3),
                              .body = db_text(&r, 0, 4),
                              .attempt = db_number(&r, 0, 5),
                              .retry = db_number(&r, 0, 6),
                              .owner = c->owner};
  TRY_STORE(body_unseal(s, c->a, db_text_or_null(&r, 0, 7), &c->out->body));
  TRY(db_run(s->db, c->a, NULL, "UPDATE outbox SET owner = $2, lease_until = $3 WHERE id = $1",
             PARAMS(c->out->id, c->owner, c->now + c->lease_s * 1000000)));
  TRY(db_run(s->db, c->a, &r, "SELECT target, sealed FROM subscriptions WHERE id = $1", PARAMS(c->out->subscription)));
  c->out->target = db_text(&r, 0, 0);
  c->out->sealed = db_text_or_null(&r, 0, 1);
  return STORE_OK;
}

enum store_result store_delivery_claim(struct store *s, struct arena *a, const char *owner, int64_t lease_s,
                                       int64_t now, struct delivery *out, int64_t *next) {
  struct claim c = {a, owner, lease_s, now, next, out};
  return store_transact(s, claim_body, &c);
}

struct outcome {
  const struct delivery *d;
  enum delivery_outcome outcome;
  int64_t retry_at, http_status, now;
  const char *message;
};

static enum store_result result_in(struct store *s, struct arena *a, const struct outcome *o) {
  static const char *const states[] = {
      [DELIVERY_DONE] = "done", [DELIVERY_RETRY] = "pending", [DELIVERY_DEAD] = "dead"};
  char id[UUID_SIZE];
  struct db_rows r;
  if (uuid_new(id) != 0)
    return STORE_ERROR;
  TRY(db_run(s->db, a, &r,
             "UPDATE outbox SET state = CASE WHEN state = 'pending' THEN $3 ELSE state END, attempt = attempt + 1, "
             "owner = NULL,"
             " lease_until = 0, due = CASE WHEN $4 > 0 THEN $4 ELSE due END WHERE id = $1 AND owner = $2",
             PARAMS(o->d->id, o->d->owner, states[o->outcome], o->outcome == DELIVERY_RETRY ? o->retry_at : 0)));
  if (r.changed != 1)
    return STORE_NONE;
  TRY(db_run(s->db, a, NULL,
             "INSERT INTO notifications (id, subscription, delivery, event_type, http_status, message, created)"
             " VALUES ($1, $2, $3, $4, $5, $6, $7)",
             PARAMS(id, o->d->subscription, o->d->id, o->d->event_type, o->http_status,
                    o->message != NULL ? o->message : "", o->now)));
  if (o->outcome == DELIVERY_DEAD && o->d->retry) {
    TRY(db_run(s->db, a, NULL, "UPDATE subscriptions SET flagged = 1 WHERE id = $1", PARAMS(o->d->subscription)));
    /* Disabled: what else waits for it is not sent either. */
    TRY(db_run(s->db, a, NULL,
               "UPDATE outbox SET state = 'dead' WHERE subscription = $1 AND state = 'pending' AND retry = 1",
               PARAMS(o->d->subscription)));
  }
  return STORE_OK;
}

static enum store_result result_body(struct store *s, void *arg) {
  struct arena a = {0};
  enum store_result result = result_in(s, &a, arg);
  arena_free(&a);
  return result;
}

enum store_result store_delivery_result(struct store *s, const struct delivery *d, enum delivery_outcome outcome,
                                        int64_t retry_at, int64_t http_status, const char *message, int64_t now) {
  struct outcome o = {d, outcome, retry_at, http_status, now, message};
  return store_transact(s, result_body, &o);
}

/* ---- notifications -------------------------------------------------------------------------------------------------
 */
#define NOTIFICATION_FIELDS(T, N, I) \
  T(id, "t.id")                      \
  T(subscription, "t.subscription")  \
  T(event_type, "t.event_type")      \
  T(message, "t.message")            \
  T(body, "d.body")                  \
  I(created, "t.created")            \
  I(http_status, "t.http_status")
#define NOTIFICATION_COLUMNS NOTIFICATION_FIELDS(FIELD_COLUMN, FIELD_COLUMN, FIELD_COLUMN)

static enum store_result bodies_unseal(struct store *s, struct arena *a, const struct db_rows *r,
                                       struct notification *list) {
  for (size_t i = 0; i < r->n_rows; i++)
    TRY_STORE(body_unseal(s, a, db_text_or_null(r, i, 7), &list[i].body));
  return STORE_OK;
}

FIELDS_READER(notification_read, struct notification, NOTIFICATION_FIELDS)

enum store_result store_notification_list(struct store *s, struct arena *a, const char *subscription, struct page page,
                                          struct notification **out, size_t *n, int64_t *total) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r, "SELECT count(*) FROM notifications WHERE subscription = $1", PARAMS(subscription)));
  *total = db_number(&r, 0, 0);
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT " NOTIFICATION_COLUMNS "d.sample FROM notifications t JOIN outbox d ON d.id = t.delivery"
                   " WHERE t.subscription = $1 ORDER BY t.created DESC, t.id LIMIT $2 OFFSET $3",
                   PARAMS(subscription, page.limit, page.offset)));
  ROWS_TAKE(a, r, out, n, notification_read);
  return bodies_unseal(s, a, &r, *out);
}

enum store_result store_notification_get(struct store *s, struct arena *a, const char *organization, const char *id,
                                         struct notification *out) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT " NOTIFICATION_COLUMNS "d.sample FROM notifications t JOIN outbox d ON d.id = t.delivery"
                   " JOIN subscriptions w ON w.id = t.subscription JOIN projects p ON p.id = w.project WHERE t.id = $1"
                   " AND w.deleted = 0 AND p.deleted = 0 AND (CAST($2 AS TEXT) IS NULL OR p.organization = $2)",
                   PARAMS(id, organization)));
  if (r.n_rows == 0)
    return STORE_NONE;
  notification_read(&r, 0, out);
  return bodies_unseal(s, a, &r, out);
}
