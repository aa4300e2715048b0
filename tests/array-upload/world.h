/* world.h - one organization with a user and a project, and short words for the steps of a session; for test_store*.c.
 */
#ifndef ARRAY_UPLOAD_TESTS_WORLD_H
#define ARRAY_UPLOAD_TESTS_WORLD_H

#include "fixture.h"

#define ORG "00000000-0000-4000-8000-000000000001"
#define USER "00000000-0000-4000-8000-000000000002"
#define PROJECT "00000000-0000-4000-8000-000000000003"
#define OTHER "00000000-0000-4000-8000-000000000009"
#define LINK_END (T0 + S(600))

static struct sample sample;
static struct page_session page;
static enum link_outcome link_outcome;
static enum attempt_outcome outcome;

static void world_setup(void) {
  fixture_setup();
  OK(store_organization_create(store, &(struct organization){ORG, "Lab", T0}));
  OK(store_user_create(store, &(struct user){.id = USER,
                                             .organization = ORG,
                                             .email = "A@example.com",
                                             .name = "A",
                                             .role = "owner",
                                             .active = 1,
                                             .created = T0}));
  OK(store_project_create(store, &(struct project){.id = PROJECT,
                                                   .organization = ORG,
                                                   .name = "P",
                                                   .description = "",
                                                   .capability = OTHER,
                                                   .is_default = 1,
                                                   .created = T0,
                                                   .modified = T0}));
}

static const char *session_new(int64_t now) {
  static char id[UUID_SIZE];
  ck_assert_int_eq(uuid_new(id), 0);
  struct session_new in = {.sample = id,
                           .project = PROJECT,
                           .user = USER,
                           .client_id = id,
                           .metadata = "{\"a\":\"Ünïq_1%\"}",
                           .redirect_on_success = "",
                           .redirect_on_failure = "",
                           .jti = "j",
                           .link_exp = now + S(600)};
  OK(store_session_create(store, &arena, &in, now, &sample));
  return id;
}

static void open_link(const char *id, int expired, int64_t now) {
  OK(store_link_open(store, &arena, id, "j", expired, 0, 900, now, &link_outcome, &page, &sample));
}

static const char *attempt_begin(int64_t now) {
  static char ids[8][UUID_SIZE];
  static int next;
  char *id = ids[next++ % 8];
  ck_assert_int_eq(uuid_new(id), 0);
  OK(store_attempt_begin(store, page.id, id, 10, "server", 0, now, &outcome));
  return id;
}

static const struct attempt_body whole = {.size = 7, .sha256 = "00"};

static void accept(const char *attempt, int64_t now) {
  char id[UUID_SIZE];
  ck_assert_int_eq(uuid_new(id), 0);
  const char *key = arena_printf(&arena, "sealed/%s/original-%s.zip", page.sample, attempt);
  struct sample_file f = {.id = id, .type = "array-zip", .key = key, .name = "x.zip", .sha256 = "00", .size = 7};
  OK(store_attempt_accept(store, attempt, &f, NULL, 0, now, &outcome));
}

static enum sample_state state_of(const char *id, int64_t now) {
  OK(store_sample_get(store, &arena, ORG, id, now, &sample));
  return sample.state;
}

#endif
