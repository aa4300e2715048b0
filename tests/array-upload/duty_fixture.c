#include <config.h>

#include "duty_fixture.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "array-upload/seal/object.h"
#include "array-upload/store/internal.h"
#include "array-upload/util/clock.h"
#include "array-upload/util/crypto.h"

struct service service;
struct arena arena;
char project_id[UUID_SIZE], user_id[UUID_SIZE], reply_reason[64];
static char folder[64], once[100], moved[100];
static int moved_s;

static void settings_load(struct config *c) {
  char error[300] = "";
  ck_assert_msg(config_load(c, NULL, error, sizeof error) == 0, "%s", error);
  ck_assert_int_eq(config_set(&c->data, folder), 0);
  ck_assert_msg(config_complete(c, error, sizeof error) == 0, "%s", error);
}

/* postgres.sh gives an empty database; what an earlier test left in it goes. */
static void database_empty(void) {
  const char *url = getenv("ARRAY_UPLOAD_TEST_DATABASE");
  struct config c;
  char error[300] = "";
  if (!url)
    return;
  setenv("ARRAY_UPLOAD_DATABASE_URL", url, 1);
  settings_load(&c);
  ck_assert(mkdir(c.keys_folder, 0700) == 0 || errno == EEXIST);
  struct kek_ring *keks = kek_ring_open(&c, error, sizeof error);
  ck_assert_msg(keks != NULL, "%s", error);
  struct store *store = store_open(&c, keks, error, sizeof error);
  ck_assert_msg(store != NULL, "%s", error);
  ck_assert_int_eq(store->db->driver->script(store->db, "DROP SCHEMA public CASCADE; CREATE SCHEMA public"), DB_OK);
  store_close(store);
  kek_ring_close(keks);
  config_free(&c);
}

static void open_into(struct service *s) {
  struct config c;
  char error[300] = "";
  settings_load(&c);
  ck_assert_msg(service_open(s, &c, error, sizeof error) == 0, "%s", error);
}

void duty_setup(void) {
  char organization[UUID_SIZE], stand_in[4200];
  const char *built = getenv("top_builddir");
  snprintf(stand_in, sizeof stand_in, "%s/tests/array-upload/stand_in", built ? built : ".");
  setenv("ARRAY_UPLOAD_PROGRAMS_VALIDATE", stand_in, 1);
  setenv("ARRAY_UPLOAD_PROGRAMS_CONVERT", stand_in, 1);
  setenv("ARRAY_UPLOAD_PROGRAMS_IMPUTE", stand_in, 1);
  setenv("ARRAY_UPLOAD_PROGRAMS_SCORE", stand_in, 1);
  snprintf(folder, sizeof folder, "/tmp/array-upload-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(folder));
  snprintf(once, sizeof once, "%s/fault", folder);
  snprintf(moved, sizeof moved, "%s/clock", folder);
  moved_s = 0;
  setenv("ARRAY_UPLOAD_TEST_CLOCK", moved, 1);
  setenv("ARRAY_UPLOAD_TEST_FAULT_ONCE", once, 1);
  database_empty();
  open_into(&service);
  int64_t now = clock_now();
  ck_assert(uuid_new(organization) == 0 && uuid_new(user_id) == 0 && uuid_new(project_id) == 0);
  struct organization o = {organization, "O", now};
  struct user u = {.id = user_id,
                   .organization = organization,
                   .email = "a@b.c",
                   .name = "N",
                   .role = "owner",
                   .active = 1,
                   .created = now};
  struct project p = {.id = project_id,
                      .organization = organization,
                      .name = "P",
                      .description = "",
                      .capability = organization,
                      .created = now,
                      .modified = now};
  ck_assert_int_eq(store_organization_create(service.store, &o), STORE_OK);
  ck_assert_int_eq(store_user_create(service.store, &u), STORE_OK);
  ck_assert_int_eq(store_project_create(service.store, &p), STORE_OK);
}

void duty_teardown(void) {
  char command[200];
  snprintf(command, sizeof command, "rm -rf '%s' '%s.keys' /dev/shm/array-upload-%.16s", folder, folder,
           service.server);
  service_close(&service);
  arena_free(&arena);
  ck_assert_int_eq(system(command), 0);
}

pid_t duty_start(duty_function run, const char *fault) {
  int fds[2];
  char line[64];
  ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
  fflush(NULL);
  pid_t pid = fork();
  ck_assert_int_ge(pid, 0);
  if (pid == 0) {
    struct service s;
    close(fds[0]);
    if (fault)
      setenv("ARRAY_UPLOAD_TEST_FAULT", fault, 1);
    open_into(&s);
    int result = run(&s, fds[1]);
    service_close(&s);
    _exit(result);
  }
  close(fds[1]);
  ssize_t n = read(fds[0], line, sizeof line);
  close(fds[0]);
  ck_assert_msg(n > 0 || fault, "the duty did not start");
  return pid;
}

void duty_stop(pid_t pid) {
  int status;
  ck_assert_int_eq(kill(pid, SIGTERM), 0);
  ck_assert_int_eq(waitpid(pid, &status, 0), pid);
  ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %d", status);
}

void duty_kill(pid_t pid) {
  kill(pid, SIGKILL);
  waitpid(pid, NULL, 0);
}

void duty_died(pid_t pid) {
  int status;
  ck_assert_int_eq(waitpid(pid, &status, 0), pid);
  ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "status %d", status);
  unsetenv("ARRAY_UPLOAD_TEST_FAULT");
}

void sample_new(struct upload *u) {
  char jti[UUID_SIZE];
  struct sample sample;
  struct page_session page;
  enum link_outcome outcome;
  int64_t now = clock_now();
  ck_assert(uuid_new(u->sample) == 0 && uuid_new(jti) == 0);
  struct session_new n = {.sample = u->sample,
                          .project = project_id,
                          .user = user_id,
                          .client_id = u->sample,
                          .redirect_on_success = "",
                          .redirect_on_failure = "",
                          .jti = jti,
                          .link_exp = now + SECONDS(600)};
  ck_assert_int_eq(store_session_create(service.store, &arena, &n, now, &sample), STORE_OK);
  ck_assert_int_eq(store_link_open(service.store, &arena, u->sample, jti, 0, 0, 900, now, &outcome, &page, &sample),
                   STORE_OK);
  ck_assert_int_eq(outcome, LINK_OPENED);
  snprintf(u->page, sizeof u->page, "%s", page.id);
}

void attempt_new(struct upload *u, const char *content) {
  enum attempt_outcome outcome;
  ck_assert_int_eq(uuid_new(u->attempt), 0);
  ck_assert_int_eq(
      store_attempt_begin(service.store, u->page, u->attempt, 10, service.server, 0, clock_now(), &outcome), STORE_OK);
  ck_assert_int_eq(outcome, ATTEMPT_BEGUN);
  ck_assert_int_eq(blob_spool(service.blob, &u->fd), BLOB_OK);
  u->size = (int64_t)strlen(content);
  char name[ORIGINAL_KEY_SIZE];
  unsigned char digest[SHA256_SIZE];
  original_key(name, u->sample, u->attempt);
  struct object_writer *w = object_writer_new(u->fd, name);
  ck_assert(w != NULL && object_write(w, content, (size_t)u->size) == 0 && object_finish(w, u->key, &u->size) == 0);
  object_writer_free(w);
  u->plain = memfd_create("plain", MFD_CLOEXEC);
  ck_assert_int_eq(write(u->plain, content, (size_t)u->size), u->size);
  ck_assert_int_eq(sha256(digest, content, (size_t)u->size), 0);
  hex_encode(u->sha256, digest, sizeof digest);
  ck_assert_int_eq(store_attempt_checking(service.store, u->attempt,
                                          &(struct attempt_body){.size = u->size, .sha256 = u->sha256}, clock_now()),
                   STORE_OK);
}

static void request_send(int s, const struct upload *u) {
  char text[1024];
  const int fds[2] = {u->fd, u->plain};
  union {
    char bytes[CMSG_SPACE(sizeof fds)];
    struct cmsghdr align;
  } control = {{0}};
  char key[2 * OBJECT_KEY_SIZE + 1];
  hex_encode(key, u->key, sizeof u->key);
  int n = snprintf(text, sizeof text,
                   "{\"attempt\":\"%s\",\"sample\":\"%s\",\"size\":%lld,\"sha256\":\"%s\",\"key\":\"%s\","
                   "\"request\":\"%s\"}",
                   u->attempt, u->sample, (long long)u->size, u->sha256, key, u->attempt);
  struct iovec part = {text, (size_t)n};
  struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  struct cmsghdr *c = CMSG_FIRSTHDR(&m);
  c->cmsg_level = SOL_SOCKET;
  c->cmsg_type = SCM_RIGHTS;
  c->cmsg_len = CMSG_LEN(sizeof fds);
  memcpy(CMSG_DATA(c), fds, sizeof fds);
  ck_assert_int_eq(sendmsg(s, &m, MSG_NOSIGNAL), n);
}

const char *attempt_send(const struct upload *u) {
  static char outcome[64];
  char text[4096];
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  snprintf(to.sun_path, sizeof to.sun_path, "%s/run/checkd.sock", folder);
  int s = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  ck_assert_int_eq(connect(s, (struct sockaddr *)&to, sizeof to), 0);
  request_send(s, u);
  ssize_t n = recv(s, text, sizeof text, 0);
  close(s);
  if (n <= 0)
    return "gone";
  json_t *reply = json_loadb(text, (size_t)n, 0, NULL);
  ck_assert(json_is_object(reply));
  const char *reason = json_string_value(json_object_get(reply, "reason"));
  snprintf(outcome, sizeof outcome, "%s", json_string_value(json_object_get(reply, "outcome")));
  snprintf(reply_reason, sizeof reply_reason, "%s", reason ? reason : "");
  json_decref(reply);
  return outcome;
}

void sample_accepted(struct upload *u, const char *content) {
  char key[200], id[UUID_SIZE];
  enum attempt_outcome outcome;
  sample_new(u);
  attempt_new(u, content);
  original_key(key, u->sample, u->attempt);
  ck_assert_int_eq(
      object_put_sealed(service.blob, store_keys(service.store), u->sample, key, u->fd, u->key, clock_now()), BLOB_OK);
  ck_assert_int_eq(uuid_new(id), 0);
  struct sample_file f = {.id = id,
                          .sample = u->sample,
                          .type = "array-zip",
                          .key = key,
                          .name = "n",
                          .sha256 = u->sha256,
                          .size = u->size};
  ck_assert_int_eq(store_attempt_accept(service.store, u->attempt, &f, NULL, 0, clock_now(), &outcome), STORE_OK);
  ck_assert_int_eq(outcome, ATTEMPT_ACCEPTED);
  close(u->fd);
  close(u->plain);
}

enum sample_state state_of(const struct upload *u) {
  struct sample sample;
  ck_assert_int_eq(store_sample_get(service.store, &arena, NULL, u->sample, clock_now(), &sample), STORE_OK);
  return sample.state;
}

const char *attempt_state(const struct upload *u) {
  struct attempt a;
  ck_assert_int_eq(store_attempt_get(service.store, &arena, u->attempt, &a), STORE_OK);
  return a.state;
}

static void state_is(const struct upload *u, enum sample_state state) {
  enum sample_state now = state_of(u);
  ck_assert_msg(now == state, "the sample is \"%s\", not \"%s\"", sample_state_text(now), sample_state_text(state));
}

void state_becomes(const struct upload *u, enum sample_state state) {
  WAIT_FOR(state_of(u) == state);
  state_is(u, state);
}

void state_becomes_at_last(const struct upload *u, enum sample_state state) {
  enum { STEP_S = 6 }; /* a try waits 5 s; a run that was claimed meanwhile has a lease of 60 s */
  WAIT_DOING(
      if (state_of(u) == SAMPLE_SCHEDULED) {
        clock_move_on(STEP_S);
        usleep(500000); /* twice as long as a worker waits before it looks again */
      },
      state_of(u) == state);
  state_is(u, state);
}

static int count_one(void *arg, const char *key, int64_t modified) {
  (void)key;
  (void)modified;
  (*(unsigned *)arg)++;
  return 0;
}

unsigned objects(void) {
  unsigned n = 0;
  ck_assert_int_eq(blob_list(service.blob, OBJECTS_SEALED, count_one, &n), BLOB_OK);
  return n;
}

/* At once: a reader of half a file would be back in the time before. */
void clock_move(int seconds) {
  char fresh[sizeof moved + 4];
  snprintf(fresh, sizeof fresh, "%s.new", moved);
  FILE *f = fopen(fresh, "w");
  ck_assert_ptr_nonnull(f);
  fprintf(f, "%d\n", seconds);
  ck_assert(fclose(f) == 0 && rename(fresh, moved) == 0);
  moved_s = seconds;
}

void clock_move_on(int seconds) { clock_move(moved_s + seconds); }

const char *file_put(const char *name, const char *text) {
  static char path[4300];
  snprintf(path, sizeof path, "%s/%s", service.config.data, name);
  FILE *f = fopen(path, "w");
  ck_assert_ptr_nonnull(f);
  ck_assert_int_ge(fputs(text, f), 0);
  ck_assert_int_eq(fclose(f), 0);
  return path;
}

size_t files_of(const struct upload *u, struct sample_file **files) {
  size_t n = 0;
  ck_assert_int_eq(store_sample_files(service.store, &arena, u->sample, files, &n), STORE_OK);
  return n;
}

const char *note_of(const struct upload *u) {
  struct sample s;
  ck_assert_int_eq(store_sample_get(service.store, &arena, NULL, u->sample, clock_now(), &s), STORE_OK);
  return s.status_note;
}

int64_t statuses_of(const struct upload *u) {
  struct sample_status *list;
  size_t n;
  int64_t total;
  ck_assert_int_eq(store_sample_history(service.store, &arena, u->sample, (struct page){100, 0}, &list, &n, &total),
                   STORE_OK);
  return total;
}
