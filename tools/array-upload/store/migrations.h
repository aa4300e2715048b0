/* migrations.h - the numbered SQL files, embedded at build by local.mk. Version = number of files. */
#ifndef ARRAY_UPLOAD_STORE_MIGRATIONS_H
#define ARRAY_UPLOAD_STORE_MIGRATIONS_H

extern const char *const migrations_sqlite[];
extern const char *const migrations_postgres[];
extern const unsigned migrations_count;

#endif
