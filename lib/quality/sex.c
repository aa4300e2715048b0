#include "quality/quality.h"

/* Shares: over some 4,000 public exports the snps library's X < 0.03 and Y > 0.3 tell a man. Women have 0.13-0.25 on X
 * with every array; between the two figures something is odd (false calls, a mixture) and X does not vote. Women's Y
 * rows are no-calls but for a few; between 0.1 and 0.3 Y does not vote. */
#define X_SHARE_MALE 0.03
#define X_SHARE_FEMALE 0.08
#define Y_SHARE_MALE 0.30
#define Y_SHARE_FEMALE 0.10
/* At a share of 0.13, 60 rows without more than one heterozygous call happen to 2 women in 1,000. */
#define X_CALLED_MIN 60
#define Y_ROWS_MIN 10

/* A vote of X. *torn: it tells both sexes at once. */
static dtc_sex vote_of_x(const sex_evidence *e, int *torn) {
  double heterozygous = e->x_called ? (double)e->x_heterozygous / (double)e->x_called : 0;
  int enough = e->x_called >= X_CALLED_MIN;
  if (e->x_one_letter) { /* written for men only, by a vendor that writes two letters for women */
    *torn = enough && heterozygous >= X_SHARE_FEMALE;
    return *torn ? DTC_SEX_UNDETERMINED : DTC_SEX_MALE;
  }
  if (!enough)
    return DTC_SEX_UNDETERMINED;
  return heterozygous < X_SHARE_MALE      ? DTC_SEX_MALE
         : heterozygous >= X_SHARE_FEMALE ? DTC_SEX_FEMALE
                                          : DTC_SEX_UNDETERMINED;
}

static dtc_sex vote_of_y(const sex_evidence *e) {
  if (e->y_rows < Y_ROWS_MIN)
    return DTC_SEX_UNDETERMINED;
  double called = (double)e->y_called / (double)e->y_rows;
  return called > Y_SHARE_MALE ? DTC_SEX_MALE : called < Y_SHARE_FEMALE ? DTC_SEX_FEMALE : DTC_SEX_UNDETERMINED;
}

unsigned sex_x_copies(const sex_evidence *evidence) {
  int torn = 0;
  dtc_sex x = vote_of_x(evidence, &torn);
  return x == DTC_SEX_MALE ? 1 : x == DTC_SEX_FEMALE ? 2 : 0;
}

int sex_y_present(const sex_evidence *evidence) {
  dtc_sex y = vote_of_y(evidence);
  return y == DTC_SEX_MALE ? 1 : y == DTC_SEX_FEMALE ? 0 : -1;
}

dtc_sex sex_decide(const sex_evidence *evidence, int *conflict) {
  int torn = 0;
  dtc_sex x = vote_of_x(evidence, &torn), y = vote_of_y(evidence);
  *conflict = torn || (x != DTC_SEX_UNDETERMINED && y != DTC_SEX_UNDETERMINED && x != y);
  if (*conflict)
    return DTC_SEX_UNDETERMINED;
  return x != DTC_SEX_UNDETERMINED ? x : y;
}

const char *dtc_sex_name(dtc_sex sex) {
  switch (sex) {
  case DTC_SEX_MALE:
    return "male";
  case DTC_SEX_FEMALE:
    return "female";
  case DTC_SEX_UNDETERMINED:
    break;
  }
  return "undetermined";
}
