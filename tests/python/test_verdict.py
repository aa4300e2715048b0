"""validate and identify say what genotype-validate says, by path, by bytes and by file object."""

import gzip
import io
import json
import os
import pathlib
import pickle
import tempfile
import unittest

import dtcgeno
from plain import text_of
from support import MODEL, TESTDATA, export, many, program


def all_files():
    with open(os.path.join(TESTDATA, "expected.tsv"), encoding="utf-8") as file:
        return [os.path.join(TESTDATA, line.split("\t")[0]) for line in list(file)[1:]]


class Validate(unittest.TestCase):
    def test_every_file_is_judged_as_the_program_judges_it(self):
        files = all_files() + [os.path.join(MODEL, "exports", name) for name in os.listdir(MODEL + "/exports")]
        printed = program("genotype-validate", "--json", "--any", "--min-rows", "1", *files).stdout.decode()
        lines = printed.splitlines()
        self.assertEqual(len(lines), len(files))
        self.assertGreater(len(files), 150)
        for path, line in zip(files, lines):
            with self.subTest(path):
                verdict = dtcgeno.validate(path, container="any", min_rows=1)
                self.assertEqual(verdict.to_json(), line)
                self.assertEqual(verdict.to_dict(), json.loads(line))
                self.assertEqual(bool(verdict), verdict.verdict == "accepted")
                with open(path, "rb") as file:
                    data = file.read()
                expected = json.loads(line)
                del expected["file"]
                for source in (data, bytearray(data), memoryview(data), io.BytesIO(data)):
                    other = dtcgeno.validate(source, container="any", min_rows=1)
                    self.assertEqual(other.to_dict(), expected)

    def test_names_that_are_no_text(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(os.fsencode(folder), b'bad\xff"\x01\x7f\xc3\xa9\\.txt')
            with open(path, "wb") as file:
                file.write(export(many(3)))
            line = program("genotype-validate", "--json", "--any", "--min-rows", "1", path).stdout.decode().rstrip("\n")
            verdict = dtcgeno.validate(os.fsdecode(path), container="any", min_rows=1)
            self.assertEqual(verdict.to_json(), line)
            verdict.to_json().encode()

    def test_attributes_are_the_keys(self):
        verdict = dtcgeno.validate(pathlib.Path(MODEL, "exports", "23andme.37.zip"), min_rows=1)
        for key, value in verdict.to_dict().items():
            self.assertEqual(getattr(verdict, key), value)
            self.assertIn(key, dir(verdict))
        self.assertEqual(verdict.vendor_title, "23andMe")
        self.assertEqual(verdict.file_bytes, os.path.getsize(os.path.join(MODEL, "exports", "23andme.37.zip")))
        self.assertGreater(verdict.unpacked_bytes, 10000)
        self.assertTrue(verdict.summary.startswith("accepted: 23andMe"))
        with self.assertRaises(AttributeError):
            verdict.vendor = "x"
        with self.assertRaises(AttributeError):
            verdict.no_such_key

    def test_a_verdict_is_copied_by_pickle(self):
        verdict = dtcgeno.validate(os.path.join(TESTDATA, "23andme", "bad-nul.txt"), container="any")
        again = pickle.loads(pickle.dumps(verdict))
        self.assertEqual(again, verdict)
        self.assertEqual(hash(again), hash(verdict))
        self.assertFalse(again)

    def test_defaults_are_those_of_the_program(self):
        path = os.path.join(MODEL, "exports", "23andme.37.zip")
        self.assertEqual(dtcgeno.validate(path).code, "too-few-rows")
        self.assertEqual(dtcgeno.validate(os.path.join(TESTDATA, "23andme", "good-2019.txt")).code, "not-a-zip")

    def test_limits_and_choices(self):
        text = export(many(50))

        def judge(**options):
            return dtcgeno.validate(text, container="any", **{"min_rows": 1, **options}).code

        self.assertEqual(judge(max_rows=49), "too-many-rows")
        self.assertEqual(judge(min_rows=51), "too-few-rows")
        self.assertEqual(judge(), "ok")
        for most, code in ((len(text), "ok"), (len(text) - 1, "file-too-large")):
            self.assertEqual(judge(max_unpacked=most, max_size=1), code)
            stream = io.BytesIO(text)
            verdict = dtcgeno.validate(stream, container="any", min_rows=1, max_unpacked=most, max_size=1)
            self.assertEqual(verdict.code, code)
        packed = gzip.compress(text)
        for most, code in ((len(packed), "ok"), (len(packed) - 1, "file-too-large")):
            self.assertEqual(dtcgeno.validate(packed, container="any", min_rows=1, max_size=most).code, code)
        self.assertEqual(judge(fast=True), judge())
        for wrong in (
            {"max_rows": 0},
            {"min_rows": -1},
            {"max_size": 1 << 64},
            {"max_rows": 1.5},
            {"container": "gzip"},
        ):
            with self.subTest(wrong), self.assertRaises(ValueError):
                dtcgeno.validate(text, **wrong)
        with self.assertRaises(TypeError):
            dtcgeno.validate(None)
        with self.assertRaises(TypeError):
            dtcgeno.validate(7)
        with self.assertRaises(TypeError):
            dtcgeno.validate(io.StringIO("text"))

    def test_a_file_object_is_read_from_where_it_stands_and_no_further_than_the_limit(self):
        text = export(many(50))
        stream = io.BytesIO(b"before" + text)
        stream.seek(6)
        self.assertEqual(dtcgeno.validate(stream, container="any", min_rows=50).rows, 50)

        class Endless(io.RawIOBase):
            given = 0

            def read(self, size=-1):
                self.given += size
                return b"#" * size

        endless = Endless()
        self.assertEqual(dtcgeno.validate(endless, max_size=5000).code, "file-too-large")
        self.assertLessEqual(endless.given, 5001)


class Identify(unittest.TestCase):
    def test_by_the_header_alone(self):
        for name, vendor, title in (
            ("23andme/good-2019.txt", "23andme", "23andMe"),
            ("ancestrydna/good-v2.txt", "ancestrydna", "AncestryDNA"),
            ("myheritage/good-v2.csv", "myheritage", "MyHeritage"),
        ):
            path = os.path.join(TESTDATA, name)
            head = text_of(path).encode()[:4096]
            for source in (path, head, io.BytesIO(head), head + b"\nrubbish\n"):
                found = dtcgeno.identify(source)
                self.assertEqual((found.code, found.vendor, found.vendor_title), ("ok", vendor, title))
                self.assertEqual(found.build_evidence["header"], "GRCh37")

    def test_in_an_archive(self):
        for name in os.listdir(MODEL + "/exports"):
            path = os.path.join(MODEL, "exports", name)
            with open(path, "rb") as file:
                data = file.read()
            whole = dtcgeno.validate(path, container="any", min_rows=1)
            for found in (dtcgeno.identify(path), dtcgeno.identify(data)):
                self.assertEqual((found.code, found.vendor, found.format), ("ok", whole.vendor, whole.format))

    def test_what_is_none(self):
        self.assertEqual(dtcgeno.identify(b"hello\n").reason, "provider_not_supported")
        self.assertEqual(dtcgeno.identify(b"").reason, "file_empty")
        self.assertEqual(dtcgeno.identify(b"PK\x03\x04 cut off").reason, "zip_corrupt")
        foreign = dtcgeno.identify(os.path.join(TESTDATA, "foreign", "unsupported-genesforgood.txt"))
        self.assertEqual((foreign.code, foreign.vendor), ("vendor-foreign", "genesforgood"))


if __name__ == "__main__":
    unittest.main()
