/* /api/v2/projects/ */
#include <stdlib.h>
#include <string.h>

#include "array-upload/httpd/api/api.h"
#include "array-upload/httpd/httpd.h"
#include "array-upload/deeds/roles.h"
#include "array-upload/seal/crypt4gh.h"

enum { IDS_MAX = 1000, NAME_MAX_LETTERS = 254, DESCRIPTION_MAX = 4000 };

static json_t *text_or_null(const char *text) { return text == NULL ? json_null() : json_string(text); }

static json_t *number_or_null(int64_t n) { return n == 0 ? json_null() : json_integer((json_int_t)n); }

static json_t *project_json(struct request *r, const struct project *p, int detail) {
  const struct role *role = role_find(r->who.role);
  json_t *object =
      json_pack("{s:s, s:s, s:s, s:o, s:o, s:b, s:s, s:s, s:I, s:I, s:s, s:[], s:{s:{s:s, s:s}}, s:s, s:b, s:b}", "id",
                p->id, "name", p->name, "description", p->description, "created", json_time(p->created), "modified",
                json_time(p->modified), "hidden", p->hidden != 0, "organization", p->organization, "organization_name",
                p->organization_name, "sample_count", (json_int_t)p->sample_count, "hidden_sample_count",
                (json_int_t)p->hidden_sample_count, "pipeline_capabilities", p->capability, "project_modifications",
                "roles", "organization", "id", role == NULL ? "" : role->id, "name", role == NULL ? "" : role->name,
                "webhook_url", "", "is_shared", 0, "locked", p->locked != 0);
  if (object != NULL && detail) {
    json_t *brand = p->brand == NULL ? NULL : json_loads(p->brand, 0, NULL);
    json_object_set_new(object, "files", json_array());
    json_object_set_new(object, "brand", brand != NULL ? brand : json_null());
    json_object_set_new(object, "default_for_uploads", json_boolean(p->is_default));
    json_object_set_new(object, "deliverables_public_key", text_or_null(p->public_key));
    json_object_set_new(object, "uploads_a_day", number_or_null(p->uploads_a_day));
    json_object_set_new(object, "bytes_a_day", number_or_null(p->bytes_a_day));
  }
  return object;
}

enum MHD_Result api_projects_list(struct request *r) {
  static const char *const statuses[] = {"all", "completed", "running", NULL}, *const hidden[] = {"visible", "hidden",
                                                                                                  "all", NULL};
  static const char *const sorts[] = {"created", "modified", "name", "pipeline_capabilities", "sample_count", NULL};
  static const char *const orders[] = {"desc", "asc", NULL}, *const switches[] = {"",      "true", "false", "True",
                                                                                  "False", "1",    "0",     NULL};
  struct fields f = {.r = r};
  struct project *projects;
  size_t n;
  int64_t total;
  enum MHD_Result result;
  struct project_query q = {.organization = r->who.organization,
                            .search = request_query(r, "search"),
                            .status = query_choice(&f, "status", statuses),
                            .hidden_status = query_choice(&f, "hidden_status", hidden),
                            .sort_by = query_choice(&f, "sort_by", sorts),
                            .locked = -1,
                            .page = page_read(r)};
  q.descending = strcmp(query_choice(&f, "sort_order", orders), "desc") == 0;
  const char *locked = query_choice(&f, "locked", switches), *shared = query_choice(&f, "shared", switches);
  if (*locked != '\0')
    q.locked = strchr("tT1", *locked) != NULL;
  if (fields_failed(&f, &result))
    return result;
  if (*shared != '\0' && strchr("tT1", *shared) != NULL) /* nothing is shared between organizations here */
    return reply_json(r, 200, page_body(r, json_array(), 0, q.page));
  enum store_result found = store_project_list(r->store, &r->arena, &q, &projects, &n, &total);
  if (found != STORE_OK)
    return reply_store(r, found);
  json_t *list = json_array();
  for (size_t i = 0; i < n; i++)
    json_array_append_new(list, project_json(r, &projects[i], 0));
  return reply_json(r, 200, page_body(r, list, total, q.page));
}

/* There is one capability. */
static void capability_check(struct fields *f, const char *id) {
  if (id != NULL && strcmp(id, CAPABILITY_ID) != 0)
    field_error(f, "pipeline_capabilities",
                arena_printf(&f->r->arena, "Invalid pk \"%s\" - object does not exist.", id));
}

enum MHD_Result api_projects_create(struct request *r) {
  struct fields f = {.r = r, .data = r->data};
  struct deed d = deed_of(r, &f.faults);
  struct project p;
  enum MHD_Result result;
  const char *name = field_text(&f, "name", FIELD_REQUIRED, NAME_MAX_LETTERS),
             *description = field_text(&f, "description", FIELD_BLANK, DESCRIPTION_MAX);
  capability_check(&f, field_uuid(&f, "pipeline_capabilities", FIELD_REQUIRED));
  if (deed_failed(r, project_create(&d, name, description, 0, &p), &f.faults, &result))
    return result;
  return reply_json(r, 201, project_json(r, &p, 0));
}

enum MHD_Result api_project_get(struct request *r) {
  struct project p;
  enum MHD_Result result;
  return api_project_load(r, &p, &result) != 0 ? result : reply_json(r, 200, project_json(r, &p, 1));
}

/* Absent: as it is; null or an empty text: none. */
static int64_t field_quota(struct fields *f, const char *name, int64_t now) {
  const json_t *value = json_object_get(f->data, name);
  if (value == NULL)
    return now;
  if (json_is_null(value) || (json_is_string(value) && *json_string_value(value) == '\0'))
    return 0;
  return field_integer(f, name, 0, 1, INT64_C(1) << 50);
}

static void brand_take(struct fields *f, struct project *p) {
  const json_t *brand = json_object_get(f->data, "brand");
  if (brand == NULL)
    return;
  char *text = json_is_null(brand) ? NULL : json_text(brand);
  p->brand = text == NULL ? NULL : arena_strdup(&f->r->arena, text);
  free(text);
}

void project_settings_read(struct fields *f, struct project *p) {
  json_t *key = json_object_get(f->data, "deliverables_public_key");
  if (key != NULL) {
    const char *text =
        json_is_null(key) ? "" : field_text(f, "deliverables_public_key", FIELD_BLANK, CRYPT4GH_KEY_TEXT_MAX);
    p->public_key = text == NULL || *text == '\0' ? NULL : text;
  }
  p->uploads_a_day = field_quota(f, "uploads_a_day", p->uploads_a_day);
  p->bytes_a_day = field_quota(f, "bytes_a_day", p->bytes_a_day);
}

enum MHD_Result api_project_patch(struct request *r) {
  struct fields f = {.r = r, .data = r->data};
  struct deed d = deed_of(r, &f.faults);
  struct project p;
  enum MHD_Result result;
  if (api_project_load(r, &p, &result) != 0)
    return result;
  const char *name = field_text(&f, "name", 0, NAME_MAX_LETTERS);
  const char *description = field_text(&f, "description", FIELD_BLANK, DESCRIPTION_MAX);
  capability_check(&f, field_uuid(&f, "pipeline_capabilities", 0));
  p.name = name != NULL ? name : p.name;
  p.description = description != NULL ? description : p.description;
  p.locked = field_bool(&f, "locked", p.locked != 0);
  brand_take(&f, &p);
  project_settings_read(&f, &p);
  if (deed_failed(r, project_change(&d, &p), &f.faults, &result))
    return result;
  return reply_json(r, 200, project_json(r, &p, 1));
}

static enum MHD_Result change(struct request *r, int hidden, int remove) {
  struct fields f = {.r = r, .data = r->data};
  struct deed d = deed_of(r, &f.faults);
  enum MHD_Result result;
  size_t n;
  const char *const *ids = field_uuids(&f, "project_ids", IDS_MAX, &n);
  if (fields_failed(&f, &result))
    return result;
  enum store_result done = remove ? projects_delete(&d, ids, n) : projects_hide(&d, ids, n, hidden);
  if (done == STORE_NONE)
    return reply_json(r, 400, json_pack("[s]", "Project does not exist or you do not have privileges to access it."));
  return done == STORE_OK ? reply_empty(r, 204) : reply_store(r, done);
}

enum MHD_Result api_projects_hide(struct request *r) { return change(r, 1, 0); }

enum MHD_Result api_projects_unhide(struct request *r) { return change(r, 0, 0); }

enum MHD_Result api_projects_delete(struct request *r) { return change(r, 0, 1); }
