#include "array-upload/util/log.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array-upload/util/clock.h"
#include "array-upload/util/encode.h"

static const char *log_duty = "array-upload"; /* set once before threads start */

void log_start(const char *duty) { log_duty = duty; }

static enum { LEVEL_INFO, LEVEL_NOTICE, LEVEL_ERROR } level = LEVEL_INFO; /* set once before threads start */

int log_level(const char *word) {
  static const char *const words[] = {[LEVEL_INFO] = "info", [LEVEL_NOTICE] = "notice", [LEVEL_ERROR] = "error"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strcmp(words[i], word) == 0) {
      level = i;
      return 0;
    }
  return -1;
}

/* By the event's last word, so that a new event needs no list to stand in. */
static int is_fault(const char *event) {
  static const char *const words[] = {"failed",   "unavailable", "error",    "lost",       "ended",
                                      "given_up", "too_many",    "released", "reply_lost", "bad_request"};
  const char *word = strrchr(event, '.');
  word = word == NULL ? event : word + 1;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strcmp(word, words[i]) == 0)
      return 1;
  return strncmp(word, "no_", 3) == 0 || strncmp(word, "not_", 4) == 0;
}

static int is_silent(const char *event) {
  return (level >= LEVEL_NOTICE && strcmp(event, "http.request") == 0) || (level == LEVEL_ERROR && !is_fault(event));
}

static json_t *log_value(char type, va_list *args) {
  switch (type) {
  case 's': {
    const char *text = va_arg(*args, const char *);
    if (text == NULL)
      return json_null();
    json_t *value = json_string(text);
    return value != NULL ? value : json_string("(not UTF-8)");
  }
  case 'i':
    return json_integer(va_arg(*args, int));
  case 'I':
    return json_integer(va_arg(*args, json_int_t));
  case 'b':
    return json_boolean(va_arg(*args, int));
  case 'f':
    return json_real(va_arg(*args, double));
  }
  return NULL;
}

static void log_write(const char *line, size_t n) {
  while (n > 0) {
    ssize_t written = write(STDERR_FILENO, line, n);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return;
    line += written;
    n -= (size_t)written;
  }
}

void log_event(const char *event, const char *format, ...) {
  char now[TIME_SIZE];
  if (is_silent(event))
    return;
  time_format(now, clock_now());
  json_t *object = json_pack("{s:s, s:s, s:s}", "time", now, "event", event, "duty", log_duty);
  va_list args;
  va_start(args, format);
  for (const char *p = format; object != NULL && *p != '\0';) {
    const char *equals = strchr(p, '=');
    char name[40];
    if (equals == NULL || (size_t)(equals - p) >= sizeof name)
      break;
    memcpy(name, p, (size_t)(equals - p));
    name[equals - p] = '\0';
    json_t *value = log_value(equals[1], &args);
    if (value == NULL || json_object_set_new(object, name, value) != 0)
      break;
    p = equals + 2;
    p += *p == ' ';
  }
  va_end(args);
  char *text = object == NULL ? NULL : json_dumps(object, JSON_COMPACT);
  if (text != NULL) {
    /* The NUL's place takes the newline, so that one write carries the whole line. */
    size_t n = strlen(text);
    text[n] = '\n';
    log_write(text, n + 1);
  }
  free(text);
  json_decref(object);
}
