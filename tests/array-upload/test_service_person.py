#!/usr/bin/env python3
"""A person's own page: a link that works once, what is held, a copy, consents, deletion and its certificate."""
import hashlib
import html
import io
import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.parse
import zipfile

sys.dont_write_bytecode = True  # the sources may be read-only
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import crypt4gh_reader as crypt4gh  # noqa: E402
import schema  # noqa: E402
import service  # noqa: E402
from service import PROGRAM, Receiver, Service, steered  # noqa: E402

USES = [{"purpose": "research", "version": "r1", "text": "For research <b>too</b>"}]
EVENTS = ["person_page_opened", "person_data_downloaded", "person_consent_withdrawn", "person_sample_deleted"]


def uploaded(s, content=None, **fields):
    s.api("PATCH", "projects/" + s.project, {"brand": {"name": "Helix & Co", "consent_version": "v1", "further_uses": USES}})
    sample = s.create(**fields)
    a = s.upload(s.open(sample), content or steered("good"), fields=[("consent", "v1"), ("consent_research", "r1")])
    assert a.status == 200, a
    s.becomes(sample, "succeeded")
    return sample


def link(s, sample, **fields):
    a = s.api("POST", "sample-person-link/" + sample["sample_id"], fields)
    assert a.status == 201, a
    schema.check("POST", "/api/v2/sample-person-link/" + sample["sample_id"], a)
    assert a.json()["sample_id"] == sample["sample_id"]
    return urllib.parse.urlsplit(a.json()["url"])


def get(s, url, headers=None, more=""):
    return s.request("GET", url.path + "?" + url.query + more, None, headers)


def post(s, path, **fields):
    return s.request("POST", path, urllib.parse.urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"})


def token_of(url):
    return urllib.parse.parse_qs(url.query)["token"][0]


def opened(s, sample, lang="en"):
    a = post(s, "/person/open", token=token_of(link(s, sample)), lang=lang)
    assert a.status == 200, a
    return Service.session_of(a), a.body.decode()


def private(a):
    """What such an answer must say of itself."""
    assert a.headers["Cache-Control"] == "no-store" and a.headers["Referrer-Policy"] == "no-referrer", a.headers
    policy = a.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy and "form-action 'self'" in policy and "script" not in policy
    assert b"<script" not in a.body and "Set-Cookie" not in a.headers


def a_link_works_once():
    with Service() as s:
        sample = uploaded(s)
        url = link(s, sample)
        # looking does not use it up, whoever looks
        for headers in ({}, {"Sec-Purpose": "prefetch"}, {"User-Agent": "Slackbot"}):
            a = get(s, url, headers)
            assert a.status in (200, 204), a
        a = get(s, url)
        private(a)
        assert sample["sample_id"].encode() not in a.body and b"research" not in a.body
        a = post(s, "/person/open", token=token_of(url))
        assert a.status == 200
        private(a)
        for again in (post(s, "/person/open", token=token_of(url)), get(s, url)):
            assert again.status == 410 and b"was used" in again.body and sample["sample_id"].encode() not in again.body
        # of many at once one wins
        token, answers = token_of(link(s, sample)), []
        threads = [threading.Thread(target=lambda: answers.append(post(s, "/person/open", token=token).status)) for _ in range(8)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert sorted(answers) == [200] + [410] * 7, answers


def links_end():
    with Service() as s:
        sample = uploaded(s)
        url, short = link(s, sample), link(s, sample, expires_in=60)
        session, _ = opened(s, sample)
        s.move_clock(61)
        assert b"has expired" in get(s, short).body and post(s, "/person/open", token=token_of(short)).status == 410
        assert get(s, url).status == 200
        s.move_clock(899)
        assert post(s, "/person/show", session=session).status == 200
        s.move_clock(901)
        assert get(s, url).status == 410
        for path in ("show", "download", "withdraw", "delete", "certificate"):
            a = post(s, "/person/" + path, session=session, confirm="yes", purpose="research")
            assert a.status == 410 and b"has closed" in a.body, (path, a)
        assert s.sample(sample).status == 200
        for bad in (59, 901, "x", True):
            assert s.api("POST", "sample-person-link/" + sample["sample_id"], {"expires_in": bad}).status == 400, bad


def forged_links_show_nothing():
    with Service() as s, Service() as other:
        sample, foreign = uploaded(s), uploaded(other)
        url, session = link(s, sample), opened(s, sample)[0]
        head, body, mark = token_of(url).split(".")
        upload = urllib.parse.parse_qs(urllib.parse.urlsplit(sample["url"]).query)["token"][0]
        flipped = mark[:-2] + ("AA" if mark[-2:] != "AA" else "BB")
        for bad in ("", "x", ".".join((head, body, flipped)), ".".join((head, body, "")), upload, token_of(link(other, foreign))):
            a = post(s, "/person/open", token=bad)
            assert a.status == 404 and b"Helix" not in a.body, (bad, a)
            assert s.request("GET", "/person?token=" + urllib.parse.quote(bad)).status == 404
        identity, mac = session.split(".")
        for bad in ("", identity, identity + ".", identity + "." + "0" * 64, session[:-1], session + "0", opened(other, foreign)[0]):
            a = post(s, "/person/download", session=bad)
            assert a.status == 404 and b"Helix" not in a.body, (bad, a)
        # a page session's token of the upload page opens nothing here
        assert post(s, "/person/show", session=s.open(s.create())).status == 404
        # somebody else's sample, and roles
        assert s.api("POST", "sample-person-link/" + foreign["sample_id"], {}).status == 404
        assert s.request("POST", "/api/v2/sample-person-link/" + sample["sample_id"]).status == 401


def what_is_held_is_shown():
    with Service() as s:
        sample = uploaded(s)
        _, text = opened(s, sample)
        plain = html.unescape(text)
        assert "Helix & Co" in plain and "Helix &amp; Co" in text and "For research <b>too</b>" in plain and "<b>too" not in text
        assert sample["sample_id"] in text and ">The file that you uploaded<" in text and ">Result: the report for people<" in text
        modified = s.sample(sample).json()["modified"][:10]
        until = [time.strftime("%Y-%m-%d", time.gmtime(time.mktime(time.strptime(modified, "%Y-%m-%d")) - time.timezone + d * 86400))
                 for d in (30, 90)]
        for day in until:
            assert 'datetime="%s"' % day in text, (day, text)
        _, text = opened(s, sample, "de")
        assert '<html lang="de"' in text and "Ihre Daten" in text and "Widerrufen" in text
        waiting = s.create()
        _, text = opened(s, waiting)
        assert "We hold no file of yours" in text
    with Service(settings={"ARRAY_UPLOAD_RETENTION_ORIGINAL_DAYS": "-1"}) as s:
        assert "Until you or Helix" in opened(s, uploaded(s))[1]


def everything_in_one_file():
    secret = hashlib.sha256(b"partner").digest()
    with Service() as s:
        content = steered("good", "large 300000", size=700000)
        sample = uploaded(s, content, metadata={"who": "Zacharias Quux"})
        s.api("PATCH", "projects/" + s.project, {"deliverables_public_key": crypt4gh.key_file(crypt4gh.public_of(secret))})
        sealed = uploaded(s, content)
        for one in (sample, sealed):
            a = post(s, "/person/download", session=opened(s, one)[0])
            assert a.status == 200 and a.headers["Content-Type"] == "application/zip", a
            assert int(a.headers["Content-Length"]) == len(a.body) and one["sample_id"] in a.headers["Content-Disposition"]
            z = zipfile.ZipFile(io.BytesIO(a.body))
            assert z.testzip() is None
            names = sorted(z.namelist())
            kinds = sorted(f["file_type"] for f in s.sample(one).json()["files"])
            assert len(names) == len(kinds) + 1 and not [n for n in names if n.endswith(".c4gh")], names
            original = [n for n in names if n.endswith(".zip")]
            assert z.read(original[0]) == content
            report = [n for n in names if n.endswith(".html")]
            assert z.read(report[0]).startswith(b"<!doctype html>") and len(z.read(report[0])) >= 300000
            record = json.loads(z.read("record.json"))
            assert record["sample"] == one["sample_id"] and [c["purpose"] for c in record["consents"]] == ["analysis", "research"]
            assert sorted(f["type"] for f in record["files"]) == kinds and record["history"][0]["status"] == "succeeded"
            assert record["metadata"] == ({"who": "Zacharias Quux"} if one is sample else None)
            assert "checksum" not in z.read("record.json").decode()
            with open(os.path.join(s.folder, "all.zip"), "wb") as f:
                f.write(a.body)
            if os.path.exists("/usr/bin/unzip"):
                run = subprocess.run(["unzip", "-tqq", os.path.join(s.folder, "all.zip")], capture_output=True)
                assert run.returncode == 0, run
        # a damaged file is never handed out as a whole one
        (path,) = [p for p in s.objects() if "original-" in p and sample["sample_id"] in p]
        with open(path, "r+b") as f:
            f.seek(70000)
            f.write(b"\xff\x00")
        a = post(s, "/person/download", session=opened(s, sample)[0])
        assert a.status == 503 and b"PK" not in a.body, a


def consents_are_withdrawn():
    with Service() as s:
        sample = uploaded(s)
        session, text = opened(s, sample)
        assert text.count('name="purpose"') == 2
        a = post(s, "/person/withdraw", session=session, purpose="research")
        assert a.status == 200 and b"is withdrawn" in a.body and a.body.count(b'name="purpose"') == 1, a
        a = post(s, "/person/withdraw", session=session, purpose="research")
        assert a.status == 200 and b"withdrawn before" in a.body
        for bad in ("", "nothing", "analysis'--"):
            assert post(s, "/person/withdraw", session=session, purpose=bad).status == 200
        consents = {c["purpose"]: c["withdrawn"] for c in s.sample(sample).json()["consents"]}
        assert consents["research"] and not consents["analysis"], consents


def deletion_with_its_certificate():
    with Service() as s:
        sample = uploaded(s)
        files = s.sample(sample).json()["files"]
        session, _ = opened(s, sample)
        a = post(s, "/person/delete", session=session)
        assert a.status == 422 and b"tick the box" in a.body and s.sample(sample).status == 200
        a = post(s, "/person/certificate", session=session)
        assert a.status == 409 and s.sample(sample).status == 200, a  # nothing is deleted: no certificate
        s.hold("worker")  # the keys go with the click, not when the worker comes to it
        a = post(s, "/person/delete", session=session, confirm="yes")
        assert a.status == 200 and b"is deleted" in a.body, a
        assert s.sample(sample).status == 404
        import sqlite3
        keys = sqlite3.connect(os.path.join(s.data + ".keys", "keys.db"))
        assert keys.execute("SELECT count(*) FROM object_keys WHERE sample = ?", (sample["sample_id"],)).fetchone() == (0,)
        a = post(s, "/person/certificate", session=session)
        assert a.status == 200 and b"still being removed" in a.body
        s.let_go("worker")
        deadline = time.monotonic() + service.PATIENCE
        while (a := post(s, "/person/certificate", session=session)).headers["Content-Type"] != "application/json":
            assert time.monotonic() < deadline, a
            time.sleep(0.2)
        whole = a.body.decode()
        says = json.loads(json.loads(whole)["certificate"])
        assert says["sample"] == sample["sample_id"] and "array-zip" in says["files"]
        assert not [f for f in files if f["checksum_sha256"] in whole]
        # what the page checks, admin checks, and both say no to a changed one
        path = os.path.join(s.folder, "certificate.json")
        with open(path, "w") as f:
            f.write(whole)
        assert s.admin("verify-certificate", path)[0]["sample"] == sample["sample_id"]
        a = post(s, "/deletion-certificates", certificate=whole, lang="en")
        assert a.status == 200 and b"is genuine" in a.body and sample["sample_id"].encode() in a.body
        assert json.loads(whole)["public_key"].encode() in s.request("GET", "/deletion-certificates").body
        for bad in (whole.replace("deletion", "Deletion", 1), "", "{}", "[]", "x" * 20000, whole[:-3]):
            a = post(s, "/deletion-certificates", certificate=bad)
            assert a.status == 422 and b"is genuine" not in a.body, bad[:50]
        assert "Bescheinigung" in s.request("GET", "/deletion-certificates?lang=de").body.decode()
        # after it, nothing but the certificate is left of the open page
        for path in ("show", "download", "withdraw"):
            a = post(s, "/person/" + path, session=session, purpose="research")
            assert a.status in (200, 410) and b"For research" not in a.body and b"PK\x03\x04" not in a.body, (path, a)
        assert s.api("POST", "sample-person-link/" + sample["sample_id"], {}).status == 404


def acts_are_written_down_and_told():
    receiver = Receiver()
    with Service() as s:
        a = s.api("POST", "project-subscriptions/" + s.project, {"target": receiver.url, "event_types": EVENTS})
        assert a.status == 201, a
        sample = uploaded(s, metadata={"client_id": "quux-7"})
        session, _ = opened(s, sample)
        post(s, "/person/download", session=session)
        post(s, "/person/withdraw", session=session, purpose="research")
        post(s, "/person/withdraw", session=session, purpose="research")  # the second one is no act
        post(s, "/person/delete", session=session, confirm="yes")
        receiver.wait(4)
        events = [json.loads(body)[0] for _, _, body in receiver.requests]
        assert sorted(e["event_type"] for e in events) == sorted(EVENTS), events
        for e in events:
            assert e["payload"]["samples"] == [{"id": sample["sample_id"]}] and e["payload"]["project"]["id"] == s.project
            assert ("purpose" in e["payload"]) == (e["event_type"] == "person_consent_withdrawn")
        assert b"quux" not in b"".join(body for _, _, body in receiver.requests)
        rows = [r for r in s.admin("audit") if r["object"] == sample["sample_id"] and r["actor"] == "person"]
        assert sorted(r["event"] for r in rows if r["event"] != "consent.given") == sorted(
            ["person.opened", "person.downloaded", "consent.withdrawn", "sample.deleted"]), rows
        s.admin("audit", "verify")
        # no token of a link or an open page reaches the log
        assert session.split(".")[1] not in s.log_text() and "token=ey" not in s.log_text()
    receiver.close()


if __name__ == "__main__":
    service.main([a_link_works_once, links_end, forged_links_show_nothing, what_is_held_is_shown, everything_in_one_file,
                  consents_are_withdrawn, deletion_with_its_certificate, acts_are_written_down_and_told])
