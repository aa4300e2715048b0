"""Results as Markdown: what stands between the marks of bench/README.md."""
import re

from . import stages
from .goals import GOALS
from .inputs import PROFILES
from .process import fail
from .rotation import table

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
SIGN = {"PASS": "", "STRETCH": " +", "FAIL": " **missed**"}


def number(value, unit=""):
    if value is None:
        return "-"
    return ("%.0f" if abs(value) >= 100 else "%.1f" if abs(value) >= 10 or unit else "%.3f") % value + unit


def cell(e):
    if e["verdict"] == "SKIP":
        return number(e["value"], e["unit"]) + " not judged" if e["value"] is not None else "-"
    return number(e["value"], e["unit"]) + SIGN[e["verdict"]]


def goals(got):
    """One line a goal; a column a vendor, or one value where a goal knows no vendors."""
    entries = [e for result in got.values() for e in result.get("goals", [])]
    lines = [
        "| goal | what | must | stretch | " + " | ".join(PROFILES) + " |",
        "|---|---|---|---|" + "---|" * len(PROFILES),
    ]
    why = {}
    for g in GOALS:
        mine = {e["about"]: e for e in entries if e["id"] == g.id}
        if not mine:
            mine = {"": dict(verdict="SKIP", value=None, why="`make bench-%s` was not run" % g.bench)}
        sign = "≥ " if g.least else "≤ "
        for e in mine.values():
            if e["why"]:
                busy = e["why"].startswith("others used")
                why.setdefault("the machine was busy with other work" if busy else e["why"], set()).add(g.id)
        cells = [cell(mine[p]) if p in mine else "" for p in PROFILES]
        if "" in mine:
            cells[0] = cell(mine[""])
        lines.append(
            "| %s | %s | %s | %s | %s |"
            % (
                g.id,
                g.what,
                sign + "%g" % g.must + g.unit,
                "" if g.stretch is None else sign + "%g" % g.stretch,
                " | ".join(cells),
            )
        )
    lines += ["", "\\+ reaches the stretch goal. A value that knows no vendor stands in the first column.", ""]
    return lines + ["- Not judged, %s: %s." % (reason, ", ".join(sorted(ids))) for reason, ids in sorted(why.items())]


def machine(got):
    faults = {}  # the price of a page fault differs from hour to hour: by machine, all that was found
    for r in got.values():
        h = r["host"]
        libs = ", ".join("%s %s" % (k, v) for k, v in h["libs"].items() if v)
        text = "%s cores of %s, %s, %s; %s" % (h["cores"], h["model"], h["system"], libs, h["compiler"]["name"])
        faults.setdefault(text, set()).update([h["page_fault_us"]] if "page_fault_us" in h else [])
    lines = [
        text + ("; a page fault costs %s us" % " to ".join("%g" % f for f in sorted({min(us), max(us)})) if us else "")
        for text, us in faults.items()
    ]
    peers = sorted({v for r in got.values() for v in (r.get("peers") or {}).values() if v})
    commits = sorted({r["commit"] or "unknown" for r in got.values()})
    return [
        "Measured on " + "; and on ".join(lines) + ".",
        "Peers: " + "; ".join(peers) + ".",
        "Commit "
        + ", ".join(commits)
        + "; rounds: "
        + ", ".join("%s %d" % (k, r["rounds"]) for k, r in got.items())
        + ".",
    ]


def inputs(got):
    lines, seen = ["| input | rows | text MB | zip MB | sha256 of the zip |", "|---|---|---|---|---|"], set()
    for r in got.values():
        for i in r["inputs"]:
            if i["sha256"] not in seen:
                seen.add(i["sha256"])
                lines.append(
                    "| %s | %d | %.2f | %.2f | %s... |"
                    % (i["name"], i["rows"], i["bytes"] / 1e6, i["zip_bytes"] / 1e6, i["sha256"][:16])
                )
    return lines


def rotations(result, title):
    lines = []
    for about in dict.fromkeys(r["input"] for r in result["results"]):
        rows = [r for r in result["results"] if r["input"] == about]
        lines.append(table(title % about, rows, rows[0]["base"]))
    return lines


def all_stages(result):
    return [
        stages.table(p, [s for s in result["stages"] if s["input"] == p])
        for p in dict.fromkeys(s["input"] for s in result["stages"])
    ]


def growth(result):
    lines = ["| rows | command | wall s | cpu s | ns cpu / row | peak MiB |", "|---|---|---|---|---|---|"]
    for r in result["results"]:
        lines.append(
            "| %d | %s | %.3f | %.3f | %.1f | %.1f |"
            % (r["rows"], r["name"], r["wall_s"], r["cpu_s"], r["cpu_s"] / r["rows"] * 1e9, r["peak_mib"])
        )
    return lines


def batches(result):
    lines = ["| command | exports a minute | cpu s | peak MiB |", "|---|---|---|---|"]
    for r in result["results"]:
        lines.append(
            "| %s, %d exports | %.0f | %.2f | %.1f |"
            % (r["name"], r["exports"], r["a_minute"], r["cpu_s"], r["peak_mib"])
        )
    return lines


def instructions(result):
    lines = ["| command, 100,000 rows | instructions | a row |", "|---|---|---|"]
    for r in result["results"]:
        lines.append("| %s | %d | %.0f |" % (r["name"], r["instructions"], r["instructions"] / 1e5))
    return lines


def markdown(got):
    if not got:
        fail("there are no results yet")
    parts = machine(got) + ["", "### Goals", ""] + goals(got) + ["", "### Inputs", ""] + inputs(got)
    if "plain" in got:
        parts += all_stages(got["plain"]) + rotations(got["plain"], "%s, without peers")
    if "peers" in got:
        parts += rotations(got["peers"], "%s, beside peers")
    if "reference" in got:
        parts += rotations(got["reference"], "%s, references of a tenth and of full length (3.1 GB)")
    for kind, title, show in (
        ("grow", "Growth", growth),
        ("batch", "Batches", batches),
        ("ir", "Instructions", instructions),
    ):
        if kind in got:
            parts += ["", "### " + title, ""] + show(got[kind])
    return "\n".join(parts)


def write(path, text):
    with open(path) as f:
        old = f.read()
    if BEGIN not in old or END not in old:
        fail("%s has no marks" % path)
    with open(path, "w") as f:
        f.write(
            re.sub(
                re.escape(BEGIN) + ".*" + re.escape(END), lambda _: "%s\n%s\n%s" % (BEGIN, text, END), old, flags=re.S
            )
        )
