#include "genotype-impute/record_file.h"

#include <stdlib.h>
#include <string.h>

static int no_writing(const record_file *r, fault *f) {
  return fault_set(f, EXIT_TROUBLE, "%s: cannot be written; the disk may be full", r->shown);
}

int record_file_create(record_file *r, const char *path, const char *mode, bcf_hdr_t *header, const char *index_path,
                       fault *f) {
  *r = (record_file){.shown = path, .header = header, .index_path = index_path ? strdup(index_path) : NULL};
  r->file = header ? hts_open(path, mode) : NULL;
  r->record = bcf_init();
  if (!r->file || !r->record || bcf_hdr_write(r->file, header) < 0)
    return no_writing(r, f);
  int tbi = mode[1] == 'z';
  return index_path && (!r->index_path || bcf_idx_init(r->file, header, tbi ? 0 : 14, r->index_path) < 0)
             ? no_writing(r, f)
             : 0;
}

int record_file_put(record_file *r, bcf1_t *record, fault *f) {
  return bcf_write(r->file, r->header, record) < 0 ? no_writing(r, f) : 0;
}

int record_file_finish(record_file *r, fault *f) {
  int failed = r->index_path && bcf_idx_save(r->file) < 0;
  failed |= hts_close(r->file) != 0;
  r->file = NULL;
  return failed ? no_writing(r, f) : 0;
}

int record_file_open(record_file *r, const char *path, const char *shown, fault *f) {
  *r = (record_file){.shown = shown, .file = hts_open(path, "r"), .record = bcf_init()};
  if (!r->file || !r->record)
    return fault_system(f, shown, "cannot open it");
  r->header = bcf_hdr_read(r->file);
  if (!r->header)
    return fault_set(f, EXIT_REFUSED,
                     "%s: is no VCF or BCF: its header cannot be read (a VCF begins with ##fileformat=VCFv4)", shown);
  return record_file_next(r, f);
}

int record_file_next(record_file *r, fault *f) {
  int got = bcf_read(r->file, r->header, r->record);
  r->more = got == 0;
  /* names that the header does not have harm nobody: Beagle's own header has no contigs */
  if (got < -1 || (got == 0 && (r->record->errcode & ~(BCF_ERR_CTG_UNDEF | BCF_ERR_TAG_UNDEF))))
    return fault_set(f, EXIT_REFUSED, "%s: is damaged behind its position %lld", r->shown,
                     (long long)r->record->pos + 1);
  return 0;
}

void record_file_free(record_file *r) {
  if (r->record)
    bcf_destroy(r->record);
  if (r->header)
    bcf_hdr_destroy(r->header);
  if (r->file)
    hts_close(r->file); /* read only, or already told as failed */
  free(r->index_path);
  *r = (record_file){.more = 0};
}
