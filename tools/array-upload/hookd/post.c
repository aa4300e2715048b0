#include <config.h>

#include "array-upload/hookd/post.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array-upload/util/crypto.h"
#include "array-upload/util/target.h"

int post_signature(char out[SIGNATURE_SIZE], const char *secret, const char *body, int64_t unix_time) {
  char time[24], hex[2 * SHA512_SIZE + 1];
  unsigned char mac[SHA512_SIZE];
  int n = snprintf(time, sizeof time, "%lld", (long long)unix_time);
  size_t size = strlen(body);
  char *text = n > 0 ? malloc((size_t)n + 1 + size) : NULL;
  if (!text)
    return -1;
  memcpy(text, time, (size_t)n);
  text[n] = '.';
  memcpy(text + n + 1, body, size);
  int result = hmac_sha512(mac, secret, strlen(secret), text, (size_t)n + 1 + size);
  free(text);
  if (result != 0)
    return -1;
  hex_encode(hex, mac, sizeof mac);
  snprintf(out, SIGNATURE_SIZE, "t=%s,v1=%s", time, hex);
  return 0;
}

/* Asked by curl for every socket, with the address it is about to connect to. */
static curl_socket_t socket_open(void *arg, curlsocktype purpose, struct curl_sockaddr *address) {
  struct post *p = arg;
  (void)purpose;
  if (!target_address_allowed(&p->service->config, p->scheme, &address->addr)) {
    p->guarded = 1;
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* Keeps the first 64 KiB; a longer answer ends the transfer (its status is known by then). */
static size_t answer_take(char *bytes, size_t one, size_t n, void *arg) {
  struct post *p = arg;
  size_t room = POST_ANSWER_MAX - p->answer_size, size = one * n;
  memcpy(p->answer + p->answer_size, bytes, size < room ? size : room);
  p->answer_size += size < room ? size : room;
  return size <= room ? size : 0;
}

static int header_add(struct post *p, const char *line) {
  struct curl_slist *more = curl_slist_append(p->headers, line);
  if (!more)
    return -1;
  p->headers = more;
  return 0;
}

/* No header without a secret. */
static int signature_add(struct post *p, int64_t now) {
  char signature[SIGNATURE_SIZE], line[SIGNATURE_SIZE + 32];
  if (!p->delivery.sealed)
    return 0;
  char *secret = unseal_text(p->service->master_key, p->delivery.subscription, p->delivery.sealed);
  int result = secret ? post_signature(signature, secret, p->delivery.body, now / 1000000) : -1;
  if (secret)
    explicit_bzero(secret, strlen(secret));
  free(secret);
  if (result != 0)
    return -1;
  snprintf(line, sizeof line, "Gencove-Signature: %s", signature);
  return header_add(p, line);
}

static int request_fill(struct post *p, int64_t now) {
  const struct config *config = &p->service->config;
  CURL *e = p->easy;
  char id[80];
  snprintf(id, sizeof id, "webhook-id: %.40s", p->delivery.event_id);
  if (header_add(p, "Content-Type: application/json") != 0 || header_add(p, "Expect:") != 0 || header_add(p, id) != 0 ||
      signature_add(p, now) != 0)
    return -1;
  const char *protocols = config->allow_loopback_webhooks ? "https,http" : "https";
  int bad = curl_easy_setopt(e, CURLOPT_URL, p->delivery.target) != CURLE_OK;
  bad |= curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, protocols) != CURLE_OK;
  bad |= curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(p->delivery.body)) != CURLE_OK;
  bad |= curl_easy_setopt(e, CURLOPT_POSTFIELDS, p->delivery.body) != CURLE_OK;
  bad |= curl_easy_setopt(e, CURLOPT_HTTPHEADER, p->headers) != CURLE_OK;
  bad |= curl_easy_setopt(e, CURLOPT_USERAGENT, "array-upload") != CURLE_OK;
  bad |= curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) != CURLE_OK;
  bad |= curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L) != CURLE_OK;
  bad |= curl_easy_setopt(e, CURLOPT_PROXY, "") != CURLE_OK; /* the environment's proxy would dodge the guard */
  bad |= curl_easy_setopt(e, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) != CURLE_OK;
  bad |= curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) != CURLE_OK;
  bad |= curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)config->webhook_s * 1000) != CURLE_OK;
  bad |= curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L) != CURLE_OK;
  bad |= curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, 1L) != CURLE_OK; /* each request asks the guard */
  bad |= curl_easy_setopt(e, CURLOPT_FORBID_REUSE, 1L) != CURLE_OK;
  bad |= curl_easy_setopt(e, CURLOPT_DNS_CACHE_TIMEOUT, 0L) != CURLE_OK;
  bad |= curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, socket_open) != CURLE_OK;
  bad |= curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, p) != CURLE_OK;
  bad |= curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, answer_take) != CURLE_OK;
  bad |= curl_easy_setopt(e, CURLOPT_WRITEDATA, p) != CURLE_OK;
  bad |= curl_easy_setopt(e, CURLOPT_PRIVATE, p) != CURLE_OK;
  return bad ? -1 : 0;
}

struct post *post_new(const struct service *s, struct arena *arena, const struct delivery *delivery, int64_t now) {
  struct post *p = calloc(1, sizeof *p);
  if (!p)
    return NULL;
  p->service = s;
  p->arena = *arena;
  *arena = (struct arena){0};
  p->delivery = *delivery;
  snprintf(p->scheme, sizeof p->scheme, "%s", strncasecmp(delivery->target, "https:", 6) == 0 ? "https" : "http");
  if (target_check(&s->config, delivery->target, &p->refused) != 0)
    return p;
  p->easy = curl_easy_init();
  if (!p->easy || request_fill(p, now) != 0) {
    curl_easy_cleanup(p->easy);
    p->easy = NULL;
    p->refused = "The request could not be made.";
  }
  return p;
}

void post_free(struct post *p) {
  if (!p)
    return;
  curl_easy_cleanup(p->easy);
  curl_slist_free_all(p->headers);
  arena_free(&p->arena);
  free(p);
}

int64_t post_result(struct post *p, CURLcode code, int64_t *retry_after_s, const char **message) {
  long status = 0;
  curl_off_t after = 0;
  *retry_after_s = 0;
  if (p->easy) {
    curl_easy_getinfo(p->easy, CURLINFO_RESPONSE_CODE, &status);
    if (curl_easy_getinfo(p->easy, CURLINFO_RETRY_AFTER, &after) == CURLE_OK && after > 0)
      *retry_after_s = (int64_t)after;
  }
  /* A status whose answer was cut by us is an answer; one cut by the other side or by time is none. */
  if (code != CURLE_OK && !(code == CURLE_WRITE_ERROR && p->answer_size == POST_ANSWER_MAX))
    status = 0;
  for (size_t k = 0; k < p->answer_size; k++)
    if ((unsigned char)p->answer[k] >= 0x7f || p->answer[k] == '\0')
      p->answer[k] = '?'; /* the database takes UTF-8 only */
  p->answer[p->answer_size] = '\0';
  *message = status       ? p->answer
             : p->refused ? p->refused
             : p->guarded ? "Internal addresses are not allowed."
                          : curl_easy_strerror(code);
  return status;
}
