"""Snakemake wrapper for genotype-convert: a raw genotype export becomes an indexed VCF or BCF, with its report."""

from snakemake.shell import shell

words = []
for name, option in (("ref", "--fasta-ref"), ("sites", "--sites"), ("assemblies", "--assemblies")):
    if snakemake.input.get(name):
        words += [option, snakemake.input[name]]
chains = snakemake.input.get("chains", [])
for chain in [chains] if isinstance(chains, str) else chains:
    words += ["--chain", chain]
for name in ("report", "report_html", "rejects", "psam"):
    if snakemake.output.get(name):
        words += ["--" + name.replace("_", "-"), snakemake.output[name]]
index = snakemake.output.get("index")
if index:
    kind = index.rsplit(".", 1)[-1]
    if index != "%s.%s" % (snakemake.output.vcf, kind) or kind not in ("tbi", "csi"):
        raise ValueError("output.index is output.vcf with .tbi or .csi behind it")
    words += ["--write-index=" + kind]

extra = snakemake.params.get("extra", "")
log = snakemake.log_fmt_shell(stdout=True, stderr=True)
shell("genotype-convert --threads {snakemake.threads} {words:q} {extra} -o {snakemake.output.vcf:q} {snakemake.input.export:q} {log}")
