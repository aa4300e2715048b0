/* folder.h - the folders jobs are worked on in: <data>/run/jobs/<worker>/<run>/, gone when their worker is. */
#ifndef ARRAY_UPLOAD_WORKER_FOLDER_H
#define ARRAY_UPLOAD_WORKER_FOLDER_H

#include <stddef.h>

enum { FOLDER_PATH_MAX = 4400 };

/* Makes <data>/run/jobs/<name>, holds a lock on it as long as the process lives, and removes the folders of workers
 * that are gone. The whole path, absolute, goes to `out`. 0 or -1 (errno). */
int folder_open(char out[FOLDER_PATH_MAX], const char *data, const char *name);
/* A new, empty folder inside. 0 or -1. */
int folder_make(char out[FOLDER_PATH_MAX], const char *parent, const char *name);
/* Removes it with everything inside, at most 4 levels deep; links are not followed. */
void folder_remove(const char *path);

#endif
