/* link.h - pages that a link opens once, into a session of some minutes: a person's own page (person.c), and the report
 * of what was found (report.c). No cookies, no script: the open page's token travels in its forms, never in an address.
 */
#ifndef ARRAY_UPLOAD_HTTPD_PAGE_LINK_H
#define ARRAY_UPLOAD_HTTPD_PAGE_LINK_H

#include "array-upload/deeds/deed.h"
#include "array-upload/httpd/http/request.h"
#include "array-upload/pages/person_page.h"

struct link_call {
  struct request *r;
  struct person_link link; /* id NULL: none is known, and nothing of a project is shown */
  json_t *brand;
  person_view view;
};

/* A field of the form; NULL: not there. */
const char *link_field(const struct request *r, const char *name);
const catalog *link_language(const struct request *r, const char *preset);

/* GET of a link: the door, a page with the button that opens it. Asking changes nothing, because mail programs and
 * chats ask, too. */
enum MHD_Result link_door(struct request *r, enum link_kind kind, int (*page)(buffer *, const person_view *));
/* POST of the door: opens the link, written down by `open`; the view has the session's token then. 0, or the answer was
 * given. */
int link_open(struct link_call *c, struct request *r, enum link_kind kind,
              enum store_result (*open)(struct deed *, const struct person_link *, int64_t), enum MHD_Result *result);
/* The open page behind a form; 0, or the answer was given. */
int link_session_load(struct link_call *c, struct request *r, enum link_kind kind, enum MHD_Result *result);
/* What a person does, for the audit log. */
struct deed link_deed(struct link_call *c, struct faults *faults);

/* Answers; each ends the call. link_page(): what a page function left in `out`. */
enum MHD_Result link_page(struct link_call *c, unsigned status, buffer *out);
enum MHD_Result link_html(struct request *r, unsigned status, buffer *out, const catalog *language);
enum MHD_Result link_answer(struct link_call *c, unsigned status, int (*page)(buffer *, const person_view *));
enum MHD_Result link_words(struct link_call *c, unsigned status, const char *word);
enum MHD_Result link_store_words(struct link_call *c, enum store_result result);

#endif
