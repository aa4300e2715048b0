#!/usr/bin/env python3
"""The REST surface by the front door: answers, errors, paging, keys, roles, downloads. Every answer is held against openapi.yaml of the source (where PyYAML is) and, where it is, against the original's schemas."""
import hashlib
import hmac
import json
import os
import re
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # the sources may be read-only
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import schema  # noqa: E402
from service import Receiver, Service, main, stages_given, steered, wait_until  # noqa: E402

UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
NOBODY = "00000000-0000-4000-8000-000000000000"
shared = None


def service():
    """One service for all tests that change nothing of the others; its answers are checked as they pass."""
    global shared
    if shared is None:
        shared = Service().start()
        inner = shared.request

        def checked(method, path, body=None, headers=None, timeout=60):
            answer = inner(method, path, body, headers, timeout)
            schema.check(method, path, answer)
            return answer
        shared.request = checked
    return shared


def stop():
    if shared is not None:
        shared.__exit__(None, None, None)


def accepted(s, **fields):
    made = s.create(**fields)
    a = s.upload(s.open(made), steered("good"))
    assert a.status == 200, a
    s.becomes(made, "succeeded")
    return made


def with_key(s, key, method, path, value=None):
    headers = {"Authorization": "api-key " + key}
    if value is not None:
        headers["Content-Type"] = "application/json"
    return s.request(method, "/api/v2/" + path, None if value is None else json.dumps(value), headers)


def login(s, email="owner@example.com", password="correct horse battery"):
    s.admin("user", "password", "--email", email, text=password + "\n")
    a = s.request("POST", "/api/v2/jwt-create/", json.dumps({"email": email, "password": password}), {"Content-Type": "application/json"})
    assert a.status == 200, a
    return a.json()["access"]


def with_token(s, token, method, path, value=None):
    headers = {"Authorization": "Bearer " + token, "Content-Type": "application/json"}
    return s.request(method, "/api/v2/" + path, None if value is None else json.dumps(value), headers)


def expect(answer, status, body=None):
    assert answer.status == status, answer
    if body is not None:
        assert answer.json() == body, answer


def create_answer():
    s = service()
    before = int(time.time())
    a = s.create(metadata={"customer_id": "c"}, redirect_on_success="https://p.example.com/ok?x=1", expires_in="600")
    assert set(a) == {"sample_id", "url", "expires_at"} and re.match(UUID, a["sample_id"]), a
    assert a["url"].startswith("http://%s:%d/array-data-upload?token=" % (s.host, s.port))
    assert re.match(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", a["expires_at"])
    import base64
    part = a["url"].split("token=")[1].split(".")
    claims = json.loads(base64.urlsafe_b64decode(part[1] + "=" * (-len(part[1]) % 4)))
    header = json.loads(base64.urlsafe_b64decode(part[0] + "=" * (-len(part[0]) % 4)))
    assert header["alg"] == "HS256" and header["typ"] == "upload+jwt"
    assert claims["sub"] == a["sample_id"] and claims["aud"] == "array-data-upload" and before + 600 <= claims["exp"] <= before + 605
    assert len(a["url"]) < 1100


def create_errors():
    s = service()
    long = "https://p.example.com/" + "a" * 2048
    cases = [
        ({"expires_in": 59}, {"expires_in": ["Ensure this value is greater than or equal to 60."]}),
        ({"expires_in": 3601}, {"expires_in": ["Ensure this value is less than or equal to 3600."]}),
        ({"expires_in": "x"}, {"expires_in": ["A valid integer is required."]}),
        ({"expires_in": True}, {"expires_in": ["A valid integer is required."]}),
        ({"expires_in": 60.5}, {"expires_in": ["A valid integer is required."]}),
        ({"expires_in": None}, {"expires_in": ["This field may not be null."]}),
        ({"project_id": "x"}, {"project_id": ["Must be a valid UUID."]}),
        ({"project_id": NOBODY}, {"project_id": ["Project does not exist or you do not have privileges to access it."]}),
        ({"metadata": [1]}, {"metadata": ['Expected a dictionary of items but got type "list".']}),
        ({"metadata": "x"}, {"metadata": ['Expected a dictionary of items but got type "str".']}),
        ({"redirect_on_success": "http://p.example.com/"}, {"redirect_on_success": ["Only HTTPS URLs are allowed."]}),
        ({"redirect_on_failure": "javascript:alert(1)"}, {"redirect_on_failure": ["Enter a valid URL."]}),
        ({"redirect_on_failure": "https://u:p@p.example.com/"}, {"redirect_on_failure": ["Enter a valid URL."]}),
        ({"redirect_on_failure": "https://p.example.com/a\r\nb"}, {"redirect_on_failure": ["Enter a valid URL."]}),
        ({"redirect_on_failure": "https://p.example.com\\@evil.example"}, {"redirect_on_failure": ["Enter a valid URL."]}),
        ({"redirect_on_failure": "https://"}, {"redirect_on_failure": ["Enter a valid URL."]}),
        ({"redirect_on_failure": "https://p.example.com:65536/"}, {"redirect_on_failure": ["Enter a valid URL."]}),
        ({"redirect_on_failure": "https://p.example.com:0/"}, {"redirect_on_failure": ["Enter a valid URL."]}),
        ({"redirect_on_success": long}, {"redirect_on_success": ["Ensure this field has no more than 2048 characters."]}),
    ]
    for fields, body in cases:
        expect(s.api("POST", "array-data-upload-form/", fields), 400, body)
    both = s.api("POST", "array-data-upload-form", {"expires_in": 1, "metadata": 1}).json()
    assert set(both) == {"expires_in", "metadata"}
    deep = value = {}
    for _ in range(16):
        value["a"] = {}
        value = value["a"]
    assert s.api("POST", "array-data-upload-form/", {"metadata": deep}).status == 400
    assert s.api("POST", "array-data-upload-form/", {"metadata": {"a": "x" * 70000}}).status == 400
    for fields in ({}, {"unknown": 1}, {"expires_in": 600.0}, {"metadata": None, "project_id": None},
                   {"redirect_on_success": "", "redirect_on_failure": ""}, {"project_id": s.project.replace("-", "")}):
        assert s.api("POST", "array-data-upload-form/", fields).status == 201, fields


def bodies():
    s = service()
    auth = {"Authorization": "Api-Key " + s.key}

    def post(body, kind):
        return s.request("POST", "/api/v2/array-data-upload-form/", body, dict(auth, **({"Content-Type": kind} if kind else {})))
    expect(post("{", "application/json"), 400)
    assert post("{", "application/json").json()["detail"].startswith("JSON parse error - ")
    expect(post("[1]", "application/json"), 400, {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]})
    expect(post("x", "text/plain"), 415, {"detail": 'Unsupported media type "text/plain" in request.'})
    expect(post("[" * 100000, "application/json"), 400)
    expect(post('{"metadata": {"a": 1, "a": 2}}', "application/json"), 400)
    expect(post("{}", "application/json; charset=utf-8"), 201)
    expect(post(None, None), 201)
    a = post("expires_in=90&metadata=%7B%22a%22%3A1%7D", "application/x-www-form-urlencoded")
    expect(a, 201)
    expect(s.api("GET", "sample-metadata/" + a.json()["sample_id"]), 200, {"metadata": {"a": 1}})
    part = '--bb\r\nContent-Disposition: form-data; name="expires_in"\r\n\r\n61\r\n'
    expect(post(part + "--bb--\r\n", "multipart/form-data; boundary=bb"), 201)
    expect(post(part, "multipart/form-data; boundary=bb"), 400)
    expect(post("{" + " " * (1 << 20) + "}", "application/json"), 413)


def metadata_unchanged():
    s = service()
    value = {"ä": [1, 2.5, 0.1, 1e100, -0.0, True, None, "x\u0000"[:1], {"k": "\u2028"}], "client_id": "ok-1.A_b"}
    made = s.create(metadata=value)
    expect(s.api("GET", "sample-metadata/" + made["sample_id"]), 200, {"metadata": value})
    assert s.sample(made).json()["client_id"] == "ok-1.A_b"
    expect(s.api("POST", "sample-metadata/" + made["sample_id"], {"metadata": {"b": 1}}), 201, {"metadata": {"b": 1}})
    expect(s.api("POST", "sample-metadata/" + made["sample_id"], {"metadata": None}), 201, {"metadata": None})
    expect(s.api("POST", "sample-metadata/" + made["sample_id"], {"metadata": []}), 400)
    expect(s.api("POST", "sample-consents/" + made["sample_id"], {"purpose": "analysis", "withdrawn": True}), 400,
           {"purpose": ["That consent was not given, or is withdrawn already."]})
    for bad in ("../x", "..", "", "a b", "x" * 65, 7, "a/b"):
        made = s.create(metadata={"client_id": bad})
        assert s.sample(made).json()["client_id"] == made["sample_id"], bad


def authentication():
    s = service()
    missing = s.request("GET", "/api/v2/user/")
    expect(missing, 401, {"detail": "Authentication credentials were not provided."})
    assert missing.headers["WWW-Authenticate"] == 'Bearer realm="api"'
    seen = {with_key(s, key, "GET", "user/").body for key in ("x", "a" * 41, s.key[:-1] + ("a" if s.key[-1] != "a" else "b"), "é" * 10)}
    assert len(seen) == 1, seen
    bad = s.request("GET", "/api/v2/user/", None, {"Authorization": "Bearer x"})
    expect(bad, 401)
    assert bad.json()["code"] == "token_not_valid"
    expect(s.request("POST", "/api/v2/jwt-refresh/", '{"refresh":null}', {"Content-Type": "application/json"}), 400,
           {"refresh": ["This field may not be null."]})
    token = s.create()["url"].split("token=")[1]
    expect(s.request("GET", "/api/v2/user/", None, {"Authorization": "Bearer " + token}), 401)  # an upload link is no log-in


def log_in():
    s = service()
    s.admin("user", "password", "--email", "owner@example.com", text="correct horse battery\n")
    kind = {"Content-Type": "application/json"}

    def post(path, value):
        return s.request("POST", "/api/v2/" + path, json.dumps(value), kind)
    expect(post("jwt-create/", {"email": "owner@example.com", "password": "x"}), 401,
           {"detail": "No active account found with the given credentials"})
    expect(post("jwt-create/", {"email": "nobody@example.com", "password": "x"}), 401)
    expect(post("jwt-create/", {}), 400, {"email": ["This field is required."], "password": ["This field is required."]})
    pair = post("jwt-create/", {"email": "Owner@example.com", "password": "correct horse battery"}).json()
    bearer = {"Authorization": "bearer " + pair["access"]}
    expect(s.request("GET", "/api/v2/user/", None, bearer), 200)
    expect(s.request("GET", "/api/v2/user/", None, {"Authorization": "Bearer " + pair["refresh"]}), 401)
    expect(post("jwt-verify/", {"token": pair["access"]}), 200, {})
    expect(post("jwt-verify/", {"token": "x"}), 401)
    assert "access" in post("jwt-refresh/", {"refresh": pair["refresh"]}).json()
    expect(post("jwt-logout/", {"refresh": pair["refresh"]}), 200)
    expect(post("jwt-refresh/", {"refresh": pair["refresh"]}), 401)
    expect(s.request("GET", "/api/v2/user/", None, bearer), 200)
    s.admin("user", "password", "--email", "owner@example.com", text="correct horse battery two\n")
    expect(s.request("GET", "/api/v2/user/", None, bearer), 401)
    pair = post("jwt-create/", {"email": "owner@example.com", "password": "correct horse battery two"}).json()
    expect(post("jwt-refresh/", {"refresh": pair["refresh"]}), 200)
    expect(s.request("GET", "/api/v2/user/", None, {"Authorization": "Bearer " + pair["access"]}), 200)


def keys():
    s = service()
    token = login(s)
    expect(with_token(s, token, "POST", "user-api-keys/", {}), 400, {"name": ["This field is required."]})
    expect(with_token(s, token, "POST", "user-api-keys/", {"name": "x" * 51}), 400, {"name": ["Ensure this field has no more than 50 characters."]})
    expect(with_token(s, token, "POST", "user-api-keys/", {"name": "x", "ip_range": ["300.0.0.0/8"]}), 400)
    made = with_token(s, token, "POST", "user-api-keys/", {"name": "k", "expiry_date": "2100-01-31", "ip_range": ["127.0.0.0/8"]}).json()
    assert re.match(r"^[A-Za-z0-9]{8}\.[A-Za-z0-9]{32,}$", made["key"]) and made["key"].startswith(made["prefix"])
    assert made["expiry_date"] == "2100-01-31" and made["has_expired"] is False
    expect(with_key(s, made["key"], "GET", "user/"), 200)
    expect(with_key(s, made["key"], "POST", "user-api-keys/", {"name": "heir"}), 403,
           {"detail": "API keys are made, changed and revoked by a person who is logged in, not by a key."})
    listed = [k for k in s.api("GET", "user-api-keys/").json()["results"] if k["id"] == made["id"]][0]
    assert "key" not in listed
    old = with_token(s, token, "POST", "user-api-keys/", {"name": "old", "expiry_date": "2020-01-01"}).json()
    gone = with_key(s, old["key"], "GET", "user/")
    far = with_token(s, token, "POST", "user-api-keys/", {"name": "far", "ip_range": ["192.0.2.0/24"]}).json()
    other = with_key(s, far["key"], "GET", "user/")
    expect(with_token(s, token, "PATCH", "user-api-keys/" + made["id"], {"revoked": True}), 200)
    revoked = with_key(s, made["key"], "GET", "user/")
    assert gone.status == revoked.status == other.status == 401 and gone.body == revoked.body == other.body
    expect(with_token(s, token, "PATCH", "user-api-keys/" + made["id"], {"revoked": False}), 400)
    assert not [k for k in s.api("GET", "user-api-keys/").json()["results"] if k["id"] == made["id"]]
    expect(with_token(s, token, "PATCH", "user-api-keys/" + NOBODY, {"revoked": True}), 404, {"detail": "Not found."})


def roles():
    s = service()
    made = accepted(s)
    forbidden = {"detail": "You do not have permission to perform this action."}
    key = {}
    for role in ("viewer", "analyst", "manager"):
        s.admin("user", "create", "--email", role + "@example.com", "--role", role)
        key[role] = s.admin("key", "create", "--email", role + "@example.com", "--name", role)[0]["api_key"]
    ids = {"sample_ids": [made["sample_id"]]}
    for role, right in (("viewer", 0), ("analyst", 1), ("manager", 2)):
        expect(with_key(s, key[role], "GET", "samples/" + made["sample_id"]), 200)
        for need, method, path, value, good in (
                (1, "POST", "array-data-upload-form/", {}, 201),
                (1, "POST", "sample-metadata/" + made["sample_id"], {"metadata": {}}, 201),
                (1, "POST", "project-hide-samples/" + s.project, ids, 204),
                (1, "POST", "project-unhide-samples/" + s.project, ids, 204),
                (2, "POST", "projects/", {"name": "x", "pipeline_capabilities": NOBODY}, 400),
                (2, "POST", "project-subscriptions/" + s.project, {}, 400)):
            a = with_key(s, key[role], method, path, value)
            expect(a, good if right >= need else 403, None if right >= need else forbidden)
        types = [f["file_type"] for f in with_key(s, key[role], "GET", "samples/" + made["sample_id"]).json()["files"]]
        assert ("array-zip" in types) == (right >= 1), (role, types)
    names = [r["name"] for r in s.api("GET", "roles/organization").json()["results"]]
    assert names == ["viewer", "analyst", "manager", "owner"]


def errors_of_paths():
    s = service()
    not_found = {"detail": "Not found."}
    for path in ("samples/" + NOBODY, "samples/x", "nothing/", "projects/" + NOBODY, "sample-statuses/" + NOBODY, "notifications/" + NOBODY,
                 "project-subscription-details/" + NOBODY, "files/%s.sha256" % NOBODY, "pipeline/" + NOBODY, "roles/x"):
        expect(s.api("GET", path), 404, not_found)
    a = s.api("GET", "array-data-upload-form/")
    expect(a, 405, {"detail": 'Method "GET" not allowed.'})
    assert "POST" in a.headers["Allow"]
    expect(s.api("DELETE", "user/"), 405, {"detail": 'Method "DELETE" not allowed.'})
    auth = {"Authorization": "Api-Key " + s.key, "Accept": "text/html"}
    expect(s.request("GET", "/api/v2/user/", None, auth), 406)
    for path in ("user", "user/", "samples/" + s.create()["sample_id"] + "/"):
        expect(s.api("GET", path), 200)
    a = s.api("GET", "user/")
    assert a.headers["X-Content-Type-Options"] == "nosniff" and a.headers["Content-Type"] == "application/json"
    assert s.request("HEAD", "/api/v2/user/", None, {"Authorization": "Api-Key " + s.key}).body == b""


def lists():
    s = service()
    project = s.api("POST", "projects/", {"name": "Lists", "pipeline_capabilities":
                                          s.api("GET", "pipeline-capabilities/").json()["results"][0]["id"]}).json()["id"]
    ids = [s.create(project_id=project, metadata={"n": "item-%d" % i, "x": "100%_\\"})["sample_id"] for i in range(25)]
    path = "project-samples/%s?sort_by=created&sort_order=asc" % project
    first = s.api("GET", path).json()
    assert first["meta"]["count"] == 25 and [r["id"] for r in first["results"]] == ids[:20] and first["meta"]["previous"] is None
    base = "http://%s:%d/api/v2/project-samples/%s" % (s.host, s.port, project)
    assert first["meta"]["next"] == base + "?limit=20&offset=20&sort_by=created&sort_order=asc", first["meta"]
    second = s.api("GET", path + "&offset=20&limit=20").json()
    assert [r["id"] for r in second["results"]] == ids[20:] and second["meta"]["next"] is None
    assert second["meta"]["previous"] == base + "?limit=20&sort_by=created&sort_order=asc"
    for query, n in (("limit=x", 20), ("limit=-1", 20), ("limit=0", 20), ("limit=1000", 25), ("offset=x", 20), ("offset=99", 0),
                     ("search=item-7", 1), ("search=ITEM-1", 11), ("search=100%25_%5C", 20), ("search=100__", 0), ("search=" + ids[3], 1),
                     ("search=", 20), ("status=running", 0), ("hidden_status=hidden", 0), ("archive_status=archived", 0),
                     ("created_after=2000-01-01", 20), ("created_before=2000-01-01T00:00:00Z", 0)):
        assert len(s.api("GET", "project-samples/%s?%s" % (project, query)).json()["results"]) == n, query
    for query, field in (("status=x", "status"), ("sort_by=x", "sort_by"), ("hidden_status=x", "hidden_status")):
        expect(s.api("GET", "project-samples/%s?%s" % (project, query)), 400, {field: ['"x" is not a valid choice.']})
    expect(s.api("GET", "project-samples/%s?created_after=x" % project), 400)
    cli = "sort_by=modified&sort_order=desc&status=all&archive_status=all&hidden_status=visible&offset=0&limit=200&search="
    item = s.api("GET", "project-samples/%s?%s" % (project, cli)).json()["results"][0]
    assert "files" not in item and "project" not in item and item["failed_qc"] is None
    expect(s.api("POST", "project-hide-samples/" + project, {"sample_ids": ids[:2]}), 204)
    assert s.api("GET", "project-samples/%s?hidden_status=visible" % project).json()["meta"]["count"] == 23
    for path in ("project-hide-samples/", "project-unhide-samples/"):
        expect(s.api("POST", path + project, {"sample_ids": [NOBODY]}), 400,
               {"sample_ids": ["All sample ids must be part of the current project."]})
    expect(s.api("POST", "project-hide-samples/" + project, {}), 400, {"sample_ids": ["This field is required."]})
    expect(s.api("POST", "project-hide-samples/" + project, {"sample_ids": []}), 400, {"sample_ids": ["This list may not be empty."]})
    expect(s.api("POST", "project-cancel-samples/" + project, {"sample_ids": [NOBODY]}), 400,
           {"sample_ids": ["Invalid sample IDs: " + NOBODY]})
    a = s.api("POST", "project-cancel-samples/" + project, {"sample_ids": [ids[0]]})
    assert a.status == 200 and a.json()["message"] == "1 sample(s) analysis canceled successfully", a
    stats = s.api("GET", "project-stats/" + project).json()
    assert stats["counts"]["total_samples"] == 25 and stats["counts"]["failed_samples"] == 1 and stats["failed_counts"] == {"failed": 1}
    got = s.api("GET", "projects/" + project).json()
    assert got["sample_count"] == 23 and got["hidden_sample_count"] == 2 and got["files"] == []
    expect(s.api("DELETE", "project-delete-samples/" + project, {"sample_ids": [ids[6], NOBODY]}), 400,
           {"sample_ids": ["All sample ids must be part of the current project."]})
    expect(s.api("DELETE", "project-delete-samples/" + project, {"sample_ids": [ids[6]]}), 204)
    expect(s.api("GET", "samples/" + ids[6]), 404, {"detail": "Not found."})
    for path in ("projects-hide/", "projects-unhide/"):
        expect(s.api("POST", path, {"project_ids": [project]}), 204)
    expect(s.api("PATCH", "projects/" + project, {"name": "New", "description": "d"}), 200)
    expect(s.api("DELETE", "projects-delete/", {"project_ids": [project]}), 204)
    expect(s.api("GET", "projects/" + project), 404)
    expect(s.api("GET", "samples/" + ids[5]), 404)


def projects():
    s = service()
    found = s.api("GET", "projects/?search=Array").json()["results"][0]
    assert found["id"] == s.project and isinstance(found["sample_count"], int) and found["roles"]["organization"]["name"] == "owner"
    expect(s.api("POST", "projects/", {"name": "x", "pipeline_capabilities": NOBODY}), 400)
    expect(s.api("POST", "projects/", {}), 400,
           {"name": ["This field is required."], "pipeline_capabilities": ["This field is required."]})
    capability = found["pipeline_capabilities"]
    listed = s.api("GET", "pipeline-capabilities/?search=%s,%s" % (capability, NOBODY)).json()["results"]
    assert [c["id"] for c in listed] == [capability]
    expect(s.api("GET", "pipeline-capabilities/" + capability), 200)
    pipeline = s.api("GET", "pipeline/").json()["results"][0]["id"]
    assert s.api("GET", "pipeline/" + pipeline).json() == s.api("GET", "pipeline-latest/").json()
    keys = [t["key"] for t in s.api("GET", "file-types/?project_id=" + s.project).json()["results"]]
    assert {"qc", "metadata", "array-zip", "array-vcf"} <= set(keys)
    expect(s.api("GET", "file-types/?project_id=" + NOBODY), 404)
    organization = s.api("GET", "organization/").json()
    assert organization["archive_restore_period_days"] == 12 and organization["organization_type"] == "consumer_provider"
    expect(s.api("GET", "organization-users/"), 200)
    expect(s.api("GET", "project-users/" + s.project), 200)
    expect(s.api("GET", "project-qc-types/" + s.project), 200)
    expect(s.api("PUT", "user/", {"name": "Ada"}), 200)
    expect(s.api("PATCH", "user/", {"name": "Ada"}), 200)
    assert s.api("GET", "user/").json()["name"] == "Ada"
    locked = s.api("POST", "projects/", {"name": "L", "pipeline_capabilities": capability}).json()["id"]
    made = s.create(project_id=locked)
    expect(s.api("PATCH", "projects/" + locked, {"locked": True}), 200)
    assert s.get_link(made).status == 410
    expect(s.api("POST", "array-data-upload-form/", {"project_id": locked}), 400)
    expect(s.api("PATCH", "projects/" + locked, {"brand": {"nothing": 1}}), 400)


def sample_and_files():
    s = service()
    made = accepted(s)
    got = s.sample(made).json()
    assert got["project"] == s.project and got["archive_last_status"]["status"] == "available" and re.match(UUID, got["run"])
    assert re.match(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{6})?\+00:00$", got["archive_last_status"]["created"])
    history = [h["status"] for h in s.api("GET", "sample-statuses/" + made["sample_id"]).json()["results"]]
    assert history == ["succeeded", "running", "scheduled", "consumer awaiting data"], history
    expect(s.api("GET", "sample-quality-controls/" + made["sample_id"]), 200)
    total = s.api("GET", "sample-stats/" + made["sample_id"]).json()["total_size"]
    assert total == sum(f["size"] for f in got["files"])
    for f in got["files"]:
        path = f["download_url"].split("%d" % s.port, 1)[1]
        whole = s.request("GET", path)
        assert whole.status == 200 and len(whole.body) == f["size"] == int(whole.headers["Content-Length"])
        assert hashlib.sha256(whole.body).hexdigest() == f["checksum_sha256"]
        name = re.search(r"response-content-disposition=attachment%3B\+filename%3D([^&]+)", path).group(1)
        assert path.split("?")[0].endswith("/" + name) and made["sample_id"] in name
        assert name in whole.headers["Content-Disposition"]
        for header, status, part in (("bytes=0-0", 206, whole.body[:1]), ("bytes=1-3", 206, whole.body[1:4]),
                                     ("bytes=-2", 206, whole.body[-2:]), ("bytes=%d-" % (f["size"] - 1), 206, whole.body[-1:]),
                                     ("bytes=0-%d" % (f["size"] + 9), 206, whole.body), ("bytes=%d-" % f["size"], 416, None),
                                     ("bytes=x", 200, whole.body), ("bytes=0-0,2-2", 200, whole.body)):
            a = s.request("GET", path, None, {"Range": header})
            assert a.status == status and (part is None or a.body == part), (header, a)
        tag = whole.headers["ETag"]
        for condition, status in ((tag, 206), ("W/" + tag, 200), (tag + "x", 200), ('"other"', 200), ("Mon, 01 Jan 2024 00:00:00 GMT", 200)):
            assert s.request("GET", path, None, {"Range": "bytes=0-0", "If-Range": condition}).status == status, condition
        head = s.request("HEAD", path)
        assert head.status == 200 and head.headers["Content-Length"] == str(f["size"]) and head.body == b""
        sums = s.api("GET", "files/%s.sha256?filename=a.b" % f["id"])
        assert sums.body.decode() == "%s *a.b\n" % f["checksum_sha256"]
        assert sums.headers["Content-Disposition"] == 'attachment; filename="a.b.sha256"'
        evil = s.api("GET", "files/%s.sha256?filename=a%%0d%%0ab" % f["id"])
        assert "\n" not in evil.headers["Content-Disposition"]
    for query in ("", "rsid=rs1&chromosome=1&position=1", "chromosome=1", "chromosome=1&start_position=1&end_position=100001",
                  "chromosome=1&position=x", "chromosome=1&start_position=5&end_position=4", "rsid=" + ",".join(["rs1"] * 51)):
        expect(s.api("GET", "sample-genomic-variants/%s?%s" % (made["sample_id"], query)), 400)
    path = got["files"][0]["download_url"].split("%d" % s.port, 1)[1]
    for bad in (re.sub(r"signature=.", "signature=0", path) if "signature=0" not in path else re.sub(r"signature=.", "signature=1", path),
                re.sub(r"expires=\d", "expires=9", path), path.split("?")[0],
                path.replace(got["files"][0]["id"], got["files"][1]["id"])):
        assert s.request("GET", bad).status == 403, bad
    a = s.api("GET", "project-qc-report/" + s.project)
    assert a.headers["Content-Type"] == "text/csv" and "filename=" in a.headers["Content-Disposition"]
    a = s.api("GET", "organization-monthly-usage-report/?from=2026-01&to=2026-02")
    assert a.body.decode().splitlines()[0] == "year,month,succeeded_samples,failed_samples" and len(a.body.splitlines()) == 3
    expect(s.api("GET", "organization-monthly-usage-report/?from=2026-01"), 400)
    s.move_clock(3 * 3600)
    try:
        assert s.request("GET", path).status == 403
    finally:
        s.move_clock(0)


def subscriptions():
    s = service()
    receiver = Receiver()
    path = "project-subscriptions/" + s.project
    expect(s.api("GET", path), 200)
    expect(s.api("POST", path, {}), 400, {"target": ["This field is required."], "event_types": ["This field is required."]})
    expect(s.api("POST", path, {"target": receiver.url, "event_types": ["x"]}), 400, {"event_types": ['"x" is not a valid choice.']})
    expect(s.api("POST", path, {"target": receiver.url, "event_types": []}), 400, {"event_types": ["This list may not be empty."]})
    expect(s.api("POST", path, {"target": "https://10.0.0.1/", "event_types": ["analysis_complete_v2"]}), 400)
    made = s.api("POST", path, {"name": "n", "target": receiver.url, "event_types": ["analysis_complete_v2"]}).json()
    details = "project-subscription-details/" + made["id"]
    assert s.api("GET", details).json()["has_secret"] is False
    secret = s.api("POST", "project-subscription-secret/" + made["id"]).json()["secret"]
    assert len(secret) == 32 and s.api("GET", details).json()["has_secret"] is True
    expect(s.api("POST", "project-subscription-test/" + made["id"], {"event_type": "x"}), 400)
    assert s.api("POST", "project-subscription-test/" + made["id"], {}).status == 202
    receiver.wait(1)
    _, headers, body = receiver.requests[0]
    t, v1 = re.match(r"^t=(\d+),v1=([0-9a-f]{128})$", headers["Gencove-Signature"]).groups()
    assert hmac.new(secret.encode(), t.encode() + b"." + body, hashlib.sha512).hexdigest() == v1
    assert json.loads(body)[0]["event_type"] == "analysis_complete_v2"
    wait_until(lambda: s.api("GET", "project-subscription-notifications/" + made["id"]).json()["results"], "no notification")
    one = s.api("GET", "project-subscription-notifications/" + made["id"]).json()["results"][0]
    assert one["response_status"] == 200 and one["notification_event_type"] == "analysis_complete_v2"
    detail = s.api("GET", "notifications/" + one["id"]).json()
    assert s.request("GET", detail["payload_url"].split("%d" % s.port, 1)[1]).body == body
    assert len(s.api("GET", "project-subscription-event-types/").json()["results"]) == 11
    expect(s.api("DELETE", details), 204)
    expect(s.api("GET", details), 404)
    receiver.close()


def other_organizations_are_not_there():
    """A second organization, made in the database itself (the product has no command for it), sees nothing of the first."""
    s = service()
    made = accepted(s)
    file_id = s.sample(made).json()["files"][0]["id"]
    import sqlite3
    digest = hashlib.sha512(b"otherorg.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa").hexdigest()
    db = sqlite3.connect(os.path.join(s.data, "array-upload.db"), timeout=10)
    with db:
        db.execute("INSERT INTO organizations VALUES ('o2', 'Other', 1)")
        db.execute("INSERT INTO users (id, organization, email, name, role, password_hash, active, created, tokens_after) VALUES ('u2', 'o2', 'o2@example.com', '', 'owner', NULL, 1, 1, 0)")
        db.execute("INSERT INTO api_keys (id, user_id, name, prefix, hash, created) VALUES ('k2', 'u2', '', 'otherorg', ?, 1)", (digest,))
    db.close()
    key = "otherorg.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    for path in ("samples/" + made["sample_id"], "sample-metadata/" + made["sample_id"], "sample-statuses/" + made["sample_id"],
                 "sample-quality-controls/" + made["sample_id"], "projects/" + s.project, "project-samples/" + s.project,
                 "project-stats/" + s.project, "project-subscriptions/" + s.project, "files/%s.sha256" % file_id):
        expect(with_key(s, key, "GET", path), 404, {"detail": "Not found."})
    expect(with_key(s, key, "DELETE", "project-delete-samples/" + s.project, {"sample_ids": [made["sample_id"]]}), 404)
    assert with_key(s, key, "GET", "projects/").json()["meta"]["count"] == 0


def results_of_the_stages():
    s = service()
    plain = accepted(s)
    for path in "sample-ancestry/", "sample-trait-scores/":  # nothing of it where no stage is configured
        expect(s.api("GET", path + plain["sample_id"]), 404, {"detail": "Not found."})
    assert "stages" not in s.sample(plain).json()
    with tempfile.TemporaryDirectory() as folder, Service(settings=stages_given(folder)) as s:
        inner = s.request

        def checked(method, path, body=None, headers=None, timeout=60):
            answer = inner(method, path, body, headers, timeout)
            schema.check(method, path, answer)
            return answer
        s.request = checked
        made = accepted(s)
        a = s.api("GET", "sample-ancestry/" + made["sample_id"])
        assert a.status == 200 and a.json()["ancestry"] == {"value": {"EUR": 0.97, "AFR": 0.03}}, a
        assert a.json()["metadata"]["value"]["standard_error"] == {"EUR": 0.01, "AFR": 0.01}, a
        a = s.api("GET", "sample-trait-scores/" + made["sample_id"])
        assert a.status == 200 and a.json()["meta"]["count"] == 1, a
        one = a.json()["results"][0]
        assert one["trait_score"] == {"value": 1.5, "percentile": 84.5, "z": 1.0} and one["risk"] == "high_risk", one
        assert one["trait"]["key"] == "height" and one["trait_unit"] == {"key": "cm"}
        assert s.api("GET", "sample-trait-scores/%s?offset=1" % made["sample_id"]).json()["results"] == []
        kinds = {t["key"] for t in s.api("GET", "file-types/?limit=50").json()["results"]}
        assert {f["file_type"] for f in s.sample(made).json()["files"]} <= kinds
        # a failed stage: 404 for what it would have made, and the rest as ever
        failed = s.create()
        s.upload(s.open(failed), steered("good", "", "", "exit 1"))
        s.becomes_at_last(failed, "failed")
        expect(s.api("GET", "sample-trait-scores/" + failed["sample_id"]), 404)
        assert s.api("GET", "sample-ancestry/" + failed["sample_id"]).status == 200
        # other organizations, and results for a public key
        expect(s.api("GET", "sample-ancestry/" + NOBODY), 404)
        import crypt4gh_reader as crypt4gh
        key = crypt4gh.key_file(crypt4gh.public_of(hashlib.sha256(b"p").digest()))
        assert s.api("PATCH", "projects/" + s.project, {"deliverables_public_key": key}).status == 200
        sealed = accepted(s)
        expect(s.api("GET", "sample-ancestry/" + sealed["sample_id"]), 403)
        expect(s.api("GET", "sample-trait-scores/" + sealed["sample_id"]), 403)


def histograms():
    with Service() as s:
        for n, rate in enumerate((0.91, 0.92, 0.99, 1)):
            made = s.create()
            s.upload(s.open(made), steered("good %s" % rate))
            s.becomes(made, "succeeded")
        path = "/api/v2/project-quality-control-histogram/%s" % s.project

        def ask(query, status=200):
            a = s.api("GET", path[8:] + query)
            schema.check("GET", path, a)
            assert a.status == status, a
            return a.json()
        got = ask("?qc_type=call_rate_min")
        assert len(got["bin_edges"]) == 11 and got["bin_edges"][0] == 0.91 and got["bin_edges"][-1] == 1, got
        assert got["hist"] == [1, 1, 0, 0, 0, 0, 0, 0, 1, 1], got
        assert sum(ask("?qc_type=call_rate_min&number_of_results=2")["hist"]) == 2
        one = ask("?qc_type=snps_min")  # all the same
        assert one["hist"] == [0, 0, 0, 0, 0, 4, 0, 0, 0, 0] and one["bin_edges"][0] == 627109.5, one
        assert ask("?qc_type=snps_min&status=failed") == {"bin_edges": [], "hist": []}
        for bad in "", "?qc_type=vendor_string", "?qc_type=snps_min&number_of_results=0", "?qc_type=snps_min&status=x":
            ask(bad, 400)
        expect(s.api("GET", "project-quality-control-histogram/%s?qc_type=snps_min" % NOBODY), 404)


def what_there_never_is_is_an_empty_list():
    s = service()
    for method, path in (("GET", "project-batches/"), ("GET", "project-batch-types/"), ("POST", "project-restore-samples/")):
        a = s.api(method, path + s.project, {} if method == "POST" else None)
        assert a.status == 200 and a.json()["results"] == [] and a.json()["meta"]["count"] == 0, a
        expect(s.api(method, path + NOBODY, {} if method == "POST" else None), 404)


def description_is_whole():
    """openapi.yaml and the table of routes name the same operations, and the tests above have seen each of them answer."""
    if schema.DOCUMENTS is None or not schema.DOCUMENTS:
        return "skipped (no PyYAML)"
    with open(os.path.join(schema.SOURCE, "tools", "array-upload", "httpd", "routes.c"), encoding="utf-8") as f:
        rows = re.findall(r'{"(\w+)", V "([^"]+)", &route_api', f.read())
    table = {"%s /api/v2/%s" % (m, re.sub(r"{\w+}", "{}", p)) for m, p in rows}
    operations = schema.DOCUMENTS[-1][0]
    described = {re.sub(r"{\w+}", "{}", name).rstrip("/") for name in operations}
    assert table == described, table ^ described
    unseen = set(operations) - schema.SEEN - {"GET /api/v2/sample-genomic-variants/{sample_id}",  # test_service_real.py
                                               "POST /api/v2/sample-consents/{sample_id}",  # test_service_page.py
                                               "POST /api/v2/sample-consumer-report/{sample_id}",  # test_service_report.py
                                               "GET /api/v2/project-merge-vcfs/{project_id}",  # test_service_merge.py
                                               "POST /api/v2/project-merge-vcfs/{project_id}",
                                               "POST /api/v2/sample-person-link/{sample_id}"}  # test_service_person.py
    assert not unseen, unseen


if __name__ == "__main__":
    try:
        main([create_answer, create_errors, bodies, metadata_unchanged, authentication, log_in, keys, roles, errors_of_paths, lists, projects,
              sample_and_files, subscriptions, other_organizations_are_not_there,
              results_of_the_stages, histograms, what_there_never_is_is_an_empty_list, description_is_whole])
    finally:
        stop()
