#!/usr/bin/env python3
"""Races and faults of the upload service by the front door: kill -9 of every process, restarts, slow and vanishing clients, a full
disk, many at once. (A kill at each single step of checkd, worker and hookd is in their own suites.)"""
import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True  # the sources may be read-only
import service  # noqa: E402
from service import Receiver, Service, alive, children, steered, wait_until  # noqa: E402


def quiet(call):
    """The answer, or None where the connection died."""
    try:
        return call()
    except (OSError, http.client.HTTPException):
        return None


def begin_and_wait(s, page, content):
    sock, rest = s.upload_begin(page, content)
    s.page_becomes(page, "receiving")
    return sock, rest


# ---- kill -9 ----

def httpd_killed_while_receiving():
    with Service() as s:
        sample = s.create(expires_in=60)
        page = s.open(sample)
        sock, _ = begin_and_wait(s, page, steered("good", size=200000))
        s.move_clock(850)
        s.kill("httpd")
        sock.close()
        assert s.status(sample) == "consumer awaiting data"
        left = s.page_status(page).json()
        assert left["state"] == "open" and left["seconds_left"] > 60, left  # 120 s from the restart
        assert s.upload(page, steered("good")).status == 200
        assert s.status(sample) in ("scheduled", "running", "succeeded")


def httpd_killed_while_checking():
    """checkd has the file: it commits, and the person's next question tells."""
    with Service() as s:
        sample = s.create()
        page = s.open(sample)
        sock, rest = s.upload_begin(page, steered("sleep 5"))
        sock.sendall(rest)
        wait_until(lambda: children(s.pid("checkd")), "no check")
        s.kill("httpd")
        sock.close()
        s.page_becomes(page, "accepted")
        a = s.upload(page, steered("good"))
        assert a.status == 409 and a.json()["reason"] == "already_uploaded", a
        s.becomes(sample, "succeeded")


def httpd_killed_before_checkd_has_the_file():
    """The row says "checking", and nobody holds the file: the person may try again at once."""
    with Service() as s:
        page = s.open(s.create())
        where = os.path.join(s.data, "run", "checkd.sock")
        os.rename(where, where + ".away")
        sock, rest = s.upload_begin(page, steered("good"))
        sock.sendall(rest)
        s.page_becomes(page, "checking")
        s.kill("httpd")
        sock.close()
        os.rename(where + ".away", where)
        s.page_becomes(page, "open")
        assert s.upload(page, steered("good")).status == 200


def checkd_killed_while_checking():
    with Service() as s:
        sample = s.create()
        page = s.open(sample)
        sock, rest = s.upload_begin(page, steered("sleep 5"))
        sock.sendall(rest)
        s.page_becomes(page, "checking")
        s.kill("checkd")
        a = s.answer_of(sock)  # httpd still holds the file: the next checkd gets it
        sock.close()
        assert a.status == 200, a
        assert "check.sent_again" in s.log_text()
        s.becomes(sample, "succeeded")
        assert len([o for o in s.objects() if "original" in o]) == 1


def both_killed_while_checking():
    """Then nobody holds the file: the attempt ends, and the person may try again at once."""
    with Service() as s:
        sample = s.create()
        page = s.open(sample)
        sock, rest = s.upload_begin(page, steered("sleep 5"))
        sock.sendall(rest)
        s.page_becomes(page, "checking")
        s.kill_all()
        sock.close()
        s.start()
        s.page_becomes(page, "open")
        assert s.upload(page, steered("good")).status == 200


def checkd_is_away():
    """Nobody to ask: 503 and not a refused file; the link goes on working."""
    with Service() as s:
        made = s.create(redirect_on_failure="https://p.example.com/no")
        page = s.open(made)
        where = os.path.join(s.data, "run", "checkd.sock")
        os.rename(where, where + ".away")
        a = s.upload(page, steered("good"))
        assert a.status == 503 and a.json()["reason"] == "service_unavailable" and a.json()["attempts_left"] == 10, a
        os.rename(where + ".away", where)
        assert s.upload(page, steered("good")).status == 200
        s.becomes(made, "succeeded")


def worker_killed_while_running():
    with Service() as s:
        sample = s.create()
        s.upload(s.open(sample), steered("good", "sleep 5"))
        s.becomes(sample, "running")
        s.kill("worker")
        assert s.status(sample) == "running"
        s.move_clock(70)  # the lease runs out
        s.becomes(sample, "succeeded")
        words = [h["status"] for h in s.api("GET", "sample-statuses/" + sample["sample_id"]).json()["results"]][::-1]
        assert words == ["consumer awaiting data", "scheduled", "running", "scheduled", "running", "succeeded"], words


def hookd_killed():
    receiver = Receiver()
    with Service() as s:
        s.api("POST", "project-subscriptions/" + s.project, {"target": receiver.url, "event_types": ["analysis_complete_v2"]})
        s.hold("hookd")  # before it can claim
        sample = s.create()
        s.upload(s.open(sample), steered("good"))
        s.becomes(sample, "succeeded")
        s.kill("hookd")
        receiver.wait(1)
        time.sleep(0.5)
        assert len(receiver.requests) == 1
    receiver.close()


def everything_killed_and_started_again():
    with Service() as s:
        done, waiting, receiving = s.create(), s.create(), s.create()
        s.upload(s.open(done), steered("good"))
        s.becomes(done, "succeeded")
        page = s.open(receiving)
        sock, _ = begin_and_wait(s, page, steered("good", size=100000))
        pids = [s.pid(d) for d in ("checkd", "worker", "hookd")]  # httpd waits for the upload first
        os.kill(s.process.pid, signal.SIGKILL)  # the supervisor: its duties end with it
        wait_until(lambda: not any(map(alive, pids)), pids)
        s.kill_all()
        sock.close()
        key, project = s.key, s.project
        s.start()
        assert (s.key, s.project) == (key, project)  # nothing new is made
        assert s.status(done) == "succeeded" and len(s.sample(done).json()["files"]) >= 2
        assert s.status(waiting) == "consumer awaiting data"
        assert s.upload(page, steered("good")).status == 200
        s.becomes(receiving, "succeeded")


def sigterm_finishes_what_is_coming_in():
    with Service() as s:
        sample = s.create()
        page = s.open(sample)
        sock, rest = begin_and_wait(s, page, steered("good", size=100000))
        s.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        sock.sendall(rest)
        a = s.answer_of(sock)
        sock.close()
        assert a.status == 200, a
        assert s.stop() == 0
        s.start()
        s.becomes(sample, "succeeded")


def one_serve_a_folder():
    with Service() as s:
        p = subprocess.run([service.PROGRAM, "serve", "--data", s.data, "--listen", "127.0.0.1:0"], env=s.env, timeout=120,
                           capture_output=True)
        assert p.returncode == 3 and b"another serve" in p.stderr, p
        assert oct(os.stat(s.data).st_mode & 0o777) == "0o700"
        for path in (os.path.join(s.data + ".keys", "master.key"), os.path.join(s.data, "array-upload.db")):
            assert os.stat(path).st_mode & 0o077 == 0, path


def port_is_taken():
    with Service() as s:
        with tempfile.TemporaryDirectory() as d:
            p = subprocess.run([service.PROGRAM, "serve", "--data", d, "--listen", "127.0.0.1:%d" % s.port], env=s.env,
                               timeout=120, capture_output=True)
            assert p.returncode == 3, p


def programs_are_missing():
    with tempfile.TemporaryDirectory() as d:
        env = dict(os.environ, ARRAY_UPLOAD_PROGRAMS_VALIDATE="/nonexistent")
        p = subprocess.run([service.PROGRAM, "serve", "--data", d, "--listen", "127.0.0.1:0"], env=env, timeout=120,
                           capture_output=True)
        assert p.returncode == 3 and b"genotype-validate" in p.stderr, p


# ---- races ----

def lost_response():
    """The answer never arrives: the page asks, and shows success; a second copy is told so."""
    with Service() as s:
        sample = s.create()
        page = s.open(sample)
        sock, rest = s.upload_begin(page, steered("sleep 5"))
        sock.sendall(rest)
        s.page_becomes(page, "checking")
        sock.close()
        s.page_becomes(page, "accepted")
        a = s.upload(page, steered("good"), as_json=False)
        assert a.status in (303, 409, 200) and b"already" in (a.body + (a.headers["Location"] or "").encode()).lower(), a


def two_tabs():
    with Service() as s:
        for _ in range(5):
            sample = s.create()
            pages = [s.open(sample), s.open(sample)]
            answers = together([lambda p=p: s.upload(p, steered("good")) for p in pages])
            words = sorted(a.json().get("status") or a.json()["reason"] for a in answers)
            assert words == ["accepted", "already_uploaded"], words
            s.becomes(sample, "succeeded")
        assert len([o for o in s.objects() if "original" in o]) == 5


def bad_and_good_tab():
    with Service() as s:
        for _ in range(5):
            sample = s.create()
            tabs = zip([s.open(sample), s.open(sample)], ("good", "bad zip_corrupt"))
            answers = together([lambda p=page, w=word: s.upload(p, steered(w)) for page, word in tabs])
            assert answers[0].status == 200, answers
            assert answers[1].json()["reason"] in ("zip_corrupt", "already_uploaded"), answers
            s.becomes(sample, "succeeded")


def together(calls):
    out, threads = [None] * len(calls), []
    for k, call in enumerate(calls):
        def run(k=k, call=call):
            out[k] = call()
        threads.append(threading.Thread(target=run))
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return out


def expiry_against_acceptance():
    """The deadline passes while uploads begin and commit: each sample ends in one of the two, and its answer agrees."""
    n = 16
    with Service(settings={"ARRAY_UPLOAD_TIMERS_SWEEP": "1", "ARRAY_UPLOAD_LIMITS_UPLOADS_IN_FLIGHT": "100"}) as s:
        samples = [s.create(expires_in=60) for _ in range(n)]
        pages = [s.open(x) for x in samples]

        first, over = threading.Event(), threading.Event()

        def upload(k):
            """The first is in before the clock moves, the last one begins when its time is over: between them they race."""
            if k == n - 1:
                over.wait()
            elif k > 0:
                time.sleep(0.02 * k)
            answer = s.upload(pages[k], steered("good"))
            if k == 0:
                first.set()
            return answer

        def clock():
            time.sleep(0.15)
            first.wait()
            s.move_clock(899)
            for k in range(5):
                time.sleep(0.05)
                s.move_clock(900 + k)
            over.set()

        answers = together([lambda k=k: upload(k) for k in range(n)] + [clock])
        time.sleep(1.5)
        for sample, a in zip(samples, answers):
            status = s.status(sample)
            words = [h["status"] for h in s.api("GET", "sample-statuses/" + sample["sample_id"]).json()["results"]]
            if a.status == 200:
                assert status in ("scheduled", "running", "succeeded") and "consumer session expired" not in words, words
            else:
                assert a.status == 410 and a.json()["reason"] == "session_expired", a
                assert status == "consumer session expired" and "scheduled" not in words, words
        assert answers[0].status == 200 and answers[n - 1].status == 410, answers


def key_revoked_after_create():
    with Service() as s:
        made = s.admin("key", "create", "--email", "owner@example.com", "--name", "second")[0]
        first, s.key = s.key, made["api_key"]
        sample = s.create()
        s.key = first
        s.admin("key", "revoke", made["id"])
        s.key = made["api_key"]
        assert s.sample(sample).status == 401
        s.key = first
        assert s.upload(s.open(sample), steered("good")).status == 200  # the session lives
        s.becomes(sample, "succeeded")


def create_twice():
    with Service() as s:
        one, two = s.create(), s.create()
        assert one["sample_id"] != two["sample_id"]
        headers = {"Authorization": "Api-Key " + s.key, "Content-Type": "application/json", "Idempotency-Key": "abc"}
        same = [s.request("POST", "/api/v2/array-data-upload-form/", "{}", headers).json()["sample_id"] for _ in range(2)]
        assert same[0] == same[1]


def two_times_n():
    """N samples, two tabs each, all at once: exactly one accepted each, nothing lost, nothing twice."""
    n = 20
    with Service(settings={"ARRAY_UPLOAD_LIMITS_UPLOADS_IN_FLIGHT": "100"}) as s:
        samples = [s.create() for _ in range(n)]
        calls = []
        for sample in samples:
            for _ in range(2):
                page = s.open(sample)
                calls.append(lambda p=page: s.upload(p, steered("good", size=50000)))
        answers = together(calls)
        for k, sample in enumerate(samples):
            words = sorted(a.json().get("status") or a.json()["reason"] for a in answers[2 * k:2 * k + 2])
            assert words == ["accepted", "already_uploaded"], words
        for sample in samples:
            s.becomes(sample, "succeeded")
        assert len([o for o in s.objects() if "original" in o]) == n


def more_than_the_server_takes():
    with Service(settings={"ARRAY_UPLOAD_LIMITS_UPLOADS_IN_FLIGHT": "2"}) as s:
        held = []
        for _ in range(2):
            page = s.open(s.create())
            held.append(begin_and_wait(s, page, steered("good", size=100000)))
        page = s.open(s.create())
        a = s.upload(page, steered("good"))
        assert a.status == 503 and a.json()["reason"] == "service_unavailable" and a.headers["Retry-After"], a
        for sock, rest in held:
            sock.sendall(rest)
            assert s.answer_of(sock).status == 200
            sock.close()
        assert s.upload(page, steered("good")).status == 200


# ---- clients ----

def idle_client():
    with Service(settings={"ARRAY_UPLOAD_TIMERS_IDLE": "5"}) as s:
        page = s.open(s.create())
        sock, _ = begin_and_wait(s, page, steered("good", size=100000))
        s.page_becomes(page, "open")
        sock.close()
        assert s.upload(page, steered("good")).status == 200


def dripping_client():
    """Never idle, never done: ended by the least rate."""
    with Service(settings={"ARRAY_UPLOAD_TIMERS_RATE_AFTER": "5"}) as s:
        page = s.open(s.create())
        sock, rest = begin_and_wait(s, page, steered("good", size=100000))
        drops = iter(rest[k:k + 1] for k in range(len(rest)))

        def ended():
            quiet(lambda: sock.sendall(next(drops)))
            return s.page_status(page).json()["state"] == "open"
        wait_until(ended, "a dripping client is not ended", pause=0.1)
        sock.close()
        assert s.upload(page, steered("good")).status == 200


def many_that_say_nothing():
    """Connections without a request do not keep others out."""
    with Service() as s:
        socks = [socket.create_connection((s.host, s.port)) for _ in range(200)]
        for sock in socks[::2]:
            sock.sendall(b"POST /array-data-upload HTTP/1.1\r\nHost: x\r\n")
        assert s.upload(s.open(s.create()), steered("good")).status == 200
        for sock in socks:
            sock.close()


# ---- disk ----

def disk_full():
    with tempfile.TemporaryDirectory() as d:
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m,mode=700", "tmpfs", d],
                                               capture_output=True).returncode != 0:
            return "skipped (no permission to mount)"
        try:
            full_disk(d)
        finally:
            subprocess.run(["umount", "-l", d], check=False)
    return None


def full_disk(d):
    s = Service()
    s.data = os.path.join(d, "data")
    with s:
        sample = s.create()
        page = s.open(sample)
        a = quiet(lambda: s.upload(page, steered("good", size=12 << 20)))
        assert a is None or (a.status in (503, 507) and a.json()["reason"] == "service_unavailable" and a.json()["retry"]), a
        assert s.status(sample) == "consumer awaiting data"
        wait_until(lambda: s.upload(page, steered("good")).status == 200, "the space came back, the link still works", pause=0.2)
        s.becomes(sample, "succeeded")


def little_space_left():
    with Service(settings={"ARRAY_UPLOAD_LIMITS_FREE_BYTES": str(1 << 60)}) as s:
        sample = s.create()
        a = s.upload(s.open(sample), steered("good"))
        assert a.status in (503, 507) and a.json()["reason"] == "service_unavailable", a
        assert s.status(sample) == "consumer awaiting data"


def queue_full():
    with Service(settings={"ARRAY_UPLOAD_LIMITS_QUEUE_LENGTH": "1"}) as s:
        s.hold("worker")
        try:
            samples = [s.create() for _ in range(4)]
            statuses = [s.upload(s.open(x), steered("good")).status for x in samples]
        finally:
            s.let_go("worker")
        assert statuses[0] == 200 and statuses[-1] == 503, statuses
        s.becomes(samples[0], "succeeded")


def keys_and_names_stay_out_of_the_log():
    with Service() as s:
        sample = s.create(metadata={"who": "Zacharias Quux"})
        page = s.open(sample)
        s.upload(page, steered("bad zip_corrupt"), "genome_Zacharias_Quux.zip")
        s.upload(page, steered("good"), "genome_Zacharias_Quux.zip")
        s.becomes(sample, "succeeded")
        text = s.log_text()
        token = sample["url"].split("token=")[1]
        for secret in (s.key, token, token.split(".")[1], page, "Quux", "genome_"):
            assert secret not in text, secret


if __name__ == "__main__":
    service.main([httpd_killed_while_receiving, httpd_killed_while_checking, httpd_killed_before_checkd_has_the_file,
                  checkd_killed_while_checking,
                  both_killed_while_checking,
                  checkd_is_away,
                  worker_killed_while_running, hookd_killed, everything_killed_and_started_again,
                  sigterm_finishes_what_is_coming_in, one_serve_a_folder, port_is_taken, programs_are_missing, lost_response,
                  two_tabs, bad_and_good_tab, expiry_against_acceptance, key_revoked_after_create, create_twice, two_times_n,
                  more_than_the_server_takes, idle_client, dripping_client, many_that_say_nothing, disk_full,
                  little_space_left, queue_full, keys_and_names_stay_out_of_the_log])
