/* address.h - IP addresses as text, and lists of CIDR ranges. */
#ifndef ARRAY_UPLOAD_UTIL_ADDRESS_H
#define ARRAY_UPLOAD_UTIL_ADDRESS_H

#include <stddef.h>
#include <sys/socket.h>

/* "203.0.113.7", "2001:db8::1"; IPv4 in an IPv6 socket as IPv4. "" when unknown. */
void address_text(const struct sockaddr *address, char *out, size_t size);
/* The same of what a proxy writes: also with a port, in brackets, with zeros. 0 and `out`, or -1: no address. */
int address_read(const char *text, char *out, size_t size);
/* 1: "10.0.0.0/8", "2001:db8::/32" or one address. */
int cidr_valid(const char *text);
/* 1 when the address lies in one of the ranges, which are separated by commas or blanks. */
int address_in_list(const char *address, const char *ranges);
int address_in_range(const char *address, const char *range);
/* What limits count together: an IPv4 address by itself, of an IPv6 one its /64, which is what one customer gets. Text
 * that is no address stays as it is. */
void address_bucket(const char *address, char *out, size_t size);

#endif
