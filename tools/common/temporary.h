/* temporary.h - the temporary files of this process, known to the handler of signals, so that none is left behind. */
#ifndef COMMON_TEMPORARY_H
#define COMMON_TEMPORARY_H

#include <stdatomic.h>
#include <sys/types.h>

typedef struct temporary temporary;

/* Catches SIGINT, SIGTERM and SIGHUP, and SIGBUS, which becomes EXIT_TROUBLE where a mapped file is to blame; ignores
 * SIGPIPE (a closed pipe is a failed write) and SIGXFSZ, learns the umask. Once, before threads. */
void temporary_setup(void);
/* From here on any exit(), abort() or crash of the process, as of libraries without memory, removes the temporary files
 * and becomes EXIT_TROUBLE, in words;
 * 0, or nonzero without memory. temporary_leave says that the exit that follows is meant; it returns its argument. */
int temporary_guard(void);
int temporary_leave(int exit_status);
/* For a run of many steps, each whole by itself: the first of those signals only sets *asked to its number, so that the
 * run can end between two steps; the second one ends it as before. temporary_end ends it as the signal would have. */
void temporary_ask_first(atomic_int *asked);
void temporary_end(int number);
/* 0666 without the umask. */
mode_t temporary_mode(void);

/* Creates and opens a file in folder ("" or ending in '/'); at most 256 at a time. NULL: errno says why. */
temporary *temporary_new(const char *folder, int *fd);
/* Where it stands until it is renamed: for libraries that open by name. */
const char *temporary_path(const temporary *t);
/* 0, or -1 and errno; after success the file is no longer temporary. */
int temporary_rename(temporary *t, const char *path);
/* Removes the file unless it was renamed. NULL is fine. */
void temporary_free(temporary *t);

#endif
