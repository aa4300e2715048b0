#include "python/native/arrow.h"

#include "python/native/arrow_columns.h"

#include <errno.h>
#include <stdlib.h>

/* Rows of one array of the stream: their names need at most 64 MiB, so that 32-bit offsets do. */
enum { CHUNK_ROWS = 1 << 20 };

typedef struct stream_state {
  rows *rows;
  size_t next;
  const char *error;
} stream_state;

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out) {
  stream_state *state = stream->private_data;
  int failed = arrow_columns_schema(out);
  state->error = failed ? "out of memory" : NULL;
  return failed;
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out) {
  stream_state *state = stream->private_data;
  size_t left = rows_calls(state->rows)->count - state->next, count = left < CHUNK_ROWS ? left : CHUNK_ROWS;
  state->error = NULL;
  if (!count) {
    *out = (struct ArrowArray){.release = NULL}; /* the end */
    return 0;
  }
  int failed = arrow_columns_rows(state->rows, state->next, count, out);
  if (failed)
    state->error = "out of memory";
  else
    state->next += count;
  return failed;
}

static const char *get_last_error(struct ArrowArrayStream *stream) {
  return ((stream_state *)stream->private_data)->error;
}

static void release_stream(struct ArrowArrayStream *stream) {
  stream_state *state = stream->private_data;
  rows_drop(state->rows);
  free(state);
  stream->release = NULL;
}

/* A consumer moves the structure out of the capsule and leaves release NULL; else it is released here. */
static void end_stream_capsule(PyObject *capsule) {
  struct ArrowArrayStream *stream = PyCapsule_GetPointer(capsule, "arrow_array_stream");
  if (stream->release)
    stream->release(stream);
  free(stream);
}

static void end_schema_capsule(PyObject *capsule) {
  struct ArrowSchema *schema = PyCapsule_GetPointer(capsule, "arrow_schema");
  if (schema->release)
    schema->release(schema);
  free(schema);
}

PyObject *arrow_stream_capsule(rows *r) {
  struct ArrowArrayStream *stream = malloc(sizeof *stream);
  stream_state *state = malloc(sizeof *state);
  if (!stream || !state) {
    free(stream);
    free(state);
    return PyErr_NoMemory();
  }
  *state = (stream_state){.rows = rows_hold(r)};
  *stream = (struct ArrowArrayStream){.get_schema = get_schema,
                                      .get_next = get_next,
                                      .get_last_error = get_last_error,
                                      .release = release_stream,
                                      .private_data = state};
  PyObject *capsule = PyCapsule_New(stream, "arrow_array_stream", end_stream_capsule);
  if (!capsule) {
    release_stream(stream);
    free(stream);
  }
  return capsule;
}

PyObject *arrow_schema_capsule(void) {
  struct ArrowSchema *schema = malloc(sizeof *schema);
  if (!schema || arrow_columns_schema(schema) != 0) {
    free(schema);
    return PyErr_NoMemory();
  }
  PyObject *capsule = PyCapsule_New(schema, "arrow_schema", end_schema_capsule);
  if (!capsule) {
    schema->release(schema);
    free(schema);
  }
  return capsule;
}
