"""What `make install` puts where: the package under the prefix, complete; `make uninstall` takes it away."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from support import BUILD, MODEL, TOP


class Install(unittest.TestCase):
    def make(self, *words):
        names = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "DESTDIR", "PYTHONPATH", "LD_PRELOAD")
        environment = {key: value for key, value in os.environ.items() if key not in names}
        run = subprocess.run(
            ["make", "-s", "-C", BUILD, "DESTDIR=" + self.stage, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            check=False,
        )
        self.assertEqual(run.returncode, 0, run.stdout.decode())

    @unittest.skipUnless(shutil.which("make"), "make is not installed")
    def test_staged(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.stage = os.path.join(folder.name, "stage")
        shutil.copytree(os.path.join(BUILD, "stage"), self.stage, symlinks=True)
        (package,) = [at for at, _, names in os.walk(self.stage) if "_native.abi3.so" in names]
        self.assertEqual(os.path.basename(package), "dtcgeno")
        expected = {*os.listdir(os.path.join(TOP, "lib", "python", "dtcgeno")), "_native.abi3.so"} - {"__pycache__"}
        self.assertEqual(set(os.listdir(package)), expected)
        (library,) = [at for at, _, names in os.walk(self.stage) if "libdtcgeno.so" in names]
        code = (
            "import sys; sys.path.insert(0, %r); import dtcgeno; assert dtcgeno.__file__.startswith(%r);"
            "print(len(dtcgeno.read(%r)), dtcgeno.__version__)"
        ) % (os.path.dirname(package), self.stage, os.path.join(MODEL, "exports", "23andme.37.zip"))
        environment = {**os.environ, "LD_LIBRARY_PATH": library}
        environment.pop("PYTHONPATH")
        run = subprocess.run([sys.executable, "-S", "-c", code], stdout=subprocess.PIPE, env=environment, check=True)
        import dtcgeno

        self.assertEqual(run.stdout.decode().split(), ["640", dtcgeno.__version__])
        self.make("uninstall-local")
        self.assertFalse(os.path.exists(package))


if __name__ == "__main__":
    unittest.main()
