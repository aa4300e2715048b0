#!/usr/bin/env python3
"""Deliverables for a partner's public key: Crypt4GH, read by a reader of its own, by libsodium and by the standard's
tools where they are there."""
import ctypes
import ctypes.util
import hashlib
import os
import shutil
import subprocess
import sys
import urllib.parse

sys.dont_write_bytecode = True  # the sources may be read-only
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import crypt4gh_reader as crypt4gh  # noqa: E402
import service  # noqa: E402
from service import PROGRAM, Service, steered  # noqa: E402

SECRET = hashlib.sha256(b"a partner of the tests").digest()
KEY = crypt4gh.key_file(crypt4gh.public_of(SECRET))


def download(s, f, headers=None):
    u = urllib.parse.urlsplit(f["download_url"])
    return s.request("GET", u.path + "?" + u.query, None, headers)


def setting(s, **fields):
    return s.api("PATCH", "projects/" + s.project, fields)


def finished(s, *more):
    sample = s.create()
    a = s.upload(s.open(sample), steered("good", *more))
    assert a.status == 200, a
    s.becomes(sample, "succeeded")
    return sample, {f["file_type"]: f for f in s.sample(sample).json()["files"]}


def the_reader_is_right():
    crypt4gh.checked()


def deliverables_are_for_the_key():
    with Service() as s:
        _, clear = finished(s)
        a = setting(s, deliverables_public_key=KEY)
        assert a.status == 200 and a.json()["deliverables_public_key"].strip() == KEY.strip(), a
        sample, files = finished(s)
        assert set(files) == set(clear)
        for kind, f in files.items():
            content, plain = download(s, f).body, download(s, clear[kind]).body
            assert len(content) == f["size"] and hashlib.sha256(content).hexdigest() == f["checksum_sha256"], kind
            u = urllib.parse.urlsplit(f["download_url"]).path
            assert u.endswith(".c4gh") == (kind != "array-zip"), u
            if kind == "array-zip":
                assert content == plain
                continue
            assert plain not in content
            if kind != "array-report_json":  # it may name its sample
                assert crypt4gh.read(content, SECRET) == plain, kind
            try:
                crypt4gh.read(content, hashlib.sha256(b"somebody else").digest())
                raise AssertionError("another key opens it")
            except crypt4gh.Refused:
                pass
            sums = s.api("GET", "files/%s.sha256" % f["id"]).body.decode()
            assert sums.startswith(f["checksum_sha256"]) and sums.strip().endswith(".c4gh"), sums
        # what is stored is sealed as everything is, and what came before stays as it was
        assert all(not open(p, "rb").read(8) == b"crypt4gh" for p in s.objects())
        assert download(s, clear["array-report_html"]).body == b"<!doctype html>\n"
        # turned off again
        assert setting(s, deliverables_public_key=None).json()["deliverables_public_key"] is None
        _, files = finished(s)
        assert not [f for f in files.values() if ".c4gh" in f["download_url"]]


def ranges_and_large_files():
    """Several segments: each range is that of the whole file, and a segment by itself opens."""
    with Service() as s:
        assert setting(s, deliverables_public_key=KEY).status == 200
        _, files = finished(s, "large 200000")
        f = files["array-report_html"]
        whole = download(s, f).body
        plain = crypt4gh.read(whole, SECRET)
        assert len(plain) >= 200000 and len(whole) == 124 + len(plain) + 28 * ((len(plain) + 65535) // 65536)
        for first, last in ((0, 123), (100, 65700), (124, 124 + 65563), (124 + 65564, 124 + 2 * 65564 - 1), (70000, 70000),
                            (len(whole) - 5, len(whole) - 1)):
            a = download(s, f, {"Range": "bytes=%d-%d" % (first, last)})
            assert a.status == 206 and a.body == whole[first:last + 1], (first, last)
        key, at = crypt4gh.header_open(whole[:124], SECRET)
        assert at == 124
        second = download(s, f, {"Range": "bytes=%d-%d" % (124 + 65564, 124 + 2 * 65564 - 1)}).body
        assert crypt4gh.segment_open(key, second) == plain[65536:131072]
        changed = bytearray(second)
        changed[1000] ^= 1
        try:
            crypt4gh.segment_open(key, bytes(changed))
            raise AssertionError("a changed segment opens")
        except crypt4gh.Refused:
            pass


def every_file_has_keys_of_its_own():
    with Service() as s:
        assert setting(s, deliverables_public_key=KEY).status == 200
        heads = []
        for _ in range(2):
            _, files = finished(s)
            heads += [download(s, f).body[:124] for k, f in files.items() if k != "array-zip"]
        assert len({h[24:56] for h in heads}) == len(heads), "a writer's key was used twice"
        assert len({crypt4gh.header_open(h, SECRET)[0] for h in heads}) == len(heads), "a data key was used twice"


def bad_keys_are_refused():
    with Service() as s:
        body = KEY.splitlines()[1]
        low = crypt4gh.key_file(bytes(32))
        order8 = crypt4gh.key_file(bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"))
        for bad in ("x", body[:-4], body + "AAAA", body[:-1] + "A", KEY.replace("PUBLIC", "PRIVATE"), KEY.replace("-----END", "END"),
                    KEY + "more", low, order8, "ssh-ed25519 " + body, 5, ["x"], KEY * 10):
            a = setting(s, deliverables_public_key=bad)
            assert a.status == 400 and "deliverables_public_key" in a.json(), (bad, a)
        assert "private" in setting(s, deliverables_public_key=KEY.replace("PUBLIC", "PRIVATE")).body.decode().lower()
        assert s.api("GET", "projects/" + s.project).json()["deliverables_public_key"] is None
        for good in (body, KEY.replace("\n", "\r\n"), "  " + body + "\n"):
            assert setting(s, deliverables_public_key=good).status == 200, good
        # a key cannot be set aside by changing something else
        assert setting(s, name="another").json()["deliverables_public_key"].strip() == body


def what_can_not_be_read_here_is_said():
    with Service() as s:
        assert setting(s, deliverables_public_key=KEY).status == 200
        sample, files = finished(s)
        if "array-vcf" in files:
            a = s.api("GET", "sample-genomic-variants/%s?rsid=rs1" % sample["sample_id"])
            assert a.status == 403 and "public key" in a.body.decode(), a


def set_by_admin():
    with Service() as s:
        path = os.path.join(s.folder, "key.pub")
        with open(path, "w") as f:
            f.write(KEY)
        (said,) = s.admin("project", "set", s.project, "--public-key-file", path, "--uploads-a-day", "7")
        assert said["deliverables_public_key"] == KEY.strip() and said["uploads_a_day"] == 7, said
        assert s.api("GET", "projects/" + s.project).json()["uploads_a_day"] == 7
        with open(path, "w") as f:
            f.write("nonsense")
        a = subprocess.run([PROGRAM, "admin", "project", "set", s.project, "--public-key-file", path, "--data", s.data],
                           env=s.env, capture_output=True, text=True)
        assert a.returncode == 1 and "deliverables_public_key" in a.stderr, a
        open(path, "w").close()
        (said,) = s.admin("project", "set", s.project, "--public-key-file", path)
        assert said["deliverables_public_key"] is None and said["uploads_a_day"] == 7, said


# ---- readers that are not ours ----

def one_file(s):
    assert setting(s, deliverables_public_key=KEY).status == 200
    _, files = finished(s, "large 150000")
    return download(s, files["array-report_html"]).body


def libsodium_agrees():
    """crypto_kx and the AEAD of libsodium, which is what the specification says it is."""
    name = ctypes.util.find_library("sodium")
    if name is None:
        return "skipped (no libsodium)"
    sodium = ctypes.CDLL(name)
    if sodium.sodium_init() < 0:
        return "skipped (libsodium does not start)"
    with Service() as s:
        content = one_file(s)
    out, length, rx, tx = ctypes.create_string_buffer(70000), ctypes.c_ulonglong(), *[ctypes.create_string_buffer(32) for _ in "rt"]
    assert sodium.crypto_kx_client_session_keys(rx, tx, crypt4gh.public_of(SECRET), SECRET, content[24:56]) == 0

    def opened(key, sealed):
        assert sodium.crypto_aead_chacha20poly1305_ietf_decrypt(
            out, ctypes.byref(length), None, sealed[12:], ctypes.c_ulonglong(len(sealed) - 12), None, ctypes.c_ulonglong(0),
            sealed[:12], key) == 0
        return out.raw[:length.value]

    payload = opened(rx.raw, content[56:124])
    assert payload[:8] == bytes(8)
    plain = b"".join(opened(payload[8:], content[k:k + 65564]) for k in range(124, len(content), 65564))
    assert plain == crypt4gh.read(content, SECRET)
    return None


def the_standard_s_own_tool_reads_it():
    if shutil.which("crypt4gh") is None or shutil.which("crypt4gh-keygen") is None:
        return "skipped (no crypt4gh)"
    with Service() as s:
        secret, public = os.path.join(s.folder, "k.sec"), os.path.join(s.folder, "k.pub")
        subprocess.run(["crypt4gh-keygen", "--sk", secret, "--pk", public, "--nocrypt", "-f"], check=True, stdin=subprocess.DEVNULL)
        with open(public) as f:
            assert setting(s, deliverables_public_key=f.read()).status == 200
        _, files = finished(s, "large 150000")
        sealed = download(s, files["array-report_html"]).body
        plain = subprocess.run(["crypt4gh", "decrypt", "--sk", secret], input=sealed, check=True, capture_output=True).stdout
        assert plain[:9] == b"<!doctype" and len(plain) >= 150000
    return None


# ---- quotas ----

def quotas_of_a_day():
    with Service() as s:
        size = len(steered("good", size=5000))
        first, waiting = s.create(), s.create()
        assert setting(s, uploads_a_day=1).json()["uploads_a_day"] == 1
        bad = s.upload(s.open(first), steered("bad zip_corrupt"))
        assert bad.status != 200  # a refused file does not count
        assert s.upload(s.open(first), steered("good")).status == 200
        a = s.api("POST", "array-data-upload-form/", {})
        assert a.status == 429 and 0 < int(a.headers["Retry-After"]) <= 86401, a
        page = s.open(waiting)
        a = s.upload(page, steered("good"))
        assert a.status == 503 and a.json()["reason"] == "service_unavailable" and a.json()["retry"], a
        assert setting(s, uploads_a_day=None, bytes_a_day=size + 5000).status == 200
        assert s.upload(page, steered("good", size=5000)).status == 200
        third = s.create()
        a = s.upload(s.open(third), steered("good", size=5000))
        assert a.status == 503, a
        assert s.upload(s.open(third), steered("good")).status == 200  # a small one still fits
        s.move_clock(86400)
        fourth = s.create()
        assert s.upload(s.open(fourth), steered("good", size=5000)).status == 200
        for bad in (-1, 0, "x", 1.5, True, 10 ** 20):
            assert setting(s, uploads_a_day=bad).status == 400, bad


if __name__ == "__main__":
    service.main([the_reader_is_right, deliverables_are_for_the_key, ranges_and_large_files, every_file_has_keys_of_its_own,
                  bad_keys_are_refused, what_can_not_be_read_here_is_said, set_by_admin, libsodium_agrees,
                  the_standard_s_own_tool_reads_it, quotas_of_a_day])
