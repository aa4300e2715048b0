/* folder.h - the folders jobs are worked on in: <scratch>/array-upload-<server>/<worker>/<run>/, gone when their worker
 * is. What lies there is in clear, so the scratch is a file system in memory. */
#ifndef ARRAY_UPLOAD_WORKER_FOLDER_H
#define ARRAY_UPLOAD_WORKER_FOLDER_H

#include <stddef.h>

enum { FOLDER_PATH_MAX = 4400 };

struct config;

/* Where conversions work: [worker] scratch, else /dev/shm where that is a tmpfs, else <data>/run. *in_memory says
 * whether it is a file system in memory. 0 or -1 (too long). */
int folder_scratch(char out[FOLDER_PATH_MAX], const struct config *config, int *in_memory);
/* Makes <scratch>/array-upload-<server>/<name>, holds a lock on it as long as the process lives, and removes the
 * folders of workers that are gone. The whole path, absolute, goes to `out`. 0 or -1 (errno). */
int folder_open(char out[FOLDER_PATH_MAX], const char *scratch, const char *server, const char *name);
/* Removes the folders of workers that are gone, beside one of folder_open(). A child that was killed with its worker
 * may hold the lock a moment longer, so this is done again and again. */
void folder_sweep(const char *own);
/* A new, empty folder inside. 0 or -1. */
int folder_make(char out[FOLDER_PATH_MAX], const char *parent, const char *name);
/* Removes it with everything inside, at most 4 levels deep; links are not followed. */
void folder_remove(const char *path);

#endif
