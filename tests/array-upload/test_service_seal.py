#!/usr/bin/env python3
"""What lies on the disk: sealed, whatever happens; and what stays of a deleted sample: nothing.

ARRAY_UPLOAD_TEST_MANY=1000 makes the search one over that many uploads, ARRAY_UPLOAD_TEST_OBJECTS=10000 the rotation one of that
many keys while 20 uploads are on their way."""
import glob
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import zipfile
import io

sys.dont_write_bytecode = True  # the sources may be read-only
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "command"))
import convert_fixture  # noqa: E402
import service  # noqa: E402
from service import PROGRAM, Service, steered  # noqa: E402
from test_service_real import SMALL, converters_are_there  # noqa: E402

MANY = int(os.environ.get("ARRAY_UPLOAD_TEST_MANY", "16"))
OBJECTS = int(os.environ.get("ARRAY_UPLOAD_TEST_OBJECTS", "0"))
BGZF = bytes.fromhex("1f8b08040000000000ff0600424302")


def admin(s, *words, **more):
    return subprocess.run([PROGRAM, "admin"] + list(words) + ["--data", s.data], env=s.env, capture_output=True, cwd=s.folder,
                          **more)


def download(s, f, headers=None):
    u = urllib.parse.urlsplit(f["download_url"])
    return s.request("GET", u.path + "?" + u.query, None, headers)


def files_of(s, sample):
    out = {}
    for f in s.sample(sample).json()["files"]:
        a = download(s, f)
        assert a.status == 200, (f["file_type"], a.status)
        out[f["file_type"]] = a.body
    return out


def uploaded(s, content=None, name="genome.zip", **fields):
    sample = s.create(**fields)
    a = s.upload(s.open(sample), content or steered("good"), name)
    assert a.status == 200, a
    return sample


# ---- nothing in clear ----

def open_files(s):
    """Nameless files that the duties hold open: spools lie on the disk, too; what is in memory alone does not count."""
    for path in [p for duty in ("httpd", "checkd", "worker") for p in glob.glob("/proc/%d/fd/*" % s.pid(duty))]:
        try:
            if not os.path.isfile(path):
                continue
            with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as f:
                if s.data in os.readlink("/proc/self/fd/%d" % f.fileno()):  # the number may be another file's by now
                    yield path, f.read()
        except OSError:
            pass


def disk(s):
    yield from open_files(s)
    paths = [s.log_path]
    for top in (s.data, s.data + ".keys"):
        for base, _, names in os.walk(top):
            paths += [os.path.join(base, n) for n in names]
    for path in paths:
        try:
            with open(path, "rb") as f:
                yield path, f.read()
        except OSError:
            pass


def found(s, needles):
    return {(needle[:40], path) for path, content in disk(s) for needle in needles if needle in content}


def stored_zip(text):
    """Not packed, so that a line of it can be found where it lies in clear."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as z:
        z.writestr("genome_Zacharias_Quux_v5_Full_20190101000000.txt", text)
    return out.getvalue()


def nothing_in_clear():
    if not converters_are_there():
        return "skipped (no genotype-convert)"
    with tempfile.TemporaryDirectory() as folder:
        genome = convert_fixture.Genome(folder)
        text = convert_fixture.text_23andme(convert_fixture.rows(genome))
        content = stored_zip(text)
        lines = [line for line in text.encode().splitlines() if line.startswith(b"rs")]
        needles = {lines[10], lines[len(lines) // 2], lines[-3].split(b"\t")[0] + b"\t", content[:60], BGZF,
                   b"Quux", b"quux", b"Zacharias"}
        settings = dict(SMALL, ARRAY_UPLOAD_REFERENCE_FASTA=genome.fasta, ARRAY_UPLOAD_REFERENCE_ASSEMBLIES=genome.assemblies)
        with Service(real=True, settings=settings) as s:
            watch_uploads(s, content, needles)
            # the positive controls: what is searched for is what a disk in clear would have
            clear = os.path.join(s.data, "blobs", "control")
            with open(clear, "wb") as f:
                f.write(content + BGZF + b'{"who":"Zacharias quux"}')
            assert len({n for n, p in found(s, needles) if p == clear}) >= len(needles) - 1
    return None


def watch_uploads(s, content, needles):
    waiting, done, hits, lock, over = list(range(MANY)), [], set(), threading.Lock(), threading.Event()
    tokens = {s.key.encode()}
    needles.add(s.key.encode())

    def client():
        while True:
            with lock:
                if not waiting:
                    return
                k = waiting.pop()
            sample = s.create(metadata={"who": "Zacharias Quux %d" % k, "client_id": "quux-%d" % k},
                              redirect_on_success="https://example.org/?customer=Quux%d" % k)
            page = s.open(sample)
            if k % 4 == 0:
                s.upload(page, content[:-40], "genome_Zacharias_Quux.zip")
            a = s.upload(page, content, "genome_Zacharias_Quux.zip")
            assert a.status == 200, a
            with lock:
                done.append(sample)
                tokens.update((sample["url"].split("token=")[1].encode(), page.encode()))

    def watcher():
        while not over.is_set():
            hits.update(found(s, needles))
            time.sleep(0.05)

    clients = [threading.Thread(target=client) for _ in range(4)]
    eye = threading.Thread(target=watcher)
    for t in clients + [eye]:
        t.start()
    for t in clients:
        t.join()
    for sample in done:
        s.becomes(sample, "succeeded")
    over.set()
    eye.join()
    assert len(done) == MANY
    assert not hits, sorted(hits)[:5]
    assert not found(s, needles | tokens), sorted(found(s, needles | tokens))[:5]
    # the ids, which may be read, are found: the search does look into the database
    assert found(s, {done[0]["sample_id"].encode()})
    sealed = s.api("GET", "sample-metadata/" + done[0]["sample_id"]).json()["metadata"]
    assert sealed["who"].startswith("Zacharias Quux")
    one = s.api("GET", "project-samples/%s?search=QUUX%%20%d%%22" % (s.project, MANY - 1)).json()
    assert [r["client_id"] for r in one["results"]] == ["quux-%d" % (MANY - 1)], one
    assert files_of(s, done[0])["array-zip"] == content


# ---- a changed object ----

def changed_objects_are_refused():
    body = steered("good", size=300000)
    with Service() as s:
        sample = uploaded(s, body)
        s.becomes(sample, "succeeded")
        (path,) = glob.glob(os.path.join(s.data, "blobs", "sealed", "*", "original-*"))
        f = [x for x in s.sample(sample).json()["files"] if x["file_type"] == "array-zip"][0]
        assert download(s, f).body == body
        with open(path, "rb") as h:
            whole = h.read()
        for at in (0, 70000, 131100, len(whole) - 1):
            with open(path, "r+b") as h:
                h.seek(at)
                h.write(bytes([whole[at] ^ 1]))
            try:
                a = download(s, f)
                assert a.status != 200, "changed at %d, and served" % at
            except (ConnectionError, service.http.client.HTTPException):
                pass  # cut before the segment
            with open(path, "r+b") as h:
                h.write(whole)
        part = download(s, f, {"Range": "bytes=65530-131080"})
        assert part.status == 206 and part.body == body[65530:131081]
        os.truncate(path, len(whole) - len(whole) % 65552)
        assert download(s, f).status == 503
        os.truncate(path, 0)
        assert download(s, f).status == 503


# ---- deletion ----

def backup(s, to, of=None):
    source, target = sqlite3.connect(of or os.path.join(s.data, "array-upload.db")), sqlite3.connect(to)
    source.backup(target)
    target.close()
    source.close()


def deleted_is_gone_from_backups():
    """The bucket as it was, the database as it was, and every key that is there: the deleted sample stays unreadable."""
    with Service() as s:
        gone, stays = [uploaded(s, steered("good", who), metadata={"who": who}) for who in ("first", "second")]
        for sample in (gone, stays):
            s.becomes(sample, "succeeded")
        links = {x: s.sample(x).json()["files"] for x in (gone["sample_id"], stays["sample_id"])}
        old = os.path.join(s.folder, "old")
        os.mkdir(old)
        shutil.copytree(os.path.join(s.data, "blobs"), os.path.join(old, "blobs"))
        backup(s, os.path.join(old, "array-upload.db"))
        ids = {"sample_ids": [gone["sample_id"]]}
        assert s.api("DELETE", "project-delete-samples/" + s.project, ids).status == 204
        deadline = time.monotonic() + service.PATIENCE
        while os.path.isdir(os.path.join(s.data, "blobs", "sealed", gone["sample_id"])) and time.monotonic() < deadline:
            time.sleep(0.1)
        s.stop()
        shutil.rmtree(os.path.join(s.data, "blobs"))
        for name in glob.glob(os.path.join(s.data, "array-upload.db*")):
            os.remove(name)
        shutil.move(os.path.join(old, "blobs"), s.data)
        shutil.move(os.path.join(old, "array-upload.db"), s.data)
        s.start()
        for f in links[gone["sample_id"]]:
            assert download(s, f).status == 404, f["file_type"]
        for f in links[stays["sample_id"]]:
            a = download(s, f)
            assert a.status == 200 and len(a.body) == f["size"]
        a = s.api("GET", "sample-metadata/" + gone["sample_id"])
        assert a.status == 404 or a.json() == {"metadata": None}, a
        assert s.api("GET", "sample-metadata/" + stays["sample_id"]).json() == {"metadata": {"who": "second"}}
        deadline = time.monotonic() + service.PATIENCE
        while s.sample(gone).status != 404 and time.monotonic() < deadline:
            time.sleep(0.1)
        assert s.sample(gone).status == 404  # and the restored row is deleted again


def deletion_is_certified():
    with Service() as s:
        sample = uploaded(s, metadata={"who": "Quux"})
        s.becomes(sample, "succeeded")
        hashes = [f["checksum_sha256"] for f in s.sample(sample).json()["files"]]
        a = admin(s, "deletion-certificate", sample["sample_id"])
        assert a.returncode == 1 and b"not deleted" in a.stderr, a
        assert s.api("DELETE", "project-delete-samples/" + s.project, {"sample_ids": [sample["sample_id"]]}).status == 204
        deadline = time.monotonic() + service.PATIENCE
        while (a := admin(s, "deletion-certificate", sample["sample_id"])).returncode == 1 and time.monotonic() < deadline:
            time.sleep(0.3)
        assert a.returncode == 0, a
        whole = json.loads(a.stdout)
        says = json.loads(whole["certificate"])
        assert says["sample"] == sample["sample_id"] and "array-zip" in says["files"], says
        assert says["deleted"] <= says["keys_destroyed"] <= says["issued"], says
        for h in hashes:
            assert h not in a.stdout.decode()
        rows = sqlite3.connect(os.path.join(s.data, "array-upload.db")).execute(
            "SELECT sha256 FROM files WHERE sample = ? UNION SELECT sha256 FROM attempts WHERE sample = ?",
            (sample["sample_id"], sample["sample_id"])).fetchall()
        assert rows == [("",)], rows

        def verified(object):
            path = os.path.join(s.folder, "certificate.json")
            with open(path, "w") as f:
                json.dump(object, f)
            return admin(s, "verify-certificate", path)

        a = verified(whole)
        assert a.returncode == 0 and json.loads(a.stdout) == says, a
        for key in whole:
            first = whole[key][0]
            changed = dict(whole, **{key: whole[key].replace(first, "b" if first == "a" else "a", 1)})
            assert changed != whole and verified(changed).returncode == 1, key
        assert verified({}).returncode == 1
        with Service() as other:
            path = os.path.join(s.folder, "certificate.json")
            verified(whole)
            a = admin(other, "verify-certificate", path)
            assert a.returncode == 1 and b"another service" in a.stderr, a


def keys_of_another_store_are_noticed():
    with Service() as s:
        s.becomes(uploaded(s), "succeeded")
        s.stop()
        shutil.move(s.data + ".keys", s.data + ".elsewhere")
        a = admin(s, "keys", "list")
        assert a.returncode == 3 and b"key store" in a.stderr, a
        shutil.rmtree(s.data + ".keys")
        shutil.move(s.data + ".elsewhere", s.data + ".keys")
        assert admin(s, "keys", "list").returncode == 0
        s.start()


def run_with(s, data, **env):
    return subprocess.run([PROGRAM, "admin", "keys", "list", "--data", data], env=dict(s.env, **env), capture_output=True)


def a_second_machine_with_a_key_store_of_its_own_is_refused():
    """Also one that is not empty, and also before there is any object: both would seal what the other cannot open."""
    with Service() as other, Service() as s:
        other.becomes(uploaded(other), "succeeded")
        database = {"ARRAY_UPLOAD_DATABASE_URL": "sqlite:" + os.path.join(s.data, "array-upload.db"),
                    "ARRAY_UPLOAD_SERVER_MASTER_KEY_FILE": os.path.join(s.data + ".keys", "master.key")}
        for when in ("no object yet", "with objects"):
            if when == "with objects":
                s.becomes(uploaded(s), "succeeded")
            a = run_with(s, other.data, **database)
            assert a.returncode == 3 and b"not the key store of this database" in a.stderr, (when, a)
        shared = {"ARRAY_UPLOAD_KEYS_STORE": "sqlite:" + os.path.join(s.data + ".keys", "keys.db"),
                  "ARRAY_UPLOAD_KEYS_FILE": os.path.join(s.data + ".keys", "kek")}
        assert run_with(s, other.data, **database, **shared).returncode == 0
        # a restored key store that lacks the newest keys: it works, and doctor says so
        copy = os.path.join(s.folder, "keys.db")
        backup(s, copy, os.path.join(s.data + ".keys", "keys.db"))
        for _ in range(2):
            s.becomes(uploaded(s), "succeeded")
        assert admin(s, "doctor").returncode == 0
        a = subprocess.run([PROGRAM, "admin", "doctor", "--data", s.data], env=dict(s.env, ARRAY_UPLOAD_KEYS_STORE="sqlite:" + copy),
                           capture_output=True, text=True)
        assert a.returncode == 1 and "FAIL  keys of objects" in a.stdout, a
        # the way out, when the right one is lost for good
        a = run_with(s, other.data, ARRAY_UPLOAD_KEYS_ADOPT="yes", **database)
        assert a.returncode == 0, a
        a = admin(s, "keys", "list")
        assert a.returncode == 0, "a store that has the keys of the newest objects is known by them"


def the_master_key_lies_with_the_keys():
    with Service() as s:
        s.becomes(uploaded(s), "succeeded")
        home, old = os.path.join(s.data + ".keys", "master.key"), os.path.join(s.data, "master.key")
        assert os.path.exists(home) and not os.path.exists(old) and os.stat(home).st_mode & 0o777 == 0o600
        s.stop()
        # where it lay before: it moves, whole or not at all, also when it was cut short between the copy and the removal
        for cut in (False, True):
            shutil.copy(home, old)
            if not cut:
                os.remove(home)
            assert admin(s, "doctor").returncode == 0
            assert os.path.exists(home) and not os.path.exists(old), cut
        # two that differ are not chosen between
        with open(old, "w") as f:
            f.write("00" * 32 + "\n")
        a = admin(s, "keys", "list")
        assert a.returncode == 3 and b"differ" in a.stderr and os.path.exists(old), a
        os.remove(old)
        s.start()
        assert s.api("GET", "user/").status == 200


# ---- keys ----

def rotation_under_uploads():
    with Service() as s:
        samples, failed, over = [], [], threading.Event()

        def client():
            while not over.is_set():
                try:
                    samples.append(uploaded(s, metadata={"n": len(samples)}))
                except AssertionError as e:
                    failed.append(e)

        def keys():
            return sum(json.loads(line)["keys"] for line in admin(s, "keys", "list").stdout.splitlines())

        clients = [threading.Thread(target=client) for _ in range(20 if OBJECTS else 4)]
        for t in clients:
            t.start()
        while keys() < OBJECTS:
            time.sleep(1)
        for _ in range(3):
            time.sleep(0.3)
            begun, before, n = time.monotonic(), len(samples), keys() if OBJECTS else 0
            a = admin(s, "keys", "rotate")
            assert a.returncode == 0, a
            if OBJECTS:
                print("%d keys wrapped anew in %.1f s; %d uploads accepted meanwhile, %d failed" %
                      (n, time.monotonic() - begun, len(samples) - before, len(failed)), flush=True)
        service.wait_until(lambda: len(samples) > 8 or failed, lambda: len(samples))
        over.set()
        for t in clients:
            t.join()
        s.kill("checkd")  # who starts now knows the newest key alone, httpd knows all of them
        s.becomes(uploaded(s, metadata={"n": 0}), "succeeded", 900 if OBJECTS else service.PATIENCE)  # many wait before it
        assert not failed, failed[:3]
        for sample in samples:
            s.becomes(sample, "succeeded", 600 if OBJECTS else service.PATIENCE)
        ids = [json.loads(line) for line in admin(s, "keys", "list").stdout.splitlines()]
        assert len(ids) == 1 and ids[0]["current"] and ids[0]["keys"] >= len(samples), ids
        with open(os.path.join(s.data + ".keys", "kek")) as f:
            assert len(f.read().split()) == 1
        for sample in samples[:3] + samples[-3:]:
            assert files_of(s, sample)["array-zip"] == steered("good")
        s.stop()
        s.start()
        assert files_of(s, samples[0])["array-zip"] == steered("good")
        assert s.api("GET", "sample-metadata/" + samples[0]["sample_id"]).status == 200


def moved_by_export_and_import():
    with Service() as s:
        sample = uploaded(s)
        s.becomes(sample, "succeeded")
        exported = admin(s, "keys", "export")
        assert exported.returncode == 0 and exported.stdout.count(b"\n") >= 2
        s.stop()
        os.remove(os.path.join(s.data + ".keys", "keys.db"))
        s.env["ARRAY_UPLOAD_KEYS_STORE"] = "sqlite:" + os.path.join(s.folder, "elsewhere.db")
        with open(os.path.join(s.data + ".keys", "kek")) as f:
            kek = f.read()
        assert kek.strip().encode() not in exported.stdout
        # an empty store of a database that has objects is refused: keys are brought in before the database is
        shutil.move(os.path.join(s.data, "array-upload.db"), os.path.join(s.folder, "db"))
        a = admin(s, "keys", "import", input=exported.stdout)
        assert a.returncode == 0 and json.loads(a.stdout)["imported"] == exported.stdout.count(b"\n"), a
        for name in glob.glob(os.path.join(s.data, "array-upload.db*")):
            os.remove(name)
        shutil.move(os.path.join(s.folder, "db"), os.path.join(s.data, "array-upload.db"))
        s.start()
        assert files_of(s, sample)["array-zip"] == steered("good")


# ---- stores of the time before ----

def make_clear(s, samples):
    """The store as it was before objects were sealed: files under samples/, columns in clear, no key store."""
    contents = {x["sample_id"]: (files_of(s, x), s.sample(x).json()["files"]) for x in samples}
    s.stop()
    db = sqlite3.connect(os.path.join(s.data, "array-upload.db"))
    for sample, (bodies, files) in contents.items():
        for f in files:
            key = "samples/%s/%s" % (sample, f["file_type"])
            path = os.path.join(s.data, "blobs", key)
            os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
            with open(path, "wb") as h:
                h.write(bodies[f["file_type"]])
            db.execute("UPDATE files SET blob_key = ? WHERE id = ?", (key, f["id"]))
        db.execute("UPDATE samples SET metadata = ?, client_id = ?, redirect_on_success = 'https://example.org/quux' WHERE id = ?",
                   (json.dumps({"who": "Zacharias Quux"}), "quux", sample))
    db.execute("UPDATE key_store SET id = ''")
    db.commit()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    shutil.rmtree(os.path.join(s.data, "blobs", "sealed"))
    shutil.move(os.path.join(s.data + ".keys", "master.key"), s.data)
    shutil.rmtree(s.data + ".keys")
    return {sample: bodies for sample, (bodies, _) in contents.items()}


def an_older_store_is_sealed_while_it_works():
    needles = {b"Quux", b"quux", b"clear genotypes"}
    with Service() as s:
        samples = [uploaded(s, steered("good", "clear genotypes %d" % k)) for k in range(12)]
        for sample in samples:
            s.becomes(sample, "succeeded")
        was = make_clear(s, samples)
        assert {n for n, _ in found_at_rest(s, needles)} == needles  # the positive control
        s.start()
        later = uploaded(s)
        for _ in range(3):
            s.kill("worker")
        s.move_clock(120)  # the leases run out
        deadline = time.monotonic() + 60
        while glob.glob(os.path.join(s.data, "blobs", "samples", "*")) and time.monotonic() < deadline:
            assert files_of(s, samples[0]) == was[samples[0]["sample_id"]]
        for sample in samples:
            assert files_of(s, sample) == was[sample["sample_id"]]
            assert s.api("GET", "sample-metadata/" + sample["sample_id"]).json()["metadata"] == {"who": "Zacharias Quux"}
        s.becomes(later, "succeeded")
        state = json.loads(admin(s, "keys", "status").stdout)
        assert state["objects_clear"] == 0 and state["objects_sealed"] >= 3 * len(samples) - 1, state
        deadline = time.monotonic() + service.PATIENCE
        while found_at_rest(s, needles) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert not found_at_rest(s, needles), sorted(found_at_rest(s, needles))[:5]
        assert len(s.api("GET", "project-samples/%s?search=zacharias" % s.project).json()["results"]) == len(samples)


def found_at_rest(s, needles):
    return {(n, p) for n, p in found(s, needles) if not p.startswith("/proc/")}


def doctor_says_so():
    with Service() as s:
        s.becomes(uploaded(s), "succeeded")
        said = admin(s, "doctor").stdout.decode()
        for line in ("encryption keys", "keys' place", "objects", "scratch"):
            assert any(x.startswith("ok") and line in x for x in said.splitlines()), said
        os.chmod(s.data + ".keys", 0o755)
        a = admin(s, "doctor")
        assert a.returncode == 1 and "FAIL  encryption keys" in a.stdout.decode(), a


def no_core_dumps():
    with Service() as s:
        for duty in ("httpd", "checkd", "worker", "hookd"):
            with open("/proc/%d/limits" % s.pid(duty)) as f:
                core = [line.split() for line in f if line.startswith("Max core")][0]
            assert core[4] == "0", (duty, core)
        os.kill(s.pid("httpd"), signal.SIGSEGV)
        time.sleep(0.3)
        assert not glob.glob(os.path.join(s.folder, "core*")) and not glob.glob(os.path.join(s.data, "core*"))


if __name__ == "__main__":
    service.main([nothing_in_clear, changed_objects_are_refused, deleted_is_gone_from_backups, deletion_is_certified,
                  keys_of_another_store_are_noticed, a_second_machine_with_a_key_store_of_its_own_is_refused,
                  the_master_key_lies_with_the_keys, rotation_under_uploads, moved_by_export_and_import,
                  an_older_store_is_sealed_while_it_works, doctor_says_so, no_core_dumps])
