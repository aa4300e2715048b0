#include "common/command_line.h"

#include "common/number.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum { OPTIONS_MAX = 60, LONG_ONLY = 256 }; /* getopt's values: the letter, or LONG_ONLY and the index */

static int has_value(const command_option *o) {
  return o->flag || o->no_flag ? no_argument : o->is_optional ? optional_argument : required_argument;
}

/* '-' in front: words that are no options come as option 1, in their place. */
static void describe(const command_line *c, struct option *longs, char *shorts) {
  char *at = stpcpy(shorts, "-:hV");
  for (size_t i = 0; i < c->count; i++) {
    const command_option *o = &c->options[i];
    longs[i] = (struct option){o->name, has_value(o), NULL, o->letter ? o->letter : LONG_ONLY + (int)i};
    if (o->letter)
      at += sprintf(at, "%c%.*s", o->letter, has_value(o), "::"); /* none, one or two, as its values are 0 to 2 */
  }
  longs[c->count] = (struct option){"help", no_argument, NULL, 'h'};
  longs[c->count + 1] = (struct option){"version", no_argument, NULL, 'V'};
}

static const command_option *find(const command_line *c, int got) {
  size_t i = 0;
  while (c->options[i].letter ? c->options[i].letter != got : got != LONG_ONLY + (int)i)
    i++;
  return &c->options[i];
}

static int add(const command_option *o, const char *text, fault *f) {
  if (*o->list.count == o->list.most)
    return fault_set(f, EXIT_USAGE, "--%s: more than %zu of them", o->name, o->list.most);
  o->list.text[(*o->list.count)++] = text;
  return 0;
}

static int take_number(const command_option *o, const char *text, fault *f) {
  static const char whole[] = "a whole number", bytes[] = "a number of bytes, such as 26214400 or 25M,";
  uint64_t value = 0, most = o->most ? o->most : UINT64_MAX;
  const char *what = o->bytes ? bytes : whole;
  int good = o->bytes ? number_read_bytes(text, &value) : number_read(text, &value);
  if ((!good || value < o->least || value > most) && most == UINT64_MAX)
    return fault_set(f, EXIT_USAGE, "--%s %s: expected %s of at least %llu", o->name, text, what,
                     (unsigned long long)o->least);
  if (!good || value < o->least || value > most)
    return fault_set(f, EXIT_USAGE, "--%s %s: expected %s from %llu to %llu", o->name, text, what,
                     (unsigned long long)o->least, (unsigned long long)most);
  if (o->integer)
    *o->integer = (int)value;
  else
    *(o->bytes ? o->bytes : o->number) = value;
  return 0;
}

static int take_word(const command_option *o, const char *text, fault *f) {
  char all[128] = "";
  for (int i = 0; o->words[i]; i++) {
    size_t used = strlen(all);
    if (strcmp(text, o->words[i]) == 0) {
      *o->word = i;
      return 0;
    }
    snprintf(all + used, sizeof all - used, "%s%s", i ? ", " : "", o->words[i]);
  }
  return fault_set(f, EXIT_USAGE, "--%s %s: expected one of %s", o->name, text, all);
}

static int take(const command_option *o, const char *value, void *opaque, fault *f) {
  if (o->flag)
    *o->flag = 1;
  else if (o->no_flag)
    *o->no_flag = 0;
  else if (o->text)
    *o->text = value;
  else if (o->list.text)
    return add(o, value, f);
  else if (o->number || o->bytes || o->integer)
    return take_number(o, value, f);
  else if (o->words)
    return take_word(o, value, f);
  else if (o->take)
    return o->take(opaque, value, f);
  else if ((*o->build = dtc_build_parse(value)) == DTC_BUILD_UNKNOWN)
    return fault_set(f, EXIT_USAGE, "--%s %s: expected GRCh37, GRCh38 or NCBI36", o->name, value);
  return 0;
}

int command_line_read(const command_line *c, int argc, char **argv, size_t *words, fault *f) {
  struct option longs[OPTIONS_MAX + 3] = {{0}};
  char shorts[3 * OPTIONS_MAX + 5];
  const command_option *several = NULL;
  *words = 0;
  describe(c, longs, shorts);
  optind = 1;
  opterr = 0;
  for (int got; (got = getopt_long(argc, argv, shorts, longs, NULL)) != -1;) {
    if (got == '?' || got == ':')
      return fault_option(f, got, argv);
    if (got == 'h' || got == 'V') {
      if (got == 'h')
        fputs(c->help, stdout);
      else
        printf("%s %s\n", c->program, dtc_version());
      return 0;
    }
    if (got == 1 && !several) {
      argv[++*words] = optarg; /* a place that is read already */
      continue;
    }
    const command_option *o = got == 1 ? several : find(c, got);
    if (take(o, optarg, c->opaque, f) != 0)
      return -1;
    several = o->takes_several ? o : NULL;
  }
  while (optind < argc) /* behind "--" */
    argv[++*words] = argv[optind++];
  return 1;
}
