/* body.c - JSON, form and multipart bodies of the API into one object. Form fields are text; one that comes twice is a
 * list. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "array-upload/httpd/httpd.h"

enum { DEPTH_MAX = 64 };

static int depth_of(const json_t *value, int limit) {
  int deepest = 0;
  const char *key;
  json_t *child;
  size_t i;
  if (limit == 0 || !(json_is_object(value) || json_is_array(value)))
    return 0;
  if (json_is_object(value)) {
    json_object_foreach((json_t *)value, key, child) {
      int d = depth_of(child, limit - 1);
      deepest = d > deepest ? d : deepest;
    }
  } else {
    json_array_foreach(value, i, child) {
      int d = depth_of(child, limit - 1);
      deepest = d > deepest ? d : deepest;
    }
  }
  return deepest + 1;
}

static int json_parse(struct request *r, enum MHD_Result *result) {
  json_error_t error;
  r->data = json_loadb(r->body, r->body_length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
  if (r->data == NULL) {
    char text[160];
    int column = error.column > 0 ? error.column : 1, line = error.line > 0 ? error.line : 1;
    snprintf(text, sizeof text, "JSON parse error - Expecting value: line %d column %d (char %d)", line, column,
             error.position > 0 ? error.position - 1 : 0);
    *result = reply_detail(r, 400, text);
    return -1;
  }
  if (depth_of(r->data, DEPTH_MAX + 1) > DEPTH_MAX) {
    *result = reply_detail(r, 400, "JSON parse error - too deep");
    return -1;
  }
  return 0;
}

/* Text as JSON's: bytes that are not UTF-8 are refused with the field. */
static int field_add(json_t *data, const char *key, const char *value, size_t n) {
  json_t *text = json_stringn(value, n), *there = json_object_get(data, key);
  if (text == NULL)
    return -1;
  if (there == NULL)
    return json_object_set_new(data, key, text);
  if (!json_is_array(there)) {
    json_t *list = json_pack("[O]", there);
    if (list == NULL || json_object_set_new(data, key, list) != 0)
      return -1;
    there = list;
  }
  return json_array_append_new(there, text);
}

struct form {
  struct request *r;
  json_t *parts; /* key -> text so far */
  int failed;
};

/* Pieces of one field come with rising offsets. */
static enum MHD_Result form_piece(void *cls, enum MHD_ValueKind kind, const char *key, const char *filename,
                                  const char *type, const char *encoding, const char *data, uint64_t offset,
                                  size_t size) {
  struct form *f = cls;
  (void)kind;
  (void)filename;
  (void)type;
  (void)encoding;
  if (key == NULL || f->failed)
    return MHD_YES;
  if (offset == 0) {
    f->failed |= field_add(f->r->data, key, data == NULL ? "" : data, size) != 0;
    return MHD_YES;
  }
  json_t *there = json_object_get(f->r->data, key);
  if (json_is_array(there))
    there = json_array_get(there, json_array_size(there) - 1);
  const char *before = json_string_value(there);
  char *all = before == NULL ? NULL : arena_printf(&f->r->arena, "%s%.*s", before, (int)size, data);
  f->failed |= all == NULL || json_string_set(there, all) != 0;
  return MHD_YES;
}

static int form_parse(struct request *r, enum MHD_Result *result) {
  struct form f = {.r = r};
  r->data = json_object();
  struct MHD_PostProcessor *p = MHD_create_post_processor(r->connection, 4096, form_piece, &f);
  int ok = p != NULL && r->data != NULL;
  ok = ok && MHD_post_process(p, r->body, r->body_length) == MHD_YES;
  /* Trap 2: only the end's result tells that a multipart body was cut. */
  if (p != NULL && MHD_destroy_post_processor(p) != MHD_YES)
    ok = 0;
  if (ok && !f.failed)
    return 0;
  *result = reply_detail(r, 400, "Multipart form parse error - Invalid body");
  return -1;
}

static const char *type_name(const json_t *value) {
  switch (json_typeof(value)) {
  case JSON_ARRAY:
    return "list";
  case JSON_STRING:
    return "str";
  case JSON_INTEGER:
    return "int";
  case JSON_REAL:
    return "float";
  case JSON_TRUE:
  case JSON_FALSE:
    return "bool";
  case JSON_NULL:
    return "NoneType";
  case JSON_OBJECT:
    break;
  }
  return "dict";
}

int body_parse(struct request *r, enum MHD_Result *result) {
  const char *type = request_header(r, "Content-Type");
  size_t n = type == NULL ? 0 : strcspn(type, "; ");
  if (strcmp(r->method, "GET") == 0 || strcmp(r->method, "HEAD") == 0 || r->body_length == 0) {
    r->data = json_object();
    return 0;
  }
  int failed = -1;
  if (n == 16 && strncasecmp(type, "application/json", n) == 0) {
    failed = json_parse(r, result);
  } else if ((n == 33 && strncasecmp(type, "application/x-www-form-urlencoded", n) == 0) ||
             (n == 19 && strncasecmp(type, "multipart/form-data", n) == 0)) {
    failed = form_parse(r, result);
  } else {
    const char *text =
        arena_printf(&r->arena, "Unsupported media type \"%.100s\" in request.", type == NULL ? "" : type);
    *result = reply_detail(r, 415, text == NULL ? "" : text);
  }
  if (failed == 0 && !json_is_object(r->data)) {
    const char *text = arena_printf(&r->arena, "Invalid data. Expected a dictionary, but got %s.", type_name(r->data));
    *result = reply_field(r, "non_field_errors", text == NULL ? "" : text);
    return -1;
  }
  return failed;
}
