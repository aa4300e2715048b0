#!/usr/bin/env python3
"""The hosted page by the front door: forged links, headers, brands; requests and bodies built to be read two ways (each trap of
libmicrohttpd 0.9.75 that service.md names); rate limits, health, metrics, doctor."""
import http.client
import os
import random
import re
import socket
import subprocess
import sys
import time

sys.dont_write_bytecode = True  # the sources may be read-only
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from service import PATIENCE, PROGRAM, Service, http_library, main, steered  # noqa: E402
from test_service_api import NOBODY, expect, service, stop  # noqa: E402


def raw(s, request, wait=5):
    """All that is answered, until the connection is closed or nothing more comes for that long."""
    c = socket.create_connection((s.host, s.port), PATIENCE)
    out = b""
    try:
        c.sendall(request)
        while True:
            piece = c.recv(65536)
            if not piece:
                break
            out += piece
            c.settimeout(wait)
    except (socket.timeout, ConnectionError):
        pass
    finally:
        c.close()
    return out


def requests_read_two_ways():
    s = service()
    host = "Host: %s:%d\r\n" % (s.host, s.port)
    smuggled = "GET /health HTTP/1.1\r\n" + host + "\r\n"
    for headers in ("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "Content-Length: 4\r\nContent-Length: 5\r\n",
                    "Content-Length: 4\r\nContent-Length: 4\r\n", "Transfer-Encoding: xchunked\r\n", "Transfer-Encoding: gzip, chunked\r\n",
                    "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "Content-Length: +4\r\n", "Content-Length: 4,4\r\n",
                    "Content-Length: 0x4\r\n", "Content-Length: -1\r\n", host):
        answer = raw(s, ("POST /api/v2/jwt-verify/ HTTP/1.1\r\n" + host + headers + "\r\n0\r\n\r\n" + smuggled).encode())
        assert re.match(rb"HTTP/1\.[01] 400 ", answer), (headers, answer[:200])
        assert b'"status":"ok"' not in answer, (headers, answer)
    for request in ("POST /api/v2/jwt-verify/ HTTP/1.1\r\nContent-Length: 0\r\n\r\n", "POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"):
        assert re.match(rb"HTTP/1\.[01] 400 ", raw(s, request.encode())), request
    long = raw(s, ("GET /health?" + "a" * 9000 + " HTTP/1.1\r\n" + host + "\r\n").encode(), 2)
    assert re.match(rb"HTTP/1\.1 414 ", long), long[:100]
    big = raw(s, ("GET /health HTTP/1.1\r\n" + host + "X: " + "a" * 20000 + "\r\n\r\n").encode(), 2)
    assert re.match(rb"HTTP/1\.1 431 ", big), big[:100]


def text_that_ends_twice():
    """An encoded NUL, a bare CR or a method that is none: what stands behind it is seen by some readers only. Nor does it come into the log."""
    s = service()
    host = b"Host: %s:%d\r\n" % (s.host.encode(), s.port)
    made = s.create()
    for request in (b"GET /health%00.html HTTP/1.1\r\n" + host + b"\r\n",
                    b"GET /health HTTP/1.1\r\n" + host + b"X: a\rTransfer-Encoding: chunked\r\n\r\n",
                    b"GET " + s.path_of(made).encode() + b"%00 HTTP/1.1\r\n" + host + b"\r\n", b"GE\"T /health HTTP/1.1\r\n" + host + b"\r\n"):
        answer = raw(s, request, 2)
        # libmicrohttpd 1.0 sees the bare CR itself and answers in its own words, before any of ours; 0.9 leaves it to us.
        own_words = b"\rTransfer" in request and b"bare CR character" in answer
        assert re.match(rb"HTTP/1\.[01] 400 ", answer), (request, answer[:300])
        assert answer.endswith(b'{"detail":"Bad request."}') or own_words, (request, answer[:300])
        assert answer.count(b"HTTP/1.") == 1 and b"chunked" not in answer, (request, answer[:300])
    cut = raw(s, b"GET /health\0/../api/v2/user HTTP/1.1\r\n" + host + b"\r\n", 2)  # libmicrohttpd 1.0 may close without a word
    assert (not cut or re.match(rb"HTTP/1\.[01] 400 ", cut)) and b'"status":"ok"' not in cut, cut
    for path in ("/array-data-upload/SECRET-TOKEN", "/downloads/%s/SECRET-NAME.zip" % NOBODY, "/SECRET-KEY"):
        assert s.request("GET", path).status in (403, 404)
    assert "SECRET" not in s.log_text()


def headers_that_end_before_their_line():
    """A NUL in a header: what stands behind it is seen by some readers only. Nor is a method of any length said back, or an address of two words."""
    s = service()
    host = b"Host: %s:%d\r\n" % (s.host.encode(), s.port)
    for lines in (b"X: a\0b\r\n" + host, host + b"X: a\0b\r\n", host + b"X: \0b\r\n", host + b"X: a\0b\nY: c\n", host + b"X: a\0\0\0\0b\r\nY: c\r\n"):
        answer = raw(s, b"GET /health HTTP/1.1\r\n" + lines + b"\r\n", 2)  # libmicrohttpd 1.0 may say so in its own words
        # It may also put a blank in its place, which RFC 9110, 5.5 has as the other way: nothing is out of sight then.
        good = http_library() >= 1 and answer.startswith(b"HTTP/1.1 200 ") and answer.count(b"HTTP/1.") == 1
        assert good or not answer or re.match(rb"HTTP/1\.[01] 400 ", answer), (lines, answer)
        assert good or b'"status":"ok"' not in answer, (lines, answer)
    for request in (b"GET /health x HTTP/1.1\r\n" + host, b"GET /health\tx HTTP/1.1\r\n" + host, b"A" * 5000 + b" /health HTTP/1.1\r\n" + host):
        answer = raw(s, request + b"\r\n", 2)
        assert re.match(rb"HTTP/1\.[01] 40[05] ", answer) and b"AAAA" not in answer, (request[:60], answer[:300])
    for lines in (b"X:\r\nY: \r\nZ: c \r\n" + host, host + b"X:\n" + b"Y: c\n", host):
        answer = raw(s, b"GET /health HTTP/1.1\r\n" + lines + b"\r\n", 2)
        # A lone LF may end a line or be refused (RFC 9112, 2.2); libmicrohttpd 1.0 refuses it, as strict as we have it.
        refused = http_library() >= 1 and b"X:\n" in lines and answer.startswith(b"HTTP/1.1 400 ")
        assert refused or answer.startswith(b"HTTP/1.1 200 "), (lines, answer[:300])


def headers_that_go_on_in_the_next_line():
    """A folded header is one value to some readers and none to others: it can hide a length, or make a name that no proxy saw."""
    s = service()
    host = "Host: %s:%d\r\n" % (s.host, s.port)
    smuggled = "GET /health HTTP/1.1\r\n" + host + "\r\n"
    chunk = "%x\r\n%s\r\n0\r\n\r\n" % (len(smuggled), smuggled)
    for header, body in (("Content-Length:\r\n %d\r\n" % len(smuggled), smuggled), ("Content-Length:\r\n\t%d\r\nX: y\r\n" % len(smuggled), smuggled),
                         ("Content-Length: \r\n  %d\r\n" % len(smuggled), smuggled), ("Transfer-Encoding:\r\n chunked\r\n", chunk)):
        answer = raw(s, ("POST /api/v2/jwt-verify/ HTTP/1.1\r\n" + host + header + "\r\n" + body).encode(), 2)
        # libmicrohttpd 1.0 puts the two lines together, and the body is one; with 0.9 it would be the next request
        assert re.match(rb"HTTP/1\.1 4(00|15) ", answer) and answer.count(b"HTTP/1.") == 1, (header, answer)
        assert b'"status":"ok"' not in answer, (header, answer)
    for header in ("Authorizatio: Api-Key %s\r\n n\r\n", "Authorizatio: Api-Key %s\r\n\tn\r\nX: y\r\n"):
        answer = raw(s, ("GET /api/v2/user/ HTTP/1.1\r\n" + host + header % s.key + "\r\n").encode(), 2)
        assert re.match(rb"HTTP/1\.1 40[01] ", answer), answer
    plain = raw(s, ("GET /api/v2/user/ HTTP/1.1\r\n" + host + "Empty:\r\nX:  y \r\nAuthorization: \t Api-Key %s\r\nLast:\r\n\r\n" % s.key).encode(), 2)
    assert re.match(rb"HTTP/1\.1 200 ", plain), plain


def requests_that_come_in_pieces():
    """Many on one connection, with headers of every size, blanks around their values, and cut anywhere: none of them looks folded or cut."""
    s = service()
    rng = random.Random(1)
    with socket.create_connection((s.host, s.port), PATIENCE) as c, c.makefile("rb") as answers:
        c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(150):
            headers = "".join("X-%s:%s%s%s\r\n" % ("a" * rng.randint(1, 30), rng.choice(("", " ", "   ", "\t")),
                                                  "v" * rng.choice((0, 1, 5, 100, 1500)), rng.choice(("", " "))) for _ in range(rng.randint(0, 8)))
            request = ("GET /health?x=%s HTTP/1.1\r\n%sHost: x\r\n\r\n" % ("q" * rng.choice((0, 5, 3000)), headers)).encode()
            while request:
                n = rng.choice((1, 7, 300, 4096, 20000))
                c.sendall(request[:n])
                request = request[n:]
            assert answers.readline() == b"HTTP/1.1 200 OK\r\n", headers
            head = http.client.parse_headers(answers)
            answers.read(int(head["Content-Length"]))


def bytes_that_are_no_text():
    """What is not UTF-8 in an address, or no ASCII in a media type, has no meaning: one clean answer, and none of ours half said."""
    s = service()
    host = b"Host: x\r\nConnection: close\r\nAuthorization: Api-Key %s\r\n" % s.key.encode()
    for request in (b"GET /api/v2/projects?sort_by=%ff HTTP/1.1\r\n" + host, b"GET /api/v2/projects?%ed%a0%80=1 HTTP/1.1\r\n" + host,
                    b"POST /api/v2/array-data-upload-form HTTP/1.1\r\n" + host + b"Content-Type: text/\xff\r\nContent-Length: 0\r\n",
                    b"POST /array-data-upload HTTP/1.1\r\n" + host + b"Content-Type: multipart/form-data; boundary=\xff\r\nContent-Length: 0\r\n"):
        answer = raw(s, request + b"\r\n", 2)
        assert answer.startswith(b"HTTP/1.1 400 ") and answer.endswith(b'{"detail":"Bad request."}'), (request, answer)
    expect(s.api("GET", "projects?search=%C3%A9"), 200)


def files_before_any_link():
    """Who has no link may begin to send a file, since the parts of a form come in any order; but does not take the places of those who have one."""
    with Service(settings={"ARRAY_UPLOAD_LIMITS_UPLOADS_IN_FLIGHT": "8"}) as s:
        session = s.open(s.create())
        body = b'--xBOUNDARYx\r\nContent-Disposition: form-data; name="file"; filename="a.zip"\r\n\r\n' + steered("good", size=20000)
        head = ("POST /array-data-upload HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (s.FORM_TYPE, len(body) + 99)).encode()
        held = []
        try:
            for _ in range(12):
                held.append(socket.create_connection((s.host, s.port), 5))
                held[-1].sendall(head + body)
            time.sleep(1)
            expect(s.upload(session, steered("good")), 200)
        finally:
            for c in held:
                c.close()


def multipart_traps():
    s = service()
    made = s.create()
    session = s.open(made)
    good = steered("good")
    whole = s.form(session, good)
    kind = {"Content-Type": s.FORM_TYPE, "Accept": "application/json"}

    def post(body):
        return s.request("POST", "/array-data-upload", body, kind)
    cut = post(whole[:-6])  # the last boundary is not whole
    assert cut.status == 408 and cut.json()["reason"] == "upload_interrupted", cut
    nested = whole.replace(b"Content-Type: application/zip", b"Content-Type: multipart/mixed; boundary=y")
    assert post(nested).status in (408, 422), post(nested)
    twice = whole[:-len(b"--xBOUNDARYx--\r\n")] + whole[whole.index(b"--xBOUNDARYx\r\nContent-Disposition: form-data; name=\"file\""):]
    assert post(twice).status in (408, 422)
    many = b"".join(b'--xBOUNDARYx\r\nContent-Disposition: form-data; name="a%d"\r\n\r\nx\r\n' % i for i in range(20)) + whole
    assert post(many).status in (408, 422, 404)
    assert s.status(made) == "consumer awaiting data"
    named = s.upload(session, good, name="genome.txt")
    assert named.status == 422 and named.json()["reason"] == "file_type_not_allowed", named
    assert s.upload(session, b"").json()["reason"] == "file_empty"
    assert s.upload(session, good, name="").json()["reason"] == "file_missing"
    nobody = s.upload(NOBODY, good)
    assert nobody.status == 404 and nobody.json()["reason"] == "link_not_valid" and nobody.json()["redirect"] is None
    large = s.upload(session, good + b"\0" * 26214400)
    assert large.status == 413 and large.json()["reason"] == "file_too_large", large
    expect100 = raw(s, ("POST /array-data-upload HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n"
                        % s.FORM_TYPE).encode(), 3)
    assert b" 413 " in expect100.split(b"\r\n")[0], expect100[:100]
    assert s.upload(session, good).status == 200


def links_that_are_forged():
    s = service()
    made = s.create(redirect_on_failure="https://p.example.com/no?a=b#f")
    token = made["url"].split("token=")[1]
    head, body, mac = token.split(".")
    for bad in ("", "x", head + "." + body + ".", head + "." + body + "." + mac[:-2] + "AA", head + ".e30." + mac, token + "x", "a" * 5000):
        a = s.request("GET", "/array-data-upload?token=" + bad)
        assert a.status == 404 and "Location" not in a.headers, (bad[:50], a)
    assert s.request("GET", "/array-data-upload").status == 404
    for method, headers in (("HEAD", {}), ("GET", {"Sec-Purpose": "prefetch;prerender"}), ("GET", {"Purpose": "prefetch"})):
        s.get_link(made, method, headers)
    s.move_clock(601)
    try:
        late = s.get_link(made)
        assert late.status == 303 and late.headers["Location"] == "https://p.example.com/no?a=b&reason=link_expired#f", late.headers
    finally:
        s.move_clock(0)


def page_headers():
    s = service()
    made = s.create(redirect_on_success="https://p.example.com/ok", redirect_on_failure="https://q.example.com:8443/no")
    a = s.get_link(made)
    policy = a.headers["Content-Security-Policy"]
    assert "form-action 'self' https://p.example.com https://q.example.com:8443;" in policy, policy
    nowhere = s.api("POST", "array-data-upload-form/", {})  # the answer says why a frame would stay empty, and what to set
    assert nowhere.headers["X-Embed-Origins"] == "'none'" and "brand.embed_origins" in nowhere.headers["X-Embed-Hint"], nowhere.headers
    assert "frame-ancestors 'none'" in s.get_link(nowhere.json()).headers["Content-Security-Policy"]
    assert "frame-ancestors https://p.example.com https://q.example.com:8443" in policy and "default-src 'none'" in policy
    assert a.headers["Referrer-Policy"] == "no-referrer" and a.headers["Cache-Control"] == "no-store"
    assert a.headers["X-Robots-Tag"] == "noindex" and "X-Frame-Options" not in a.headers and "Set-Cookie" not in a.headers
    done = s.upload(s.session_of(a), steered("good"), as_json=False)
    assert done.status == 303 and done.headers["Location"] == "https://p.example.com/ok"
    for asset in set(re.findall(r"/array-data-upload/assets/[A-Za-z0-9.-]+", a.body.decode())):
        found = s.request("GET", asset)
        assert found.status == 200 and "immutable" in found.headers["Cache-Control"], asset
    assert s.get_link(s.create(), headers={"Accept-Language": "de"}).headers["Content-Language"] == "de"


def brand_consent_and_origins():
    s = service()
    capability = s.api("GET", "pipeline-capabilities/").json()["results"][0]["id"]
    project = s.api("POST", "projects/", {"name": "Brand", "pipeline_capabilities": capability}).json()["id"]
    brand = {"name": "Partner <b>", "colour": "#005ea5", "language": "de", "consent_version": "v3", "extensions": False,
             "embed_origins": ["https://app.example.com", "capacitor://localhost"],
             "redirect_origins": ["https://p.example.com"]}
    for key, value in (("colour", "blue"), ("colour", "#12"), ("language", "xx"), ("logo", "https://elsewhere.example/a.png"), ("name", "x" * 201),
                       ("privacy_url", "http://p.example.com"), ("privacy_url", "javascript:alert(1)"), ("consent_version", "v" * 65),
                       ("embed_origins", ["https://x.example.com; script-src *"]), ("embed_origins", ["https://x.example.com/path"]),
                       ("redirect_origins", "https://p.example.com"), ("extensions", "yes"), ("unknown", "x"), ("name", 7)):
        a = s.api("PATCH", "projects/" + project, {"brand": dict(brand, **{key: value})})
        assert a.status == 400 and list(a.json()) == ["brand"], (key, value, a)
        assert key in a.json()["brand"][0], (key, a)
    expect(s.api("PATCH", "projects/" + project, {"brand": brand}), 200)
    expect(s.api("POST", "array-data-upload-form/", {"project_id": project, "redirect_on_success": "https://evil.example.com/"}), 400)
    made = s.create(project_id=project, redirect_on_success="https://p.example.com/ok")
    page = s.get_link(made)
    policy = page.headers["Content-Security-Policy"]
    assert "frame-ancestors https://p.example.com https://app.example.com capacitor://localhost" in policy and "script-src *" not in policy
    a = s.api("POST", "array-data-upload-form/", {"project_id": project, "redirect_on_success": "https://p.example.com/ok"})
    assert a.headers["X-Embed-Origins"] == "https://p.example.com https://app.example.com capacitor://localhost", a.headers
    assert "X-Embed-Hint" not in a.headers
    assert b"Partner &lt;b&gt;" in page.body and b"<b>" not in page.body and page.headers["Content-Language"] == "de"
    session = s.session_of(page)
    assert s.upload(session, steered("good")).json()["reason"] == "consent_missing"
    a = s.upload(session, steered("good"), fields=[("consent", "v3")])
    assert a.status == 200, a
    assert s.request("POST", "/array-data-upload/extend", "session=" + session,
                     {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}).status == 409
    import sqlite3
    db = sqlite3.connect(os.path.join(s.data, "array-upload.db"), timeout=10)
    rows = db.execute("SELECT detail FROM audit WHERE event = 'consent.given' AND object = ?", (made["sample_id"],)).fetchall()
    db.close()
    assert rows == [('{"versions":{"analysis":"v3"}}',)], rows


def consent_project(s, **brand):
    capability = s.api("GET", "pipeline-capabilities/").json()["results"][0]["id"]
    project = s.api("POST", "projects/", {"name": "Consent", "pipeline_capabilities": capability}).json()["id"]
    expect(s.api("PATCH", "projects/" + project, {"brand": brand}), 200)
    return project


def consent_is_what_was_shown():
    """Only the version of the text that this person's form showed counts, and it has to be ticked."""
    s = service()
    project = consent_project(s, consent_version="v1", consent_text="Text one")
    made = s.create(project_id=project)
    old = s.open(made)
    expect(s.api("PATCH", "projects/" + project, {"brand": {"consent_version": "v2", "consent_text": "Text two"}}), 200)
    form = s.get_link(made)
    new = s.session_of(form)
    assert b"Text two" in form.body and b"Text one" not in form.body
    for value in ("", "0", "on", "v1", "v2 ", "V2", "v2\0"):
        assert s.upload(new, steered("good"), fields=[("consent", value)]).json()["reason"] == "consent_missing", value
    twice = s.upload(new, steered("good"), fields=[("consent", "v2"), ("consent", "v2")]).json()
    assert twice["reason"] == "consent_missing"
    # The answer has the text of now, and so does the form of a browser without JavaScript.
    assert twice["consents"] == [{"field": "consent", "version": "v2", "text": "Text two"}], twice
    again = s.upload(old, steered("good"), as_json=False, fields=[("consent", "v2")])
    assert again.status == 422 and b"Text two" in again.body and b"Text one" not in again.body, again
    assert s.status(made) == "consumer awaiting data"
    expect(s.upload(old, steered("good"), fields=[("consent", "v2")]), 200)
    stands = s.api("GET", "samples/" + made["sample_id"]).json()["consents"]
    assert len(stands) == 1 and stands[0]["version"] == "v2" and stands[0]["text"] == "Text two" and stands[0]["given"], stands
    # A person who was shown the first text and has not seen another one has agreed to the first one.
    expect(s.api("PATCH", "projects/" + project, {"brand": {"consent_version": "v1", "consent_text": "Text one"}}), 200)
    made = s.create(project_id=project)
    session = s.open(made)
    expect(s.api("PATCH", "projects/" + project, {"brand": {"consent_version": "v2", "consent_text": "Text two"}}), 200)
    expect(s.upload(session, steered("good"), fields=[("consent", "v1")]), 200)
    assert s.api("GET", "samples/" + made["sample_id"]).json()["consents"][0]["text"] == "Text one"


def a_changed_text_is_another_version():
    """What somebody agreed to is known by its version: the same one never stands for two texts."""
    s = service()
    uses = [{"purpose": "research", "version": "r1", "text": "For research too"}]
    brand = {"consent_version": "v1", "consent_text": "Text one", "further_uses": uses}
    project = consent_project(s, **brand)
    for changed in (dict(brand, consent_text="Text two"), {"consent_version": "v1", "further_uses": uses},
                    dict(brand, further_uses=[dict(uses[0], text="For everything")])):
        a = s.api("PATCH", "projects/" + project, {"brand": changed})
        assert a.status == 400 and "version" in a.json()["brand"][0], (changed, a)
    for changed in (dict(brand, name="Other"), dict(brand, consent_version="v2", consent_text="Text two"), {"name": "None asked"}, brand,
                    dict(brand, further_uses=[dict(uses[0], text="For everything", version="r2")])):
        expect(s.api("PATCH", "projects/" + project, {"brand": changed}), 200)


def consent_asked_for_meanwhile():
    """A form that showed no text cannot have been agreed to."""
    s = service()
    project = consent_project(s, name="Plain")
    made = s.create(project_id=project)
    session = s.open(made)
    expect(s.api("PATCH", "projects/" + project, {"brand": {"consent_version": "v1"}}), 200)
    assert s.upload(session, steered("good"), fields=[("consent", "v1")]).json()["reason"] == "consent_missing"
    expect(s.upload(session, steered("good"), fields=[("consent", "v1")]), 200)


def consent_in_any_order():
    """A form without JavaScript sends the file before the box; nothing is kept of it when the box does not come."""
    s = service()
    project = consent_project(s, consent_version="v1")
    file = '--xBOUNDARYx\r\nContent-Disposition: form-data; name="file"; filename="a.zip"\r\n\r\n%s\r\n' % steered("good").decode("latin-1")
    def post(session, *parts):
        body = "".join(file if p == "file" else '--xBOUNDARYx\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % p for p in parts)
        return s.request("POST", "/array-data-upload", (body + "--xBOUNDARYx--\r\n").encode("latin-1"),
                         {"Content-Type": s.FORM_TYPE, "Accept": "application/json"})
    made = s.create(project_id=project)
    session = s.open(made)
    a = post(session, "file", ("session", session))
    assert a.status == 422 and a.json()["reason"] == "consent_missing", a
    a = post(session, "file", ("consent", "v1"))
    assert a.status == 404 and a.json()["reason"] == "link_not_valid", a
    assert stored_objects(s, made) == [] and s.status(made) == "consumer awaiting data"
    expect(post(session, ("session", session), "file", ("consent", "v1")), 200)
    made = s.create(project_id=project)
    session = s.open(made)
    expect(post(session, "file", ("lang", "de"), ("consent", "v1"), ("session", session)), 200)


def an_error_stands_at_its_field():
    """Without JavaScript: what is wrong is marked where it is, and the page says what has to be done once more."""
    s = service()
    session = s.open(s.create(project_id=consent_project(s, consent_version="v1")))
    def tags(line, **sent):
        text = s.upload(session, steered(line), as_json=False, **sent).body.decode()
        return text, lambda id: re.search(r'<[^>]* id="%s"[^>]*>' % id, text).group(0)
    agreed = {"fields": [("consent", "v1")]}
    text, tag = tags("good")
    assert 'href="#consent"' in tag("error-text") and 'id="consent-error">To upload your file, tick the box' in text, text
    assert 'aria-invalid="true"' in tag("consent") and "aria-invalid" not in tag("file"), text
    assert "hidden" in tag("field-error") and tag("file-again")
    assert " required" in tag("file") and " required" in tag("consent")
    text, tag = tags("bad zip_encrypted", **agreed)
    assert 'href="#file"' in tag("error-text") and 'aria-invalid="true"' in tag("file"), text
    assert "aria-invalid" not in tag("consent") and "hidden" in tag("consent-error")
    text, tag = tags("crash", **agreed)
    assert "href" not in tag("error-text") and "aria-invalid" not in text and "hidden" in tag("field-error"), text


def stored_objects(s, made):
    return [name for folder, _, names in os.walk(os.path.join(s.data, "blobs")) for name in names if made["sample_id"] in folder]


def consent_for_further_uses():
    """Each further use is a text and a box of its own, never a condition, and may be taken back."""
    s = service()
    uses = [{"purpose": "research", "version": "r1", "text": "For research too"}, {"purpose": "contact", "version": "c7", "text": "Write to me"}]
    project = consent_project(s, consent_version="v1", further_uses=uses)
    for bad in ([{"purpose": "research"}], [dict(uses[0], purpose="analysis")], [uses[0], uses[0]], [dict(uses[0], purpose="a b")],
                [dict(uses[0], text="")], [dict(uses[0], version=7)], "research", [dict(uses[0], extra=1)]):
        a = s.api("PATCH", "projects/" + project, {"brand": {"further_uses": bad}})
        assert a.status == 400 and "brand" in a.json(), (bad, a)
    made = s.create(project_id=project)
    form = s.get_link(made)
    for name, value in (("consent", "v1"), ("consent_research", "r1"), ("consent_contact", "c7")):
        assert b'name="%s" value="%s"' % (name.encode(), value.encode()) in form.body, name
    assert not re.search(rb"<input[^>]* checked", form.body)
    session = s.session_of(form)
    expect(s.upload(session, steered("good"), fields=[("consent", "v1"), ("consent_contact", "c7"), ("consent_sale", "s1")]), 200)
    def consents():
        return [(c["purpose"], c["version"], c["given"] is not None, c["withdrawn"] is not None)
                for c in s.api("GET", "samples/" + made["sample_id"]).json()["consents"]]
    assert consents() == [("analysis", "v1", True, False), ("research", "r1", False, False), ("contact", "c7", True, False)], consents()
    path = "sample-consents/" + made["sample_id"]
    expect(s.api("POST", path, {"purpose": "research", "withdrawn": True}), 400)
    expect(s.api("POST", path, {"purpose": "contact", "withdrawn": False}), 400)
    expect(s.api("POST", path, {"purpose": "contact", "withdrawn": True}), 200)
    assert consents()[2] == ("contact", "c7", True, True)
    said = s.admin("sample", "show", made["sample_id"])[0]
    assert [c["purpose"] for c in said["consents"] if c["given"]] == ["analysis", "contact"], said


def rate_limits():
    with Service(settings={"ARRAY_UPLOAD_LIMITS_RATE_CREATES": "3", "ARRAY_UPLOAD_LIMITS_RATE_OPENS": "2"}) as s:
        made = [s.create() for _ in range(3)]
        a = s.api("POST", "array-data-upload-form/", {})
        assert a.status == 429 and int(a.headers["Retry-After"]) > 0, a
        assert re.match(r"^Request was throttled\. Expected available in \d+ seconds?\.$", a.json()["detail"])
        assert [s.get_link(m).status for m in made] == [200, 200, 429]
        assert s.status(made[2]) == "consumer awaiting data"


def metrics_health_and_doctor():
    with Service(settings={"ARRAY_UPLOAD_SERVER_METRICS_LISTEN": "127.0.0.1:0"}) as s:
        assert s.request("GET", "/health/live").status == 200 and s.request("GET", "/health/ready").json()["database"] is True
        run = subprocess.run([PROGRAM, "admin", "doctor", "--data", s.data], env=s.env, capture_output=True, text=True)
        assert run.returncode == 0 and "FAIL" not in run.stdout, run.stdout + run.stderr
        kid = s.admin("signing-key", "list")[0]["kid"]
        made = s.create()
        s.admin("signing-key", "rotate", "--purpose", "upload")
        assert s.get_link(made).status == 200
        s.admin("signing-key", "retire", kid)


if __name__ == "__main__":
    try:
        main([requests_read_two_ways, text_that_ends_twice, headers_that_end_before_their_line, headers_that_go_on_in_the_next_line, requests_that_come_in_pieces, bytes_that_are_no_text, files_before_any_link, multipart_traps, links_that_are_forged, page_headers, brand_consent_and_origins, consent_is_what_was_shown,
              a_changed_text_is_another_version,
              consent_asked_for_meanwhile, consent_in_any_order, an_error_stands_at_its_field,
              consent_for_further_uses, rate_limits,
              metrics_health_and_doctor])
    finally:
        stop()
