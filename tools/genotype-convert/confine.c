#include "genotype-convert/confine.h"

#include "common/confinement.h"

void confine(const options *o, const samples *s) {
  if (o->no_sandbox)
    return;
  confinement *c = confinement_new();
  for (size_t i = 0; i < o->n_exports; i++)
    confinement_read(c, o->exports[i]);
  for (size_t i = 0; s && i < s->count; i++)
    confinement_read(c, s->items[i].export_path);
  confinement_read_sequence(c, o->sequence);
  confinement_read_indexed(c, o->sites);
  for (size_t i = 0; i < o->n_chains; i++)
    confinement_read(c, o->chains[i]);
  confinement_read(c, o->assemblies);
  confinement_read(c, o->samples_file);
  const char *const outputs[] = {o->output, o->report,  o->report_html, o->rejects,
                                 o->table,  o->summary, o->psam,        o->multiqc};
  for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++)
    confinement_write(c, outputs[i]);
  confinement_enter(c, "genotype-convert", o->quiet);
  confinement_free(c);
}
