"""Exceptions: a class for each class of status, with reason, code, line and column."""

import os
import pickle
import tempfile
import unittest

import dtcgeno
from support import TESTDATA, export, many


class Errors(unittest.TestCase):
    def test_input(self):
        with self.assertRaises(dtcgeno.InputError) as caught:
            dtcgeno.read(os.path.join(TESTDATA, "23andme", "bad-columns-three.txt"))
        error = caught.exception
        self.assertIsInstance(error, (dtcgeno.Error, ValueError))
        self.assertEqual((error.reason, error.code, error.line, error.column), ("file_modified", "row-columns", 6, 14))
        self.assertIn("line 6, column 14: refused: file_modified (row-columns)", str(error))
        self.assertTrue(error.advice)
        self.assertTrue(error.expectation)
        self.assertFalse(error.verdict.accepted)
        self.assertEqual(error.verdict.code, "row-columns")

    def test_limit(self):
        with self.assertRaises(dtcgeno.LimitError) as caught:
            dtcgeno.read(export(many(30)), max_rows=29)
        self.assertEqual((caught.exception.reason, caught.exception.code), ("file_too_large", "too-many-rows"))
        self.assertNotIsInstance(caught.exception, dtcgeno.InputError)

    def test_system(self):
        with tempfile.TemporaryDirectory() as folder:
            for call in (dtcgeno.read, dtcgeno.validate, dtcgeno.identify):
                with self.assertRaises(FileNotFoundError) as caught:
                    call(os.path.join(folder, "none.zip"))
                error = caught.exception
                self.assertIsInstance(error, dtcgeno.ReadError)
                self.assertEqual((error.code, error.errno), ("io-open", 2))
                self.assertTrue(error.filename.endswith("none.zip"))
                self.assertNotIn("none.zip", str(error))
                with self.assertRaises(dtcgeno.ReadError) as caught:
                    call(folder)
                self.assertEqual((caught.exception.code, caught.exception.errno), ("io-read", 21))
            if os.geteuid() != 0:
                path = os.path.join(folder, "closed")
                os.close(os.open(path, os.O_CREAT, 0))
                with self.assertRaises(PermissionError):
                    dtcgeno.read(path)

    def test_they_pass_from_process_to_process(self):
        for source in (b"", export(many(3))[:-4], os.path.join(TESTDATA, "none")):
            with self.assertRaises(dtcgeno.Error) as caught:
                dtcgeno.read(source, min_rows=3)
            again = pickle.loads(pickle.dumps(caught.exception))
            self.assertIs(type(again), type(caught.exception))
            self.assertEqual(str(again), str(caught.exception))
            for name in ("reason", "code", "line", "column", "verdict"):
                self.assertEqual(getattr(again, name), getattr(caught.exception, name))

    def test_no_text_of_the_export_is_in_them(self):
        rows = many(5) + [("rsSECRET", 1, "SECRET", "AA")]
        with self.assertRaises(dtcgeno.InputError) as caught:
            dtcgeno.read(export(rows))
        self.assertNotIn("SECRET", str(caught.exception) + repr(caught.exception) + repr(caught.exception.verdict))


if __name__ == "__main__":
    unittest.main()
