"""README's section on Python does what it says: what is typed there prints what stands below it."""

import contextlib
import io
import os
import re
import shutil
import tempfile
import unittest

from support import MODEL, TOP, needs_convert, needs_pandas


@needs_convert
@needs_pandas
class Readme(unittest.TestCase):
    def test_the_example(self):
        with open(os.path.join(TOP, "README.md"), encoding="utf-8") as file:
            section = re.search(r"^## Python\n(.*?)^## ", file.read(), re.S | re.M).group(1)
        inputs = []  # pairs of what is typed and what it prints
        for block in re.split(r"^    >>> ", section, flags=re.M)[1:]:
            lines = re.match(r"(?:.+\n)*", block).group().splitlines()
            more = [line[8:] for line in lines[1:] if line.startswith("    ...")]
            inputs.append(("\n".join([lines[0], *more]) + "\n", "\n".join(lines[1 + len(more) :])))
        self.assertGreater(len(inputs), 8)
        before, names = os.getcwd(), {}
        with tempfile.TemporaryDirectory() as folder:
            model = shutil.copytree(MODEL, os.path.join(folder, "model"))
            os.chmod(model, 0o755)  # a distribution's tree may be read-only
            os.chdir(model)
            try:
                for typed, printed in inputs:
                    with self.subTest(typed):
                        said = io.StringIO()
                        with contextlib.redirect_stdout(said):
                            exec(compile(typed, "README.md", "single"), names)
                        self.assertEqual(said.getvalue().split(), printed.split())
            finally:
                os.chdir(before)


if __name__ == "__main__":
    unittest.main()
