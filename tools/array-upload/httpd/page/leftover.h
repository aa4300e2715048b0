/* leftover.h - attempts that ended while the database was away. Their rows would count as "in flight" and keep the
 * person out, so they are ended as soon as it is back. Thread-safe. */
#ifndef ARRAY_UPLOAD_HTTPD_PAGE_LEFTOVER_H
#define ARRAY_UPLOAD_HTTPD_PAGE_LEFTOVER_H

struct httpd;

/* Ends the attempt without counting it, now or later. */
void leftover_abort(struct httpd *h, const char *attempt, const char *reason);
/* Tries again what is left; about once a second. */
void leftover_retry(struct httpd *h);

#endif
