"""validate and convert beside the bare inflate, their stages, and start-up: no peers needed."""

from . import outputs, stages

def run(bench):
    bench.result["stages"] = []
    for profile, rows in bench.profiles().items():
        export, out = bench.export(profile, rows), bench.inputs.path("out.vcf.gz")
        outputs.accepted(bench.runner, bench.ours.validate(export, "--json", "--min-rows", "1"), rows)
        turns = {
            "bare inflate": bench.ours.inflate(export),
            "validate": bench.ours.validate(export, "--min-rows", "1"),
            "validate --fast": bench.ours.validate(export, "--min-rows", "1", "--fast"),
        }
        files = {"convert -f .2bit": out}
        for name, kind, more in (
            ("convert -f .2bit", ".2bit", []),
            ("convert -f .2bit, 1 thread", ".2bit", ["--threads", "1"]),
            ("convert -f .2bit --fast, 1 thread", ".2bit", ["--threads", "1", "--fast"]),
            ("convert -f FASTA", "FASTA", []),
        ):
            files.setdefault(name, bench.inputs.path("out%d.vcf.gz" % len(files)))
            turns[name] = bench.ours.convert(export, files[name], "-W=tbi", *more, reference=kind)
            bench.runner.output("convert", turns[name])
            outputs.same_text(out, files[name], "convert -f .2bit and " + name)
        turn = bench.rotate(turns, "bare inflate", profile, "%s, %d rows" % (profile, rows))
        got, figures = stages.measure(bench, profile, export, rows, out)
        got += stages.rest(got, turn.median("validate", "cpu"), turn.median("convert -f .2bit", "cpu"))
        print(stages.table(profile, got), flush=True)
        bench.result["stages"] += got
        s = bench.score
        s.reach("G1", turn.ratio("validate", "bare inflate", "cpu"), profile)
        s.reach("G1b", turn.ratio("validate --fast", "bare inflate", "cpu"), profile)
        for id, name in (("validate", "validate"), ("convert", "convert -f .2bit, 1 thread"),
                         ("fast", "convert -f .2bit --fast, 1 thread")):
            s.reach("G10 " + id, turn.median(name, "faults"), profile)
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
