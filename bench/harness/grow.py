"""Rows against time and memory: each command alone, the best of a few runs."""

import shutil

from . import commands, outputs
from .process import fail


GROWTH = [100000, 640000, 1000000, 3000000, 10000000]
LARGEST = 50000000


def same_counts(bench, ours, theirs):
    """As many records on each chromosome, but for X and Y: we move Y's pseudo-autosomal rows to X."""
    counts = []
    for path in (ours, theirs):
        lines = bench.runner.output("bcftools index", ["bcftools", "index", "-s", path]).splitlines()
        counts.append({f[0]: f[2] for f in (line.split("\t") for line in lines) if f[0] not in ("X", "Y")})
    if counts[0] != counts[1]:
        fail("convert and bcftools wrote other numbers of records: %s, %s" % tuple(counts))


def run(bench):
    full_length = bench.inputs.can_hold_full_length()
    scale = 1 if full_length else 10
    cost, path, ours = {}, bench.inputs.path, bench.ours
    print("\n| rows | command | wall s | cpu s | ns cpu / row | peak MiB |\n|---|---|---|---|---|---|")

    def best(rows, name, words):
        times = 5 if rows < 1000000 else 3 if name in ("validate", "convert") else 1
        runs = [bench.runner.once(name, words) for _ in range(times)]
        run = min(runs, key=lambda r: r["cpu"])
        cost[name, rows] = run["cpu"] / rows * 1e9
        bench.result["results"].append(
            dict(
                name=name,
                rows=rows,
                n=len(runs),
                wall_s=min(r["wall"] for r in runs),
                cpu_s=run["cpu"],
                user_s=run["user"],
                sys_s=run["sys"],
                peak_mib=max(r["peak"] for r in runs),
            )
        )
        print(
            "| %d | %s | %.3f | %.3f | %.1f | %.1f |"
            % (rows, name, run["wall"], run["cpu"], cost[name, rows], run["peak"]),
            flush=True,
        )
        return run

    peak = 0
    for rows in GROWTH + ([LARGEST] if bench.a.full else []):
        export = bench.export("23andme-v5", rows, scale=scale)
        outputs.accepted(bench.runner, ours.validate(export, "--json", *commands.LARGE), rows)
        peak = max(peak, best(rows, "validate", ours.validate(export, *commands.LARGE))["peak"])
        if rows > GROWTH[-1]:
            continue
        best(
            rows,
            "convert",
            ours.convert(export, path("grow.vcf.gz"), "-W=tbi", *commands.LARGE, scale=scale, builtin=True),
        )
        if shutil.which("bcftools") and shutil.which("unzip"):
            best(
                rows,
                "bcftools",
                commands.bcftools_job("23andme-v5", export, bench.inputs.fasta(scale), path("grow-peer.vcf.gz")),
            )
            same_counts(bench, path("grow.vcf.gz"), path("grow-peer.vcf.gz"))
        if shutil.which("plink1.9"):
            text = bench.inputs.export("23andme-v5", rows, scale=scale, ending=".txt")
            best(rows, "plink1.9", commands.plink(text, path("grow-plink")))
    for name in ("validate", "convert"):
        bench.score.reach("G6 " + name, cost[name, 10000000] / cost[name, 640000])
    if bench.a.full:
        bench.score.reach("G6 validate 50 M", cost["validate", LARGEST] / cost["validate", 640000])
    bench.score.reach("G5 grown", peak)
    bench.finish("no --full")
