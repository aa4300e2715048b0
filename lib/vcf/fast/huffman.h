/* huffman.h - codes of limited length for an alphabet, in deflate's canonical order (RFC 1951, 3.2.2). */
#ifndef VCF_HUFFMAN_H
#define VCF_HUFFMAN_H

#include <stdint.h>

enum { HUFFMAN_SYMBOLS_MAX = 288 };

/* From how often each symbol occurs to its length in bits (0: does not occur) and its code, first bit lowest. limit: 7
 * or 15. With fewer than two symbols in use there are still two codes of one bit, since some decoders refuse a code
 * that is not complete. */
void huffman_build(const uint32_t *counts, unsigned n, unsigned limit, uint8_t *lengths, uint16_t *codes);

#endif
