/* catalogs.h - all of i18n/, made at build by local.mk. Only catalog.c looks at it. */
#ifndef ARRAY_UPLOAD_PAGES_CATALOGS_H
#define ARRAY_UPLOAD_PAGES_CATALOGS_H

#include "array-upload/pages/catalog.h"

extern const catalog catalogs[];
extern const size_t catalog_count;

#endif
