#include "genotype-score/places.h"

#include "genotype-score/genotype_file.h"
#include "genotype-score/marker.h"

#include <htslib/vcf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_RECORDS = 256 };

struct places {
  char *const *paths;
  size_t path_count, path_next; /* path_next: the file after the one that is open */
  const allele_names *names;
  dosage_source source;
  int fast;
  place_wanted *wanted; /* NULL: all */
  void *wanted_owner;
  genotype_file *file;
  char **samples;
  size_t sample_count;
  dtc_build build;
  uint8_t done[DTC_CONTIG_COUNT]; /* chromosomes that ended */
  record *records;                /* count of the place */
  size_t count, capacity;
  uint64_t at, last; /* last: wanted or not */
  uint64_t passed;   /* the place of this file that is not wanted and whose records are being passed; 0: none */
  uint64_t ahead;    /* the place of the record that was found but is not the place's; 0: none */
  int damaged;       /* found where no fault can be told: places_next does */
  dosage *carried;
  chances *told; /* of places_chances */
  size_t cached_record;
  int cached_index, cached;
  ref_of cached_whose;
};

/* ------------------------------------------------------------------ one file */

static const char *path_of(const places *p) { return p->paths[p->path_next - 1]; }

static int keep_samples(places *p, fault *f) {
  size_t count = genotype_file_sample_count(p->file);
  if (p->samples) {
    int same = count == p->sample_count;
    for (size_t i = 0; same && i < count; i++)
      same = strcmp(p->samples[i], genotype_file_sample(p->file, i)) == 0;
    return same ? 0 : fault_set(f, EXIT_REFUSED, "%s has other samples than %s", path_of(p), p->paths[0]);
  }
  if (count == 0)
    return fault_set(f, EXIT_REFUSED, "%s holds no sample: sites without genotypes", path_of(p));
  p->samples = calloc(count, sizeof *p->samples);
  p->carried = calloc(count, sizeof *p->carried);
  p->told = calloc(count, sizeof *p->told);
  if (!p->samples || !p->carried || !p->told)
    return fault_memory(f);
  for (p->sample_count = 0; p->sample_count < count; p->sample_count++)
    if (!(p->samples[p->sample_count] = strdup(genotype_file_sample(p->file, p->sample_count))))
      return fault_memory(f);
  return 0;
}

static int open_next(places *p, fault *f) {
  genotype_file_free(p->file);
  p->file = genotype_file_open(p->paths[p->path_next++], p->fast, f);
  if (!p->file)
    return -1;
  const record_keys *keys = genotype_file_keys(p->file);
  if (p->source == DOSAGE_DS ? keys->ds < 0 : keys->gt < 0 && (p->source == DOSAGE_GT || keys->ds < 0))
    return fault_set(f, EXIT_REFUSED, "%s: its header declares no FORMAT %s", path_of(p),
                     p->source == DOSAGE_DS ? "DS" : "GT");
  dtc_build build = genotype_file_build(p->file);
  if (p->path_next > 1 && build != p->build)
    return fault_set(f, EXIT_REFUSED, "%s is of another assembly than %s", path_of(p), p->paths[0]);
  p->build = build;
  p->passed = 0;
  return keep_samples(p, f);
}

places *places_open(char *const *paths, size_t count, const allele_names *names, dosage_source source, int fast,
                    fault *f) {
  places *p = calloc(1, sizeof *p);
  if (!p) {
    fault_memory(f);
    return NULL;
  }
  *p = (places){.paths = paths, .path_count = count, .names = names, .source = source, .fast = fast};
  if (open_next(p, f) != 0) {
    places_free(p);
    return NULL;
  }
  return p;
}

void places_free(places *p) {
  if (!p)
    return;
  genotype_file_free(p->file);
  for (size_t i = 0; i < p->sample_count; i++)
    free(p->samples[i]);
  for (size_t i = 0; i < p->capacity; i++)
    record_free(&p->records[i]);
  free(p->samples);
  free(p->carried);
  free(p->told);
  free(p->records);
  free(p);
}

size_t places_sample_count(const places *p) { return p->sample_count; }
const char *places_sample(const places *p, size_t i) { return p->samples[i]; }
dtc_build places_build(const places *p) { return p->build; }
uint64_t places_at(const places *p) { return p->at; }
void places_want(places *p, place_wanted *wanted, void *owner) {
  p->wanted = wanted;
  p->wanted_owner = owner;
}
size_t places_record_count(const places *p) { return p->count; }

/* ------------------------------------------------------------------ place by place */

/* A record that starts a place stands after the one before, on a chromosome that had not ended. */
static int check_order(places *p, uint64_t place, fault *f) {
  unsigned from = (unsigned)(p->last >> 32), to = (unsigned)(place >> 32);
  if (from != to)
    p->done[from] = 1;
  if (p->done[to] || (from == to && place <= p->last))
    return fault_set(f, EXIT_REFUSED, "%s is not sorted: `bcftools sort` helps", path_of(p));
  p->last = place;
  return 0;
}

static int damaged(const places *p, fault *f) {
  return fault_set(f, EXIT_REFUSED, "%s: a record is damaged, or the file is cut off", path_of(p));
}

/* Adds the record that was found to the place's. */
static int take_record(places *p, fault *f) {
  if (p->count == MOST_RECORDS)
    return fault_set(f, EXIT_REFUSED, "%s: more than %d records at one position", path_of(p), MOST_RECORDS);
  if (p->count == p->capacity) {
    size_t more = p->capacity ? p->capacity * 2 : 4;
    record *larger = realloc(p->records, more * sizeof *larger);
    if (!larger)
      return fault_memory(f);
    memset(larger + p->capacity, 0, (more - p->capacity) * sizeof *larger);
    p->records = larger;
    p->capacity = more;
  }
  record *r = &p->records[p->count];
  if (genotype_file_take(p->file, r, f) != 0)
    return -1;
  int failed = record_read(r, genotype_file_keys(p->file), p->names);
  if (failed)
    return failed == -2 ? fault_memory(f) : damaged(p, f);
  p->count++;
  return 0;
}

/* Finds the first record of a place that is wanted, in the next file where one has ended. 1, 0 at the end, or -1. */
static int find_place(places *p, fault *f) {
  for (;;) {
    uint64_t place = p->ahead;
    int got = place ? 1 : genotype_file_next(p->file, &place, f);
    p->ahead = 0;
    if (got < 0 || (got == 0 && p->path_next == p->path_count))
      return got;
    if (got == 0 && open_next(p, f) != 0)
      return -1;
    if (got == 0 || place == p->passed)
      continue;
    if (check_order(p, place, f) != 0)
      return -1;
    if (!p->wanted || p->wanted(p->wanted_owner, place)) {
      p->at = place;
      return 1;
    }
    p->passed = place;
  }
}

int places_next(places *p, fault *f) {
  if (p->damaged)
    return damaged(p, f);
  p->cached = 0;
  p->count = 0;
  int got = find_place(p, f);
  if (got <= 0)
    return got;
  uint64_t place;
  do {
    if (take_record(p, f) != 0)
      return -1;
    got = genotype_file_next(p->file, &place, f);
    /* at a file's end the next one waits for the next call */
  } while (got > 0 && place == p->at);
  p->ahead = got > 0 ? place : 0;
  return got < 0 ? -1 : 1;
}

view places_id(const places *p, size_t number) {
  return p->records[number].id_length ? (view){p->records[number].id, p->records[number].id_length} : view_of(".");
}

const allele *places_alleles(const places *p, size_t number, size_t *count) {
  *count = p->records[number].n_known;
  return p->records[number].alleles;
}

double places_frequency(places *p, size_t number, size_t index) {
  double frequency = NAN;
  int key = genotype_file_keys(p->file)->af;
  if (key >= 0 && record_frequency(&p->records[number], key, index, &frequency) != 0)
    p->damaged = 1;
  return frequency;
}

/* ------------------------------------------------------------------ dosages */

/* FORMAT floats are 32 bits wide; what was written was a decimal of a few digits, and that is what is meant. */
static inline double decimal_of(float value) {
  double nearest = (double)(int64_t)((double)value * 1e6 + 0.5) / 1e6; /* value is 0 to 2 */
  return (float)nearest == value ? nearest : value;
}

/* A person's GT: the alleles' numbers plus one, doubled, and the phase in the last bit; 0 and 1 are missing. The vector
 * ends early with the least number but one of its type. */
static dosage count_any(const record_format *gt, const uint8_t *at, int index, int alleles) {
  dosage c = {0, 0};
  int missing = 0;
  for (uint32_t i = 0; i < gt->n; i++) {
    int8_t small;
    int16_t middle;
    int32_t value, end = INT8_MIN + 1;
    memcpy(&small, at + i, sizeof small);
    value = small; /* NOLINT(bugprone-signed-char-misuse): a number of 8 bits, no letter */
    if (gt->type == BCF_BT_INT16) {
      memcpy(&middle, at + 2 * i, sizeof middle);
      value = middle;
      end = INT16_MIN + 1;
    } else if (gt->type == BCF_BT_INT32) {
      memcpy(&value, at + 4 * i, sizeof value);
      end = INT32_MIN + 1;
    }
    if (value == end)
      break;
    c.ploidy++;
    missing |= value < 2 || (value >> 1) > alleles; /* or a number that the record has no allele of */
    c.copies += (value >> 1) - 1 == index;
  }
  if (missing || c.ploidy == 0)
    c.copies = NAN;
  return c;
}

static inline dosage count_alleles(const record_format *gt, size_t sample, int index, int alleles) {
  const uint8_t *at = gt->at + sample * gt->size;
  if (gt->type == BCF_BT_INT8 && gt->n == 2) {
    int a = (int8_t)at[0] >> 1, b = (int8_t)at[1] >> 1;
    if (a >= 1 && b >= 1 && a <= alleles && b <= alleles) /* nearly always */
      return (dosage){(a - 1 == index) + (b - 1 == index), 2};
  }
  return count_any(gt, at, index, alleles);
}

/* The copies that DS tells: of an ALT its own value, of REF what the ALTs leave. NAN where it tells nothing. */
static inline double dosage_of(const record_format *ds, size_t sample, int index, size_t alts, unsigned ploidy) {
  double sum = 0;
  for (size_t i = 0; i < alts; i++) {
    float value;
    memcpy(&value, ds->at + sample * ds->size + i * sizeof value, sizeof value);
    if (!(value >= 0 && value <= (float)ploidy)) /* missing and the vector's end are NaNs */
      return NAN;
    if (index == (int)i + 1)
      return decimal_of(value);
    sum += decimal_of(value);
  }
  return index < 0 ? 0 : sum <= ploidy ? ploidy - sum : 0;
}

/* What a record has of GT and DS, looked at once for all persons. */
typedef struct sources {
  const record_format *gt, *ds; /* NULL: none, or not wanted */
  size_t alts;
  int ds_only;
} sources;

static inline dosage dosage_for(const sources *from, size_t sample, int index) {
  dosage c = from->gt ? count_alleles(from->gt, sample, index, (int)from->alts + 1) : (dosage){NAN, 0};
  c.ploidy = c.ploidy ? c.ploidy : 2;
  double told = from->ds ? dosage_of(from->ds, sample, index, from->alts, c.ploidy) : NAN;
  if (from->ds_only || !isnan(told))
    c.copies = told;
  if (c.ploidy > 2)
    c.copies = NAN; /* no genotype of a person */
  return c;
}

static sources sources_of(const places *p, const record *r) {
  size_t alts = r->bcf->n_allele ? r->bcf->n_allele - 1 : 0;
  int genotypes = r->gt.at && r->gt.type >= BCF_BT_INT8 && r->gt.type <= BCF_BT_INT32;
  int told = r->ds.at && p->source != DOSAGE_GT && r->ds.type == BCF_BT_FLOAT && r->ds.n >= alts;
  return (sources){genotypes ? &r->gt : NULL, told ? &r->ds : NULL, alts, p->source == DOSAGE_DS};
}

static int has_allele(const record *r, allele wanted) {
  size_t i = 1;
  while (i < r->n_known && r->alleles[i] != wanted)
    i++;
  return i < r->n_known;
}

/* Is the ALT told by this record, or by one before `end` that splits the same site? */
static int is_told(const places *p, const record *of, size_t end, allele alt) {
  int told = has_allele(of, alt);
  for (size_t i = 0; !told && i < end; i++)
    told = p->records[i].n_known && p->records[i].alleles[0] == of->alleles[0] && has_allele(&p->records[i], alt);
  return told;
}

/* Do the two tell of one site that is split? */
static int share_site(const record *a, const record *b) {
  return a != b && a->n_known && b->n_known && a->alleles[0] == b->alleles[0] && a->alleles[0] != ALLELE_UNKNOWN;
}

/* Where a site is split into records, REF of one of them is what no record has as an ALT. */
static void take_others_away(places *p, const record *r) {
  for (size_t i = 0; i < p->count; i++) {
    const record *other = &p->records[i];
    if (!share_site(r, other))
      continue;
    const sources from = sources_of(p, other);
    for (size_t a = 1; a < other->n_known; a++) {
      if (is_told(p, r, i, other->alleles[a]))
        continue;
      for (size_t s = 0; s < p->sample_count; s++) {
        double copies = dosage_for(&from, s, (int)a).copies, *left = &p->carried[s].copies;
        if (copies > 0 && !isnan(*left))
          *left = *left > copies ? *left - copies : 0;
      }
    }
  }
}

const dosage *places_dosages(places *p, size_t record_number, int index, ref_of whose) {
  const record *r = &p->records[record_number];
  if (p->cached && p->cached_record == record_number && p->cached_index == index && p->cached_whose == whose)
    return p->carried;
  const sources from = sources_of(p, r);
  for (size_t s = 0; s < p->sample_count; s++)
    p->carried[s] = dosage_for(&from, s, index);
  if (index == 0 && p->count > 1 && whose == REF_OF_SITE)
    take_others_away(p, r);
  p->cached = 1;
  p->cached_record = record_number;
  p->cached_index = index;
  p->cached_whose = whose;
  return p->carried;
}

/* ------------------------------------------------------------------ chances */

/* Rounded to as few as two decimals they are of sum 1 to this. Before VCF 4.3 some wrote logarithms, which are not. */
static const double most_off = 0.05;

/* A person's GP: one value a genotype, in the order of the VCF: 0/0, 0/1, 1/1, 0/2, ... */
static chances chances_for(const record_format *gp, size_t sample, int index, size_t alleles, unsigned ploidy) {
  chances c = {{0, 0, 0}};
  size_t wanted = ploidy == 1 ? alleles : alleles * (alleles + 1) / 2, at = 0;
  double sum = 0;
  float value;
  int right = ploidy <= 2 && wanted <= gp->n;
  for (size_t b = 0; right && b < alleles; b++)
    for (size_t a = ploidy == 1 ? b : 0; right && a <= b; a++, at++) {
      memcpy(&value, gp->at + sample * gp->size + at * sizeof value, sizeof value);
      right = value >= 0 && value <= 1; /* missing and the vector's end are NaNs */
      double chance = right ? decimal_of(value) : 0;
      c.of[(ploidy == 2 && (int)a == index) + ((int)b == index)] += chance;
      sum += chance;
    }
  if (right && wanted < gp->n) { /* of another ploidy where it goes on */
    memcpy(&value, gp->at + sample * gp->size + wanted * sizeof value, sizeof value);
    right = isnan(value);
  }
  for (int k = 0; k < 3; k++)
    c.of[k] = right && fabs(sum - 1) <= most_off ? c.of[k] / sum : NAN;
  return c;
}

const chances *places_chances(places *p, size_t record_number, int index) {
  const record *r = &p->records[record_number];
  record_format gp;
  if (p->source != DOSAGE_AUTO)
    return NULL;
  for (size_t i = 0; index == 0 && i < p->count; i++)
    if (share_site(r, &p->records[i]))
      return NULL;
  if (record_find_format(r, genotype_file_keys(p->file)->gp, &gp) != 0)
    p->damaged = 1;
  if (!gp.at || gp.type != BCF_BT_FLOAT)
    return NULL;
  const sources from = sources_of(p, r);
  for (size_t s = 0; s < p->sample_count; s++)
    p->told[s] = chances_for(&gp, s, index, r->bcf->n_allele, dosage_for(&from, s, index).ploidy);
  return p->told;
}
