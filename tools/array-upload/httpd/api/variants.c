/* GET /api/v2/sample-genomic-variants/{id}: records of the sample's array-vcf, by rsids, a position or a range.
 *
 * The file is read from its start for each question: a whole array is some tens of milliseconds, and the HTTP side
 * stays without htslib. What is read is bounded, whatever the file says. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <zlib.h>

#include "array-upload/httpd/api/api.h"
#include "array-upload/httpd/httpd.h"
#include "array-upload/seal/crypt4gh.h"
#include "array-upload/seal/object.h"

enum { LINE_MAX_BYTES = 65536, RSIDS_MAX = 50, RANGE_MAX = 100000, COLUMNS = 10 };
#define UNPACKED_MAX (INT64_C(1) << 30)

struct question {
  char *rsids[RSIDS_MAX];
  size_t n_rsids;
  const char *chromosome; /* without "chr"; NULL: by rsids */
  int64_t first, last;
};

static const char *bare_name(const char *chromosome) {
  return strncasecmp(chromosome, "chr", 3) == 0 ? chromosome + 3 : chromosome;
}

static int position_read(struct fields *f, const char *name, int64_t *out) {
  const char *text = request_query(f->r, name);
  if (text == NULL || *text == '\0')
    return 0;
  if (number_parse(out, text, 1, INT32_MAX) != 0)
    field_error(f, name, "A valid integer is required.");
  return 1;
}

static void rsids_read(struct fields *f, struct question *q, const char *list) {
  char *text = arena_strdup(&f->r->arena, list);
  for (char *next; text != NULL; text = next) {
    next = strchr(text, ',');
    if (next != NULL)
      *next++ = '\0';
    if (*text == '\0')
      continue;
    if (q->n_rsids == RSIDS_MAX) {
      field_error(f, "rsid", "Ensure this field has no more than 50 elements.");
      return;
    }
    q->rsids[q->n_rsids++] = text;
  }
}

/* 0, or the answer was given. */
static int question_read(struct request *r, struct question *q, enum MHD_Result *result) {
  struct fields f = {.r = r};
  const char *rsid = request_query(r, "rsid"), *chromosome = request_query(r, "chromosome");
  memset(q, 0, sizeof *q);
  if (rsid != NULL && *rsid != '\0')
    rsids_read(&f, q, rsid);
  int one = position_read(&f, "position", &q->first);
  int start = position_read(&f, "start_position", &q->first), end = position_read(&f, "end_position", &q->last);
  if (one)
    q->last = q->first;
  if (chromosome != NULL && *chromosome != '\0')
    q->chromosome = bare_name(chromosome);
  int by_range = q->chromosome != NULL && (one != (start && end)) && !(one && (start || end));
  if (f.faults.n == 0 && (q->n_rsids > 0) == by_range)
    field_error(&f, "non_field_errors",
                "Give rsid, or chromosome with position, or chromosome with start_position and end_position.");
  if (f.faults.n == 0 && by_range && (q->last < q->first || q->last - q->first >= RANGE_MAX))
    field_error(&f, "non_field_errors", "A range has at most 100000 positions, and its end is not before its start.");
  return fields_failed(&f, result) ? -1 : 0;
}

/* Splits at tabs; the number of columns, at most COLUMNS. */
static int columns_split(char *line, char *columns[COLUMNS]) {
  int n = 0;
  for (char *next; line != NULL && n < COLUMNS; line = next) {
    next = strchr(line, '\t');
    if (next != NULL)
      *next++ = '\0';
    columns[n++] = line;
  }
  return n;
}

static int wanted(const struct question *q, char *const columns[COLUMNS]) {
  int64_t position;
  if (q->chromosome != NULL)
    return strcasecmp(bare_name(columns[0]), q->chromosome) == 0 &&
           number_parse(&position, columns[1], 0, INT32_MAX) == 0 && position >= q->first && position <= q->last;
  for (const char *id = columns[2]; *id != '\0';) {
    size_t n = strcspn(id, ";");
    for (size_t i = 0; i < q->n_rsids; i++)
      if (strlen(q->rsids[i]) == n && strncmp(q->rsids[i], id, n) == 0)
        return 1;
    id += n + (id[n] == ';');
  }
  return 0;
}

/* "a,b" as a list; "." is none. */
static json_t *list_json(const char *text, char separator) {
  json_t *list = json_array();
  if (strcmp(text, ".") == 0)
    return list;
  for (;;) {
    const char *end = strchr(text, separator);
    json_array_append_new(list, end == NULL ? json_string(text) : json_stringn(text, (size_t)(end - text)));
    if (end == NULL)
      return list;
    text = end + 1;
  }
}

static json_t *info_json(const char *text) {
  json_t *object = json_object(), *parts = list_json(text, ';'), *part;
  size_t i;
  json_array_foreach(parts, i, part) {
    const char *item = json_string_value(part), *equals = item == NULL ? NULL : strchr(item, '=');
    char name[64];
    size_t n = item == NULL ? 0 : strcspn(item, "=");
    if (n == 0 || n >= sizeof name)
      continue;
    memcpy(name, item, n);
    name[n] = '\0';
    json_object_set_new(object, name, equals != NULL ? json_string(equals + 1) : json_true());
  }
  json_decref(parts);
  return object;
}

static json_t *genotype_json(const char *names, const char *values) {
  json_t *object = json_object(), *keys = list_json(names, ':'), *texts = list_json(values, ':');
  for (size_t i = 0; i < json_array_size(keys) && i < json_array_size(texts); i++)
    json_object_set(object, json_string_value(json_array_get(keys, i)), json_array_get(texts, i));
  json_decref(keys);
  json_decref(texts);
  return object;
}

static json_t *record_json(char *const c[COLUMNS], int n) {
  int64_t position = 0;
  char *end = NULL;
  double quality = strtod(c[5], &end); /* the converter's own figure; no locale is set */
  number_parse(&position, c[1], 0, INT32_MAX);
  return json_pack("{s:s, s:I, s:s?, s:s, s:o, s:o, s:n, s:o, s:o}", "chromosome", c[0], "position",
                   (json_int_t)position, "rsid", strcmp(c[2], ".") == 0 ? NULL : c[2], "ref", c[3], "alt",
                   list_json(c[4], ','), "genotype", n == COLUMNS ? genotype_json(c[8], c[9]) : json_null(),
                   "genotype_confidence", "quality", end != c[5] && *end == '\0' ? json_real(quality) : json_null(),
                   "info", info_json(c[7]));
}

/* Counts all, keeps the page's. -1: the file cannot be read. */
static int64_t records_find(gzFile vcf, const struct question *q, struct page page, char *line, json_t *list) {
  int64_t found = 0, unpacked = 0;
  while (gzgets(vcf, line, LINE_MAX_BYTES) != NULL) {
    size_t n = strlen(line);
    char *columns[COLUMNS];
    unpacked += (int64_t)n;
    if (n == 0 || line[n - 1] != '\n' || unpacked > UNPACKED_MAX)
      return -1;
    line[n - 1] = '\0';
    if (line[0] == '#')
      continue;
    int n_columns = columns_split(line, columns);
    if (n_columns < 8 || !wanted(q, columns))
      continue;
    if (found >= page.offset && found < page.offset + page.limit)
      json_array_append_new(list, record_json(columns, n_columns));
    found++;
  }
  int error;
  gzerror(vcf, &error);
  return error == Z_OK || error == Z_STREAM_END ? found : -1;
}

static const struct sample_file *vcf_of(const struct sample_file *files, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (strcmp(files[i].type, "array-vcf") == 0)
      return &files[i];
  return NULL;
}

enum MHD_Result api_sample_variants(struct request *r) {
  struct sample s;
  struct question q;
  struct sample_file *files;
  size_t n;
  struct object_reader *object;
  int fd;
  int64_t found = -1;
  enum MHD_Result result;
  if (api_sample_load(r, &s, &result) != 0 || question_read(r, &q, &result) != 0)
    return result;
  enum store_result listed = store_sample_files(r->store, &r->arena, s.id, &files, &n);
  if (listed != STORE_OK)
    return reply_store(r, listed);
  const struct sample_file *f = vcf_of(files, n);
  if (f == NULL)
    return reply_not_found(r);
  if (crypt4gh_named(f->key))
    return reply_detail(r, 403, "The results are encrypted for the project's public key: its holder reads array-vcf.");
  sample_looked(r, s.organization, r->who.key != NULL ? r->who.key : r->who.user, s.id, "variants");
  char *line = arena_alloc(&r->arena, LINE_MAX_BYTES);
  if (line == NULL || object_open(r->server->service->blob, store_keys(r->store), f->key, &object) != BLOB_OK)
    return reply_unavailable(r);
  int opened = object_memory(object, &fd) == 0;
  object_close(object);
  if (!opened)
    return reply_unavailable(r);
  gzFile vcf = gzdopen(fd, "rb");
  json_t *list = json_array();
  struct page page = page_read(r);
  if (vcf == NULL)
    close(fd);
  else
    found = records_find(vcf, &q, page, line, list);
  if (vcf != NULL)
    gzclose(vcf);
  if (found < 0) {
    json_decref(list);
    return reply_detail(r, 500, "A server error occurred.");
  }
  return reply_json(r, 200, page_body(r, list, found, page));
}
