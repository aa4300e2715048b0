/* What was done in the organization, by whom; and whether the chain of the log is whole. */
#include <string.h>

#include "array-upload/httpd/operator/operator.h"
#include "array-upload/util/encode.h"

enum { ENTRIES = 50 };

/* Whom an e-mail address means in the log. */
static const char *user_of(struct request *r, const char *email) {
  struct user u;
  return email != NULL && strchr(email, '@') != NULL &&
                 store_user_by_email(r->store, &r->arena, email, &u) == STORE_OK &&
                 strcmp(u.organization, r->who.organization) == 0
             ? u.id
             : NULL;
}

static enum MHD_Result audit_page(struct request *r, operator_audit_view *view) {
  struct audit_query q = {
      .organization = r->who.organization, .search = request_query(r, "search"), .limit = ENTRIES + 1};
  const char *before = request_query(r, "before");
  struct audit_row *rows;
  size_t n;
  buffer out = {0};
  q.who = user_of(r, q.search);
  if (before != NULL && number_parse(&q.before, before, 1, INT64_MAX) != 0)
    q.before = 0; /* a wrong word in the address is as if it were not there */
  enum store_result found = store_audit_list(r->store, &r->arena, &q, &rows, &n);
  operator_entry *entries = found == STORE_OK ? arena_alloc(&r->arena, (ENTRIES + 1) * sizeof *entries) : NULL;
  if (entries == NULL)
    return operator_reply_fault(r, &view->frame, found == STORE_OK ? STORE_ERROR : found, NULL);
  view->count = n > ENTRIES ? ENTRIES : n;
  for (size_t i = 0; i < view->count; i++)
    entries[i] = (operator_entry){.n = rows[i].n,
                                  .created = rows[i].created,
                                  .who = operator_actor(r, rows[i].actor),
                                  .event = rows[i].event,
                                  .object = rows[i].object,
                                  .detail = rows[i].detail};
  view->search = q.search;
  view->entries = entries;
  view->older = n > ENTRIES ? rows[ENTRIES - 1].n : 0;
  view->newest = q.before == 0;
  int made = operator_audit(&out, view);
  return operator_reply(r, 200, &out, made);
}

enum MHD_Result operator_get_audit(struct request *r) {
  operator_audit_view view = {0};
  enum MHD_Result result;
  return operator_begin(r, RIGHT_OWN, &view.frame, &result) != 0 ? result : audit_page(r, &view);
}

/* A form of its own: it reads the whole log. */
enum MHD_Result operator_post_audit_check(struct request *r) {
  operator_audit_view view = {.checked = 1};
  enum MHD_Result result;
  int64_t rows;
  if (operator_begin(r, RIGHT_OWN, &view.frame, &result) != 0)
    return result;
  enum store_result checked = store_audit_verify(r->store, &rows, &view.broken_at);
  return checked == STORE_OK ? audit_page(r, &view) : operator_reply_fault(r, &view.frame, checked, NULL);
}
