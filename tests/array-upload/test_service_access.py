#!/usr/bin/env python3
"""Who asks, and how much of it: addresses behind proxies, limits, connections, keys, organizations."""
import os
import re
import socket
import subprocess
import sys
import time

sys.dont_write_bytecode = True  # the sources may be read-only
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from service import PROGRAM, Service, main, steered  # noqa: E402
from test_service_api import expect, login, service, stop, with_key, with_token  # noqa: E402
from test_service_page import raw  # noqa: E402


def open_link(s, made, forwarded):
    lines = "".join("X-Forwarded-For: %s\r\n" % line for line in forwarded)
    answer = raw(s, ("GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s\r\n" % (s.path_of(made), lines)).encode())
    return int(answer.split()[1])


def forwarded_for_is_read_from_its_end():
    """The last word of the last line is the proxy's own; what the person sent may stand in lines and words before it."""
    settings = {"ARRAY_UPLOAD_LIMITS_RATE_OPENS": "2", "ARRAY_UPLOAD_SERVER_TRUSTED_PROXY": "127.0.0.1, 10.1.0.0/16"}
    with Service(settings=settings) as s:
        made = s.create()
        for k in range(3):  # one person, who invents another address each time
            status = open_link(s, made, ["198.51.100.%d" % k, "203.0.113.7"])
            assert status == (200 if k < 2 else 429), (k, status)
        assert open_link(s, made, ["203.0.113.7, 203.0.113.8"]) == 200
        # Two proxies of ours in a row: the address is the one before them.
        for k in range(3):
            status = open_link(s, made, ["198.51.100.%d, 203.0.113.9" % k, "10.1.2.%d" % k])
            assert status == (200 if k < 2 else 429), (k, status)
        # What is no address is nobody's word: then it is the proxy itself.
        assert [open_link(s, made, ["unknown"]) for _ in range(3)] == [200, 200, 429]
        assert '"ip":"203.0.113.9"' in s.log_text().replace(" ", "")


def key_ranges_hold_behind_a_proxy():
    with Service(settings={"ARRAY_UPLOAD_SERVER_TRUSTED_PROXY": "127.0.0.1"}) as s:
        key = s.admin("key", "create", "--email", "owner@example.com", "--name", "bounded", "--ip-range", "203.0.113.0/24")[0]["api_key"]
        def ask(*lines):
            text = "".join("X-Forwarded-For: %s\r\n" % line for line in lines)
            return int(raw(s, ("GET /api/v2/user/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Api-Key %s\r\n%s\r\n" % (key, text)).encode()).split()[1])
        assert ask("203.0.113.5") == 200
        assert ask("203.0.113.5", "198.51.100.1") == 401
        assert ask("::ffff:203.0.113.5") == 200 and ask("203.0.113.5:4711") == 200 and ask("[::ffff:198.51.100.1]:1") == 401


def one_customer_of_ipv6_is_one_bucket():
    settings = {"ARRAY_UPLOAD_LIMITS_RATE_OPENS": "2", "ARRAY_UPLOAD_SERVER_TRUSTED_PROXY": "127.0.0.1"}
    with Service(settings=settings) as s:
        made = s.create()
        assert [open_link(s, made, ["2001:db8:1:2:%x::1" % k]) for k in range(3)] == [200, 200, 429]
        assert open_link(s, made, ["2001:db8:1:3::1"]) == 200


def an_address_is_one_however_it_is_written():
    """With a port behind it, in brackets, IPv4 inside IPv6, with all its zeros: as proxies and dual sockets write it."""
    settings = {"ARRAY_UPLOAD_LIMITS_RATE_OPENS": "2", "ARRAY_UPLOAD_SERVER_TRUSTED_PROXY": "127.0.0.1, 10.1.0.0/16"}
    with Service(settings=settings) as s:
        made = s.create()
        assert [open_link(s, made, [a]) for a in ("203.0.113.7", "203.0.113.7:4711", "::ffff:203.0.113.7")] == [200, 200, 429]
        assert open_link(s, made, ["::ffff:203.0.113.8"]) == 200  # not one bucket for all of IPv4
        assert [open_link(s, made, [a]) for a in ("[2001:db8:1:2::1]:4711", "[2001:db8:1:2::2]", "2001:0DB8:0001:0002::3")] == [200, 200, 429]
        assert [open_link(s, made, ["198.51.100.%d, 203.0.113.9:1, ::ffff:10.1.2.3" % k]) for k in range(3)] == [200, 200, 429]
        for bad in ("203.0.113.50:x", "[203.0.113.51", "203.0.113.52]:1", "[2001:db8::5]x", "2001:db8::6:", "203.0.113.53:99999", "203.0.113.54:"):
            open_link(s, made, [bad])
        seen = set(re.findall(r'"ip":"([^"]*)"', s.log_text().replace(" ", "")))
        assert seen <= {"127.0.0.1", "203.0.113.7", "203.0.113.8", "203.0.113.9", "2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2::3"}, seen


def a_proxy_nobody_named_is_said():
    with Service(settings={"ARRAY_UPLOAD_SERVER_PUBLIC_URL": "https://upload.example.org"}) as s:
        for _ in range(3):
            open_link(s, s.create(), ["203.0.113.7"])
        assert s.log_text().count("proxy.not_trusted") == 1
        run = subprocess.run([PROGRAM, "admin", "doctor", "--data", s.data], env=s.env, capture_output=True, text=True)
        assert run.returncode == 1 and re.search(r"FAIL +proxy .*trusted_proxy", run.stdout), run.stdout


def half_open_connections_push_out_themselves():
    """More than all connections there are, held half open by one address: others, and that one, are still answered."""
    settings = {"ARRAY_UPLOAD_SERVER_CONNECTIONS": "200", "ARRAY_UPLOAD_SERVER_CONNECTIONS_PER_ADDRESS": "50"}
    with Service(settings=settings) as s:
        held = []
        try:
            for _ in range(220):
                c = socket.create_connection((s.host, s.port), 60)
                c.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n")
                held.append(c)
            expect(s.request("GET", "/health", timeout=60), 200)
            alive = 0
            for c in held:
                c.settimeout(0.01)
                try:
                    alive += c.recv(1) != b""
                except socket.timeout:
                    alive += 1
                except OSError:
                    pass
            assert alive <= 50, alive
        finally:
            for c in held:
                c.close()


def bodies_that_never_end_push_out_themselves():
    """From many addresses, more than all connections there are, each with a whole header and a body that only trickles: who has a link,
    or asks and is done, is not kept waiting."""
    settings = {"ARRAY_UPLOAD_SERVER_CONNECTIONS": "200", "ARRAY_UPLOAD_SERVER_CONNECTIONS_PER_ADDRESS": "50"}
    with Service(settings=settings) as s:
        session, held = s.open(s.create()), []
        upload, rest = s.upload_begin(session, steered("good", size=300000))
        s.receiving(1)  # who it is is known, before the others come
        heads = ["POST /api/v2/jwt-verify/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
                 "POST /array-data-upload HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: 90000\r\n\r\n--xBOUND" % s.FORM_TYPE,
                 "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx"]
        try:
            for head in heads:
                for k in range(240):
                    held.append(socket.create_connection((s.host, s.port), 60, source_address=("127.0.1.%d" % (k // 40), 0)))
                    held[-1].sendall(head.encode())
                    time.sleep(0.005)  # its header is read before the next one knocks
                for _ in range(3):
                    expect(s.request("GET", "/health", timeout=60), 200)
            upload.sendall(rest)
            expect(s.answer_of(upload), 200)
        finally:
            for c in held + [upload]:
                c.close()


def keys_are_a_persons_business():
    """A stolen key can neither outlive its revocation by another one, nor grow, nor end the others."""
    s = service()
    mine = s.api("GET", "user-api-keys/").json()["results"][0]
    words = {"detail": "API keys are made, changed and revoked by a person who is logged in, not by a key."}
    expect(s.api("POST", "user-api-keys/", {"name": "second"}), 403, words)
    expect(s.api("PATCH", "user-api-keys/" + mine["id"], {"revoked": True}), 403, words)
    expect(s.api("PATCH", "user-api-keys/" + mine["id"], {"name": "other"}), 403, words)
    expect(s.api("GET", "user/"), 200)
    token = login(s)
    made = with_token(s, token, "POST", "user-api-keys/", {"name": "second"})
    assert made.status == 201, made
    key = made.json()["key"]
    expect(with_key(s, key, "GET", "user/"), 200)
    used = {k["id"]: k["last_used"] for k in with_token(s, token, "GET", "user-api-keys/").json()["results"]}
    assert used[made.json()["id"]] is not None and used[mine["id"]] is not None, used
    fresh = with_token(s, token, "POST", "user-api-keys/", {"name": "never used"}).json()
    assert fresh["last_used"] is None
    expect(with_token(s, token, "PATCH", "user-api-keys/" + made.json()["id"], {"revoked": True}), 200)
    expect(with_key(s, key, "GET", "user/"), 401)


def bootstrap_makes_one_key():
    with Service() as s:
        before = s.admin("key", "list", "--email", "owner@example.com")
        said = s.admin("bootstrap", "--json")
        assert said[0]["api_key"] is None and said[0]["project"] == s.project, said
        assert said[0]["data"] == os.path.realpath(s.data), said
        assert s.admin("key", "list", "--email", "owner@example.com") == before
        assert "last_used" in before[0]


def a_second_organization():
    with Service() as s:
        made = s.admin("organization", "create", "--name", "Second Lab", "--email", "chief@second.example")[0]
        assert [o["name"] for o in s.admin("organization", "list")] == ["Organization", "Second Lab"]
        key = s.admin("key", "create", "--email", "chief@second.example", "--name", "first")[0]["api_key"]
        projects = with_key(s, key, "GET", "projects/").json()["results"]
        assert [p["id"] for p in projects] == [made["project"]] and projects[0]["organization_name"] == "Second Lab"
        session = with_key(s, key, "POST", "array-data-upload-form/", {}).json()
        expect(s.api("GET", "samples/" + session["sample_id"]), 404)
        expect(with_key(s, key, "GET", "samples/" + session["sample_id"]), 200)
        expect(with_key(s, key, "GET", "projects/" + s.project), 404)
        # The other commands find their organization by its id.
        third = s.admin("project", "create", "--organization", made["organization"], "--name", "More")[0]["id"]
        expect(with_key(s, key, "GET", "projects/" + third), 200)
        expect(s.api("GET", "projects/" + third), 404)


if __name__ == "__main__":
    try:
        main([forwarded_for_is_read_from_its_end, key_ranges_hold_behind_a_proxy, one_customer_of_ipv6_is_one_bucket,
              an_address_is_one_however_it_is_written,
              a_proxy_nobody_named_is_said, half_open_connections_push_out_themselves,
              bodies_that_never_end_push_out_themselves, keys_are_a_persons_business,
              bootstrap_makes_one_key, a_second_organization])
    finally:
        stop()
