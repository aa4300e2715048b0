/* post.h - one signed request to a webhook, as a handle for curl's multi interface. */
#ifndef ARRAY_UPLOAD_HOOKD_POST_H
#define ARRAY_UPLOAD_HOOKD_POST_H

#include <curl/curl.h>

#include "array-upload/service.h"

enum { POST_ANSWER_MAX = 65536, SIGNATURE_SIZE = 200 };

struct post {
  const struct service *service;
  struct arena arena; /* the delivery's texts */
  struct delivery delivery;
  CURL *easy;
  struct curl_slist *headers;
  const char *refused; /* why nothing was sent, or NULL */
  int guarded;         /* the address was refused */
  char scheme[8];
  size_t answer_size;
  char answer[POST_ANSWER_MAX + 1];
};

/* "t=<unix>,v1=<hex>": HMAC-SHA512 of "<t>.<body>" (service-api.md section 8). 0 or -1. */
int post_signature(char out[SIGNATURE_SIZE], const char *secret, const char *body, int64_t unix_time);

/* Takes over `delivery` with the arena that holds its texts. NULL: no memory. p->easy is NULL where p->refused says why
 * nothing may be sent at all. */
struct post *post_new(const struct service *s, struct arena *arena, const struct delivery *delivery, int64_t now);
void post_free(struct post *p); /* NULL is fine */

/* After the transfer: the status (0: no answer) and the text for the notification row, in p. */
int64_t post_result(struct post *p, CURLcode code, int64_t *retry_after_s, const char **message);

#endif
