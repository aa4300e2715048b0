/* output.h - what a command of the operator prints, for secrets that a KMS, a
 * TPM or Vault holds. */
#ifndef ARRAY_UPLOAD_SEAL_OUTPUT_H
#define ARRAY_UPLOAD_SEAL_OUTPUT_H

#include <stddef.h>

/* Runs `command` by /bin/sh and waits at most 30 s; its standard output,
 * NUL-terminated, goes to out. Its standard error is ours. 0, or -1: it could
 * not be started, failed, took too long or said more than fits. Safe in a
 * process with threads. */
int output_of(const char *command, char *out, size_t size);

#endif
