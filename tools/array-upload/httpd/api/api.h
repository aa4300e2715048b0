/* api.h - the handlers of /api/v2/, by file, and what several of them share. */
#ifndef ARRAY_UPLOAD_HTTPD_API_API_H
#define ARRAY_UPLOAD_HTTPD_API_API_H

#include "array-upload/httpd/api/fields.h"

/* api/auth.c: needs a key or an access token, and the route's right; and the ones that need none (jwt-create, ...). */
extern const struct route_kind route_api, route_api_open;

/* api/sessions.c */
enum MHD_Result api_session_create(struct request *r);
/* The body's fields; also the operator's form. */
void session_read(struct fields *f, struct session_input *in);
/* Seconds until this key or person may make another one; 0: now. */
int64_t session_wait(struct request *r);
/* api/samples.c */
enum MHD_Result api_sample_get(struct request *r);
json_t *file_json(struct request *r, const struct sample_file *f);
enum MHD_Result api_sample_statuses(struct request *r);
enum MHD_Result api_sample_metadata(struct request *r);
enum MHD_Result api_sample_metadata_set(struct request *r);
enum MHD_Result api_sample_consent_withdraw(struct request *r);
enum MHD_Result api_sample_qc(struct request *r);
enum MHD_Result api_sample_stats(struct request *r);
/* api/person.c */
enum MHD_Result api_person_link(struct request *r);
enum MHD_Result api_consumer_report(struct request *r);
/* api/variants.c */
enum MHD_Result api_sample_variants(struct request *r);
/* Loads the path's sample; 0, or the answer was given. */
int api_sample_load(struct request *r, struct sample *out, enum MHD_Result *result);
/* Who looked at which sample: a line of the day, and of the audit log. `what`: a word of ours. */
void sample_looked(struct request *r, const char *organization, const char *actor, const char *sample,
                   const char *what);
json_t *sample_json_base(struct request *r, const struct sample *s);

/* api/project_samples.c */
enum MHD_Result api_project_samples(struct request *r);
/* What a project of array data never has: batches, archived samples. */
enum MHD_Result api_project_none(struct request *r);
enum MHD_Result api_project_stats(struct request *r);
enum MHD_Result api_project_delete_samples(struct request *r);
enum MHD_Result api_project_cancel_samples(struct request *r);
enum MHD_Result api_project_hide_samples(struct request *r);
enum MHD_Result api_project_unhide_samples(struct request *r);
/* 0, or the answer was given (404). */
int api_project_load(struct request *r, struct project *out, enum MHD_Result *result);
int sample_query_read(struct request *r, const char *project, struct sample_query *q, enum MHD_Result *result);

/* api/projects.c */
enum MHD_Result api_projects_list(struct request *r);
enum MHD_Result api_projects_create(struct request *r);
enum MHD_Result api_project_get(struct request *r);
enum MHD_Result api_project_patch(struct request *r);
/* The body's public key and quotas, where they are there; also the operator's form. */
void project_settings_read(struct fields *f, struct project *p);
enum MHD_Result api_projects_hide(struct request *r);
enum MHD_Result api_projects_unhide(struct request *r);
enum MHD_Result api_projects_delete(struct request *r);

/* api/results.c */
enum MHD_Result api_sample_ancestry(struct request *r);
enum MHD_Result api_sample_trait_scores(struct request *r);
enum MHD_Result api_qc_histogram(struct request *r);

/* api/merges.c */
enum MHD_Result api_merge_get(struct request *r);
enum MHD_Result api_merge_post(struct request *r);

/* api/catalog.c: things that do not change */
enum MHD_Result api_file_types(struct request *r);
enum MHD_Result api_qc_types(struct request *r);
enum MHD_Result api_capabilities(struct request *r);
enum MHD_Result api_capability(struct request *r);
enum MHD_Result api_pipelines(struct request *r);
enum MHD_Result api_pipeline(struct request *r);
enum MHD_Result api_pipeline_latest(struct request *r);
json_t *qc_type_json(const char *key);     /* NULL: unknown key */
const char *qc_type_name(const char *key); /* the key itself where it is not known */
#define PIPELINE_ID "0f4c9a52-7f7e-4a55-9d2e-54cf21d3a002"

/* api/files.c */
enum MHD_Result api_file_sha256(struct request *r);
enum MHD_Result download_get(struct request *r);
/* Sends the file for the browser to show; the caller has looked at the rights. */
enum MHD_Result file_show(struct request *r, const struct sample_file *f);
/* An address anyone may fetch the file from for a while, in the arena. */
char *download_url(struct request *r, const struct sample_file *f);

/* api/accounts.c */
enum MHD_Result api_keys_list(struct request *r);
enum MHD_Result api_keys_create(struct request *r);
enum MHD_Result api_keys_patch(struct request *r);
enum MHD_Result api_user_get(struct request *r);
enum MHD_Result api_user_put(struct request *r);
enum MHD_Result api_organization(struct request *r);
enum MHD_Result api_organization_users(struct request *r);
enum MHD_Result api_project_users(struct request *r);
enum MHD_Result api_roles(struct request *r);

/* api/jwt.c */
enum MHD_Result api_jwt_create(struct request *r);
enum MHD_Result api_jwt_refresh(struct request *r);
enum MHD_Result api_jwt_verify(struct request *r);
enum MHD_Result api_jwt_logout(struct request *r);

/* api/subscriptions.c */
enum MHD_Result api_subscriptions_list(struct request *r);
enum MHD_Result api_subscriptions_create(struct request *r);
enum MHD_Result api_subscription_get(struct request *r);
enum MHD_Result api_subscription_delete(struct request *r);
enum MHD_Result api_event_types(struct request *r);
enum MHD_Result api_subscription_secret(struct request *r);
enum MHD_Result api_subscription_test(struct request *r);
enum MHD_Result api_notifications(struct request *r);
enum MHD_Result api_notification(struct request *r);
enum MHD_Result notification_payload(struct request *r);

/* api/reports.c */
enum MHD_Result api_qc_report(struct request *r);
enum MHD_Result api_usage_report(struct request *r);

#endif
