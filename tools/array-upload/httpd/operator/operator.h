/* operator.h - the operator's pages over HTTP. They do nothing by themselves: each asks or does through the API's own
 * handlers, with the rights of the person whose cookie came along, and shows the answer
 * (array-upload/pages/operator.h). */
#ifndef ARRAY_UPLOAD_HTTPD_OPERATOR_OPERATOR_H
#define ARRAY_UPLOAD_HTTPD_OPERATOR_OPERATOR_H

#include "array-upload/httpd/http/request.h"
#include "array-upload/pages/operator.h"

/* operator/session.c: who is there. The cookie __Host-operator holds a refresh token of the API. */
enum MHD_Result operator_get_home(struct request *r);
enum MHD_Result operator_get_login(struct request *r);
enum MHD_Result operator_post_login(struct request *r);
enum MHD_Result operator_post_logout(struct request *r);
/* Every other handler begins with this: fills r->who and the frame, for a POST also r->data, whose csrf field it
 * checks. 0; or the answer was given (*result): to the log-in page, or 403. */
int operator_begin(struct request *r, enum right right, operator_frame *frame, enum MHD_Result *result);

/* operator/lists.c */
enum MHD_Result operator_get_projects(struct request *r);
enum MHD_Result operator_post_project(struct request *r);
enum MHD_Result operator_get_project(struct request *r);
/* operator/samples.c */
enum MHD_Result operator_get_sample(struct request *r);
enum MHD_Result operator_post_sample_cancel(struct request *r);
enum MHD_Result operator_post_sample_delete(struct request *r);
enum MHD_Result operator_get_session(struct request *r);
enum MHD_Result operator_post_session(struct request *r);
/* operator/account.c */
enum MHD_Result operator_get_account(struct request *r);
enum MHD_Result operator_post_password(struct request *r);
enum MHD_Result operator_get_keys(struct request *r);
enum MHD_Result operator_post_key(struct request *r);
enum MHD_Result operator_post_key_revoke(struct request *r);
/* operator/hooks.c */
enum MHD_Result operator_get_subscriptions(struct request *r);
enum MHD_Result operator_post_subscription(struct request *r);
enum MHD_Result operator_get_subscription(struct request *r);
enum MHD_Result operator_post_subscription_test(struct request *r);
enum MHD_Result operator_post_subscription_secret(struct request *r);
enum MHD_Result operator_post_subscription_delete(struct request *r);
enum MHD_Result operator_post_resend(struct request *r);

/* ---- operator/call.c: what they share -------------------------------------------------------------------------------
 */
/* Runs a handler of the API for this request and takes its answer instead of sending it. Returns the status (403 where
 * the role has not `right`, the handler is not run then); *answer is the JSON, NULL where there was none, and the
 * caller's. */
unsigned operator_call(struct request *r, enum right right, handler run, json_t **answer);
/* What an answer of 4xx or 5xx says, for a person, in the arena; never NULL. */
const char *operator_fault(struct request *r, unsigned status, const json_t *answer);
/* What it says of one field, or NULL. */
const char *operator_field_fault(const json_t *answer, const char *field);
/* A field of the form, or NULL. */
const char *operator_field(const struct request *r, const char *name);

/* Sends the page (made: what the page function returned) and frees the buffer. */
enum MHD_Result operator_reply(struct request *r, unsigned status, buffer *out, int made);
enum MHD_Result operator_redirect(struct request *r, const char *path);
/* A page that says what went wrong, with the status. */
enum MHD_Result operator_reply_fault(struct request *r, const operator_frame *frame, unsigned status,
                                     const json_t *answer);
/* The sentence of ?done=WORD, or NULL. */
const char *operator_notice(const struct request *r);

/* Members of the API's objects; what is missing is NULL, 0. Texts live as long as the object. */
const char *member_text(const json_t *object, const char *name);
uint64_t member_count(const json_t *object, const char *name);
int64_t member_time(const json_t *object, const char *name);
int member_flag(const json_t *object, const char *name);
/* "results" of a list's answer; *n of them. */
const json_t *member_results(const json_t *answer, size_t *n);
/* Offset and limit as the API reads them, and the total of its answer. */
operator_range member_range(const struct request *r, const json_t *answer);
/* A list of texts as "a, b", in the arena; NULL when empty. */
const char *member_join(struct request *r, const json_t *list);

#endif
