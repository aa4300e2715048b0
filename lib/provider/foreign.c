#include "provider/vendor.h"

static const foreign familytreedna = {"familytreedna", "FamilyTreeDNA"};
static const foreign livingdna = {"livingdna", "LivingDNA"};
static const foreign tellmegen = {"tellmegen", "tellmeGen"};
static const foreign genesforgood = {"genesforgood", "Genes for Good"};
static const foreign dnaland = {"dnaland", "DNA.Land"};
static const foreign selfdecode = {"selfdecode", "SelfDecode"};
static const foreign mofang = {"23mofang", "23Mofang"};
static const foreign mapmygenome = {"mapmygenome", "Mapmygenome"};
static const foreign plink = {"plink", "PLINK"};
static const foreign codigo46 = {"codigo46", "Codigo46"};
static const foreign sano = {"sano", "Sano Genetics"};
static const foreign dnaera = {"dnaera", "DNAera"};
static const foreign illumina = {"illumina", "an Illumina genotyping report"};
static const foreign circledna = {"circledna", "CircleDNA"};
static const foreign decodeme = {"decodeme", "deCODEme"};
static const foreign vcf = {"vcf", "VCF, a variant call file"};
static const foreign mergedna = {"mergedna", "MergeDNA, a program that merges kits"};
static const foreign superkit = {"dnasuperkit", "DNASuperKit, a program that merges kits"};
static const foreign converted = {"converted", "a program that converts exports"};
static const foreign program = {"program", "made by a program, as the file says itself"};
static const foreign wgsextract = {"wgsextract", "WGS Extract, a program that imitates exports"};

/* Looked for in every header line, in any case, before columns are. */
static const struct {
  const char *word;
  const foreign *whose;
} words[] = {
    {"##fileformat=vcfv", &vcf},
    {"mergedna", &mergedna},
    {"merge dna", &mergedna},
    {"dnasuperkit", &superkit},
    {"dna superkit", &superkit},
    {"dna super kit", &superkit},
    {"rawdnadataformatconverter", &converted},
    {"dnadataformatconverter", &converted},
    {"dnaformatconverter", &converted},
    {"dna format converter", &converted},
    {"dna kit studio", &converted},
    {"dnakitstudio", &converted},
    {"borland genetics", &converted},
    {"bcftools", &converted},
    {"wgsextract", &wgsextract},
    {"wgs extract", &wgsextract},
    {"dnaera", &dnaera},
    {"converted from", &converted},
    {"familytreedna", &familytreedna},
    {"family tree dna", &familytreedna},
    {"ftdna", &familytreedna},
    {"famfinder", &familytreedna},
    {"living dna", &livingdna},
    {"livingdna", &livingdna},
    {"tellmegen", &tellmegen},
    {"genes for good", &genesforgood},
    {"genesforgood", &genesforgood},
    {"dna.land", &dnaland},
    {"selfdecode", &selfdecode},
    {"23mofang", &mofang},
    {"mapmygenome", &mapmygenome},
    {"codigo46", &codigo46},
    {"derived from the corresponding vcf", &sano},
    {"sano genetics", &sano},
    {"\tsano.bpm", &sano},
    {"circledna", &circledna},
    {"decodeme", &decodeme},
    {"plink", &plink},
};

static char lower(char c) { return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c); }

static int is_letter(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }

/* Not inside a longer word: a person may be called Plinkett. Each word ends in a letter. */
static int holds(view text, const char *word) {
  size_t n = strlen(word);
  for (size_t i = 0; i + n <= text.length; i++) {
    size_t k = 0;
    while (k < n && lower(text.at[i + k]) == word[k])
      k++;
    if (k == n && !(i && is_letter(text.at[i - 1])) && !(i + n < text.length && is_letter(text.at[i + n])))
      return 1;
  }
  return 0;
}

/* ---- what a file says of its making */

/* The next word of a line: letters and digits, and what joins them. */
static view next_word(view *rest) {
  while (rest->length && !is_letter(*rest->at) && !(*rest->at >= '0' && *rest->at <= '9'))
    rest->at++, rest->length--;
  size_t n = 0;
  while (n < rest->length && (is_letter(rest->at[n]) || (rest->at[n] >= '0' && rest->at[n] <= '9')))
    n++;
  view word = {rest->at, n};
  *rest = (view){rest->at + n, rest->length - n};
  return word;
}

static int is_one_of(view word, const char *const *lower_words) {
  for (; *lower_words; lower_words++)
    if (word.length == strlen(*lower_words) && holds(word, *lower_words))
      return 1;
  return 0;
}

/* Whether the word begins with the name of one of our vendors. */
static int is_of_a_vendor(view word) {
  for (const vendor *const *v = vendor_list(); *v; v++) {
    size_t n = strlen((*v)->maker);
    if (word.length >= n && holds((view){word.at, n}, (*v)->maker))
      return 1;
  }
  return 0;
}

static int is_capital(char c) { return c >= 'A' && c <= 'Z'; }

/* MergeDNA, DnaKitStudio: a capital within a word that is not all capitals. */
static int is_camel(view word) {
  int has_small = 0, has_inner = 0;
  for (size_t i = 0; i < word.length; i++) {
    has_small |= is_letter(word.at[i]) && !is_capital(word.at[i]);
    has_inner |= i && is_capital(word.at[i]);
  }
  return has_small && has_inner;
}

/* v2, 2.1 */
static int is_version(view word) {
  size_t i = word.length && lower(*word.at) == 'v';
  return i < word.length && word.at[i] >= '0' && word.at[i] <= '9';
}

/* "# This file was generated by NAME": a sentence about the file itself, whose NAME is none of our vendors. They
 * convert and merge nothing. A small word may go on to tell how, not who ("by low-pass sequencing"), and so may any
 * word behind "using". */
static int is_made_by_program(view text) {
  static const char *const subjects[] = {"this", "the",    "raw", "dna", "genotype", "genetic", "data", "text",
                                         "file", "export", "kit", "was", "is",       "has",     "been", NULL};
  static const char *const changes[] = {"converted", "merged", NULL};
  static const char *const changers[] = {"by", "with", "using", "from", NULL};
  static const char *const makes[] = {"generated", "created", "produced", "written", "exported", "made", NULL};
  static const char *const helpers[] = {"with", "using", "via", NULL};
  if (!view_starts(text, "#"))
    return 0;
  view rest = text, word = next_word(&rest);
  while (is_one_of(word, subjects))
    word = next_word(&rest);
  int is_change = is_one_of(word, changes), is_make = is_one_of(word, makes);
  view way = next_word(&rest), name = next_word(&rest);
  if (is_change)
    return is_one_of(way, changers);
  if (!is_make || !name.length || is_of_a_vendor(name))
    return 0;
  if (is_one_of(way, helpers))
    return is_camel(name);
  return view_is(way, "by") && (is_capital(*name.at) || is_version(next_word(&rest)));
}

/* "##source=NAME", as a VCF has it. */
static int is_source_line(view text) {
  static const char *const keys[] = {"##source=", "##program=", "##software=", "##generator=", "##converter=", NULL};
  for (size_t i = 0; keys[i]; i++)
    if (view_starts(text, keys[i]))
      return !is_of_a_vendor((view){text.at + strlen(keys[i]), text.length - strlen(keys[i])});
  return 0;
}

const foreign *foreign_by_word(view text, int first) {
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (holds(text, words[i].word))
      return words[i].whose;
  if (is_made_by_program(text) || is_source_line(text))
    return &program;
  if (first && view_is(text, "# Circle"))
    return &circledna;
  if (view_starts(text, "Content\t") && view_is((view){text.at + text.length - 5, 5}, "\tSANO"))
    return &sano;
  return NULL;
}

/* 1:762320C>T */
static int is_variant_name(view text) {
  size_t i = 0;
  while (i < text.length && text.at[i] >= '0' && text.at[i] <= '9')
    i++;
  size_t colon = i;
  if (!i || i == text.length || text.at[i] != ':')
    return 0;
  for (i++; i < text.length && text.at[i] >= '0' && text.at[i] <= '9';)
    i++;
  size_t digits = i;
  while (i < text.length && memchr("ACGT", text.at[i], 4))
    i++;
  return digits > colon + 1 && i > digits && i < text.length && text.at[i] == '>';
}

const foreign *foreign_by_columns(const header *h) {
  view l = header_words(h, h->count - 1);
  int alone = h->count == 1;
  if (alone &&
      (view_is(l, "RSID,CHROMOSOME,POSITION,RESULT") || view_is(l, "\"RSID\",\"CHROMOSOME\",\"POSITION\",\"RESULT\"")))
    return &familytreedna;
  if (view_is(l, "# name,chromosome,position,allele1,allele2"))
    return &familytreedna;
  if (view_is(l, "rsid\tChromosome\tposition\tgenotype"))
    return &tellmegen;
  if (view_is(l, "rsid\tchromosome\tposition\tallele_1\tallele_2"))
    return &sano;
  if (view_is(l, "rsid\tchromosome\tposition\tgenotype") &&
      view_starts(header_line(h, 0), "# Below is a text version of your data"))
    return &plink;
  if (view_is(l, "# MARKERNAME\tCHROM\tPOS\tGT"))
    return &circledna;
  if (view_starts(l, "Name,Variation,Chromosome,Position,Strand,YourCode"))
    return &decodeme;
  if (view_starts(l, "SNP Name\trsID\t") || view_starts(l, "SNP.Name\tSample.ID\t"))
    return &mapmygenome;
  if (view_starts(l, "[Data]") || view_starts(l, "SNP Name\t") || view_starts(l, "Sample Name\tSNP Name\t"))
    return &illumina;
  return alone && is_variant_name(l) ? &genesforgood : NULL;
}
