/* fuzz_json - the JSON writer fed with any strings and numbers, into buffers of any size: what fits is well-formed and
 * UTF-8. */
#include "base/json.h"

#include "fuzz.h"

static void write_members(json *j, const uint8_t *data, size_t size) {
  unsigned depth = 0;
  json_array(j);
  for (size_t i = 0; i + 1 < size; i++)
    switch (data[i] % 8) {
    case 0:
      if (depth < 20) {
        json_array(j);
        depth++;
      }
      break;
    case 1:
      if (depth) {
        json_array_end(j);
        depth--;
      }
      break;
    case 2: {
      size_t n = data[i + 1] % 32;
      if (n > size - i - 1)
        n = size - i - 1;
      json_string_n(j, (const char *)data + i + 1, n);
      i += n;
      break;
    }
    case 3:
      json_number(j, data[i + 1] * 0x0101010101010101u);
      break;
    case 4:
      json_signed(j, (int64_t)(data[i + 1] * 0x0101010101010101u));
      break;
    case 5:
      json_real(j, (data[i + 1] - 128.0) / 7, data[i + 1] % 11);
      break;
    case 6:
      json_bool(j, data[i + 1] & 1);
      break;
    case 7:
      json_object(j);
      json_key(j, "k\"\n");
      json_null(j);
      json_object_end(j);
      break;
    }
  while (depth--)
    json_array_end(j);
  json_array_end(j);
}

/* A reader of its own for what the writer may write; returns the end of the value, or NULL. */
static const char *value(const char *at, unsigned depth);

static const char *string(const char *at) {
  if (*at++ != '"')
    return NULL;
  for (; *at != '"'; at++) {
    if ((unsigned char)*at < 0x20)
      return NULL;
    if (*at == '\\' && *++at == 'u')
      for (unsigned k = 0; k < 4; k++)
        if (!strchr("0123456789abcdef", *++at) || !*at)
          return NULL;
  }
  return at + 1;
}

static const char *list(const char *at, char end, unsigned depth) {
  at++;
  if (*at == end)
    return at + 1;
  for (;;) {
    if (end == '}') {
      if (!(at = string(at)) || *at++ != ':')
        return NULL;
    }
    if (!(at = value(at, depth + 1)))
      return NULL;
    if (*at == end)
      return at + 1;
    if (*at++ != ',')
      return NULL;
  }
}

static const char *value(const char *at, unsigned depth) {
  static const char *const words[] = {"true", "false", "null"};
  if (depth > 40)
    return NULL;
  if (*at == '[' || *at == '{')
    return list(at, *at == '[' ? ']' : '}', depth);
  if (*at == '"')
    return string(at);
  for (unsigned k = 0; k < 3; k++)
    if (strncmp(at, words[k], strlen(words[k])) == 0)
      return at + strlen(words[k]);
  size_t n = strspn(at, "-0123456789.");
  return n ? at + n : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 1 || size > 4096)
    return 0;
  json j;
  json_begin(&j, NULL, 0);
  write_members(&j, data + 1, size - 1);
  size_t need = json_end(&j);
  char *text = malloc(need + 1);
  FUZZ_CHECK(text);
  json_begin(&j, text, need + 1);
  write_members(&j, data + 1, size - 1);
  FUZZ_CHECK(json_end(&j) == need && strlen(text) == need);
  const char *end = value(text, 0);
  FUZZ_CHECK(end == text + need);
  size_t room = data[0] % (need + 1) + 1;
  char *small = malloc(room);
  FUZZ_CHECK(small);
  json_begin(&j, small, room);
  write_members(&j, data + 1, size - 1);
  FUZZ_CHECK(json_end(&j) == need && strncmp(small, text, room - 1) == 0 && small[room - 1] == '\0');
  free(small);
  free(text);
  return 0;
}
