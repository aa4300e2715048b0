"""Holds answers of the API against schemas: openapi.yaml of the source, and the original's, where each is there."""
import json
import os
import re
import urllib.parse

SOURCE = os.environ.get("top_srcdir", ".")
# The original types what is computed as "string" (its framework's default); seen answers have numbers, lists and objects there.
COMPUTED = {"sample_count", "hidden_sample_count", "roles", "failed_qc", "display_only_if_failed", "modifications_enabled", "datasets",
            "steps", "uploads_enabled", "explorer_enabled", "has_expired"}
# Seen to answer otherwise than described: the status, and tokens that are read-only or write-only.
STATUS = {"POST /api/v2/project-cancel-samples/{project_id}": 200}
# There is nothing to restore: an empty page instead.
OTHERWISE = {"POST /api/v2/project-restore-samples/{project_id}"}
ONE_WAY = {"TokenRefresh": {"refresh"}, "TokenVerify": {"token"}, "BlacklistRefreshToken": {"refresh"}}


def _load():
    documents = []
    contract = os.path.join(SOURCE, "..", "shared", "data", "service", "contract.json")
    if os.path.exists(contract):
        with open(contract, encoding="utf-8") as f:
            original = json.load(f)
        operations = {}
        for name, o in original["operations"].items():
            operations[name] = (STATUS.get(name, int(o["status"])), o["response"])
        documents.append((operations, original["schemas"]))
    more = os.path.join(SOURCE, "..", "shared", "data", "service", "contract-results.json")
    if os.path.exists(more):
        with open(more, encoding="utf-8") as f:
            original = json.load(f)
        operations = {}
        for path, methods in original["paths"].items():
            for method, o in methods.items():
                for status, answer in o["responses"].items():
                    schema = answer.get("content", {}).get("application/json", {}).get("schema")
                    name = "%s %s" % (method.upper(), path)
                    if name not in OTHERWISE:
                        operations[name] = (int(status), schema)
        documents.append((operations, original["schemas"]))
    try:
        import yaml
    except ImportError:
        return documents
    if not os.path.exists(os.path.join(SOURCE, "tools", "array-upload", "openapi.yaml")):
        return documents
    with open(os.path.join(SOURCE, "tools", "array-upload", "openapi.yaml"), encoding="utf-8") as f:
        own = yaml.safe_load(f)
    operations = {}
    for path, methods in own["paths"].items():
        for method, o in methods.items():
            if method == "parameters":
                continue
            for status, answer in o["responses"].items():
                if str(status).startswith("2"):
                    content = answer.get("content", {}).get("application/json", {})
                    operations["%s %s" % (method.upper(), path)] = (int(status), content.get("schema"))
    documents.append((operations, own["components"]["schemas"]))
    return documents


DOCUMENTS = None
SEEN = set()


def _find(operations, method, path):
    for name in operations:
        verb, pattern = name.split(" ", 1)
        pattern = re.sub(r"\{[^}]+\}", "[^/]+", pattern.rstrip("/").replace(".", r"\."))
        if verb == method and re.fullmatch(pattern, path):
            yield name


def _fault(schema, value, schemas, where, name=""):
    if schema is None:
        return None
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return _fault(schemas[name], value, schemas, where, name)
    if "allOf" in schema:
        for part in schema["allOf"]:
            fault = _fault(part, value, schemas, where)
            if fault:
                return fault
        return None
    if value is None and (schema.get("nullable") or "type" not in schema):
        return None
    if "oneOf" in schema:
        faults = [_fault(part, value, schemas, where) for part in schema["oneOf"]]
        return None if None in faults else faults[0]
    if "enum" in schema and value not in schema["enum"]:
        return "%s: %r is not one of %r" % (where, value, schema["enum"])
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool}
    kind = schema.get("type")
    if kind and (not isinstance(value, kinds[kind]) or (kind in ("integer", "number") and isinstance(value, bool))):
        return "%s: %r is no %s" % (where, value, kind)
    if kind == "string":
        if len(value) > schema.get("maxLength", 1 << 30):
            return "%s: longer than %d" % (where, schema["maxLength"])
        patterns = {"uuid": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "date": r"\d{4}-\d\d-\d\d",
                    "date-time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z", "uri": r"https?://[^ ]+|"}
        pattern = patterns.get(schema.get("format"))
        if pattern and not re.fullmatch(pattern, value):
            return "%s: %r is no %s" % (where, value, schema["format"])
    if kind == "array":
        for i, item in enumerate(value):
            fault = _fault(schema.get("items"), item, schemas, "%s[%d]" % (where, i))
            if fault:
                return fault
    if kind == "object":
        for key in schema.get("required", []):
            if key not in value and key not in ONE_WAY.get(name, ()):
                return "%s: %s is missing" % (where, key)
        for key, part in schema.get("properties", {}).items():
            if key in value and not (key in COMPUTED and part.get("type") == "string"):
                fault = _fault(part, value[key], schemas, where + "." + key)
                if fault:
                    return fault
    return None


def check(method, target, answer):
    """Raises when a good answer is not as described, or a bad one is not the API's form."""
    global DOCUMENTS
    if DOCUMENTS is None:
        DOCUMENTS = _load()
    path = urllib.parse.urlsplit(target).path.rstrip("/")
    if not path.startswith("/api/") or method == "HEAD":
        return
    if answer.status >= 400:
        if answer.status != 503 or answer.body:
            assert answer.headers["Content-Type"] == "application/json", (method, target, answer)
            json.loads(answer.body)
        return
    for operations, schemas in DOCUMENTS:
        for name in _find(operations, method, path):
            status, schema = operations[name]
            SEEN.add(name)
            assert answer.status == status, "%s: %d, not %d" % (name, answer.status, status)
            if schema is not None:
                fault = _fault(schema, json.loads(answer.body), schemas, name)
                assert fault is None, fault
