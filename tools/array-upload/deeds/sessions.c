/* A new upload session, and what an application says about its sample. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "array-upload/deeds/deed.h"
#include "array-upload/util/encode.h"
#include "array-upload/util/log.h"

enum { METADATA_MAX = 64 * 1024, METADATA_DEPTH = 16, IDEMPOTENCY_MAX = 255 };

/* ---- metadata ------------------------------------------------------------------------------------------------------
 */
static int depth(const json_t *value) {
  const char *key;
  json_t *child;
  size_t i;
  int deepest = 0;
  json_object_foreach((json_t *)value, key, child) {
    int d = depth(child);
    deepest = d > deepest ? d : deepest;
  }
  if (json_is_array(value))
    json_array_foreach(value, i, child) {
      int d = depth(child);
      deepest = d > deepest ? d : deepest;
    }
  return json_is_object(value) || json_is_array(value) ? deepest + 1 : 0;
}

static const char *type_name(const json_t *value) {
  return json_is_array(value)     ? "list"
         : json_is_string(value)  ? "str"
         : json_is_integer(value) ? "int"
         : json_is_real(value)    ? "float"
                                  : "bool";
}

/* NULL, or what is wrong with metadata: an object or null, at most 64 KiB and 16 levels. *text: its JSON, in the arena.
 */
static const char *metadata_fault(struct deed *d, const json_t *metadata, const char **text) {
  *text = NULL;
  if (metadata == NULL || json_is_null(metadata))
    return NULL;
  if (!json_is_object(metadata))
    return arena_printf(d->arena, "Expected a dictionary of items but got type \"%s\".", type_name(metadata));
  if (depth(metadata) > METADATA_DEPTH)
    return "Ensure this field has no more than 16 levels.";
  char *json = json_text(metadata);
  if (json == NULL)
    return "Value must be valid JSON.";
  size_t n = strlen(json);
  *text = n > METADATA_MAX ? NULL : arena_strdup(d->arena, json);
  free(json);
  return n > METADATA_MAX ? "Ensure this field has no more than 65536 bytes." : NULL;
}

enum store_result sample_metadata_set(struct deed *d, const char *sample, const json_t *metadata, const char **text) {
  const char *fault = metadata_fault(d, metadata, text);
  if (fault != NULL) {
    fault_add(d->faults, "metadata", fault);
    return STORE_CONFLICT;
  }
  return store_sample_set_metadata(d->store, sample, *text, d->now);
}

/* The API's clients make file names of it, so it must never be empty or lead anywhere. */
static const char *client_id_of(const json_t *metadata, const char *sample) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  const char *id = json_string_value(json_object_get(metadata, "client_id"));
  size_t n = id == NULL ? 0 : strlen(id);
  if (n == 0 || n > 64 || strspn(id, letters) != n || strspn(id, ".") == n)
    return sample;
  return id;
}

/* ---- redirects -----------------------------------------------------------------------------------------------------
 */
const char *redirect_fault(const struct config *c, const char *url) {
  static const char invalid[] = "Enter a valid URL.", only_https[] = "Only HTTPS URLs are allowed.";
  size_t scheme = strncasecmp(url, "https://", 8) == 0 ? 8 : strncasecmp(url, "http://", 7) == 0 ? 7 : 0;
  for (const unsigned char *p = (const unsigned char *)url; *p != '\0'; p++)
    if (*p <= ' ' || *p >= 0x7f || strchr("\\<>\"{}|^`", *p) != NULL)
      return invalid;
  const char *host = url + scheme;
  size_t authority = strcspn(host, "/?#");
  if (scheme == 0)
    return strstr(url, "://") != NULL ? only_https : invalid;
  if (authority == 0 || memchr(host, '@', authority) != NULL)
    return invalid;
  size_t name = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/?#");
  if (name > authority || name == 0 || host[0] == '.' ||
      (host[0] != '[' && strspn(host, "0123456789abcdefghijklmnopqrstuvwxyz"
                                      "ABCDEFGHIJKLMNOPQRSTUVWXYZ.-_") < name))
    return invalid;
  if (name < authority) {
    char digits[6] = "";
    int64_t number;
    size_t port = authority - name - 1;
    if (host[name] != ':' || port == 0 || port > 5 || strspn(host + name + 1, "0123456789") < port)
      return invalid;
    memcpy(digits, host + name + 1, port);
    if (number_parse(&number, digits, 1, 65535) != 0)
      return invalid;
  }
  if (scheme == 7 && !(c->allow_http_redirects &&
                       (strncasecmp(host, "localhost", name) == 0 || strncmp(host, "127.0.0.1", name) == 0)))
    return only_https;
  return NULL;
}

char *url_origin(struct arena *a, const char *url) {
  const char *host = strstr(url, "://");
  if (host == NULL)
    return NULL;
  size_t n = (size_t)(host - url) + 3;
  n += strcspn(url + n, "/?#");
  char *origin = arena_strndup(a, url, n);
  for (char *p = origin; p != NULL && *p != '\0'; p++)
    if (*p >= 'A' && *p <= 'Z')
      *p = (char)(*p - 'A' + 'a');
  return origin;
}

size_t session_origins(struct arena *a, const struct sample *s, const json_t *brand, const char *out[ORIGINS_MAX]) {
  size_t n = 0, i;
  json_t *item;
  const char *const urls[] = {s->redirect_on_success, s->redirect_on_failure};
  for (i = 0; s->id != NULL && i < 2; i++)
    if (*urls[i] != '\0' && (out[n] = url_origin(a, urls[i])) != NULL && (n == 0 || strcmp(out[0], out[n]) != 0))
      n++;
  json_array_foreach(json_object_get(brand, "embed_origins"), i, item) {
    const char *text = json_string_value(item);
    /* One origin; a blank or a semicolon would let it write its own policy. */
    if (text != NULL && strstr(text, "://") != NULL && strpbrk(text, " ;,\t\r\n*'\"") == NULL && n < ORIGINS_MAX &&
        (out[n] = arena_strdup(a, text)) != NULL)
      n++;
  }
  return n;
}

/* The project's own list of origins, when it has one, decides too. */
static int origin_allowed(struct deed *d, const struct project *p, const char *url) {
  json_t *brand = p->brand == NULL ? NULL : json_loads(p->brand, 0, NULL),
         *list = json_object_get(brand, "redirect_origins"), *item;
  const char *origin = url_origin(d->arena, url);
  size_t i;
  int allowed = json_array_size(list) == 0;
  json_array_foreach(list, i, item) allowed |=
      json_is_string(item) && origin != NULL && strcmp(json_string_value(item), origin) == 0;
  json_decref(brand);
  return allowed;
}

/* ---- the session ---------------------------------------------------------------------------------------------------
 */
/* The project, or its fault stands (p->id NULL). */
static enum store_result project_choose(struct deed *d, const char *id, struct project *p) {
  *p = (struct project){0};
  if (fault_of(d->faults, "project_id") != NULL)
    return STORE_OK;
  enum store_result found = id == NULL ? store_project_default(d->store, d->arena, d->organization, p)
                                       : store_project_get(d->store, d->arena, d->organization, id, p);
  if (found != STORE_NONE && (found != STORE_OK || !p->locked))
    return found;
  fault_add(d->faults, "project_id", "Project does not exist or you do not have privileges to access it.");
  p->id = NULL;
  return STORE_OK;
}

static const char *link_make(struct deed *d, const struct sample *s) {
  char token[JWT_MAX + 1];
  json_t *claims = json_pack("{s:s, s:s, s:I, s:I}", "sub", s->id, "jti", s->jti, "iat",
                             (json_int_t)(s->created / 1000000), "exp", (json_int_t)(s->link_exp / 1000000));
  int failed = claims == NULL || keyring_sign(d->keys, KEY_UPLOAD, claims, token) != 0;
  json_decref(claims);
  return failed ? NULL : arena_printf(d->arena, "%s/array-data-upload?token=%s", d->public_url, token);
}

enum store_result session_create(struct deed *d, const struct session_input *in, struct session_made *out) {
  out->wait = 0;
  struct project project;
  char sample[UUID_SIZE], jti[UUID_SIZE];
  struct session_new new = {.user = d->user,
                            .redirect_on_success = in->redirect_on_success,
                            .redirect_on_failure = in->redirect_on_failure,
                            .idempotency = in->idempotency};
  const char *fault = metadata_fault(d, in->metadata, &new.metadata);
  if (fault != NULL)
    fault_add(d->faults, "metadata", fault);
  if (in->idempotency != NULL && strlen(in->idempotency) > IDEMPOTENCY_MAX)
    fault_add(d->faults, "Idempotency-Key", "Ensure this field has no more than 255 characters.");
  enum store_result found = project_choose(d, in->project, &project);
  if (found != STORE_OK)
    return found;
  const char *const urls[2][2] = {{"redirect_on_success", in->redirect_on_success},
                                  {"redirect_on_failure", in->redirect_on_failure}};
  for (int i = 0; i < 2 && project.id != NULL; i++)
    if (*urls[i][1] != '\0' && !origin_allowed(d, &project, urls[i][1]))
      fault_add(d->faults, urls[i][0], "This origin is not allowed for the project.");
  if (d->faults->n > 0)
    return STORE_CONFLICT;
  found = store_quota_wait(d->store, project.id, d->now, &out->wait);
  if (found != STORE_OK || out->wait > 0)
    return found == STORE_OK ? STORE_FULL : found;
  if (uuid_new(sample) != 0 || uuid_new(jti) != 0)
    return STORE_ERROR;
  new.sample = sample;
  new.jti = jti;
  new.project = project.id;
  new.client_id = client_id_of(in->metadata, sample);
  new.link_exp = (d->now / 1000000 + in->expires_in) * 1000000;
  enum store_result stored = store_session_create(d->store, d->arena, &new, d->now, &out->sample);
  if (stored != STORE_OK)
    return stored;
  log_event("session.created", "request=s sample=s project=s", d->request_id, out->sample.id, out->sample.project);
  json_t *brand = project.brand == NULL ? NULL : json_loads(project.brand, 0, NULL);
  out->n_origins = session_origins(d->arena, &out->sample, brand, out->origins);
  json_decref(brand);
  out->url = link_make(d, &out->sample);
  return out->url == NULL ? STORE_ERROR : STORE_OK;
}
