#include "genotype-impute/prepare.h"

#include "common/bcf_fill.h"
#include "genotype-impute/genetic_map.h"
#include "genotype-impute/panel.h"
#include "genotype-impute/record_file.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MAX = PANEL_UNITS_MAX * 8 + 2, ALLELES_MAX = 64 };

typedef struct making {
  const impute_options *options;
  panel panel;
  genetic_map map;
  engine engines[ENGINE_COUNT];
  record_file sites;               /* all records as they came: of them the site table is made */
  panel_unit all[PANEL_UNITS_MAX]; /* what the assembly has */
  unsigned done;                   /* bits: units that are whole */
  size_t n_all;
  /* the unit that is being read */
  panel_unit *unit;
  record_file rows, haplotypes, text; /* text: for Beagle */
  hts_md5_context *md5;
  uint32_t position;
  char *seen[ALLELES_MAX]; /* "REF ALT" of the rows at the position */
  size_t n_seen;
  uint8_t *alleles; /* of a record, two a person */
  int32_t *gt;
  char files[FILES_MAX][40];
  size_t n_files;
  uint64_t not_acgt, repeated, split, elsewhere;
} making;

static void note_file(making *m, const char *unit, const char *suffix) {
  if (m->n_files < FILES_MAX)
    snprintf(m->files[m->n_files++], sizeof m->files[0], "%s.%s", unit, suffix);
}

static int has_engine(const making *m, engine_kind kind) { return (int)(m->panel.engines >> kind & 1); }

/* ---- the assembly */

static int length_fits(const dtc_assembly *a, const bcf_hdr_t *h) {
  int known = 0;
  for (int i = 0; i < h->n[BCF_DT_CTG]; i++) {
    const char *name = bcf_hdr_id2name(h, i);
    unsigned contig = dtc_contig_parse(name, strlen(name));
    uint64_t length = h->id[BCF_DT_CTG][i].val ? h->id[BCF_DT_CTG][i].val->info[0] : 0;
    if (contig == DTC_CONTIG_NONE || contig > DTC_CONTIG_X || !length)
      continue;
    if (length != a->length[contig])
      return -1;
    known = 1;
  }
  return known;
}

static int decide_assembly(making *m, const record_file *file, fault *f) {
  const dtc_assembly *a = m->panel.assembly;
  if (a)
    return length_fits(a, file->header) >= 0
               ? 0
               : fault_set(f, EXIT_REFUSED, "%s: its contigs are not as long as those of %s", file->shown,
                           dtc_build_name(a->build));
  if (m->options->build)
    a = dtc_assemblies_get(dtc_assemblies_builtin(), m->options->build);
  for (unsigned b = 1; !a && b < dtc_build_count(); b++) {
    const dtc_assembly *one = dtc_assemblies_get(dtc_assemblies_builtin(), (dtc_build)b);
    a = one && length_fits(one, file->header) == 1 ? one : NULL;
  }
  if (!a)
    return fault_set(f, EXIT_USAGE, "%s: its header does not tell the assembly: --assembly is needed", file->shown);
  m->panel.assembly = a;
  m->n_all = panel_units_of(a, m->all);
  return decide_assembly(m, file, f);
}

/* ---- a unit */

static int create(making *m, record_file *r, const char *suffix, const char *mode, size_t persons, int indexed,
                  fault *f) {
  char path[PATH_MAX], index[PATH_MAX + 8];
  panel_path(m->panel.folder, m->unit->name, suffix, path);
  snprintf(index, sizeof index, "%s.csi", path);
  int failed = record_file_create(r, path, mode, panel_header(&m->panel, 0, PANEL_STEM, NULL, persons),
                                  indexed ? index : NULL, f);
  r->shown = m->panel.folder; /* path goes away */
  return failed;
}

static const char *sites_path(const making *m, char *path) {
  return panel_path(m->panel.folder, "panel", "sites.bcf", path);
}

static int create_sites(making *m, fault *f) {
  char path[PATH_MAX];
  int failed = record_file_create(&m->sites, sites_path(m, path), "wbu",
                                  panel_header(&m->panel, 0, PANEL_STEM, NULL, 0), NULL, f);
  m->sites.shown = m->panel.folder; /* path goes away */
  return failed;
}

static int begin_unit(making *m, size_t at, const char *shown, fault *f) {
  if (m->done >> at & 1)
    return fault_set(f, EXIT_REFUSED, "%s: %s comes twice", shown, m->all[at].name);
  m->panel.units[m->panel.count] = m->all[at];
  m->unit = &m->panel.units[m->panel.count++];
  m->done |= 1u << at;
  m->position = 0;
  m->md5 = hts_md5_init();
  if (!m->md5)
    return fault_memory(f);
  if (!m->sites.file && create_sites(m, f) != 0)
    return -1;
  if (create(m, &m->rows, "sites.bcf", "wb", 0, 0, f) != 0 ||
      create(m, &m->haplotypes, "panel.bcf", "wb", m->panel.persons, 1, f) != 0)
    return -1;
  return has_engine(m, ENGINE_BEAGLE) ? create(m, &m->text, "panel.vcf.gz", "wz", m->panel.persons, 0, f) : 0;
}

static void forget_seen(making *m) {
  while (m->n_seen)
    free(m->seen[--m->n_seen]);
}

static int digest_map(making *m, fault *f) {
  char path[PATH_MAX], buffer[65536];
  FILE *file = fopen(panel_path(m->panel.folder, m->unit->name, "plink.map", path), "r");
  if (!file)
    return fault_system(f, path, "cannot read it");
  for (size_t n; (n = fread(buffer, 1, sizeof buffer, file)) > 0;)
    hts_md5_update(m->md5, buffer, n);
  fclose(file); /* read only */
  return 0;
}

static int engine_forms(making *m, fault *f) {
  engine_step s = {.panel_folder = m->panel.folder,
                   .folder = m->panel.folder,
                   .unit = m->unit->name,
                   .contig = dtc_contig_name(m->unit->contig)};
  engine_limits l = m->options->limits;
  char path[PATH_MAX];
  for (unsigned k = 0; k < ENGINE_COUNT; k++)
    if (has_engine(m, k) && engine_prepare(&m->engines[k], &s, &l, f) != 0)
      return -1;
  if (has_engine(m, ENGINE_BEAGLE)) {
    note_file(m, m->unit->name, "bref3");
    unlink(panel_path(m->panel.folder, m->unit->name, "panel.vcf.gz", path));
  }
  if (has_engine(m, ENGINE_EAGLE_MINIMAC4)) {
    note_file(m, m->unit->name, "msav");
    note_file(m, m->unit->name, "panel.bcf");
    note_file(m, m->unit->name, "panel.bcf.csi");
  } else {
    unlink(panel_path(m->panel.folder, m->unit->name, "panel.bcf", path));
    unlink(panel_path(m->panel.folder, m->unit->name, "panel.bcf.csi", path));
  }
  return 0;
}

static int end_unit(making *m, fault *f) {
  unsigned char binary[16];
  if (!m->unit)
    return 0;
  forget_seen(m);
  int failed = record_file_finish(&m->rows, f) != 0 || record_file_finish(&m->haplotypes, f) != 0 ||
               (has_engine(m, ENGINE_BEAGLE) && record_file_finish(&m->text, f) != 0);
  record_file_free(&m->rows);
  record_file_free(&m->haplotypes);
  record_file_free(&m->text);
  int map = failed ? -1 : genetic_map_write(&m->map, m->unit, m->panel.folder, f);
  if (map == 1)
    fprintf(stderr, "genotype-impute: %s: no genetic map; 1 cM per million bases is taken\n", m->unit->name);
  if (map < 0 || digest_map(m, f) != 0)
    return -1;
  hts_md5_final(binary, m->md5);
  hts_md5_hex(m->unit->digest, binary);
  hts_md5_destroy(m->md5);
  m->md5 = NULL;
  note_file(m, m->unit->name, "sites.bcf");
  note_file(m, m->unit->name, "eagle.map");
  note_file(m, m->unit->name, "plink.map");
  if (!m->options->quiet)
    fprintf(stderr, "genotype-impute: %s: %" PRIu64 " rows\n", m->unit->name, m->unit->rows);
  failed = m->unit->rows == 0 ? fault_set(f, EXIT_REFUSED, "%s: has no row that an engine takes", m->unit->name)
                              : engine_forms(m, f);
  m->unit = NULL;
  return failed;
}

/* ---- a record */

static int is_acgt(char *text) {
  for (char *c = text; *c; c++) {
    *c = (char)toupper((unsigned char)*c);
    if (!strchr("ACGT", *c))
      return 0;
  }
  return *text != '\0';
}

/* GT as it stands in the record, whatever the header says of its type and number. */
static int take_genotypes(making *m, const record_file *file, fault *f) {
  bcf1_t *b = file->record;
  int id = bcf_hdr_id2int(file->header, BCF_DT_ID, "GT");
  const bcf_fmt_t *gt = NULL;
  for (int i = 0; i < (int)b->n_fmt; i++)
    if (b->d.fmt[i].id == id)
      gt = &b->d.fmt[i];
  if (!gt || gt->type != BCF_BT_INT8 || gt->n < 1 || gt->n > 2)
    return fault_set(f, EXIT_REFUSED, "%s: %" PRIhts_pos ": no genotypes of one or two haplotypes", file->shown,
                     b->pos + 1);
  for (unsigned k = 0; k < m->panel.persons; k++) {
    const int8_t *v = (const int8_t *)(gt->p + (size_t)k * (size_t)gt->size);
    int haploid = gt->n == 1 || v[1] == bcf_int8_vector_end, second = haploid ? v[0] : v[1];
    if (bcf_gt_is_missing(v[0]) || bcf_gt_is_missing(second) || v[0] < 0 || second < 0)
      return fault_set(f, EXIT_REFUSED, "%s: %" PRIhts_pos ": a haplotype is missing: a panel must be whole",
                       file->shown, b->pos + 1);
    if (haploid && !m->unit->haploid)
      return fault_set(f, EXIT_REFUSED, "%s: %" PRIhts_pos ": a person with one haplotype outside of X", file->shown,
                       b->pos + 1);
    if (!haploid && !bcf_gt_is_phased(second) && bcf_gt_allele(v[0]) != bcf_gt_allele(second))
      return fault_set(f, EXIT_REFUSED, "%s: %" PRIhts_pos ": a genotype is not phased: phase the panel first",
                       file->shown, b->pos + 1);
    m->alleles[2 * k] = (uint8_t)bcf_gt_allele(v[0]);
    m->alleles[2 * k + 1] = (uint8_t)bcf_gt_allele(second);
    if (m->alleles[2 * k] >= b->n_allele || m->alleles[2 * k + 1] >= b->n_allele)
      return fault_set(f, EXIT_REFUSED, "%s: %" PRIhts_pos ": a haplotype has an allele that is not there", file->shown,
                       b->pos + 1);
  }
  return 0;
}

static int see(making *m, const char *ref, const char *alt) {
  char *key = NULL;
  if (asprintf(&key, "%s %s", ref, alt) < 0)
    return -1;
  for (size_t i = 0; i < m->n_seen; i++)
    if (strcmp(m->seen[i], key) == 0) {
      free(key);
      return 1;
    }
  if (m->n_seen < ALLELES_MAX)
    m->seen[m->n_seen++] = key;
  else
    free(key);
  return 0;
}

static int put_row(making *m, bcf1_t *from, unsigned alt, fault *f) {
  const char *alleles[2] = {from->d.allele[0], from->d.allele[alt]};
  int known = see(m, alleles[0], alleles[1]);
  if (known < 0)
    return fault_memory(f);
  if (known) {
    m->repeated++;
    return 0;
  }
  uint32_t count = 0;
  for (unsigned i = 0; i < 2 * m->panel.persons; i++) {
    count += m->alleles[i] == alt;
    m->gt[i] = i & 1 ? bcf_gt_phased(m->alleles[i] == alt) : bcf_gt_unphased(m->alleles[i] == alt);
  }
  float frequency = (float)count / (float)(2 * m->panel.persons);
  record_file *files[] = {&m->rows, &m->haplotypes, has_engine(m, ENGINE_BEAGLE) ? &m->text : NULL};
  for (size_t k = 0; k < 3 && files[k]; k++) {
    bcf1_t *b = files[k]->record;
    uint32_t samples = k ? m->panel.persons : 0;
    bcf_fill to;
    bcf_fill_begin(&to, b, panel_rid(&m->panel, m->unit->contig), from->pos, samples,
                   strlen(from->d.id) + strlen(alleles[0]) + strlen(alleles[1]), 2 * (size_t)samples);
    /* the engines get no ids and no INFO: nothing of them decides anything */
    bcf_fill_id(&to, from->d.id, k == 0 ? strlen(from->d.id) : 0);
    for (int i = 0; i < 2; i++)
      bcf_fill_allele(&to, alleles[i], strlen(alleles[i]));
    bcf_fill_filter(&to, -1);
    if (k == 0)
      bcf_fill_info_float(&to, bcf_hdr_id2int(files[k]->header, BCF_DT_ID, "AF"), frequency);
    else
      bcf_fill_genotypes(&to, bcf_hdr_id2int(files[k]->header, BCF_DT_ID, "GT"), m->gt, 2);
    if (bcf_fill_end(&to) != 0)
      return fault_memory(f);
    if (record_file_put(files[k], b, f) != 0)
      return -1;
  }
  char line[64];
  int n = snprintf(line, sizeof line, "%" PRIhts_pos " ", from->pos);
  hts_md5_update(m->md5, line, (unsigned long)n);
  hts_md5_update(m->md5, alleles[0], strlen(alleles[0]) + 1);
  hts_md5_update(m->md5, alleles[1], strlen(alleles[1]) + 1);
  hts_md5_update(m->md5, m->gt, 2 * m->panel.persons * sizeof *m->gt);
  m->unit->rows++;
  return 0;
}

static int put_site(making *m, const bcf1_t *from, fault *f) {
  size_t text_bytes = strlen(from->d.id);
  for (unsigned i = 0; i < from->n_allele; i++)
    text_bytes += strlen(from->d.allele[i]) + BCF_FILL_ALLELE_BYTES;
  bcf_fill to;
  bcf_fill_begin(&to, m->sites.record, panel_rid(&m->panel, m->unit->contig), from->pos, 0, text_bytes, 0);
  bcf_fill_id(&to, from->d.id, strlen(from->d.id));
  for (unsigned i = 0; i < from->n_allele; i++)
    bcf_fill_allele(&to, from->d.allele[i], strlen(from->d.allele[i]));
  bcf_fill_filter(&to, -1);
  return bcf_fill_end(&to) != 0 ? fault_memory(f) : record_file_put(&m->sites, m->sites.record, f);
}

/* SNVs of one place have one REF: that they have not would be told by the site table, after all engines' hours. */
static int is_other_ref(const making *m, char *const *alleles, unsigned n) {
  int is_snv = !alleles[0][1], is_other = 0;
  for (unsigned i = 1; is_snv && i < n; i++)
    is_snv = !alleles[i][1];
  for (size_t i = 0; is_snv && !is_other && i < m->n_seen; i++) /* "REF ALT" */
    is_other = strlen(m->seen[i]) == 3 && m->seen[i][0] != alleles[0][0];
  return is_other;
}

static int put_record(making *m, record_file *file, fault *f) {
  bcf1_t *b = file->record;
  uint32_t position = (uint32_t)b->pos + 1;
  if (position < m->position)
    return fault_set(f, EXIT_REFUSED, "%s: is not sorted at %s:%u", file->shown, m->unit->name, position);
  if (position != m->position)
    forget_seen(m);
  m->position = position;
  int usable = b->n_allele >= 2 && b->n_allele <= ALLELES_MAX;
  for (unsigned i = 0; usable && i < b->n_allele; i++)
    usable = is_acgt(b->d.allele[i]) && (i == 0 || strcmp(b->d.allele[0], b->d.allele[i]) != 0);
  if (!usable) {
    m->not_acgt++;
    return 0;
  }
  if (is_other_ref(m, b->d.allele, b->n_allele))
    return fault_set(f, EXIT_REFUSED, "%s: two different REFs at %s:%u", file->shown, dtc_contig_name(m->unit->contig),
                     position);
  if (take_genotypes(m, file, f) != 0)
    return -1;
  if (put_site(m, b, f) != 0)
    return -1;
  m->split += b->n_allele > 2;
  for (unsigned alt = 1; alt < b->n_allele; alt++)
    if (put_row(m, b, alt, f) != 0)
      return -1;
  return 0;
}

/* ---- files */

static int choose_unit(making *m, const record_file *file, unsigned contig, fault *f) {
  uint32_t position = (uint32_t)file->record->pos + 1;
  if (m->unit && m->unit->contig == contig && position >= m->unit->from && position <= m->unit->to)
    return 1;
  size_t k = 0;
  while (k < m->n_all && !(m->all[k].contig == contig && position >= m->all[k].from && position <= m->all[k].to))
    k++;
  if (k == m->n_all) {
    if (contig >= 1 && contig <= DTC_CONTIG_X)
      return fault_set(f, EXIT_REFUSED, "%s: %s:%u is beyond the contig's end in %s", file->shown,
                       dtc_contig_name(contig), position, dtc_build_name(m->panel.assembly->build));
    m->elsewhere++;
    return 0;
  }
  return end_unit(m, f) == 0 && begin_unit(m, k, file->shown, f) == 0 ? 1 : -1;
}

static int set_persons(making *m, const record_file *file, fault *f) {
  unsigned n = (unsigned)bcf_hdr_nsamples(file->header);
  if (m->panel.persons)
    return n == m->panel.persons ? 0
                                 : fault_set(f, EXIT_REFUSED, "%s: has %u persons, the files before have %u",
                                             file->shown, n, m->panel.persons);
  if (n < 2)
    return fault_set(f, EXIT_REFUSED, "%s: is no panel: it has %u persons", file->shown, n);
  m->panel.persons = n;
  m->alleles = malloc(2 * (size_t)n);
  m->gt = malloc(2 * (size_t)n * sizeof *m->gt);
  return m->alleles && m->gt ? 0 : fault_memory(f);
}

static int read_file(making *m, const char *path, fault *f) {
  record_file file;
  int rid = -1, go = 1;
  unsigned contig = DTC_CONTIG_NONE;
  int failed =
      record_file_open(&file, path, path, f) != 0 || decide_assembly(m, &file, f) != 0 || set_persons(m, &file, f) != 0;
  while (!failed && file.more) {
    if (file.record->rid != rid) {
      rid = file.record->rid;
      const char *name = bcf_hdr_id2name(file.header, rid);
      contig = dtc_contig_parse(name, strlen(name));
      m->panel.chr_prefix = strncmp(name, "chr", 3) == 0;
    }
    go = choose_unit(m, &file, contig, f);
    failed = go < 0 || (go && (bcf_unpack(file.record, BCF_UN_STR | BCF_UN_FMT) < 0 || put_record(m, &file, f) != 0));
    if (failed && f->exit_status == EXIT_WRITTEN)
      fault_set(f, EXIT_REFUSED, "%s: a record of it is damaged", path);
    failed = failed || record_file_next(&file, f) != 0;
  }
  record_file_free(&file);
  return failed ? -1 : end_unit(m, f);
}

static int by_order(const void *pa, const void *pb) {
  const panel_unit *a = pa, *b = pb;
  if (a->contig != b->contig)
    return a->contig < b->contig ? -1 : 1;
  return a->from < b->from ? -1 : a->from > b->from;
}

static int write_sites(making *m, fault *f) {
  char path[PATH_MAX], records[PATH_MAX];
  dtc_reference *table = NULL;
  dtc_diag diag = {0};
  if (record_file_finish(&m->sites, f) != 0)
    return -1;
  panel_path(m->panel.folder, "panel", "sites", path);
  int failed = dtc_reference_open(NULL, sites_path(m, records), m->panel.assembly, &table, &diag) != DTC_OK
                   ? fault_set(f, EXIT_REFUSED, "the panel's sites: %s", diag.expected)
                   : 0;
  int fd = failed ? -1 : open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (!failed && (fd < 0 || dtc_reference_compile_sites(table, fd, &diag) != DTC_OK || fsync(fd) != 0))
    failed = fault_system(f, path, "cannot write it");
  if (fd >= 0)
    close(fd); /* synced */
  dtc_reference_free(table);
  unlink(records);
  note_file(m, "panel", "sites");
  return failed;
}

static int choose_engines(making *m, fault *f) {
  const impute_options *o = m->options;
  fault none = {0};
  for (unsigned k = 0; k < ENGINE_COUNT; k++) {
    int named = (int)(o->engines >> k & 1);
    if ((o->engines && !named) || engine_find(k, &m->engines[k], named ? f : &none) != 0) {
      if (named)
        return -1;
      continue;
    }
    m->panel.engines |= 1u << k;
  }
  return m->panel.engines ? 0 : engine_find(ENGINE_EAGLE_MINIMAC4, &m->engines[0], f);
}

static int make(making *m, fault *f) {
  char path[PATH_MAX];
  const char *files[FILES_MAX];
  if (mkdir(m->panel.folder, 0777) != 0 && errno != EEXIST)
    return fault_system(f, m->panel.folder, "cannot make the folder");
  if (unlink(panel_path(m->panel.folder, "panel", "tsv", path)) != 0 && errno != ENOENT)
    return fault_system(f, path, "cannot remove the old panel's");
  for (size_t i = 0; i < m->options->n_maps; i++)
    if (genetic_map_read(&m->map, m->options->maps[i], f) != 0)
      return -1;
  for (size_t i = 0; i < m->options->n_inputs; i++)
    if (read_file(m, m->options->inputs[i], f) != 0)
      return -1;
  if (!m->panel.count)
    return fault_set(f, EXIT_REFUSED, "the panel has no row of chromosomes 1-22 and X");
  qsort(m->panel.units, m->panel.count, sizeof *m->panel.units, by_order);
  if (write_sites(m, f) != 0)
    return -1;
  for (size_t i = 0; i < m->n_files; i++)
    files[i] = m->files[i];
  return panel_write(&m->panel, files, m->n_files, f);
}

int prepare(const impute_options *o, fault *f) {
  making *m = calloc(1, sizeof *m);
  if (!m)
    return fault_memory(f);
  m->options = o;
  m->panel.folder = o->output;
  int failed = choose_engines(m, f) != 0 || make(m, f) != 0;
  if (!failed && !o->quiet)
    fprintf(
        stderr,
        "genotype-impute: %s: %s, %u persons, %zu units; left out: %" PRIu64 " records that are not of A, C, G and T, "
        "%" PRIu64 " repeated rows, %" PRIu64 " records elsewhere; %" PRIu64 " records of several ALTs were split\n",
        o->output, dtc_build_name(m->panel.assembly->build), m->panel.persons, m->panel.count, m->not_acgt, m->repeated,
        m->elsewhere, m->split);
  forget_seen(m);
  record_file_free(&m->rows);
  record_file_free(&m->haplotypes);
  record_file_free(&m->text);
  record_file_free(&m->sites);
  if (m->md5)
    hts_md5_destroy(m->md5);
  genetic_map_free(&m->map);
  free(m->alleles);
  free(m->gt);
  free(m);
  return failed ? -1 : 0;
}
