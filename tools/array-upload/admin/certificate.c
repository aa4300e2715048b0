/* admin deletion-certificate, verify-certificate. */
#include <stdio.h>

#include "array-upload/admin/admin.h"
#include "array-upload/deeds/certificate.h"

int admin_deletion_certificate(struct admin *a) {
  json_t *certificate = NULL;
  enum store_result made = certificate_make(&a->service, a->service.store, &a->arena, a->object, a->now, &certificate);
  if (made == STORE_CONFLICT)
    return admin_refused("the sample is not deleted, or its files are still being removed");
  if (made != STORE_OK)
    return admin_store(a, made);
  struct deed d = admin_deed(a, NULL);
  deed_audit(&d, "certificate.issued", a->object);
  return admin_print(certificate);
}

int admin_verify_certificate(struct admin *a) {
  const char *text;
  json_t *certificate = json_load_file(a->object, JSON_REJECT_DUPLICATES, NULL);
  enum certificate_check found = certificate_check(&a->service, a->service.store, &a->arena, certificate, &text);
  int result = found == CERTIFICATE_OURS ? 0 : 1;
  if (found == CERTIFICATE_OURS)
    result = puts(text) < 0 || fflush(stdout) != 0 ? 3 : 0;
  else
    admin_refused(found == CERTIFICATE_BAD ? "that is no certificate, or it was changed"
                                           : "the certificate is whole, but another service's key signed it");
  json_decref(certificate);
  return result;
}
