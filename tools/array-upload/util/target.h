/* target.h - which addresses a webhook may go to. The same rules when a subscription is saved and at every send.
 *
 * The name proves nothing: what counts is the address that is connected to (target_address_allowed(), asked by the
 * sender for each socket it is about to open), so a name that changes between two look-ups gains nothing. */
#ifndef ARRAY_UPLOAD_UTIL_TARGET_H
#define ARRAY_UPLOAD_UTIL_TARGET_H

#include <sys/socket.h>

#include "array-upload/util/config.h"

enum { TARGET_MAX = 255 };

/* Looks at the text alone: https, a host, a port of [webhooks] ports, no user, no fragment, no white space or control
 * characters, not an internal address literal, not "localhost". With allow_loopback_webhooks also http and any port, if
 * the host is a loopback literal or "localhost". 0, or -1 with a sentence for the person who saves it in *why (static).
 */
int target_check(const struct config *config, const char *url, const char **why);

/* 1: a public unicast address. Everything else is 0: loopback, private, link-local, shared (100.64/10), documentation,
 * multicast, reserved, and IPv6 forms that carry an IPv4 address (mapped, compatible, NAT64, 6to4, Teredo). */
int target_address_public(const struct sockaddr *address);
int target_address_loopback(const struct sockaddr *address);

/* May a request of this scheme ("https" or "http") be connected to `address` (its port included)? */
int target_address_allowed(const struct config *config, const char *scheme, const struct sockaddr *address);

#endif
