/* check.h - one upload from its descriptor to the transaction that accepts it: rows 7 to 10 of the state table. */
#ifndef ARRAY_UPLOAD_CHECKD_CHECK_H
#define ARRAY_UPLOAD_CHECKD_CHECK_H

#include "array-upload/checkd/message.h"
#include "array-upload/service.h"

struct checker {
  const struct service *service;
  struct store *store;    /* this thread's */
  const char *validate;   /* path of genotype-validate */
};

/* Decides, commits, and only then says so; `reply`'s texts live in the arena. */
void check_run(const struct checker *c, struct arena *a, const struct check_request *request, int fd,
               struct check_reply *reply);
/* After a crash between the object and the transaction: the object of an attempt that is still being checked is looked at again
 * and accepted, or the attempt ends. `key` is original_key() of an attempt. */
void check_again(const struct checker *c, struct arena *a, const char *key);

enum { ORIGINAL_KEY_SIZE = 128 };
/* samples/<sample>/original-<attempt>.zip: one object an attempt, so that two tabs never meet in the store. */
void original_key(char out[ORIGINAL_KEY_SIZE], const char *sample, const char *attempt);
/* 0, or -1 when the key is none of those. */
int original_key_read(const char *key, char sample[UUID_SIZE], char attempt[UUID_SIZE]);

#endif
