#include "vcf/writer/layout.h"

const unsigned char bgzf_eof[BGZF_EOF_BYTES] = {0x1f, 0x8b, 8,    4, 0, 0, 0, 0, 0, 0xff, 6, 0, 'B', 'C',
                                                2,    0,    0x1b, 0, 3, 0, 0, 0, 0, 0,    0, 0, 0,   0};
