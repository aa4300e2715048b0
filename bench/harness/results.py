"""The JSON of a benchmark (schema 1), one file each in the folder of results."""
import json
import os

SCHEMA = 1
KINDS = ["plain", "peers", "reference", "grow", "batch", "ir"]


def save(folder, file, result):
    os.makedirs(folder, exist_ok=True)
    for path in [os.path.join(folder, result["kind"] + ".json")] + ([file] if file else []):
        with open(path + ".new", "w") as f:
            json.dump(result, f, indent=1)
            f.write("\n")
        os.replace(path + ".new", path)


def load(folder):
    """kind -> result, of those that were run."""
    got = {}
    for kind in KINDS:
        path = os.path.join(folder, kind + ".json")
        if os.path.exists(path):
            with open(path) as f:
                got[kind] = json.load(f)
    return got
