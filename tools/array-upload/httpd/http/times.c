/* times.c - histograms of how long things took. */
#include "array-upload/httpd/httpd.h"

const double times_limits[TIMES_STEPS] = {0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60};

void times_add(struct times *t, int64_t micros) {
  size_t i = 0;
  while (i < TIMES_STEPS && (double)micros > times_limits[i] * 1e6)
    i++;
  atomic_fetch_add(&t->steps[i], 1);
  atomic_fetch_add(&t->micros, (unsigned long long)(micros > 0 ? micros : 0));
}
