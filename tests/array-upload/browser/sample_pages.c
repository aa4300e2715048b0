#include "sample_pages.h"

#include <stdlib.h>
#include <string.h>

#include "array-upload/pages/operator.h"

#define NOON INT64_C(1795435200000000) /* 2026-11-23 12:00 UTC */
#define MINUTE INT64_C(60000000)
#define PROJECT_ID "0b7d9a52-7a2f-4d07-8a53-3a1a4e3f7f11"
#define SAMPLE_ID "6c3437b4-35fc-4224-9bb0-4623a16e6735"
#define HASH "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

const char *const sample_page_names[] = {
    "login",         "login-wrong", "projects",      "projects-none",      "samples",      "samples-none", "sample",
    "sample-failed", "sample-new",  "session",       "session-wrong",      "session-made", "account",      "keys",
    "key-made",      "keys-none",   "subscriptions", "subscriptions-none", "subscription", "secret-made",  "message",
    "users",         "user-made",   "brand",         "brand-wrong",        "audit",        "audit-broken", NULL};

typedef struct words {
  const char *other; /* hostile text, or NULL */
} words;

static const char *say(words w, const char *friendly) { return w.other ? w.other : friendly; }

static operator_frame frame_of(words w) {
  return (operator_frame){.organization = say(w, "Acme Health"),
                          .user = say(w, "Ada Example"),
                          .role = "owner",
                          .csrf = "csrf-token",
                          .owner = 1};
}

static int login_pages(buffer *out, const char *name, words w) {
  operator_frame frame = {.csrf = "csrf-token"};
  if (strcmp(name, "login") == 0)
    return operator_login(out, &frame, NULL);
  frame.error = "The e-mail or the password is not right.";
  return operator_login(out, &frame, say(w, "ada@example.org"));
}

static int project_pages(buffer *out, int none, words w) {
  const operator_project projects[] = {
      {PROJECT_ID, say(w, "Array data"), say(w, "Uploads from the apps"), 312, NOON - 9000 * MINUTE, 0, 1},
      {"1b7d9a52-7a2f-4d07-8a53-3a1a4e3f7f12", say(w, "Pilot with the university hospital"), NULL, 18,
       NOON - 90000 * MINUTE, 1, 0},
      {"2b7d9a52-7a2f-4d07-8a53-3a1a4e3f7f13", say(w, "Tests"), NULL, 0, NOON, 0, 0}};
  operator_projects_view view = {
      .frame = frame_of(w), .projects = projects, .count = none ? 0 : 3, .range = {0, 50, 3}, .can_manage = 1};
  return operator_projects(out, &view);
}

static int samples_pages(buffer *out, int none, words w) {
  static const char *const statuses[] = {
      "consumer awaiting data", "scheduled", "running", "succeeded", "failed qc", "failed", "consumer session expired"};
  operator_sample samples[7];
  for (int i = 0; i < 7; i++)
    samples[i] = (operator_sample){.id = SAMPLE_ID,
                                   .client_id = i == 2 ? SAMPLE_ID : say(w, "cust_12345"),
                                   .status = statuses[i],
                                   .note = i == 5 ? say(w, "canceled") : NULL,
                                   .created = NOON - i * 37 * MINUTE,
                                   .modified = NOON - i * 35 * MINUTE,
                                   .hidden = i == 6,
                                   .customer = i == 3 ? say(w, "cust_12345") : NULL,
                                   .vendor = i > 1 ? say(w, "23andme") : NULL};
  operator_samples_view view = {.frame = frame_of(w),
                                .project = {.id = PROJECT_ID, .name = say(w, "Array data"), .samples = none ? 0 : 312},
                                .scheduled = 2,
                                .running = 1,
                                .succeeded = 288,
                                .failed = 9,
                                .search = none ? NULL : say(w, "cust"),
                                .status = "all",
                                .samples = samples,
                                .count = none ? 0 : 7,
                                .range = {none ? 0 : 20, 7, none ? 0 : 312},
                                .can_create = 1};
  return operator_samples(out, &view);
}

static int sample_pages_one(buffer *out, const char *kind, words w) {
  const operator_quality quality[] = {{"Valid export", "succeeded", NULL, NULL},
                                      {"Call rate", kind ? "failed" : "succeeded", kind ? "0.871" : "0.982", "0.9"},
                                      {"Markers", "succeeded", "638531", "100000"},
                                      {"Build", "succeeded", say(w, "GRCh37"), NULL}};
  const operator_file files[] = {
      {SAMPLE_ID "_array-zip.zip", "array-zip", "/api/v2/files/1/download?token=x", HASH, 5801234},
      {SAMPLE_ID "_array-vcf.vcf.gz", "array-vcf", "/api/v2/files/2/download?token=x", HASH, 7340032},
      {SAMPLE_ID "_array-report.html", "array-report_html", NULL, HASH, 18000}};
  const operator_status_row history[] = {{"succeeded", say(w, NULL), NOON},
                                         {"running", NULL, NOON - MINUTE},
                                         {"scheduled", NULL, NOON - 2 * MINUTE},
                                         {"consumer awaiting data", NULL, NOON - 8 * MINUTE}};
  const operator_consent consents[] = {
      {"analysis", "2026-01", say(w, "I agree that my genetic data is used as described here."), NOON, 0},
      {"research", "r1", say(w, "My data may be used for research."), NOON, NOON + MINUTE}};
  const operator_stage stages[] = {
      {"convert", "succeeded", "", NOON - 6 * MINUTE, NOON - 5 * MINUTE},
      {"impute", kind ? "failed" : "succeeded", kind ? say(w, "genotype-impute: the panel is not prepared") : "",
       NOON - 5 * MINUTE, NOON - MINUTE},
      {"scores", kind ? "skipped" : "running", kind ? "impute failed" : "", kind ? 0 : NOON - MINUTE, 0}};
  operator_sample_view view = {.frame = frame_of(w),
                               .project_id = PROJECT_ID,
                               .project = say(w, "Array data"),
                               .sample = {.id = SAMPLE_ID,
                                          .client_id = say(w, "cust_12345"),
                                          .status = kind ? kind : "succeeded",
                                          .note = kind ? say(w, "call rate under the limit") : NULL,
                                          .created = NOON - 8 * MINUTE,
                                          .modified = NOON},
                               .metadata =
                                   say(w, "{\n  \"customer_id\": \"cust_12345\",\n  \"channel\": \"ios_webview\"\n}"),
                               .failed_qc = kind ? "Call rate" : NULL,
                               .report_url = kind ? NULL : "/operator/samples/x/report",
                               .quality = quality,
                               .quality_count = 4,
                               .files = files,
                               .file_count = kind ? 1 : 3,
                               .history = history,
                               .history_count = 4,
                               .consents = consents,
                               .consent_count = kind ? 0 : 2,
                               .stages = stages,
                               .stage_count = 3,
                               .retryable = kind != NULL,
                               .can_write = 1,
                               .can_manage = 1};
  if (kind && strcmp(kind, "consumer awaiting data") == 0) {
    view.quality_count = view.file_count = view.stage_count = 0;
    view.retryable = 0;
    view.failed_qc = view.sample.note = NULL;
    view.history += 3;
    view.history_count = view.cancelable = 1;
  }
  return operator_sample_page(out, &view);
}

static int session_pages(buffer *out, const char *name, words w) {
  operator_session_view view = {.frame = frame_of(w), .project_id = PROJECT_ID, .project = say(w, "Array data")};
  if (strcmp(name, "session-wrong") == 0) {
    view.frame.error = "Two fields need your attention.";
    view.success = say(w, "http://partner.example.com/done");
    view.success_fault = "Only HTTPS URLs are allowed.";
    view.metadata = say(w, "{\"customer_id\": }");
    view.metadata_fault = say(w, "Value must be valid JSON.");
  }
  if (strcmp(name, "session-made") == 0) {
    view.frame.notice = "The session was created.";
    view.url = "https://upload.example.org/array-data-upload?token=eyJhbGciOiJIUzI1NiIsInR5cCI6InVwbG9hZCtqd3QifQ."
               "eyJpc3MiOiJodHRwczovL3VwbG9hZC5leGFtcGxlLm9yZyIsImF1ZCI6ImFycmF5LWRhdGEtdXBsb2FkIiwic3ViIjoiNmMzNDM3YjQ"
               "tMzVmYy00"
               "MjI0LTliYjAtNDYyM2ExNmU2NzM1IiwianRpIjoiYSIsImlhdCI6MSwiZXhwIjoyfQ."
               "c2lnbmF0dXJlLXNpZ25hdHVyZS1zaWduYXR1cmUtMDE";
    view.sample_id = SAMPLE_ID;
    view.expires = NOON + 10 * MINUTE;
    view.minutes = 10;
  }
  return operator_session(out, &view);
}

static int key_pages(buffer *out, const char *name, words w) {
  const operator_key keys[] = {{SAMPLE_ID, say(w, "Production server"), "Xk29fQzL", 0, NOON - 3 * MINUTE, 0},
                               {PROJECT_ID, say(w, "Old laptop"), "b81KdM0q", NOON - 90000 * MINUTE, 0, 1}};
  operator_keys_view view = {.frame = frame_of(w), .keys = keys, .count = strcmp(name, "keys-none") == 0 ? 0 : 2};
  if (strcmp(name, "key-made") == 0)
    view.new_key = "Xk29fQzL.p3Vt0nqYw8RkD5mZ1sHc7LbJ4xGf6TaE";
  return operator_keys(out, &view);
}

static int subscription_pages(buffer *out, const char *name, words w) {
  const operator_subscription subscriptions[] = {
      {SAMPLE_ID, say(w, "Results"), say(w, "https://hooks.partner.example.com/array/results"), "analysis_complete_v2",
       1, 0},
      {PROJECT_ID, say(w, "Staging"), say(w, "https://staging.partner.example.com/array/results"),
       "analysis_complete_v2", 0, 1}};
  const operator_delivery deliveries[] = {
      {SAMPLE_ID, "analysis_complete_v2", NULL, NOON, 200},
      {PROJECT_ID, "analysis_complete_v2", say(w, "connection refused"), NOON - 5 * MINUTE, 0},
      {SAMPLE_ID, "analysis_complete_v2", say(w, "Internal Server Error"), NOON - 9 * MINUTE, 500}};
  if (strncmp(name, "subscriptions", 13) == 0) {
    operator_subscriptions_view view = {.frame = frame_of(w),
                                        .project_id = PROJECT_ID,
                                        .project = say(w, "Array data"),
                                        .subscriptions = subscriptions,
                                        .count = name[13] ? 0 : 2,
                                        .can_manage = 1};
    return operator_subscriptions(out, &view);
  }
  operator_subscription_view view = {.frame = frame_of(w),
                                     .project_id = PROJECT_ID,
                                     .project = say(w, "Array data"),
                                     .subscription = subscriptions[0],
                                     .deliveries = deliveries,
                                     .count = 3,
                                     .range = {0, 50, 3},
                                     .can_manage = 1};
  if (strcmp(name, "secret-made") == 0)
    view.secret = "p3Vt0nqYw8RkD5mZ1sHc7LbJ4xGf6TaE";
  return operator_subscription_page(out, &view);
}

static int user_pages(buffer *out, const char *name, words w) {
  const operator_person people[] = {
      {SAMPLE_ID, say(w, "Ada Example"), say(w, "ada@example.org"), "owner", NOON - 90000 * MINUTE, 1, 1, 1},
      {PROJECT_ID, say(w, "Björn Beispiel"), say(w, "bjoern@example.org"), "analyst", NOON - 800 * MINUTE, 1, 0, 0},
      {"1b7d9a52-7a2f-4d07-8a53-3a1a4e3f7f12", NULL, say(w, "left@example.org"), "viewer", NOON, 0, 1, 0}};
  operator_users_view view = {
      .frame = frame_of(w), .people = people, .count = 3, .range = {0, 20, 3}, .can_own = 1, .search = say(w, NULL)};
  if (strcmp(name, "user-made") == 0) {
    view.password = say(w, "p3Vt0nqYw8RkD5mZ1sHc");
    view.whose = say(w, "bjoern@example.org");
  }
  return operator_users(out, &view);
}

static int brand_pages(buffer *out, int wrong, words w) {
  const operator_value values[] = {{"name", say(w, "Acme Health")},
                                   {"colour", say(w, wrong ? "green" : "#0b6e4f")},
                                   {"language", "de"},
                                   {"privacy_url", say(w, "https://acme.example/privacy")},
                                   {"consent_version", say(w, "2026-01")},
                                   {"consent_text", say(w, "I agree that my genetic data is used as described here.")},
                                   {"extensions", "1"},
                                   {"embed_origins", say(w, "https://app.example.com\nhttps://www.example.com")}};
  const operator_use uses[] = {{say(w, "research"), say(w, "r1"), say(w, "My data may be used for research.")},
                               {NULL, NULL, NULL}};
  operator_brand_view view = {.frame = frame_of(w),
                              .project_id = PROJECT_ID,
                              .project = say(w, "Array data"),
                              .values = values,
                              .value_count = sizeof values / sizeof values[0],
                              .uses = uses,
                              .use_count = 2,
                              .can_manage = 1};
  if (wrong) {
    view.frame.error = "Nothing was changed. See what is marked below.";
    view.wrong = "colour";
    view.fault = "colour is written as #rrggbb.";
  }
  return operator_brand(out, &view);
}

static int audit_pages(buffer *out, int broken, words w) {
  const operator_entry entries[] = {
      {412, NOON, say(w, "ada@example.org"), "sample.deleted", SAMPLE_ID, NULL},
      {411, NOON - MINUTE, say(w, "API key Production server"), "session.created", SAMPLE_ID, NULL},
      {409, NOON - 90 * MINUTE, "admin", "user.created", say(w, PROJECT_ID), say(w, "{\"request\":\"r1\"}")}};
  operator_audit_view view = {.frame = frame_of(w),
                              .search = say(w, NULL),
                              .entries = entries,
                              .count = 3,
                              .older = 409,
                              .newest = !broken,
                              .checked = 1,
                              .broken_at = broken ? 37 : 0};
  return operator_audit(out, &view);
}

int sample_page(buffer *out, const char *name, const char *text) {
  words w = {text};
  operator_frame frame = frame_of(w);
  if (strncmp(name, "login", 5) == 0)
    return login_pages(out, name, w);
  if (strncmp(name, "projects", 8) == 0)
    return project_pages(out, name[8] != '\0', w);
  if (strncmp(name, "samples", 7) == 0)
    return samples_pages(out, name[7] != '\0', w);
  if (strcmp(name, "sample") == 0)
    return sample_pages_one(out, NULL, w);
  if (strncmp(name, "sample-", 7) == 0)
    return sample_pages_one(out, strcmp(name, "sample-new") == 0 ? "consumer awaiting data" : "failed qc", w);
  if (strncmp(name, "session", 7) == 0)
    return session_pages(out, name, w);
  if (strncmp(name, "key", 3) == 0)
    return key_pages(out, name, w);
  if (strncmp(name, "sub", 3) == 0 || strcmp(name, "secret-made") == 0)
    return subscription_pages(out, name, w);
  if (strncmp(name, "user", 4) == 0)
    return user_pages(out, name, w);
  if (strncmp(name, "brand", 5) == 0)
    return brand_pages(out, name[5] != '\0', w);
  if (strncmp(name, "audit", 5) == 0)
    return audit_pages(out, name[5] != '\0', w);
  if (strcmp(name, "account") == 0)
    return operator_account(out, &(operator_account_view){.frame = frame, .email = say(w, "ada@example.org")});
  if (strcmp(name, "message") == 0)
    return operator_message(out, &frame, "Not found", "There is no such page, or you may not see it.");
  return 0;
}
