/* text.h - names, chromosomes and genotypes as str objects: what a data frame shows. */
#ifndef DTC_PYTHON_TEXT_H
#define DTC_PYTHON_TEXT_H

#include "python/native/module.h"

/* How a label stands in a frame and in Arrow: "1".."22", "X", "Y", "MT", "PAR", "0" where the vendor placed nothing. */
const char *text_chrom(unsigned label);
/* The letters as written, one or two, with a NUL; text has 3 bytes. The length; 0 for a no-call. */
unsigned text_genotype(uint8_t genotype, char *text);

/* what: "rsid", "chrom" or "genotype". missing stands for a no-call. Equal chromosomes and genotypes are one object.
 * Into an array of objects (NumPy's: a writable, contiguous buffer of format "O" and as many items as rows), which may
 * be filled in part when it fails; or as a new list. None, or the list; NULL and an exception. */
PyObject *text_fill(const dtc_calls *calls, const char *what, PyObject *array, PyObject *missing);
PyObject *text_list(const dtc_calls *calls, const char *what, PyObject *missing);

#endif
