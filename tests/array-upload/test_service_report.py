#!/usr/bin/env python3
"""The report of what was found: a link that opens it once, a page that people understand, and its end."""
import hashlib
import html
import json
import os
import re
import sys
import tempfile
import threading
import urllib.parse

sys.dont_write_bytecode = True  # the sources may be read-only
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import crypt4gh_reader as crypt4gh  # noqa: E402
import schema  # noqa: E402
import service  # noqa: E402
from service import Receiver, Service, stages_given, steered  # noqa: E402


def finished(s, *more):
    sample = s.create()
    a = s.upload(s.open(sample), steered("good", *more))
    assert a.status == 200, a
    s.becomes(sample, "succeeded")
    return sample


def ask(s, sample, status=201, **fields):
    path = "sample-consumer-report/" + sample["sample_id"]
    a = s.api("POST", path, fields)
    assert a.status == status, a
    schema.check("POST", "/api/v2/" + path, a)
    return a


def link(s, sample, **fields):
    return urllib.parse.urlsplit(ask(s, sample, **fields).json()["url"])


def token_of(url):
    return urllib.parse.parse_qs(url.query)["token"][0]


def get(s, url, more="", headers=None):
    return s.request("GET", url.path + "?" + url.query + more, None, headers)


def post(s, path, **fields):
    return s.request("POST", path, urllib.parse.urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"})


def private(a):
    assert a.headers["Cache-Control"] == "no-store" and a.headers["Referrer-Policy"] == "no-referrer", a.headers
    policy = a.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy and "script" not in policy
    assert b"<script" not in a.body and b"style=" not in a.body and "Set-Cookie" not in a.headers


def text_of(a):
    body = re.sub(rb"(?s)<head>.*?</head>", b"", a.body)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body.decode())))


class Given:
    """A service with all stages, and a folder for them."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.service = Service(settings=stages_given(self.folder.name))
        return self.service.__enter__()

    def __exit__(self, *what):
        self.service.__exit__(*what)
        self.folder.cleanup()


def a_link_opens_once():
    with Given() as s:
        hook = Receiver()
        a = s.api("POST", "project-subscriptions/" + s.project, {"target": hook.url, "event_types": ["person_page_opened"]})
        assert a.status == 201, a
        sample = finished(s)
        url = link(s, sample)
        for headers in ({}, {"Sec-Purpose": "prefetch"}, {"User-Agent": "Slackbot"}):  # looking does not use it up
            a = get(s, url, headers=headers)
            assert a.status in (200, 204), a
        a = get(s, url)
        private(a)
        assert "Height" not in text_of(a) and sample["sample_id"] not in text_of(a)
        a = post(s, "/consumer-report/open", token=token_of(url))
        assert a.status == 200 and "Height" in text_of(a), a
        private(a)
        for again in post(s, "/consumer-report/open", token=token_of(url)), get(s, url):
            assert again.status == 410 and b"was used" in again.body and b"Height" not in again.body
        session = Service.session_of(a)
        assert "Height" in text_of(post(s, "/consumer-report/show", session=session))
        token, answers = token_of(link(s, sample)), []  # of many at once one wins
        threads = [threading.Thread(target=lambda: answers.append(post(s, "/consumer-report/open", token=token).status)) for _ in range(8)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert sorted(answers) == [200] + [410] * 7, answers
        events = [e["event"] for e in s.admin("audit") if e["event"].startswith("report.")]
        assert events.count("report.opened") == 2 and events.count("report.link_created") == 2, events
        assert not hook.requests  # no event of the contract is for it
        hook.close()


def links_and_sessions_end():
    with Given() as s:
        sample = finished(s)
        url, short, long = link(s, sample), link(s, sample, expires_in=60), link(s, sample, expires_in=3600, report_type="prs")
        session = Service.session_of(post(s, "/consumer-report/open", token=token_of(link(s, sample))))
        s.move_clock(61)
        assert b"has expired" in get(s, short).body and post(s, "/consumer-report/open", token=token_of(short)).status == 410
        assert get(s, url).status == 200
        s.move_clock(601)
        assert get(s, url).status == 410 and get(s, long).status == 200
        s.move_clock(899)
        assert post(s, "/consumer-report/show", session=session).status == 200
        s.move_clock(901)
        a = post(s, "/consumer-report/show", session=session)
        assert a.status == 410 and b"has closed" in a.body, a
        s.move_clock(3601)
        assert get(s, long).status == 410
        for bad in (59, 3601, "x", True):
            ask(s, sample, 400, expires_in=bad)
        assert "report_type" in ask(s, sample, 400, report_type="carrier").json()


def it_opens_nothing_else():
    """A report's link is no person's page, and the other way round."""
    with Given() as s:
        sample = finished(s)
        url = link(s, sample)
        assert s.request("GET", "/person?" + url.query).status == 404
        assert post(s, "/person/open", token=token_of(url)).status == 404
        session = Service.session_of(post(s, "/consumer-report/open", token=token_of(url)))
        for path in ("show", "download", "withdraw", "delete", "certificate"):
            assert post(s, "/person/" + path, session=session, confirm="yes", purpose="analysis").status == 404, path
        person = urllib.parse.urlsplit(s.api("POST", "sample-person-link/" + sample["sample_id"], {}).json()["url"])
        assert s.request("GET", "/consumer-report?" + person.query).status == 404
        a = post(s, "/person/open", token=token_of(person))
        assert a.status == 200 and post(s, "/consumer-report/show", session=Service.session_of(a)).status == 404
        head, body, mark = token_of(url).split(".")
        for forged in (head + "." + body + "." + mark[::-1], head + "." + body + ".", "x", ""):
            assert post(s, "/consumer-report/open", token=forged).status == 404
        for forged in (session[:-1] + ("0" if session[-1] != "0" else "1"), session.split(".")[0], ""):
            assert post(s, "/consumer-report/show", session=forged).status == 404
        assert s.sample(sample).status == 200


def the_page_is_for_people():
    with Given() as s:
        assert s.api("PATCH", "projects/" + s.project, {"brand": {"name": "Helix & Co", "colour": "#336699"}}).status == 200
        sample = finished(s)
        a = post(s, "/consumer-report/open", token=token_of(link(s, sample)), lang="en")
        said = text_of(a)
        for words in ("Your results", "Helix & Co", "Height", "About 84 of 100 people in the comparison group have a lower score.",
                      "calls high", "no diagnosis", "no medical advice", "Comparison group: 50 people.", "Ancestry", "EUR about 97%", "AFR about 3%",
                      "was not measured by the test", "talk to a doctor", sample["sample_id"]):
            assert words in said, (words, said)
        assert said.index("EUR") < said.index("AFR") and 'value="84.5"' in a.body.decode()
        session = Service.session_of(a)
        german = post(s, "/consumer-report/show", session=session, lang="de")
        said = text_of(german)
        for words in ("Ihre Ergebnisse", "Körpergröße", "Etwa 84 von 100 Menschen", "keine Diagnose", "EUR etwa 97 %"):
            assert words in said, (words, said)
        assert german.headers["Content-Language"] == "de"
        assert "height" not in said.lower().replace("körpergröße", "")


def what_is_not_compared_is_said_to_be_so():
    """A score that genotype-score holds against nobody: no percentile, no risk, and words instead of a picture."""
    with Given() as s:
        sample = finished(s, "", "", "unheld", "rough")
        one = s.api("GET", "sample-trait-scores/" + sample["sample_id"]).json()["results"][0]
        assert one["trait_score"] == {"value": 1.5, "percentile": None, "z": None} and one["risk"] is None, one
        a = s.api("GET", "sample-ancestry/" + sample["sample_id"])
        schema.check("GET", "/api/v2/sample-ancestry/" + sample["sample_id"], a)
        assert a.json()["metadata"]["value"]["standard_error"] == {"EUR": None, "AFR": None}, a
        a = post(s, "/consumer-report/open", token=token_of(link(s, sample)), lang="en")
        said = text_of(a)
        assert "Height For this score there is no comparison with other people." in said, said
        for words in "have a lower score", "calls high", "Comparison group":
            assert words not in said, said
        assert a.body.count(b"<meter") == 2  # the shares'


def strange_names_stay_text():
    with tempfile.TemporaryDirectory() as folder:
        given = stages_given(folder)
        with open(os.path.join(folder, "scores", "traits.tsv"), "w") as f:
            f.write('score\ttrait\ten\nPGS1\t<b>"x"</b>\t<img src=x onerror=alert(1)> "&\n')
        with Service(settings=given) as s:
            a = post(s, "/consumer-report/open", token=token_of(link(s, finished(s))), lang="en")
            assert b"<img src=x" not in a.body and b"&lt;img src=x" in a.body, a
            a = post(s, "/consumer-report/show", session=Service.session_of(a), lang="de")  # no German name: the key
            assert b'<b>"x"' not in a.body and b"&lt;b&gt;" in a.body


def without_scores_there_is_none():
    with Service() as s:
        ask(s, finished(s), 404)
    with Given() as s:
        waiting = s.create()
        ask(s, waiting, 404)
        key = crypt4gh.key_file(crypt4gh.public_of(hashlib.sha256(b"p").digest()))
        assert s.api("PATCH", "projects/" + s.project, {"deliverables_public_key": key}).status == 200
        ask(s, finished(s), 403)


def a_deleted_sample_has_no_report():
    with Given() as s:
        sample = finished(s)
        url = link(s, sample)
        session = Service.session_of(post(s, "/consumer-report/open", token=token_of(link(s, sample))))
        a = s.api("DELETE", "project-delete-samples/" + s.project, {"sample_ids": [sample["sample_id"]]})
        assert a.status in (200, 204), a
        for a in post(s, "/consumer-report/show", session=session), post(s, "/consumer-report/open", token=token_of(url)):
            assert a.status == 410 and b"Height" not in a.body, a


if __name__ == "__main__":
    service.main([a_link_opens_once, links_and_sessions_end, it_opens_nothing_else, the_page_is_for_people,
                  what_is_not_compared_is_said_to_be_so, strange_names_stay_text, without_scores_there_is_none,
                  a_deleted_sample_has_no_report])
