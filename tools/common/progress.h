/* progress.h - a bar on standard error, redrawn in place; silent where it is not wanted. Many threads may advance it.
 */
#ifndef COMMON_PROGRESS_H
#define COMMON_PROGRESS_H

#include <stdint.h>

typedef struct progress progress;

/* label is borrowed. show 0, or no memory: NULL, which all functions take. */
progress *progress_new(int show, const char *label, uint64_t total);
void progress_advance(progress *p, uint64_t amount);
/* What takes the bar off its line, to be printed before anything else on standard error; it is drawn again. */
const char *progress_clear(const progress *p);
/* Takes the bar off the screen. */
void progress_free(progress *p);

#endif
