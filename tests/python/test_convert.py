"""convert: what the program writes, with its report; its refusals as exceptions."""

import io
import os
import tempfile
import unittest

import dtcgeno
from support import BUILD, MODEL, export, many, needs_convert, program

EXPORT = os.path.join(MODEL, "exports", "23andme.37.zip")
GENOME = {
    "reference": os.path.join(MODEL, "m37.fa"),
    "sites": os.path.join(MODEL, "sites.37.vcf"),
    "assemblies": os.path.join(MODEL, "assembly.tsv"),
}


@needs_convert
class Convert(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.out = os.path.join(self.folder, "me.vcf")

    def records(self, path):
        with open(path, encoding="utf-8") as file:
            return [line for line in file if not line.startswith("##")]

    def test_as_the_program_does(self):
        by_hand = os.path.join(self.folder, "hand.vcf")
        run = program("genotype-convert", "-q", "--assemblies", GENOME["assemblies"], "-f", GENOME["reference"], "-T",
                      GENOME["sites"], "--sex", "male", "-s", "S1", "-o", by_hand, EXPORT)
        self.assertEqual(run.returncode, 0, run.stderr)
        with open(EXPORT, "rb") as file:
            data = file.read()
        for source in (EXPORT, data, io.BytesIO(data)):
            done = dtcgeno.convert(source, self.out, sex="male", sample="S1", **GENOME)
            self.assertEqual(self.records(self.out), self.records(by_hand))
            self.assertEqual(done.output, self.out)
            self.assertEqual(done.rows, done.written + done.merged + sum(done.rejected.values()))
            self.assertEqual(done.records, len(self.records(by_hand)) - 1)
            self.assertEqual(done.report["vendor"], "23andme")
            self.assertIsInstance(done.warnings, list)
            self.assertIn("642 rows", repr(done))
            os.unlink(self.out)

    def test_side_files_and_index(self):
        out, rejects = self.out + ".gz", os.path.join(self.folder, "rejects.tsv")
        page = os.path.join(self.folder, "page.html")
        done = dtcgeno.convert(EXPORT, out, index="tbi", rejects=rejects, report_html=page, drop_no_calls=True,
                               options=["--vcf-version", "4.2"], **GENOME)
        self.assertEqual(sorted(os.listdir(self.folder)), ["me.vcf.gz", "me.vcf.gz.tbi", "page.html", "rejects.tsv"])
        with open(rejects, encoding="utf-8") as file:
            self.assertEqual(len(list(file)) - 1, sum(done.rejected.values()))

    def test_no_such_file(self):
        for use in (lambda path: dtcgeno.convert(path, self.out, **GENOME), dtcgeno.read):
            with self.assertRaises(dtcgeno.NotFoundError) as caught:
                use(os.path.join(self.folder, "nosuch.zip"))
            self.assertEqual(os.path.basename(caught.exception.filename), "nosuch.zip")
            self.assertNotIn("nosuch", str(caught.exception))

    def test_little_written(self):
        data = export([(name, "chr%s" % contig, *rest) for name, contig, *rest in many(20)])
        done = dtcgeno.convert(data, self.out, **GENOME)
        self.assertEqual((done.written, sum(done.rejected.values())), (0, done.rows))
        self.assertIn("little-written", [w["code"] for w in done.warnings])

    def test_refusals(self):
        with self.assertRaises(dtcgeno.InputError) as caught:
            dtcgeno.convert(b"no export", self.out, **GENOME)
        self.assertEqual(caught.exception.reason, "provider_not_supported")
        with self.assertRaises(dtcgeno.InputError) as caught:
            dtcgeno.convert(export(many(20)).replace(b"\tAG", b"\tAG\tx"), self.out, **GENOME)
        self.assertEqual(caught.exception.code, "row-columns")
        self.assertGreater(caught.exception.line, 10)
        with self.assertRaises(dtcgeno.LimitError):
            dtcgeno.convert(EXPORT, self.out, options=["--max-rows", "10"], **GENOME)
        with self.assertRaises(dtcgeno.ArgumentError):
            dtcgeno.convert(EXPORT, self.out)
        with self.assertRaises(dtcgeno.ArgumentError):
            dtcgeno.convert(EXPORT, self.out, sex="other", **GENOME)
        with self.assertRaises(dtcgeno.ReadError):
            dtcgeno.convert(EXPORT, os.path.join(self.folder, "none", "x.vcf"), **GENOME)
        self.assertEqual(os.listdir(self.folder), [])

    def test_names_are_no_options(self):
        before = os.getcwd()
        os.chdir(self.folder)
        try:
            with open("-x.zip", "wb") as out, open(EXPORT, "rb") as file:
                out.write(file.read())
            dtcgeno.convert("-x.zip", "-y.vcf", **{k: os.path.abspath(v) for k, v in GENOME.items()})
            self.assertTrue(os.path.exists("-y.vcf"))
        finally:
            os.chdir(before)

    def test_a_program_that_is_not_there(self):
        with self.assertRaises(dtcgeno.InternalError) as caught:
            dtcgeno.convert(EXPORT, self.out, program=os.path.join(self.folder, "none"), **GENOME)
        self.assertEqual(caught.exception.code, "not-found")
        path, os.environ["PATH"] = os.environ["PATH"], self.folder
        try:
            with self.assertRaises(dtcgeno.InternalError):
                dtcgeno.convert(EXPORT, self.out, **GENOME)
        finally:
            os.environ["PATH"] = path
        dtcgeno.convert(EXPORT, self.out, program=os.path.join(BUILD, "genotype-convert"), **GENOME)


if __name__ == "__main__":
    unittest.main()
