/* Projects and the samples of one. */
#include <stdio.h>
#include <string.h>

#include "array-upload/pages/operator_frame.h"

static void fill_project(const void *items, size_t index, render_row *row) {
  const operator_projects_view *view = items;
  const operator_project *p = &view->projects[index];
  frame_edges(row, index, view->count);
  render_row_text(row, "id", p->id);
  render_row_text(row, "name", p->name);
  render_row_text(row, "description", p->description);
  render_row_format(row, "samples", "%llu", (unsigned long long)p->samples);
  frame_time(row, "created", "created_iso", p->created);
  frame_flag(row, "locked", p->locked);
  frame_flag(row, "standard", p->standard);
}

int operator_projects(buffer *out, const operator_projects_view *view) {
  render_row row;
  render_list list = {view->count, view, fill_project};
  buffer pager = {0};
  frame_pager(&pager, "/operator/projects", view->search, NULL, &view->range);
  frame_begin(&row, &view->frame);
  render_row_text(&row, "search", view->search);
  render_row_list(&row, "projects", &list);
  render_row_text(&row, "pager", pager.text);
  frame_flag(&row, "can_manage", view->can_manage);
  int made = frame_page(out, &view->frame, "Projects", "projects", "projects.html", &row) && !pager.failed;
  buffer_free(&pager);
  return made;
}

int operator_settings(buffer *out, const operator_settings_view *view) {
  render_row row;
  frame_begin(&row, &view->frame);
  render_row_text(&row, "project_id", view->project_id);
  render_row_text(&row, "project", view->project);
  render_row_text(&row, "public_key", view->public_key);
  render_row_text(&row, "uploads_a_day", view->uploads_a_day);
  render_row_text(&row, "bytes_a_day", view->bytes_a_day);
  render_row_text(&row, "public_key_fault", view->public_key_fault);
  render_row_text(&row, "uploads_fault", view->uploads_fault);
  render_row_text(&row, "bytes_fault", view->bytes_fault);
  frame_flag(&row, "can_manage", view->can_manage);
  return frame_page(out, &view->frame, "Settings", "projects", "settings.html", &row);
}

typedef struct state_choice {
  const char *value, *label;
} state_choice;

static const state_choice choices[] = {{"all", "All"},
                                       {"running", "Scheduled or running"},
                                       {"succeeded", "Succeeded"},
                                       {"failed", "Failed"},
                                       {"completed", "Completed"}};

static void fill_choice(const void *items, size_t index, render_row *row) {
  const operator_samples_view *view = items;
  render_row_text(row, "value", choices[index].value);
  render_row_text(row, "label", choices[index].label);
  frame_flag(row, "chosen", view->status && strcmp(view->status, choices[index].value) == 0);
}

static void fill_sample(const void *items, size_t index, render_row *row) {
  const operator_samples_view *view = items;
  const operator_sample *s = &view->samples[index];
  const char *name = s->client_id && *s->client_id ? s->client_id : s->id;
  frame_edges(row, index, view->count);
  render_row_text(row, "id", s->id);
  render_row_text(row, "client_id", name);
  frame_flag(row, "other_id", strcmp(name, s->id) != 0);
  render_row_text(row, "status", s->status);
  render_row_text(row, "kind", frame_status_kind(s->status));
  render_row_text(row, "note", s->note);
  render_row_text(row, "customer", s->customer);
  render_row_text(row, "vendor", s->vendor);
  frame_flag(row, "hidden", s->hidden);
  frame_time(row, "created", "created_iso", s->created);
  frame_time(row, "modified", "modified_iso", s->modified);
}

static void put_count(render_row *row, const char *name, uint64_t count) {
  render_row_format(row, name, "%llu", (unsigned long long)count);
}

int operator_samples(buffer *out, const operator_samples_view *view) {
  render_row row;
  render_list samples = {view->count, view, fill_sample};
  render_list states = {sizeof choices / sizeof choices[0], view, fill_choice};
  buffer pager = {0};
  char path[96];
  snprintf(path, sizeof path, "/operator/projects/%s", view->project.id);
  frame_pager(&pager, path, view->search, view->status, &view->range);
  frame_begin(&row, &view->frame);
  render_row_text(&row, "project", view->project.name);
  render_row_text(&row, "project_id", view->project.id);
  frame_flag(&row, "locked", view->project.locked);
  frame_flag(&row, "can_create", view->can_create && !view->project.locked);
  put_count(&row, "all", view->project.samples);
  put_count(&row, "scheduled", view->scheduled);
  put_count(&row, "running", view->running);
  put_count(&row, "succeeded", view->succeeded);
  put_count(&row, "failed", view->failed);
  render_row_text(&row, "search", view->search);
  frame_flag(&row, "filtered", (view->search && *view->search) || (view->status && strcmp(view->status, "all") != 0));
  render_row_list(&row, "states", &states);
  render_row_list(&row, "samples", &samples);
  render_row_text(&row, "pager", pager.text);
  int made = frame_page(out, &view->frame, view->project.name, "projects", "project.html", &row) && !pager.failed;
  buffer_free(&pager);
  return made;
}
