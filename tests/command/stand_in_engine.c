/* stand_in_engine - plays bio-eagle or minimac4, by the name it is called with, where a test is not about what they
 * compute: phases as the input stands, imputes by the panel's frequencies. It is what they are to genotype-impute: the
 * same options, files and versions. */
#include <htslib/vcf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *what) {
  fprintf(stderr, "error: %s\n", what);
  exit(1);
}

static const char *option(int argc, char **argv, const char *name) {
  for (int i = 1; i + 1 < argc; i++)
    if (strcmp(argv[i], name) == 0)
      return argv[i + 1];
  fail(name);
  return NULL;
}

typedef struct reading {
  htsFile *file;
  bcf_hdr_t *header;
  bcf1_t *record;
  int32_t *gt;
  int room, more;
} reading;

static void next(reading *r) { r->more = bcf_read(r->file, r->header, r->record) == 0; }

static reading open_for_reading(const char *path) {
  reading r = {.file = hts_open(path, "r"), .record = bcf_init()};
  r.header = r.file ? bcf_hdr_read(r.file) : NULL;
  if (!r.header || !r.record)
    fail(path);
  next(&r);
  return r;
}

static void take_genotypes(reading *r) {
  if (bcf_get_genotypes(r->header, r->record, &r->gt, &r->room) != 2 * bcf_hdr_nsamples(r->header))
    fail("genotypes");
}

static void phase(const char *target, const char *prefix) {
  char path[4096];
  snprintf(path, sizeof path, "%s.bcf", prefix);
  reading in = open_for_reading(target);
  htsFile *out = hts_open(path, "wb");
  if (!out || bcf_hdr_write(out, in.header) != 0)
    fail(path);
  for (; in.more; next(&in)) {
    take_genotypes(&in);
    for (int i = 0; i < 2 * bcf_hdr_nsamples(in.header); i++) {
      int allele = bcf_gt_is_missing(in.gt[i]) ? 0 : bcf_gt_allele(in.gt[i]);
      in.gt[i] = i % 2 ? bcf_gt_phased(allele) : bcf_gt_unphased(allele);
    }
    if (bcf_update_genotypes(in.header, in.record, in.gt, 2 * bcf_hdr_nsamples(in.header)) != 0 ||
        bcf_write(out, in.header, in.record) != 0)
      fail(path);
  }
  if (hts_close(out) != 0)
    fail(path);
}

static float frequency(reading *panel) {
  int n = 2 * bcf_hdr_nsamples(panel->header), count = 0;
  take_genotypes(panel);
  for (int i = 0; i < n; i++)
    count += bcf_gt_allele(panel->gt[i]);
  return (float)count / (float)n;
}

static void impute(const char *msav, const char *target, const char *output) {
  char path[4096];
  size_t stem = strlen(msav) - strlen("msav");
  snprintf(path, sizeof path, "%.*spanel.bcf", (int)stem, msav);
  reading panel = open_for_reading(path), typed = open_for_reading(target);
  int n = bcf_hdr_nsamples(typed.header);
  bcf_hdr_t *header = bcf_hdr_dup(typed.header);
  htsFile *out = hts_open(output, "wb");
  int32_t *gt = malloc(2 * (size_t)n * sizeof *gt);
  float *ds = malloc((size_t)n * sizeof *ds), *gp = malloc(3 * (size_t)n * sizeof *gp);
  if (!header || !out || !gt || !ds || !gp ||
      bcf_hdr_append(header, "##INFO=<ID=R2,Number=1,Type=Float,Description=\"r2\">") != 0 ||
      bcf_hdr_append(header, "##FORMAT=<ID=DS,Number=1,Type=Float,Description=\"dosage\">") != 0 ||
      bcf_hdr_append(header, "##FORMAT=<ID=GP,Number=3,Type=Float,Description=\"probabilities\">") != 0 ||
      bcf_hdr_write(out, header) != 0)
    fail(output);
  for (; panel.more; next(&panel)) {
    float af = frequency(&panel), r2 = 0.5f;
    bcf1_t *b = panel.record;
    while (typed.more && typed.record->pos < b->pos)
      next(&typed);
    int known = typed.more && typed.record->pos == b->pos;
    if (known)
      take_genotypes(&typed);
    for (int k = 0; k < n; k++) {
      int x = known ? bcf_gt_allele(typed.gt[2 * k]) : af > 0.7f;
      int y = known ? bcf_gt_allele(typed.gt[2 * k + 1]) : af > 0.5f;
      float p = known ? (float)(x + y) / 2 : af;
      gt[2 * k] = bcf_gt_unphased(x);
      gt[2 * k + 1] = bcf_gt_phased(y);
      ds[k] = 2 * p;
      gp[3 * k] = (1 - p) * (1 - p);
      gp[3 * k + 1] = 2 * p * (1 - p);
      gp[3 * k + 2] = p * p;
    }
    bcf_unpack(b, BCF_UN_ALL);
    bcf1_t *made = bcf_init();
    made->rid = b->rid; /* one header for all: genotype-impute's */
    made->pos = b->pos;
    if (bcf_update_alleles(header, made, (const char **)b->d.allele, b->n_allele) != 0 ||
        bcf_update_info_float(header, made, "R2", &r2, 1) != 0 || bcf_update_genotypes(header, made, gt, 2 * n) != 0 ||
        bcf_update_format_float(header, made, "DS", ds, n) != 0 ||
        bcf_update_format_float(header, made, "GP", gp, 3 * n) != 0 || bcf_write(out, header, made) != 0)
      fail(output);
    bcf_destroy(made);
  }
  if (hts_close(out) != 0)
    fail(output);
}

int main(int argc, char **argv) {
  const char *slash = strrchr(argv[0], '/'), *name = slash ? slash + 1 : argv[0];
  if (argc > 1 && strcmp(argv[1], "--help") == 0)
    puts("Eagle v0 (stand-in)");
  else if (argc > 1 && strcmp(argv[1], "--version") == 0)
    puts("minimac v0 (stand-in)");
  else if (argc > 2 && strcmp(argv[1], "--compress-reference") == 0)
    fputs("no panel at all s1r\n", stdout);
  else if (strcmp(name, "bio-eagle") == 0)
    phase(option(argc, argv, "--vcfTarget"), option(argc, argv, "--outPrefix"));
  else
    impute(argv[1], argv[2], option(argc, argv, "--output"));
  return 0;
}
