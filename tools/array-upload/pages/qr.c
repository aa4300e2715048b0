#include "config.h"

#include "array-upload/pages/qr.h"

#ifdef HAVE_QRENCODE
#include <qrencode.h>

int qr_svg(buffer *out, const char *text) {
  enum { QUIET = 4 };
  QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);
  if (!code)
    return 0;
  int width = code->width, whole = width + 2 * QUIET;
  buffer_format(out,
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"QR code of the upload link\" "
                "shape-rendering=\"crispEdges\">"
                "<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path fill=\"#000\" d=\"",
                whole, whole, whole, whole);
  for (int y = 0; y < width; y++)
    for (int x = 0; x < width; x++) {
      int run = 0;
      while (x + run < width && code->data[y * width + x + run] & 1)
        run++;
      if (run)
        buffer_format(out, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, run, run);
      x += run;
    }
  buffer_text(out, "\"/></svg>");
  QRcode_free(code);
  return 1;
}
#else
int qr_svg(buffer *out, const char *text) {
  (void)out;
  (void)text;
  return 0;
}
#endif
