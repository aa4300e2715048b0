/* result.h - how an operation on a database ended, for its callers: store.h's and keystore.h's. */
#ifndef ARRAY_UPLOAD_DB_RESULT_H
#define ARRAY_UPLOAD_DB_RESULT_H

enum store_result {
  STORE_OK,
  STORE_NONE,     /* no such row, or the compare-and-swap lost */
  STORE_CONFLICT, /* there is one already */
  STORE_BUSY,     /* the database is away or locked: later */
  STORE_FULL,     /* no space */
  STORE_ERROR
};

#endif
