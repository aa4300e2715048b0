"""The commands that are measured: ours, and what their users would do with other tools."""
import os
import shlex
import shutil
import subprocess

LARGE = ["--max-size", "4000000000", "--max-unpacked", "8000000000", "--max-rows", "100000000"]


class Ours:
    def __init__(self, programs, inputs):
        self.programs, self.inputs = programs, inputs

    def validate(self, export, *more):
        return [self.programs("genotype-validate"), *more, export]

    def convert(self, export, out, *more, reference=".2bit", scale=10, builtin=False):
        path = self.inputs.twobit(scale) if reference == ".2bit" else self.inputs.fasta(scale)
        return [
            self.programs("genotype-convert"),
            "-f",
            path,
            *self.inputs.assemblies(scale, builtin),
            "-q",
            "-o",
            out,
            *more,
            export,
        ]

    def convert_by_sites(self, export, out, sites, *more, scale=10):
        return [
            self.programs("genotype-convert"),
            "-T",
            sites,
            *self.inputs.assemblies(scale),
            "-q",
            "-o",
            out,
            *more,
            export,
        ]

    def inflate(self, export):
        return [self.programs("bench/inflate_floor"), export]


# What bcftools needs to have reshaped, by the cheapest means found. It splits at any white space and skips '#'; the
# column line of MyHeritage it skips because its position is no number.
SHAPES = {
    "ancestrydna-v2": '| awk \'BEGIN{OFS="\\t"} /^#|^rsid/{next} {c=$2; if(c>22)c=c==23?"X":c==24?"Y":"MT"; '
    'g=$4 substr($5,1,1); print $1,c,$3,g=="00"?"--":g}\' ',
    "myheritage-v2": "| tr ',' '\\t' | tr -d '\"' ",
}


def bcftools_job(profile, export, fasta, out, level="", threads=""):
    """What its users do for the same result: unpack, reshape the columns where that is needed, convert, index."""
    q = shlex.quote
    return (
        "unzip -p %s %s| bcftools convert --tsv2vcf - -c ID,CHROM,POS,AA -f %s -s SAMPLE -Oz%s %s -o %s"
        " && bcftools index -f -t %s" % (q(export), SHAPES.get(profile, ""), q(fasta), level, threads, q(out), q(out))
    )


def plink(text, prefix):
    """From the unpacked text to VCF.gz without index; 23andMe only. Its REF is not the reference's."""
    return ["plink1.9", "--silent", "--23file", text, "--recode", "vcf", "bgz", "--out", prefix]


class OtherPeers:
    """Peers that are no Debian packages: on PATH, or in the folder that the variable PEERS names, or its bin."""

    def __init__(self):
        peers = os.environ.get("PEERS")
        self.path = os.pathsep.join(
            ([peers, os.path.join(peers, "bin")] if peers else []) + [os.environ.get("PATH", "")]
        )

    def find(self, name):
        return shutil.which(name, path=self.path)

    def snps_load(self, export):
        """snps reads an export (Python); None where it is not installed."""
        python = self.find("python3")
        if not python or subprocess.run([python, "-c", "import snps"], capture_output=True).returncode != 0:
            return None
        return [python, "-c", "import sys, snps; s = snps.SNPs(sys.argv[1]); sys.exit(s.count == 0)", export]

    def to_vcf(self, export, sites, out):
        """2vcf (Go) makes a VCF out of an export and the sites it may hold; None where it is not installed."""
        program = self.find("2vcf")
        return program and [program, "conv", "23andme", "--ref", sites, "--input", export, "--output", out]
