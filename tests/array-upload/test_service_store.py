#!/usr/bin/env python3
"""Whose the blob store is: a copy or an older backup of the database removes nothing from it, and a restore brings it back."""
import glob
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time

sys.dont_write_bytecode = True  # the sources may be read-only
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from service import PROGRAM, Service, main, steered, wait_until  # noqa: E402

YEAR = 366 * 86400
# A copy reads what is sealed: it has the same master key.
EVER = {"ARRAY_UPLOAD_SERVER_MASTER_KEY": "ef" * 32, "ARRAY_UPLOAD_RETENTION_ORIGINAL_DAYS": "-1", "ARRAY_UPLOAD_RETENTION_DELIVERABLES_DAYS": "-1"}


def taken(s):
    made = s.create()
    a = s.upload(s.open(made), steered("good"))
    assert a.status == 200, a
    s.becomes(made, "succeeded")
    return made


def backup(s, name):
    """As README says: the database through SQLite's own backup."""
    out = os.path.join(s.folder, name)
    with sqlite3.connect(os.path.join(s.data, "array-upload.db")) as db, sqlite3.connect(out) as copy:
        db.backup(copy)
    return out


def wait_for_log(s, words):
    wait_until(lambda: words in s.log_text(), lambda: s.log_text()[-3000:])


def marks(s):
    return set(os.listdir(os.path.join(s.data, "blobs", "deployment")))


def started_again(s):
    """Its worker leaves a new mark, which whoever knows the one before does not know."""
    s.stop()
    before = marks(s)
    s.start()
    wait_until(lambda: len(marks(s)) == 1 and not marks(s) & before, lambda: (before, marks(s)))


def doctor(s):
    return subprocess.run([PROGRAM, "admin", "doctor", "--data", s.data], env=s.env, capture_output=True, text=True).stdout


def a_copy_removes_nothing():
    with Service(settings=EVER) as s:
        taken(s)
        copy = backup(s, "copy.db")
        late = [taken(s) for _ in range(2)]
        started_again(s)
        objects = set(s.objects())
        staging = Service(settings=dict(EVER, ARRAY_UPLOAD_BLOB_URL="file:" + os.path.join(s.data, "blobs"),
                                        ARRAY_UPLOAD_DATABASE_URL="sqlite:" + copy,
                                        # With a key store of its own it would not even start.
                                        ARRAY_UPLOAD_KEYS_STORE="sqlite:" + s.data + ".keys/keys.db",
                                        ARRAY_UPLOAD_KEYS_FILE=s.data + ".keys/kek"))
        with staging:
            wait_for_log(staging, "store.not_ours")
            staging.move_clock(YEAR)
            time.sleep(2)
            assert "not this database's" in doctor(staging)
            run = subprocess.run([PROGRAM, "admin", "orphans", "remove", "--data", staging.data], env=staging.env, capture_output=True)
            assert run.returncode == 1, run
        assert set(s.objects()) == objects
        for made in late:
            assert s.status(made) == "succeeded"
        assert "not this database's" not in doctor(s)


def restored_from_an_older_backup():
    """The procedure of README: stop, put the backup in place, start, look, adopt."""
    with Service(settings=EVER) as s:
        kept = taken(s)
        old = backup(s, "old.db")
        lost = taken(s)
        started_again(s)
        s.stop()
        for name in glob.glob(os.path.join(s.data, "array-upload.db*")):
            os.remove(name)
        shutil.copy(old, os.path.join(s.data, "array-upload.db"))
        objects = set(s.objects())
        s.start()
        wait_for_log(s, "store.not_ours")
        s.move_clock(YEAR)
        time.sleep(2)
        assert set(s.objects()) == objects
        said = s.admin("store")[0]
        assert said["files_missing"] == 0 and said["orphans"] == 4, said
        shown = s.admin("orphans")
        assert len(shown) == 4 and all(lost["sample_id"] in x["key"] for x in shown), shown
        assert set(s.objects()) == objects
        assert s.admin("store", "adopt")[0]["mark"] == "ours"
        assert s.admin("orphans", "remove") == [{"found": 4, "removed": 4}]
        assert s.status(kept) == "succeeded" and len(s.objects()) == len(objects) - 4
        fresh = taken(s)
        assert s.status(fresh) == "succeeded"


def many_orphans_wait_for_somebody():
    """More than a crash leaves behind: shown, not removed."""
    with Service(settings=dict(EVER, ARRAY_UPLOAD_RETENTION_ORPHANS_MAX="2")) as s:
        made = taken(s)
        folder = os.path.join(s.data, "blobs", "samples", "00000000-0000-4000-8000-000000000000")
        os.makedirs(folder)
        for k in range(3):
            with open(os.path.join(folder, "original-%d.zip" % k), "w") as f:
                f.write("x")
        s.move_clock(7300)
        wait_for_log(s, "orphans.too_many")
        assert len(os.listdir(folder)) == 3
        os.remove(os.path.join(folder, "original-0.zip"))
        s.move_clock(14600)
        wait_for_log(s, "orphans.removed")
        assert not os.path.exists(folder) or not os.listdir(folder)
        assert s.status(made) == "succeeded"


def the_audit_log_is_read():
    with Service() as s:
        s.admin("project", "create", "--name", "Another")
        rows = s.admin("audit")
        assert [r["n"] for r in rows] == list(range(len(rows), 0, -1)) and "project.created" in [r["event"] for r in rows]
        assert s.admin("audit", "verify")[0]["whole"] is True
        with sqlite3.connect(os.path.join(s.data, "array-upload.db"), timeout=20) as db:
            db.execute("UPDATE audit SET event = 'nothing' WHERE n = 1")
        run = subprocess.run([PROGRAM, "admin", "audit", "verify", "--data", s.data], env=s.env, capture_output=True, text=True)
        assert run.returncode == 1 and json.loads(run.stdout)["broken_at"] == 1, run


def signs_of_life():
    with Service(settings={"ARRAY_UPLOAD_SERVER_METRICS_LISTEN": "127.0.0.1:0"}) as s:
        def ready():
            said = s.request("GET", "/health/ready").json()
            return said["worker"] and said["hookd"]
        wait_until(ready, "not ready")


if __name__ == "__main__":
    main([a_copy_removes_nothing, restored_from_an_older_backup, many_orphans_wait_for_somebody, the_audit_log_is_read, signs_of_life])
