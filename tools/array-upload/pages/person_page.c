#include "array-upload/pages/person_frame.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* "2026-12-29" in UTC. */
static void put_day(render_row *row, const char *name, int64_t when) {
  time_t seconds = (time_t)(when / 1000000);
  struct tm tm;
  if (when > 0 && gmtime_r(&seconds, &tm) != NULL)
    render_row_format(row, name, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
  else
    render_row_text(row, name, NULL);
}

static void fill_file(const void *items, size_t index, render_row *row) {
  const person_view *view = items;
  const struct person_file *f = &view->files[index];
  const catalog *language = view->language ? view->language : catalog_choose(NULL, NULL, NULL);
  char key[80];
  buffer size = {0};
  snprintf(key, sizeof key, "person.file.%.60s", f->type);
  const char *what = catalog_text(language, key);
  render_row_text(row, "what", what ? what : f->type);
  if (f->size < 104858) { /* below 0.1 MB */
    render_row_format(row, "size", "%llu KB", (unsigned long long)(f->size + 1023) / 1024);
  } else {
    catalog_size(&size, language, f->size);
    render_row_format(row, "size", "%s", size.text ? size.text : "");
  }
  buffer_free(&size);
  put_day(row, "until", f->until);
  render_row_text(row, "ever", f->until == PERSON_EVER ? "1" : NULL);
  render_row_text(row, "done", f->until == PERSON_DONE ? "1" : NULL);
  render_row_text(row, "after", f->until == PERSON_AFTER ? "1" : NULL);
  render_row_format(row, "days", "%lld", (long long)f->days);
}

static void fill_agreement(const void *items, size_t index, render_row *row) {
  const struct person_agreement *a = &((const person_view *)items)->agreements[index];
  render_row_text(row, "purpose", a->purpose);
  render_row_text(row, "version", a->version);
  render_row_text(row, "consent_text", a->text);
  put_day(row, "given", a->given);
  put_day(row, "withdrawn", a->withdrawn);
  render_row_text(row, "can_withdraw", a->given != 0 && a->withdrawn == 0 ? "1" : NULL);
}

static void begin(struct person_frame *p, const person_view *view, const char *title) {
  person_frame_view(p, view, "/person", title);
}

int person_page_door(buffer *out, const person_view *view) {
  struct person_frame p;
  begin(&p, view, "person.title");
  person_frame_put(&p, "door", "1");
  return person_frame_end(&p, out, "person.html");
}

int person_page_main(buffer *out, const person_view *view) {
  struct person_frame p;
  begin(&p, view, "person.title");
  const render_list files = {view->file_count, view, fill_file};
  const render_list agreements = {view->agreement_count, view, fill_agreement};
  person_frame_put(&p, "main", "1");
  person_frame_put_list(&p, "files", &files);
  person_frame_put_list(&p, "agreements", &agreements);
  return person_frame_end(&p, out, "person.html");
}

int person_page_deleted(buffer *out, const person_view *view) {
  struct person_frame p;
  begin(&p, view, "person.deleted_title");
  person_frame_put(&p, "deleted", "1");
  return person_frame_end(&p, out, "person.html");
}

int person_page_words(buffer *out, const person_view *view, const char *word) {
  struct person_frame p;
  char key[64];
  snprintf(key, sizeof key, "%s.title", word);
  begin(&p, view, key);
  person_frame_put(&p, "words", "1");
  snprintf(key, sizeof key, "%s.text", word);
  person_frame_put(&p, "text", catalog_text(p.language, key));
  return person_frame_end(&p, out, "person.html");
}

static void fill_key(const void *items, size_t index, render_row *row) {
  render_row_text(row, "key", ((const certificate_view *)items)->keys[index]);
}

int certificate_page(buffer *out, const certificate_view *view) {
  struct person_frame p;
  person_frame_begin(&p, view->language, &view->brand, "/deletion-certificates", "certificate.title");
  person_frame_put(&p, "door", "1");
  const render_list keys = {view->key_count, view, fill_key};
  person_frame_put_list(&p, "keys", &keys);
  person_frame_put(&p, "given", view->given);
  person_frame_put(&p, "says", view->says);
  person_frame_put(&p, "ours", view->verdict && strcmp(view->verdict, "ours") == 0 ? "1" : NULL);
  person_frame_put(&p, "others", view->verdict && strcmp(view->verdict, "others") == 0 ? "1" : NULL);
  person_frame_put(&p, "bad", view->verdict && strcmp(view->verdict, "bad") == 0 ? "1" : NULL);
  return person_frame_end(&p, out, "certificates.html");
}
