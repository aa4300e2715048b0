/* People of the organization: who there is, what their role is, and who may not come in any more. */
#include <string.h>

#include "array-upload/deeds/roles.h"
#include "array-upload/httpd/httpd.h"
#include "array-upload/httpd/operator/operator.h"
#include "array-upload/util/crypto.h"

enum { FIRST_PASSWORD = 20, NAME_MAX_LETTERS = 100 };

/* The list; what the view has already stays. */
static enum MHD_Result users_page(struct request *r, unsigned status, operator_users_view *view) {
  struct user *list;
  size_t n;
  int64_t total;
  buffer out = {0};
  view->search = request_query(r, "search");
  enum store_result found =
      store_user_list(r->store, &r->arena, r->who.organization, view->search, page_read(r), &list, &n, &total);
  operator_person *people = found == STORE_OK ? arena_alloc(&r->arena, (n + 1) * sizeof *people) : NULL;
  if (people == NULL)
    return operator_reply_fault(r, &view->frame, found == STORE_OK ? STORE_ERROR : found, NULL);
  for (size_t i = 0; i < n; i++)
    people[i] = (operator_person){.id = list[i].id,
                                  .name = list[i].name,
                                  .email = list[i].email,
                                  .role = list[i].role,
                                  .created = list[i].created,
                                  .active = list[i].active != 0,
                                  .has_password = list[i].password_hash != NULL,
                                  .self = strcmp(list[i].id, r->who.user) == 0};
  view->people = people;
  view->count = n;
  view->range = operator_range_of(r, total);
  view->can_own = r->who.right >= RIGHT_OWN;
  int made = operator_users(&out, view);
  return operator_reply(r, status, &out, made);
}

enum MHD_Result operator_get_users(struct request *r) {
  operator_users_view view = {0};
  enum MHD_Result result;
  return operator_begin(r, RIGHT_READ, &view.frame, &result) != 0 ? result : users_page(r, 200, &view);
}

static const char *first_password(struct request *r) {
  char text[FIRST_PASSWORD + 1];
  const char *copy = random_alnum(text, FIRST_PASSWORD) == 0 ? arena_strdup(&r->arena, text) : NULL;
  explicit_bzero(text, sizeof text);
  return copy;
}

enum MHD_Result operator_post_user(struct request *r) {
  operator_users_view view = {0};
  enum MHD_Result result;
  struct user u;
  if (operator_begin(r, RIGHT_OWN, &view.frame, &result) != 0)
    return result;
  struct fields f = {.r = r, .data = r->data};
  struct deed d = deed_of(r, &f.faults);
  const char *name = field_text(&f, "name", FIELD_BLANK, NAME_MAX_LETTERS), *password = first_password(r);
  enum store_result done =
      password == NULL ? STORE_ERROR
                       : user_create(&d, operator_field(r, "email"), name, operator_field(r, "role"), password, &u);
  if (done == STORE_OK) {
    view.password = password;
    view.whose = u.email;
    return users_page(r, 201, &view);
  }
  view.email = operator_field(r, "email");
  view.name = operator_field(r, "name");
  view.role = operator_field(r, "role");
  view.frame.error = operator_fault(r, done, &f.faults);
  return users_page(r, operator_status(done, &f.faults), &view);
}

/* The user of the address, for an owner. 0, or the answer was given. */
static int user_begin(struct request *r, operator_users_view *view, struct faults *faults, struct user *u,
                      enum MHD_Result *result) {
  if (operator_begin(r, RIGHT_OWN, &view->frame, result) != 0)
    return -1;
  struct deed d = deed_of(r, faults);
  enum store_result found = user_load(&d, r->id, u);
  if (found != STORE_OK)
    *result = operator_reply_fault(r, &view->frame, found, NULL);
  return found == STORE_OK ? 0 : -1;
}

static enum MHD_Result user_end(struct request *r, operator_users_view *view, enum store_result done,
                                const struct faults *faults, const char *path) {
  if (done == STORE_OK)
    return operator_redirect(r, path);
  view->frame.error = operator_fault(r, done, faults);
  return users_page(r, operator_status(done, faults), view);
}

enum MHD_Result operator_post_user_role(struct request *r) {
  operator_users_view view = {0};
  enum MHD_Result result;
  struct faults faults = {0};
  struct user u;
  if (user_begin(r, &view, &faults, &u, &result) != 0)
    return result;
  struct deed d = deed_of(r, &faults);
  return user_end(r, &view, user_role(&d, &u, operator_field(r, "role")), &faults, "/operator/users?done=role");
}

enum MHD_Result operator_post_user_password(struct request *r) {
  operator_users_view view = {0};
  enum MHD_Result result;
  struct faults faults = {0};
  struct user u;
  if (user_begin(r, &view, &faults, &u, &result) != 0)
    return result;
  struct deed d = deed_of(r, &faults);
  const char *password = first_password(r);
  enum store_result done = password == NULL ? STORE_ERROR : user_password(&d, &u, password);
  if (done != STORE_OK)
    return user_end(r, &view, done, &faults, NULL);
  view.password = password;
  view.whose = u.email;
  return users_page(r, 200, &view);
}

static enum MHD_Result active_set(struct request *r, int active) {
  operator_users_view view = {0};
  enum MHD_Result result;
  struct faults faults = {0};
  struct user u;
  if (user_begin(r, &view, &faults, &u, &result) != 0)
    return result;
  struct deed d = deed_of(r, &faults);
  return user_end(r, &view, user_active(&d, &u, active), &faults,
                  active ? "/operator/users?done=enabled" : "/operator/users?done=disabled");
}

enum MHD_Result operator_post_user_disable(struct request *r) { return active_set(r, 0); }

enum MHD_Result operator_post_user_enable(struct request *r) { return active_set(r, 1); }
