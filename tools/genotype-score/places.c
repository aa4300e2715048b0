#include "genotype-score/places.h"

#include "genotype-score/marker.h"

#include <errno.h>
#include <htslib/hts.h>
#include <htslib/vcf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_RECORDS = 256, MOST_ALLELES = 1024 };

typedef struct place_record {
  bcf1_t *bcf;
  allele *alleles; /* n of them once learnt, else NULL */
  size_t capacity;
  int known;
} place_record;

struct places {
  char *const *paths;
  size_t path_count, path_next; /* path_next: the file after the one that is open */
  const allele_names *names;
  dosage_source source;
  htsFile *file;
  bcf_hdr_t *header;
  char **samples;
  size_t sample_count;
  dtc_build build;
  unsigned *contig_of;            /* by the header's number */
  uint8_t done[DTC_CONTIG_COUNT]; /* chromosomes that ended */
  int gt, ds, af;                 /* the header's numbers, or -1 */
  place_record *records;          /* count of the place; at `count` stands the one read ahead */
  size_t count, capacity;
  int ahead; /* records[count] holds the next place's first record */
  uint64_t at;
  dosage *carried;
  size_t cached_record;
  int cached_index, cached;
};

/* ------------------------------------------------------------------ one file */

static dtc_build build_of(const bcf_hdr_t *header) {
  for (int b = DTC_BUILD_NCBI36; b < (int)dtc_build_count(); b++) {
    const dtc_assembly *a = dtc_assemblies_get(dtc_assemblies_builtin(), (dtc_build)b);
    unsigned said = 0, fits = 0;
    for (int i = 0; i < header->n[BCF_DT_CTG]; i++) {
      const char *name = header->id[BCF_DT_CTG][i].key;
      unsigned contig = name ? dtc_contig_parse(name, strlen(name)) : DTC_CONTIG_NONE;
      uint64_t length = name ? header->id[BCF_DT_CTG][i].val->info[0] : 0;
      if (contig == DTC_CONTIG_NONE || contig >= DTC_CONTIG_MT || !length)
        continue; /* MT has one length in all builds */
      said++;
      fits += length == a->length[contig];
    }
    if (said && said == fits)
      return (dtc_build)b;
  }
  return DTC_BUILD_UNKNOWN;
}

static int number_of(const bcf_hdr_t *header, int kind, const char *name) {
  int id = bcf_hdr_id2int(header, BCF_DT_ID, name);
  return id >= 0 && bcf_hdr_idinfo_exists(header, kind, id) ? id : -1;
}

static int keep_samples(places *p, const char *path, fault *f) {
  size_t count = (size_t)bcf_hdr_nsamples(p->header);
  if (p->samples) {
    int same = count == p->sample_count;
    for (size_t i = 0; same && i < count; i++)
      same = strcmp(p->samples[i], p->header->samples[i]) == 0;
    return same ? 0 : fault_set(f, EXIT_REFUSED, "%s has other samples than %s", path, p->paths[0]);
  }
  if (count == 0)
    return fault_set(f, EXIT_REFUSED, "%s holds no sample: sites without genotypes", path);
  p->samples = calloc(count, sizeof *p->samples);
  p->carried = calloc(count, sizeof *p->carried);
  if (!p->samples || !p->carried)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  for (p->sample_count = 0; p->sample_count < count; p->sample_count++)
    if (!(p->samples[p->sample_count] = strdup(p->header->samples[p->sample_count])))
      return fault_set(f, EXIT_TROUBLE, "out of memory");
  return 0;
}

static void close_file(places *p) {
  if (p->header)
    bcf_hdr_destroy(p->header);
  if (p->file)
    hts_close(p->file); /* read only */
  free(p->contig_of);
  p->header = NULL;
  p->file = NULL;
  p->contig_of = NULL;
}

static int open_next(places *p, fault *f) {
  const char *path = p->paths[p->path_next++];
  close_file(p);
  errno = 0;
  p->file = hts_open(path, "r");
  if (!p->file)
    return fault_system(f, path, "cannot open it");
  p->header = hts_get_format(p->file)->category == variant_data ? bcf_hdr_read(p->file) : NULL;
  if (!p->header)
    return fault_set(f, EXIT_REFUSED, "%s: is no VCF or BCF, or its header is damaged", path);
  p->contig_of = calloc((size_t)p->header->n[BCF_DT_CTG] + 1, sizeof *p->contig_of);
  if (!p->contig_of)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  for (int i = 0; i < p->header->n[BCF_DT_CTG]; i++) {
    const char *name = p->header->id[BCF_DT_CTG][i].key;
    p->contig_of[i] = name ? dtc_contig_parse(name, strlen(name)) : DTC_CONTIG_NONE;
    if (p->contig_of[i] >= DTC_CONTIG_COUNT)
      p->contig_of[i] = DTC_CONTIG_NONE;
  }
  p->gt = number_of(p->header, BCF_HL_FMT, "GT");
  p->ds = number_of(p->header, BCF_HL_FMT, "DS");
  p->af = number_of(p->header, BCF_HL_INFO, "AF");
  if (p->source == DOSAGE_DS ? p->ds < 0 : p->gt < 0 && (p->source == DOSAGE_GT || p->ds < 0))
    return fault_set(f, EXIT_REFUSED, "%s: its header declares no FORMAT %s", path,
                     p->source == DOSAGE_DS ? "DS" : "GT");
  dtc_build build = build_of(p->header);
  if (p->path_next > 1 && build != p->build)
    return fault_set(f, EXIT_REFUSED, "%s is of another assembly than %s", path, p->paths[0]);
  p->build = build;
  return keep_samples(p, path, f);
}

places *places_open(char *const *paths, size_t count, const allele_names *names, dosage_source source, fault *f) {
  places *p = calloc(1, sizeof *p);
  if (!p) {
    fault_set(f, EXIT_TROUBLE, "out of memory");
    return NULL;
  }
  *p = (places){.paths = paths, .path_count = count, .names = names, .source = source};
  if (open_next(p, f) != 0) {
    places_free(p);
    return NULL;
  }
  return p;
}

void places_free(places *p) {
  if (!p)
    return;
  close_file(p);
  for (size_t i = 0; i < p->sample_count; i++)
    free(p->samples[i]);
  for (size_t i = 0; i < p->capacity; i++) {
    if (p->records[i].bcf)
      bcf_destroy(p->records[i].bcf);
    free(p->records[i].alleles);
  }
  free(p->samples);
  free(p->carried);
  free(p->records);
  free(p);
}

size_t places_sample_count(const places *p) { return p->sample_count; }
const char *places_sample(const places *p, size_t i) { return p->samples[i]; }
dtc_build places_build(const places *p) { return p->build; }
uint64_t places_at(const places *p) { return p->at; }
size_t places_record_count(const places *p) { return p->count; }

/* ------------------------------------------------------------------ place by place */

static uint64_t place_of(const places *p, const bcf1_t *record) {
  return marker_place(p->contig_of[record->rid], (uint32_t)record->pos + 1);
}

/* Room for one more record behind the place's. */
static int make_room(places *p, fault *f) {
  if (p->count == MOST_RECORDS)
    return fault_set(f, EXIT_REFUSED, "%s: more than %d records at one position", p->paths[p->path_next - 1],
                     MOST_RECORDS);
  if (p->count < p->capacity)
    return 0;
  size_t more = p->capacity ? p->capacity * 2 : 4;
  place_record *larger = realloc(p->records, more * sizeof *larger);
  if (!larger)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  p->records = larger;
  for (; p->capacity < more; p->capacity++) {
    larger[p->capacity] = (place_record){.bcf = bcf_init()};
    if (!larger[p->capacity].bcf)
      return fault_set(f, EXIT_TROUBLE, "out of memory");
  }
  return 0;
}

/* Reads a record of a chromosome that is one of ours into records[count]. 1, 0 at the end of the file, or -1. */
static int read_record(places *p, fault *f) {
  if (make_room(p, f) != 0)
    return -1;
  for (;;) {
    bcf1_t *record = p->records[p->count].bcf;
    int got = bcf_read(p->file, p->header, record);
    if (got < -1 || (got == 0 && record->errcode & ~BCF_ERR_CTG_UNDEF))
      return fault_set(f, EXIT_REFUSED, "%s: a record is damaged, or the file is cut off", p->paths[p->path_next - 1]);
    if (got < 0)
      return 0;
    if (record->rid >= 0 && record->rid < p->header->n[BCF_DT_CTG] && p->contig_of[record->rid] != DTC_CONTIG_NONE &&
        record->pos >= 0 && record->pos < INT32_MAX) {
      p->records[p->count].known = 0;
      return 1;
    }
  }
}

/* The record read ahead starts a place: after the one before, on a chromosome that had not ended. */
static int check_order(places *p, uint64_t place, fault *f) {
  unsigned from = (unsigned)(p->at >> 32), to = (unsigned)(place >> 32);
  if (from != to)
    p->done[from] = 1;
  if (p->done[to] || (from == to && place <= p->at))
    return fault_set(f, EXIT_REFUSED, "%s is not sorted: `bcftools sort` helps", p->paths[p->path_next - 1]);
  return 0;
}

/* The first record of the next place, from the next file where one has ended. 1, 0 at the end, or -1. */
static int read_first(places *p, fault *f) {
  if (p->ahead) {
    place_record first = p->records[p->count];
    p->records[p->count] = p->records[0];
    p->records[0] = first;
    p->count = 0;
    p->ahead = 0;
    return 1;
  }
  p->count = 0;
  for (;;) {
    int got = read_record(p, f);
    if (got != 0 || p->path_next == p->path_count)
      return got;
    if (open_next(p, f) != 0)
      return -1;
  }
}

int places_next(places *p, fault *f) {
  p->cached = 0;
  int got = read_first(p, f);
  if (got <= 0)
    return got;
  uint64_t place = place_of(p, p->records[0].bcf);
  if (check_order(p, place, f) != 0)
    return -1;
  p->at = place;
  do {
    p->count++;
    got = read_record(p, f);
    if (got < 0)
      return -1;
    /* at a file's end the next one waits for the next call: records are unpacked with their own header */
    p->ahead = got && place_of(p, p->records[p->count].bcf) != place;
  } while (got && !p->ahead);
  return 1;
}

const char *places_id(places *p, size_t record) {
  bcf1_t *b = p->records[record].bcf;
  return bcf_unpack(b, BCF_UN_STR) == 0 ? b->d.id : ".";
}

const allele *places_alleles(places *p, size_t record, size_t *count) {
  place_record *r = &p->records[record];
  *count = r->bcf->n_allele < MOST_ALLELES ? r->bcf->n_allele : MOST_ALLELES;
  if (r->known)
    return r->alleles;
  if (*count > r->capacity) {
    allele *larger = realloc(r->alleles, *count * sizeof *larger);
    if (!larger) {
      *count = 0; /* an allele that is not seen is not matched */
      return r->alleles;
    }
    r->alleles = larger;
    r->capacity = *count;
  }
  bcf_unpack(r->bcf, BCF_UN_STR);
  for (size_t i = 0; i < *count; i++)
    r->alleles[i] = allele_find(p->names, r->bcf->d.allele[i]);
  r->known = 1;
  return r->alleles;
}

double places_frequency(places *p, size_t record, size_t index) {
  bcf1_t *b = p->records[record].bcf;
  if (p->af < 0 || index == 0 || bcf_unpack(b, BCF_UN_INFO) != 0)
    return NAN;
  const bcf_info_t *info = bcf_get_info_id(b, p->af);
  if (!info || info->type != BCF_BT_FLOAT || (size_t)info->len < index)
    return NAN;
  float value;
  memcpy(&value, info->vptr + (index - 1) * sizeof value, sizeof value);
  return value >= 0 && value <= 1 ? value : NAN;
}

/* ------------------------------------------------------------------ dosages */

/* FORMAT floats are 32 bits wide; what was written was a decimal of a few digits, and that is what is meant. */
static double decimal_of(float value) {
  double nearest = nearbyint((double)value * 1e6) / 1e6;
  return (float)nearest == value ? nearest : value;
}

static int32_t integer_at(const bcf_fmt_t *format, size_t sample, int i, int *ended) {
  const uint8_t *at = format->p + sample * (size_t)format->size;
  int8_t small;
  int16_t middle;
  int32_t large;
  switch (format->type) {
  case BCF_BT_INT8:
    memcpy(&small, at + i, sizeof small);
    *ended = small == bcf_int8_vector_end;
    return small;
  case BCF_BT_INT16:
    memcpy(&middle, at + 2 * i, sizeof middle);
    *ended = middle == bcf_int16_vector_end;
    return middle;
  case BCF_BT_INT32:
    memcpy(&large, at + 4 * i, sizeof large);
    *ended = large == bcf_int32_vector_end;
    return large;
  }
  *ended = 1;
  return 0;
}

static dosage count_alleles(const bcf_fmt_t *gt, size_t sample, int index) {
  dosage c = {0, 0};
  int missing = 0;
  for (int i = 0; gt && i < gt->n; i++) {
    int ended;
    int32_t value = integer_at(gt, sample, i, &ended);
    if (ended)
      break;
    c.ploidy++;
    missing |= bcf_gt_is_missing(value);
    c.copies += bcf_gt_allele(value) == index;
  }
  if (missing || c.ploidy == 0)
    c.copies = NAN;
  return c;
}

/* The copies that DS tells: of an ALT its own value, of REF what the ALTs leave. NAN where it tells nothing. */
static double dosage_of(const bcf_fmt_t *ds, size_t sample, int index, size_t alts, unsigned ploidy) {
  double sum = 0;
  if (!ds || ds->type != BCF_BT_FLOAT || (size_t)ds->n < alts)
    return NAN;
  for (size_t i = 0; i < alts; i++) {
    float value;
    memcpy(&value, ds->p + sample * (size_t)ds->size + i * sizeof value, sizeof value);
    if (!(value >= 0 && value <= (float)ploidy)) /* missing and the vector's end are NaNs */
      return NAN;
    if (index == (int)i + 1)
      return decimal_of(value);
    sum += decimal_of(value);
  }
  return index < 0 ? 0 : sum <= ploidy ? ploidy - sum : 0;
}

const dosage *places_dosages(places *p, size_t record, int index, fault *f) {
  if (p->cached && p->cached_record == record && p->cached_index == index)
    return p->carried;
  bcf1_t *b = p->records[record].bcf;
  if (bcf_unpack(b, BCF_UN_FMT) != 0) {
    fault_set(f, EXIT_REFUSED, "%s: the genotypes of a record are damaged", p->paths[p->path_next - 1]);
    return NULL;
  }
  const bcf_fmt_t *gt = p->gt >= 0 ? bcf_get_fmt_id(b, p->gt) : NULL;
  const bcf_fmt_t *ds = p->ds >= 0 && p->source != DOSAGE_GT ? bcf_get_fmt_id(b, p->ds) : NULL;
  for (size_t s = 0; s < p->sample_count; s++) {
    dosage c = count_alleles(gt, s, index);
    unsigned ploidy = c.ploidy ? c.ploidy : 2;
    if (p->source != DOSAGE_GT) {
      double told = dosage_of(ds, s, index, (size_t)b->n_allele - 1, ploidy);
      if (p->source == DOSAGE_DS || !isnan(told))
        c.copies = told;
    }
    c.ploidy = ploidy;
    if (ploidy > 2)
      c.copies = NAN; /* no genotype of a person */
    p->carried[s] = c;
  }
  p->cached = 1;
  p->cached_record = record;
  p->cached_index = index;
  return p->carried;
}
