"""validate and convert beside the bare inflate, their stages, and start-up: no peers needed."""

from . import outputs, stages
from .process import Programs


def zlib_only(bench, export):
    """validate of another build, or None."""
    if not bench.a.zlib_build:
        return None
    other = Programs(bench.a.zlib_build)
    return [other("genotype-validate"), "--min-rows", "1", export], other.environment()


def run(bench):
    bench.result["stages"] = []
    for profile, rows in bench.profiles().items():
        export, out = bench.export(profile, rows), bench.inputs.path("out.vcf.gz")
        outputs.accepted(bench.runner, bench.ours.validate(export, "--json", "--min-rows", "1"), rows)
        turns = {
            "bare inflate": bench.ours.inflate(export),
            "validate": bench.ours.validate(export, "--min-rows", "1"),
            "convert -f .2bit": bench.ours.convert(export, out, "-W=tbi"),
            "convert -f FASTA": bench.ours.convert(
                export, bench.inputs.path("out-fasta.vcf.gz"), "-W=tbi", reference="FASTA"
            ),
        }
        zlib_words = zlib_only(bench, export)
        if zlib_words:
            turns["validate, zlib only"] = zlib_words
        bench.runner.output("convert", turns["convert -f .2bit"])
        bench.runner.output("convert", turns["convert -f FASTA"])
        outputs.same_text(out, bench.inputs.path("out-fasta.vcf.gz"), "convert -f FASTA and -f .2bit")
        turn = bench.rotate(turns, "bare inflate", profile, "%s, %d rows" % (profile, rows))
        got, figures = stages.measure(bench, profile, export, rows, out)
        got += stages.rest(got, turn.median("validate", "cpu"), turn.median("convert -f .2bit", "cpu"))
        print(stages.table(profile, got), flush=True)
        bench.result["stages"] += got
        s = bench.score
        if zlib_words:
            s.reach("G1", turn.ratio("validate, zlib only", "bare inflate", "cpu"), profile)
        else:
            s.skip("G1", "no --zlib-build", profile)
        s.reach("G1b", turn.ratio("validate", "bare inflate", "cpu"), profile)
        s.reach("G5", turn.most("validate", "peak"), profile)
        held, most = figures["table bytes a row"], figures["table bytes a row, most while loading"]
        s.reach("G5c", held, profile)
        s.reach("G5c peak", most / held, profile)
    start_up(bench)
    bench.finish()


def start_up(bench):
    small = bench.export("23andme-v5", 1000)
    turn = bench.rotate(
        {
            "validate, 1,000 rows": bench.ours.validate(small, "--min-rows", "1"),
            "convert, 1,000 rows": bench.ours.convert(small, bench.inputs.path("small.vcf.gz"), "-W=tbi"),
        },
        "validate, 1,000 rows",
        "1,000 rows",
        "Start-up",
    )
    bench.score.reach("G9 validate", turn.median("validate, 1,000 rows", "wall") * 1000, noise=turn.noise())
    bench.score.reach("G9 convert", turn.median("convert, 1,000 rows", "wall") * 1000, noise=turn.noise())
