/* message.h - the two messages of the socket between httpd and checkd (README of array-upload). */
#ifndef ARRAY_UPLOAD_CHECKD_MESSAGE_H
#define ARRAY_UPLOAD_CHECKD_MESSAGE_H

#include <stdint.h>

#include "array-upload/seal/segment.h"
#include "array-upload/util/encode.h"

enum { MESSAGE_MAX = 4096 };

struct check_request {
  char attempt[UUID_SIZE], sample[UUID_SIZE], request[UUID_SIZE];
  char sha256[SHA256_HEX_SIZE];
  int64_t size; /* of the file as it came; the descriptor has its sealed form */
  unsigned char key[OBJECT_KEY_SIZE];
};

struct check_reply {
  const char *outcome;         /* accepted, rejected, already_uploaded, session_expired, session_revoked, error */
  const char *reason, *vendor; /* or NULL */
};

/* Waits at most timeout_ms for the message. 0 and *fd is the caller's; -1: none, or not as README says (nothing stays
 * open). */
int message_receive(int connection, int timeout_ms, struct check_request *request, int *fd);
/* 0 or -1; the other side may have gone. */
int message_reply(int connection, const struct check_reply *reply);

#endif
