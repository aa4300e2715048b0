"""Commands in turn, round by round; ratios inside a round."""
import statistics

from .host import Quiet


class Rotation:
    """The runs of several commands. commands: name -> words, a line for bash, or (words, environment)."""

    def __init__(self, runner, commands, base, rounds):
        self.base = base
        self.runs = {name: [] for name in commands}
        quiet = Quiet()
        for k in range(rounds + 1):
            for name, command in commands.items():
                words, environment = command if isinstance(command, tuple) else (command, None)
                run = runner.once(name, words, environment)
                if k:  # the first round warms the caches
                    self.runs[name].append(run)
        self.others = quiet.others()

    def noise(self):
        """Why wall times are not judged, or None."""
        if self.others is None or self.others <= Quiet.MOST:
            return None
        return "others used %.0f %% of the machine" % (self.others * 100)

    def ratio(self, name, base, key):
        return statistics.median(r[key] / max(b[key], 1e-4) for r, b in zip(self.runs[name], self.runs[base]))

    def difference(self, name, base, key):
        return statistics.median(r[key] - b[key] for r, b in zip(self.runs[name], self.runs[base]))

    def median(self, name, key):
        return statistics.median(r[key] for r in self.runs[name])

    def most(self, name, key):
        return max(r[key] for r in self.runs[name])

    def rows(self, about, out_bytes=None):
        for name, got in self.runs.items():
            walls = [r["wall"] for r in got]
            yield dict(
                input=about,
                base=self.base,
                name=name,
                n=len(got),
                wall_s=self.median(name, "wall"),
                wall_min_s=min(walls),
                wall_max_s=max(walls),
                user_s=self.median(name, "user"),
                sys_s=self.median(name, "sys"),
                cpu_s=self.median(name, "cpu"),
                peak_mib=self.most(name, "peak"),
                faults=self.median(name, "faults"),
                wall_ratio=self.ratio(name, self.base, "wall"),
                cpu_ratio=self.ratio(name, self.base, "cpu"),
                rc=0,
                out_bytes=(out_bytes or {}).get(name),
            )


def table(title, rows, base):
    """As Markdown."""
    lines = [
        "",
        "### %s" % title,
        "",
        "| command | wall s (min..max) | user s | sys s | peak MiB | page faults | wall / %s | cpu / %s |" % (base, base),
        "|---|---|---|---|---|---|---|---|",
    ]
    for r in rows:
        lines.append(
            "| %s | %.3f (%.3f..%.3f) | %.3f | %.3f | %.1f | %.0f | %.3f | %.3f |"
            % (
                r["name"],
                r["wall_s"],
                r["wall_min_s"],
                r["wall_max_s"],
                r["user_s"],
                r["sys_s"],
                r["peak_mib"],
                r.get("faults", 0),
                r["wall_ratio"],
                r["cpu_ratio"],
            )
        )
    return "\n".join(lines)
