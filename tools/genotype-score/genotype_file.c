#include "genotype-score/genotype_file.h"

#include "common/bcf_stream.h"
#include "genotype-score/marker.h"

#include <htslib/vcf.h>
#include <stdlib.h>
#include <string.h>

struct genotype_file {
  bcf_stream *stream;
  dtc_build build;
  record_keys keys;
};

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

genotype_file *genotype_file_open(const char *path, int fast, fault *f) {
  genotype_file *g = calloc(1, sizeof *g);
  if (!g) {
    fault_memory(f);
    return NULL;
  }
  g->stream = bcf_stream_open(path, path, f);
  if (!g->stream) {
    genotype_file_free(g);
    return NULL;
  }
  if (fast)
    bcf_stream_fast(g->stream);
  g->build = build_of(bcf_stream_header(g->stream));
  g->keys = (record_keys){bcf_stream_key(g->stream, BCF_HL_FMT, "GT"), bcf_stream_key(g->stream, BCF_HL_FMT, "DS"),
                          bcf_stream_key(g->stream, BCF_HL_FMT, "GP"), bcf_stream_key(g->stream, BCF_HL_INFO, "AF")};
  return g;
}

void genotype_file_free(genotype_file *g) {
  if (!g)
    return;
  bcf_stream_free(g->stream);
  free(g);
}

size_t genotype_file_sample_count(const genotype_file *g) {
  return (size_t)bcf_hdr_nsamples(bcf_stream_header(g->stream));
}
const char *genotype_file_sample(const genotype_file *g, size_t i) { return bcf_stream_header(g->stream)->samples[i]; }
dtc_build genotype_file_build(const genotype_file *g) { return g->build; }
const record_keys *genotype_file_keys(const genotype_file *g) { return &g->keys; }

int genotype_file_next(genotype_file *g, uint64_t *place, fault *f) {
  unsigned contig = 0;
  uint32_t position = 0;
  int got = bcf_stream_next(g->stream, &contig, &position, f);
  *place = marker_place(contig, position);
  return got;
}

int genotype_file_take(genotype_file *g, record *r, fault *f) { return bcf_stream_take(g->stream, &r->bcf, f); }
