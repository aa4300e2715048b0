/* report_page.h - the report of what was found about a person, from plain structs to HTML: scores beside a comparison
 * group, shares of reference groups, and what all of that is not. No script. */
#ifndef ARRAY_UPLOAD_PAGES_REPORT_PAGE_H
#define ARRAY_UPLOAD_PAGES_REPORT_PAGE_H

#include "array-upload/pages/person_page.h"

struct report_trait {
  const char *name;       /* in the page's language */
  double percentile;      /* 0 to 100; NAN: there is no comparison */
  const char *risk;       /* "high_risk", "not_high_risk"; NULL: nothing is said of it */
  const char *population; /* of the comparison group; NULL or "ALL": of all */
  int64_t samples;        /* people in it */
  int64_t used, rows;     /* places of the score that have a genotype, of all */
};
struct report_share {
  const char *name;
  double share; /* 0 to 1 */
};

typedef struct report_view {
  person_view person; /* its files and agreements are not shown */
  const struct report_trait *traits;
  size_t trait_count;
  const struct report_share *shares; /* largest first; none: there is no such part */
  size_t share_count;
  int imputed; /* genotypes were worked out that nobody measured */
} report_view;

/* Each appends a page and returns 1, or 0 when memory ran out. */
int report_page_door(buffer *out, const person_view *view);
int report_page_main(buffer *out, const report_view *view);

#endif
