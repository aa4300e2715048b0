/* qr.h - a QR code as SVG. */
#ifndef ARRAY_UPLOAD_PAGES_QR_H
#define ARRAY_UPLOAD_PAGES_QR_H

#include "array-upload/pages/buffer.h"

/* Appends an <svg> of `text`, dark on white whatever the colour scheme, with the quiet zone of four modules. Returns 1;
 * 0 where the text is too long or the program was built without libqrencode: then nothing was added. */
int qr_svg(buffer *out, const char *text);

#endif
