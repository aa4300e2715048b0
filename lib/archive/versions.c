#include <dtcgeno.h>

#include <string.h>
#include <zip.h>
#include <zlib.h>

const char *dtc_library_version(const char *library) {
  if (strcmp(library, "libzip") == 0)
    return zip_libzip_version();
  return strcmp(library, "zlib") == 0 ? zlibVersion() : NULL;
}
