"""Who lives how long: columns outlive tables, threads share them, nothing leaks; interpreters beside each other."""

import faulthandler
import gc
import os
import sys
import threading
import unittest

import dtcgeno
from support import export, has, in_child, many, needs_numpy


def resident_kilobytes():
    with open("/proc/self/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


class Life(unittest.TestCase):
    def test_a_column_outlives_its_table(self):
        rows = many(20000)
        table = dtcgeno.read(export(rows))
        views = [memoryview(table.column("position")), table.column("position"), table.position]
        rejects = dtcgeno.read(export([*many(5), ("rs9", 0, 0, "AA")])).rejects
        del table
        gc.collect()
        churn = [dtcgeno.read(export(many(20000, seed))) for seed in range(3)]
        for view in views:
            self.assertEqual(list(view), [row[2] for row in rows])
        self.assertEqual(rejects[0].rsid, "rs9")
        del churn

    @needs_numpy
    def test_a_view_of_a_view_outlives_it_too(self):
        import numpy

        rows = many(1000)
        part = numpy.asarray(dtcgeno.read(export(rows)).position)[::2].view("int32")[10:]
        gc.collect()
        self.assertEqual(part.tolist(), [row[2] for row in rows][::2][10:])

    @unittest.skipIf(os.environ.get("LD_PRELOAD"), "a sanitizer keeps what was freed")
    def test_nothing_leaks(self):
        text = export([*many(20000), ("rs9", 0, 0, "AA"), ("rs8", 1, 1, "ZZ")])
        bad = text[:-3]
        pandas = has("pandas")

        def once():
            table = dtcgeno.read(text)
            table.strings("rsid"), table.strings("genotype"), table.find("rs9"), list(table.rejects)
            memoryview(table.column("line"))
            table.__arrow_c_stream__(), table.__arrow_c_schema__()
            if pandas:
                table.to_pandas()
            dtcgeno.validate(text, container="any").to_dict()
            try:
                dtcgeno.read(bad, min_rows=30000)
            except dtcgeno.InputError:
                pass

        def grows():
            gc.collect()
            before = resident_kilobytes()
            for _ in range(40):
                once()
            gc.collect()
            return resident_kilobytes() - before

        # What leaks grows every time; what the allocator and the kernel keep back does so once.
        grown = min(grows() for _ in range(4))
        self.assertLess(grown, 40 * 50, "a read keeps %d KB" % (grown // 40))  # a table of these rows has 300 KB

    def test_references_are_counted(self):
        table = dtcgeno.read(export(many(500)))
        texts = table.strings("chrom")
        missing = object()
        before = sys.getrefcount(missing)
        genotypes = table.strings("genotype", missing)
        none = sum(genotype is missing for genotype in genotypes)
        self.assertGreater(none, 0)
        self.assertEqual(sys.getrefcount(missing), before + none)
        del genotypes, texts
        gc.collect()
        self.assertEqual(sys.getrefcount(missing), before)

    def test_threads_read_and_look_at_once(self):
        text = export(many(20000))
        shared = dtcgeno.read(text)
        rsids, failures = list(shared.strings("rsid")), []

        def work(k):
            try:
                for i in range(5):
                    table = dtcgeno.read(text)
                    assert list(table.position[:100]) == list(shared.position[:100])
                    assert shared.find(rsids[k * 100 + i]) == k * 100 + i
                    assert table.find(rsids[i]) == i
                    shared.__arrow_c_stream__()
                    shared.strings("rsid")
            except BaseException as error:  # told below: a thread's own end is silent
                failures.append(error)

        threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])

    def test_the_gil_is_released(self):
        """While one thread waits for a pipe that nobody has written to yet, this one runs and writes to it."""
        text = export(many(20000))
        faulthandler.dump_traceback_later(300, exit=True)  # else nobody would end this
        self.addCleanup(faulthandler.cancel_dump_traceback_later)
        source, sink = os.pipe()
        results = []
        reader = threading.Thread(target=lambda: results.append(dtcgeno.read("/proc/self/fd/%d" % source)))
        reader.start()
        with os.fdopen(sink, "wb") as file:
            file.write(text)
        reader.join()
        os.close(source)
        self.assertEqual(len(results[0]), 20000)

    def test_interpreters_beside_each_other(self):
        """Sub-interpreters of one GIL each load the module; what the first made stays whole."""
        code = (
            "try:\n import _xxsubinterpreters as i\nexcept ImportError:\n"
            " try: import _interpreters as i\n except ImportError: i = None\n"
            "import sys, dtcgeno, support\n"
            "t = dtcgeno.read(support.export(support.many(50)))\n"
            "run = 'import sys; sys.path[:0] = %r; import dtcgeno, support; '"
            "'assert len(dtcgeno.read(support.export(support.many(50)))) == 50' % (sys.path,)\n"
            "for _ in range(3 if i else 0):\n"
            "  a = i.create(); failed = i.run_string(a, run); assert not failed, failed; i.destroy(a)\n"
            "assert len(list(t)) == 50\n"
            "print('skipped' if i is None else 'well')\n"
        )
        said = in_child(code).strip()
        if said == "skipped":
            self.skipTest("this Python has no module for sub-interpreters")
        self.assertEqual(said, "well")


if __name__ == "__main__":
    unittest.main()
