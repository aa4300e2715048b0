"""What the tests share: where things are, what is installed, and made exports."""

import importlib.util
import os
import subprocess
import sys
import unittest

TOP = os.environ["top_srcdir"]
BUILD = os.environ["top_builddir"]
TESTDATA = os.path.join(TOP, "testdata")
MODEL = os.path.join(TESTDATA, "model")
SHARED = os.path.join(TOP, "..", "shared")


def has(name):
    return importlib.util.find_spec(name) is not None


needs_numpy = unittest.skipUnless(has("numpy"), "NumPy is not installed (python3-numpy)")
needs_pandas = unittest.skipUnless(has("pandas"), "pandas is not installed (python3-pandas)")
needs_convert = unittest.skipUnless(
    os.path.exists(os.path.join(BUILD, "genotype-convert")), "no genotype-convert in this build (libhts-dev)"
)


def program(name, *arguments, **keywords):
    """A finished run of a program of this build."""
    return subprocess.run(
        [os.path.join(BUILD, name), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, **keywords
    )


def in_child(code):
    """What a Python of its own prints that runs the code; it must end well."""
    code = "import sys; sys.path.insert(0, %r)\n" % os.path.dirname(os.path.abspath(__file__)) + code
    run = subprocess.run(
        [sys.executable, *(["-S"] if sys.flags.no_site else []), "-c", code], stdout=subprocess.PIPE, check=True
    )
    return run.stdout.decode()


def export(rows, columns="genotype"):
    """A 23andMe export of these (rsid, chromosome, position, genotype), as bytes."""
    head = os.path.join(TESTDATA, "23andme", "good-2019.txt")
    with open(head, encoding="utf-8", newline="") as file:
        lines = [line for line in file if line.startswith("#")]
    end = lines[0][len(lines[0].rstrip("\r\n")) :]
    return ("".join(lines) + "".join("\t".join(map(str, row)) + end for row in rows)).encode()


def many(count, seed=1):
    """Rows in the order of the export, every kind of genotype among them."""
    genotypes = ("AA", "AG", "CT", "GG", "--", "II", "DD", "DI", "CC", "TT", "AC")
    per = count // 20 + 1
    return [
        ("rs%d" % (1000 + i * 7 + seed), i // per + 1, 100000 + (i % per) * 50, genotypes[(i * 31 + seed) % 11])
        for i in range(count)
    ]
