#!/usr/bin/env python3
"""The service on PostgreSQL while the database is restarted under it: nothing lost, nothing twice. Run by postgres_duties.sh inside the
folder of a running cluster (postgres.sh)."""
import glob
import os
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True  # the sources may be read-only
import service  # noqa: E402
from service import Service, steered  # noqa: E402

URL = os.environ.get("ARRAY_UPLOAD_TEST_DATABASE")


def database_restart():
    control = sorted(glob.glob("/usr/lib/postgresql/*/bin/pg_ctl"))[-1]
    user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
    port = URL.rsplit(":", 1)[1].split("/")[0]
    subprocess.run(user + [control, "-D", "data", "-t", "300", "-m", "immediate", "stop"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(user + [control, "-D", "data", "-w", "-t", "300", "-l", "data/log", "-o",
                           "-p %s -k %s -c listen_addresses=127.0.0.1" % (port, os.getcwd()), "start"],
                   check=True, stdout=subprocess.DEVNULL)


def restarts_under_load():
    if not URL:
        print("skipped: run me by postgres_duties.sh")
        sys.exit(service.SKIP)
    n, accepted, lock = 24, [], threading.Lock()
    with Service(settings={"ARRAY_UPLOAD_DATABASE_URL": URL}) as s:
        samples = [s.create() for _ in range(n)]
        pages = [(x, s.open(x)) for x in samples]

        def client():
            while True:
                with lock:
                    if not pages:
                        return
                    sample, page = pages.pop()
                deadline = time.monotonic() + service.PATIENCE
                while time.monotonic() < deadline:  # as the page does: ask, then try again
                    try:
                        a = s.upload(page, steered("good", size=20000))
                        if a.status == 200 or (a.status == 409 and a.json()["reason"] == "already_uploaded"):
                            with lock:
                                accepted.append(sample)
                            break
                    except OSError:
                        pass
                    time.sleep(0.3)

        threads = [threading.Thread(target=client) for _ in range(4)]
        for t in threads:
            t.start()
        for _ in range(2):
            time.sleep(0.4)
            database_restart()
        for t in threads:
            t.join()
        assert len(accepted) == n, len(accepted)
        s.move_clock(120)  # leases of runs whose end was lost
        for sample in samples:
            s.becomes(sample, "succeeded")
            files = [f["file_type"] for f in s.sample(sample).json()["files"]]
            assert files.count("array-zip") == 1 and files.count("array-report_json") == 1, files


def two_first_starts():
    """Two machines that meet one empty database: one makes the tables and the project, both serve them."""
    if not URL:
        print("skipped: run me by postgres_duties.sh")
        sys.exit(service.SKIP)
    name = URL.rsplit("/", 1)[1] + "_fresh"
    psql = ["psql", "-q", "-d", URL, "-c"]
    subprocess.run(psql + ["CREATE DATABASE " + name], check=True)
    settings = {"ARRAY_UPLOAD_DATABASE_URL": URL + "_fresh", "ARRAY_UPLOAD_SERVER_MASTER_KEY": "cd" * 32,
                "ARRAY_UPLOAD_KEYS_STORE": URL + "_fresh", "ARRAY_UPLOAD_KEYS_COMMAND": "echo " + "5b" * 32}
    pair = [Service(settings=settings) for _ in range(2)]
    threads = [threading.Thread(target=s.start) for s in pair]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    try:
        keys = [s.key for s in pair if s.key]
        assert len(keys) == 1 and len({s.project for s in pair if s.project}) == 1, [s.said for s in pair]
        for s in pair:
            s.key = keys[0]
            assert s.status(s.create()) == "consumer awaiting data"
    finally:
        for s in pair:
            s.stop()


if __name__ == "__main__":
    service.main([two_first_starts, restarts_under_load])
