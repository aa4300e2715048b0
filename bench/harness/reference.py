"""What the length of the reference costs, and memory told apart."""

import shutil

from . import commands, outputs
from .inputs import PROFILES


def run(bench):
    if not bench.inputs.can_hold_full_length():
        return bench.finish("the disk has no room for a full-length reference")
    profile, rows = "23andme-v5", bench.a.rows or PROFILES["23andme-v5"]
    path, ours, turns = bench.inputs.path, bench.ours, {}
    exports = {scale: bench.export(profile, rows, scale=scale) for scale in (10, 1)}
    words = {10: "a tenth", 1: "full length"}
    for scale in (10, 1):
        for kind in ("FASTA", ".2bit"):
            turns["convert -f %s, %s" % (kind, words[scale])] = ours.convert(
                exports[scale], path("length%d%s.vcf.gz" % (scale, kind)), "-W=tbi", reference=kind, scale=scale
            )
    moved = {kind: "convert -f %s, full length, Y's PARs moved" % kind for kind in ("FASTA", ".2bit")}
    for kind, name in moved.items():
        turns[name] = ours.convert(
            exports[1], path("length-moved.vcf.gz"), "-W=tbi", reference=kind, scale=1, builtin=True
        )
    # No genome is read here: what full length costs all the same is the longer positions and the larger index.
    for scale in (10, 1):
        turns["convert -T, %s" % words[scale]] = ours.convert_by_sites(
            exports[scale],
            path("length%d-sites.vcf.gz" % scale),
            bench.inputs.sites(profile, rows, scale=scale),
            "-W=tbi",
            scale=scale,
        )
    for name in turns:
        bench.runner.output(name, turns[name])
    outputs.same_text(
        path("length1FASTA.vcf.gz"), path("length1.2bit.vcf.gz"), "convert, full length, -f FASTA and -f .2bit"
    )
    if shutil.which("bcftools") and shutil.which("unzip"):
        for scale in (10, 1):
            turns["bcf_job, %s" % words[scale]] = commands.bcftools_job(
                profile, exports[scale], bench.inputs.fasta(scale), path("length-peer.vcf.gz")
            )
    turn = bench.rotate(
        turns, "convert -f .2bit, a tenth", profile, "References of a tenth and of full length (3.1 GB)"
    )
    without = turn.difference("convert -T, full length", "convert -T, a tenth", "cpu")
    for kind in ("FASTA", ".2bit"):
        full = "convert -f %s, full length" % kind
        more = turn.difference(full, "convert -f %s, a tenth" % kind, "cpu")
        bench.score.reach("G4 " + kind, more * 1000, profile)
        bench.score.reach("G4 alone " + kind, (more - without) * 1000, profile)
        # What a user gets with GRCh37's full length, and the most memory: the rows are sorted.
        memory = bench.runner.once(moved[kind], turns[moved[kind]], watch_memory=True)
        bench.score.reach("G5b own " + kind, memory["anonymous"], profile)
        bench.score.reach("G5b mapped " + kind, memory["mapped"], profile)
    bench.score.reach("G5b sites", turn.most("convert -T, full length", "peak"), profile)
    bench.finish()
