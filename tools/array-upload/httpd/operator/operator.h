/* operator.h - the operator's pages over HTTP: they read from the store, and what they do is a deed (deeds/deed.h),
 * with the rights of the person whose cookie came along. How they look is array-upload/pages/operator.h's. */
#ifndef ARRAY_UPLOAD_HTTPD_OPERATOR_OPERATOR_H
#define ARRAY_UPLOAD_HTTPD_OPERATOR_OPERATOR_H

#include "array-upload/httpd/api/fields.h"
#include "array-upload/pages/operator.h"

/* operator/session.c: who is there. The cookie __Host-operator holds a refresh token of the API. */
enum MHD_Result operator_get_home(struct request *r);
enum MHD_Result operator_get_login(struct request *r);
enum MHD_Result operator_post_login(struct request *r);
enum MHD_Result operator_post_logout(struct request *r);
/* Every other handler begins with this: fills r->who and the frame, for a POST also r->data, whose csrf field it
 * checks. 0; or the answer was given (*result): to the log-in page, or 403. */
int operator_begin(struct request *r, enum right right, operator_frame *frame, enum MHD_Result *result);
/* The same, and the project of the address: one of another organization is not there. */
int operator_project_begin(struct request *r, enum right right, operator_frame *frame, struct project *p,
                           enum MHD_Result *result);

/* operator/lists.c */
enum MHD_Result operator_get_projects(struct request *r);
enum MHD_Result operator_post_project(struct request *r);
enum MHD_Result operator_get_project(struct request *r);
/* operator/settings.c */
enum MHD_Result operator_get_settings(struct request *r);
enum MHD_Result operator_post_settings(struct request *r);
/* operator/brand.c */
enum MHD_Result operator_get_brand(struct request *r);
enum MHD_Result operator_post_brand(struct request *r);
/* operator/users.c */
enum MHD_Result operator_get_users(struct request *r);
enum MHD_Result operator_post_user(struct request *r);
enum MHD_Result operator_post_user_role(struct request *r);
enum MHD_Result operator_post_user_password(struct request *r);
enum MHD_Result operator_post_user_disable(struct request *r);
enum MHD_Result operator_post_user_enable(struct request *r);
/* operator/audit.c */
enum MHD_Result operator_get_audit(struct request *r);
enum MHD_Result operator_post_audit_check(struct request *r);
/* operator/samples.c */
enum MHD_Result operator_get_sample(struct request *r);
enum MHD_Result operator_get_report(struct request *r);
enum MHD_Result operator_post_sample_cancel(struct request *r);
enum MHD_Result operator_post_sample_retry(struct request *r);
enum MHD_Result operator_post_sample_delete(struct request *r);
enum MHD_Result operator_get_session(struct request *r);
enum MHD_Result operator_post_session(struct request *r);
/* operator/account.c */
enum MHD_Result operator_get_account(struct request *r);
enum MHD_Result operator_post_password(struct request *r);
enum MHD_Result operator_post_factor(struct request *r);
enum MHD_Result operator_post_factor_confirm(struct request *r);
enum MHD_Result operator_post_factor_off(struct request *r);
enum MHD_Result operator_post_session_end(struct request *r);
enum MHD_Result operator_post_sessions_end(struct request *r);
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

/* ---- operator/reply.c: what they share ------------------------------------------------------------------------------
 */
/* What went wrong, for a person; never NULL. `faults` may be NULL. */
const char *operator_fault(struct request *r, enum store_result done, const struct faults *faults);
unsigned operator_status(enum store_result done, const struct faults *faults);
/* Who did something, for a person: a user's e-mail address, a key's name, else the word that stands there. */
const char *operator_actor(struct request *r, const char *actor);
/* A field of the form, or NULL. */
const char *operator_field(const struct request *r, const char *name);

/* Sends the page (made: what the page function returned) and frees the buffer. */
enum MHD_Result operator_reply(struct request *r, unsigned status, buffer *out, int made);
enum MHD_Result operator_redirect(struct request *r, const char *path);
/* Pages that say what went wrong. */
enum MHD_Result operator_reply_fault(struct request *r, const operator_frame *frame, enum store_result done,
                                     const struct faults *faults);
enum MHD_Result operator_reply_forbidden(struct request *r, const operator_frame *frame);
/* The sentence of ?done=WORD, or NULL. */
const char *operator_notice(const struct request *r);
/* Offset and limit of the address, and how many there are. */
operator_range operator_range_of(const struct request *r, int64_t total);

#endif
