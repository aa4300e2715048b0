/* s3.c - an S3-compatible store through libcurl, which signs (SigV4). x-amz-content-sha256 is set by us: curl 7.88 does
 * not send it, and without it a server cannot check the body. A put is conditional (If-None-Match: *), after a HEAD for
 * servers that do not know that header. */
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "array-upload/blob/backends.h"
#include "array-upload/util/config.h"
#include "array-upload/util/crypto.h"

enum { URL_MAX = 1024, LIST_MAX = 4 << 20, CONNECT_S = 10, STALL_S = 30 };

static const char empty_sha256[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

struct s3 {
  struct blob blob;
  char base[512];   /* endpoint/bucket */
  char prefix[200]; /* "" or ends in '/' */
  char scope[128];  /* aws:amz:REGION:s3 */
  char credentials[512];
  char folder[4096]; /* for nameless files */
};

struct body {
  int fd; /* to read from (pread) or write to; -1: collect text */
  int64_t at, size;
  char *text;
  size_t length;
  int full;
};

static size_t body_read(char *buffer, size_t size, size_t count, void *arg) {
  struct body *b = arg;
  size_t want = size * count;
  if ((int64_t)want > b->size - b->at)
    want = (size_t)(b->size - b->at);
  if (want == 0)
    return 0;
  ssize_t n = pread(b->fd, buffer, want, (off_t)b->at);
  if (n <= 0)
    return CURL_READFUNC_ABORT;
  b->at += n;
  return (size_t)n;
}

static int body_rewind(void *arg, curl_off_t offset, int origin) {
  struct body *b = arg;
  if (origin != SEEK_SET || offset < 0 || offset > b->size)
    return CURL_SEEKFUNC_FAIL;
  b->at = offset;
  return CURL_SEEKFUNC_OK;
}

static size_t body_write(char *bytes, size_t size, size_t count, void *arg) {
  struct body *b = arg;
  size_t n = size * count;
  if (b->fd >= 0) {
    for (size_t done = 0; done < n;) {
      ssize_t written = write(b->fd, bytes + done, n - done);
      if (written < 0 && errno == EINTR)
        continue;
      if (written <= 0) {
        b->full = 1;
        return 0;
      }
      done += (size_t)written;
    }
    return n;
  }
  if (b->length + n > LIST_MAX)
    return 0;
  char *more = realloc(b->text, b->length + n + 1);
  if (more == NULL)
    return 0;
  b->text = more;
  memcpy(more + b->length, bytes, n);
  b->length += n;
  more[b->length] = '\0';
  return n;
}

static CURL *request_new(struct s3 *s, const char *url, const char *hash, struct curl_slist **headers,
                         struct body *in) {
  char line[100];
  CURL *c = curl_easy_init();
  if (c == NULL)
    return NULL;
  snprintf(line, sizeof line, "x-amz-content-sha256: %s", hash);
  struct curl_slist *more = curl_slist_append(*headers, line);
  if (more != NULL)
    *headers = more;
  curl_easy_setopt(c, CURLOPT_URL, url);
  curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(c, CURLOPT_PROXY, "");
  curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
  curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)STALL_S);
  curl_easy_setopt(c, CURLOPT_AWS_SIGV4, s->scope);
  curl_easy_setopt(c, CURLOPT_USERPWD, s->credentials);
  curl_easy_setopt(c, CURLOPT_HTTPHEADER, *headers);
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, body_write);
  curl_easy_setopt(c, CURLOPT_WRITEDATA, in);
  return c;
}

/* One request. The HTTP status, or 0 when there was no answer. Three tries on no answer or 5xx; `in` starts anew each
 * time. */
static long request_run(struct s3 *s, const char *method, const char *url, const char *hash, const char *header,
                        struct body *out, struct body *in) {
  long status = 0;
  for (int try = 0; try < 3; try++) {
    if (try > 0)
      nanosleep(&(struct timespec){.tv_nsec = 100000000L << try}, NULL);
    struct curl_slist *headers = header == NULL ? NULL : curl_slist_append(NULL, header);
    in->length = 0;
    if (in->fd >= 0 && (ftruncate(in->fd, 0) != 0 || lseek(in->fd, 0, SEEK_SET) != 0))
      return 0;
    CURL *c = request_new(s, url, hash, &headers, in);
    if (c == NULL)
      break;
    if (out != NULL) {
      out->at = 0;
      curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
      curl_easy_setopt(c, CURLOPT_READFUNCTION, body_read);
      curl_easy_setopt(c, CURLOPT_READDATA, out);
      curl_easy_setopt(c, CURLOPT_SEEKFUNCTION, body_rewind);
      curl_easy_setopt(c, CURLOPT_SEEKDATA, out);
      curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE, (curl_off_t)out->size);
    } else if (strcmp(method, "HEAD") == 0) {
      curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
    } else if (strcmp(method, "GET") != 0) {
      curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, method);
    }
    CURLcode code = curl_easy_perform(c);
    status = 0;
    if (code == CURLE_OK)
      curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(c);
    curl_slist_free_all(headers);
    if (in->full || (status != 0 && status < 500))
      break;
  }
  return status;
}

static int url_of(const struct s3 *s, char url[URL_MAX], const char *key) {
  int n = snprintf(url, URL_MAX, "%s/%s%s", s->base, s->prefix, key);
  return n > 0 && n < URL_MAX ? 0 : -1;
}

static void s3_close(struct blob *b) {
  free(b);
  curl_global_cleanup();
}

static enum blob_result s3_spool(struct blob *b, int *fd) { return blob_nameless(((struct s3 *)b)->folder, fd); }

static enum blob_result s3_put(struct blob *b, const char *key, int fd, int64_t size, const char *hash) {
  struct s3 *s = (struct s3 *)b;
  char url[URL_MAX];
  struct body out = {.fd = fd, .size = size}, in = {.fd = -1};
  if (url_of(s, url, key) != 0)
    return BLOB_ERROR;
  char own[SHA256_HEX_SIZE];
  if (hash == NULL && sha256_fd(fd, own, &size) != 0)
    return BLOB_ERROR;
  long status = request_run(s, "HEAD", url, empty_sha256, NULL, NULL, &in);
  if (status == 200)
    return BLOB_EXISTS;
  if (status == 404)
    status = request_run(s, "PUT", url, hash != NULL ? hash : own, "If-None-Match: *", &out, &in);
  free(in.text);
  if (status == 412 || status == 409)
    return BLOB_EXISTS;
  return status == 200 || status == 201 ? BLOB_OK : status == 507 ? BLOB_FULL : BLOB_ERROR;
}

static enum blob_result s3_open(struct blob *b, const char *key, int *fd, int64_t *size) {
  struct s3 *s = (struct s3 *)b;
  char url[URL_MAX];
  if (url_of(s, url, key) != 0)
    return BLOB_ERROR;
  enum blob_result result = blob_nameless(s->folder, fd);
  if (result != BLOB_OK)
    return result;
  struct body in = {.fd = *fd};
  long status = request_run(s, "GET", url, empty_sha256, NULL, NULL, &in);
  off_t end = lseek(*fd, 0, SEEK_END);
  if (status == 200 && end >= 0 && lseek(*fd, 0, SEEK_SET) == 0) {
    *size = end;
    return BLOB_OK;
  }
  close(*fd);
  return status == 404 ? BLOB_NONE : in.full ? BLOB_FULL : BLOB_ERROR;
}

static enum blob_result s3_remove(struct blob *b, const char *key) {
  struct s3 *s = (struct s3 *)b;
  char url[URL_MAX];
  struct body in = {.fd = -1};
  if (url_of(s, url, key) != 0)
    return BLOB_ERROR;
  long status = request_run(s, "DELETE", url, empty_sha256, NULL, NULL, &in);
  free(in.text);
  return status == 204 || status == 200 || status == 404 ? BLOB_OK : BLOB_ERROR;
}

/* The text of the next <name>…</name> from *at on; moves *at behind it. Our keys need no entities. */
static char *element(char **at, const char *name) {
  char open[64], close[64];
  snprintf(open, sizeof open, "<%s>", name);
  snprintf(close, sizeof close, "</%s>", name);
  char *start = strstr(*at, open), *end = start == NULL ? NULL : strstr(start, close);
  if (end == NULL)
    return NULL;
  *end = '\0';
  *at = end + 1;
  return start + strlen(open);
}

/* One page of ListObjectsV2. *token: where the next one starts, malloc()ed, or NULL at the end. */
static enum blob_result list_page(struct s3 *s, const char *text, int (*each)(void *, const char *, int64_t), void *arg,
                                  char **token, int *stop) {
  size_t bytes = strlen(text) + 1;
  char *copy = strdup(text), *at = copy, *key, *when;
  if (copy == NULL)
    return BLOB_ERROR;
  while (!*stop && (key = element(&at, "Key")) != NULL && (when = element(&at, "LastModified")) != NULL) {
    int64_t modified;
    size_t skip = strlen(s->prefix);
    if (strncmp(key, s->prefix, skip) == 0 && blob_key_valid(key + skip) && time_parse(&modified, when) == 0)
      *stop = each(arg, key + skip, modified);
  }
  memcpy(copy, text, bytes);
  at = copy;
  char *next = element(&at, "NextContinuationToken");
  *token = next == NULL ? NULL : strdup(next);
  free(copy);
  return BLOB_OK;
}

static enum blob_result s3_list(struct blob *b, const char *prefix, int (*each)(void *, const char *, int64_t),
                                void *arg) {
  struct s3 *s = (struct s3 *)b;
  char *token = NULL;
  int stop = 0;
  enum blob_result result = BLOB_OK;
  do {
    char url[2 * URL_MAX], *place = curl_easy_escape(NULL, s->prefix, 0), *under = curl_easy_escape(NULL, prefix, 0);
    char *from = token == NULL ? NULL : curl_easy_escape(NULL, token, 0);
    struct body in = {.fd = -1};
    /* SigV4 signs the query as it stands: the names must be in order. */
    int n = snprintf(url, sizeof url, "%s?%s%s%slist-type=2&prefix=%s%s", s->base, from ? "continuation-token=" : "",
                     from ? from : "", from ? "&" : "", place, under);
    long status = n > 0 && (size_t)n < sizeof url ? request_run(s, "GET", url, empty_sha256, NULL, NULL, &in) : 0;
    curl_free(place);
    curl_free(under);
    curl_free(from);
    free(token);
    token = NULL;
    result = status == 200 && in.text != NULL ? list_page(s, in.text, each, arg, &token, &stop) : BLOB_ERROR;
    free(in.text);
  } while (result == BLOB_OK && token != NULL && !stop);
  free(token);
  return result;
}

static int64_t s3_free_bytes(struct blob *b) {
  struct statvfs v;
  if (statvfs(((struct s3 *)b)->folder, &v) != 0)
    return -1;
  return (int64_t)v.f_bavail * (int64_t)v.f_frsize;
}

static const struct blob_driver s3_driver = {s3_close, s3_spool, s3_put, s3_open, s3_remove, s3_list, s3_free_bytes};

/* "s3://bucket/prefix" and the endpoint into what requests need. */
static int s3_configure(struct s3 *s, const struct config *c) {
  const char *bucket = c->blob_url + 5, *slash = strchr(bucket, '/');
  size_t n = slash == NULL ? strlen(bucket) : (size_t)(slash - bucket);
  const char *prefix = slash == NULL ? "" : slash + 1;
  size_t prefix_n = strlen(prefix);
  const char *endpoint = c->s3_endpoint;
  size_t endpoint_n = strlen(endpoint);
  while (endpoint_n > 0 && endpoint[endpoint_n - 1] == '/')
    endpoint_n--;
  int a = snprintf(s->base, sizeof s->base, "%.*s/%.*s", (int)endpoint_n, endpoint, (int)n, bucket);
  int b = snprintf(s->prefix, sizeof s->prefix, "%s%s", prefix, prefix_n > 0 && prefix[prefix_n - 1] != '/' ? "/" : "");
  int d = snprintf(s->scope, sizeof s->scope, "aws:amz:%s:s3", c->s3_region);
  int e = snprintf(s->credentials, sizeof s->credentials, "%s:%s", c->s3_access_key, c->s3_secret_key);
  int f = snprintf(s->folder, sizeof s->folder, "%s", c->data);
  return n > 0 && a < (int)sizeof s->base && b < (int)sizeof s->prefix && d < (int)sizeof s->scope &&
                 e < (int)sizeof s->credentials && f < (int)sizeof s->folder
             ? 0
             : -1;
}

struct blob *blob_open_s3(const struct config *config, char *error, size_t error_size) {
  struct s3 *s = calloc(1, sizeof *s);
  if (s == NULL || config->s3_endpoint == NULL || config->s3_access_key == NULL || config->s3_secret_key == NULL ||
      s3_configure(s, config) != 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    snprintf(error, error_size, "[blob] url = s3://... needs endpoint, access_key and secret_key in [s3]");
    free(s);
    return NULL;
  }
  s->blob.driver = &s3_driver;
  return &s->blob;
}
