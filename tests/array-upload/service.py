"""A whole array-upload service on a free port and a fresh data folder, for the tests that come in by the front door.

    with Service() as s:
        sample = s.create()
        page = s.open(sample)
        answer = s.upload(page, b"good\n")

The stand-in programs (stand_in.c) do what the first line of the uploaded file says; real=True takes the real ones.
"""
import ctypes
import http.client
import http.server
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import zipfile
import io

TOP = os.path.abspath(os.environ.get("top_builddir", "."))
PROGRAM = os.path.join(TOP, "array-upload")


def staged(name):
    """That program in the installation that `make check` makes beside the build: the cage lets no script of libtool run."""
    return os.path.join(os.path.realpath(os.path.join(TOP, "stage", "installed")), "bin", name)


STAND_IN = os.path.join(TOP, "tests", "array-upload", "stand_in")
SKIP = 77
PATIENCE = 120  # seconds; who waits in vain is a test that fails, so it is enough for a machine with much else to do


def wait_until(so, what, seconds=PATIENCE, pause=0.05):
    """Asks until the answer is true, which is given back."""
    deadline = time.monotonic() + seconds
    while True:
        answer = so()
        if answer:
            return answer
        assert time.monotonic() < deadline, what() if callable(what) else what
        time.sleep(pause)


def zip_of(text, name="genome.txt"):
    """A real zip; the stand-in sees its first bytes, so steered files are stored plain: see steered()."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr(name, text)
    return out.getvalue()


def alive(pid):
    """Not gone, and not only waiting for its parent."""
    try:
        with open("/proc/%d/stat" % pid) as f:
            return f.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def children(pid):
    """Of that process and of those, as far down as there are any, also those that are yet to become another program."""
    found, level = [], [pid]
    while level:
        next_level = []
        for p in os.listdir("/proc"):
            try:
                with open("/proc/%s/stat" % p) as f:
                    if int(f.read().rsplit(")", 1)[1].split()[1]) in level:
                        next_level.append(int(p))
            except (OSError, ValueError, IndexError):
                pass
        found += next_level
        level = next_level
    return found


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return "<%d %r>" % (self.status, self.body[:300])


class Service:
    def __init__(self, real=False, settings=None, options=("--allow-loopback-webhooks",), data=None,
                 program=None):
        self.program = program or (staged("array-upload") if real else PROGRAM)
        self.folder = data or tempfile.mkdtemp(prefix="array-upload-")
        self.data = os.path.join(self.folder, "data")
        self.clock = os.path.join(self.folder, "clock")
        self.log_path = os.path.join(self.folder, "log")
        self.keep = data is not None
        self.options = list(options)
        self.key = self.project = None
        self.env = dict(os.environ, ARRAY_UPLOAD_TEST_CLOCK=self.clock, ARRAY_UPLOAD_LIMITS_RATE_CREATES="100000",
                        ARRAY_UPLOAD_LIMITS_RATE_OPENS="100000", ARRAY_UPLOAD_LIMITS_RATE_REQUESTS="100000",
                        ARRAY_UPLOAD_LIMITS_FREE_BYTES="0")
        if not real:
            self.env.update(ARRAY_UPLOAD_PROGRAMS_VALIDATE=STAND_IN, ARRAY_UPLOAD_PROGRAMS_CONVERT=STAND_IN,
                            ARRAY_UPLOAD_PROGRAMS_IMPUTE=STAND_IN, ARRAY_UPLOAD_PROGRAMS_SCORE=STAND_IN)
        # a scratch of this service's own: what a killed worker left there goes with the test
        self.scratch = tempfile.mkdtemp(prefix="array-upload-", dir="/dev/shm") if os.access("/dev/shm", os.W_OK) else None
        if self.scratch:
            self.env["ARRAY_UPLOAD_WORKER_SCRATCH"] = self.scratch
        self.env.update(settings or {})
        self.process = None

    # ---- processes ----

    def start(self):
        self.log = open(self.log_path, "ab")
        port = self.port if hasattr(self, "port") else 0
        self.process = subprocess.Popen(
            [self.program, "serve", "--data", self.data, "--listen", "127.0.0.1:%d" % port] + self.options,
            env=self.env, stdout=subprocess.PIPE, stderr=self.log, cwd=self.folder)
        self.said = []
        for raw in self.process.stdout:
            line = raw.decode().strip()
            self.said.append(line)
            found = re.match(r"first start: project (\S+)", line)
            if found:
                self.project = found.group(1)
            found = re.match(r"first start: API key (\S+)", line)
            if found:
                self.key = found.group(1)
            found = re.match(r"listening on http://([^:]+):(\d+)", line)
            if found:
                self.host, self.port = found.group(1), int(found.group(2))
                break
        else:
            raise RuntimeError("serve ended: %s\n%s" % (self.said, self.log_text()[-3000:]))
        return self

    def stop(self, number=signal.SIGTERM, timeout=PATIENCE):
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(timeout) if self.process else None
        if self.process:
            self.process.stdout.close()
            self.log.close()
        self.process = None
        return code

    def pid(self, duty):
        with open(os.path.join(self.data, "run", duty + ".pid")) as f:
            return int(f.read())

    def kill(self, duty, number=signal.SIGKILL):
        """Kills one duty and waits until the supervisor has another one up."""
        old = self.pid(duty)
        os.kill(old, number)

        def back():
            try:
                return self.pid(duty) != old and (duty != "httpd" or self.answers())
            except (OSError, ValueError):
                return False
        wait_until(back, "%s did not come back" % duty)

    def kill_all(self):
        """The supervisor and all duties at once; returns when they are gone, and their port and locks with them."""
        pids = [self.pid(duty) for duty in ("httpd", "checkd", "worker", "hookd")]
        os.kill(self.process.pid, signal.SIGKILL)
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
        self.stop(signal.SIGKILL)
        wait_until(lambda: not any(map(alive, pids)), pids)

    def hold(self, duty):
        """Stops the duty where it holds no lock of the database: nobody else could write before it goes on."""
        while True:
            os.kill(self.pid(duty), signal.SIGSTOP)
            db = sqlite3.connect(os.path.join(self.data, "array-upload.db"), timeout=1, isolation_level=None)
            try:
                db.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError:
                self.let_go(duty)
            finally:
                db.close()

    def let_go(self, duty):
        os.kill(self.pid(duty), signal.SIGCONT)

    def answers(self):
        try:
            socket.create_connection((self.host, self.port), 1).close()
            return True
        except OSError:
            return False

    def log_text(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as f:
            return f.read()

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, value, trace):
        if kind and kind is not SystemExit:
            sys.stderr.write("---- end of the service's log\n%s----\n" % self.log_text()[-6000:])
        try:
            self.stop()
        finally:
            if not self.keep:
                shutil.rmtree(self.folder, ignore_errors=True)
            if self.scratch:
                shutil.rmtree(self.scratch, ignore_errors=True)

    def move_clock(self, seconds):
        with open(self.clock + ".new", "w") as f:
            f.write("%d\n" % seconds)
        os.rename(self.clock + ".new", self.clock)

    # ---- HTTP ----

    def request(self, method, path, body=None, headers=None, timeout=60):
        c = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        try:
            c.request(method, path, body, headers or {})
            r = c.getresponse()
            return Answer(r.status, r.headers, r.read())
        finally:
            c.close()

    def api(self, method, path, value=None):
        headers = {"Authorization": "Api-Key " + self.key}
        body = None
        if value is not None:
            body, headers["Content-Type"] = json.dumps(value), "application/json"
        return self.request(method, "/api/v2/" + path, body, headers)

    def admin(self, *words, text=None):
        """What `admin` answers: a list of objects."""
        run = subprocess.run([self.program, "admin"] + list(words) + ["--data", self.data], env=self.env, input=text,
                             capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        return [json.loads(line) for line in run.stdout.splitlines()]

    def create(self, **fields):
        a = self.api("POST", "array-data-upload-form/", fields)
        assert a.status == 201, a
        return a.json()

    def path_of(self, sample):
        u = urllib.parse.urlsplit(sample["url"])
        return u.path + "?" + u.query

    def get_link(self, sample, method="GET", headers=None):
        return self.request(method, self.path_of(sample), None, headers)

    def open(self, sample):
        """Opens the link; the token of the page session."""
        a = self.get_link(sample)
        assert a.status == 200, a
        return self.session_of(a)

    @staticmethod
    def session_of(answer):
        text = answer.body.decode()
        for tag in re.findall(r"<input[^>]*>", text):
            if re.search(r'name="session"', tag):
                return re.search(r'value="([^"]+)"', tag).group(1)
        raise AssertionError("no session in the page: " + text[:500])

    @staticmethod
    def form(session, content, name="genome.zip", fields=(), boundary="xBOUNDARYx"):
        parts = [("session", session), ("lang", "en")] + list(fields)
        out = b"".join(b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' %
                       (boundary.encode(), k.encode(), v.encode()) for k, v in parts)
        out += b'--%s\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\nContent-Type: application/zip\r\n\r\n' % (
            boundary.encode(), name.encode())
        return out + content + b"\r\n--%s--\r\n" % boundary.encode()

    FORM_TYPE = "multipart/form-data; boundary=xBOUNDARYx"

    def upload(self, session, content, name="genome.zip", as_json=True, timeout=90, fields=()):
        headers = {"Content-Type": self.FORM_TYPE}
        if as_json:
            headers["Accept"] = "application/json"
        return self.request("POST", "/array-data-upload", self.form(session, content, name, fields), headers, timeout)

    def upload_begin(self, session, content, send=0.5, name="genome.zip"):
        """Sends a part of an upload; the socket and what is left to send."""
        body = self.form(session, content, name)
        head = ("POST /array-data-upload HTTP/1.1\r\nHost: %s:%d\r\nAccept: application/json\r\nContent-Type: %s\r\n"
                "Content-Length: %d\r\n\r\n" % (self.host, self.port, self.FORM_TYPE, len(body))).encode()
        at = int(len(body) * send)
        s = socket.create_connection((self.host, self.port), 60)
        s.sendall(head + body[:at])
        return s, body[at:]

    @staticmethod
    def answer_of(s):
        r = http.client.HTTPResponse(s)
        r.begin()
        return Answer(r.status, r.headers, r.read())

    def page_status(self, session):
        return self.request("GET", "/array-data-upload/status", None, {"X-Upload-Session": session})

    def sample(self, sample):
        return self.api("GET", "samples/" + (sample if isinstance(sample, str) else sample["sample_id"]))

    def status(self, sample):
        a = self.sample(sample)
        assert a.status == 200, a
        return a.json()["last_status"]["status"]

    def becomes(self, sample, wanted, seconds=PATIENCE):
        wait_until(lambda: self.status(sample) == wanted,
                   lambda: 'the sample is "%s", not "%s"' % (self.status(sample), wanted), seconds)

    def becomes_at_last(self, sample, wanted):
        """Past the waits between two tries: the clock goes on while it waits, and never past the lease of a run (60 s)."""
        moved = 0

        def now():
            nonlocal moved
            state = self.status(sample)
            if state == "scheduled":
                moved += 6
                self.move_clock(moved)
            return state == wanted
        wait_until(now, lambda: 'the sample is "%s", not "%s"' % (self.status(sample), wanted), pause=0.5)

    def page_becomes(self, session, wanted, seconds=PATIENCE):
        state = lambda: self.page_status(session).json()["state"]
        wait_until(lambda: state() == wanted, lambda: 'the page session is "%s", not "%s"' % (state(), wanted), seconds, 0.02)

    def receiving(self, n):
        """Waits until so many uploads are coming in."""
        def now():
            db = sqlite3.connect(os.path.join(self.data, "array-upload.db"), timeout=20)
            try:
                return db.execute("SELECT count(*) FROM attempts WHERE state = 'receiving'").fetchone()[0]
            finally:
                db.close()
        wait_until(lambda: now() == n, lambda: "%d uploads are coming in, not %d" % (now(), n))

    def objects(self):
        """Samples' files in the local blob store."""
        out = []
        for part in ("sealed", "samples"):
            for base, _, names in os.walk(os.path.join(self.data, "blobs", part)):
                out += [os.path.join(base, n) for n in names if not n.startswith(".")]
        return out


def stages_given(folder):
    """Settings for all stages behind the conversion, as the stand-in takes them; with a reference, so that there is a VCF."""
    os.makedirs(os.path.join(folder, "panel"))
    os.makedirs(os.path.join(folder, "scores"))
    digest = "0123456789abcdef" * 2
    for name, text in (("panel/panel.tsv", "genotype-impute-panel\t1\nassembly\tGRCh37\nengine\teagle-minimac4\nunit\t20\t5\t%s\nend\n" % digest),
                       ("scores/PGS1.txt", ""), ("ancestry.tsv", ""), ("GRCh37.sites.bcf", ""),
                       ("scores/traits.tsv", "score\ttrait\tunit\thigh_risk_percentile\ten\tde\nPGS1\theight\tcm\t80\tHeight\tKörpergröße\n")):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            f.write(text)
    at = {"PANEL": "panel", "SCORES": "scores", "ANCESTRY": "ancestry.tsv"}
    return dict({"ARRAY_UPLOAD_ANALYSIS_" + k: os.path.join(folder, v) for k, v in at.items()},
                ARRAY_UPLOAD_REFERENCE_SITES=os.path.join(folder, "GRCh37.sites.bcf"))


def http_library():
    """libmicrohttpd's first number: 0 of Debian 12, 1 of Debian 13."""
    version = ctypes.CDLL("libmicrohttpd.so.12").MHD_get_version
    version.restype = ctypes.c_char_p
    return int(version().split(b".")[0])


def steered(line, *more, size=0):
    """An upload that passes the page's look at the first bytes and steers stand_in by its lines."""
    text = ("\n".join((line,) + more) + "\n").encode()
    return b"PK\x03\x04" + text + b"\0" * max(0, size - len(text) - 4)


class Receiver:
    """A webhook receiver: keeps every request, answers as told."""

    def __init__(self):
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                status, headers = receiver.answer  # before anybody is told of the request, who may want another one
                receiver.requests.append((self.path, dict(self.headers), body))
                self.send_response(status)
                for k, v in headers.items():
                    self.send_header(k, v)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.requests, self.answer = [], (200, {})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = "http://127.0.0.1:%d/hook" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait(self, n):
        wait_until(lambda: len(self.requests) >= n, lambda: "%d deliveries, not %d" % (len(self.requests), n))

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def main(tests):
    """Runs the functions whose names are given, or all; prints a line each; exit status for make check."""
    if not os.access(PROGRAM, os.X_OK) or not os.access(STAND_IN, os.X_OK):
        print("skipped: the service is not built")
        sys.exit(SKIP)
    wanted = sys.argv[1:]
    failed = 0
    for test in tests:
        if wanted and test.__name__ not in wanted:
            continue
        try:
            said = test()
            print("%s: %s" % (said or "ok", test.__name__), flush=True)
        except Exception:  # a test's failure is told and the others still run
            import traceback
            traceback.print_exc()
            print("FAILED: %s" % test.__name__, flush=True)
            failed += 1
    sys.exit(1 if failed else 0)
