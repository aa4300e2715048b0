"""The Arrow C stream, by its structures, and by polars and pyarrow where they are installed."""

import ctypes
import gc
import threading
import unittest

import dtcgeno
from arrow_consumer import Array, Schema, Stream, Taken, columns_of, pointer_of, release, rows_of_array, values_of
from plain import good_files
from support import TOP, export, has, many


class ArrowStream(unittest.TestCase):
    def test_schema(self):
        table = dtcgeno.read(export(many(3)))
        capsule = table.__arrow_c_schema__()
        schema = pointer_of(capsule, b"arrow_schema", Schema).contents
        expected = [("rsid", "u", 0), ("chrom", "u", 0), ("pos", "I", 0), ("genotype", "u", 2)]
        self.assertEqual(columns_of(schema), expected)
        taken = Taken(table)
        self.assertEqual(taken.columns, expected)
        taken.close()

    def test_rows_are_those_of_the_table(self):
        for path in good_files(TOP):
            with self.subTest(path):
                table = dtcgeno.read(path)
                taken = Taken(table)
                rows = []
                for array in taken.chunks():
                    rows += rows_of_array(array, taken.columns)
                    release(array)
                taken.close()
                self.assertEqual(rows, [tuple(call) for call in table])

    def test_positions_are_not_copied(self):
        table = dtcgeno.read(export(many(100)))
        taken = Taken(table)
        (array,) = list(taken.chunks())
        address = ctypes.c_void_p()
        view = memoryview(table.column("position"))
        ctypes.pythonapi.PyObject_GetBuffer.argtypes = [ctypes.py_object, ctypes.c_void_p, ctypes.c_int]
        buffer = (ctypes.c_byte * 256)()
        self.assertEqual(ctypes.pythonapi.PyObject_GetBuffer(view, buffer, 0), 0)
        address = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_void_p))[0]
        self.assertEqual(array.children[2].contents.buffers[1], address)
        ctypes.pythonapi.PyBuffer_Release(buffer)
        release(array)
        taken.close()

    def test_a_table_of_many_chunks(self):
        """More rows than one chunk holds: nothing is lost or twice at the seam."""
        count = (1 << 20) + 5
        table = dtcgeno.read(export(many(count)))
        taken = Taken(table)
        arrays = list(taken.chunks())
        self.assertEqual([array.length for array in arrays], [1 << 20, 5])
        taken.close()
        rsids = [name for array in arrays for name in values_of(array.children[0].contents, "u")]
        self.assertTrue(rsids == list(table.strings("rsid")))
        positions = [pos for array in arrays for pos in values_of(array.children[2].contents, "I")]
        self.assertTrue(positions == list(table.position))
        for array in arrays:
            release(array)

    def test_arrays_outlive_all_else_and_each_other(self):
        table = dtcgeno.read(export(many(5000)))
        expected = list(table.position)
        rsids = list(table.strings("rsid"))
        taken = Taken(table)
        (array,) = list(taken.chunks())
        taken.close()
        del table, taken
        gc.collect()
        moved = []
        for k in (2, 0):  # a consumer takes columns out and lets the rest go
            child = array.children[k].contents
            out = Array()
            ctypes.memmove(ctypes.byref(out), ctypes.byref(child), ctypes.sizeof(Array))
            child.release = None
            moved.append(out)
        release(array)
        self.assertEqual(values_of(moved[0], "I"), expected)
        self.assertEqual(values_of(moved[1], "u"), rsids)
        other = threading.Thread(target=lambda: [release(out) for out in moved])  # and lets those go elsewhere
        other.start()
        other.join()
        self.assertFalse(moved[0].release or moved[1].release)

    def test_a_capsule_that_nobody_takes(self):
        for _ in range(1000):
            dtcgeno.read(export(many(3))).__arrow_c_stream__()
        capsule = dtcgeno.read(export(many(3))).__arrow_c_stream__(None)
        self.assertTrue(pointer_of(capsule, b"arrow_array_stream", Stream).contents.release)

    @unittest.skipUnless(has("pyarrow"), "pyarrow is not installed (Debian has none)")
    def test_pyarrow(self):
        import pyarrow

        table = dtcgeno.read(export(many(500)))
        taken = pyarrow.table(table)
        taken.validate(full=True)
        self.assertEqual([tuple(row.values()) for row in taken.to_pylist()], [tuple(call) for call in table])

    @unittest.skipUnless(has("polars"), "polars is not installed (Debian has none)")
    def test_polars(self):
        import polars

        table = dtcgeno.read(export(many(500)))
        self.assertEqual(polars.DataFrame(table).rows(), [tuple(call) for call in table])


if __name__ == "__main__":
    unittest.main()
