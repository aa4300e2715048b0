#!/usr/bin/env python3
"""What `make install` brings: the service starts from there with the settings that came along and takes an upload; units name
the prefix's paths; array-upload.conf tells of the settings that the program knows, and of their defaults."""
import configparser
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "command"))
import convert_fixture  # noqa: E402
import service  # noqa: E402

stage = os.path.join(service.TOP, "stage")  # as a packager makes it, by DESTDIR


def installed(name):
    """The one file of that name in the stage, and the path it will have without DESTDIR."""
    found = [os.path.join(folder, name) for folder, _, names in os.walk(stage) if name in names]
    assert len(found) == 1, (name, found)
    return found[0], found[0][len(stage):]


def settings_of(path):
    """{(section, key): value} of every line `key = value`, with and without # before it."""
    found, section = {}, None
    with open(path, encoding="utf-8") as f:
        for line in f:
            head = re.match(r"\[(\w+)\]$", line)
            pair = re.match(r"#?(\w+) = (.*)$", line)
            if head:
                section = head.group(1)
            elif pair:
                assert (section, pair.group(1)) not in found, line
                found[section, pair.group(1)] = pair.group(2)
    return found


def program():
    """array-upload itself; completions have its name, too."""
    found = [p for p in (os.path.join(folder, "array-upload") for folder, _, names in os.walk(stage) if "array-upload" in names)
             if os.access(p, os.X_OK)]
    assert len(found) == 1, found
    return found[0]


def settings_are_all_told():
    path, _ = installed("array-upload.conf")
    run = subprocess.run([program(), "admin", "settings", "--config", path], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    known = {(s["section"], s["key"]): s["default"] for s in map(json.loads, run.stdout.splitlines())}
    assert len(known) > 50, known
    told = settings_of(path)
    assert set(told) == set(known), set(told) ^ set(known)
    wrong = {name: (told[name], default) for name, default in known.items() if default is not None and told[name] != default}
    assert not wrong, wrong
    with open(path, encoding="utf-8") as f:
        text = f.read()
    assert not re.search(r"^[^#\[\n]", text, re.M), "as it comes it changes nothing"
    # every line is one that the program takes, and a wrong one is not
    whole = os.path.join(stage, "whole.conf")
    for change, good in ((lambda t: t, True), (lambda t: t.replace("\nthreads =", "\nthread =", 1), False)):
        with open(whole, "w", encoding="utf-8") as f:
            f.write(change(re.sub(r"^#(\w+ = )", r"\1", text, flags=re.M)))
        run = subprocess.run([program(), "admin", "settings", "--config", whole], capture_output=True, text=True)
        assert (run.returncode == 0) == good, run
    assert "thread" in run.stderr, run.stderr


def units_name_what_is_installed():
    _, config = installed("array-upload.conf")
    prefix = config[:-len("/share/array-upload/array-upload.conf")]
    for name in ("array-upload.service", "array-upload@.service"):
        path, place = installed(name)
        assert place == prefix + "/lib/systemd/system/" + name, place
        unit = configparser.ConfigParser(strict=False, interpolation=None)
        unit.optionxform = str
        unit.read(path)
        words = unit["Service"]["ExecStart"].split()
        assert words[0] == program()[len(stage):], words
        assert words[1] == ("%i" if "@" in name else "serve") and "@" not in words[-1], words
        assert words[-2] == "--config" and words[-1].endswith("/array-upload.conf"), words
        with open(path) as f:
            assert "@bindir@" not in f.read()


def interface_and_manual_are_there():
    with open(installed("openapi.yaml")[0], encoding="utf-8") as f:
        assert "/api/v2/array-data-upload-form/" in f.read()
    with open(installed("array-upload.8")[0], encoding="utf-8") as f:
        assert ".SH SETTINGS" in f.read()
    with open(installed("README.md")[0], encoding="utf-8") as f:  # to which the unit and the manual send people
        assert "## Running it for real" in f.read()


def starts_and_takes_an_upload():
    place = os.path.dirname(program())
    if not os.access(os.path.join(place, "genotype-convert"), os.X_OK):
        return "skipped (no genotype-convert)"
    s = service.Service(real=True, program=program(), options=["--config", installed("array-upload.conf")[0]],
                        settings={"ARRAY_UPLOAD_LIMITS_MIN_ROWS": "1", "ARRAY_UPLOAD_LIMITS_QC_SNPS_MIN": "1"})
    with tempfile.TemporaryDirectory() as folder, s:
        genome = convert_fixture.Genome(folder)
        path = os.path.join(folder, "export.zip")
        convert_fixture.write_zip(path, convert_fixture.text_23andme(convert_fixture.rows(genome)), "genome.txt")
        with open(path, "rb") as f:
            export = f.read()
        sample = s.create()
        a = s.upload(s.open(sample), export)
        assert a.status == 200 and a.json()["status"] == "accepted", a
        s.becomes(sample, "succeeded")
        run = subprocess.run([program(), "admin", "doctor", "--data", s.data], env=s.env, capture_output=True, text=True)
        for tool in ("validate", "convert"):
            assert re.search(r"^ok +genotype-%s +%s/" % (tool, re.escape(place)), run.stdout, re.M), run.stdout


def first_key_is_never_made_for_nobody():
    """By the unit standard output is the null device: the first key is that of admin bootstrap, afterwards."""
    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "w") as null, open(os.path.join(folder, "log"), "w+") as log:
        data = os.path.join(folder, "data")
        server = subprocess.Popen([program(), "serve", "--data", data, "--listen", "127.0.0.1:0"], stdout=null, stderr=log)
        try:
            deadline = time.monotonic() + service.PATIENCE
            while "httpd.listening" not in open(log.name).read() and time.monotonic() < deadline:
                time.sleep(0.1)
            told = open(log.name).read()
            assert "httpd.listening" in told and "admin bootstrap" in told and "key.created" not in told, told
            for expected in True, False:
                run = subprocess.run([program(), "admin", "bootstrap", "--json", "--data", data], capture_output=True, text=True)
                assert run.returncode == 0, run.stderr
                assert isinstance(json.loads(run.stdout).get("api_key"), str) == expected, "the first time only"
        finally:
            server.terminate()
            server.wait(service.PATIENCE)


def a_first_start_and_bootstrap_at_once():
    """Whoever types both: they meet on a new database and new keys, and both do what they are asked for."""
    for _ in range(8):
        with tempfile.TemporaryDirectory() as folder, open(os.path.join(folder, "log"), "w+") as log, open(os.devnull, "w") as null:
            data = os.path.join(folder, "data")
            server = subprocess.Popen([program(), "serve", "--data", data, "--listen", "127.0.0.1:0"], stdout=null, stderr=log)
            try:
                run = subprocess.run([program(), "admin", "bootstrap", "--json", "--data", data], capture_output=True, text=True)
                assert run.returncode == 0, run.stderr
                key = json.loads(run.stdout)["api_key"]
                deadline, found = time.monotonic() + service.PATIENCE, None
                while not found and server.poll() is None and time.monotonic() < deadline:
                    found = re.search(r'"httpd.listening".*"address":"([^"]*)"', open(log.name).read())
                    time.sleep(0.02)
                assert found, open(log.name).read()
                request = urllib.request.Request("http://%s/api/v2/array-data-upload-form/" % found.group(1), method="POST",
                                                 headers={"Authorization": "Api-Key " + key})
                with urllib.request.urlopen(request) as answer:
                    assert answer.status == 201 and "sample_id" in json.load(answer)
            finally:
                server.terminate()
                server.wait(service.PATIENCE)


if __name__ == "__main__":
    service.main([settings_are_all_told, units_name_what_is_installed, interface_and_manual_are_there,
                  starts_and_takes_an_upload, first_key_is_never_made_for_nobody, a_first_start_and_bootstrap_at_once])
