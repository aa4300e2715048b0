/* helper.c - a second thread while the file as a whole is judged: it finds the repeated names, and then both look at
 * places, contig by contig, until none is left. */
#include <pthread.h>
#include <stdlib.h>

#include "vcf/resolve/parts.h"

/* Fewer places take less time than a thread. */
enum { PLACES_LEAST = 1 << 14 };

typedef struct helper {
  resolver *resolver;
  reference *handle; /* its own; NULL where only one thread can ask */
  letter_tally tally;
  int found; /* what repeats_find said */
  pthread_mutex_t lock;
  size_t next; /* the first place that nobody took yet */
} helper;

/* The places of the next contig. 0 where none is left. */
static int take_contig(helper *h, size_t *from, size_t *to) {
  const resolver *r = h->resolver;
  pthread_mutex_lock(&h->lock);
  size_t low = *from = h->next, high = r->places;
  while (low < high) { /* the first place of another contig */
    size_t mid = low + (high - low) / 2;
    if (r->place[mid].contig == r->place[*from].contig)
      low = mid + 1;
    else
      high = mid;
  }
  h->next = *to = low;
  pthread_mutex_unlock(&h->lock);
  return *from < *to;
}

static void look(helper *h, reference *handle, letter_tally *tally) {
  for (size_t from, to; take_contig(h, &from, &to);)
    look_at_some(h->resolver, handle, tally, from, to);
}

static void *help(void *argument) {
  helper *h = argument;
  h->found = repeats_find(h->resolver);
  if (h->handle)
    look(h, h->handle, &h->tally);
  return NULL;
}

static void add_tally(letter_tally *to, const letter_tally *from) {
  for (int minus = 0; minus < 2; minus++)
    for (unsigned kind = 0; kind < REFERENCE_SNV_KINDS; kind++)
      for (unsigned key = 0; key < GENOTYPE_KEYS; key++)
        to->rows[minus][kind][key] += from->rows[minus][kind][key];
}

/* What the caller's thread does meanwhile. */
static dtc_status look_too(helper *h) {
  resolver *r = h->resolver;
  if (!h->handle)
    return look_at_places(r);
  look(h, r->reference, r->tally);
  return DTC_OK;
}

static int run(helper *h, dtc_status *status) {
  resolver *r = h->resolver;
  pthread_t thread;
  if (pthread_create(&thread, NULL, help, h) != 0)
    return 0;
  *status = look_too(h);
  pthread_join(thread, NULL);
  add_tally(r->tally, &h->tally);
  if (*status == DTC_OK && !h->found)
    *status = DTC_OUT_OF_MEMORY;
  return 1;
}

int look_with_helper(resolver *r, dtc_status *status) {
  if (r->options->threads < 2 || r->places < PLACES_LEAST)
    return 0;
  helper *h = calloc(1, sizeof *h);
  if (!h)
    return 0;
  h->resolver = r;
  h->handle = reference_second(r->reference);
  pthread_mutex_init(&h->lock, NULL);
  int done = run(h, status);
  pthread_mutex_destroy(&h->lock);
  reference_second_free(r->reference, h->handle);
  free(h);
  return done;
}
