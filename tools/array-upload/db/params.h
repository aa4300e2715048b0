/* params.h - the parameters of a statement, by their C types: PARAMS(sample, now) is $1, a text, and $2, a number. A
 * type that is neither does not compile, and how many there are is held against the statement (db_run()). */
#ifndef ARRAY_UPLOAD_DB_PARAMS_H
#define ARRAY_UPLOAD_DB_PARAMS_H

#include <stddef.h>
#include <stdint.h>

struct db_param {
  int is_text;
  const char *text; /* NULL = NULL */
  int64_t number;
};

struct db_params {
  const struct db_param *list;
  size_t n;
};

static inline struct db_param db_param_text(const char *text) { return (struct db_param){1, text, 0}; }
static inline struct db_param db_param_number(int64_t number) { return (struct db_param){0, NULL, number}; }

/* Whatever an int64_t holds. No unsigned long: a size_t says by a cast that it is small. */
#define DB_PARAM(x) \
  _Generic((x),                      \
      char *: db_param_text,         \
      const char *: db_param_text,   \
      int: db_param_number,          \
      unsigned: db_param_number,     \
      long: db_param_number,         \
      long long: db_param_number)(x)

#define DB_EACH_1(x) DB_PARAM(x)
#define DB_EACH_2(x, ...) DB_PARAM(x), DB_EACH_1(__VA_ARGS__)
#define DB_EACH_3(x, ...) DB_PARAM(x), DB_EACH_2(__VA_ARGS__)
#define DB_EACH_4(x, ...) DB_PARAM(x), DB_EACH_3(__VA_ARGS__)
#define DB_EACH_5(x, ...) DB_PARAM(x), DB_EACH_4(__VA_ARGS__)
#define DB_EACH_6(x, ...) DB_PARAM(x), DB_EACH_5(__VA_ARGS__)
#define DB_EACH_7(x, ...) DB_PARAM(x), DB_EACH_6(__VA_ARGS__)
#define DB_EACH_8(x, ...) DB_PARAM(x), DB_EACH_7(__VA_ARGS__)
#define DB_EACH_9(x, ...) DB_PARAM(x), DB_EACH_8(__VA_ARGS__)
#define DB_EACH_10(x, ...) DB_PARAM(x), DB_EACH_9(__VA_ARGS__)
#define DB_EACH_11(x, ...) DB_PARAM(x), DB_EACH_10(__VA_ARGS__)
#define DB_EACH_12(x, ...) DB_PARAM(x), DB_EACH_11(__VA_ARGS__)
#define DB_SELECT(_1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, name, ...) name
#define DB_EACH(...)                                                                                                \
  DB_SELECT(__VA_ARGS__, DB_EACH_12, DB_EACH_11, DB_EACH_10, DB_EACH_9, DB_EACH_8, DB_EACH_7, DB_EACH_6, DB_EACH_5, \
            DB_EACH_4, DB_EACH_3, DB_EACH_2, DB_EACH_1, )                                                           \
  (__VA_ARGS__)

/* Live until the end of the block; at most twelve. */
#define PARAMS(...)                                                    \
  ((struct db_params){(const struct db_param[]){DB_EACH(__VA_ARGS__)}, \
                      DB_SELECT(__VA_ARGS__, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, )})
#define NO_PARAMS ((struct db_params){NULL, 0})

#endif
