"""The same work beside bcftools, plink1.9 and unzip; snps and 2vcf where they are."""

import os
import shutil

from . import commands, outputs
from .inputs import PROFILES
from .process import fail


def need(*programs):
    for name in programs:
        if not shutil.which(name):
            fail("%s is not installed" % name)


def peer_turns(bench, profile, rows, export):
    """name -> command, and name -> output whose size is of interest."""
    path, fasta = bench.inputs.path, bench.inputs.fasta()
    files, turns = {}, {}

    def job(name, **more):
        files[name] = path("peer%d.vcf.gz" % len(files))
        turns[name] = commands.bcftools_job(profile, export, fasta, files[name], **more)

    def convert(name, *more, **reference):
        files[name] = path("ours%d.vcf.gz" % len(files))
        turns[name] = bench.ours.convert(export, files[name], "-W=tbi", *more, **reference)

    job("bcf_job")
    job("bcf_job --threads 2", threads="--threads 2")
    job("bcf_job -Oz1", level="1")
    job("bcf_job -Oz4", level="4")
    turns["unzip -t"] = ["unzip", "-tqq", export]
    turns["bare inflate"] = bench.ours.inflate(export)
    turns["validate"] = bench.ours.validate(export, "--min-rows", "1")
    for kind in ("FASTA", ".2bit"):
        convert("convert -f %s, 1 thread" % kind, "--threads", "1", reference=kind)
        convert("convert -f %s" % kind, "--threads", "2", reference=kind)
        convert("convert -f %s --fast" % kind, "--threads", "2", "--fast", reference=kind)
    turns["validate --fast"] = bench.ours.validate(export, "--min-rows", "1", "--fast")
    convert("convert -f .2bit -O z6", "--threads", "2", "-O", "z6")
    if shutil.which("plink1.9") and profile.startswith("23andme"):
        text = bench.inputs.export(profile, rows, ending=".txt")
        turns["plink1.9, from text, no index"] = commands.plink(text, path("plink"))
    return turns, files


def compare_outputs(bench, turns, files):
    """Runs every conversion once and compares; all of ours hold the same lines."""
    for name in files:
        bench.runner.output(name, turns[name])
    first = files["convert -f .2bit"]
    for name, file in files.items():
        if name.startswith("convert"):
            bench.runner.output("bcftools index", ["bcftools", "index", "-n", file])  # reads our index
            outputs.same_text(first, file, name)
    n = outputs.agrees_with_bcftools(first, files["bcf_job"])
    print("output compared: %d records agree with bcftools', the same in all our outputs" % n, flush=True)


def peer_goals(bench, profile, turn, files):
    size = {name: os.path.getsize(file) for name, file in files.items()}
    s, noise = bench.score, turn.noise()
    s.reach("G1c", turn.ratio("validate", "unzip -t", "cpu"), profile)
    for kind in ("FASTA", ".2bit"):
        default, fast = "convert -f " + kind, "convert -f %s --fast" % kind
        for id, name, base in (
            ("G2", default, "bcf_job"),
            ("G3", fast, "bcf_job"),
            ("G3b", fast, "bcf_job -Oz1"),
            ("G3c", default, "bcf_job -Oz4"),
        ):
            s.reach("%s cpu %s" % (id, kind), turn.ratio(name, base, "cpu"), profile)
            s.reach("%s wall %s" % (id, kind), turn.ratio(name, base, "wall"), profile, noise)
            if id in ("G2", "G3"):
                s.reach("%s size %s" % (id, kind), size[name] / size[base], profile)


def other_peers(bench):
    """Peers in Python and Go, a few runs each: they take seconds."""
    profile, rows = "23andme-v5", bench.a.rows or PROFILES["23andme-v5"]
    export, found = bench.inputs.export(profile, rows), commands.OtherPeers()
    runs = lambda name, words: min(bench.runner.once(name, words)["cpu"] for _ in range(3))
    snps = found.snps_load(export)
    if snps:
        value = runs("snps", snps) / runs("validate", bench.ours.validate(export, "--min-rows", "1"))
        bench.score.reach("G8 validate", value, profile)
    else:
        bench.score.skip("G8 validate", "snps is not installed", profile)
    if not found.find("2vcf"):
        return bench.score.skip("G8 convert", "2vcf is not installed", profile)
    bench.inputs.sites(profile, rows)
    sites = bench.inputs.path("%s.%d.1.x10.sites.vcf" % (profile, rows))
    packed = bench.inputs.make(
        os.path.basename(sites) + ".gz", lambda path: ["bcftools", "view", "-Oz", "-o", path, sites]
    )
    value = runs("2vcf", found.to_vcf(export, packed, bench.inputs.path("2vcf.vcf.gz"))) / runs(
        "convert", bench.ours.convert(export, bench.inputs.path("out.vcf.gz"), "-W=tbi")
    )
    bench.score.reach("G8 convert", value, profile)


def run(bench):
    need("bcftools", "unzip")
    for profile, rows in bench.profiles().items():
        export = bench.export(profile, rows)
        turns, files = peer_turns(bench, profile, rows, export)
        compare_outputs(bench, turns, files)
        turn = bench.rotate(
            turns,
            "bcf_job",
            profile,
            "%s, %d rows, beside peers" % (profile, rows),
            lambda: {name: os.path.getsize(file) for name, file in files.items()},
        )
        peer_goals(bench, profile, turn, files)
    other_peers(bench)
    bench.finish()
