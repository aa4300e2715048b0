/* page.h - the hosted page: what its GETs and POSTs share. */
#ifndef ARRAY_UPLOAD_HTTPD_PAGE_PAGE_H
#define ARRAY_UPLOAD_HTTPD_PAGE_PAGE_H

#include "array-upload/httpd/http/request.h"
#include "array-upload/pages/upload_page.h"

/* One visit, as far as it is known. sample.id is NULL while no valid token was seen: then nothing of a project is shown
 * and nothing is redirected. */
struct visit {
  struct request *r;
  struct sample sample;
  struct page_session page; /* id NULL: none */
  json_t *brand;            /* the project's; visit_end() frees it */
  const char *language;     /* a form's `lang`, or NULL */
  const char *link;         /* address of this link, or NULL */
  const char *vendor;
};

/* The visit behind a page session's token; 0, or -1 when there is none (sample.id stays NULL). */
int visit_load(struct visit *v, struct request *r, const char *session);
/* Reads the sample's project and its brand. */
void visit_brand(struct visit *v);
void visit_end(struct visit *v);

/* Answers. `json`: the script asks. */
enum MHD_Result visit_form(struct visit *v, unsigned status, const char *reason);
enum MHD_Result visit_result(struct visit *v, unsigned status, upload_result kind, const char *reason);
enum MHD_Result visit_failed(struct visit *v, const char *reason, int json);
enum MHD_Result visit_done(struct visit *v, int json);
/* redirect_on_failure with the reason in its query, before any fragment; NULL when there is none, or it must not be. */
const char *visit_failure_url(struct visit *v, const char *reason);

/* Handlers. */
enum MHD_Result page_open(struct request *r);
enum MHD_Result page_status(struct request *r);
enum MHD_Result page_extend(struct request *r);
enum MHD_Result page_cancel(struct request *r);
enum MHD_Result page_asset(struct request *r);
/* person.c: a person's own page; what deletion certificates mean, and whether one is genuine. */
enum MHD_Result person_get(struct request *r);
enum MHD_Result person_open_post(struct request *r);
enum MHD_Result person_show(struct request *r);
enum MHD_Result person_download(struct request *r);
enum MHD_Result person_withdraw_post(struct request *r);
enum MHD_Result person_delete_post(struct request *r);
enum MHD_Result person_certificate(struct request *r);
enum MHD_Result certificates_get(struct request *r);
enum MHD_Result certificates_post(struct request *r);
/* report.c: the report of what was found. */
enum MHD_Result report_get(struct request *r);
enum MHD_Result report_open_post(struct request *r);
enum MHD_Result report_show(struct request *r);
/* upload.c: the form's POST; the body is streamed. */
extern const struct route_kind route_upload;

#endif
