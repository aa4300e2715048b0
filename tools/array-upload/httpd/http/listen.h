/* listen.h - the listening socket of ADDRESS:PORT. */
#ifndef ARRAY_UPLOAD_HTTPD_HTTP_LISTEN_H
#define ARRAY_UPLOAD_HTTPD_HTTP_LISTEN_H

#include <stddef.h>

/* "127.0.0.1:8080", "[::1]:8080", "localhost:0", ":8080" (all addresses). A non-blocking listening socket, and in
 * `where` the address it really has; or -1 with errno. */
int listen_open(const char *text, char *where, size_t size);

#endif
