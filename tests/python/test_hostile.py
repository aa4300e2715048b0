"""Damaged and hostile files: a verdict or an exception of ours, never a crash, and the same as the program's."""

import io
import os
import random
import subprocess
import sys
import tempfile
import unittest

import dtcgeno
from support import MODEL, TOP, export, many, program


def tried(data):
    """What read() and validate() make of it: the codes. Each column of what is read is looked through."""
    codes = [dtcgeno.validate(data, container="any", min_rows=1).code, dtcgeno.identify(data).code]
    try:
        table = dtcgeno.read(data)
    except (dtcgeno.InputError, dtcgeno.LimitError) as error:
        codes.append(error.code)
    else:
        codes.append("ok")
        assert len(table) + len(table.rejects) == table.verdict.rows
        assert len(list(table)) == len(table)
        for name in ("position", "id_number", "id_kind", "contig", "genotype", "line"):
            memoryview(table.column(name)).tobytes()
        list(table.rejects)
    return codes


class Hostile(unittest.TestCase):
    def test_damaged_bytes(self):
        chance = random.Random(7)
        seen = set()
        sources = [export(many(40))]
        for name in os.listdir(os.path.join(MODEL, "exports")):
            with open(os.path.join(MODEL, "exports", name), "rb") as file:
                sources.append(file.read())
        for source in sources:
            for _ in range(60):
                data = bytearray(source)
                for _ in range(chance.choice((1, 1, 2, 8))):
                    kind, at = chance.randrange(4), chance.randrange(len(data))
                    if kind == 0:
                        data[at] = chance.randrange(256)
                    elif kind == 1:
                        del data[at : at + chance.randrange(1, 40)]
                    elif kind == 2:
                        data[at:at] = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 40)))
                    else:
                        del data[at:]
                    if not data:
                        break
                seen.update(tried(bytes(data)))
        self.assertGreater(len(seen), 15, seen)

    def test_hostile_archives_are_judged_as_the_program_judges_them(self):
        with tempfile.TemporaryDirectory() as folder:
            maker = os.path.join(TOP, "tests", "hostile", "make_archives.py")
            subprocess.run([sys.executable, "-S", maker, folder], stdout=subprocess.DEVNULL, check=True)
            paths = sorted(os.path.join(at, name) for at, _, names in os.walk(folder) for name in names)
            paths = [path for path in paths if os.path.getsize(path) < 1 << 20][::12]
            self.assertGreater(len(paths), 100)
            lines = program("genotype-validate", "--json", "--any", "--min-rows", "1", *paths).stdout.decode()
            for path, line in zip(paths, lines.splitlines()):
                with self.subTest(path):
                    self.assertEqual(dtcgeno.validate(path, container="any", min_rows=1).to_json(), line)
                    with open(path, "rb") as file:
                        tried(file.read())

    def test_bytes_that_change_while_they_are_read(self):
        """A bytearray is the caller's to change: what is judged is what it was."""
        data = bytearray(export(many(40)))
        verdict = dtcgeno.validate(data, container="any", min_rows=1)
        data[:] = b"#" * len(data)
        self.assertTrue(verdict)
        data.clear()  # nothing holds it

    def test_file_objects_that_misbehave(self):
        class Broken(io.RawIOBase):
            def read(self, size=-1):
                raise OSError(5, "broken")

        class Blocking(io.RawIOBase):
            def read(self, size=-1):
                return None

        class Liar:
            def read(self, size=-1):
                return 7

        with self.assertRaises(OSError):
            dtcgeno.read(Broken())
        with self.assertRaises(BlockingIOError):
            dtcgeno.read(Blocking())
        with self.assertRaises(TypeError):
            dtcgeno.read(Liar())


if __name__ == "__main__":
    unittest.main()
