#include "vcf/writer/hts_parcel.h"

#include "vcf/writer/hts_record.h"
#include "vcf/writer/vcf_text.h"

#include <stdlib.h>
#include <string.h>

enum { WHOLE = 255 };

typedef struct parcel_head {
  uint32_t position;
  uint16_t shape; /* of one that goes whole: 0, or to be kept by this number */
  uint8_t contig_index;
  uint8_t name_bytes; /* WHOLE: a packed record follows, and the rest of the head says nothing */
} parcel_head;
_Static_assert(sizeof(parcel_head) == PARCEL_HEAD_BYTES, "the head is as long as hts_parcel.h says");
_Static_assert(DTC_ID_TEXT_MAX < WHOLE && DTC_CONTIG_COUNT <= UINT8_MAX, "a name's length and a contig fit");

struct parcel_receiver {
  bcf1_t *passing;             /* a record that is not kept */
  bcf1_t *kept[PARCEL_SHAPES]; /* by shape, unpacked; NULL where none came yet */
};

static inline int is_kept(const parcel_sender *s, const record *r) {
  return r->shape < PARCEL_SHAPES && s->sent[r->shape];
}

size_t parcel_bound(const parcel_sender *s, const record *r) {
  return PARCEL_HEAD_BYTES + (is_kept(s, r) ? record_ids_bound(r) : hts_record_bound(r));
}

char *parcel_write(parcel_sender *s, char *at, const record *r, int contig_index) {
  char *content = at + PARCEL_HEAD_BYTES, *end;
  parcel_head head = {.name_bytes = WHOLE};
  if (is_kept(s, r)) {
    end = record_ids_write(content, r);
    head = (parcel_head){r->position - 1, r->shape, (uint8_t)contig_index, (uint8_t)(end - content)};
  } else {
    end = hts_record_pack(content, r, contig_index);
    if (!s->whole && r->shape && r->shape < PARCEL_SHAPES) {
      s->sent[r->shape] = 1;
      head.shape = r->shape;
    }
  }
  memcpy(at, &head, sizeof head);
  return end;
}

parcel_receiver *parcel_receiver_new(void) {
  parcel_receiver *r = calloc(1, sizeof *r);
  if (r && (r->passing = bcf_init()))
    return r;
  free(r);
  return NULL;
}

static void destroy(bcf1_t *b) {
  if (b)
    bcf_destroy(b);
}

void parcel_receiver_free(parcel_receiver *r) {
  if (!r)
    return;
  for (unsigned shape = 0; shape < PARCEL_SHAPES; shape++)
    destroy(r->kept[shape]);
  destroy(r->passing);
  free(r);
}

/* Unpacks it as htslib does before it formats, and makes room for any name. */
static int unpack_for_lines(bcf1_t *b) {
  if (bcf_unpack(b, BCF_UN_ALL) != 0)
    return -1;
  if (b->d.m_id > DTC_ID_TEXT_MAX)
    return 0;
  char *room = realloc(b->d.id, DTC_ID_TEXT_MAX + 1);
  if (!room)
    return -1;
  b->d.id = room;
  b->d.m_id = DTC_ID_TEXT_MAX + 1;
  return 0;
}

static bcf1_t *read_whole(parcel_receiver *r, unsigned shape, const char *packed, const char **end) {
  bcf1_t **place = shape ? &r->kept[shape] : &r->passing;
  if (!*place && !(*place = bcf_init()))
    return NULL;
  if (hts_record_unpack(*place, packed, end) != 0 || (shape && unpack_for_lines(*place) != 0))
    return NULL;
  return *place;
}

bcf1_t *parcel_read(parcel_receiver *r, const char *at, const char **end) {
  parcel_head head;
  memcpy(&head, at, sizeof head);
  const char *content = at + PARCEL_HEAD_BYTES;
  if (head.name_bytes == WHOLE)
    return read_whole(r, head.shape, content, end);
  bcf1_t *b = r->kept[head.shape];
  b->rid = head.contig_index;
  b->pos = head.position;
  memcpy(b->d.id, content, DTC_ID_TEXT_MAX); /* of one size: a few moves, where the name's own is a loop */
  b->d.id[head.name_bytes] = '\0';
  *end = content + head.name_bytes;
  return b;
}
