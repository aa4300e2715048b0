/* mark.h - whose blob store this is. The database and the store share a mark, an object deployment/<word> that changes
 * about every hour; the database knows the word. A staging copy of the database, or an older backup of it, has a word
 * of the past: then nothing may be removed from that store, because what looks like nobody's may be somebody's genome.
 */
#ifndef ARRAY_UPLOAD_WORKER_MARK_H
#define ARRAY_UPLOAD_WORKER_MARK_H

#include "array-upload/service.h"

enum mark {
  MARK_OURS,
  MARK_NEW,   /* neither has one: a first start */
  MARK_OTHER, /* the store has another deployment's, or a later one; or it lost ours */
  MARK_AWAY   /* one of the two does not answer */
};

enum mark mark_look(const struct service *s);
/* Leaves a new mark and removes the old one. Only after MARK_OURS or MARK_NEW, or by hand (mark_adopt()). 0 or -1. */
int mark_renew(const struct service *s);
/* By the operator, after a restore: this database's mark takes the place of whatever is there. 0 or -1. */
int mark_adopt(const struct service *s);

#endif
