/* route.c - the static table: one row an endpoint. A slash at the end is optional everywhere. */
#include <string.h>

#include "array-upload/httpd/api/api.h"
#include "array-upload/httpd/httpd.h"
#include "array-upload/httpd/monitor.h"
#include "array-upload/httpd/operator/operator.h"
#include "array-upload/httpd/page/page.h"

#define V "/api/v2/"

static const struct route routes[] = {
    {"POST", V "array-data-upload-form", ROUTE_API, RIGHT_UPLOAD, api_session_create},
    {"GET", V "samples/{id}", ROUTE_API, RIGHT_READ, api_sample_get},
    {"GET", V "sample-statuses/{id}", ROUTE_API, RIGHT_READ, api_sample_statuses},
    {"GET", V "sample-metadata/{id}", ROUTE_API, RIGHT_READ, api_sample_metadata},
    {"POST", V "sample-metadata/{id}", ROUTE_API, RIGHT_UPLOAD, api_sample_metadata_set},
    {"POST", V "sample-consents/{id}", ROUTE_API, RIGHT_UPLOAD, api_sample_consent_withdraw},
    {"GET", V "sample-quality-controls/{id}", ROUTE_API, RIGHT_READ, api_sample_qc},
    {"GET", V "sample-stats/{id}", ROUTE_API, RIGHT_READ, api_sample_stats},
    {"GET", V "sample-genomic-variants/{id}", ROUTE_API, RIGHT_READ, api_sample_variants},
    {"GET", V "project-samples/{id}", ROUTE_API, RIGHT_READ, api_project_samples},
    {"GET", V "project-stats/{id}", ROUTE_API, RIGHT_READ, api_project_stats},
    {"GET", V "project-qc-types/{id}", ROUTE_API, RIGHT_READ, api_qc_types},
    {"GET", V "project-qc-report/{id}", ROUTE_API, RIGHT_READ, api_qc_report},
    {"GET", V "project-users/{id}", ROUTE_API, RIGHT_READ, api_project_users},
    {"DELETE", V "project-delete-samples/{id}", ROUTE_API, RIGHT_MANAGE, api_project_delete_samples},
    {"POST", V "project-cancel-samples/{id}", ROUTE_API, RIGHT_UPLOAD, api_project_cancel_samples},
    {"POST", V "project-hide-samples/{id}", ROUTE_API, RIGHT_UPLOAD, api_project_hide_samples},
    {"POST", V "project-unhide-samples/{id}", ROUTE_API, RIGHT_UPLOAD, api_project_unhide_samples},
    {"GET", V "projects", ROUTE_API, RIGHT_READ, api_projects_list},
    {"POST", V "projects", ROUTE_API, RIGHT_MANAGE, api_projects_create},
    {"GET", V "projects/{id}", ROUTE_API, RIGHT_READ, api_project_get},
    {"PATCH", V "projects/{id}", ROUTE_API, RIGHT_MANAGE, api_project_patch},
    {"POST", V "projects-hide", ROUTE_API, RIGHT_MANAGE, api_projects_hide},
    {"POST", V "projects-unhide", ROUTE_API, RIGHT_MANAGE, api_projects_unhide},
    {"DELETE", V "projects-delete", ROUTE_API, RIGHT_MANAGE, api_projects_delete},
    {"GET", V "file-types", ROUTE_API, RIGHT_READ, api_file_types},
    {"GET", V "files/{id}.sha256", ROUTE_API, RIGHT_READ, api_file_sha256},
    {"GET", V "pipeline-capabilities", ROUTE_API, RIGHT_READ, api_capabilities},
    {"GET", V "pipeline-capabilities/{id}", ROUTE_API, RIGHT_READ, api_capability},
    {"GET", V "pipeline", ROUTE_API, RIGHT_READ, api_pipelines},
    {"GET", V "pipeline/{id}", ROUTE_API, RIGHT_READ, api_pipeline},
    {"GET", V "pipeline-latest", ROUTE_API, RIGHT_READ, api_pipeline_latest},
    {"GET", V "user-api-keys", ROUTE_API, RIGHT_READ, api_keys_list},
    {"POST", V "user-api-keys", ROUTE_API, RIGHT_READ, api_keys_create},
    {"PATCH", V "user-api-keys/{id}", ROUTE_API, RIGHT_READ, api_keys_patch},
    {"GET", V "user", ROUTE_API, RIGHT_READ, api_user_get},
    {"PUT", V "user", ROUTE_API, RIGHT_READ, api_user_put},
    {"PATCH", V "user", ROUTE_API, RIGHT_READ, api_user_put},
    {"GET", V "organization", ROUTE_API, RIGHT_READ, api_organization},
    {"GET", V "organization-users", ROUTE_API, RIGHT_READ, api_organization_users},
    {"GET", V "organization-monthly-usage-report", ROUTE_API, RIGHT_READ, api_usage_report},
    {"GET", V "roles/{name}", ROUTE_API, RIGHT_READ, api_roles},
    {"POST", V "jwt-create", ROUTE_API_OPEN, RIGHT_NONE, api_jwt_create},
    {"POST", V "jwt-refresh", ROUTE_API_OPEN, RIGHT_NONE, api_jwt_refresh},
    {"POST", V "jwt-verify", ROUTE_API_OPEN, RIGHT_NONE, api_jwt_verify},
    {"POST", V "jwt-logout", ROUTE_API_OPEN, RIGHT_NONE, api_jwt_logout},
    {"GET", V "project-subscriptions/{id}", ROUTE_API, RIGHT_READ, api_subscriptions_list},
    {"POST", V "project-subscriptions/{id}", ROUTE_API, RIGHT_MANAGE, api_subscriptions_create},
    {"GET", V "project-subscription-details/{id}", ROUTE_API, RIGHT_READ, api_subscription_get},
    {"DELETE", V "project-subscription-details/{id}", ROUTE_API, RIGHT_MANAGE, api_subscription_delete},
    {"GET", V "project-subscription-event-types", ROUTE_API, RIGHT_READ, api_event_types},
    {"POST", V "project-subscription-secret/{id}", ROUTE_API, RIGHT_MANAGE, api_subscription_secret},
    {"POST", V "project-subscription-test/{id}", ROUTE_API, RIGHT_MANAGE, api_subscription_test},
    {"GET", V "project-subscription-notifications/{id}", ROUTE_API, RIGHT_MANAGE, api_notifications},
    {"GET", V "notifications/{id}", ROUTE_API, RIGHT_MANAGE, api_notification},
    {"GET", "/array-data-upload", ROUTE_PAGE, RIGHT_NONE, page_open},
    {"POST", "/array-data-upload", ROUTE_UPLOAD, RIGHT_NONE, page_upload},
    {"GET", "/array-data-upload/status", ROUTE_PAGE, RIGHT_NONE, page_status},
    {"POST", "/array-data-upload/extend", ROUTE_PAGE, RIGHT_NONE, page_extend},
    {"POST", "/array-data-upload/cancel", ROUTE_PAGE, RIGHT_NONE, page_cancel},
    {"GET", "/array-data-upload/assets/{name}", ROUTE_OTHER, RIGHT_NONE, page_asset},
    {"GET", "/downloads/{id}/{name}", ROUTE_OTHER, RIGHT_NONE, download_get},
    {"GET", "/notification-payloads/{id}", ROUTE_OTHER, RIGHT_NONE, notification_payload},
    {"GET", "/health", ROUTE_OTHER, RIGHT_NONE, health_live},
    {"GET", "/health/live", ROUTE_OTHER, RIGHT_NONE, health_live},
    {"GET", "/health/ready", ROUTE_OTHER, RIGHT_NONE, health_ready},
    OPERATOR_ROUTES};

/* Matches one part of the path against one of the pattern; keeps what {…} stands for. */
static int part_matches(struct request *r, const char *pattern, size_t pattern_n, const char *part, size_t n) {
  char id[UUID_SIZE];
  if (pattern_n >= 4 && strncmp(pattern, "{id}", 4) == 0) {
    size_t tail = pattern_n - 4;
    if (n <= tail || memcmp(part + n - tail, pattern + 4, tail) != 0 || n - tail >= UUID_SIZE)
      return 0;
    char *text = arena_strndup(&r->arena, part, n - tail);
    if (text == NULL || uuid_parse(id, text) != 0)
      return 0;
    r->id = arena_strdup(&r->arena, id);
    return r->id != NULL;
  }
  if (pattern_n == 6 && strncmp(pattern, "{name}", 6) == 0) {
    r->name = n == 0 ? NULL : arena_strndup(&r->arena, part, n);
    return r->name != NULL;
  }
  return pattern_n == n && memcmp(pattern, part, n) == 0;
}

static int path_matches(struct request *r, const char *pattern) {
  const char *path = r->path;
  size_t length = strlen(path);
  if (length > 1 && path[length - 1] == '/')
    length--;
  const char *end = path + length;
  r->id = r->name = NULL;
  while (*pattern == '/' && path < end && *path == '/') {
    pattern++;
    path++;
    size_t n = strcspn(pattern, "/"), m = 0;
    while (path + m < end && path[m] != '/')
      m++;
    if (!part_matches(r, pattern, n, path, m))
      return 0;
    pattern += n;
    path += m;
  }
  return *pattern == '\0' && path == end;
}

const struct route *route_find(struct request *r, const char **allow) {
  const char *method = strcmp(r->method, "HEAD") == 0 ? "GET" : r->method;
  const struct route *found = NULL;
  *allow = NULL;
  for (size_t i = 0; i < sizeof routes / sizeof *routes && found == NULL; i++) {
    if (!path_matches(r, routes[i].pattern))
      continue;
    if (strcmp(routes[i].method, method) == 0)
      found = &routes[i];
    else
      *allow = *allow == NULL ? arena_printf(&r->arena, "%s%s", routes[i].method,
                                             strcmp(routes[i].method, "GET") == 0 ? ", HEAD" : "")
                              : arena_printf(&r->arena, "%s, %s", *allow, routes[i].method);
  }
  if (found == NULL && *allow != NULL)
    *allow = arena_printf(&r->arena, "%s, OPTIONS", *allow);
  if (found == NULL)
    r->id = r->name = NULL;
  return found;
}
