"""Exports a minute on all cores."""

import os
import shlex
import shutil

from . import host, outputs
from .inputs import PROFILES
from .process import fail


def run(bench):
    n, profile, rows = bench.a.count, "23andme-v5", bench.a.rows or PROFILES["23andme-v5"]

    def in_turns(different):
        return (different * (n // len(different) + 1))[:n]

    exports = in_turns([bench.inputs.export(profile, rows, seed=k + 1) for k in range(min(n, 4))])
    bench.export(profile, rows)
    of_all_vendors = in_turns([bench.inputs.export(p, bench.a.rows or PROFILES[p]) for p in PROFILES])
    quiet = host.Quiet()
    print("\n| command | exports a minute | cpu s | peak MiB |\n|---|---|---|---|")

    def run(name, command):
        got = bench.runner.once(name, command)
        rate = n / got["wall"] * 60
        bench.result["results"].append(
            dict(
                name=name,
                n=1,
                exports=n,
                a_minute=rate,
                wall_s=got["wall"],
                cpu_s=got["cpu"],
                user_s=got["user"],
                sys_s=got["sys"],
                peak_mib=got["peak"],
            )
        )
        print("| %s | %.0f | %.2f | %.1f |" % (name, rate, got["cpu"], got["peak"]), flush=True)
        return rate

    rates = {}
    for more in ([], ["--fast"]):
        validate = bench.ours.validate(exports[0], *more)[:-1]
        name = " ".join(["validate", *more])
        run(name + ", one process", [*validate, *exports])
        halves = [shlex.join([*validate, *exports[k::2]]) for k in (0, 1)]
        rates["G7 validate"] = run(name + ", two processes", "%s & first=$!; %s && wait $first" % tuple(halves))

    def convert(kind, name, exports, *more):
        out = bench.inputs.path("batch")
        shutil.rmtree(out, ignore_errors=True)
        os.makedirs(out)
        words = bench.ours.convert(exports[0], out + "/", "-O", "z", "--jobs", "2", *more, reference=kind)[:-1] + exports
        rate = run(name, words)
        check_batch(bench, out, exports)
        return rate

    for kind in ("FASTA", ".2bit"):
        name = "convert -f %s --jobs 2" % kind
        rates["G7 convert " + kind] = convert(kind, name, exports)
        rates["G7 fast " + kind] = convert(kind, name + " --fast", exports, "--fast")
        convert(kind, name + ", %d arrays in turns" % len(PROFILES), of_all_vendors)
    others = quiet.others()
    noise = (
        "others used %.0f %% of the machine" % (others * 100)
        if others is not None and others > host.Quiet.MOST
        else None
    )
    for id, rate in rates.items():
        bench.score.reach(id, rate, noise=noise)
    bench.finish()


def check_batch(bench, out, exports):
    made = sorted(f for f in os.listdir(out) if f.endswith(".vcf.gz"))
    if len(made) != len(exports):
        fail("%d of %d exports were converted" % (len(made), len(exports)))
    alone = bench.inputs.path("alone.vcf.gz")
    bench.runner.output("convert", bench.ours.convert(exports[0], alone, "-s", made[0][: -len(".vcf.gz")]))
    first = os.path.join(out, made[0])
    if os.path.getsize(first) != os.path.getsize(alone):
        outputs.same_text(alone, first, "convert alone and in a batch")
