/* One sample, what may be done with it, and a new upload session. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array-upload/httpd/api/api.h"
#include "array-upload/httpd/operator/operator.h"
#include "array-upload/seal/crypt4gh.h"

/* Everything the page of a sample shows. */
struct parts {
  struct sample sample;
  struct project project;
  struct sample_file *files;
  struct quality_control *qc;
  struct sample_status *history;
  struct consent *consents;
  struct look *looks;
  struct stage *stages;
  size_t n_files, n_qc, n_history, n_consents, n_looks, n_stages;
};

static enum store_result parts_get(struct request *r, struct parts *p) {
  struct store *s = r->store;
  struct arena *a = &r->arena;
  int64_t total;
  const struct page page = {200, 0};
  enum store_result found = store_sample_get(s, a, r->who.organization, r->id, r->now, &p->sample);
  if (found == STORE_OK)
    found = store_project_get(s, a, r->who.organization, p->sample.project, &p->project);
  if (found == STORE_OK)
    found = store_sample_files(s, a, r->id, &p->files, &p->n_files);
  if (found == STORE_OK)
    found = store_sample_qc(s, a, r->id, page, &p->qc, &p->n_qc, &total);
  if (found == STORE_OK)
    found = store_sample_history(s, a, r->id, page, &p->history, &p->n_history, &total);
  if (found == STORE_OK)
    found = store_sample_stages(s, a, r->id, &p->stages, &p->n_stages);
  return found == STORE_OK ? store_sample_consents(s, a, r->id, &p->consents, &p->n_consents) : found;
}

static const char *number_words(struct request *r, int there, double value) {
  return there ? arena_printf(&r->arena, "%.6g", value) : NULL;
}

static operator_quality *quality_of(struct request *r, const struct parts *p) {
  operator_quality *quality = arena_alloc(&r->arena, (p->n_qc + 1) * sizeof *quality);
  for (size_t i = 0; quality != NULL && i < p->n_qc; i++) {
    const struct quality_control *qc = &p->qc[i];
    const char *measured = number_words(r, qc->has_measured, qc->measured);
    quality[i] = (operator_quality){qc_type_name(qc->key), qc->status, measured != NULL ? measured : qc->text,
                                    number_words(r, qc->has_expected, qc->expected)};
  }
  return quality;
}

static operator_file *files_of(struct request *r, const struct parts *p, size_t *n, const char **report) {
  operator_file *files = arena_alloc(&r->arena, (p->n_files + 1) * sizeof *files);
  *n = 0;
  for (size_t i = 0; files != NULL && i < p->n_files; i++) {
    const struct sample_file *f = &p->files[i];
    if (r->who.right < RIGHT_UPLOAD && strcmp(f->type, "array-zip") == 0)
      continue; /* viewers do not see the original */
    const char *url = download_url(r, f);
    files[(*n)++] = (operator_file){f->name, f->type, url, f->sha256, (uint64_t)f->size};
    if (strcmp(f->type, "array-report_html") == 0 && !crypt4gh_named(f->key))
      *report = arena_printf(&r->arena, "/operator/samples/%s/report", p->sample.id);
  }
  return files;
}

static operator_status_row *history_of(struct request *r, const struct parts *p) {
  operator_status_row *history = arena_alloc(&r->arena, (p->n_history + 1) * sizeof *history);
  for (size_t i = 0; history != NULL && i < p->n_history; i++)
    history[i] = (operator_status_row){p->history[i].status, p->history[i].note, p->history[i].created};
  return history;
}

static operator_consent *consents_of(struct request *r, const struct parts *p) {
  operator_consent *consents = arena_alloc(&r->arena, (p->n_consents + 1) * sizeof *consents);
  for (size_t i = 0; consents != NULL && i < p->n_consents; i++) {
    const struct consent *c = &p->consents[i];
    consents[i] = (operator_consent){c->purpose, c->version, c->text, c->given, c->withdrawn};
  }
  return consents;
}

static operator_stage *stages_of(struct request *r, const struct parts *p) {
  operator_stage *stages = arena_alloc(&r->arena, (p->n_stages + 1) * sizeof *stages);
  for (size_t i = 0; stages != NULL && i < p->n_stages; i++) {
    const struct stage *s = &p->stages[i];
    stages[i] = (operator_stage){stage_text(s->name), stage_status(p->stages, i, p->sample.state == SAMPLE_RUNNING),
                                 s->note, s->started, s->ended};
  }
  return stages;
}

/* Whether there is something to try again. */
static int retryable(const struct parts *p) {
  int failed = 0;
  for (size_t i = 0; i < p->n_stages; i++)
    failed |= strcmp(p->stages[i].state, "failed") == 0;
  return failed && p->sample.state == SAMPLE_FAILED;
}

static operator_look *looks_of(struct request *r, const struct parts *p) {
  operator_look *looks = arena_alloc(&r->arena, (p->n_looks + 1) * sizeof *looks);
  for (size_t i = 0; looks != NULL && i < p->n_looks; i++)
    looks[i] = (operator_look){operator_actor(r, p->looks[i].actor), p->looks[i].what, p->looks[i].created};
  return looks;
}

static const char *metadata_words(struct request *r, const char *json) {
  json_t *metadata = json == NULL ? NULL : json_loads(json, JSON_DECODE_ANY, NULL);
  char *text =
      metadata == NULL || json_is_null(metadata) ? NULL : json_dumps(metadata, JSON_INDENT(2) | JSON_ENCODE_ANY);
  const char *words = arena_strdup(&r->arena, text);
  json_decref(metadata);
  free(text);
  return words;
}

static int cancelable(enum sample_state state) {
  return state == SAMPLE_AWAITING || state == SAMPLE_SCHEDULED || state == SAMPLE_RUNNING;
}

static int sample_show(struct request *r, const operator_frame *frame, const struct parts *p, buffer *out) {
  const struct sample *s = &p->sample;
  operator_sample_view view = {.frame = *frame,
                               .project_id = p->project.id,
                               .project = p->project.name,
                               .sample = {.id = s->id,
                                          .client_id = s->client_id,
                                          .status = sample_state_text(s->state),
                                          .note = s->status_note,
                                          .created = s->created,
                                          .modified = s->modified},
                               .metadata = metadata_words(r, s->metadata),
                               .quality = quality_of(r, p),
                               .quality_count = p->n_qc,
                               .history = history_of(r, p),
                               .history_count = p->n_history,
                               .consents = consents_of(r, p),
                               .consent_count = p->n_consents,
                               .looks = r->who.right >= RIGHT_MANAGE ? looks_of(r, p) : NULL,
                               .look_count = r->who.right >= RIGHT_MANAGE ? p->n_looks : 0,
                               .can_write = r->who.right >= RIGHT_UPLOAD,
                               .can_manage = r->who.right >= RIGHT_MANAGE,
                               .stages = stages_of(r, p),
                               .stage_count = p->n_stages,
                               .cancelable = cancelable(s->state),
                               .retryable = retryable(p)};
  view.files = files_of(r, p, &view.file_count, &view.report_url);
  for (size_t i = 0; view.quality != NULL && i < view.quality_count; i++)
    if (strcmp(view.quality[i].status, "failed") == 0)
      view.failed_qc = view.failed_qc == NULL ? view.quality[i].name
                                              : arena_printf(&r->arena, "%s, %s", view.failed_qc, view.quality[i].name);
  return !r->arena.failed && operator_sample_page(out, &view);
}

enum MHD_Result operator_get_sample(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  struct parts p = {0};
  buffer out = {0};
  if (operator_begin(r, RIGHT_READ, &frame, &result) != 0)
    return result;
  enum store_result found = parts_get(r, &p);
  if (found != STORE_OK)
    return operator_reply_fault(r, &frame, found, NULL);
  sample_looked(r, p.sample.organization, r->who.user, p.sample.id, "page");
  if (store_looks(r->store, &r->arena, r->id, &p.looks, &p.n_looks) != STORE_OK)
    p.n_looks = 0;
  int made = sample_show(r, &frame, &p, &out);
  return operator_reply(r, 200, &out, made);
}

/* The report for people, in the browser: a download of HTML would have to be opened from the disk. It is a file of
 * ours, but made from a stranger's: it may run nothing and load nothing. */
enum MHD_Result operator_get_report(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  struct parts p = {0};
  if (operator_begin(r, RIGHT_READ, &frame, &result) != 0)
    return result;
  enum store_result found = parts_get(r, &p);
  for (size_t i = 0; found == STORE_OK && i < p.n_files; i++)
    if (strcmp(p.files[i].type, "array-report_html") == 0 && !crypt4gh_named(p.files[i].key)) {
      sample_looked(r, p.sample.organization, r->who.user, p.sample.id, "report");
      return file_show(r, &p.files[i]);
    }
  return operator_reply_fault(r, &frame, found == STORE_OK ? STORE_NONE : found, NULL);
}

/* What is done to a sample that stays: back to its page, which says so. */
static enum MHD_Result sample_act(struct request *r, enum store_result (*act)(struct deed *, const char *),
                                  const char *done_word) {
  operator_frame frame;
  enum MHD_Result result;
  struct faults faults = {0};
  if (operator_begin(r, RIGHT_UPLOAD, &frame, &result) != 0)
    return result;
  struct deed d = deed_of(r, &faults);
  enum store_result done = act(&d, r->id);
  const char *path = arena_printf(&r->arena, "/operator/samples/%s?done=%s", r->id, done_word);
  return done == STORE_OK && path != NULL ? operator_redirect(r, path) : operator_reply_fault(r, &frame, done, &faults);
}

enum MHD_Result operator_post_sample_cancel(struct request *r) { return sample_act(r, sample_cancel_one, "canceled"); }

enum MHD_Result operator_post_sample_retry(struct request *r) { return sample_act(r, sample_retry_one, "retried"); }

enum MHD_Result operator_post_sample_delete(struct request *r) {
  operator_frame frame;
  enum MHD_Result result;
  struct faults faults = {0};
  const char *project;
  if (operator_begin(r, RIGHT_MANAGE, &frame, &result) != 0)
    return result;
  struct deed d = deed_of(r, &faults);
  enum store_result done = sample_delete_one(&d, r->id, &project);
  const char *path = arena_printf(&r->arena, "/operator/projects/%s?done=deleted", project == NULL ? "" : project);
  return done == STORE_OK && path != NULL ? operator_redirect(r, path) : operator_reply_fault(r, &frame, done, &faults);
}

/* The form of a session, or its link; the view's other members are set. */
static enum MHD_Result session_page(struct request *r, operator_session_view *view, const struct project *p,
                                    unsigned status) {
  buffer out = {0};
  view->project_id = p->id;
  view->project = p->name;
  int made = operator_session(&out, view);
  return operator_reply(r, status, &out, made);
}

enum MHD_Result operator_get_session(struct request *r) {
  operator_session_view view = {0};
  enum MHD_Result result;
  struct project p;
  return operator_project_begin(r, RIGHT_UPLOAD, &view.frame, &p, &result) != 0 ? result
                                                                                : session_page(r, &view, &p, 200);
}

enum MHD_Result operator_post_session(struct request *r) {
  operator_session_view view = {0};
  enum MHD_Result result;
  struct session_input in;
  struct session_made made;
  struct project p;
  if (operator_project_begin(r, RIGHT_UPLOAD, &view.frame, &p, &result) != 0)
    return result;
  view.success = arena_strdup(&r->arena, operator_field(r, "redirect_on_success"));
  view.failure = arena_strdup(&r->arena, operator_field(r, "redirect_on_failure"));
  view.expires_in = arena_strdup(&r->arena, operator_field(r, "expires_in"));
  view.metadata = arena_strdup(&r->arena, operator_field(r, "metadata"));
  if (session_wait(r) > 0) {
    view.frame.error = "Too many requests. Please wait a minute.";
    return session_page(r, &view, &p, 429);
  }
  struct fields f = {.r = r, .data = r->data};
  struct deed d = deed_of(r, &f.faults);
  session_read(&f, &in);
  in.project = p.id;
  enum store_result done = session_create(&d, &in, &made);
  if (done == STORE_OK) {
    view.url = made.url;
    view.sample_id = made.sample.id;
    view.expires = made.sample.link_exp;
    view.minutes = (unsigned)((view.expires - r->now + 59999999) / 60000000);
    view.frame.notice = "The session was created.";
    return session_page(r, &view, &p, 200);
  }
  if (done == STORE_FULL && made.wait > 0) {
    view.frame.error = "The project's quota of today is used up.";
    return session_page(r, &view, &p, 429);
  }
  view.success_fault = fault_of(&f.faults, "redirect_on_success");
  view.failure_fault = fault_of(&f.faults, "redirect_on_failure");
  view.expires_in_fault = fault_of(&f.faults, "expires_in");
  view.metadata_fault = fault_of(&f.faults, "metadata");
  int fields = view.success_fault || view.failure_fault || view.expires_in_fault || view.metadata_fault;
  view.frame.error = fields ? "No session was created. See what is marked below." : operator_fault(r, done, &f.faults);
  return session_page(r, &view, &p, operator_status(done, &f.faults));
}
