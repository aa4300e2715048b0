#!/usr/bin/env python3
"""How operators come in: second factor, lock-out, sessions, the proxy's word; and who looked at which sample."""
import base64
import hashlib
import hmac
import http.client
import os
import re
import struct
import subprocess
import sys
import threading
import urllib.parse

sys.dont_write_bytecode = True  # the sources may be read-only
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import service  # noqa: E402
from service import PROGRAM, Answer, Service, steered  # noqa: E402

EMAIL, PASSWORD = "owner@example.com", "correct horse battery"
START = 1800000000  # the services' clock, so that codes are known


def totp(secret, now, step=0):
    """RFC 6238, written from its text."""
    key = base64.b32decode(secret)
    mac = hmac.new(key, struct.pack(">Q", int(now) // 30 + step), hashlib.sha1).digest()
    at = mac[19] & 15
    return "%06d" % ((struct.unpack(">I", mac[at:at + 4])[0] & 0x7fffffff) % 1000000)


class Browser:
    """Cookies, and forms with their csrf token."""

    def __init__(self, s, agent="Test browser", **headers):
        self.s, self.cookies, self.headers = s, {}, dict(headers, **{"User-Agent": agent})

    def ask(self, method, path, body=None):
        c = http.client.HTTPConnection(self.s.host, self.s.port, timeout=60)
        headers = dict(self.headers, Cookie="; ".join("%s=%s" % x for x in self.cookies.items()))
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        c.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
        r = c.getresponse()
        for name, value in r.getheaders():
            if name == "Set-Cookie":
                key, _, rest = value.partition("=")
                assert "Secure" in rest and "HttpOnly" in rest and "SameSite" in rest, value
                self.cookies[key] = rest.split(";")[0]
                if "Max-Age=0" in rest:
                    del self.cookies[key]
        a = Answer(r.status, r.headers, r.read())
        c.close()
        return a

    def get(self, path):
        return self.ask("GET", path)

    def post(self, path, page=None, **fields):
        csrf = re.search(rb'name="csrf" value="([^"]+)"', self.get(page or "/operator/account").body).group(1).decode()
        return self.ask("POST", path, urllib.parse.urlencode(dict(fields, csrf=csrf)))

    def login(self, password=PASSWORD, email=EMAIL, code=""):
        return self.post("/operator/login", "/operator/login", email=email, password=password, code=code)

    def inside(self):
        return self.get("/operator/account").status == 200


def started(s):
    s.admin("user", "password", "--email", EMAIL, text=PASSWORD + "\n")
    b = Browser(s)
    a = b.login()
    assert a.status == 303, a
    return b


def factor_on(s, b):
    a = b.post("/operator/account/factor", old=PASSWORD)
    assert a.status == 200, a
    secret = re.search(rb'id="totp-key">([A-Z2-7]{32})<', a.body).group(1).decode()
    return secret


def now_of(s):
    import time
    try:
        with open(s.clock) as f:
            return time.time() + int(f.read())
    except OSError:
        return time.time()


def the_rfc_s_vectors():
    secret = base64.b32encode(b"12345678901234567890").decode()
    for when, code in ((59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")):
        assert totp(secret, when) == code


def second_factor():
    with Service() as s:
        b = started(s)
        assert b.post("/operator/account/factor", old="wrong").status == 422
        secret = factor_on(s, b)
        assert Browser(s).login().status == 303  # not before its first code is confirmed
        assert b.post("/operator/account/factor/confirm", code="000000" if totp(secret, now_of(s)) != "000000" else "111111").status == 422
        s.move_clock(60)
        used = totp(secret, now_of(s))
        a = b.post("/operator/account/factor/confirm", code=used)
        assert a.status == 200, a
        codes = re.findall(rb"\b[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}\b", a.body)
        assert len(set(codes)) == 10
        assert not re.findall(rb"[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}", b.get("/operator/account").body)  # shown once
        assert Browser(s).login().status == 401  # no code
        assert Browser(s).login(code=used).status == 401  # the confirmed one is used up
        assert Browser(s).login("wrong password!", code=totp(secret, now_of(s), 1)).status == 401
        s.move_clock(120)
        for step in (-2, 2, 3):
            assert Browser(s).login(code=totp(secret, now_of(s), step)).status == 401, step
        late = totp(secret, now_of(s), -1)
        assert Browser(s).login(code=late).status == 303  # a clock one step off
        assert Browser(s).login(code=late).status == 401  # never twice
        ahead = totp(secret, now_of(s), 1)
        assert Browser(s).login(code=ahead[:3] + " " + ahead[3:]).status == 303
        assert Browser(s).login(code=totp(secret, now_of(s), 0)).status == 401  # nor an older one after a newer
        first = codes[0].decode()
        assert Browser(s).login(code=first.lower()).status == 303
        assert Browser(s).login(code=first).status == 401
        assert b"9 recovery codes" in b.get("/operator/account").body
        # the API asks for it, too
        jwt = lambda **more: s.request("POST", "/api/v2/jwt-create/", '{"email":"%s","password":"%s"%s}' % (
            EMAIL, PASSWORD, "".join(',"%s":"%s"' % x for x in more.items())), {"Content-Type": "application/json"})
        a = jwt()
        assert a.status == 400 and "otp_token" in a.json(), a
        assert jwt(otp_token="000000").status == 400
        assert jwt(otp_token=codes[1].decode()).status == 200
        # at rest it is sealed
        with open(os.path.join(s.data, "array-upload.db"), "rb") as f:
            content = f.read()
        for name in ("-wal",):
            path = os.path.join(s.data, "array-upload.db" + name)
            content += open(path, "rb").read() if os.path.exists(path) else b""
        assert secret.encode() not in content and first.replace("-", "").encode() not in content
        assert secret not in s.log_text() and first not in s.log_text()
        assert b.post("/operator/account/factor/off", old="wrong").status == 422
        s.admin("user", "factor-off", "--email", EMAIL)  # the device is lost
        assert Browser(s).login().status == 303
        events = [r["event"] for r in s.admin("audit")]
        assert events.count("factor.on") == 1 and events.count("factor.off") == 1 and events.count("factor.recovery_code_used") == 2


def a_code_is_used_once_by_many_at_once():
    with Service() as s:
        b = started(s)
        secret = factor_on(s, b)
        assert b.post("/operator/account/factor/confirm", code=totp(secret, now_of(s))).status == 200
        s.move_clock(60)
        code, answers = totp(secret, now_of(s)), []
        browsers = [Browser(s) for _ in range(6)]
        threads = [threading.Thread(target=lambda x: answers.append(x.login(code=code).status), args=(x,)) for x in browsers]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert sorted(answers) == [303] + [401] * 5, answers


def guesses(s, cookies=None, **how):
    """Eleven, each from another address: an address has a limit of its own."""
    said = []
    for k in range(11):
        guesses.address += 1
        b = Browser(s, X_Forwarded_For="192.0.2.%d" % guesses.address)
        b.cookies = dict(cookies or {})
        said.append(b.login("wrong password %d" % k, **how).status)
    return said


guesses.address = 0


def lock_out():
    """Who guesses is locked out; who has logged in with this browser before is not."""
    with Service(settings={"ARRAY_UPLOAD_SERVER_TRUSTED_PROXY": "127.0.0.1"}) as s:
        known, known_too = started(s), Browser(s)
        assert known_too.login().status == 303
        said = guesses(s)
        assert said == [401] * 10 + [429], said
        assert Browser(s).login().status == 429  # right, and still not
        again = Browser(s)
        again.cookies = {k: v for k, v in known.cookies.items() if "device" in k}
        assert again.cookies and again.login().status == 303
        foreign = Browser(s)
        foreign.cookies = {k: v[:-1] + ("0" if v[-1] != "0" else "1") for k, v in known.cookies.items() if "device" in k}
        assert foreign.login().status == 429
        assert s.api("GET", "user/").status == 200  # keys go on
        # another account is not touched, and a stranger's name looks the same
        said = guesses(s, email="nobody@example.com")
        assert said == [401] * 10 + [429], said
        # it ends 15 minutes after the first wrong try, however many follow
        s.move_clock(902)
        assert Browser(s).login().status == 303
        # a known browser has tries of its own, and no more
        thief = Browser(s)
        thief.cookies = {k: v for k, v in known_too.cookies.items() if "device" in k}
        said = guesses(s, thief.cookies)
        assert said == [401] * 10 + [429], said
        assert again.login().status == 303


def sessions():
    with Service() as s:
        b = started(s)
        other = Browser(s, agent="Other <script>alert(1)</script>")
        assert other.login().status == 303
        page = b.get("/operator/account").body.decode()
        assert "Test browser" in page and "this one" in page and "Other &lt;script&gt;" in page and "<script>alert" not in page
        ids = re.findall(r'/operator/sessions/([0-9a-f-]{36})/end', page)
        assert len(ids) == 2
        mine = re.search(r"this one.*?/operator/sessions/([0-9a-f-]{36})/end", page, re.S).group(1)
        (theirs,) = set(ids) - {mine}
        assert b.post("/operator/sessions/%s/end" % theirs).status == 303
        assert b.inside() and not other.inside()
        # nobody ends a session that is not theirs
        s.admin("user", "create", "--email", "viewer@example.com", "--role", "viewer")
        s.admin("user", "password", "--email", "viewer@example.com", text=PASSWORD + "\n")
        viewer = Browser(s)
        assert viewer.login(email="viewer@example.com").status == 303
        assert viewer.post("/operator/sessions/%s/end" % mine).status == 404 and b.inside()
        assert viewer.post("/operator/account/sessions/end").status == 303
        assert not viewer.inside() and b.inside()
        s.admin("user", "log-out", "--email", EMAIL)
        assert not b.inside()


def the_proxy_s_word():
    header = {"ARRAY_UPLOAD_SERVER_USER_HEADER": "X-Forwarded-Email"}
    with Service(settings=dict(header, ARRAY_UPLOAD_SERVER_TRUSTED_PROXY="127.0.0.1/32")) as s:
        b = Browser(s, X_Forwarded_Email="Owner@Example.com")
        assert b.inside() and b"identity provider" in b.get("/operator/account").body
        assert b.post("/operator/projects", "/operator/projects", name="By proxy").status == 303
        assert b.ask("POST", "/operator/projects", "name=x").status == 403  # forms still need their token
        for stranger in ("nobody@example.com", "", "x" * 300, "owner@example.com, nobody@example.com"):
            assert not Browser(s, X_Forwarded_Email=stranger).inside(), stranger
        # it opens the operator's pages and nothing else
        assert s.request("GET", "/api/v2/user/", None, {"X-Forwarded-Email": EMAIL}).status == 401
        s.admin("user", "disable", "--email", EMAIL)
        assert not b.inside()
    with Service(settings=dict(header, ARRAY_UPLOAD_SERVER_TRUSTED_PROXY="10.0.0.0/8")) as s:
        assert not Browser(s, X_Forwarded_Email=EMAIL).inside()  # from an address that is not the proxy
    with Service() as s:
        assert not Browser(s, X_Forwarded_Email=EMAIL).inside()  # and not unless it is asked for
        a = subprocess.run([PROGRAM, "admin", "doctor", "--data", s.data], env=dict(s.env, **header), capture_output=True, text=True)
        assert a.returncode == 2 and "trusted_proxy" in a.stderr, a


def who_looked():
    with Service() as s:
        b = started(s)
        sample, unseen = s.create(), s.create()
        assert s.upload(s.open(sample), steered("good")).status == 200
        s.becomes(sample, "succeeded")
        for _ in range(3):
            s.sample(sample)
        s.api("GET", "sample-metadata/" + sample["sample_id"])
        b.get("/operator/samples/" + sample["sample_id"])
        f = [f for f in s.sample(sample).json()["files"] if f["file_type"] == "array-zip"][0]
        u = urllib.parse.urlsplit(f["download_url"])
        assert s.request("GET", u.path + "?" + u.query).status == 200
        (said,) = s.admin("sample", "show", sample["sample_id"])
        what = sorted(x["what"] for x in said["looked_at"])
        assert what == ["array-zip", "metadata", "page", "sample"], what
        assert s.admin("sample", "show", unseen["sample_id"])[0]["looked_at"] == []
        page = b.get("/operator/samples/" + sample["sample_id"]).body.decode()
        assert "Who looked" in page and EMAIL in page
        s.move_clock(86400)
        b2 = Browser(s)
        assert b2.login().status == 303
        b2.get("/operator/samples/" + sample["sample_id"])
        rows = [r for r in s.admin("audit") if r["event"] == "sample.looked" and r["object"] == sample["sample_id"]]
        assert len(rows) == 5, rows
        s.admin("audit", "verify")


if __name__ == "__main__":
    service.main([the_rfc_s_vectors, second_factor, a_code_is_used_once_by_many_at_once, lock_out, sessions, the_proxy_s_word, who_looked])
