"""The columns hold what a plain reader reads; nothing is lost between them and the rejects."""

import os
import unittest

import dtcgeno
from plain import good_files, is_placed, rows_of, text_of
from support import MODEL, TOP, export, many, needs_numpy


class Columns(unittest.TestCase):
    def test_every_accepted_file_holds_what_a_plain_reader_reads(self):
        files = good_files(TOP) + [os.path.join(MODEL, "exports", name) for name in os.listdir(MODEL + "/exports")]
        self.assertGreater(len(files), 60)
        for path in files:
            with self.subTest(path):
                table = dtcgeno.read(path)
                self.assertEqual(len(table) + len(table.rejects), table.verdict.rows)
                rejected = {reject.line: reject for reject in table.rejects}
                rows = list(rows_of(text_of(path)))
                self.assertEqual(len(rows), table.verdict.rows)
                kept = [row for row in rows if row[0] not in rejected]
                self.assertEqual([row[0] for row in kept], [int(line) for line in table.line])
                expected = [(rsid, chrom, int(pos), genotype) for _, rsid, chrom, pos, genotype in kept]
                self.assertEqual([tuple(call) for call in table], expected)
                self.assertEqual(table.strings("rsid") if isinstance(table.strings("rsid"), list)
                                 else table.strings("rsid").tolist(), [row[0] for row in expected])
                for row in rows:
                    if row[0] in rejected:
                        reject = rejected[row[0]]
                        self.assertEqual(reject.rsid, row[1])
                        self.assertEqual(reject.pos, row[3])
                        self.assertEqual(reject.reason, "file_modified")
                        self.assertTrue(reject.fault)
                        self.assertTrue(not is_placed(row) or reject.code != "position-missing")
                counts = table.verdict
                called = sum(genotype is not None for *_, genotype in expected)
                self.assertEqual((counts.called, counts.no_calls), (called, len(expected) - called))

    def test_rejects_are_a_table_of_their_own(self):
        rows = many(10)
        rows[3:3] = [("rs77", 0, 0, "AA"), ("rs78", "1", 5000, "AN"), ("rs79", "Q", 5, "AC")]
        table = dtcgeno.read(export(rows))
        self.assertEqual(len(table), 10)
        rejects = table.rejects
        self.assertEqual([reject.code for reject in rejects],
                         ["position-missing", "allele-invalid", "chromosome-invalid"])
        self.assertEqual([tuple(reject[4:]) for reject in rejects],
                         [("rs77", "0", "0", "AA"), ("rs78", "1", "5000", "AN"), ("rs79", "Q", "5", "AC")])
        self.assertEqual([reject.line for reject in rejects], [rejects[0].line + i for i in range(3)])
        self.assertEqual(rejects[-1], rejects[2])
        self.assertEqual(rejects[1:], [rejects[1], rejects[2]])
        for outside in (3, -4):
            with self.assertRaises(IndexError):
                rejects[outside]
        with self.assertRaises(dtcgeno.InputError):
            dtcgeno.read(export(rows), policy="refuse", min_rows=1)

    def test_letters_are_as_the_vendor_wrote_them(self):
        rows = [("rs1", 1, 10, "GA"), ("rs2", 1, 20, "--"), ("i3", 1, 30, "DI"), ("rs4", "X", 2800000, "A"),
                ("rs5", "X", 2800010, "D"), ("rs6", "Y", 2800000, "-"), ("rs7", "MT", 100, "I")]
        table = dtcgeno.read(export(rows))
        self.assertEqual([call.genotype for call in table], ["GA", None, "DI", "A", "D", None, "I"])
        self.assertEqual([dtcgeno.GENOTYPES[code] for code in table.genotype], ["GA", "", "DI", "A", "D", "", "I"])
        self.assertEqual([dtcgeno.CHROMS[code] for code in table.contig], ["1"] * 3 + ["X", "X", "Y", "MT"])
        self.assertEqual(list(table.id_kind), [0, 0, 1, 0, 0, 0, 0])
        self.assertEqual(list(table.id_number), [1, 2, 3, 4, 5, 6, 7])

    def test_buffers(self):
        table = dtcgeno.read(export(many(100)))
        for name, format_, size in (("position", "I", 4), ("id_number", "I", 4), ("line", "I", 4), ("contig", "B", 1),
                                    ("genotype", "B", 1), ("id_kind", "B", 1)):
            column = table.column(name)
            view = memoryview(column)
            self.assertEqual((view.format, view.itemsize, view.shape, view.strides, view.readonly, view.nbytes),
                             (format_, size, (100,), (size,), True, 100 * size))
            self.assertEqual(list(view), list(column))
            self.assertEqual(len(column), 100)
            with self.assertRaises(IndexError):
                column[100]
        with self.assertRaises(KeyError):
            table.column("rsid")
        with self.assertRaises(TypeError):
            type(table.column("line"))()

    @needs_numpy
    def test_arrays_are_views(self):
        import numpy

        table = dtcgeno.read(export(many(100)))
        for name, kind in (("position", "uint32"), ("id_number", "uint32"), ("line", "uint32"), ("contig", "uint8"),
                           ("genotype", "uint8"), ("id_kind", "uint8")):
            array = getattr(table, name)
            self.assertEqual((array.dtype, array.shape), (numpy.dtype(kind), (100,)))
            self.assertFalse(array.flags.writeable)
            self.assertFalse(array.flags.owndata)
            again = getattr(table, name)
            self.assertEqual(array.ctypes.data, again.ctypes.data)
            with self.assertRaises(ValueError):
                array.flags.writeable = True
        with self.assertRaises(KeyError):
            table.strings("position")
        self.assertIs(table.strings("chrom")[0], table.strings("chrom")[1])

    def test_find(self):
        rows = many(200)
        table = dtcgeno.read(export(rows))
        for i in (0, 77, 199):
            rsid, chrom, pos, _ = rows[i]
            self.assertEqual(table.find(rsid), i)
            self.assertEqual(table.find_position(str(chrom), pos), i)
            self.assertEqual(table.find_position("chr%d" % chrom, pos), i)
            self.assertEqual(table[i].rsid, rsid)
            self.assertEqual(table[i - 200].rsid, rsid)
        self.assertIsNone(table.find("rs1"))
        self.assertIsNone(table.find("rs\0"))
        self.assertIsNone(table.find(""))
        self.assertIsNone(table.find_position("1", 0))
        self.assertIsNone(table.find_position("1", 1 << 40))
        self.assertIsNone(table.find_position("nowhere", 5))
        for outside in (200, -201):
            with self.assertRaises(IndexError):
                table[outside]

    def test_sorted(self):
        rows = list(reversed(many(500)))
        table = dtcgeno.read(export(rows), sort=True)
        expected = sorted(rows, key=lambda row: (row[1], row[2]))
        self.assertEqual([(call.rsid, call.chrom, call.pos) for call in table],
                         [(rsid, str(chrom), pos) for rsid, chrom, pos, _ in expected])

    def test_strict_and_container(self):
        text = export(many(20))
        with self.assertRaises(dtcgeno.InputError):
            dtcgeno.read(text, container="zip")
        with self.assertRaises(ValueError):
            dtcgeno.read(text, policy="maybe")


if __name__ == "__main__":
    unittest.main()
