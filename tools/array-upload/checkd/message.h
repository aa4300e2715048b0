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
  int64_t size;                       /* of the file as it came */
  unsigned char key[OBJECT_KEY_SIZE]; /* of its sealed form */
};

struct check_reply {
  const char *outcome;         /* accepted, rejected, already_uploaded, session_expired, session_revoked, error */
  const char *reason, *vendor; /* or NULL */
};

/* The file twice: sealed, for the store, and in clear, in memory. */
struct check_files {
  int sealed, plain;
};

/* Waits at most timeout_ms for the message. 0 and the files are the caller's; 1: it names an attempt that its sender
 * does not hold (request->attempt), and nobody waits for a reply; -1: none, or not as README says. Nothing stays open
 * but with 0. */
int message_receive(int connection, int timeout_ms, struct check_request *request, struct check_files *files);
void check_files_close(struct check_files *files);
/* 0 or -1; the other side may have gone. */
int message_reply(int connection, const struct check_reply *reply);

#endif
