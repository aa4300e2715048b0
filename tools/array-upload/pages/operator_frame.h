/* operator_frame.h - what the operator's pages share while they are made. Private to the operator_*.c files. */
#ifndef ARRAY_UPLOAD_PAGES_OPERATOR_FRAME_H
#define ARRAY_UPLOAD_PAGES_OPERATOR_FRAME_H

#include "array-upload/pages/operator.h"
#include "array-upload/pages/render.h"

/* The values of a page's own part; a row with room for made texts. Start with frame_begin(). */
void frame_begin(render_row *row, const operator_frame *frame);
/* Fills the template `file` with the row and puts the frame around it. section: "projects", "users", "audit", "account"
 * or NULL. */
int frame_page(buffer *out, const operator_frame *frame, const char *title, const char *section, const char *file,
               const render_row *row);

/* NAME "2026-11-23 17:05 UTC" and NAME_iso; both empty for 0. `iso` is the second one's name. */
void frame_time(render_row *row, const char *name, const char *iso, int64_t time);
void frame_day(render_row *row, const char *name, int64_t time);
void frame_flag(render_row *row, const char *name, int value);
/* `first` and `last` of a list's items: they open and close its table. */
void frame_edges(render_row *row, size_t index, size_t count);
void frame_size(render_row *row, const char *name, uint64_t bytes);
/* The look of a status' badge: good, bad, warn or "". */
const char *frame_status_kind(const char *status);
/* Appends "Previous", "1-50 of 312", "Next" with the addresses PATH?QUERY&offset=N; nothing when all is shown. */
void frame_pager(buffer *out, const char *path, const char *search, const char *status, const operator_range *range);

#endif
