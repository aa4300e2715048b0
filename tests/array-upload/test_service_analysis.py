#!/usr/bin/env python3
"""The stages behind the conversion with the real genotype-impute and genotype-score and the engines they start, on a
small panel of a model: what the service delivers is what the same programs give by hand."""
import gzip
import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.dont_write_bytecode = True  # the sources may be read-only
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, "..", "command"))
sys.path.insert(0, os.path.join(HERE, "..", "..", "testdata"))
import schema  # noqa: E402
import service  # noqa: E402
import test_service_operators  # noqa: E402
from make_testdata import head_23  # noqa: E402
from panel_model import Model  # noqa: E402
from service import PROGRAM, TOP, Receiver, Service, alive, children, stages_given, steered, wait_until, zip_of  # noqa: E402

IMPUTE, SCORE = os.path.join(TOP, "genotype-impute"), os.path.join(TOP, "genotype-score")
SMALL = {"ARRAY_UPLOAD_LIMITS_MIN_ROWS": "1", "ARRAY_UPLOAD_LIMITS_QC_SNPS_MIN": "1", "ARRAY_UPLOAD_LIMITS_QC_CALL_RATE_MIN": "0"}


def missing():
    """Why the real engines cannot be asked, or None."""
    for tool in (IMPUTE, SCORE):
        if not os.access(tool, os.X_OK):
            return "skipped (no %s)" % os.path.basename(tool)
    for tool in "bio-eagle", "minimac4", "bcftools":
        if not shutil.which(tool):
            return "skipped (%s is not installed: tools/setup analysis)" % tool
    return None


def run(*argv):
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    assert done.returncode == 0, (argv, done.stderr)
    return done.stdout


class Given:
    """A folder with all that an operator gives: panel, scores with their reference, a table of two populations."""

    def __init__(self, folder, sites=700):
        self.folder, self.model = folder, Model(seed=11, sites=(("20", 1000000, sites),))
        persons = [self.model.person() for _ in range(30)]
        names = ["R%d" % i for i in range(30)]
        self.write("p.vcf", self.model.vcf(names, persons))
        run("bcftools", "view", "--no-version", "-Ob", "-o", self.path("p.bcf"), self.path("p.vcf"))
        run("bcftools", "index", self.path("p.bcf"))
        run(IMPUTE, "prepare", "-q", "-o", self.path("panel"), self.path("p.bcf"))
        os.mkdir(self.path("scores"))
        for name, step in ("PGS900001", 7), ("PGS900002", 11):
            self.write("scores/%s.txt" % name, self.scoring(name, step))
        self.scores = [self.path("scores", n) for n in sorted(os.listdir(self.path("scores")))]
        run(SCORE, "reference", "--scores", *self.scores, "--panel", self.path("p.bcf"), "-o", self.path("scores/reference.dist"))
        self.write("scores/traits.tsv", "score\ttrait\tunit\thigh_risk_percentile\ten\tde\n"
                   "PGS900001\ttest_trait\tpoints\t0\tA trait of the tests\tEin Merkmal der Tests\n")
        self.write("groups", "".join("%s\t%s\n" % (n, "ONE" if i % 2 else "TWO") for i, n in enumerate(names)))
        run(SCORE, "frequencies", "--groups", self.path("groups"), "--panel", self.path("p.bcf"), "-o", self.path("ancestry.tsv"))
        self.person = self.model.person()
        rows = self.model.rows_23(self.person, lambda site: site.pos % 4 == 0)
        self.export = "".join(line + "\r\n" for line in head_23(2017)) + rows
        self.write("genome.txt", self.export)

    def path(self, *name):
        return os.path.join(self.folder, *name)

    def write(self, name, text):
        with open(self.path(name), "w", newline="") as f:
            f.write(text)

    def scoring(self, name, step):
        head = "###PGS CATALOG SCORING FILE\n#format_version=2.0\n#pgs_id=%s\n#trait_reported=Trait of %s\n" \
               "#weight_type=beta\n#genome_build=GRCh37\nchr_name\tchr_position\teffect_allele\tother_allele\teffect_weight\n" % (name, name)
        rows = [s for i, s in enumerate(self.model.sites) if i % step == 0 and len(s.alts) == 1]
        return head + "".join("%s\t%d\t%s\t%s\t%g\n" % (s.chrom, s.pos, s.alts[0], s.ref, 0.01 * (i % 13 - 5)) for i, s in enumerate(rows))

    def settings(self, **more):
        return dict(SMALL, ARRAY_UPLOAD_REFERENCE_SITES=self.path("panel", "panel.sites"),
                    ARRAY_UPLOAD_ANALYSIS_PANEL=self.path("panel"), ARRAY_UPLOAD_ANALYSIS_SCORES=self.path("scores"),
                    ARRAY_UPLOAD_ANALYSIS_ANCESTRY=self.path("ancestry.tsv"), **more)


def uploaded(s, given):
    sample = s.create()
    a = s.upload(s.open(sample), zip_of(given.export, "genome_x_v5_Full_20190101000000.txt"))
    assert a.status == 200, a
    return sample


def files_of(s, sample):
    out = {}
    for f in s.sample(sample).json()["files"]:
        u = urllib.parse.urlsplit(f["download_url"])
        a = s.request("GET", u.path + "?" + u.query)
        assert a.status == 200 and len(a.body) == f["size"], f
        out[f["file_type"]] = a.body
    return out


def records(vcf):
    text = gzip.decompress(vcf).decode()
    return [line for line in text.splitlines() if line[0] != "#"], [line for line in text.splitlines() if line.startswith("#CHROM")][0]


def as_by_hand():
    why = missing()
    if why:
        return why
    with tempfile.TemporaryDirectory() as folder:
        given = Given(folder)
        with Service(real=True, settings=given.settings()) as s:
            sample = uploaded(s, given)
            s.becomes(sample, "succeeded", 120)
            files = files_of(s, sample)
            assert set(files) == {"array-zip", "array-vcf", "array-tbi", "array-report_json", "array-report_html", "impute-vcf",
                                  "impute-tbi", "impute-report_json", "traits-json", "ancestry-json"}, set(files)
            a = s.sample(sample)
            schema.check("GET", "/api/v2/samples/" + sample["sample_id"], a)
            stages = [(t["stage"], t["status"], t["tries"]) for t in a.json()["stages"]]
            assert stages == [(n, "succeeded", 1) for n in ("convert", "impute", "scores", "ancestry")], stages
        run(IMPUTE, "-q", "--panel", given.path("panel"), "-s", "KIM", "-o", given.path("kim.vcf.gz"), given.path("genome.txt"))
        with open(given.path("kim.vcf.gz"), "rb") as f:
            mine, _ = records(f.read())
        got, head = records(files["impute-vcf"])
        assert len(got) > 600 and got == mine, (len(got), len(mine))
        assert head.split("\t")[9] == sample["sample_id"]
        assert gzip.decompress(files["impute-tbi"])[:4] == b"TBI\x01"
        report = json.loads(files["impute-report_json"])
        assert report["persons"][0]["typed"] > 100 if "persons" in report else report, report
        by_hand = json.loads(run(SCORE, "--scores", *given.scores, "--reference", given.path("scores/reference.dist"), "--populations",
                                 given.path("ancestry.tsv"), "--", given.path("kim.vcf.gz")))["persons"][0]
        traits = json.loads(files["traits-json"])["results"]
        assert len(traits) == 2
        for t, m in zip(traits, by_hand["scores"]):
            assert abs(t["trait_score"]["value"] - m["sum"]) < 1e-9 and abs(t["trait_score"]["percentile"] - m["reference"]["percentile"]) < 1e-9, (t, m)
            assert t["score"]["used"] == m["used"] > 10
        assert traits[0]["trait"]["key"] == "test_trait" and traits[0]["trait_unit"]["key"] == "points" and traits[0]["risk"] == "high_risk"
        assert traits[1]["trait"]["key"] == "Trait of PGS900002" and traits[1]["trait_unit"]["key"] == "beta" and traits[1]["risk"] is None
        ancestry = json.loads(files["ancestry-json"])
        assert ancestry["ancestry"]["value"].keys() == {"ONE", "TWO"}
        for name, share in ancestry["ancestry"]["value"].items():
            assert abs(share - by_hand["ancestry"]["value"][name]) < 1e-6
        assert abs(sum(ancestry["ancestry"]["value"].values()) - 1) < 1e-6
    return None


def by_beagle():
    """The other engine, in its cage, with a Java."""
    why = missing()
    if why or not shutil.which("java") or not os.path.exists("/usr/share/beagle/beagle.jar"):
        return why or "skipped (beagle is not installed: tools/setup analysis)"
    with tempfile.TemporaryDirectory() as folder:
        given = Given(folder)
        with Service(real=True, settings=given.settings(ARRAY_UPLOAD_ANALYSIS_ENGINE="beagle", ARRAY_UPLOAD_ANALYSIS_MEMORY="512",
                                                        ARRAY_UPLOAD_TIMERS_TRIES="1")) as s:
            sample = uploaded(s, given)
            s.becomes(sample, "succeeded", 120)
            got, _ = records(files_of(s, sample)["impute-vcf"])
        run(IMPUTE, "-q", "--engine", "beagle", "--memory", "512", "--panel", given.path("panel"), "-s", "KIM", "-o", given.path("kim.vcf.gz"),
            given.path("genome.txt"))
        with open(given.path("kim.vcf.gz"), "rb") as f:
            assert len(got) > 600 and got == records(f.read())[0]
    return None


def one_message_when_all_is_done():
    with tempfile.TemporaryDirectory() as folder, Service(settings=stages_given(folder)) as s:
        hook = Receiver()
        a = s.api("POST", "project-subscriptions/" + s.project, {"target": hook.url, "event_types": ["analysis_complete_v2"]})
        assert a.status == 201, a
        sample = s.create()
        assert s.upload(s.open(sample), steered("good")).status == 200
        hook.wait(1)
        assert [t["status"] for t in s.sample(sample).json()["stages"]] == ["succeeded"] * 4
        body = json.loads(hook.requests[0][2])
        assert body[0]["payload"]["samples"][0]["last_status"]["status"] == "succeeded", body
        time.sleep(1)
        assert len(hook.requests) == 1
        notes = [(x["status"], x["note"]) for x in reversed(s.api("GET", "sample-statuses/%s?limit=50" % sample["sample_id"]).json()["results"])]
        assert [n for st, n in notes if st == "running"] == ["", "impute", "scores", "ancestry"], notes
        hook.close()


def a_killed_worker_is_taken_over():
    """kill -9 of the worker while the engine runs: its children end, another worker does the stage again."""
    why = missing()
    if why:
        return why
    with tempfile.TemporaryDirectory() as folder:
        given = Given(folder, 6000)  # some seconds of Eagle: the kill comes while it runs
        with Service(real=True, settings=given.settings()) as s:
            sample = uploaded(s, given)
            wait_until(lambda: s.sample(sample).json()["last_status"]["note"] == "impute", lambda: s.sample(sample).json(), pause=0.02)
            wait_until(lambda: children(s.pid("worker")), "no engine", pause=0.02)
            assert "array-vcf" in [f["file_type"] for f in s.sample(sample).json()["files"]]
            started = children(s.pid("worker"))
            s.kill("worker")
            wait_until(lambda: not any(map(alive, started)), started)
            s.move_clock(120)  # the lease runs out
            s.becomes(sample, "succeeded")
            stages = {t["stage"]: t for t in s.sample(sample).json()["stages"]}
            assert stages["impute"]["tries"] == 2 and stages["impute"]["status"] == "succeeded", stages
            assert len(records(files_of(s, sample)["impute-vcf"])[0]) > 600
    return None


def a_refused_export_says_why():
    """The panel of another build, and no chain: the imputation's own sentence, and the conversion's results."""
    why = missing()
    if why:
        return why
    with tempfile.TemporaryDirectory() as folder:
        given = Given(folder)
        panel = open(given.path("panel", "panel.tsv")).read()
        given.write("panel/panel.tsv", panel.replace("GRCh37", "GRCh38"))
        with Service(real=True, settings=given.settings(ARRAY_UPLOAD_TIMERS_TRIES="1")) as s:
            sample = uploaded(s, given)
            s.becomes(sample, "failed")
            answer = s.sample(sample).json()
            assert answer["last_status"]["note"].startswith("The imputation failed (exit "), answer["last_status"]
            assert [t["status"] for t in answer["stages"]] == ["succeeded", "failed", "skipped", "skipped"]
            assert {"array-vcf", "array-tbi"} <= {f["file_type"] for f in answer["files"]}
            given.write("panel/panel.tsv", panel)
            operator, page = test_service_operators.started(s), "/operator/samples/" + sample["sample_id"]
            shown = operator.get(page).body.decode()
            assert re.findall(r'data-label="Stage"><span class="strong">(\w+)', shown) == ["convert", "impute", "scores", "ancestry"]
            assert re.findall(r'data-label="Status"><span class="badge \w*">(\w+)', shown) == ["succeeded", "failed", "skipped", "skipped"]
            assert answer["stages"][1]["note"] in html.unescape(shown)
            assert operator.post(page + "/retry", page).status == 303
            s.becomes(sample, "succeeded")
            assert "/retry" not in operator.get(page).body.decode()
            again = operator.post(page + "/retry", page)
            assert again.status == 422 and b"No stage of this sample failed" in again.body, again.status
            assert "sample.retried" in [r["event"] for r in s.admin("audit")]
    return None


def doctor_looks_at_it():
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "scores"))
        with Service(settings={"ARRAY_UPLOAD_ANALYSIS_PANEL": os.path.join(folder, "nothing"), "ARRAY_UPLOAD_ANALYSIS_SCORES":
                               os.path.join(folder, "scores"), "ARRAY_UPLOAD_ANALYSIS_ANCESTRY": os.path.join(folder, "table.tsv")}) as s:
            done = subprocess.run([PROGRAM, "admin", "doctor", "--data", s.data], env=s.env, capture_output=True, text=True)
            lines = {re.split(r"  +", line)[1]: line for line in done.stdout.splitlines()}
            assert done.returncode == 1
            for what, words in ("panel", "is no panel folder"), ("scores", "holds no scoring file"), ("ancestry", "cannot be read"):
                assert lines[what].startswith("FAIL") and words in lines[what], lines
    with Service() as s:
        done = subprocess.run([PROGRAM, "admin", "doctor", "--data", s.data], env=s.env, capture_output=True, text=True)
        assert "panel" not in done.stdout and "genotype-impute" not in done.stdout, done.stdout
    why = missing()
    if why:
        return "the refusals only (%s)" % why
    with tempfile.TemporaryDirectory() as folder:
        given = Given(folder)
        with Service(real=True, settings=given.settings()) as s:
            done = subprocess.run([s.program, "admin", "doctor", "--data", s.data], env=s.env, capture_output=True, text=True)
            lines = {re.split(r"  +", line)[1]: line for line in done.stdout.splitlines()}
            assert lines["panel"].startswith("ok") and "GRCh37" in lines["panel"] and "eagle-minimac4" in lines["panel"], lines
            assert lines["scores"].startswith("ok") and "2 scoring files" in lines["scores"], lines
            assert lines["engine"].startswith("ok") and "minimac4" in lines["engine"], lines
            assert lines["ancestry"].startswith("ok") and lines["genotype-impute"].startswith("ok"), lines
            os.truncate(given.path("panel", "20.sites.bcf"), 5)
            done = subprocess.run([s.program, "admin", "doctor", "--data", s.data], env=s.env, capture_output=True, text=True)
            assert done.returncode == 1 and "is not as long as when the panel was prepared" in done.stdout, done.stdout
    return None


if __name__ == "__main__":
    service.main([as_by_hand, by_beagle, one_message_when_all_is_done, a_killed_worker_is_taken_over, a_refused_export_says_why, doctor_looks_at_it])
