/* log.h - one JSON object a line on standard error: {"time":…,"event":…,"duty":…, …}. Each line is one write(2), so
 * lines of several processes never mix. Values are escaped by jansson, so nothing in them can start a new line. */
#ifndef ARRAY_UPLOAD_UTIL_LOG_H
#define ARRAY_UPLOAD_UTIL_LOG_H

/* The duty's name put into every line; a string that lives as long as the process. Call once, before threads start. */
void log_start(const char *duty);

/* What is written from now on: "info" all, "notice" all but the line of each request, "error" only what went wrong. 0,
 * or -1: no such word. Before threads start. */
int log_level(const char *word);

/* `format` names the fields in order: letters behind the "=": s text (NULL = null), I json_int_t,
 * i int, b bool, f double. Example: log_event("sample.accepted", "sample=s size=I", id, (json_int_t)size).
 * Fields are separated by one blank. Never pass keys, tokens, file names, metadata, genotypes. */
void log_event(const char *event, const char *format, ...);

#endif
