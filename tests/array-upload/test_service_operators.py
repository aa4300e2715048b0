#!/usr/bin/env python3
"""How operators come in: second factor, lock-out, sessions, the proxy's word; and who looked at which sample."""
import base64
import hashlib
import hmac
import http.client
import json
import os
import re
import sqlite3
import struct
import subprocess
import sys
import threading
import time
import urllib.parse

sys.dont_write_bytecode = True  # the sources may be read-only
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import service  # noqa: E402
from service import PROGRAM, Answer, Service, steered  # noqa: E402
from test_service_page import raw  # noqa: E402

EMAIL, PASSWORD = "owner@example.com", "correct horse battery"


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
    try:
        with open(s.clock) as f:
            return time.time() + int(f.read())
    except OSError:
        return time.time()


def move_to_a_new_step(s, seconds):
    """So far at least, and then to where codes change: a code that is asked for now is not the one before when it arrives."""
    now = time.time() + seconds
    s.move_clock(seconds + 30 - int(now) % 30)


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
        move_to_a_new_step(s, 60)
        used = totp(secret, now_of(s))
        a = b.post("/operator/account/factor/confirm", code=used)
        assert a.status == 200, a
        codes = re.findall(rb"\b[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}\b", a.body)
        assert len(set(codes)) == 10
        assert not re.findall(rb"[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}", b.get("/operator/account").body)  # shown once
        assert Browser(s).login().status == 401  # no code
        assert Browser(s).login(code=used).status == 401  # the confirmed one is used up
        assert Browser(s).login("wrong password!", code=totp(secret, now_of(s), 1)).status == 401
        move_to_a_new_step(s, 120)
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
        move_to_a_new_step(s, 60)
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


def log_ins_end_at_once():
    """A new password, or the account's end, ends what was before it and nothing that comes after, however soon that is."""
    with Service() as s:
        b = started(s)
        jwt = lambda: json.loads(s.request("POST", "/api/v2/jwt-create/", json.dumps({"email": EMAIL, "password": PASSWORD}),
                                           {"Content-Type": "application/json"}).body)
        stands = lambda pair: (s.request("GET", "/api/v2/user/", None, {"Authorization": "Bearer " + pair["access"]}).status,
                               s.request("POST", "/api/v2/jwt-refresh/", json.dumps({"refresh": pair["refresh"]}),
                                         {"Content-Type": "application/json"}).status)
        change = lambda: s.admin("user", "password", "--email", EMAIL, text=PASSWORD + "\n")
        off_and_on = lambda: s.admin("user", "disable", "--email", EMAIL) + s.admin("user", "enable", "--email", EMAIL)
        for end in (change, off_and_on) * 2:  # an address may log in 20 times a minute
            assert b.login().status == 303
            pair = jwt()
            assert b.inside() and stands(pair) == (200, 200)
            end()
            assert not b.inside() and stands(pair) == (401, 401), end
            later = jwt()
            assert stands(later) == (200, 200), end
            shown = Browser(s)
            assert shown.login().status == 303
            assert len(re.findall(r"/operator/sessions/[0-9a-f-]{36}/end", shown.get("/operator/account").body.decode())) == 2, end


def the_proxy_s_word():
    header = {"ARRAY_UPLOAD_SERVER_USER_HEADER": "X-Forwarded-Email"}
    with Service(settings=dict(header, ARRAY_UPLOAD_SERVER_TRUSTED_PROXY="127.0.0.1/32")) as s:
        b = Browser(s, X_Forwarded_Email="Owner@Example.com")
        assert b.inside() and b"identity provider" in b.get("/operator/account").body
        assert b.post("/operator/projects", "/operator/projects", name="By proxy").status == 303
        assert b.ask("POST", "/operator/projects", "name=x").status == 403  # forms still need their token
        for stranger in ("nobody@example.com", "", "x" * 300, "owner@example.com, nobody@example.com"):
            assert not Browser(s, X_Forwarded_Email=stranger).inside(), stranger
        for lines in ((EMAIL, "nobody@example.com"), ("nobody@example.com", EMAIL), (EMAIL, EMAIL)):  # which one is the proxy's?
            head = "".join("X-Forwarded-Email: %s\r\n" % line for line in lines)
            answer = raw(s, ("GET /operator/projects HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s\r\n" % head).encode())
            assert answer.split()[1] == b"303", answer[:300]
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


def user_ids(b):
    """{e-mail: id} of those whom the page lets change."""
    return dict(re.findall(r'<span class="spoken"> ([^<]+)</span>.*?/operator/users/([0-9a-f-]{36})/role', b.get("/operator/users").body.decode(), re.S))


def users_on_their_page():
    with Service() as s:
        b = started(s)
        a = b.post("/operator/users", "/operator/users", email="New@Example.com", name="New <b>One</b>", role="analyst")
        assert a.status == 201 and b"New &lt;b&gt;One" in a.body, a
        first = re.search(rb'id="new-password"[^>]*>([A-Za-z0-9]{20})<', a.body).group(1).decode()
        assert first not in s.log_text() and first not in b.get("/operator/users").body.decode()
        new = Browser(s)
        assert new.login(first, "new@example.com").status == 303
        # an analyst sees who is there, and changes nobody
        page = new.get("/operator/users").body.decode()
        assert EMAIL in page and "/role" not in page and "Create user" not in page
        ids = user_ids(b)
        assert list(ids) == ["new@example.com"], ids  # not oneself
        own = next(u["id"] for u in s.admin("user", "list") if u["email"] == EMAIL)
        for path in ("/operator/users/%s/disable" % own, "/operator/users/%s/role" % ids["new@example.com"]):
            assert new.post(path, role="owner").status == 403, path
        assert new.post("/operator/users", email="x@example.com", role="owner").status == 403
        assert new.get("/operator/audit").status == 403 and "/operator/audit" not in page
        # wrong words stay in the form; a second one of the same address is not made
        for fields, word in ((dict(email="new@example.com", role="viewer"), b"already"), (dict(email="none", role="viewer"), b"valid email"),
                             (dict(email="y@example.com", role="king"), b"A role is")):
            a = b.post("/operator/users", "/operator/users", **fields)
            assert a.status == 422 and word in a.body and fields["email"].encode() in a.body, a
        # nobody shuts out themselves
        assert b.post("/operator/users/%s/disable" % own).status == 422
        assert b.post("/operator/users/%s/role" % own, role="viewer").status == 422
        assert b.inside()
        # a role counts from the next click on
        change = "/operator/users/%s/" % ids["new@example.com"]
        assert b.post(change + "role", role="owner").status == 303
        assert new.get("/operator/audit").status == 200
        # disabled: log-ins and keys end; enabled: the password is what it was
        k = s.admin("key", "create", "--email", "new@example.com", "--name", "k")[0]["api_key"]
        ask = lambda: s.request("GET", "/api/v2/user/", None, {"Authorization": "Api-Key " + k}).status
        assert ask() == 200
        assert b.post(change + "disable").status == 303
        assert not new.inside() and ask() == 401 and Browser(s).login(first, "new@example.com").status == 401
        assert b.post(change + "enable").status == 303
        assert ask() == 200 and Browser(s).login(first, "new@example.com").status == 303
        a = b.post(change + "password")
        second = re.search(rb'id="new-password"[^>]*>([A-Za-z0-9]{20})<', a.body).group(1).decode()
        assert Browser(s).login(first, "new@example.com").status == 401 and Browser(s).login(second, "new@example.com").status == 303
        # another organization's people are not there
        s.admin("organization", "create", "--name", "Other", "--email", "other@example.com")
        other = [o for o in s.admin("organization", "list") if o["name"] == "Other"][0]["id"]
        theirs = s.admin("user", "list", "--organization", other)[0]["id"]
        assert b"other@example.com" not in b.get("/operator/users").body
        for verb in ("role", "disable", "enable", "password"):
            assert b.post("/operator/users/%s/%s" % (theirs, verb), role="viewer").status == 404, verb
        # forms need their token
        assert b.ask("POST", change + "disable", "csrf=x").status == 403


def at_once(*calls):
    gate = threading.Barrier(len(calls))

    def go(call):
        gate.wait()
        call()
    threads = [threading.Thread(target=go, args=(call,)) for call in calls]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


def two_owners_end_each_other():
    """Each demotes or disables the other one, at the same time: an organization keeps an owner."""
    with Service() as s:
        one = started(s)
        one.post("/operator/users", "/operator/users", email="two@example.com", role="owner")
        s.admin("user", "password", "--email", "two@example.com", text=PASSWORD + "\n")
        two, ids = Browser(s), {u["email"]: u["id"] for u in s.admin("user", "list")}
        assert two.login(email="two@example.com").status == 303
        for k in range(10):
            calls = []
            for who, whom, verb in ((one, "two@example.com", "role"), (two, EMAIL, "disable" if k == 9 else "role")):
                csrf = re.search(rb'name="csrf" value="([^"]+)"', who.get("/operator/account").body).group(1).decode()
                form = urllib.parse.urlencode({"csrf": csrf, "role": "viewer"})
                calls.append(lambda who=who, whom=whom, verb=verb, form=form: who.ask("POST", "/operator/users/%s/%s" % (ids[whom], verb), form))
            at_once(*calls)
            users = s.admin("user", "list")
            assert [u for u in users if u["role"] == "owner" and u["active"]], (k, users)
            for u in users:
                s.admin("user", "enable", "--email", u["email"])
                s.admin("role", "set", "--email", u["email"], "--role", "owner")


def a_new_name_brings_no_right_back():
    """Who loses a role, or the account, keeps neither by writing the own name all the while."""
    with Service(settings={"ARRAY_UPLOAD_LIMITS_RATE_REQUESTS": "1000000"}) as s:
        b = started(s)
        b.post("/operator/users", "/operator/users", email="two@example.com", role="owner")
        key = s.admin("key", "create", "--email", "two@example.com", "--name", "k")[0]["api_key"]
        for change, field in ((("role", "set", "--role", "viewer"), "role"), (("user", "disable"), "active")) * 5:
            s.admin("user", "enable", "--email", "two@example.com")
            s.admin("role", "set", "--email", "two@example.com", "--role", "owner")
            over = threading.Event()

            def write():
                while not over.is_set():
                    s.request("PUT", "/api/v2/user/", '{"name": "Two"}', {"Authorization": "Api-Key " + key, "Content-Type": "application/json"})
            threads = [threading.Thread(target=write) for _ in range(4)]
            for t in threads:
                t.start()
            s.admin(*change, "--email", "two@example.com")
            over.set()
            for t in threads:
                t.join()
            user = [u for u in s.admin("user", "list") if u["email"] == "two@example.com"][0]
            assert user[field] in ("viewer", False), (change, user)


def audit_on_its_page():
    with Service() as s:
        b = started(s)
        for k in range(60):
            assert b.post("/operator/projects", name="P%d" % k).status == 303
        s.admin("organization", "create", "--name", "Other", "--email", "other@example.com")
        numbers, path, pages = [], "/operator/audit", 0
        while path:
            page = b.get(path).body.decode()
            numbers += [int(n) for n in re.findall(r'data-label="Entry" class="number">(\d+)<', page)]
            found = re.search(r'href="([^"]+)">Older<', page)
            path, pages = found.group(1).replace("&amp;", "&") if found else None, pages + 1
        own = s.admin("organization", "list")[0]["id"]
        assert pages == 2 and numbers == [r["n"] for r in s.admin("audit", "--organization", own)], numbers
        assert len(numbers) < len(s.admin("audit"))
        events = lambda search: re.findall(r'data-label="Event"><span class="strong">([^<]+)<',
                                           b.get("/operator/audit?search=" + urllib.parse.quote(search)).body.decode())
        assert set(events("project.created")) == {"project.created"} and len(events("project.created")) == 50
        assert "user.password" in events("user.") and "project.created" not in events("user.")
        assert set(events(EMAIL)) >= {"project.created"} and events("nothing'; --%") == [] and events("%") == []
        assert EMAIL in b.get("/operator/audit").body.decode()
        # the chain: whole, and then not
        a = b.post("/operator/audit/check", "/operator/audit")
        assert a.status == 200 and b"the chain is whole" in a.body, a
        connection = sqlite3.connect(os.path.join(s.data, "array-upload.db"))
        with connection:
            connection.execute("UPDATE audit SET object = 'x' WHERE n = 5")
        connection.close()
        a = b.post("/operator/audit/check", "/operator/audit")
        assert b"From entry 5 on" in a.body and b"is whole" not in a.body, a


def branding_on_its_page():
    with Service() as s:
        b = started(s)
        path = "/operator/projects/%s/brand" % s.project
        whole = dict(name="Acme <b>", colour="#0b6e4f", language="de", purpose="", deletion="Soon.\r\nReally.", privacy_url="https://acme.example/p",
                     consent_version="c1", consent_text="I agree.", embed_origins="https://a.example\r\n\r\n https://b.example \r\n",
                     redirect_origins="", rezip="1", logo="")
        uses = [("use_purpose", "research"), ("use_version", "r1"), ("use_text", "Research."), ("use_purpose", ""), ("use_version", ""), ("use_text", "")]

        def post(fields, more=()):
            csrf = re.search(rb'name="csrf" value="([^"]+)"', b.get(path).body).group(1).decode()
            return b.ask("POST", path, urllib.parse.urlencode(list(fields.items()) + list(more) + [("csrf", csrf)]))
        a = post(whole, uses)
        assert a.status == 303, a
        brand = s.api("GET", "projects/" + s.project).json()["brand"]
        assert brand == {"name": "Acme <b>", "colour": "#0b6e4f", "language": "de", "deletion": "Soon.\nReally.", "privacy_url": "https://acme.example/p",
                         "consent_version": "c1", "consent_text": "I agree.", "embed_origins": ["https://a.example", "https://b.example"],
                         "redirect_origins": [], "extensions": False, "rezip": True,
                         "further_uses": [{"purpose": "research", "version": "r1", "text": "Research."}]}, brand
        page = b.get(path).body.decode()
        for words in ("Acme &lt;b&gt;", 'value="research"', "Soon.\nReally.", "https://a.example\nhttps://b.example", 'name="rezip" value="1" checked'):
            assert words in page, words
        assert b"I agree." in s.get_link(s.create()).body  # it is what people see
        # what is wrong is marked where it stands, and nothing is changed
        for field, value, words in (("colour", "green", "#rrggbb"), ("privacy_url", "http://x", "https"), ("embed_origins", "x", "origins")):
            a = post(dict(whole, **{field: value}), uses)
            assert a.status == 422 and 'id="%s-fault"' % field in a.body.decode() and words in a.body.decode(), a
        a = post(whole, uses[:3] + [("use_purpose", "analysis"), ("use_version", "1"), ("use_text", "t")])
        assert a.status == 422 and b'id="uses-fault"' in a.body, a
        assert s.api("GET", "projects/" + s.project).json()["brand"] == brand
        # without the right to it there is no button, and none to post
        s.admin("user", "create", "--email", "analyst@example.com", "--role", "analyst")
        s.admin("user", "password", "--email", "analyst@example.com", text=PASSWORD + "\n")
        analyst = Browser(s)
        assert analyst.login(email="analyst@example.com").status == 303
        page = analyst.get(path)
        assert page.status == 200 and b"Save</button>" not in page.body
        assert analyst.post(path, name="x").status == 403
        assert b.get("/operator/projects/%s/brand" % "0b7d9a52-7a2f-4d07-8a53-3a1a4e3f7f11").status == 404


if __name__ == "__main__":
    service.main([the_rfc_s_vectors, second_factor, a_code_is_used_once_by_many_at_once, lock_out, sessions, log_ins_end_at_once, the_proxy_s_word, who_looked,
                  users_on_their_page, two_owners_end_each_other, a_new_name_brings_no_right_back, audit_on_its_page, branding_on_its_page])
