/* diag.h - filling a diagnostic, once, where the trouble is known. */
#ifndef DTC_BASE_DIAG_H
#define DTC_BASE_DIAG_H

#include <dtcgeno.h>

/* Where in the input; 0 for what does not apply. */
typedef struct place {
  uint64_t line, column, byte;
} place;

/* Fills diag (NULL allowed) unless a lower layer has filled it already, and returns status. `format` is printf's, words
 * of our own only: text of the input never goes in. */
dtc_status diag_set(dtc_diag *diag, dtc_status status, place at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The same with what another diagnostic says, whose status it returns. */
dtc_status diag_pass(dtc_diag *diag, const dtc_diag *from);
/* The same for a failed system call; takes errno as it is. */
dtc_status diag_system(dtc_diag *diag, dtc_status status, const char *what);

#endif
