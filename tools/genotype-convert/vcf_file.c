#include "genotype-convert/vcf_file.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct vcf_file {
  dtc_writer *writer; /* NULL once it is ended */
  output *data, *index;
  uint64_t records, bytes;
};

static int open_index(vcf_file *v, const char *path, dtc_index index, fault *f) {
  if (index == DTC_INDEX_NONE)
    return 0;
  if (!output_is_regular(v->data))
    return fault_set(f, EXIT_USAGE, "an index needs an output that is a file");
  v->index = output_open_beside(path, index == DTC_INDEX_TBI ? ".tbi" : ".csi", f);
  return v->index ? 0 : -1;
}

vcf_file *vcf_file_open(const char *path, dtc_index index, dtc_writer *writer, fault *f) {
  vcf_file *v = calloc(1, sizeof *v);
  if (!v) {
    fault_set(f, EXIT_TROUBLE, "out of memory");
    return NULL;
  }
  v->writer = writer;
  v->data = output_open(path, f);
  if (v->data && open_index(v, path, index, f) == 0)
    return v;
  vcf_file_free(v);
  return NULL;
}

/* What the library says of the data, in the words of every other output. */
static int data_failed(const vcf_file *v, dtc_status status, const dtc_diag *diag, fault *f) {
  if (status == DTC_IO_WRITE && !diag->system_errno)
    return output_fail_words(v->data, diag->expected, f);
  errno = status == DTC_IO_WRITE ? diag->system_errno : ENOMEM;
  return output_fail(v->data, f);
}

int vcf_file_begin(vcf_file *v, const dtc_conversion *conversion, fault *f) {
  const dtc_target target = {
      .fd = output_fd(v->data), .path = output_path(v->data), .index_path = v->index ? output_path(v->index) : NULL};
  dtc_diag diag = {0};
  dtc_status status = dtc_writer_begin(v->writer, conversion, &target, &diag);
  return status == DTC_OK ? 0 : data_failed(v, status, &diag, f);
}

int vcf_file_add(vcf_file *v, const dtc_record *r) {
  v->records++;
  return dtc_writer_add(v->writer, r);
}

int vcf_file_close(vcf_file *v, fault *f) {
  dtc_writer *writer = v->writer;
  dtc_diag diag = {0};
  v->writer = NULL;
  dtc_status status = dtc_writer_end(writer, &v->bytes, &diag);
  if (status != DTC_OK)
    return data_failed(v, status, &diag, f);
  if (output_adopt(v->data, v->bytes, f) != 0 || output_finish(v->data, NULL, 0, f) != 0)
    return -1;
  if (!v->index)
    return 0;
  return output_adopt(v->index, OUTPUT_ANY_LENGTH, f) != 0 ? -1 : output_finish(v->index, NULL, 0, f);
}

int vcf_file_publish(vcf_file *v, fault *f) {
  if (output_remove_indexes(v->data, f) != 0 || output_publish(v->data, f) != 0)
    return -1;
  return v->index ? output_publish(v->index, f) : 0;
}

const output *vcf_file_output(const vcf_file *v) { return v->data; }

void vcf_file_retract(vcf_file *v) {
  if (!v)
    return;
  output_retract(v->data);
  output_retract(v->index);
}

void vcf_file_free(vcf_file *v) {
  if (!v)
    return;
  if (v->writer)
    dtc_writer_give_up(v->writer);
  output_free(v->data);
  output_free(v->index);
  free(v);
}

uint64_t vcf_file_records(const vcf_file *v) { return v->records; }
uint64_t vcf_file_bytes(const vcf_file *v) { return v->bytes; }
