#!/usr/bin/env python3
"""The state table of the upload service by the front door, row by row (the store's own suite takes the rows apart further)."""
import hashlib
import hmac
import http.client
import json
import socket
import sys
import time
import urllib.parse

sys.dont_write_bytecode = True  # the sources may be read-only
import service  # noqa: E402
from service import Receiver, Service, steered, wait_until  # noqa: E402

SUCCESS, FAILURE = "https://partner.example/ok?a=1#top", "https://partner.example/bad?a=1#top"
REASONS = ["zip_corrupt", "zip_encrypted", "zip_unsafe", "zip_unexpected_contents", "provider_not_supported",
           "format_version_not_supported", "file_modified", "file_incomplete"]


def failure(reason):
    return "https://partner.example/bad?a=1&reason=%s#top" % reason


def row_1_create():
    with Service() as s:
        sample = s.create(metadata={"a": "b"}, redirect_on_success=SUCCESS, expires_in=60)
        assert s.status(sample) == "consumer awaiting data"
        assert set(sample) >= {"sample_id", "url", "expires_at"}, sample
        history = s.api("GET", "sample-statuses/" + sample["sample_id"]).json()
        assert [h["status"] for h in history["results"]] == ["consumer awaiting data"], history


def row_2_open():
    with Service() as s:
        sample = s.create()
        one, two = s.open(sample), s.open(sample)
        left = s.page_status(one).json()
        assert left["state"] == "open" and 800 <= left["seconds_left"] <= 900, left
        assert s.upload(two, steered("good")).status == 200
        assert s.page_status(one).json()["state"] == "accepted"


def row_2_prefetch_changes_nothing():
    with Service() as s:
        sample = s.create(expires_in=60)
        for headers in ({"Sec-Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}):
            assert s.get_link(sample, headers=headers).status in (200, 204)
        assert s.get_link(sample, "HEAD").status == 200
        s.move_clock(61)  # nothing was opened: the link is over
        assert s.get_link(sample).status == 410
        assert s.status(sample) == "consumer session expired"


def row_3_resume():
    with Service() as s:
        sample = s.create(expires_in=60)
        s.open(sample)
        s.move_clock(600)
        left = s.page_status(s.open(sample)).json()["seconds_left"]
        assert 200 <= left <= 300, left  # resumed, not lengthened
        s.move_clock(901)
        assert s.get_link(sample).status == 410


def row_4_late():
    with Service() as s:
        unopened = s.create(expires_in=60, redirect_on_failure=FAILURE)
        opened = s.create(expires_in=60, redirect_on_failure=FAILURE)
        plain = s.create(expires_in=60)
        s.open(opened)
        s.move_clock(1000)
        for sample, reason in ((unopened, "link_expired"), (opened, "session_expired")):
            a = s.get_link(sample)
            assert a.status == 303 and a.headers["Location"] == failure(reason), (a.status, a.headers["Location"])
            assert s.status(sample) == "consumer session expired"
        assert s.get_link(plain).status == 410


def unknown_token_never_redirects():
    with Service() as s:
        sample = s.create(redirect_on_failure=FAILURE)
        path = s.path_of(sample)
        for bad in (path[:-3] + "abc", path + "x", "/array-data-upload?token=", "/array-data-upload?token=x.y.z",
                    "/array-data-upload"):
            a = s.request("GET", bad)
            assert a.status == 404 and not a.headers["Location"], (bad, a.status)
        assert s.get_link(sample).status == 200


def row_5_third_at_once():
    with Service() as s:
        sample = s.create(redirect_on_failure=FAILURE)
        page = s.open(sample)
        first, rest = s.upload_begin(page, steered("good", size=200000))
        second, _ = s.upload_begin(page, steered("good", size=200000))
        s.receiving(2)
        a = s.upload(page, steered("good"))
        assert a.status == 409 and a.json()["reason"] == "upload_in_progress" and not a.json()["redirect"], a
        second.close()
        first.sendall(rest)
        assert s.answer_of(first).status == 200
        first.close()


def row_5_too_many_attempts():
    with Service() as s:
        sample = s.create(redirect_on_failure=FAILURE)
        page = s.open(sample)
        for k in range(10):
            a = s.upload(page, steered("bad zip_corrupt"))
            assert a.status == 422 and a.json()["attempts_left"] == 9 - k, (k, a)
        a = s.upload(page, steered("good"))
        assert a.status == 429 and a.json()["reason"] == "too_many_attempts" and not a.json()["retry"], a
        assert s.status(sample) == "consumer awaiting data"


def row_6_too_large():
    with Service(settings={"ARRAY_UPLOAD_LIMITS_UPLOAD_BYTES": "100000"}) as s:
        sample = s.create()
        page = s.open(sample)
        a = s.upload(page, steered("good", size=100001))
        assert a.status == 413 and a.json()["reason"] == "file_too_large" and a.json()["retry"], a
        a = s.upload(page, steered("good", size=150000))
        assert a.status == 413 and a.json()["reason"] == "file_too_large", a
        body = s.form(page, steered("good", size=200000))  # chunked: no length to look at
        c = http.client.HTTPConnection(s.host, s.port, timeout=30)
        c.request("POST", "/array-data-upload", iter([body[k:k + 5000] for k in range(0, len(body), 5000)]),
                  {"Content-Type": s.FORM_TYPE, "Accept": "application/json"}, encode_chunked=True)
        r = c.getresponse()
        assert r.status == 413, r.status
        c.close()
        assert s.upload(page, steered("good", size=100000)).status == 200  # inclusive


def row_6_client_went_away():
    with Service() as s:
        sample = s.create()
        page = s.open(sample)
        for _ in range(6):  # never more than two in flight, and none is counted
            sock, _ = s.upload_begin(page, steered("good", size=100000))
            s.page_becomes(page, "receiving")
            sock.close()
            s.page_becomes(page, "open")
        a = s.upload(page, steered("good"))
        assert a.status == 200, a


def row_6_deadline_and_grace():
    with Service() as s:
        sample = s.create(expires_in=60)
        page = s.open(sample)
        sock, rest = s.upload_begin(page, steered("good", size=100000))
        s.page_becomes(page, "receiving")
        s.move_clock(905)
        assert s.status(sample) == "consumer awaiting data"  # begun in time
        sock.sendall(rest)
        assert s.answer_of(sock).status == 200
        sock.close()
        assert s.status(sample) != "consumer session expired"


def row_6_grace_over():
    with Service() as s:
        sample = s.create(expires_in=60)
        page = s.open(sample)
        sock, rest = s.upload_begin(page, steered("good", size=100000))
        s.page_becomes(page, "receiving")
        s.move_clock(970)
        assert s.status(sample) == "consumer session expired"
        try:
            sock.sendall(rest)
            a = s.answer_of(sock)
            assert a.status == 410 and a.json()["reason"] == "session_expired", a
        except (ConnectionError, http.client.HTTPException, socket.timeout):
            pass  # the connection was cut: as good an end
        sock.close()
        assert s.status(sample) == "consumer session expired"
        assert not s.objects()


def row_8_reasons():
    with Service() as s:
        sample = s.create(redirect_on_failure=FAILURE)
        page = s.open(sample)
        for reason in REASONS:
            a = s.upload(page, steered("bad " + reason))
            assert a.status == 422, (reason, a)
            j = a.json()
            assert j["reason"] == reason and j["retry"] and j["redirect"] == failure(reason) and j["message"], j
            assert s.status(sample) == "consumer awaiting data"
        a = s.upload(page, steered("bad zip_corrupt"), as_json=False)
        assert a.status == 303 and a.headers["Location"] == failure("zip_corrupt"), a
        assert not s.objects()


def row_8_without_redirect_the_form_again():
    with Service() as s:
        page = s.open(s.create())
        a = s.upload(page, steered("bad zip_corrupt"), as_json=False)
        assert a.status == 422 and a.headers["Content-Type"].startswith("text/html"), a
        assert s.upload(s.session_of(a), steered("good"), as_json=False).status == 200


def row_8_validator_crashed():
    with Service() as s:
        page = s.open(s.create())
        for word in ("crash", "garbage", "silent", "wrong-exit"):
            a = s.upload(page, steered(word))
            assert a.status == 500 and a.json()["reason"] == "upload_failed" and a.json()["retry"], (word, a)
        assert s.upload(page, steered("good")).status == 200


def row_8_before_the_validator():
    with Service() as s:
        page = s.open(s.create())
        for content, name, reason in ((b"", "a.zip", "file_empty"), (b"rsid\tchromosome", "a.txt", "file_type_not_allowed"),
                                      (b"\x1f\x8b1234", "a.gz", "file_type_not_allowed")):
            a = s.upload(page, content, name)
            assert a.status == 422 and a.json()["reason"] == reason, (name, a)
        body = s.form(page, b"")
        at = body.index(b'--xBOUNDARYx\r\nContent-Disposition: form-data; name="file"')
        a = s.request("POST", "/array-data-upload", body[:at] + b"--xBOUNDARYx--\r\n",
                      {"Content-Type": s.FORM_TYPE, "Accept": "application/json"})
        assert a.status == 422 and a.json()["reason"] == "file_missing", a


def row_9_accepted():
    with Service() as s:
        sample = s.create(redirect_on_success=SUCCESS)
        a = s.upload(s.open(sample), steered("good"))
        assert a.status == 200 and a.json()["status"] == "accepted" and a.json()["redirect"] == SUCCESS, a
        assert a.json()["sample_id"] == sample["sample_id"]
        s.becomes(sample, "succeeded")
        sample = s.create(redirect_on_success=SUCCESS)
        a = s.upload(s.open(sample), steered("good"), as_json=False)
        assert a.status == 303 and a.headers["Location"] == SUCCESS, a


def row_10_after_acceptance():
    with Service() as s:
        sample = s.create(redirect_on_failure=FAILURE)
        page = s.open(sample)
        assert s.upload(page, steered("good")).status == 200
        a = s.upload(page, steered("good"))
        assert a.status == 409 and a.json()["reason"] == "already_uploaded" and not a.json()["retry"], a
        a = s.get_link(sample)  # re-opened: redirect, or the page that says so
        assert a.status == 303 and a.headers["Location"] == failure("already_uploaded"), a


def row_11_more_time():
    with Service() as s:
        sample = s.create(expires_in=60)
        page = s.open(sample)
        body = urllib.parse.urlencode({"session": page, "lang": "en"})
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        for k in range(10):
            a = s.request("POST", "/array-data-upload/extend", body, headers)
            assert a.status == 200 and a.json()["extensions_left"] == 9 - k, (k, a)
        a = s.request("POST", "/array-data-upload/extend", body, headers)
        assert a.status == 409 and a.json()["reason"] == "extension_refused", a
        s.move_clock(10 * 900 + 300)
        assert s.upload(page, steered("good")).status == 200


def row_12_expired_for_every_reader():
    with Service(settings={"ARRAY_UPLOAD_TIMERS_SWEEP": "3600"}) as s:  # no sweeper: reads do it
        sample, other = s.create(expires_in=60), s.create(expires_in=60)
        page = s.open(other)
        s.move_clock(30)
        assert s.status(sample) == "consumer awaiting data"
        s.move_clock(61)
        assert s.status(sample) == "consumer session expired"
        s.move_clock(0)  # the clock jumps back: once expired, never awaiting again
        assert s.status(sample) == "consumer session expired"
        assert s.get_link(sample).status == 410
        s.move_clock(901)
        listed = {x["id"]: x["last_status"]["status"] for x in s.api("GET", "project-samples/" + s.project).json()["results"]}
        assert listed[other["sample_id"]] == "consumer session expired", listed
        a = s.upload(page, steered("good"))
        assert a.status == 410 and a.json()["reason"] == "session_expired", a


def stale_page_with_a_valid_link():
    with Service() as s:
        sample = s.create(expires_in=3600)
        page = s.open(sample)
        s.move_clock(1000)
        a = s.upload(page, steered("good"))
        assert a.status == 410 and a.json()["reason"] == "session_expired" and a.json()["retry"], a
        assert s.upload(s.open(sample), steered("good")).status == 200


def row_13_deleted_and_canceled():
    with Service() as s:
        for action, method, after in (("project-delete-samples/", "DELETE", 404), ("project-cancel-samples/", "POST", 200)):
            sample = s.create(redirect_on_failure=FAILURE)
            page = s.open(sample)
            sock, rest = s.upload_begin(page, steered("good", size=100000))
            s.page_becomes(page, "receiving")
            a = s.api(method, action + s.project, {"sample_ids": [sample["sample_id"]]})
            assert a.status in (200, 204), a
            try:
                sock.sendall(rest)
                a = s.answer_of(sock)
                assert a.status == 410 and a.json()["reason"] == "session_revoked", a
            except (ConnectionError, http.client.HTTPException):
                pass
            sock.close()
            assert s.sample(sample).status == after
            a = s.upload(page, steered("good"))
            assert a.status == 410 and a.json()["reason"] == "session_revoked", a
        assert not s.objects()


def rows_14_15_files_with_the_status():
    with Service() as s:
        sample = s.create()
        s.upload(s.open(sample), steered("good", "sleep 5"))
        s.becomes(sample, "running")
        assert [f["file_type"] for f in s.sample(sample).json()["files"]] == ["array-zip"]
        s.becomes(sample, "succeeded")
        files = {f["file_type"]: f for f in s.sample(sample).json()["files"]}
        assert {"array-zip", "array-report_json"} <= set(files), set(files)
        for f in files.values():
            u = urllib.parse.urlsplit(f["download_url"])
            a = s.request("GET", u.path + "?" + u.query)
            assert a.status == 200 and len(a.body) == f["size"], f
            assert hashlib.sha256(a.body).hexdigest() == f["checksum_sha256"], f


def row_16_failed_qc():
    with Service() as s:
        sample = s.create()
        s.upload(s.open(sample), steered("good 0.3"))
        s.becomes(sample, "failed qc")
        assert [f["file_type"] for f in s.sample(sample).json()["files"]] == ["array-zip"]
        listed = s.api("GET", "project-samples/" + s.project).json()["results"][0]
        assert listed["failed_qc"] == ["call_rate_min"], listed


def row_17_poison():
    with Service() as s:
        sample = s.create()
        s.upload(s.open(sample), steered("good", "crash"))
        s.becomes_at_last(sample, "failed")
        words = [h["status"] for h in s.api("GET", "sample-statuses/" + sample["sample_id"]).json()["results"]]
        assert words.count("running") == 3, words


def row_18_cancel():
    with Service() as s:
        sample = s.create()
        s.upload(s.open(sample), steered("good", "sleep 60"))
        s.becomes(sample, "running")
        a = s.api("POST", "project-cancel-samples/" + s.project, {"sample_ids": [sample["sample_id"]]})
        assert a.status == 200 and a.json()["message"] == "1 sample(s) analysis canceled successfully", a
        last = s.sample(sample).json()["last_status"]
        assert last["status"] == "failed" and last["note"] == "canceled", last


def row_19_deleted():
    with Service() as s:
        sample = s.create()
        s.upload(s.open(sample), steered("good"))
        s.becomes(sample, "succeeded")
        u = urllib.parse.urlsplit(s.sample(sample).json()["files"][0]["download_url"])
        assert s.api("DELETE", "project-delete-samples/" + s.project, {"sample_ids": [sample["sample_id"]]}).status == 204
        assert s.sample(sample).status == 404
        assert s.request("GET", u.path + "?" + u.query).status in (403, 404)
        moves = iter(range(20, 100000, 2))
        wait_until(lambda: s.move_clock(next(moves)) or not s.objects(), s.objects, pause=0.1)


def row_20_webhook():
    receiver = Receiver()
    with Service() as s:
        a = s.api("POST", "project-subscriptions/" + s.project, {"target": receiver.url, "event_types": ["analysis_complete_v2"]})
        assert a.status == 201, a
        sub = a.json()["id"]
        secret = s.api("POST", "project-subscription-secret/" + sub).json()["secret"]
        receiver.answer = (500, {})
        sample = s.create()
        s.upload(s.open(sample), steered("good"))
        s.becomes(sample, "succeeded")
        receiver.wait(1)
        receiver.answer = (200, {})
        s.move_clock(7)
        receiver.wait(2)
        events = set()
        for path, headers, body in receiver.requests:
            stamp, mac = headers["Gencove-Signature"].split(",")
            t, v1 = stamp.strip()[2:], mac.strip()[3:]
            good = hmac.new(secret.encode(), t.encode() + b"." + body, hashlib.sha512).hexdigest()
            assert v1 == good, headers
            event = json.loads(body)[0]
            events.add(event["event_id"])
            assert event["event_type"] == "analysis_complete_v2", event
            assert event["payload"]["samples"][0]["id"] == sample["sample_id"], event
            assert event["payload"]["samples"][0]["last_status"]["status"] == "succeeded", event
        assert len(events) == 1
        time.sleep(0.6)
        assert len(receiver.requests) == 2
        notes = lambda: s.api("GET", "project-subscription-notifications/" + sub).json()["results"]
        wait_until(lambda: len(notes()) == 2, notes)  # it is written down after the answer
        assert sorted(int(n["response_status"]) for n in notes()) == [200, 500], notes()
    receiver.close()


def internal_targets_are_refused():
    with Service(options=()) as s:  # without --allow-loopback-webhooks
        for target in ("http://example.com/", "https://127.0.0.1/", "https://localhost/", "https://169.254.169.254/latest",
                       "https://10.0.0.1/", "https://[::1]/", "https://2130706433/", "https://user@example.com/",
                       "https://example.com:22/", "ftp://example.com/"):
            a = s.api("POST", "project-subscriptions/" + s.project, {"target": target, "event_types": ["analysis_complete_v2"]})
            assert a.status == 400, (target, a)


if __name__ == "__main__":
    service.main([row_1_create, row_2_open, row_2_prefetch_changes_nothing, row_3_resume, row_4_late,
                  unknown_token_never_redirects, row_5_third_at_once, row_5_too_many_attempts, row_6_too_large,
                  row_6_client_went_away, row_6_deadline_and_grace, row_6_grace_over, row_8_reasons,
                  row_8_without_redirect_the_form_again, row_8_validator_crashed, row_8_before_the_validator, row_9_accepted,
                  row_10_after_acceptance, row_11_more_time, row_12_expired_for_every_reader, stale_page_with_a_valid_link,
                  row_13_deleted_and_canceled, rows_14_15_files_with_the_status, row_16_failed_qc, row_17_poison, row_18_cancel,
                  row_19_deleted, row_20_webhook, internal_targets_are_refused])
