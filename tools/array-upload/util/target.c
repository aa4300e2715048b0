#include <config.h>

#include "array-upload/util/target.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "array-upload/util/encode.h"

struct block {
  uint32_t address;
  unsigned bits;
};

/* IANA's special-purpose registry (RFC 6890 and later), multicast and class E. */
static const struct block internal_v4[] = {{0x00000000, 8},  {0x0a000000, 8},  {0x64400000, 10}, {0x7f000000, 8},
                                           {0xa9fe0000, 16}, {0xac100000, 12}, {0xc0000000, 24}, {0xc0000200, 24},
                                           {0xc0586300, 24}, {0xc0a80000, 16}, {0xc6120000, 15}, {0xc6336400, 24},
                                           {0xcb007100, 24}, {0xe0000000, 4},  {0xf0000000, 4}};

static int v4_public(uint32_t address) {
  for (size_t k = 0; k < sizeof internal_v4 / sizeof *internal_v4; k++)
    if ((address ^ internal_v4[k].address) >> (32 - internal_v4[k].bits) == 0)
      return 0;
  return 1;
}

/* Global unicast is 2000::/3; inside it: 2001::/23 (Teredo and other protocols), 2001:db8::/32 and 3fff::/20
 * (documentation), 2002::/16 (6to4). NAT64's 64:ff9b::/96, mapped and compatible addresses lie outside. */
static int v6_public(const unsigned char a[16]) {
  if ((a[0] & 0xe0) != 0x20)
    return 0;
  if (a[0] == 0x20 && a[1] == 0x01 && ((a[2] & 0xfe) == 0 || (a[2] == 0x0d && a[3] == 0xb8)))
    return 0;
  if (a[0] == 0x20 && a[1] == 0x02)
    return 0;
  return !(a[0] == 0x3f && a[1] == 0xff && (a[2] & 0xf0) == 0);
}

int target_address_public(const struct sockaddr *address) {
  if (address->sa_family == AF_INET)
    return v4_public(ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr));
  if (address->sa_family == AF_INET6)
    return v6_public(((const struct sockaddr_in6 *)(const void *)address)->sin6_addr.s6_addr);
  return 0;
}

int target_address_loopback(const struct sockaddr *address) {
  if (address->sa_family == AF_INET)
    return ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr) >> 24 == 127;
  return address->sa_family == AF_INET6 &&
         IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
}

static int port_listed(const struct config *config, int64_t port) {
  const char *list = config->webhook_ports ? config->webhook_ports : "443";
  while (*list) {
    char text[16];
    list += strspn(list, " ,");
    size_t n = strcspn(list, " ,");
    int64_t one;
    if (n > 0 && n < sizeof text) {
      snprintf(text, sizeof text, "%.*s", (int)n, list);
      if (number_parse(&one, text, 1, 65535) == 0 && one == port)
        return 1;
    }
    list += n;
  }
  return 0;
}

static int64_t port_of(const struct sockaddr *address) {
  if (address->sa_family == AF_INET)
    return ntohs(((const struct sockaddr_in *)(const void *)address)->sin_port);
  return ntohs(((const struct sockaddr_in6 *)(const void *)address)->sin6_port);
}

int target_address_allowed(const struct config *config, const char *scheme, const struct sockaddr *address) {
  if (config->allow_loopback_webhooks && target_address_loopback(address))
    return 1;
  return strcmp(scheme, "https") == 0 && target_address_public(address) && port_listed(config, port_of(address));
}

/* An address literal in any form inet_aton() takes (0x7f.1, 2130706433, …), also with the dot that ends a name, or IPv6
 * in brackets. 1 and *out, 0: a name. */
static int host_literal(const char *host, struct sockaddr_storage *out) {
  char bare[TARGET_MAX + 1];
  struct in_addr v4;
  struct in6_addr v6;
  memset(out, 0, sizeof *out);
  size_t n = strlen(host);
  snprintf(bare, sizeof bare, "%.*s", (int)(n > 0 && host[n - 1] == '.' ? n - 1 : n), host);
  if (inet_aton(bare, &v4)) {
    struct sockaddr_in *in = (struct sockaddr_in *)(void *)out;
    in->sin_family = AF_INET;
    in->sin_addr = v4;
    return 1;
  }
  if (n < 2 || n > TARGET_MAX || host[0] != '[')
    return 0;
  snprintf(bare, sizeof bare, "%.*s", (int)n - 2, host + 1);
  struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)(void *)out;
  in6->sin6_family = AF_INET6;
  if (inet_pton(AF_INET6, bare, &v6) == 1)
    in6->sin6_addr = v6; /* else: brackets around something else; :: is not public */
  return 1;
}

static int is_localhost(const char *host) {
  size_t n = strlen(host);
  if (n > 0 && host[n - 1] == '.')
    n--;
  return (n == 9 && strncasecmp(host, "localhost", 9) == 0) ||
         (n > 10 && strncasecmp(host + n - 10, ".localhost", 10) == 0);
}

static const char *parts_check(const struct config *config, const char *scheme, const char *host, int64_t port) {
  struct sockaddr_storage address;
  int literal = host_literal(host, &address);
  int loopback = is_localhost(host) || (literal && target_address_loopback((struct sockaddr *)&address));
  if (loopback && config->allow_loopback_webhooks)
    return NULL;
  if (strcmp(scheme, "https") != 0)
    return "Only HTTPS URLs are allowed.";
  if (loopback || (literal && !target_address_public((struct sockaddr *)&address)))
    return "Internal addresses are not allowed.";
  return port_listed(config, port) ? NULL : "This port is not allowed.";
}

static const char *url_check(const struct config *config, CURLU *u, const char *url) {
  char *scheme = NULL, *host = NULL, *port = NULL, *user = NULL, *password = NULL, *fragment = NULL;
  int64_t number;
  const char *why = "Enter a valid URL.";
  if (curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
      curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
      curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
      curl_url_get(u, CURLUPART_USER, &user, 0) == CURLUE_NO_USER &&
      curl_url_get(u, CURLUPART_PASSWORD, &password, 0) == CURLUE_NO_PASSWORD &&
      curl_url_get(u, CURLUPART_FRAGMENT, &fragment, 0) == CURLUE_NO_FRAGMENT) {
    if (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0)
      why = "Only HTTPS URLs are allowed.";
    else if (curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK &&
             number_parse(&number, port, 1, 65535) == 0)
      why = parts_check(config, scheme, host, number);
  }
  curl_free(scheme);
  curl_free(host);
  curl_free(port);
  curl_free(user);
  curl_free(password);
  curl_free(fragment);
  return why;
}

int target_check(const struct config *config, const char *url, const char **why) {
  *why = "Enter a valid URL.";
  size_t n = strlen(url);
  if (n == 0 || n > TARGET_MAX)
    return -1;
  for (size_t k = 0; k < n; k++)
    if ((unsigned char)url[k] <= ' ' || (unsigned char)url[k] >= 0x7f || url[k] == '\\')
      return -1;
  CURLU *u = curl_url();
  if (!u)
    return -1;
  *why = url_check(config, u, url);
  curl_url_cleanup(u);
  return *why ? -1 : 0;
}
