"""The data frame: what users of snps expect, every row of the reader's table, for every kind of export."""

import os
import subprocess
import sys
import tempfile
import unittest

import dtcgeno
from plain import good_files, rows_of, text_of
from support import SHARED, TOP, export, many, needs_pandas


def profiles(generator):
    listed = subprocess.run([sys.executable, "-S", generator, "--list"], stdout=subprocess.PIPE, check=True).stdout
    return [line.split()[0] for line in listed.decode().splitlines()]


@needs_pandas
class Frame(unittest.TestCase):
    def check_frame(self, table, text):
        import numpy

        frame = table.to_pandas()
        self.assertEqual(frame.index.name, "rsid")
        self.assertEqual(frame.index.dtype, object)
        self.assertEqual(list(frame.columns), ["chrom", "pos", "genotype"])
        self.assertEqual([str(kind) for kind in frame.dtypes], ["object", "uint32", "object"])
        self.assertEqual(len(frame), len(table))
        # the reader's table
        self.assertTrue((frame["pos"].to_numpy() == table.position).all())
        self.assertTrue((frame["chrom"].to_numpy() == numpy.array(dtcgeno.CHROMS, dtype=object)[table.contig]).all())
        letters = numpy.array(dtcgeno.GENOTYPES, dtype=object)[table.genotype]
        self.assertTrue((frame["genotype"].fillna("").to_numpy() == letters).all())
        self.assertEqual(frame["genotype"].isna().sum(), table.verdict.no_calls)
        # and another reader's
        rejected = {reject.line for reject in table.rejects}
        rows = [row for row in rows_of(text) if row[0] not in rejected]
        self.assertEqual(list(frame.index), [row[1] for row in rows])
        self.assertEqual(frame["chrom"].tolist(), [row[2] for row in rows])
        self.assertEqual(frame["pos"].tolist(), [int(row[3]) for row in rows])
        called = frame["genotype"].where(frame["genotype"].notna(), None).tolist()
        self.assertEqual(called, [row[4] for row in rows])
        return frame

    def test_on_testdata(self):
        for path in good_files(TOP):
            with self.subTest(path):
                self.check_frame(dtcgeno.read(path), text_of(path))

    def test_on_every_profile(self):
        generator = os.path.join(SHARED, "tools", "gen_exports.py")
        if not os.path.exists(generator):
            self.skipTest("no ../shared beside the repository")
        with tempfile.TemporaryDirectory() as folder:
            for number, profile in enumerate(profiles(generator)):
                with self.subTest(profile):
                    out = os.path.join(folder, profile)
                    options = ["--profile", profile, "--sex", "FM"[number % 2], "--seed", str(number), "--rows", "3000"]
                    subprocess.run([sys.executable, "-S", generator, *options, "--out", out], check=True,
                                   stdout=subprocess.DEVNULL)
                    (path,) = [os.path.join(at, name) for at, _, names in os.walk(out) for name in names]
                    table = dtcgeno.read(path)
                    self.assertGreater(len(table), 2500)
                    self.check_frame(table, text_of(path))

    def test_it_is_the_caller_s_to_change(self):
        table = dtcgeno.read(export(many(50)))
        frame, before = table.to_pandas(), list(table.position)
        frame["pos"] += 1
        frame.loc[frame["genotype"].isna(), "genotype"] = "--"
        frame.loc["rs1008", "chrom"] = "X"
        self.assertEqual(list(table.position), before)
        self.assertEqual(table.to_pandas()["pos"].tolist(), before)
        self.assertEqual(frame.sort_values("pos").index[0], min(zip(before, table.strings("rsid")))[1])

    def test_rejects(self):
        rows = [*many(5), ("rs9", 0, 0, "AA"), ("rs10", 1, 5, "XX")]
        frame = dtcgeno.read(export(rows)).rejects.to_pandas()
        self.assertEqual(frame["code"].tolist(), ["position-missing", "allele-invalid"])
        self.assertEqual(frame["rsid"].tolist(), ["rs9", "rs10"])
        self.assertEqual(list(frame.columns), list(dtcgeno.Reject._fields))
        self.assertEqual(len(dtcgeno.read(export(many(5))).rejects.to_pandas()), 0)

    def test_a_table_without_rows(self):
        rows = [("rs9", 0, 0, "AA")]
        try:
            table = dtcgeno.read(export(rows), min_rows=0)
        except dtcgeno.InputError as error:
            self.assertEqual(error.reason, "file_incomplete")
        else:
            self.assertEqual(str(table.to_pandas()["pos"].dtype), "uint32")
            self.assertEqual((len(table), len(table.rejects)), (0, 1))


if __name__ == "__main__":
    unittest.main()
