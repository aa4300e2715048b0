"""The benchmarks: what each runs, compares and concludes."""
import os
import shutil

from . import commands, host, outputs, results, stages
from .goals import Score
from .inputs import PROFILES, Inputs
from .process import Programs, Runner, fail
from .rotation import Rotation, table


class Bench:
    """One benchmark's tools and what it finds out."""

    def __init__(self, kind, arguments, source):
        self.kind, self.a, self.source = kind, arguments, source
        self.programs = Programs(arguments.build)
        self.runner = Runner(self.programs)
        self.inputs = Inputs(self.programs, self.runner, arguments.data)
        self.ours = commands.Ours(self.programs, self.inputs)
        self.score = Score(kind)
        self.result = dict(schema=results.SCHEMA, kind=kind, commit=host.commit(source), host=host.describe(arguments.build),
                           peers=host.peer_versions(), rounds=arguments.rounds, base=None, inputs=[], results=[])

    def profiles(self):
        return {p: self.a.rows or PROFILES[p] for p in (self.a.profile or PROFILES)}

    def export(self, profile, rows, **more):
        path = self.inputs.export(profile, rows, **more)
        if path.endswith(".zip") and rows <= 1000000:
            self.result["inputs"].append(self.inputs.describe(path, profile, rows))
        return path

    def rotate(self, commands_, base, about, title, out_bytes=lambda: {}):
        turn = Rotation(self.runner, commands_, base, self.a.rounds)
        rows = list(turn.rows(about, out_bytes()))
        print(table(title, rows, base), flush=True)
        if turn.noise():
            print("not quiet: %s; wall times are not judged" % turn.noise())
        self.result["base"] = base
        self.result["results"] += rows
        return turn

    def finish(self, why_not="not measured in this run"):
        self.score.skip_the_rest(why_not)
        self.score.show()
        self.result["goals"] = self.score.entries
        results.save(self.a.results, self.a.json, self.result)


# ---- make bench

def zlib_only(bench, export):
    """validate of another build, or None."""
    if not bench.a.zlib_build:
        return None
    other = Programs(bench.a.zlib_build)
    return [other("genotype-validate"), "--min-rows", "1", export], other.environment()


def plain(bench):
    """validate and convert beside the bare inflate, and their stages: no peers needed."""
    bench.result["stages"] = []
    for profile, rows in bench.profiles().items():
        export, out = bench.export(profile, rows), bench.inputs.path("out.vcf.gz")
        outputs.accepted(bench.runner, bench.ours.validate(export, "--json", "--min-rows", "1"), rows)
        turns = {"bare inflate": bench.ours.inflate(export), "validate": bench.ours.validate(export, "--min-rows", "1"),
                 "convert -f .2bit": bench.ours.convert(export, out, "-W=tbi"),
                 "convert -f FASTA": bench.ours.convert(export, bench.inputs.path("out-fasta.vcf.gz"), "-W=tbi", reference="FASTA")}
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
    turn = bench.rotate({"validate, 1,000 rows": bench.ours.validate(small, "--min-rows", "1"),
                         "convert, 1,000 rows": bench.ours.convert(small, bench.inputs.path("small.vcf.gz"), "-W=tbi")},
                        "validate, 1,000 rows", "1,000 rows", "Start-up")
    bench.score.reach("G9 validate", turn.median("validate, 1,000 rows", "wall") * 1000, noise=turn.noise())
    bench.score.reach("G9 convert", turn.median("convert, 1,000 rows", "wall") * 1000, noise=turn.noise())


# ---- make bench-peers

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
        for id, name, base in (("G2", default, "bcf_job"), ("G3", fast, "bcf_job"), ("G3b", fast, "bcf_job -Oz1"),
                               ("G3c", default, "bcf_job -Oz4")):
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
    packed = bench.inputs.make(os.path.basename(sites) + ".gz", lambda path: ["bcftools", "view", "-Oz", "-o", path, sites])
    value = runs("2vcf", found.to_vcf(export, packed, bench.inputs.path("2vcf.vcf.gz"))) / runs(
        "convert", bench.ours.convert(export, bench.inputs.path("out.vcf.gz"), "-W=tbi"))
    bench.score.reach("G8 convert", value, profile)


def peers(bench):
    """The same beside bcftools, plink1.9 and unzip."""
    need("bcftools", "unzip")
    for profile, rows in bench.profiles().items():
        export = bench.export(profile, rows)
        turns, files = peer_turns(bench, profile, rows, export)
        compare_outputs(bench, turns, files)
        turn = bench.rotate(turns, "bcf_job", profile, "%s, %d rows, beside peers" % (profile, rows),
                            lambda: {name: os.path.getsize(file) for name, file in files.items()})
        peer_goals(bench, profile, turn, files)
    other_peers(bench)
    bench.finish()


# ---- make bench-reference

def reference(bench):
    """What the length of the reference costs, and memory told apart."""
    if not bench.inputs.can_hold_full_length():
        return bench.finish("the disk has no room for a full-length reference")
    profile, rows = "23andme-v5", bench.a.rows or PROFILES["23andme-v5"]
    path, ours, turns = bench.inputs.path, bench.ours, {}
    exports = {scale: bench.export(profile, rows, scale=scale) for scale in (10, 1)}
    words = {10: "a tenth", 1: "full length"}
    for scale in (10, 1):
        for kind in ("FASTA", ".2bit"):
            turns["convert -f %s, %s" % (kind, words[scale])] = ours.convert(
                exports[scale], path("length%d%s.vcf.gz" % (scale, kind)), "-W=tbi", reference=kind, scale=scale)
    sites = bench.inputs.sites(profile, rows, scale=1)
    turns["convert -T, full length"] = ours.convert_by_sites(exports[1], path("length-sites.vcf.gz"), sites, "-W=tbi", scale=1)
    for name in turns:
        bench.runner.output(name, turns[name])
    outputs.same_text(path("length1FASTA.vcf.gz"), path("length1.2bit.vcf.gz"), "convert, full length, -f FASTA and -f .2bit")
    if shutil.which("bcftools") and shutil.which("unzip"):
        for scale in (10, 1):
            turns["bcf_job, %s" % words[scale]] = commands.bcftools_job(profile, exports[scale], bench.inputs.fasta(scale),
                                                                        path("length-peer.vcf.gz"))
    turn = bench.rotate(turns, "convert -f .2bit, a tenth", profile, "References of a tenth and of full length (3.1 GB)")
    for kind in ("FASTA", ".2bit"):
        full = "convert -f %s, full length" % kind
        more = turn.difference(full, "convert -f %s, a tenth" % kind, "cpu")
        bench.score.reach("G4 " + kind, more * 1000, profile)
        memory = bench.runner.once(full, turns[full], watch_memory=True)
        bench.score.reach("G5b own " + kind, memory["anonymous"], profile)
        bench.score.reach("G5b mapped " + kind, memory["mapped"], profile)
    bench.score.reach("G5b sites", turn.most("convert -T, full length", "peak"), profile)
    bench.finish()


# ---- make bench-grow

GROWTH = [100000, 640000, 1000000, 3000000, 10000000]
LARGEST = 50000000


def grow(bench):
    """Rows against time and memory: each command alone, the best of a few runs."""
    full_length = bench.inputs.can_hold_full_length()
    scale = 1 if full_length else 10
    cost, path, ours = {}, bench.inputs.path, bench.ours
    print("\n| rows | command | wall s | cpu s | ns cpu / row | peak MiB |\n|---|---|---|---|---|---|")

    def best(rows, name, words):
        runs = [bench.runner.once(name, words) for _ in range(5 if rows < 1000000 else 3 if rows < 3000000 else 1 + rows // LARGEST)]
        run = min(runs, key=lambda r: r["cpu"])
        cost[name, rows] = run["cpu"] / rows * 1e9
        bench.result["results"].append(dict(name=name, rows=rows, n=len(runs), wall_s=min(r["wall"] for r in runs), cpu_s=run["cpu"],
                                            user_s=run["user"], sys_s=run["sys"], peak_mib=max(r["peak"] for r in runs)))
        print("| %d | %s | %.3f | %.3f | %.1f | %.1f |" % (rows, name, run["wall"], run["cpu"], cost[name, rows], run["peak"]), flush=True)
        return run

    peak = 0
    for rows in GROWTH + ([LARGEST] if bench.a.full else []):
        export = bench.export("23andme-v5", rows, scale=scale)
        outputs.accepted(bench.runner, ours.validate(export, "--json", *commands.LARGE), rows)
        peak = max(peak, best(rows, "validate", ours.validate(export, *commands.LARGE))["peak"])
        if rows > GROWTH[-1]:
            continue
        best(rows, "convert", ours.convert(export, path("grow.vcf.gz"), "-W=tbi", *commands.LARGE, scale=scale))
        if shutil.which("bcftools") and shutil.which("unzip"):
            best(rows, "bcftools", commands.bcftools_job("23andme-v5", export, bench.inputs.fasta(scale), path("grow-peer.vcf.gz")))
            counts = [bench.runner.output("bcftools index", ["bcftools", "index", "-n", path(name)])
                      for name in ("grow.vcf.gz", "grow-peer.vcf.gz")]
            if counts[0] != counts[1]:
                fail("convert wrote %s records, bcftools %s" % tuple(counts))
        if shutil.which("plink1.9"):
            text = bench.inputs.export("23andme-v5", rows, scale=scale, ending=".txt")
            best(rows, "plink1.9", commands.plink(text, path("grow-plink")))
    for name in ("validate", "convert"):
        bench.score.reach("G6 " + name, cost[name, 10000000] / cost[name, 640000])
    if bench.a.full:
        bench.score.reach("G6 validate 50 M", cost["validate", LARGEST] / cost["validate", 640000])
    bench.score.reach("G5 grown", peak)
    bench.finish("no --full")


# ---- make bench-batch

def batch(bench):
    """Exports a minute on all cores."""
    n, profile, rows = bench.a.count, "23andme-v5", bench.a.rows or PROFILES["23andme-v5"]
    different = [bench.inputs.export(profile, rows, seed=k + 1) for k in range(min(n, 4))]
    bench.export(profile, rows)
    exports = (different * (n // len(different) + 1))[:n]
    quiet = host.Quiet()
    print("\n| command | exports a minute | cpu s | peak MiB |\n|---|---|---|---|")

    def run(name, command):
        got = bench.runner.once(name, command)
        rate = n / got["wall"] * 60
        bench.result["results"].append(dict(name=name, n=1, exports=n, a_minute=rate, wall_s=got["wall"], cpu_s=got["cpu"],
                                            user_s=got["user"], sys_s=got["sys"], peak_mib=got["peak"]))
        print("| %s | %.0f | %.2f | %.1f |" % (name, rate, got["cpu"], got["peak"]), flush=True)
        return rate

    validate = bench.ours.validate(exports[0])[:-1]
    run("validate, one process", [*validate, *exports])
    halves = [commands.shlex.join([*validate, *exports[k::2]]) for k in (0, 1)]
    rates = {"G7 validate": run("validate, two processes", "%s & first=$!; %s && wait $first" % tuple(halves))}
    for kind in ("FASTA", ".2bit"):
        out = bench.inputs.path("batch")
        shutil.rmtree(out, ignore_errors=True)
        os.makedirs(out)
        words = bench.ours.convert(exports[0], out + "/", "-O", "z", "--jobs", "2", reference=kind)[:-1] + exports
        rates["G7 convert " + kind] = run("convert -f %s --jobs 2" % kind, words)
        check_batch(bench, out, exports)
    others = quiet.others()
    noise = "others used %.0f %% of the machine" % (others * 100) if others is not None and others > host.Quiet.MOST else None
    for id, rate in rates.items():
        bench.score.reach(id, rate, noise=noise)
    bench.finish()


def check_batch(bench, out, exports):
    made = sorted(f for f in os.listdir(out) if f.endswith(".vcf.gz"))
    if len(made) != len(exports):
        fail("%d of %d exports were converted" % (len(made), len(exports)))
    alone = bench.inputs.path("alone.vcf.gz")
    bench.runner.output("convert", bench.ours.convert(exports[0], alone, "-s", made[0][:-len(".vcf.gz")]))
    first = os.path.join(out, made[0])
    if os.path.getsize(first) != os.path.getsize(alone):
        outputs.same_text(alone, first, "convert alone and in a batch")
