/* person.c - links to a person's own page, or to the report: each opens it once. */
#include "array-upload/store/internal.h"

static const int64_t kept = INT64_C(86400) * 1000000 * 7; /* afterwards a link is one that never was */

enum store_result store_person_link_create(struct store *s, const char *id, const char *sample, enum link_kind kind,
                                           int64_t expires, int64_t now) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, NULL, NULL, "DELETE FROM person_links WHERE expires < $1", PARAMS(now - kept)));
  TRY_STORE(db_ask(s->db, NULL, &r,
                   "INSERT INTO person_links (id, sample, project, expires, created, kind)"
                   " SELECT $1, s.id, s.project, $3, $4, $5 FROM samples s WHERE s.id = $2 AND s.deleted = 0",
                   PARAMS(id, sample, expires, now, kind)));
  return r.changed == 1 ? STORE_OK : STORE_NONE;
}

enum store_result store_person_link_get(struct store *s, struct arena *a, const char *id, struct person_link *out) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT l.id, l.sample, l.project, p.organization, l.expires, l.opened, l.deadline, l.kind"
                   " FROM person_links l JOIN projects p ON p.id = l.project WHERE l.id = $1",
                   PARAMS(id)));
  if (r.n_rows == 0)
    return STORE_NONE;
  *out = (struct person_link){.id = db_text(&r, 0, 0),
                              .sample = db_text(&r, 0, 1),
                              .project = db_text(&r, 0, 2),
                              .organization = db_text(&r, 0, 3),
                              .expires = db_number(&r, 0, 4),
                              .opened = db_number(&r, 0, 5),
                              .deadline = db_number(&r, 0, 6),
                              .kind = db_number(&r, 0, 7) == LINK_REPORT ? LINK_REPORT : LINK_PERSON};
  return STORE_OK;
}

enum store_result store_person_link_open(struct store *s, const char *id, int64_t deadline, int64_t now) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, NULL, &r,
                   "UPDATE person_links SET opened = $2, deadline = $3 WHERE id = $1 AND opened = 0 AND expires > $2",
                   PARAMS(id, now, deadline)));
  return r.changed == 1 ? STORE_OK : STORE_NONE;
}
