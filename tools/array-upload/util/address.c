#include "array-upload/util/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "array-upload/util/encode.h"

void address_text(const struct sockaddr *address, char *out, size_t size) {
  out[0] = '\0';
  if (address == NULL)
    return;
  if (address->sa_family == AF_INET) {
    inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, out, (socklen_t)size);
  } else if (address->sa_family == AF_INET6) {
    const struct in6_addr *six = &((const struct sockaddr_in6 *)address)->sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(six))
      inet_ntop(AF_INET, six->s6_addr + 12, out, (socklen_t)size);
    else
      inet_ntop(AF_INET6, six, out, (socklen_t)size);
  }
}

/* Bytes of an address: 4, 16 or 0. IPv4 in IPv6 is IPv4. */
static int address_bytes(const char *text, unsigned char out[16]) {
  static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
  if (inet_pton(AF_INET, text, out) == 1)
    return 4;
  if (inet_pton(AF_INET6, text, out) != 1)
    return 0;
  if (memcmp(out, mapped, sizeof mapped) != 0)
    return 16;
  memmove(out, out + sizeof mapped, 4);
  return 4;
}

/* Takes brackets and a port away. 0 or -1. */
static int address_bare(const char *text, char *out, size_t size) {
  const char *end = text + strlen(text), *port = NULL;
  int64_t number;
  if (*text == '[') {
    end = strchr(++text, ']');
    if (end == NULL)
      return -1;
    port = end[1] == '\0' ? NULL : end + 1;
  } else if (strchr(text, ':') == strrchr(text, ':') && (port = strchr(text, ':')) != NULL) { /* not IPv6 */
    end = port;
  }
  if (port != NULL && (*port != ':' || number_parse(&number, port + 1, 0, 65535) != 0))
    return -1;
  int n = snprintf(out, size, "%.*s", (int)(end - text), text);
  return n > 0 && (size_t)n < size ? 0 : -1;
}

int address_read(const char *text, char *out, size_t size) {
  unsigned char bytes[16];
  char bare[INET6_ADDRSTRLEN];
  int n = address_bare(text, bare, sizeof bare) != 0 ? 0 : address_bytes(bare, bytes);
  return n != 0 && inet_ntop(n == 4 ? AF_INET : AF_INET6, bytes, out, (socklen_t)size) != NULL ? 0 : -1;
}

/* Splits "ADDRESS/BITS". The number of bytes, 0 when it is neither. */
static int cidr_read(const char *text, unsigned char out[16], int64_t *bits) {
  char address[64];
  const char *slash = strchr(text, '/');
  size_t n = slash == NULL ? strlen(text) : (size_t)(slash - text);
  if (n >= sizeof address)
    return 0;
  memcpy(address, text, n);
  address[n] = '\0';
  int bytes = address_bytes(address, out), before = bytes == 4 && strchr(address, ':') != NULL ? 96 : 0;
  *bits = bytes * 8;
  if (bytes == 0 || (slash != NULL && number_parse(bits, slash + 1, before, before + bytes * 8) != 0))
    return 0;
  *bits -= slash != NULL ? before : 0;
  return bytes;
}

int cidr_valid(const char *text) {
  unsigned char bytes[16];
  int64_t bits;
  return cidr_read(text, bytes, &bits) != 0;
}

int address_in_range(const char *address, const char *range) {
  unsigned char a[16], b[16];
  int64_t bits;
  int n = cidr_read(range, b, &bits);
  if (n == 0 || address_bytes(address, a) != n)
    return 0;
  for (int i = 0; i < n && bits > 0; i++, bits -= 8) {
    unsigned mask = bits >= 8 ? 0xff : 0xff & ~(0xffu >> bits);
    if (((unsigned)a[i] ^ b[i]) & mask)
      return 0;
  }
  return 1;
}

void address_bucket(const char *address, char *out, size_t size) {
  unsigned char bytes[16];
  char network[INET6_ADDRSTRLEN];
  int six = address_bytes(address, bytes) == 16;
  if (six)
    memset(bytes + 8, 0, 8);
  if (six && inet_ntop(AF_INET6, bytes, network, sizeof network) != NULL)
    snprintf(out, size, "%s/64", network);
  else
    snprintf(out, size, "%s", address);
}

int address_in_list(const char *address, const char *ranges) {
  while (*ranges != '\0') {
    char range[64];
    size_t n = strcspn(ranges, ", \t");
    if (n > 0 && n < sizeof range) {
      memcpy(range, ranges, n);
      range[n] = '\0';
      if (address_in_range(address, range))
        return 1;
    }
    ranges += n;
    ranges += strspn(ranges, ", \t");
  }
  return 0;
}
