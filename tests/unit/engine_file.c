#include "unit/engine_file.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct engine_file {
  const vcf_layout *layout;
  vcf_writer *writer; /* NULL: no file is open in it */
  output *data, *index;
  uint64_t records, bytes;
};

static int open_index(engine_file *v, const char *path, fault *f) {
  if (v->layout->index == DTC_INDEX_NONE)
    return 0;
  if (!output_is_regular(v->data))
    return fault_set(f, EXIT_USAGE, "an index needs an output that is a file");
  v->index = output_open_beside(path, v->layout->index == DTC_INDEX_TBI ? ".tbi" : ".csi", f);
  return v->index ? 0 : -1;
}

engine_file *engine_file_open(const char *path, const vcf_layout *layout, vcf_writer *writer, fault *f) {
  engine_file *v = calloc(1, sizeof *v);
  if (!v) {
    fault_set(f, EXIT_TROUBLE, "out of memory");
    return NULL;
  }
  v->layout = layout;
  v->data = output_open(path, f);
  if (!v->data || open_index(v, path, f) != 0) {
    engine_file_free(v);
    return NULL;
  }
  const vcf_target target = {
      .fd = output_fd(v->data), .path = output_path(v->data), .index_path = v->index ? output_path(v->index) : NULL};
  if (vcf_writer_begin(writer, layout, &target) != 0) {
    output_fail(v->data, f);
    engine_file_free(v);
    return NULL;
  }
  v->writer = writer;
  return v;
}

int engine_file_add(engine_file *v, const record *r) {
  v->records++;
  return vcf_writer_add(v->writer, r);
}

int engine_file_close(engine_file *v, fault *f) {
  vcf_writer *writer = v->writer;
  v->writer = NULL;
  if (vcf_writer_end(writer, &v->bytes) != 0)
    return writer->trouble ? output_fail_words(v->data, writer->trouble, f) : output_fail(v->data, f);
  const void *tail = vcf_type_is_bgzf(v->layout->type) ? bgzf_eof : NULL;
  if (output_adopt(v->data, v->bytes, f) != 0 || output_finish(v->data, tail, sizeof bgzf_eof, f) != 0)
    return -1;
  if (!v->index)
    return 0;
  return output_adopt(v->index, OUTPUT_ANY_LENGTH, f) != 0 ? -1 : output_finish(v->index, bgzf_eof, sizeof bgzf_eof, f);
}

int engine_file_publish(engine_file *v, fault *f) {
  if (output_remove_indexes(v->data, f) != 0 || output_publish(v->data, f) != 0)
    return -1;
  return v->index ? output_publish(v->index, f) : 0;
}

const output *engine_file_output(const engine_file *v) { return v->data; }

void engine_file_retract(engine_file *v) {
  if (!v)
    return;
  output_retract(v->data);
  output_retract(v->index);
}

void engine_file_free(engine_file *v) {
  if (!v)
    return;
  if (v->writer)
    vcf_writer_give_up(v->writer);
  output_free(v->data);
  output_free(v->index);
  free(v);
}

uint64_t engine_file_records(const engine_file *v) { return v->records; }
uint64_t engine_file_bytes(const engine_file *v) { return v->bytes; }
