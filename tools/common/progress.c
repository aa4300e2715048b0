#include "common/progress.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BAR_CELLS = 30, REDRAW_MS = 100 };

struct progress {
  const char *label;
  uint64_t total, done, unlooked; /* unlooked: advanced since the clock was last asked */
  double begun, drawn;
  pthread_mutex_t lock;
};

static double seconds_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void draw(progress *p, double now) {
  char bar[BAR_CELLS + 1];
  double share = p->total ? (double)p->done / (double)p->total : 1;
  share = share > 1 ? 1 : share;
  for (int i = 0; i < BAR_CELLS; i++)
    bar[i] = i < (int)(share * BAR_CELLS) ? '#' : '.';
  bar[BAR_CELLS] = '\0';
  double left = share > 0 ? (now - p->begun) * (1 - share) / share : 0;
  unsigned long seconds = left < 1e8 ? (unsigned long)(left + 0.5) : 0;
  fprintf(stderr, "\r%s [%s] %llu/%llu, %lu:%02lu:%02lu left\033[K", p->label, bar, (unsigned long long)p->done,
          (unsigned long long)p->total, seconds / 3600, seconds / 60 % 60, seconds % 60);
  fflush(stderr);
  p->drawn = now;
}

progress *progress_new(int show, const char *label, uint64_t total) {
  progress *p = show ? calloc(1, sizeof *p) : NULL;
  if (!p)
    return NULL;
  p->label = label;
  p->total = total;
  p->begun = seconds_now();
  pthread_mutex_init(&p->lock, NULL);
  draw(p, p->begun);
  return p;
}

void progress_advance(progress *p, uint64_t amount) {
  if (!p)
    return;
  pthread_mutex_lock(&p->lock);
  p->done += amount;
  p->unlooked += amount;
  if (p->unlooked * 1000 >= p->total) { /* asking the clock for each row would cost more than the row */
    p->unlooked = 0;
    double now = seconds_now();
    if ((now - p->drawn) * 1000 >= REDRAW_MS)
      draw(p, now);
  }
  pthread_mutex_unlock(&p->lock);
}

const char *progress_clear(const progress *p) { return p ? "\r\033[K" : ""; }

void progress_free(progress *p) {
  if (!p)
    return;
  fputs("\r\033[K", stderr);
  fflush(stderr);
  pthread_mutex_destroy(&p->lock);
  free(p);
}
