/* deliverable.h - the files a run may make: what each is called, and whether it is whole. */
#ifndef ARRAY_UPLOAD_WORKER_DELIVERABLE_H
#define ARRAY_UPLOAD_WORKER_DELIVERABLE_H

#include "array-upload/service.h"

struct deliverable {
  const char *type;   /* the API's file type */
  const char *local;  /* its name in the job's folder */
  const char *suffix; /* what a download is called: <sample>_<suffix> */
  const char *magic;  /* the first bytes of its content, unpacked where it is packed; NULL = no check */
  int packed;         /* BGZF: must end with the empty block that says the file is whole */
};

enum {
  DELIVERABLE_VCF,
  DELIVERABLE_TBI,
  DELIVERABLE_TABLE,
  DELIVERABLE_REPORT,
  DELIVERABLE_HTML,
  DELIVERABLE_IMPUTE_VCF,
  DELIVERABLE_IMPUTE_TBI,
  DELIVERABLE_IMPUTE_REPORT,
  DELIVERABLE_TRAITS,
  DELIVERABLE_ANCESTRY,
  DELIVERABLES
};
extern const struct deliverable deliverables[DELIVERABLES];
/* Of a project: the merged VCF and its index. */
enum { MERGED = 2 };
extern const struct deliverable merged[MERGED];

/* Looks at the file, takes its size and SHA-256 and stores it, sealed, under its key; fills `out` (texts in the arena).
 * With a recipient (not NULL) what is stored, measured and served is the file in Crypt4GH for that public key.
 * BLOB_NONE: the file is missing or not whole. */
/* The same for a file of any owner, under the key sealed/<owner>/<folder_name>/<suffix>. */
enum blob_result deliverable_put(const struct deliverable *d, const struct service *service, struct store *store,
                                 struct arena *a, const char *folder, const char *owner, const char *folder_name,
                                 const unsigned char *recipient, struct sample_file *out);
enum blob_result deliverable_store(const struct deliverable *d, const struct service *service, struct store *store,
                                   struct arena *a, const char *folder, const struct job *job,
                                   const unsigned char *recipient, struct sample_file *out);

#endif
