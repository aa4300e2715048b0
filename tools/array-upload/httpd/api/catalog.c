/* What does not change: file types, quality controls, the one capability and the one pipeline. */
#include <strings.h>
#include <string.h>

#include "array-upload/httpd/api/api.h"

static const struct {
  const char *key, *description;
} file_types[] = {
    {"array-zip", "The original file, as it was uploaded"},
    {"array-vcf", "Genotypes as VCF, bgzip"},
    {"array-tbi", "Index of array-vcf"},
    {"array-table", "The validated genotype table, tab-separated"},
    {"array-report_json", "Report of the conversion, for programs"},
    {"array-report_html", "Report of the conversion, for people"},
    {"impute-vcf", "Imputed genotypes as VCF, bgzip: GT, DS and GP"},
    {"impute-tbi", "Index of impute-vcf"},
    {"impute-report_json", "Report of the imputation, for programs"},
    {"traits-json", "Scores of traits, with percentiles"},
    {"ancestry-json", "Shares of reference populations"},
    {"qc", "Quality controls"},
    {"metadata", "The sample's metadata"},
};

static const struct {
  const char *key, *type, *name, *description, *display;
} qc_types[] = {
    {"format", "bool", "Valid file format", "The file is an unmodified export of a vendor we know.", "boolean"},
    {"call_rate_min", "range", "Minimum call rate", "Share of the markers that have a genotype.", "percent"},
    {"snps_min", "range", "Minimum number of markers", "Markers that have a genotype.", "number"},
    {"build_string", "string", "Genome build", "The assembly the positions refer to.", "string"},
    {"vendor_string", "string", "Vendor", "Who made the export.", "string"},
    {"chip_version_string", "string", "Array version", "The array the genotypes were measured with.", "string"},
    {"sex_string", "string", "Sex", "As the genotypes of X and Y show it.", "string"},
};

/* One page out of a constant list. */
#define LIST_PAGE(r, items, make)                                                            \
  do {                                                                                       \
    struct page list_page = page_read(r);                                                    \
    size_t list_n = sizeof items / sizeof *items;                                            \
    json_t *list = json_array();                                                             \
    for (size_t list_i = (size_t)list_page.offset;                                           \
         list_i < list_n && list_i < (size_t)(list_page.offset + list_page.limit); list_i++) \
      json_array_append_new(list, make(list_i));                                             \
    return reply_json(r, 200, page_body(r, list, (int64_t)list_n, list_page));               \
  } while (0)

static json_t *file_type_json(size_t i) {
  return json_pack("{s:s, s:s}", "key", file_types[i].key, "description", file_types[i].description);
}

enum MHD_Result api_file_types(struct request *r) {
  static const char *const objects[] = {"sample", "reference_genome", NULL};
  struct fields f = {.r = r};
  enum MHD_Result result;
  struct project p;
  char id[UUID_SIZE];
  const char *project = request_query(r, "project_id"), *object = query_choice(&f, "object", objects);
  if (fields_failed(&f, &result))
    return result;
  if (project != NULL && *project != '\0') {
    if (uuid_parse(id, project) != 0)
      return reply_field(r, "project_id", "Must be a valid UUID.");
    r->id = id;
    if (api_project_load(r, &p, &result) != 0)
      return result;
  }
  if (strcmp(object, "sample") != 0)
    return reply_json(r, 200, page_body(r, json_array(), 0, page_read(r)));
  LIST_PAGE(r, file_types, file_type_json);
}

static json_t *qc_json(size_t i) {
  return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "key", qc_types[i].key, "type", qc_types[i].type, "name",
                   qc_types[i].name, "description_markdown", qc_types[i].description, "display_type",
                   qc_types[i].display, "display_only_if_failed", 0);
}

const char *qc_type_name(const char *key) {
  for (size_t i = 0; i < sizeof qc_types / sizeof *qc_types; i++)
    if (strcmp(qc_types[i].key, key) == 0)
      return qc_types[i].name;
  return key;
}

json_t *qc_type_json(const char *key) {
  for (size_t i = 0; i < sizeof qc_types / sizeof *qc_types; i++)
    if (strcmp(qc_types[i].key, key) == 0)
      return qc_json(i);
  return NULL;
}

enum MHD_Result api_qc_types(struct request *r) {
  struct project p;
  enum MHD_Result result;
  if (api_project_load(r, &p, &result) != 0)
    return result;
  LIST_PAGE(r, qc_types, qc_json);
}

static json_t *capability_json(void) {
  return json_pack("{s:s, s:s, s:s, s:b, s:b, s:n, s:b, s:s, s:s, s:s, s:[], s:[]}", "id", CAPABILITY_ID, "name",
                   "Array data (23andMe, AncestryDNA, MyHeritage)", "key", "array-data", "private", 0,
                   "merge_vcfs_enabled", 0, "supported_project_modifications", "modifications_enabled", 0, "species",
                   "Homo sapiens", "pipeline_category", "Human Genomics", "description_markdown",
                   "Validates a raw genotype export and turns it into VCF.", "datasets", "steps");
}

enum MHD_Result api_capabilities(struct request *r) {
  const char *search = request_query(r, "search");
  /* "id,id" or part of the name */
  int shown = search == NULL || *search == '\0' || strstr(search, CAPABILITY_ID) != NULL ||
              strcasestr("array-data", search) != NULL ||
              strcasestr("Array data (23andMe, AncestryDNA, MyHeritage)", search) != NULL;
  struct page page = page_read(r);
  json_t *list = json_array();
  if (shown && page.offset == 0)
    json_array_append_new(list, capability_json());
  return reply_json(r, 200, page_body(r, list, shown, page));
}

enum MHD_Result api_capability(struct request *r) {
  return strcmp(r->id, CAPABILITY_ID) == 0 ? reply_json(r, 200, capability_json()) : reply_not_found(r);
}

static json_t *pipeline_json(int detail) {
  json_t *object = json_pack("{s:s, s:s}", "id", PIPELINE_ID, "version", DTC_VERSION);
  if (detail)
    json_object_set_new(object, "capabilities", json_pack("[o]", capability_json()));
  return object;
}

enum MHD_Result api_pipelines(struct request *r) {
  struct page page = page_read(r);
  json_t *list = json_array();
  if (page.offset == 0)
    json_array_append_new(list, pipeline_json(0));
  return reply_json(r, 200, page_body(r, list, 1, page));
}

enum MHD_Result api_pipeline(struct request *r) {
  return strcmp(r->id, PIPELINE_ID) == 0 ? reply_json(r, 200, pipeline_json(1)) : reply_not_found(r);
}

enum MHD_Result api_pipeline_latest(struct request *r) { return reply_json(r, 200, pipeline_json(1)); }
