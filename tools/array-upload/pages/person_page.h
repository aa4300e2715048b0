/* person_page.h - a person's own page (what is held, a copy, consents, deletion) and the page about certificates, from
 * plain structs to HTML. No script: all of it are forms. As upload_page.h, whose looks and languages it shares. */
#ifndef ARRAY_UPLOAD_PAGES_PERSON_PAGE_H
#define ARRAY_UPLOAD_PAGES_PERSON_PAGE_H

#include "array-upload/pages/upload_page.h"

enum { PERSON_EVER = -1, PERSON_DONE = -2, PERSON_AFTER = -3 };

struct person_file {
  const char *type; /* the API's file type */
  uint64_t size;
  int64_t
      until; /* microseconds since 1970; or PERSON_EVER, PERSON_DONE (with the analysis), PERSON_AFTER (days of it) */
  int64_t days;
};
struct person_agreement {
  const char *purpose, *version, *text;
  int64_t given, withdrawn; /* 0: not */
};

typedef struct person_view {
  const catalog *language;
  page_brand brand;
  const char *token;   /* of the link; in the page that opens it, else NULL */
  const char *session; /* of the open page; else NULL */
  const char *sample_id;
  unsigned seconds_left;
  const struct person_file *files;
  size_t file_count;
  const struct person_agreement *agreements;
  size_t agreement_count;
  const char *notice, *error; /* keys of the catalog, or NULL */
} person_view;

/* Each appends a page and returns 1, or 0 when memory ran out. */
/* The door: opens by a button, because programs follow links, too. */
int person_page_door(buffer *out, const person_view *view);
int person_page_main(buffer *out, const person_view *view);
/* After the deletion: the certificate. */
int person_page_deleted(buffer *out, const person_view *view);
/* A page of words: the keys WORD.title and WORD.text. */
int person_page_words(buffer *out, const person_view *view, const char *word);

typedef struct certificate_view {
  const catalog *language;
  page_brand brand;
  const char *verdict;      /* "ours", "others", "bad"; NULL: none was checked */
  const char *given, *says; /* the text that was pasted; what was signed, indented */
  const char *const *keys;  /* public keys, hex */
  size_t key_count;
} certificate_view;
int certificate_page(buffer *out, const certificate_view *view);

#endif
