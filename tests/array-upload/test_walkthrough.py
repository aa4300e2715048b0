#!/usr/bin/env python3
"""Runs the commands of tools/array-upload/README.md as they stand there, and follows the sample to its end."""
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.parse

sys.dont_write_bytecode = True  # the sources may be read-only
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "command"))
import convert_fixture  # noqa: E402
import service  # noqa: E402

README = os.path.join(HERE, "..", "..", "tools", "array-upload", "README.md")


def commands():
    with open(README, encoding="utf-8") as f:
        return re.search(r"^```sh\n(.*?)^```$", f.read(), re.M | re.S).group(1)


def place_kept():
    """A port that nobody else is given while it is held, though whoever listens may share it."""
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("127.0.0.1", 0))
    return s


def walk_through():
    if not os.access(os.path.join(service.TOP, "genotype-convert"), os.X_OK):
        return "skipped (no genotype-convert)"
    script = commands()
    assert len(re.findall(r"^curl ", script, re.M)) <= 5, script
    place = place_kept()
    port = place.getsockname()[1]
    script = script.replace("127.0.0.1:8080", "127.0.0.1:%d" % port).replace(
        "array-upload serve", "array-upload serve --listen 127.0.0.1:%d" % port)
    with tempfile.TemporaryDirectory() as folder:
        genome = convert_fixture.Genome(folder)
        text = convert_fixture.text_23andme(convert_fixture.rows(genome))
        convert_fixture.write_zip(os.path.join(folder, "export.zip"), text, "genome.txt")
        env = dict(os.environ, PATH=os.path.dirname(service.staged("array-upload")) + ":" + os.environ["PATH"], ARRAY_UPLOAD_LIMITS_MIN_ROWS="1",
                   ARRAY_UPLOAD_LIMITS_QC_SNPS_MIN="1", ARRAY_UPLOAD_LIMITS_FREE_BYTES="0")
        shell = subprocess.run(["sh", "-e", "-c", script + "\necho\necho $! >serve.pid\necho KEY=$KEY"], cwd=folder, env=env, timeout=300,
                               stdout=subprocess.PIPE, text=True)
        with open(os.path.join(folder, "serve.pid")) as f:
            pid = int(f.read())
        try:
            follow(shell, folder, port)
        finally:
            os.kill(pid, signal.SIGTERM)
            service.wait_until(lambda: not service.alive(pid), "it does not end")
            place.close()
    return None


def follow(shell, folder, port):
    assert shell.returncode == 0, shell
    key = re.search(r"^KEY=(\S+)$", shell.stdout, re.M).group(1)
    assert '"status":"accepted"' in shell.stdout.replace(" ", ""), shell.stdout
    with open(os.path.join(folder, "session.json")) as f:
        sample = json.load(f)["sample_id"]
    s = service.Service()
    s.host, s.port, s.key = "127.0.0.1", port, key
    s.becomes(sample, "succeeded")
    files = {f["file_type"]: f for f in s.sample(sample).json()["files"]}
    assert {"array-zip", "array-table", "array-report_json"} <= set(files), files
    u = urllib.parse.urlsplit(files["array-table"]["download_url"])
    assert len(s.request("GET", u.path + "?" + u.query).body) == files["array-table"]["size"]


if __name__ == "__main__":
    service.main([walk_through])
