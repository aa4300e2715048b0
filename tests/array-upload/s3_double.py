#!/usr/bin/env python3
"""A double of an S3-compatible store, in memory, that believes no request: each signature (SigV4), each body's hash and each
condition is checked, and whatever is wrong is answered as S3 does. Only what array-upload uses: HEAD, GET, PUT with If-None-Match,
DELETE, ListObjectsV2 with short pages, so that paging is used.

    s3_double.py COMMAND...      runs the command with ARRAY_UPLOAD_S3_* and ARRAY_UPLOAD_TEST_BLOB set; its exit status
"""
import datetime
import hashlib
import hmac
import http.server
import os
import re
import subprocess
import sys
import threading
import urllib.parse
from xml.sax.saxutils import escape

ACCESS, SECRET, REGION, BUCKET = "test-access", "test-secret/+=", "eu-test-1", "bucket"
PAGE = 2
EMPTY = hashlib.sha256(b"").hexdigest()


def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signature(secret, region, date, amz_date, method, path, query, headers, signed, payload):
    canonical_query = "&".join(sorted("%s=%s" % (urllib.parse.quote(k, safe="-_.~"), urllib.parse.quote(v, safe="-_.~"))
                                      for k, v in urllib.parse.parse_qsl(query, keep_blank_values=True)))
    lines = "".join("%s:%s\n" % (h, " ".join(headers.get(h, "").split())) for h in signed)
    request = "\n".join([method, path, canonical_query, lines, ";".join(signed), payload])
    scope = "%s/%s/s3/aws4_request" % (date, region)
    to_sign = "\n".join(["AWS4-HMAC-SHA256", amz_date, scope, hashlib.sha256(request.encode()).hexdigest()])
    key = mac(mac(mac(mac(("AWS4" + secret).encode(), date), region), "s3"), "aws4_request")
    return hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()


class Double(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        self.objects, self.lock, self.refused, self.fail_next = {}, threading.Lock(), [], 0
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def endpoint(self):
        return "http://127.0.0.1:%d" % self.server_address[1]

    def environment(self, prefix="some/prefix"):
        return {"ARRAY_UPLOAD_S3_ENDPOINT": self.endpoint, "ARRAY_UPLOAD_S3_REGION": REGION, "ARRAY_UPLOAD_S3_ACCESS_KEY": ACCESS,
                "ARRAY_UPLOAD_S3_SECRET_KEY": SECRET, "ARRAY_UPLOAD_BLOB_URL": "s3://%s/%s" % (BUCKET, prefix),
                "ARRAY_UPLOAD_TEST_BLOB": "s3://%s/%s" % (BUCKET, prefix)}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for k, v in headers:
            self.send_header(k, v)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, why):
        self.server.refused.append((self.command, self.path, why))
        self.answer(403, b"<Error><Code>%s</Code></Error>" % why.encode())

    def authorized(self, body):
        """None, or what is wrong."""
        got = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?"
                           r"Signature=([0-9a-f]{64})", self.headers.get("Authorization", ""))
        if not got:
            return "AccessDenied"
        access, date, region, signed, given = got.groups()
        payload, amz_date = self.headers.get("x-amz-content-sha256", ""), self.headers.get("x-amz-date", "")
        headers = {k.lower(): v for k, v in self.headers.items()}
        if access != ACCESS or region != REGION or not {"host", "x-amz-date", "x-amz-content-sha256"} <= set(signed.split(";")):
            return "InvalidAccessKeyId"
        sent = datetime.datetime.strptime(amz_date, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
        if abs((datetime.datetime.now(datetime.timezone.utc) - sent).total_seconds()) > 900 or not amz_date.startswith(date):
            return "RequestTimeTooSkewed"
        if payload != hashlib.sha256(body).hexdigest():
            return "XAmzContentSHA256Mismatch"
        path, _, query = self.path.partition("?")
        want = signature(SECRET, region, date, amz_date, self.command, path, query, headers, signed.split(";"), payload)
        return None if hmac.compare_digest(want, given) else "SignatureDoesNotMatch"

    def handle_any(self):
        length = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(length)
        why = self.authorized(body)
        if why:
            return self.refuse(why)
        with self.server.lock:
            if self.server.fail_next > 0:
                self.server.fail_next -= 1
                return self.answer(503, b"<Error><Code>SlowDown</Code></Error>")
            path, _, query = self.path.partition("?")
            if path == "/" + BUCKET:
                return self.list(dict(urllib.parse.parse_qsl(query, keep_blank_values=True)))
            if not path.startswith("/%s/" % BUCKET):
                return self.answer(404, b"<Error><Code>NoSuchBucket</Code></Error>")
            return self.object(urllib.parse.unquote(path[len(BUCKET) + 2:]), body)

    def object(self, key, body):
        there = self.server.objects.get(key)
        if self.command == "PUT":
            if there is not None and self.headers.get("If-None-Match") == "*":
                return self.answer(412, b"<Error><Code>PreconditionFailed</Code></Error>")
            self.server.objects[key] = (body, datetime.datetime.now(datetime.timezone.utc))
            return self.answer(200)
        if self.command == "DELETE":
            self.server.objects.pop(key, None)
            return self.answer(204)
        if there is None:
            return self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        return self.answer(200, there[0])

    def list(self, query):
        names = sorted(k for k in self.server.objects if k.startswith(query.get("prefix", "")))
        start = int(query.get("continuation-token", "0").replace("=", "") or 0)
        page = names[start:start + PAGE]
        out = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult>"]
        for name in page:
            out.append("<Contents><Key>%s</Key><LastModified>%s</LastModified><Size>%d</Size></Contents>" % (
                escape(name), self.server.objects[name][1].strftime("%Y-%m-%dT%H:%M:%S.000Z"), len(self.server.objects[name][0])))
        if start + PAGE < len(names):
            out.append("<IsTruncated>true</IsTruncated><NextContinuationToken>%d==</NextContinuationToken>" % (start + PAGE))
        return self.answer(200, ("".join(out) + "</ListBucketResult>").encode())

    do_GET = do_PUT = do_HEAD = do_DELETE = handle_any


if __name__ == "__main__":
    top = os.environ.get("top_builddir", ".")
    with open(os.path.join(top, "config.h"), encoding="utf-8") as f:
        if "#define HAVE_S3 1" not in f.read():
            print("array-upload is built without S3")
            sys.exit(77)
    suites = [os.path.join(top, "tests", "array-upload", name) for name in ("test_blob", "test_seal")]
    command = sys.argv[1:] or suites[:1]
    double = Double()
    status = subprocess.call(command, env=dict(os.environ, **double.environment()))
    if not sys.argv[1:]:
        status = subprocess.call(suites[1:], env=dict(os.environ, **double.environment())) or status
    if double.refused:
        print("refused:", double.refused[:5])
        status = status or 1
    wrong = subprocess.call(command, env=dict(os.environ, **dict(double.environment(), ARRAY_UPLOAD_S3_SECRET_KEY="wrong")),
                            stdout=subprocess.DEVNULL) if not sys.argv[1:] else 1
    if wrong == 0:
        print("the suite passes with a wrong secret: the double verifies nothing")
        status = 1
    sys.exit(status)
