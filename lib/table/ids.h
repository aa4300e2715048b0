/* ids.h - rows in the order of their names, so that one name is found by halving. */
#ifndef DTC_TABLE_IDS_H
#define DTC_TABLE_IDS_H

#include <dtcgeno.h>

/* The rows' numbers, sorted by name; rows of one name keep their order. The caller releases it; NULL when memory runs
 * out, or where there are more rows than 32 bits count. A merge sort: no choice of names makes it slow. */
uint32_t *ids_sort(const dtc_calls *calls, const dtc_allocator *allocator);

/* The first row of that name, or SIZE_MAX. order: what ids_sort() made of these calls, or NULL, which is slow. */
size_t ids_find(const dtc_calls *calls, const uint32_t *order, const char *id);

#endif
