/* check.h - one upload from its descriptor to the transaction that accepts it: rows 7 to 10 of the state table. */
#ifndef ARRAY_UPLOAD_CHECKD_CHECK_H
#define ARRAY_UPLOAD_CHECKD_CHECK_H

#include "array-upload/checkd/message.h"
#include "array-upload/service.h"

struct checker {
  const struct service *service;
  struct store *store;  /* this thread's */
  const char *validate; /* path of genotype-validate */
};

/* Decides, commits, and only then says so; `reply`'s texts live in the arena. */
void check_run(const struct checker *c, struct arena *a, const struct check_request *request,
               const struct check_files *files, struct check_reply *reply);
/* After a crash: an attempt that is still being checked. Where the crash came between the object and the transaction,
 * the object is looked at again and decided: 0. -1: there is no object; whoever holds the file may send it again. */
int check_again(const struct checker *c, struct arena *a, const struct attempt *attempt);
/* Ends an attempt that nobody sends again. */
void check_give_up(const struct checker *c, const char *attempt);

#endif
