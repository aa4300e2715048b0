#!/usr/bin/env python3
"""Upgrade and rollback: a database of every older version, opened by many processes at once, is brought to this one once, with all
that is in it; a newer one is refused in words and stays as it is; the backup from before is the way back. Run by postgres_duties.sh, it
does the same on PostgreSQL."""
import glob
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the sources may be read-only
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import service  # noqa: E402
from service import PROGRAM, Service  # noqa: E402

URL = os.environ.get("ARRAY_UPLOAD_TEST_DATABASE")
DIALECT = "postgres" if URL else "sqlite"
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools", "array-upload", "store", "migrations", DIALECT)
MIGRATIONS = sorted(glob.glob(os.path.join(FOLDER, "[0-9]*.sql")))
ORG, USER, PROJECT, SAMPLE = ("%d0000000-0000-4000-8000-000000000000" % k for k in (1, 2, 3, 4))
ROWS = """
INSERT INTO organizations (id, name, created) VALUES ('%(o)s', 'Old & true', 1000000);
INSERT INTO users (id, organization, email, name, role, created) VALUES ('%(u)s', '%(o)s', 'owner@example.com', 'Owner', 'owner', 1000000);
INSERT INTO projects (id, organization, name, description, capability, is_default, created, modified)
  VALUES ('%(p)s', '%(o)s', 'Array data', '', 'c', 1, 1000000, 1000000);
INSERT INTO samples (id, project, client_id, metadata, redirect_on_success, redirect_on_failure, jti, state, created, modified, link_exp,
  status_id, status_note, status_created, created_by)
  VALUES ('%(s)s', '%(p)s', 'client-7', '{"customer_id":"c7"}', '', '', '%(s)s', 1, 1000000, 1000000, 2000000, '%(s)s', 'kept', 1000000, '%(u)s');
""" % {"o": ORG, "u": USER, "p": PROJECT, "s": SAMPLE}


class Database:
    """One of that version, as the program of then made it, with a sample in it; None: none yet."""

    def __init__(self, folder, version):
        self.data, self.version = os.path.join(folder, "data"), version
        os.makedirs(self.data, exist_ok=True)
        self.path = os.path.join(self.data, "array-upload.db")
        text = "CREATE TABLE schema_version (one INTEGER PRIMARY KEY, version BIGINT NOT NULL);\n"
        text += "INSERT INTO schema_version (one, version) VALUES (1, %d);\n" % version
        for path in MIGRATIONS[:version]:
            with open(path, encoding="utf-8") as f:
                text += f.read()
        if URL:
            self.psql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        self.run(text + ROWS)
        self.env = dict(os.environ, **({"ARRAY_UPLOAD_DATABASE_URL": URL} if URL else {}))

    def psql(self, text):
        run = subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", "-At", "-d", URL], input=text, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        return [line.split("|") for line in run.stdout.splitlines()]

    def run(self, text):
        if URL:
            return self.psql(text)
        connection = sqlite3.connect(self.path)
        try:
            if ";" in text:
                connection.executescript(text)
                return []
            return [[str(x) for x in row] for row in connection.execute(text).fetchall()]
        finally:
            connection.close()

    def admin(self, *words):
        return subprocess.Popen([PROGRAM, "admin", *words, "--data", self.data], env=self.env, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def content(self):
        """What an upgrade that was refused may not touch."""
        if URL:
            run = subprocess.run(["pg_dump", "--inserts", "-d", URL], capture_output=True, text=True)
            assert run.returncode == 0, run.stderr
            # newer ones write a random key into the dump
            return [line for line in run.stdout.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))]
        connection = sqlite3.connect(self.path)
        try:
            return list(connection.iterdump())
        finally:
            connection.close()


def in_folder(test):
    def run():
        folder = tempfile.mkdtemp(prefix="array-upload-")
        try:
            return test(folder)
        finally:
            shutil.rmtree(folder)
    run.__name__ = test.__name__
    return run


def as_it_should_be(d):
    assert d.run("SELECT version FROM schema_version") == [[str(len(MIGRATIONS))]]
    p = d.admin("sample", "show", SAMPLE)
    out, errors = p.communicate()
    assert p.returncode == 0, errors
    assert json.loads(out)["status"] == "consumer session expired", out
    assert d.run("SELECT client_id, metadata FROM samples WHERE id = '%s'" % SAMPLE) != []


@in_folder
def every_version_by_many_at_once(folder):
    assert len(MIGRATIONS) >= 3
    for version in range(1, len(MIGRATIONS)):
        d = Database(os.path.join(folder, str(version)), version)
        many = [d.admin("migrate") for _ in range(5)]
        said = [(p.communicate(), p.returncode) for p in many]
        for (out, errors), code in said:
            assert code == 0 and json.loads(out) == {"version": len(MIGRATIONS), "wanted": len(MIGRATIONS)}, (version, out, errors)
        as_it_should_be(d)


@in_folder
def a_newer_one_is_refused(folder):
    d = Database(folder, len(MIGRATIONS))
    as_it_should_be(d)
    newer = len(MIGRATIONS) + 1
    d.run("UPDATE schema_version SET version = %d;" % newer)
    before = d.content()
    for words in (["migrate"], ["doctor"], ["user", "list"]):
        p = d.admin(*words)
        out, errors = p.communicate()
        assert p.returncode == 3 and "version %d" % newer in errors and "knows %d" % len(MIGRATIONS) in errors, (words, out, errors)
        assert "newer program" in errors and "backup" in errors, errors
    run = subprocess.run([PROGRAM, "serve", "--data", d.data, "--listen", "127.0.0.1:0"], env=d.env, capture_output=True, text=True, timeout=60)
    assert run.returncode != 0 and "version %d" % newer in run.stderr and "listening" not in run.stdout, run
    assert d.content() == before


@in_folder
def back_by_the_backup(folder):
    """As README says it: what was written by the newer program is put away, the older state is there again, and works."""
    if URL:
        return "skipped (SQLite's part)"
    d = Database(folder, len(MIGRATIONS) - 1)
    backup = os.path.join(folder, "backup.db")
    old, new = sqlite3.connect(d.path), sqlite3.connect(backup)
    old.backup(new)
    old.close()
    new.close()
    with open(backup, "rb") as f:
        digest = hashlib.sha256(f.read()).hexdigest()
    p = d.admin("migrate")
    assert p.wait() == 0
    p.communicate()
    for path in glob.glob(d.path + "*"):
        os.remove(path)
    shutil.copy(backup, d.path)
    assert d.run("SELECT version FROM schema_version") == [[str(len(MIGRATIONS) - 1)]]
    p = d.admin("migrate")
    assert p.wait() == 0
    p.communicate()
    as_it_should_be(d)
    with open(backup, "rb") as f:
        assert hashlib.sha256(f.read()).hexdigest() == digest


@in_folder
def a_service_starts_on_an_old_one(folder):
    """The duties of `serve` come to it together; then it takes uploads as ever."""
    Database(folder, 1)
    s = Service(data=folder, settings={"ARRAY_UPLOAD_DATABASE_URL": URL} if URL else {})
    with s:
        made = s.admin("key", "create", "--email", "owner@example.com", "--name", "k")
        s.key = made[0]["api_key"]
        sample = s.create()
        a = s.upload(s.open(sample), service.steered("good"))
        assert a.status == 200, a
        s.becomes(sample, "succeeded")
        assert s.status(SAMPLE) == "consumer session expired"
        ready = s.request("GET", "/health/ready")
        assert ready.json()["database"] is True, ready


if __name__ == "__main__":
    service.main([every_version_by_many_at_once, a_newer_one_is_refused, back_by_the_backup, a_service_starts_on_an_old_one])
