#include "array-upload/deeds/record_json.h"

#include "array-upload/util/encode.h"

json_t *record_time_or_null(int64_t micros) {
  char text[TIME_SIZE];
  if (micros == 0)
    return json_null();
  time_format(text, micros);
  return json_string(text);
}

json_t *record_consents(const struct consent *list, size_t n) {
  json_t *out = json_array();
  for (size_t i = 0; i < n; i++)
    json_array_append_new(out,
                          json_pack("{s:s, s:s, s:s, s:o, s:o}", "purpose", list[i].purpose, "version", list[i].version,
                                    "text", list[i].text, "given", record_time_or_null(list[i].given), "withdrawn",
                                    record_time_or_null(list[i].withdrawn)));
  return out;
}

json_t *record_stages(const struct stage *list, size_t n, int running) {
  json_t *out = json_array();
  for (size_t i = 0; i < n; i++)
    json_array_append_new(out, json_pack("{s:s, s:s, s:s, s:I, s:o, s:o}", "stage", stage_text(list[i].name), "status",
                                         stage_status(list, i, running), "note", list[i].note, "tries",
                                         (json_int_t)list[i].tries, "started", record_time_or_null(list[i].started),
                                         "ended", record_time_or_null(list[i].ended)));
  return out;
}
