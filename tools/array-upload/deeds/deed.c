#include "array-upload/deeds/deed.h"

#include <string.h>

#include "array-upload/util/log.h"

void fault_add(struct faults *f, const char *field, const char *text) {
  if (f->n < FAULTS_MAX)
    f->list[f->n++] = (struct fault){field, text == NULL ? "Not valid." : text};
}

const char *fault_of(const struct faults *f, const char *field) {
  for (size_t i = 0; i < f->n; i++)
    if (strcmp(f->list[i].field, field) == 0)
      return f->list[i].text;
  return NULL;
}

void deed_audit(struct deed *d, const char *event, const char *object) {
  log_event(event, "request=s actor=s object=s", d->request_id, d->actor, object);
  if (store_audit(d->store, d->organization, d->actor, event, object, NULL, d->now) != STORE_OK)
    log_event("audit.failed", "request=s", d->request_id);
}
