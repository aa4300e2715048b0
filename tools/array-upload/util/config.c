#include "array-upload/util/config.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array-upload/util/encode.h"

enum kind { TEXT, NUMBER, REAL, SWITCH };
enum { VALUE_MAX = 4096 };

/* One row a setting; array-upload.conf says the same to people, and a test compares them. */
static const struct setting {
  const char *section, *key;
  enum kind kind;
  size_t offset;
  const char *preset;
  int64_t min, max;
} settings[] = {
#define FIELD(name) offsetof(struct config, name)
    {"server", "data", TEXT, FIELD(data), "array-upload-data", 0, 0},
    {"server", "listen", TEXT, FIELD(listen), "127.0.0.1:8080", 0, 0},
    {"server", "metrics_listen", TEXT, FIELD(metrics_listen), NULL, 0, 0},
    {"server", "public_url", TEXT, FIELD(public_url), NULL, 0, 0},
    {"server", "master_key", TEXT, FIELD(master_key), NULL, 0, 0},
    {"server", "trusted_proxy", TEXT, FIELD(trusted_proxy), NULL, 0, 0},
    {"server", "user_header", TEXT, FIELD(user_header), NULL, 0, 0},
    {"server", "log_level", TEXT, FIELD(log_level), "info", 0, 0},
    {"server", "threads", NUMBER, FIELD(threads), "4", 1, 64},
    {"server", "connections", NUMBER, FIELD(connections), "1000", 8, 100000},
    {"server", "connections_per_address", NUMBER, FIELD(connections_per_address), "250", 4, 100000},
    {"database", "url", TEXT, FIELD(database_url), NULL, 0, 0},
    {"blob", "url", TEXT, FIELD(blob_url), NULL, 0, 0},
    {"keys", "folder", TEXT, FIELD(keys_folder), NULL, 0, 0},
    {"keys", "file", TEXT, FIELD(keys_file), NULL, 0, 0},
    {"keys", "command", TEXT, FIELD(keys_command), NULL, 0, 0},
    {"keys", "adopt", SWITCH, FIELD(keys_adopt), "no", 0, 1},
    {"keys", "store", TEXT, FIELD(keys_store), NULL, 0, 0},
    {"s3", "endpoint", TEXT, FIELD(s3_endpoint), NULL, 0, 0},
    {"s3", "region", TEXT, FIELD(s3_region), "us-east-1", 0, 0},
    {"s3", "access_key", TEXT, FIELD(s3_access_key), NULL, 0, 0},
    {"s3", "secret_key", TEXT, FIELD(s3_secret_key), NULL, 0, 0},
    {"programs", "validate", TEXT, FIELD(validate), NULL, 0, 0},
    {"programs", "convert", TEXT, FIELD(convert), NULL, 0, 0},
    {"programs", "impute", TEXT, FIELD(impute), NULL, 0, 0},
    {"programs", "score", TEXT, FIELD(score), NULL, 0, 0},
    {"programs", "bcftools", TEXT, FIELD(bcftools), NULL, 0, 0},
    {"programs", "fast", SWITCH, FIELD(fast), "no", 0, 1},
    {"worker", "scratch", TEXT, FIELD(scratch), NULL, 0, 0},
    {"reference", "sites", TEXT, FIELD(sites), NULL, 0, 0},
    {"reference", "fasta", TEXT, FIELD(fasta), NULL, 0, 0},
    {"reference", "assemblies", TEXT, FIELD(assemblies), NULL, 0, 0},
    {"analysis", "panel", TEXT, FIELD(analysis_panel), NULL, 0, 0},
    {"analysis", "engine", TEXT, FIELD(analysis_engine), "eagle-minimac4", 0, 0},
    {"analysis", "scores", TEXT, FIELD(analysis_scores), NULL, 0, 0},
    {"analysis", "ancestry", TEXT, FIELD(analysis_ancestry), NULL, 0, 0},
    {"analysis", "memory", NUMBER, FIELD(analysis_memory), "8192", 256, 1 << 20},
    {"analysis", "threads", NUMBER, FIELD(analysis_threads), "1", 1, 64},
    {"analysis", "at_once", NUMBER, FIELD(analysis_at_once), "1", 1, 16},
    {"limits", "upload_bytes", NUMBER, FIELD(upload_bytes), "26214400", 1024, INT64_C(1) << 34},
    {"limits", "uploads_in_flight", NUMBER, FIELD(uploads_in_flight), "20", 1, 10000},
    {"limits", "attempts", NUMBER, FIELD(attempts), "10", 1, 1000},
    {"limits", "free_bytes", NUMBER, FIELD(free_bytes), "2147483648", 0, INT64_MAX},
    {"limits", "queue_length", NUMBER, FIELD(queue_length), "0", 0, INT64_MAX},
    {"limits", "rate_requests", NUMBER, FIELD(rate_requests), "600", 1, 1000000},
    {"limits", "rate_creates", NUMBER, FIELD(rate_creates), "60", 1, 1000000},
    {"limits", "rate_opens", NUMBER, FIELD(rate_opens), "30", 1, 1000000},
    {"limits", "min_rows", NUMBER, FIELD(min_rows), "10000", 1, 100000000},
    {"limits", "qc_snps_min", NUMBER, FIELD(qc_snps_min), "10000", 0, 100000000},
    {"limits", "qc_call_rate_min", REAL, FIELD(qc_call_rate_min), "0.9", 0, 1},
    {"timers", "page_session", NUMBER, FIELD(page_session_s), "900", 1, 86400},
    {"timers", "grace", NUMBER, FIELD(grace_s), "60", 0, 300},
    {"timers", "idle", NUMBER, FIELD(idle_s), "30", 1, 3600},
    {"timers", "rate_after", NUMBER, FIELD(rate_after_s), "60", 1, 3600},
    {"timers", "min_rate", NUMBER, FIELD(min_rate), "4096", 0, 1 << 30},
    {"timers", "check", NUMBER, FIELD(check_s), "60", 1, 3600},
    {"timers", "convert", NUMBER, FIELD(convert_s), "600", 1, 86400},
    {"timers", "impute", NUMBER, FIELD(impute_s), "14400", 1, 604800},
    {"timers", "score", NUMBER, FIELD(score_s), "900", 1, 86400},
    {"timers", "merge", NUMBER, FIELD(merge_s), "3600", 1, 86400},
    {"timers", "lease", NUMBER, FIELD(lease_s), "60", 2, 3600},
    {"timers", "sweep", NUMBER, FIELD(sweep_s), "10", 1, 3600},
    {"timers", "tries", NUMBER, FIELD(tries), "3", 1, 100},
    {"timers", "download_url", NUMBER, FIELD(download_url_s), "3600", 60, 604800},
    {"timers", "webhook", NUMBER, FIELD(webhook_s), "15", 1, 300},
    {"retention", "original_days", NUMBER, FIELD(retention_original_days), "30", -1, 36500},
    {"retention", "deliverables_days", NUMBER, FIELD(retention_deliverables_days), "90", -1, 36500},
    {"retention", "orphans_max", NUMBER, FIELD(orphans_max), "20", 0, 100000},
    {"webhooks", "allow_loopback", SWITCH, FIELD(allow_loopback_webhooks), "no", 0, 1},
    {"webhooks", "ports", TEXT, FIELD(webhook_ports), "443", 0, 0},
    {"pages", "operator_name", TEXT, FIELD(operator_name), "Array Upload", 0, 0},
    {"pages", "privacy_url", TEXT, FIELD(privacy_url), NULL, 0, 0},
    {"pages", "allow_http_redirects", SWITCH, FIELD(allow_http_redirects), "no", 0, 1},
#undef FIELD
};
enum { N_SETTINGS = sizeof settings / sizeof *settings };

int config_setting(struct config_setting *out, size_t k) {
  if (k >= N_SETTINGS)
    return -1;
  *out = (struct config_setting){settings[k].section, settings[k].key, settings[k].preset};
  return 0;
}

int config_set(char **field, const char *value) {
  char *copy = value == NULL ? NULL : strdup(value);
  if (value != NULL && copy == NULL)
    return -1;
  free(*field);
  *field = copy;
  return 0;
}

static int real_parse(double *out, const char *text) {
  char *end;
  if (!isdigit((unsigned char)*text))
    return -1;
  errno = 0;
  *out = strtod(text, &end);
  return *end == '\0' && errno == 0 ? 0 : -1;
}

static int switch_parse(int64_t *out, const char *text) {
  static const char *const no[] = {"no", "false", "off", "0"}, *const yes[] = {"yes", "true", "on", "1"};
  for (size_t i = 0; i < sizeof no / sizeof *no; i++)
    if (strcmp(text, no[i]) == 0 || strcmp(text, yes[i]) == 0) {
      *out = strcmp(text, yes[i]) == 0;
      return 0;
    }
  return -1;
}

static int setting_apply(struct config *c, const struct setting *s, const char *value) {
  void *field = (char *)c + s->offset;
  switch (s->kind) {
  case TEXT:
    return config_set(field, value != NULL && *value == '\0' ? NULL : value);
  case NUMBER:
    return number_parse(field, value, s->min, s->max);
  case REAL:
    return real_parse(field, value) == 0 && *(double *)field >= (double)s->min && *(double *)field <= (double)s->max
               ? 0
               : -1;
  case SWITCH:
    return switch_parse(field, value);
  }
  return -1;
}

static const struct setting *setting_find(const char *section, const char *key) {
  for (size_t i = 0; i < N_SETTINGS; i++)
    if (strcmp(settings[i].section, section) == 0 && strcmp(settings[i].key, key) == 0)
      return &settings[i];
  return NULL;
}

static char *trim(char *text) {
  while (isspace((unsigned char)*text))
    text++;
  size_t n = strlen(text);
  while (n > 0 && isspace((unsigned char)text[n - 1]))
    text[--n] = '\0';
  return text;
}

/* One line of the file; section holds the current one. 0, or -1 with what is wrong in `why`. */
static int line_read(struct config *c, char *line, char section[64], char *why, size_t why_size) {
  char *text = trim(line);
  if (*text == '\0' || *text == '#' || *text == ';')
    return 0;
  size_t n = strlen(text);
  if (*text == '[') {
    text[n - 1] = text[n - 1] == ']' ? '\0' : text[n - 1];
    snprintf(section, 64, "%s", trim(text + 1));
    for (size_t i = 0; i < N_SETTINGS; i++)
      if (strcmp(settings[i].section, section) == 0)
        return 0;
    snprintf(why, why_size, "there is no section [%s]", section);
    return -1;
  }
  char *equals = strchr(text, '=');
  if (equals == NULL) {
    snprintf(why, why_size, "neither [section] nor key = value");
    return -1;
  }
  *equals = '\0';
  char *key = trim(text), *value = trim(equals + 1);
  const struct setting *s = setting_find(section, key);
  if (s == NULL) {
    snprintf(why, why_size, "there is no setting %s in [%s]", key, section);
    return -1;
  }
  if (setting_apply(c, s, value) != 0) {
    snprintf(why, why_size, "%s cannot be \"%s\"", key, value);
    return -1;
  }
  return 0;
}

static int file_read(struct config *c, const char *path, char *error, size_t error_size) {
  FILE *f = fopen(path, "re");
  if (f == NULL) {
    snprintf(error, error_size, "%s: %s", path, strerror(errno));
    return -1;
  }
  char line[VALUE_MAX], section[64] = "", why[VALUE_MAX + 100];
  int result = 0;
  for (unsigned number = 1; result == 0 && fgets(line, sizeof line, f) != NULL; number++) {
    if (strlen(line) == sizeof line - 1) {
      snprintf(why, sizeof why, "line too long");
      result = -1;
    } else {
      result = line_read(c, line, section, why, sizeof why);
    }
    if (result != 0)
      snprintf(error, error_size, "%s:%u: %.300s", path, number, why);
  }
  if (result == 0 && ferror(f)) {
    snprintf(error, error_size, "%s: cannot be read", path);
    result = -1;
  }
  fclose(f);
  return result;
}

/* A secret's file: its first line. */
static int secret_read(char value[VALUE_MAX], const char *path) {
  FILE *f = fopen(path, "re");
  if (f == NULL)
    return -1;
  int ok = fgets(value, VALUE_MAX, f) != NULL;
  fclose(f);
  if (ok)
    value[strcspn(value, "\r\n")] = '\0';
  return ok ? 0 : -1;
}

static int environment_read(struct config *c, char *error, size_t error_size) {
  for (size_t i = 0; i < N_SETTINGS; i++) {
    char name[128], file_name[140], secret[VALUE_MAX];
    snprintf(name, sizeof name, "ARRAY_UPLOAD_%s_%s", settings[i].section, settings[i].key);
    for (char *p = name; *p != '\0'; p++)
      *p = (char)toupper((unsigned char)*p);
    snprintf(file_name, sizeof file_name, "%s_FILE", name);
    const char *value = getenv(name), *path = getenv(file_name);
    if (value == NULL && path != NULL) {
      if (secret_read(secret, path) != 0) {
        snprintf(error, error_size, "%s: its file cannot be read", file_name);
        return -1;
      }
      value = secret;
    }
    if (value != NULL && setting_apply(c, &settings[i], value) != 0) {
      snprintf(error, error_size, "%s: not a value for %s in [%s]", name, settings[i].key, settings[i].section);
      return -1;
    }
  }
  return 0;
}

int config_load(struct config *c, const char *path, char *error, size_t error_size) {
  memset(c, 0, sizeof *c);
  for (size_t i = 0; i < N_SETTINGS; i++)
    if (settings[i].preset != NULL && setting_apply(c, &settings[i], settings[i].preset) != 0) {
      snprintf(error, error_size, "out of memory");
      config_free(c);
      return -1;
    }
  if ((path != NULL && file_read(c, path, error, error_size) != 0) || environment_read(c, error, error_size) != 0) {
    config_free(c);
    return -1;
  }
  return 0;
}

/* Sets a text setting that is not set yet. */
static int preset_text(char **field, const char *format, const char *value) {
  char text[VALUE_MAX + 64];
  if (*field != NULL)
    return 0;
  int n = snprintf(text, sizeof text, "%s%s", format, value);
  return n > 0 && (size_t)n < sizeof text ? config_set(field, text) : -1;
}

/* The keys lie beside the data folder, never in it: who copies the data does not copy them. */
static int keys_complete(struct config *c) {
  char text[VALUE_MAX + 32];
  size_t n = strlen(c->data);
  while (n > 1 && c->data[n - 1] == '/')
    n--;
  snprintf(text, sizeof text, "%.*s.keys", (int)n, c->data);
  if (preset_text(&c->keys_folder, "", text) != 0)
    return -1;
  snprintf(text, sizeof text, "%s/kek", c->keys_folder);
  if (c->keys_command == NULL && preset_text(&c->keys_file, "", text) != 0)
    return -1;
  snprintf(text, sizeof text, "%s/keys.db", c->keys_folder);
  return preset_text(&c->keys_store, "sqlite:", text);
}

int config_complete(struct config *c, char *error, size_t error_size) {
  char path[VALUE_MAX + 32];
  int ok = c->data != NULL && strlen(c->data) < VALUE_MAX && c->listen != NULL;
  if (ok) {
    snprintf(path, sizeof path, "%s/array-upload.db", c->data);
    ok = preset_text(&c->database_url, "sqlite:", path) == 0;
    snprintf(path, sizeof path, "%s/blobs", c->data);
    ok = ok && preset_text(&c->blob_url, "file:", path) == 0 && preset_text(&c->public_url, "http://", c->listen) == 0;
  }
  ok = ok && keys_complete(c) == 0;
  if (!ok) {
    snprintf(error, error_size, "the data folder or the address is missing or too long");
    return -1;
  }
  if (c->user_header != NULL && c->trusted_proxy == NULL) {
    snprintf(error, error_size, "user_header needs trusted_proxy: anybody could send that header");
    return -1;
  }
  if (c->analysis_engine == NULL ||
      (strcmp(c->analysis_engine, "eagle-minimac4") != 0 && strcmp(c->analysis_engine, "beagle") != 0)) {
    snprintf(error, error_size, "engine in [analysis] is eagle-minimac4 or beagle");
    return -1;
  }
  size_t n = strlen(c->public_url);
  while (n > 0 && c->public_url[n - 1] == '/')
    c->public_url[--n] = '\0';
  if (strncmp(c->public_url, "http://", 7) != 0 && strncmp(c->public_url, "https://", 8) != 0) {
    snprintf(error, error_size, "public_url must begin with https:// or http://");
    return -1;
  }
  return 0;
}

void config_free(struct config *c) {
  for (size_t i = 0; i < N_SETTINGS; i++)
    if (settings[i].kind == TEXT)
      free(*(char **)((char *)c + settings[i].offset));
  memset(c, 0, sizeof *c);
}
