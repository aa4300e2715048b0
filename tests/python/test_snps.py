"""SNPs: a script of the snps library changes one import."""

import io
import os
import unittest

import dtcgeno
from support import MODEL, TESTDATA, export, has, needs_pandas

if has("pandas"):
    from dtcgeno import SNPs

ROWS = [  # a man's: one letter or two equal ones on X, his Y is called
    ("rs10", 1, 1000, "AA"),
    ("rs11", 1, 1001, "AG"),
    ("rs12", 2, 1000, "--"),
    ("rs11", 3, 5000, "CC"),  # the name stood before
    ("i13", 22, 20000000, "DI"),
    *[("rs%d" % (100 + i), "X", 3000000 + i, "C") for i in range(150)],
    ("rs500", "X", 100000, "CT"),  # PAR1
    ("rs501", "X", 4000000, "GG"),
    ("rs502", "X", 4000001, "GT"),  # nobody with one X has this
    *[("rs%d" % (1000 + i), "Y", 3000000 + i, "T") for i in range(150)],
    ("rs900", "MT", 100, "AA"),
    ("rs901", "MT", 200, "AG"),
    ("rs902", "MT", 300, "C"),
]


@needs_pandas
class Snps(unittest.TestCase):
    def test_what_scripts_call(self):
        s = SNPs(export(ROWS))
        self.assertEqual((s.source, s.build, s.build_detected, s.assembly), ("23andMe", 37, True, "GRCh37"))
        self.assertEqual(s.sex, "Male")
        self.assertEqual(s.snps.index.name, "rsid")
        self.assertEqual([str(kind) for kind in s.snps.dtypes], ["object", "uint32", "object"])
        self.assertEqual(s.duplicate.index.tolist(), ["rs11"])
        self.assertEqual(s.duplicate.loc["rs11", "chrom"], "3")
        self.assertEqual(s.discrepant_XY.index.tolist(), ["rs502"])
        self.assertEqual(s.heterozygous_MT.index.tolist(), ["rs901"])
        self.assertEqual(s.count, len(ROWS) - 3)
        self.assertEqual(len(s.snps), s.count)
        self.assertEqual(s.get_count("MT"), 2)
        self.assertEqual(s.snps.loc["rs501", "genotype"], "G")
        self.assertEqual(s.snps.loc["rs500", "genotype"], "CT")
        self.assertEqual(s.snps.loc["rs900", "genotype"], "A")
        self.assertTrue(s.snps["genotype"].isna()["rs12"])
        self.assertEqual(s.heterozygous().index.tolist(), ["rs11", "i13", "rs500"])
        self.assertEqual(s.heterozygous("X").index.tolist(), ["rs500"])
        self.assertEqual(s.homozygous("1").index.tolist(), ["rs10"])
        self.assertEqual(len(s.notnull()), s.count - 1)
        self.assertEqual(len(s.notnull("2")), 0)
        self.assertEqual(s.chromosomes, ["1", "2", "22", "X", "Y", "MT"])
        self.assertEqual(s.chromosomes_summary, "1-2, 22, X, Y, MT")
        self.assertTrue(s.valid)
        self.assertFalse(s.phased)
        self.assertEqual(s.summary["count"], s.count)

    def test_without_deduplication_every_row_is_there(self):
        s = SNPs(export(ROWS), deduplicate=False, deduplicate_XY_chrom=False, deduplicate_MT_chrom=False)
        self.assertEqual(sorted(s.snps.index), sorted(row[0] for row in ROWS))
        for left in (s.duplicate, s.discrepant_XY, s.heterozygous_MT):
            self.assertEqual((len(left), list(left.columns)), (0, ["chrom", "pos", "genotype"]))

    def test_nothing_is_lost(self):
        for folder in ("23andme", "ancestrydna", "myheritage"):
            for name in sorted(os.listdir(os.path.join(TESTDATA, folder))):
                if not name.startswith("good-"):
                    continue
                with self.subTest(name):
                    path = os.path.join(TESTDATA, folder, name)
                    s = SNPs(path)
                    parts = s.snps, s.duplicate, s.discrepant_XY, s.heterozygous_MT, s.rejected
                    self.assertEqual(sum(map(len, parts)), s.verdict.rows)
                    self.assertTrue(s.snps.index.is_unique)
                    self.assertEqual(s.source, dtcgeno.read(path).verdict.vendor_title)

    def test_order(self):
        s = SNPs(os.path.join(TESTDATA, "ancestrydna", "good-v2.txt"))
        rank = {name: i for i, name in enumerate([str(n) for n in range(1, 23)] + ["X", "Y", "PAR", "MT"])}
        places = [(rank[chrom], pos) for chrom, pos in zip(s.snps["chrom"], s.snps["pos"])]
        self.assertEqual(places, sorted(places))
        self.assertIn("PAR", s.chromosomes)
        self.assertEqual(s.chromosomes[-1], "MT")

    def test_other_names_stand_twice(self):
        text = export([("odd-1", 1, 10, "AA"), ("odd-2", 1, 20, "AA"), ("odd-1", 1, 30, "CC"), ("rs1", 1, 40, "CC")])
        try:
            s = SNPs(text)
        except dtcgeno.InputError as error:  # another vendor's names
            self.skipTest(error.code)
        self.assertEqual(s.duplicate["pos"].tolist(), [30])

    def test_sources_and_what_is_not_here(self):
        path = os.path.join(MODEL, "exports", "23andme.37.zip")
        with open(path, "rb") as file:
            data = file.read()
        frames = [SNPs(source).snps for source in (path, data, io.BytesIO(data))]
        self.assertTrue(frames[0].equals(frames[1]) and frames[0].equals(frames[2]))
        empty = SNPs()
        self.assertEqual((empty.count, empty.source, empty.build, empty.sex, empty.valid), (0, "", 0, "", False))
        self.assertEqual((empty.summary, empty.chromosomes, len(empty.heterozygous())), ({}, [], 0))
        self.assertEqual(SNPs(path, only_detect_source=True).source, "23andMe")
        with self.assertRaises(NotImplementedError):
            SNPs(path, assign_par_snps=True)
        with self.assertRaises(dtcgeno.InputError):
            SNPs(b"no export")


if __name__ == "__main__":
    unittest.main()
