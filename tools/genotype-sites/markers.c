#include "config.h"

#include "genotype-sites/markers.h"

#include "base/marker.h"

#include <stdlib.h>
#include <string.h>

/* Room for `more` elements behind `count`. */
static int reserve(void **block, size_t *capacity, size_t count, size_t more, size_t size) {
  if (count + more <= *capacity)
    return 1;
  size_t wanted = (count + more) * 3 / 2;
  void *grown = realloc(*block, wanted * size);
  if (!grown)
    return 0;
  *block = grown;
  *capacity = wanted;
  return 1;
}

static void add_rows(markers *m, const dtc_calls *calls, const dtc_assembly *from, dtc_par_frame frame,
                     int positions_count) {
  for (size_t i = 0; i < calls->count; i++) {
    unsigned contig = calls->contig[i], a = DTC_GENOTYPE_FIRST(calls->genotype[i]),
             b = DTC_GENOTYPE_SECOND(calls->genotype[i]);
    uint32_t position = calls->position[i];
    if (calls->id_kind[i] != DTC_ID_OTHER)
      m->name[m->names++] = (uint64_t)calls->id_kind[i] << 32 | calls->id_number[i];
    if (contig == DTC_LABEL_PAR_ON_Y && dtc_assembly_place_par(from, frame, &position) >= 0)
      contig = DTC_CONTIG_X;
    else if (contig >= DTC_CONTIG_X && contig != DTC_CONTIG_MT && contig != DTC_LABEL_PAR_ON_Y)
      dtc_assembly_to_x(from, &contig, &position);
    if (!positions_count || contig == DTC_CONTIG_NONE || contig >= DTC_CONTIG_COUNT || position > from->length[contig])
      continue;
    unsigned alleles = 0;
    if (a >= DTC_ALLELE_A && a <= DTC_ALLELE_T)
      alleles |= 1u << a;
    if (b >= DTC_ALLELE_A && b <= DTC_ALLELE_T)
      alleles |= 1u << b;
    m->place[m->places++] = (marker_place){position, (uint8_t)contig, (uint8_t)alleles};
  }
}

static int is_het(unsigned alleles) { return (alleles & (alleles - 1)) != 0; }

/* Looks at the hets of one export, whose markers begin at `from`. */
static int check_letters(markers *m, size_t from, dtc_reference *bases, const char *path, fault *f) {
  const unsigned a_t = 1u << DTC_ALLELE_A | 1u << DTC_ALLELE_T, c_g = 1u << DTC_ALLELE_C | 1u << DTC_ALLELE_G;
  uint64_t hets = 0, hold_ref = 0;
  for (size_t i = from; i < m->places; i++) {
    marker_place *p = &m->place[i];
    if (!is_het(p->alleles))
      continue;
    char base;
    int read = dtc_reference_bases(bases, p->contig, p->position, 1, &base);
    if (read < 0)
      return fault_set(f, EXIT_TROUBLE, "the reference cannot be read at %s:%u", dtc_contig_name(p->contig),
                       (unsigned)p->position);
    if (!read || base == 'N')
      continue;
    int has_ref = 0;
    for (unsigned a = DTC_ALLELE_A; a <= DTC_ALLELE_T; a++)
      has_ref |= (p->alleles >> a & 1) && dtc_allele_letter(a) == base;
    hets += p->alleles != a_t && p->alleles != c_g;
    hold_ref += p->alleles != a_t && p->alleles != c_g && has_ref;
    if (!has_ref)
      p->alleles = 0;
  }
  if (dtc_strand_of_hets(hets, hold_ref) != DTC_STRAND_UNKNOWN)
    return 0;
  return fault_set(f, EXIT_REFUSED,
                   "%s: not proven to be on the plus strand: %llu of %llu heterozygous calls hold the reference base. "
                   "Take the alleles from known variants: --vcf",
                   path, (unsigned long long)hold_ref, (unsigned long long)hets);
}

int markers_add_export(markers *m, const char *path, const dtc_assemblies *assemblies, const dtc_assembly *assembly,
                       dtc_reference *bases, fault *f) {
  dtc_options options;
  dtc_table *table;
  dtc_verdict *verdict = dtc_verdict_new(NULL);
  if (!verdict)
    return fault_set(f, EXIT_TROUBLE, "out of memory");
  dtc_options_init(&options, DTC_POLICY_REJECT);
  options.container = DTC_CONTAINER_ANY;
  options.assemblies = assemblies;
  dtc_status status = dtc_table_load_path(path, &options, &table, verdict);
  if (status != DTC_OK) {
    char line[600];
    dtc_verdict_line(verdict, line, sizeof line);
    dtc_verdict_free(verdict);
    dtc_class class = dtc_status_class(status);
    return fault_set(f, class == DTC_CLASS_INPUT || class == DTC_CLASS_LIMIT ? EXIT_REFUSED : EXIT_TROUBLE, "%s: %s",
                     path, line);
  }
  const dtc_calls *calls = dtc_table_calls(table);
  dtc_build build = dtc_verdict_build(verdict);
  dtc_par_frame frame = dtc_verdict_par_frame(verdict);
  dtc_verdict_free(verdict);
  const dtc_assembly *from = dtc_assemblies_get(assemblies, build);
  size_t before = m->places;
  int failed = 0;
  if (!reserve((void **)&m->place, &m->place_capacity, m->places, calls->count, sizeof *m->place) ||
      !reserve((void **)&m->name, &m->name_capacity, m->names, calls->count, sizeof *m->name))
    failed = fault_set(f, EXIT_TROUBLE, "out of memory");
  else
    add_rows(m, calls, from ? from : assembly, frame, build == assembly->build);
  dtc_table_free(table);
  return !failed && bases ? check_letters(m, before, bases, path, f) : failed;
}

static int compare_place(const void *pa, const void *pb) {
  const marker_place *a = pa, *b = pb;
  if (a->contig != b->contig)
    return a->contig < b->contig ? -1 : 1;
  return a->position < b->position ? -1 : a->position > b->position;
}

static int compare_name(const void *pa, const void *pb) {
  uint64_t a = *(const uint64_t *)pa, b = *(const uint64_t *)pb;
  return a < b ? -1 : a > b;
}

void markers_finish(markers *m) {
  size_t out = 0;
  if (m->places)
    qsort(m->place, m->places, sizeof *m->place, compare_place);
  for (size_t i = 0; i < m->places; i++) {
    if (out && compare_place(&m->place[out - 1], &m->place[i]) == 0)
      m->place[out - 1].alleles |= m->place[i].alleles;
    else
      m->place[out++] = m->place[i];
  }
  m->places = out;
  out = 0;
  if (m->names)
    qsort(m->name, m->names, sizeof *m->name, compare_name);
  for (size_t i = 0; i < m->names; i++)
    if (!out || m->name[out - 1] != m->name[i])
      m->name[out++] = m->name[i];
  m->names = out;
}

void markers_free(markers *m) {
  free(m->place);
  free(m->name);
}

int markers_have_place(const markers *m, unsigned contig, uint32_t from, uint32_t to) {
  marker_place key = {from, (uint8_t)contig, 0};
  size_t low = 0, high = m->places;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (compare_place(&m->place[mid], &key) < 0)
      low = mid + 1;
    else
      high = mid;
  }
  return low < m->places && m->place[low].contig == contig && m->place[low].position <= to;
}

int markers_have_name(const markers *m, const char *id) {
  while (*id && m->names) {
    size_t bytes = strcspn(id, ";");
    uint32_t number = 0;
    uint8_t kind;
    marker_read((view){id, bytes}, &number, &kind);
    uint64_t key = (uint64_t)kind << 32 | number;
    if (kind != DTC_ID_OTHER && bsearch(&key, m->name, m->names, sizeof key, compare_name))
      return 1;
    id += bytes + (id[bytes] == ';');
  }
  return 0;
}
