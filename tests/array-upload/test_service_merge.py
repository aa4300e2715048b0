#!/usr/bin/env python3
"""One VCF of a project's samples: what bcftools merge makes of the delivered files by hand, in the background, gone with
any sample that is in it."""
import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.dont_write_bytecode = True  # the sources may be read-only
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "command"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import convert_fixture  # noqa: E402
import crypt4gh_reader as crypt4gh  # noqa: E402
import schema  # noqa: E402
import service  # noqa: E402
from service import Service, stages_given, steered, zip_of  # noqa: E402

SMALL = {"ARRAY_UPLOAD_LIMITS_MIN_ROWS": "1", "ARRAY_UPLOAD_LIMITS_QC_SNPS_MIN": "1", "ARRAY_UPLOAD_LIMITS_QC_CALL_RATE_MIN": "0"}


def missing():
    if not os.access(os.path.join(service.TOP, "genotype-convert"), os.X_OK):
        return "skipped (no genotype-convert)"
    return None if shutil.which("bcftools") else "skipped (bcftools is not installed: tools/setup analysis)"


class Given:
    """A service with a reference, and exports of several persons."""

    def __init__(self, **settings):
        self.folder = tempfile.TemporaryDirectory()
        self.genome = convert_fixture.Genome(self.folder.name)
        self.service = Service(real=True, settings=dict(SMALL, ARRAY_UPLOAD_REFERENCE_FASTA=self.genome.fasta,
                                                        ARRAY_UPLOAD_REFERENCE_ASSEMBLIES=self.genome.assemblies, **settings))

    def __enter__(self):
        self.service.__enter__()
        return self

    def __exit__(self, *what):
        self.service.__exit__(*what)
        self.folder.cleanup()

    def upload(self, seed):
        s = self.service
        sample = s.create()
        text = convert_fixture.text_23andme(convert_fixture.rows(self.genome, seed=seed))
        a = s.upload(s.open(sample), zip_of(text, "genome_x_v5_Full_20190101000000.txt"))
        assert a.status == 200, a
        s.becomes(sample, "succeeded")
        return sample


def ask(s, method, status):
    path = "project-merge-vcfs/" + s.project
    a = s.api(method, path, {} if method == "POST" else None)
    assert a.status == status, a
    schema.check(method, "/api/v2/" + path, a)
    return a.json()


def ends(s, seconds=service.PATIENCE):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        m = ask(s, "GET", 200)
        if m["last_status"]["status"] in ("succeeded", "failed"):
            return m
        time.sleep(0.05)
    raise AssertionError(m)


def fetch(s, f):
    u = urllib.parse.urlsplit(f["download_url"])
    a = s.request("GET", u.path + "?" + u.query)
    assert a.status == 200 and len(a.body) == f["size"] and hashlib.sha256(a.body).hexdigest() == f["checksum_sha256"], (f, a)
    return a.body


def merged_by_hand(s, samples):
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for sample in samples:
            files = {f["file_type"]: f for f in s.sample(sample).json()["files"]}
            names.append(os.path.join(folder, sample["sample_id"] + ".vcf.gz"))
            for kind, end in ("array-vcf", ""), ("array-tbi", ".tbi"):
                with open(names[-1] + end, "wb") as f:
                    f.write(fetch(s, files[kind]))
        done = subprocess.run(["bcftools", "merge", "--no-version"] + names, capture_output=True)
        assert done.returncode == 0, done.stderr
        return done.stdout


def as_by_hand():
    why = missing()
    if why:
        return why
    with Given() as given:
        s = given.service
        ask(s, "GET", 404)
        asked = ask(s, "POST", 201)
        m = ends(s)
        assert m["id"] == asked["id"] and m["last_status"]["status"] == "failed" and "no sample" in m["last_status"]["note"], m
        samples = [given.upload(1)]
        first = ask(s, "POST", 201)
        m = ends(s)
        assert m["id"] == first["id"] and m["up_to_date"] and m["last_status"]["note"] == "1 sample.", m
        samples += [given.upload(seed) for seed in (2, 3)]
        assert not ask(s, "GET", 200)["up_to_date"]
        old = m["files"][0]
        ask(s, "POST", 201)
        m = ends(s)
        assert m["up_to_date"] and m["last_status"]["note"] == "3 samples.", m
        files = {f["file_type"]: f for f in m["files"]}
        assert set(files) == {"merged-vcf", "merged-tbi"}
        merged = gzip.decompress(fetch(s, files["merged-vcf"]))
        assert merged == merged_by_hand(s, samples)
        head = [line for line in merged.decode().splitlines() if line.startswith("#CHROM")][0]
        assert head.split("\t")[9:] == [x["sample_id"] for x in samples], head
        assert merged.count(b"\n") > 1000
        assert gzip.decompress(fetch(s, files["merged-tbi"]))[:4] == b"TBI\x01"
        assert s.api("GET", "files/%s.sha256" % files["merged-vcf"]["id"]).body.decode().startswith(files["merged-vcf"]["checksum_sha256"])
        u = urllib.parse.urlsplit(old["download_url"])  # the merge before made place
        assert s.request("GET", u.path + "?" + u.query).status == 404
        # sealed as everything is
        assert not [p for p in s.objects() if b"\x1f\x8b\x08\x04" == open(p, "rb").read(4)]
        gone = samples.pop(1)
        a = s.api("DELETE", "project-delete-samples/" + s.project, {"sample_ids": [gone["sample_id"]]})
        assert a.status in (200, 204), a
        u = urllib.parse.urlsplit(files["merged-vcf"]["download_url"])
        assert s.request("GET", u.path + "?" + u.query).status == 404
        m = ask(s, "GET", 200)
        assert m["last_status"]["status"] == "failed" and "deleted" in m["last_status"]["note"] and m["files"] == [], m
        deadline = time.monotonic() + service.PATIENCE
        while [p for p in s.objects() if m["id"] in p]:  # its objects, too
            assert time.monotonic() < deadline
            time.sleep(0.1)
        ask(s, "POST", 201)
        m = ends(s)
        assert m["up_to_date"] and gzip.decompress(fetch(s, m["files"][0])) == merged_by_hand(s, samples)
    return None


def nobody_elses():
    with Service() as s:
        s.admin("organization", "create", "--name", "Other", "--email", "o@example.com")
        s.key = s.admin("key", "create", "--email", "o@example.com", "--name", "theirs")[0]["api_key"]
        path = "project-merge-vcfs/" + s.project
        for method in "GET", "POST":
            assert s.api(method, path, {} if method == "POST" else None).status == 404


def killed_and_asked_twice():
    """kill -9 of the worker at any time: another one does it again; who asks meanwhile gets the same one."""
    why = missing()
    if why:
        return why
    with Given() as given:
        s = given.service
        samples = [given.upload(seed) for seed in (1, 2)]
        s.hold("worker")  # it stands still
        first = ask(s, "POST", 201)
        assert ask(s, "POST", 201)["id"] == first["id"] and first["last_status"]["status"] == "scheduled"
        s.let_go("worker")
        deadline = time.monotonic() + service.PATIENCE
        while ask(s, "GET", 200)["last_status"]["status"] == "scheduled" and time.monotonic() < deadline:
            pass
        s.kill("worker")
        s.move_clock(120)  # the lease runs out
        m = ends(s)
        assert m["id"] == first["id"] and m["last_status"]["status"] == "succeeded", m
        assert gzip.decompress(fetch(s, m["files"][0])) == merged_by_hand(s, samples)
    return None


def for_the_projects_key():
    why = missing()
    if why:
        return why
    secret = hashlib.sha256(b"a partner").digest()
    with Given() as given:
        s = given.service
        given.upload(1)
        key = crypt4gh.key_file(crypt4gh.public_of(secret))
        assert s.api("PATCH", "projects/" + s.project, {"deliverables_public_key": key}).status == 200
        given.upload(2)
        ask(s, "POST", 201)
        m = ends(s)
        assert m["last_status"]["status"] == "succeeded", m
        plain = gzip.decompress(crypt4gh.read(fetch(s, m["files"][0]), secret))
        head = [line for line in plain.decode().splitlines() if line.startswith("#CHROM")][0]
        assert len(head.split("\t")) == 11, head
    return None


def what_bcftools_says_is_the_note():
    with tempfile.TemporaryDirectory() as folder:
        given = {k: v for k, v in stages_given(folder).items() if "ANALYSIS" not in k}
        with Service(settings=given) as s:  # the stand-in's VCFs are none to bcftools
            for _ in range(2):
                sample = s.create()
                s.upload(s.open(sample), steered("good"))
                s.becomes(sample, "succeeded")
            ask(s, "POST", 201)
            m = ends(s)
            assert m["last_status"]["status"] == "failed" and m["last_status"]["note"].startswith("The merge failed ("), m
            assert m["files"] == [] and not m["up_to_date"]
        with Service(settings=dict(given, ARRAY_UPLOAD_PROGRAMS_BCFTOOLS=os.path.join(folder, "nothing"))) as s:
            sample = s.create()
            s.upload(s.open(sample), steered("good"))
            s.becomes(sample, "succeeded")
            ask(s, "POST", 201)
            assert "bcftools is not installed" in ends(s)["last_status"]["note"]


if __name__ == "__main__":
    service.main([as_by_hand, nobody_elses, killed_and_asked_twice, for_the_projects_key, what_bcftools_says_is_the_note])
