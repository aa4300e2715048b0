/* results.h - the JSON deliverables of a sample's stages, as the API and the report's page read them. */
#ifndef ARRAY_UPLOAD_HTTPD_API_RESULTS_H
#define ARRAY_UPLOAD_HTTPD_API_RESULTS_H

#include "array-upload/httpd/http/request.h"

enum result_found {
  RESULT_FOUND,
  RESULT_NONE,   /* the sample has no such file (any more) */
  RESULT_SEALED, /* it is encrypted for the project's public key */
  RESULT_AWAY    /* database or store do not answer, or what lies there is not whole */
};
/* type: "traits-json", "ancestry-json". *out is the caller's on RESULT_FOUND. */
enum result_found result_read(struct request *r, const char *sample, const char *type, json_t **out);

#endif
