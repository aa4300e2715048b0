"""One benchmark's tools, and what it finds out."""

from . import commands, host, results
from .goals import Score
from .inputs import PROFILES, Inputs
from .process import Programs, Runner
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
        self.result = dict(
            schema=results.SCHEMA,
            kind=kind,
            commit=host.commit(source),
            host=host.describe(arguments.build),
            peers=host.peer_versions(),
            rounds=arguments.rounds,
            base=None,
            inputs=[],
            results=[],
        )

    def profiles(self):
        return {p: self.a.rows or PROFILES[p] for p in (self.a.profile or PROFILES)}

    def export(self, profile, rows, seed=1, scale=10):
        path = self.inputs.export(profile, rows, seed, scale)
        name = profile if scale == 10 else profile + ", full length"
        self.result["inputs"].append(self.inputs.describe(path, name, rows))
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
