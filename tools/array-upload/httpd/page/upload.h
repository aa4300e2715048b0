/* upload.h - one file being received; upload.c and check_client.c share it. */
#ifndef ARRAY_UPLOAD_HTTPD_PAGE_UPLOAD_H
#define ARRAY_UPLOAD_HTTPD_PAGE_UPLOAD_H

#include "array-upload/httpd/http/request.h"
#include "array-upload/httpd/page/consent.h"
#include "array-upload/seal/segment.h"

struct sha256_stream;
struct object_writer;
struct memory_file;

struct upload {
  struct MHD_PostProcessor *post;
  struct sha256_stream *hash;
  struct memory_file *plain;          /* what has come, for the check; no byte of it touches the disk */
  struct object_writer *writer;       /* seals it for the store */
  int64_t sealed;                     /* bytes of it that are */
  int fd;                             /* the sealed form */
  unsigned char key[OBJECT_KEY_SIZE]; /* once the file is whole */
  int64_t size, received, declared;   /* the file's, the body's, what Content-Length says */
  int64_t begun_at;                   /* clock_steady */
  int64_t deadline;                   /* clock_now: the page session's end and the grace; 0 until it is known */
  const char *organization;           /* the sample's; in the request's arena */
  char session[256], language[256], attempt[UUID_SIZE], sample[UUID_SIZE], sha256[SHA256_HEX_SIZE];
  char vendor[40], reason_text[64];
  const char *reason; /* NULL: nothing is wrong so far; after the check: accepted */
  struct consent_answers consents;
  const char *shown; /* of the page session; in the request's arena */
  int parts, json;
  int consent_wanted;    /* no upload without agreeing to the analysis */
  int known;             /* the page session was found */
  int rezipped;          /* the page packed a plain file itself */
  int seen_file, broken; /* broken: the body is not what multipart/form-data should be */
  int begun;             /* there is a row of the attempt that is ours to end */
  int slot;              /* counts in httpd's uploads */
  int nameless;          /* counts in httpd's nameless */
  int checked;           /* handed to checkd */
  int lent;              /* checkd may still have the descriptor of `plain` */
};

/* Hands the file to checkd on a thread of its own, which sets `reason` and resumes the connection. 0, or -1: no thread.
 */
int check_start(struct request *r);

struct httpd;
/* At the start: which attempts of this server are being checked, by the rows. Whether checkd has their files, or they
 * ended with the httpd before, checkd knows: check_lost_tell() names them to it as soon as it is there. 0 or -1. */
int check_lost_find(struct httpd *h);
void check_lost_tell(struct httpd *h);

#endif
