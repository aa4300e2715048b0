#include "array-upload/pages/render.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "array-upload/pages/escape.h"

/* Where in the markup the filler stands. */
typedef enum place { PLACE_TEXT, PLACE_TAG, PLACE_QUOTED, PLACE_COMMENT, PLACE_SCRIPT } place;

enum { MAX_DEPTH = 8, MAX_NAME = 48 };

typedef struct filler {
  buffer *out;
  place at;
  char quote;               /* PLACE_QUOTED: which one closes it */
  char tag[MAX_NAME];       /* the tag being written, or that of the script */
  char attribute[MAX_NAME]; /* the last name seen in the tag */
  int name_open;            /* that name is still growing */
  int closing;              /* the tag began with "</" */
  size_t value_length;      /* PLACE_QUOTED: bytes of the value so far */
  int in_string;            /* PLACE_SCRIPT: inside a JSON string */
  int bad;
} filler;

static void tag_open(filler *f) {
  f->at = PLACE_TAG;
  f->tag[0] = f->attribute[0] = '\0';
  f->name_open = f->closing = 0;
}

/* The name of the tag or of an attribute grows by `c`, which is in lower case. */
static void name_grow(filler *f, char c) {
  if (!f->name_open)
    f->attribute[0] = '\0';
  f->name_open = 1;
  size_t n = strlen(f->attribute);
  if (n + 1 < MAX_NAME) {
    f->attribute[n] = c;
    f->attribute[n + 1] = '\0';
  }
}

static void name_end(filler *f) {
  if (!f->tag[0] && f->name_open)
    memcpy(f->tag, f->attribute, MAX_NAME);
  f->name_open = 0;
}

static void follow_tag(filler *f, char c) {
  if (c >= 'A' && c <= 'Z')
    c = (char)(c - 'A' + 'a');
  if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == ':') {
    name_grow(f, c);
    return;
  }
  name_end(f);
  if (c == '/' && !f->tag[0]) {
    f->closing = 1;
  } else if (c == '"' || c == '\'') {
    f->at = PLACE_QUOTED;
    f->quote = c;
    f->value_length = 0;
  } else if (c == '>') {
    f->at = !f->closing && strcmp(f->tag, "script") == 0 ? PLACE_SCRIPT : PLACE_TEXT;
    f->in_string = 0;
  }
}

/* Writes a piece of the template itself and keeps track of the place. */
static void literal(filler *f, const char *text, size_t length) {
  buffer_add(f->out, text, length);
  for (size_t i = 0; i < length; i++) {
    char c = text[i];
    switch (f->at) {
    case PLACE_TEXT:
      if (c == '<' && length - i >= 4 && memcmp(text + i, "<!--", 4) == 0) {
        f->at = PLACE_COMMENT;
      } else if (c == '<') {
        tag_open(f);
      }
      break;
    case PLACE_TAG:
      follow_tag(f, c);
      break;
    case PLACE_QUOTED:
      f->value_length++;
      if (c == f->quote)
        f->at = PLACE_TAG;
      break;
    case PLACE_COMMENT:
      if (c == '>' && i >= 2 && memcmp(text + i - 2, "-->", 3) == 0)
        f->at = PLACE_TEXT;
      break;
    case PLACE_SCRIPT:
      if (c == '"' && !(i && text[i - 1] == '\\'))
        f->in_string = !f->in_string;
      else if (c == '<' && !f->in_string)
        tag_open(f);
      break;
    }
  }
}

static int address_attribute(const char *name) {
  return strcmp(name, "href") == 0 || strcmp(name, "src") == 0 || strcmp(name, "action") == 0 ||
         strcmp(name, "formaction") == 0;
}

/* Code and styles never come from values. */
static int forbidden_attribute(const char *name) { return strncmp(name, "on", 2) == 0 || strcmp(name, "style") == 0; }

static int bare_json(const char *text) {
  if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0 || strcmp(text, "null") == 0)
    return 1;
  return *text && strspn(text, "0123456789") == strlen(text);
}

static void quoted_value(filler *f, const char *text) {
  if (forbidden_attribute(f->attribute)) {
    f->bad = 1;
  } else if (!address_attribute(f->attribute)) {
    escape_html(f->out, text);
  } else if (f->value_length) {
    escape_url(f->out, text);
  } else {
    escape_html(f->out, escape_url_allowed(text) ? text : "#");
  }
  f->value_length += strlen(text);
}

static void value(filler *f, const char *text) {
  switch (f->at) {
  case PLACE_TEXT:
    escape_html(f->out, text);
    break;
  case PLACE_QUOTED:
    quoted_value(f, text);
    break;
  case PLACE_SCRIPT:
    if (f->in_string)
      escape_json(f->out, text);
    else if (bare_json(text))
      buffer_text(f->out, text);
    else
      f->bad = 1;
    break;
  case PLACE_TAG:
  case PLACE_COMMENT:
    f->bad = 1;
    break;
  }
}

static const render_field *lookup(const render_scope *scope, const char *name, size_t length) {
  for (; scope; scope = scope->parent)
    for (size_t i = 0; i < scope->count; i++)
      if (strncmp(scope->fields[i].name, name, length) == 0 && !scope->fields[i].name[length])
        return &scope->fields[i];
  return NULL;
}

static const catalog *language_of(const render_scope *scope) {
  for (; scope; scope = scope->parent)
    if (scope->language)
      return scope->language;
  return NULL;
}

/* A text of the catalog with its {names} filled; made whole first, so that the escaping sees one value. */
static void catalog_value(filler *f, const char *key, size_t length, const render_scope *scope) {
  char name[MAX_NAME];
  const char *text = NULL;
  if (length < sizeof name && language_of(scope)) {
    memcpy(name, key, length);
    name[length] = '\0';
    text = catalog_text(language_of(scope), name);
  }
  if (!text) {
    f->bad = 1;
    return;
  }
  buffer whole = {0};
  buffer_text(&whole, "");
  for (const char *open; (open = strchr(text, '{')) != NULL;) {
    const char *close = strchr(open, '}');
    const render_field *field = close ? lookup(scope, open + 1, (size_t)(close - open - 1)) : NULL;
    if (!field || !field->text) {
      f->bad = 1;
      break;
    }
    buffer_add(&whole, text, (size_t)(open - text));
    buffer_text(&whole, field->text);
    text = close + 1;
  }
  buffer_text(&whole, text);
  if (whole.failed)
    f->out->failed = 1;
  else
    value(f, whole.text);
  buffer_free(&whole);
}

/* The end of the section that opens before `text`: points at its "{{/". NULL when it is not closed. */
static const char *section_end(const char *text, const char *end, const char *name, size_t length) {
  for (const char *at = text; (at = memmem(at, (size_t)(end - at), "{{/", 3)) != NULL; at += 3)
    if ((size_t)(end - at) >= length + 5 && memcmp(at + 3, name, length) == 0 && memcmp(at + 3 + length, "}}", 2) == 0)
      return at;
  return NULL;
}

static void fill(filler *f, const char *text, const char *end, const render_scope *scope, unsigned depth);

static void fill_list(filler *f, const char *text, const char *end, const render_scope *scope, const render_list *list,
                      unsigned depth) {
  for (size_t i = 0; i < list->count && !f->bad && !f->out->failed; i++) {
    render_row row;
    row.count = row.used = 0;
    row.overflow = 0;
    list->fill(list->items, i, &row);
    if (row.overflow) {
      f->bad = 1;
      return;
    }
    fill(f, text, end, &(render_scope){row.fields, row.count, scope, NULL}, depth);
  }
}

/* One {{...}} at `open`; returns where the text goes on, NULL when the template is wrong. */
static const char *fill_one(filler *f, const char *open, const char *end, const render_scope *scope, unsigned depth) {
  int triple = (size_t)(end - open) > 3 && open[2] == '{';
  const char *closing = triple ? "}}}" : "}}";
  const char *name = open + (triple ? 3 : 2);
  const char *close = memmem(name, (size_t)(end - name), closing, strlen(closing));
  if (!close)
    return NULL;
  const char *next = close + strlen(closing);
  char kind = triple ? '{' : *name == '#' || *name == '^' ? *name : ' ';
  if (kind == '#' || kind == '^')
    name++;
  size_t length = (size_t)(close - name);
  if (kind == ' ' && length > 2 && memcmp(name, "t:", 2) == 0) {
    catalog_value(f, name + 2, length - 2, scope);
    return next;
  }
  const render_field *field = lookup(scope, name, length);
  if (!field)
    return NULL;
  int full = field->list ? field->list->count > 0 : field->text && *field->text;
  if (kind == '#' || kind == '^') {
    const char *stop = section_end(next, end, name, length);
    if (!stop || depth == MAX_DEPTH)
      return NULL;
    if (kind == '#' && field->list)
      fill_list(f, next, stop, scope, field->list, depth + 1);
    else if (full == (kind == '#'))
      fill(f, next, stop, scope, depth + 1);
    return stop + length + 5;
  }
  if (field->list)
    return NULL;
  if (triple && f->at != PLACE_TEXT)
    return NULL;
  if (triple)
    buffer_text(f->out, field->text);
  else
    value(f, field->text ? field->text : "");
  return next;
}

static void fill(filler *f, const char *text, const char *end, const render_scope *scope, unsigned depth) {
  while (!f->bad && !f->out->failed) {
    const char *open = memmem(text, (size_t)(end - text), "{{", 2);
    literal(f, text, (size_t)((open ? open : end) - text));
    if (!open)
      return;
    text = fill_one(f, open, end, scope, depth);
    if (!text)
      f->bad = 1;
  }
}

render_status render(buffer *out, const char *text, const render_scope *scope) {
  filler f = {.out = out, .at = PLACE_TEXT};
  fill(&f, text, text + strlen(text), scope, 0);
  if (f.bad || (!out->failed && f.at != PLACE_TEXT)) {
    out->failed = 1;
    return RENDER_BAD_TEMPLATE;
  }
  return out->failed ? RENDER_NO_MEMORY : RENDER_OK;
}

static render_field *row_field(render_row *row, const char *name) {
  if (row->count == RENDER_ROW_FIELDS) {
    row->overflow = 1;
    return NULL;
  }
  row->fields[row->count] = (render_field){name, NULL, NULL};
  return &row->fields[row->count++];
}

void render_row_text(render_row *row, const char *name, const char *text) {
  render_field *field = row_field(row, name);
  if (field)
    field->text = text;
}

void render_row_list(render_row *row, const char *name, const render_list *list) {
  render_field *field = row_field(row, name);
  if (field)
    field->list = list;
}

void render_row_format(render_row *row, const char *name, const char *format, ...) {
  render_field *field = row_field(row, name);
  if (!field)
    return;
  size_t room = RENDER_ROW_BYTES - row->used;
  va_list list;
  va_start(list, format);
  int length = vsnprintf(row->made + row->used, room, format, list);
  va_end(list);
  if (length < 0 || (size_t)length >= room) {
    row->overflow = 1;
    return;
  }
  field->text = row->made + row->used;
  row->used += (size_t)length + 1;
}
