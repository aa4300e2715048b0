/* duty_fixture.h - real duties on a fresh data folder, driven through the store and the socket as httpd does it; each
 * runs in a process of its own, which a fault point (fault_points.c) or a signal may kill. */
#ifndef ARRAY_UPLOAD_TESTS_DUTY_FIXTURE_H
#define ARRAY_UPLOAD_TESTS_DUTY_FIXTURE_H

#include <sys/types.h>
#include <unistd.h>

#include "array-upload/seal/segment.h"
#include "array-upload/service.h"
#include "array-upload/util/clock.h"
#include "array-upload/util/encode.h"

/* Waits until it is so. Somebody waits in vain only in a test that fails, so it is long enough for a machine that has
 * much else to do; what was waited for is asserted afterwards. */
enum { WAIT_S = 120 };
#define WAIT_FOR(condition) WAIT_DOING((void)0, condition)
#define WAIT_DOING(step, condition)                    \
  do {                                                 \
    int64_t until_ = clock_steady() + SECONDS(WAIT_S); \
    while (!(condition) && clock_steady() < until_) {  \
      step;                                            \
      usleep(20000);                                   \
    }                                                  \
  } while (0)

extern struct service service;
extern struct arena arena;
extern char project_id[UUID_SIZE], user_id[UUID_SIZE];

void duty_setup(void);
void duty_teardown(void);

typedef int (*duty_function)(struct service *, int);
/* Starts it and waits until it is ready. `fault`: the fault point to die at, or NULL. */
pid_t duty_start(duty_function run, const char *fault);
/* SIGTERM; the exit code must be 0. */
void duty_stop(pid_t pid);
void duty_kill(pid_t pid);
/* Waits for it to die at its fault point. */
void duty_died(pid_t pid);

struct upload {
  char sample[UUID_SIZE], page[UUID_SIZE], attempt[UUID_SIZE], sha256[SHA256_HEX_SIZE];
  int fd, plain; /* sealed under `key`, and in clear */
  int64_t size;
  unsigned char key[OBJECT_KEY_SIZE];
};

/* Row 1 and 2: a new sample with an open page. */
void sample_new(struct upload *u);
/* Rows 5 to 7: one more attempt with this content, up to `checking`. */
void attempt_new(struct upload *u, const char *content);
/* Sends it to checkd. The reply's outcome and reason ("" = none); "gone" when the connection ended without one. */
const char *attempt_send(const struct upload *u);
extern char reply_reason[64];

/* A sample that was accepted, without checkd: content as stand_in's. */
void sample_accepted(struct upload *u, const char *content);

enum sample_state state_of(const struct upload *u);
const char *attempt_state(const struct upload *u);
/* Waits until the sample has that state. */
void state_becomes(const struct upload *u, enum sample_state state);
/* ... with the clock moved past the waits between two tries, and never past the lease of a run. */
void state_becomes_at_last(const struct upload *u, enum sample_state state);
/* Objects in the blob store. */
unsigned objects(void);
/* A file of the data folder; its path, until the next call. */
const char *file_put(const char *name, const char *text);
/* A sample's files, in the arena; how many. */
size_t files_of(const struct upload *u, struct sample_file **files);
const char *note_of(const struct upload *u);
/* How long its history is. */
int64_t statuses_of(const struct upload *u);
/* Moves the clock of all processes: so far from the true time, or so much further than it is. */
void clock_move(int seconds);
void clock_move_on(int seconds);

#endif
