"""The stages of one export, from bench/stages: each in one process, its result checked there."""
from .process import fail

# What a whole run of genotype-convert is made of; the others are parts of these, or another way.
OF_VALIDATE = ["unpack: zip, inflate, CRC", "scan and rules", "figures"]
OF_CONVERT = OF_VALIDATE + ["table", "resolve, .2bit", "write VCF.gz"]


def measure(bench, profile, export, rows, out):
    """Stages and figures. out: what genotype-convert made of the export with the .2bit, indexed."""
    inputs, passes = bench.inputs, 5
    inputs.fasta()
    words = [
        bench.programs("bench/stages"),
        str(passes),
        export,
        inputs.path("reference.x10.assemblies.tsv"),
        inputs.fasta(),
        inputs.twobit(),
        inputs.sites(profile, rows),
        out,
    ]
    stages, figures = [], {}
    for line in bench.runner.output("bench/stages", words).splitlines():
        fields = line.split("\t")
        if fields[0] == "stage":
            n, size, ns = map(int, fields[2:5])
            stages.append(
                dict(
                    input=profile,
                    name=fields[1],
                    rows=n,
                    bytes=size,
                    cpu_ms=ns / 1e6,
                    ns_row=ns / n,
                    mb_s=size / ns * 1e3 if size else None,
                )
            )
        elif fields[0] == "figure":
            figures[fields[1]] = float(fields[2])
    if not stages:
        fail("bench/stages said nothing")
    return stages, figures


def rest(stages, validate_cpu_s, convert_cpu_s):
    """What is told by differences: what whole processes take beyond their stages: start, sandbox, page faults, the index,
    syncing."""
    cpu = {s["name"]: s["cpu_ms"] for s in stages}

    def row(name, ms):
        return dict(stages[0], name=name, bytes=0, cpu_ms=ms, mb_s=None, ns_row=ms * 1e6 / stages[0]["rows"])

    for name, whole, parts in (
        ("validate", validate_cpu_s, OF_VALIDATE),
        ("convert -f .2bit", convert_cpu_s, OF_CONVERT),
    ):
        yield row("whole genotype-" + name, whole * 1e3)
        if all(p in cpu for p in parts):
            yield row("of which no stage", whole * 1e3 - sum(cpu[p] for p in parts))


def table(profile, stages):
    lines = ["", "### Stages of %s" % profile, "", "| stage | cpu ms | ns / row | MB/s |", "|---|---|---|---|"]
    for s in stages:
        lines.append(
            "| %s | %.1f | %.1f | %s |" % (s["name"], s["cpu_ms"], s["ns_row"], "%.0f" % s["mb_s"] if s["mb_s"] else "")
        )
    return "\n".join(lines)
