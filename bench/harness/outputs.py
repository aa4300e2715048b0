"""What a result holds, so that a fast wrong answer cannot pass."""
import gzip
import hashlib
import json

from .process import fail


def records(path):
    """The records of a VCF as lists of fields."""
    with gzip.open(path, "rt") as f:
        return [line.rstrip("\n").split("\t") for line in f if line[0] != "#"]


def same_text(path, other, what):
    """The same records, byte for byte, in two files that may be compressed differently."""
    digests = []
    for name in (path, other):
        digest = hashlib.sha256()
        with gzip.open(name, "rb") as f:
            for line in f:
                if line[:2] != b"##":
                    digest.update(line)
        digests.append(digest.digest())
    if digests[0] != digests[1]:
        fail("%s: other records" % what)


def bases_called(fields):
    alleles = [fields[3]] + fields[4].split(",")
    genotype = fields[9].split(":")[0].replace("|", "/").split("/")
    return {"." if g == "." else alleles[int(g)] for g in genotype}


def agrees_with_bcftools(ours, theirs):
    """Same place, REF, and bases called, for every record that bcftools writes; it leaves out I and D and knows no
    filter, so that a call of ours may be missing where its FILTER says why. What we have beyond theirs must be no
    SNV."""
    mine = {(t[0], t[1]): t for t in records(ours)}
    n = wrong = 0
    for t in records(theirs):
        n += 1
        got = mine.pop((t[0], t[1]), None)
        if not got or got[3] != t[3].upper():
            wrong += 1
            continue
        called = bases_called(got)
        wrong += called != bases_called(t) and not (called == {"."} and got[6] != "PASS")
    beyond = sum(len(t[3]) == 1 and all(len(a) == 1 for a in t[4].split(",")) for t in mine.values())
    if wrong or beyond or n == 0:
        fail("%d of %d records differ from bcftools', %d stand only in ours" % (wrong, n, beyond))
    return n


def accepted(runner, words, rows):
    """genotype-validate accepts the export and counts its rows."""
    got = json.loads(runner.output("genotype-validate", words).splitlines()[0])
    if got["rows"] != rows:
        fail("genotype-validate counts %s rows, not %d" % (got["rows"], rows))
