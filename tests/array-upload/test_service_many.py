#!/usr/bin/env python3
"""The whole service on PostgreSQL and an S3 double, two machines' worth of it: what the state table promises holds there, too."""
import os
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True  # the sources may be read-only
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from s3_double import Double  # noqa: E402
from service import PATIENCE, Receiver, Service, main, steered  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
double = Double()
known = {}


def settings():
    """What machines of one service share: database, bucket, master key, key store and key-encryption key."""
    database = os.environ["ARRAY_UPLOAD_TEST_DATABASE"]
    return dict(double.environment(), ARRAY_UPLOAD_SERVER_MASTER_KEY="5a" * 32, ARRAY_UPLOAD_DATABASE_URL=database,
                ARRAY_UPLOAD_KEYS_STORE=database, ARRAY_UPLOAD_KEYS_COMMAND="echo " + "5b" * 32)


def from_session_to_files():
    with Service(settings=settings()) as s:
        known.update(key=s.key, project=s.project)
        receiver = Receiver()
        s.api("POST", "project-subscriptions/" + s.project, {"target": receiver.url, "event_types": ["analysis_complete_v2"]})
        made = s.create(metadata={"a": "b"})
        assert s.upload(s.open(made), steered("good")).status == 200
        s.becomes(made, "succeeded")
        receiver.wait(1)
        files = s.sample(made).json()["files"]
        assert len(files) >= 2
        for f in files:
            whole = s.request("GET", f["download_url"].split(":%d" % s.port, 1)[1])
            assert whole.status == 200 and len(whole.body) == f["size"]
        part = s.request("GET", files[0]["download_url"].split(":%d" % s.port, 1)[1], None, {"Range": "bytes=1-2"})
        assert part.status == 206 and len(part.body) == 2
        assert any(made["sample_id"] in key for key in double.objects)
        assert s.api("DELETE", "project-delete-samples/" + s.project, {"sample_ids": [made["sample_id"]]}).status == 204
        deadline = time.monotonic() + PATIENCE
        while any(made["sample_id"] in key for key in double.objects) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not any(made["sample_id"] in key for key in double.objects)
        receiver.close()
    assert not double.refused, double.refused[:3]


def two_machines():
    """Two whole services on one database and one bucket: every upload is accepted once and analysed once."""
    with Service(settings=settings()) as a:
        with Service(settings=settings()) as b:
            a.key = b.key = known["key"]
            a.project = b.project = known["project"]
            made = [a.create() for _ in range(12)]
            results = []

            def run_one(service, sample):
                results.append((sample["sample_id"], service.upload(service.open(sample), steered("good"))))
            threads = [threading.Thread(target=run_one, args=(s, m)) for m in made for s in (a, b)]
            for t in threads:
                t.start()
            for t in threads:
                t.join()
            for m in made:
                mine = [r for i, r in results if i == m["sample_id"]]
                good = [r for r in mine if r.status == 200]
                assert len(good) == 1, mine
                assert all(r.json()["reason"] == "already_uploaded" for r in mine if r.status != 200), mine
                b.becomes(m, "succeeded")
                states = [h["status"] for h in a.api("GET", "sample-statuses/" + m["sample_id"]).json()["results"]]
                assert states == ["succeeded", "running", "scheduled", "consumer awaiting data"], states
                zips = [f for f in b.sample(m).json()["files"] if f["file_type"] == "array-zip"]
                assert len(zips) == 1
    assert not double.refused, double.refused[:3]


def database_restarted():
    """The database goes down at once, twice, while files come in and are analysed: whoever was told "accepted" is, and each once."""
    with Service(settings=settings()) as s:
        s.key, s.project = known["key"], known["project"]
        made = [s.create() for _ in range(16)]
        sessions = [s.open(m) for m in made]
        told = {}

        def send(i):
            deadline = time.monotonic() + PATIENCE
            while time.monotonic() < deadline:
                a = s.upload(sessions[i], steered("good"))
                if a.status == 200 or a.json()["reason"] == "already_uploaded":
                    told[i] = a.status
                    return
                time.sleep(0.25)
        threads = [threading.Thread(target=send, args=(i,)) for i in range(len(made))]
        for n, t in enumerate(threads):
            t.start()
            if n in (5, 11):
                subprocess.run(os.environ["ARRAY_UPLOAD_TEST_DATABASE_RESTART"].split(), check=True, stdout=subprocess.DEVNULL)
        for t in threads:
            t.join()
        assert len(told) == len(made), told
        s.move_clock(120)  # leases of runs whose end was lost
        for m in made:
            s.becomes(m, "succeeded")
            states = [h["status"] for h in s.api("GET", "sample-statuses/" + m["sample_id"]).json()["results"]]
            assert states.count("succeeded") == 1 and states[-2] == "scheduled", states
            types = [f["file_type"] for f in s.sample(m).json()["files"]]
            assert len(types) == len(set(types)), types
    assert not double.refused, double.refused[:3]


if __name__ == "__main__":
    if "ARRAY_UPLOAD_TEST_DATABASE" not in os.environ:
        sys.exit(subprocess.call([os.path.join(HERE, "postgres.sh"), sys.executable, os.path.abspath(__file__)] + sys.argv[1:]))
    main([from_session_to_files, two_machines, database_restarted])
