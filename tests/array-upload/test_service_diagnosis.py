#!/usr/bin/env python3
"""What went wrong is said where somebody looks: failed analyses, references, doctor, searches, empty lists, refusals of the HTTP
library itself."""
import os
import random
import re
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # the sources may be read-only
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from service import PROGRAM, Service, http_library, main, steered  # noqa: E402
from test_service_api import expect, service, stop  # noqa: E402
from test_service_page import raw  # noqa: E402


def a_failed_analysis_keeps_the_converters_sentence():
    with Service(settings={"ARRAY_UPLOAD_TIMERS_TRIES": "1"}) as s:
        made = s.create()
        expect(s.upload(s.open(made), steered("good", "exit 3")), 200)
        s.becomes(made, "failed")
        note = s.sample(made).json()["last_status"]["note"]
        assert note == "The analysis failed (exit 3): genotype-convert: the index of  is older than its table", note
        assert "is older than its table" in s.log_text() and "person" not in s.log_text()


def references_that_are_not_understood_are_named():
    with Service() as s:
        for name in ("GRCh37.sites.bcf", "GRCh37.sites.bcf.csi", "GRCh38.sites.vcf"):
            open(os.path.join(s.data, "reference", name), "w").close()
        made = s.create()
        expect(s.upload(s.open(made), steered("good")), 200)
        s.becomes(made, "succeeded")
        assert s.sample(made).json()["last_status"]["note"] == "Not understood in reference/: GRCh38.sites.vcf."
        run = subprocess.run([PROGRAM, "admin", "doctor", "--data", s.data], env=s.env, capture_output=True, text=True)
        assert run.returncode == 1 and re.search("FAIL +reference +not understood: GRCh38.sites.vcf", run.stdout), run.stdout


def doctor_tries_what_it_is_given():
    """By the programs themselves, which say what is wrong with it."""
    junk = random.Random(5).randbytes(5000)
    with tempfile.TemporaryDirectory() as folder:
        def put(name, content):
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as f:
                f.write(content)
            return path
        settings = {"ARRAY_UPLOAD_REFERENCE_SITES": put("GRCh37.sites.bcf", junk), "ARRAY_UPLOAD_ANALYSIS_ANCESTRY": put("table.tsv", b"junk\n"),
                    "ARRAY_UPLOAD_ANALYSIS_SCORES": os.path.dirname(put("scores/PGS1.txt", b"#pgs_id=P1\nbroken\n"))}
        with Service(real=True, settings=settings) as s:
            def doctor():
                run = subprocess.run([s.program, "admin", "doctor", "--data", s.data], env=s.env, capture_output=True, text=True)
                return run.returncode, {re.split(r"  +", line)[1]: line for line in run.stdout.splitlines()}
            code, lines = doctor()
            assert code == 1, lines
            for what, words in (("reference", "is no site table"), ("scores", "no column effect_allele"), ("ancestry", "wanted the columns")):
                assert lines[what].startswith("FAIL") and words in lines[what], lines
            head = b"##fileformat=VCFv4.3\n##contig=<ID=1,length=249250621>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
            put("GRCh37.sites.bcf", head + b"1\t752566\trs3094315\tG\tA\t.\t.\t.\n")
            put("scores/PGS1.txt", b"###PGS CATALOG SCORING FILE\n#format_version=2.0\n#pgs_id=P1\n#genome_build=GRCh37\n"
                b"chr_name\tchr_position\teffect_allele\tother_allele\teffect_weight\n1\t752566\tA\tG\t1\n")
            put("table.tsv", b"#CHROM\tPOS\tID\tREF\tALT\tEUR\tAFR\n1\t752566\trs3094315\tG\tA\t0.2\t0.7\n")
            code, lines = doctor()
            assert code == 0 and all(lines[what].startswith("ok") for what in ("reference", "scores", "ancestry")), lines


def doctor_takes_the_documented_machines():
    """Several machines: the master key comes by [server] master_key, and there is no file of it."""
    with Service(settings={"ARRAY_UPLOAD_SERVER_MASTER_KEY": "ab" * 32}) as s:
        assert not os.path.exists(os.path.join(s.data, "master.key"))
        run = subprocess.run([PROGRAM, "admin", "doctor", "--data", s.data], env=s.env, capture_output=True, text=True)
        assert run.returncode == 0 and "FAIL" not in run.stdout, run.stdout


def searches_find_what_people_wrote():
    s = service()
    values = {"quote": 'say "aloud"', "backslash": r"C:\\genomes\\new", "case": "MÜLLER", "percent": "100%_sure", "deep": {"list": ["Älter"]}}
    made = {k: s.create(metadata={k: v})["sample_id"] for k, v in values.items()}
    for search, key in (('"aloud"', "quote"), (r"C:\\genomes", "backslash"), ("müller", "case"), ("Müller", "case"), ("0%_s", "percent"),
                        ("älter", "deep"), ("ÄLTER", "deep")):
        found = s.request("GET", "/api/v2/project-samples/%s?search=%s" % (s.project, quoted(search)), None,
                          {"Authorization": "Api-Key " + s.key}).json()
        assert [x["id"] for x in found["results"]] == [made[key]] and found["meta"]["count"] == 1, (search, found)
    everything = s.api("GET", "project-samples/%s?search=" % s.project).json()["meta"]["count"]
    paged = s.api("GET", "project-samples/%s?search=-&limit=2&offset=1" % s.project).json()  # every id has one
    assert paged["meta"]["count"] == everything and len(paged["results"]) == 2
    counts = s.api("GET", "project-stats/%s?search=m%%C3%%9Cller" % s.project).json()["counts"]
    assert counts["total_samples"] == 1, counts


def quoted(text):
    import urllib.parse
    return urllib.parse.quote(text)


def cancelling_what_has_ended_says_so():
    s = service()
    made = s.create()
    expect(s.upload(s.open(made), steered("good")), 200)
    s.becomes(made, "succeeded")
    a = s.api("POST", "project-cancel-samples/" + s.project, {"sample_ids": [made["sample_id"]]})
    assert a.status == 200, a
    assert a.json()["message"] == "0 sample(s) analysis canceled successfully; 1 had ended already", a.json()
    assert s.status(made) == "succeeded"


def the_http_librarys_own_refusals_are_one_answer():
    """What libmicrohttpd refuses before we see it: one answer, of class 4xx or 5xx, and then the connection is closed. A
    Content-Length that is no number is left out: 0.9.75 writes its own refusal's header twice then, and asks nobody."""
    s = service()
    for request in (b"NONSENSE\r\n\r\n", b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", b"GET /health HTTP/1.1\r\nHost x\r\n\r\n",
                    b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /health HTTP/1.1\r\n: x\r\n\r\n",
                    b"GET /health HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 100000 + b"\r\n\r\n",
                    b"POST /array-data-upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                    b"POST /array-data-upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffffff\r\n",
                    b"POST /array-data-upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabXX\r\n",
                    b"GET /health\r\n\r\n", b"GET /health HTTP/3.0\r\nHost: x\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                    b"GET /health HTTP/1.1\r\n X: a\r\nHost: x\r\n\r\n", b"GET /health HTTP/1.1\r\nHost : x\r\n\r\n",
                    b"A" * 100000 + b" /health HTTP/1.1\r\nHost: x\r\n\r\n",
                    b"GET /health HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X%d: y\r\n" % k for k in range(2000)) + b"\r\n"):
        answer = raw(s, request, 10)
        heads = re.findall(rb"HTTP/1\.[01] (\d\d\d)", answer)
        # A line that begins with a blank before the first header may be passed over (RFC 9112, 2.2), as libmicrohttpd 1.0 does.
        fine = b"245" if b"\r\n X:" in request and http_library() >= 1 else b"45"
        assert len(heads) <= 1 and all(h[0:1] in fine for h in heads), (request[:60], answer[:300])
        assert b"libmicrohttpd" not in answer and b"/tmp" not in answer
    expect(s.request("GET", "/health"), 200)


if __name__ == "__main__":
    try:
        main([a_failed_analysis_keeps_the_converters_sentence, references_that_are_not_understood_are_named,
              doctor_tries_what_it_is_given, doctor_takes_the_documented_machines, searches_find_what_people_wrote,
              cancelling_what_has_ended_says_so, the_http_librarys_own_refusals_are_one_answer])
    finally:
        stop()
