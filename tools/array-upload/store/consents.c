/* consents.c - what people agreed to: which text, when, and whether it was taken back. Rows hang on the attempt whose
 * form they came with; those of the accepted attempt are the sample's. */
#include "array-upload/store/internal.h"

enum store_result store_page_shown(struct store *s, const char *page_session, const char *shown) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, NULL, &r, "UPDATE page_sessions SET shown = $2 WHERE id = $1", PARAMS(page_session, shown)));
  return r.changed == 1 ? STORE_OK : STORE_NONE;
}

enum store_result consents_write(struct store *s, struct arena *a, const char *attempt, const struct consent *list,
                                 size_t n) {
  for (size_t i = 0; i < n; i++)
    TRY(db_run(s->db, a, NULL,
               "INSERT INTO consents (attempt, sample, n, purpose, version, text, given)"
               " SELECT id, sample, $2, $3, $4, $5, $6 FROM attempts WHERE id = $1",
               PARAMS(attempt, (int64_t)i, list[i].purpose, list[i].version, list[i].text, list[i].given)));
  return STORE_OK;
}

static void consent_read(const struct db_rows *r, size_t i, struct consent *out) {
  *out = (struct consent){.purpose = db_text(r, i, 0),
                          .version = db_text(r, i, 1),
                          .text = db_text(r, i, 2),
                          .given = db_number(r, i, 3),
                          .withdrawn = db_number(r, i, 4)};
}

enum store_result store_sample_consents(struct store *s, struct arena *a, const char *sample, struct consent **out,
                                        size_t *n) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, a, &r,
                   "SELECT c.purpose, c.version, c.text, c.given, c.withdrawn FROM consents c"
                   " JOIN attempts t ON t.id = c.attempt AND t.state = 'accepted' WHERE c.sample = $1 ORDER BY c.n",
                   PARAMS(sample)));
  ROWS_TAKE(a, r, out, n, consent_read);
  return STORE_OK;
}

enum store_result store_consent_withdraw(struct store *s, const char *sample, const char *purpose, int64_t now) {
  struct db_rows r;
  TRY_STORE(db_ask(s->db, NULL, &r,
                   "UPDATE consents SET withdrawn = $3 WHERE sample = $1 AND purpose = $2 AND given > 0 AND"
                   " withdrawn = 0 AND attempt IN (SELECT id FROM attempts WHERE sample = $1 AND state = 'accepted')",
                   PARAMS(sample, purpose, now)));
  return r.changed == 1 ? STORE_OK : STORE_NONE;
}
