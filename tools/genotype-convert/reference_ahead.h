/* reference_ahead.h - the next piece of a file, read by a thread of its own while the last one is looked at. */
#ifndef CONVERT_REFERENCE_AHEAD_H
#define CONVERT_REFERENCE_AHEAD_H

#include <stddef.h>
#include <stdint.h>

typedef struct read_ahead read_ahead;

/* pieces: the largest. fd is borrowed. NULL where memory or threads run out: then there is no reading ahead. */
read_ahead *read_ahead_new(int fd, size_t piece_bytes);
void read_ahead_free(read_ahead *a); /* NULL allowed */
/* Begins to read a piece; what was begun before is forgotten. */
void read_ahead_begin(read_ahead *a, uint64_t from, size_t length_bytes);
/* Where the piece that was begun last holds the byte at offset: waits for it, takes it in exchange for *buffer (of
 * piece_bytes), tells where it begins, and returns its length. 0 where it does not, or could not be read. */
size_t read_ahead_take(read_ahead *a, uint64_t offset, uint8_t **buffer, uint64_t *from);

/* pread until all is there. 0 where the file is shorter or cannot be read. */
int read_piece(int fd, uint64_t from, uint8_t *buffer, size_t length_bytes);

#endif
