"""The goals, G1 to G9: the only place that knows their bounds."""
from collections import namedtuple

# must and stretch are bounds of the value; least: they are lower bounds. wall: judged only on a quiet machine.
Goal = namedtuple("Goal", "id bench what unit must stretch least wall")


def goal(id, bench, what, must, stretch=None, unit="", least=False, wall=False):
    return Goal(id, bench, what, unit, must, stretch, least, wall)


def goals_of_conversion():
    """Against the bcftools job, once with the reference as FASTA and once as .2bit."""
    for kind in ("FASTA", ".2bit"):
        against = [
            ("G2", "convert, 2 threads", "bcf_job", (0.60, 0.45), (0.50, 0.38), (1.02, None)),
            ("G3", "convert --fast, 2 threads", "bcf_job", (0.20, 0.12), (0.20, 0.10), (1.02, 1.00)),
            ("G3b", "convert --fast, 2 threads", "bcf_job -Oz1", (0.35, 0.20), (0.25, 0.15), None),
            ("G3c", "convert, 2 threads", "bcf_job -Oz4", (0.80, 0.60), (0.65, 0.50), None),
        ]
        for id, what, base, cpu, wall, size in against:
            yield goal("%s cpu %s" % (id, kind), "peers", "%s, cpu / %s" % (what, base), *cpu)
            yield goal("%s wall %s" % (id, kind), "peers", "%s, wall / %s" % (what, base), *wall, wall=True)
            if size:
                yield goal("%s size %s" % (id, kind), "peers", "%s, bytes / %s" % (what, base), *size)


def goals_of_references():
    for kind in ("FASTA", ".2bit"):
        yield goal("G4 " + kind, "reference", "what full length adds to convert, cpu", 30, 15, " ms")
        yield goal("G4 alone " + kind, "reference", "the same, less what it adds to convert -T", 30, 15, " ms")
        yield goal(
            "G5b own " + kind, "reference", "convert, full-length reference: memory of its own", 24, None, " MiB"
        )
        yield goal("G5b mapped " + kind, "reference", "convert, full-length reference: mapped files", 64, None, " MiB")
    yield goal("G5b sites", "reference", "convert -T, full length: peak", 24 + 64, 32, " MiB")


GOALS = [
    goal("G1", "plain", "validate, cpu / bare inflate", 1.20, 1.10),
    goal("G1b", "plain", "validate --fast, cpu / bare inflate", 0.55, 0.45),
    goal("G10 validate", "plain", "validate, page faults", 350),
    goal("G10 convert", "plain", "convert -f .2bit, 1 thread, page faults", 1000),
    goal("G10 fast", "plain", "convert -f .2bit --fast, 1 thread, page faults", 1000),
    goal("G1c", "peers", "validate, cpu / unzip -t", 0.65, 0.40),
    *goals_of_conversion(),
    *goals_of_references(),
    goal("G5", "plain", "validate, peak", 8, 5, " MiB"),
    goal("G5 grown", "grow", "validate, peak at the most rows", 8, 5, " MiB"),
    goal("G5c", "plain", "table in memory, bytes a row", 16, 10),
    goal("G5c peak", "plain", "table, the most while loading / what it holds (no doubling)", 1.99),
    goal("G6 validate", "grow", "validate, ns a row at 10 M / at 640 k", 1.15, 1.05),
    goal("G6 convert", "grow", "convert, ns a row at 10 M / at 640 k", 1.15, 1.05),
    goal("G6 validate 50 M", "grow", "validate, ns a row at 50 M / at 640 k (--full)", 1.15, 1.05),
    goal("G7 validate", "batch", "validate --fast, exports a minute, two at once", 2500, 5000, least=True, wall=True),
    goal("G7 convert FASTA", "batch", "convert, exports a minute, --jobs 2", 200, 300, least=True, wall=True),
    goal("G7 convert .2bit", "batch", "convert, exports a minute, --jobs 2", 200, 300, least=True, wall=True),
    goal("G7 fast FASTA", "batch", "convert --fast, exports a minute, --jobs 2", 600, 1500, least=True, wall=True),
    goal("G7 fast .2bit", "batch", "convert --fast, exports a minute, --jobs 2", 600, 1500, least=True, wall=True),
    goal("G8 validate", "peers", "snps load, cpu / validate", 50, 90, least=True),
    goal("G8 convert", "peers", "2vcf, cpu / convert", 25, 100, least=True),
    goal("G9 validate", "plain", "validate, 1,000 rows: start-up", 8, None, " ms", wall=True),
    goal("G9 convert", "plain", "convert, 1,000 rows: start-up", 15, None, " ms", wall=True),
]
BY_ID = {g.id: g for g in GOALS}
assert len(BY_ID) == len(GOALS)


def verdict(g, value):
    within = (lambda bound: value >= bound) if g.least else (lambda bound: value <= bound)
    if not within(g.must):
        return "FAIL"
    return "STRETCH" if g.stretch is not None and within(g.stretch) else "PASS"


class Score:
    """The values of one benchmark's goals, each about an input."""

    def __init__(self, bench):
        self.bench, self.entries = bench, []

    def reach(self, id, value, about="", noise=None):
        """noise: words where the machine was not quiet enough for a wall time."""
        g = BY_ID[id]
        assert g.bench == self.bench
        said = "SKIP" if noise and g.wall else verdict(g, value)
        self.entries.append(
            dict(
                id=id,
                about=about,
                what=g.what,
                value=round(value, 4),
                bound=g.must,
                stretch=g.stretch,
                least=g.least,
                unit=g.unit,
                verdict=said,
                ok=None if said == "SKIP" else said != "FAIL",
                why=noise if said == "SKIP" else None,
            )
        )

    def skip(self, id, why, about=""):
        g = BY_ID[id]
        self.entries.append(
            dict(
                id=id,
                about=about,
                what=g.what,
                value=None,
                bound=g.must,
                stretch=g.stretch,
                least=g.least,
                unit=g.unit,
                verdict="SKIP",
                ok=None,
                why=why,
            )
        )

    def skip_the_rest(self, why):
        """Whatever goal of this benchmark has no value: none is left out in silence."""
        have = {e["id"] for e in self.entries}
        for g in GOALS:
            if g.bench == self.bench and g.id not in have:
                self.skip(g.id, why)

    def show(self):
        order = {g.id: k for k, g in enumerate(GOALS)}
        self.entries.sort(key=lambda e: order[e["id"]])
        if not self.entries:
            return
        print("\n%-18s %-15s %-58s %12s %8s %8s" % ("goal", "input", "what", "value", "must", "stretch"))
        for e in self.entries:
            sign = ">=" if e["least"] else "<="
            value = "-" if e["value"] is None else ("%.4g" if e["value"] >= 1000 else "%.3f") % e["value"] + e["unit"]
            stretch = "" if e["stretch"] is None else sign + "%g" % e["stretch"]
            why = " (%s)" % e["why"] if e["why"] else ""
            print(
                "%-18s %-15s %-58s %12s %8s %8s  %s%s"
                % (e["id"], e["about"], e["what"], value, sign + "%g" % e["bound"], stretch, e["verdict"], why)
            )
        count = lambda *words: sum(e["verdict"] in words for e in self.entries)
        print(
            "%d goals met (%d of them the stretch), %d MISSED, %d not judged"
            % (count("PASS", "STRETCH"), count("STRETCH"), count("FAIL"), count("SKIP")),
            flush=True,
        )
