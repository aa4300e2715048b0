/* extra.h - extra fields of zip headers (PKWARE APPNOTE 4.5): their shape, and those that change what an entry means.
 */
#ifndef DTC_ARCHIVE_EXTRA_H
#define DTC_ARCHIVE_EXTRA_H

#include <dtcgeno.h>

/* What a header's extra fields say. Pointers lie inside the bytes scanned. */
typedef struct extra_facts {
  const unsigned char *zip64; /* NULL where there is none */
  size_t zip64_bytes;
  const unsigned char *path; /* Info-ZIP's Unicode path (0x7075) without its head, or NULL */
  size_t path_bytes;
  uint32_t path_crc; /* of the name it replaces */
  int is_encrypted;  /* an encryption header announces itself */
} extra_facts;

/* The fields must fill length_bytes exactly. at_byte is their place in the file. */
dtc_status extra_scan(const unsigned char *bytes, size_t length_bytes, uint64_t at_byte, extra_facts *facts,
                      dtc_diag *diag);

/* Sizes and offset of a header: the 32 bits it holds, or the 64 that its marker refers to. */
typedef struct extra_sizes {
  uint64_t unpacked_bytes, packed_bytes, header_at;
  uint32_t disk;
} extra_sizes;

/* Replaces markers by the zip64 field's values, of which there must be as many as markers. A local header without
 * markers may repeat both sizes there; it has no header_at and no disk: pass 0 for both. */
dtc_status extra_widen(const extra_facts *facts, uint64_t at_byte, int is_local, extra_sizes *sizes, dtc_diag *diag);

#endif
