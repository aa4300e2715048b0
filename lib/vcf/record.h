/* record.h - one VCF record, dtc_record, by the names this folder uses: what the resolver decides and every writer
 * writes. No htslib here. */
#ifndef VCF_RECORD_H
#define VCF_RECORD_H

#include <dtcgeno-vcf.h>

typedef dtc_record record;
typedef dtc_id record_id;

enum {
#define DTC_X(...) +1
  RECORD_FILTER_COUNT = 0 DTC_FILTER_LIST(DTC_X),
#undef DTC_X
  RECORD_REVLIFT = DTC_RECORD_REVLIFT, /* written in this order, before OG */
  RECORD_FLIP = DTC_RECORD_FLIP,
  RECORD_ALLELES_MAX = DTC_RECORD_ALLELES_MAX,
  RECORD_SHAPES = 1 << 14 /* shape is at most this */
};

/* Why a row is not in the output: dtc_rejection. */
typedef enum reject_why {
#define DTC_X(number, name, word, text) REJECT_##name = number,
  DTC_REJECTION_LIST(DTC_X)
#undef DTC_X
#define DTC_X(...) +1
      REJECT_COUNT = 0 DTC_REJECTION_LIST(DTC_X)
#undef DTC_X
} reject_why;

#endif
