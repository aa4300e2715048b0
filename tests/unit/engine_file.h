/* engine_file.h - a file of records by one of the engines, without a conversion around it: for tests of the engines and
 * for measuring them. As tools/genotype-convert/vcf_file.h is for the tool. */
#ifndef UNIT_ENGINE_FILE_H
#define UNIT_ENGINE_FILE_H

#include "common/output.h"
#include "vcf/writer/writer.h"

typedef struct engine_file engine_file;

/* path NULL: standard output. layout and writer are borrowed until engine_file_close; the writer belongs to this file
 * alone between the two. NULL: the fault is set. */
engine_file *engine_file_open(const char *path, const vcf_layout *layout, vcf_writer *writer, fault *f);
/* Records in the order of the output. Returns 0, or -1 when memory ran out or a write failed, which close tells. */
int engine_file_add(engine_file *v, const record *r);
/* Ends data and index: complete and on the disk under temporary names. */
int engine_file_close(engine_file *v, fault *f);
/* Data and index get their names; an older index that does not belong to the data goes first. */
int engine_file_publish(engine_file *v, fault *f);
/* The data's; the index stands in the same folder. */
const output *engine_file_output(const engine_file *v);
void engine_file_retract(engine_file *v);
void engine_file_free(engine_file *v); /* NULL is fine */

uint64_t engine_file_records(const engine_file *v);
uint64_t engine_file_bytes(const engine_file *v); /* after close */

#endif
