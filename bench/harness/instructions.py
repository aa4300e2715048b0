"""Instructions counted by callgrind: the same on a busy machine, so they can be held against a recorded baseline.

A build gives the same count to 0.1 % only where nothing else changes: the compiler and its flags, the libraries, the
processor (libraries choose their code by what it can do), the input. These stand in the baseline; where they do not
fit, counts are told without a verdict."""
import json
import os
import re
import shutil
import subprocess

from . import host
from .process import fail

MOST = 1.03
ROWS = 100000
FEATURES = ["sse4_2", "avx", "avx2", "bmi2", "avx512f", "pclmulqdq", "vpclmulqdq"]  # that code is chosen by


def conditions(bench, exports):
    described = bench.result["host"]
    flags = set((host.found(r"^(?:flags|Features)\s*: (.*)$", host.read("/proc/cpuinfo")) or "").split())
    return dict(
        machine=os.uname().machine,
        features=[f for f in FEATURES if f in flags],
        compiler=described["compiler"],
        libs=described["libs"],
        valgrind=host.first_line("valgrind", "--version"),
        libc=host.first_line("ldd", "--version"),
        inputs={n: bench.inputs.describe(p, n, ROWS)["sha256"] for n, p in exports.items()},
    )


def count(bench, name, words):
    """Run in the folder of the data with relative names, so that counts do not hang on where the build stands."""
    folder = bench.inputs.folder
    words = [os.path.relpath(w, folder) if w.startswith(folder + os.sep) else w for w in words]
    r = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        env=bench.programs.environment(),
    )
    collected = re.search(r"Collected : (\d+)", r.stderr)
    if r.returncode != 0 or not collected:
        fail("callgrind gave no count for %s: %s" % (name, r.stderr[-400:]))
    return int(collected.group(1))


def turns(bench, exports):
    """One thread, because how threads meet is chance; no sandbox, because what the kernel offers is no part of it."""
    alone = ["--no-sandbox"]
    for profile, export in exports.items():
        yield "validate " + profile, bench.ours.validate(export, *alone)
    export = exports["23andme-v5"]
    for kind in ("FASTA", ".2bit"):
        yield "convert -f " + kind, bench.ours.convert(
            export, bench.inputs.path("ir.vcf.gz"), "-W=tbi", "--threads", "1", *alone, reference=kind
        )
    yield "convert to BCF --fast", bench.ours.convert(
        export, bench.inputs.path("ir.bcf"), "-W", "--fast", "--threads", "1", *alone
    )


def load(path):
    if not os.path.exists(path):
        return None
    with open(path) as f:
        return json.load(f)


def run(bench, path):
    """Returns whether a count is over the baseline by more than MOST."""
    if not shutil.which("valgrind"):
        fail("valgrind is not installed")
    exports = {p: bench.inputs.export(p, ROWS) for p in ("23andme-v5", "ancestrydna-v2", "myheritage-v2")}
    here, baseline = conditions(bench, exports), load(path)
    was = baseline["counts"] if baseline and not bench.a.update else {}
    other = [k for k in here if baseline and baseline["conditions"].get(k) != here[k]]
    counts, over = {}, []
    for name, words in turns(bench, exports):
        counts[name] = count(bench, name, words)
        ratio = counts[name] / was[name] if name in was else None
        print(
            "%-24s %14d instructions %8.1f a row%s"
            % (name, counts[name], counts[name] / ROWS, "  %+.2f %%" % (ratio * 100 - 100) if ratio else ""),
            flush=True,
        )
        bench.result["results"].append(dict(name=name, instructions=counts[name], ratio=ratio))
        if ratio and ratio > MOST:
            over.append(name)
    bench.result["conditions"] = here
    if bench.a.update:
        with open(path, "w") as f:
            json.dump(dict(schema=1, commit=bench.result["commit"], conditions=here, counts=counts), f, indent=1)
            f.write("\n")
        print("baseline recorded")
        return False
    if not baseline:
        print("no baseline: not judged")
        return False
    if other:
        print("not judged: the baseline was recorded with another %s" % ", ".join(other))
        return False
    print(
        "MORE THAN %+.0f %%: %s" % (MOST * 100 - 100, ", ".join(over))
        if over
        else "all within %+.0f %% of the baseline" % (MOST * 100 - 100)
    )
    return bool(over)
