#!/usr/bin/env python3
"""The service with the real genotype-validate and genotype-convert in their cages: from the upload to a VCF somebody can read."""
import gzip
import json
import os
import sys
import tempfile
import urllib.parse

sys.dont_write_bytecode = True  # the sources may be read-only
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "command"))
import convert_fixture  # noqa: E402
import schema  # noqa: E402
import service  # noqa: E402
from service import Service, zip_of  # noqa: E402

SMALL = {"ARRAY_UPLOAD_LIMITS_MIN_ROWS": "1", "ARRAY_UPLOAD_LIMITS_QC_SNPS_MIN": "1", "ARRAY_UPLOAD_LIMITS_QC_CALL_RATE_MIN": "0"}


def export(folder):
    genome = convert_fixture.Genome(folder)
    text = convert_fixture.text_23andme(convert_fixture.rows(genome))
    return genome, zip_of(text, "genome_x_v5_Full_20190101000000.txt")


def files_of(s, sample):
    out = {}
    for f in s.sample(sample).json()["files"]:
        u = urllib.parse.urlsplit(f["download_url"])
        a = s.request("GET", u.path + "?" + u.query)
        assert a.status == 200 and len(a.body) == f["size"], f
        out[f["file_type"]] = a.body
    return out


def run(s, content):
    sample = s.create()
    a = s.upload(s.open(sample), content)
    assert a.status == 200, a
    s.becomes(sample, "succeeded")
    return sample


def converters_are_there():
    return os.access(os.path.join(service.TOP, "genotype-convert"), os.X_OK)


def variants_as_in_the_file(s, sample, records):
    def ask(query):
        path = "sample-genomic-variants/%s?%s" % (sample["sample_id"], query)
        a = s.api("GET", path)
        assert a.status == 200, a
        schema.check("GET", "/api/v2/" + path, a)
        return a.json()
    named = [r for r in records if r[2] != "."][7]
    got = ask("rsid=rsnothing," + named[2])["results"]
    assert [(g["chromosome"], str(g["position"]), g["rsid"], g["ref"]) for g in got] == [tuple(named[:4])], (got, named)
    assert got[0]["alt"] == ([] if named[4] == "." else named[4].split(",")) and got[0]["genotype"]["GT"] == named[9].split(":")[0]
    at = ask("chromosome=chr%s&position=%s" % (named[0].removeprefix("chr"), named[1]))
    assert named[2] in [g["rsid"] for g in at["results"]]
    first = int(named[1])
    inside = [r for r in records if r[0] == named[0] and first <= int(r[1]) < first + 100000]
    asked = ask("chromosome=%s&start_position=%d&end_position=%d&limit=1" % (named[0], first, first + 99999))
    assert asked["meta"]["count"] == len(inside) and len(asked["results"]) == 1


def with_a_reference():
    if not converters_are_there():
        return "skipped (no genotype-convert)"
    with tempfile.TemporaryDirectory() as folder:
        genome, content = export(folder)
        settings = dict(SMALL, ARRAY_UPLOAD_REFERENCE_FASTA=genome.fasta, ARRAY_UPLOAD_REFERENCE_ASSEMBLIES=genome.assemblies)
        with Service(real=True, settings=settings) as s:
            sample = run(s, content)
            files = files_of(s, sample)
            assert {"array-zip", "array-vcf", "array-tbi", "array-report_json", "array-report_html"} <= set(files), set(files)
            assert files["array-zip"] == content
            vcf = gzip.decompress(files["array-vcf"]).decode()
            assert vcf.startswith("##fileformat=VCF")
            header = [line for line in vcf.splitlines() if line.startswith("#CHROM")][0]
            assert header.split("\t")[9] == sample["sample_id"], header
            assert sum(not line.startswith("#") for line in vcf.splitlines()) > 500
            assert gzip.decompress(files["array-tbi"])[:4] == b"TBI\x01"
            assert files["array-report_html"].lower().startswith(b"<!doctype html")
            variants_as_in_the_file(s, sample, [line.split("\t") for line in vcf.splitlines() if not line.startswith("#")])
            report = json.loads(files["array-report_json"])
            assert report["verdict"] == "accepted" and report["vendor"] == "23andme"
            qc = {q["quality_control_type"]["key"]: q["quality_control"]
                  for q in s.api("GET", "sample-quality-controls/" + sample["sample_id"]).json()["results"]}
            assert qc["vendor_string"]["value_string"] == "23andme" and qc["build_string"]["value_string"] == "GRCh37", qc
            assert qc["snps_min"]["value_measured"] == report["called"], qc
    return None


def fast_engines():
    """[programs] fast reaches the check and the conversion; without it neither."""
    with Service(settings={"ARRAY_UPLOAD_PROGRAMS_FAST": "yes"}) as s:
        sample = s.create()
        assert s.upload(s.open(sample), service.steered("fast-only", "fast-only")).status == 200
        s.becomes(sample, "succeeded")
    with Service() as s:
        assert s.upload(s.open(s.create()), service.steered("fast-only", "good")).status >= 500
        sample = s.create()
        assert s.upload(s.open(sample), service.steered("good", "fast-only")).status == 200
        s.becomes(sample, "failed")
    if not converters_are_there():
        return "the service's side only (no genotype-convert)"
    with tempfile.TemporaryDirectory() as folder:
        genome, content = export(folder)
        settings = dict(SMALL, ARRAY_UPLOAD_REFERENCE_FASTA=genome.fasta, ARRAY_UPLOAD_PROGRAMS_FAST="yes",
                        ARRAY_UPLOAD_REFERENCE_ASSEMBLIES=genome.assemblies)
        with Service(real=True, settings=settings) as s:
            files = files_of(s, run(s, content))
            report = json.loads(files["array-report_json"])
            assert (report["output"]["engine"], report["libraries"]["inflated_by"]) == ("fast", "fast"), report
            assert sum(not line.startswith(b"#") for line in gzip.decompress(files["array-vcf"]).splitlines()) > 500
    return None


def from_the_data_folder():
    if not converters_are_there():
        return "skipped (no genotype-convert)"
    with tempfile.TemporaryDirectory() as folder:
        s = Service(real=True, settings=SMALL, data=folder)
        reference = os.path.join(s.data, "reference")
        os.makedirs(reference, 0o700)
        genome, content = export(folder)
        for name, to in (("m37.fa", "GRCh37.fa"), ("m37.fa.fai", "GRCh37.fa.fai"), ("assembly.tsv", "assemblies.tsv")):
            os.rename(os.path.join(folder, name), os.path.join(reference, to))
        with s:
            assert "array-vcf" in files_of(s, run(s, content))
    return None


def without_a_reference():
    if not converters_are_there():
        return "skipped (no genotype-convert)"
    with tempfile.TemporaryDirectory() as folder:
        with Service(real=True, settings=SMALL) as s:
            sample = run(s, export(folder)[1])
            files = files_of(s, sample)
            assert set(files) >= {"array-zip", "array-table", "array-report_json", "array-report_html"} and "array-vcf" not in files, set(files)
            assert "No VCF was made" in s.sample(sample).json()["last_status"]["note"]
    return None


def real_refusals():
    with tempfile.TemporaryDirectory() as folder:
        _, content = export(folder)
        cases = [(content[:-30], "zip_corrupt"), (zip_of("hello\n"), "provider_not_supported"),
                 (content[:2000] + b"\xff" + content[2001:], "zip_corrupt")]
        with Service(real=True, settings=SMALL) as s:
            page = s.open(s.create())
            for body, reason in cases:
                a = s.upload(page, body)
                assert a.status == 422 and a.json()["reason"] == reason, (reason, a)
            s.move_clock(0)
            assert s.upload(page, content).status == 200
        with Service(real=True) as s:  # 10,000 rows at least
            a = s.upload(s.open(s.create()), content)
            assert a.status == 422 and a.json()["reason"] == "file_incomplete", a


if __name__ == "__main__":
    service.main([with_a_reference, fast_engines, from_the_data_folder, without_a_reference, real_refusals])
