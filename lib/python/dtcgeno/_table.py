"""The genotype table of an export."""

from collections.abc import Sequence
from typing import Any, Iterator, List, NamedTuple, Optional, Tuple, Union, overload

from . import _native
from ._verdict import Verdict

CHROMS: Tuple[str, ...] = tuple(_native.chrom(label) for label in range(27))
"""Names of Table.contig's codes: "0" (the vendor could not place the marker), "1" to "22", "X", "Y", "MT", "PAR"."""

GENOTYPES: Tuple[str, ...] = tuple(_native.genotype(code) for code in range(256))
"""Letters of Table.genotype's codes as the vendor wrote them: "AG", "A" where it wrote one, "" for a no-call."""


def _numpy() -> Any:
    try:
        import numpy
    except ImportError:
        return None
    return numpy


class Call(NamedTuple):
    """One row. genotype is None for a no-call, one letter where the vendor wrote one; I and D: insertion, deletion."""

    rsid: str
    chrom: str
    pos: int
    genotype: Optional[str]


class Reject(NamedTuple):
    """One row that has no meaning: where it stands in the text, why it is none, and its fields as they were written."""

    line: int
    reason: str
    code: str
    fault: str
    rsid: str
    chrom: str
    pos: str
    genotype: str


class Rejects(Sequence[Reject]):
    """The rows that were rejected while reading, in the file's order: a sequence of Reject."""

    __slots__ = ("_count", "_rows")

    def __init__(self, rows: _native.Rows, count: int) -> None:
        self._rows = rows
        self._count = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Reject: ...
    @overload
    def __getitem__(self, index: slice) -> List[Reject]: ...
    def __getitem__(self, index: Union[int, slice]) -> Union[Reject, List[Reject]]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._count))]
        return Reject(*self._rows.reject(_row(index, self._count)))

    def __repr__(self) -> str:
        return "<dtcgeno.Rejects: %d rows>" % self._count

    def to_pandas(self) -> Any:
        """A pandas.DataFrame with Reject's fields as columns."""
        import pandas

        return pandas.DataFrame(list(self), columns=list(Reject._fields))


def _row(index: int, count: int) -> int:
    if not -count <= index < count:
        raise IndexError("no such row")
    return index + count if index < 0 else index


def _column(name: str, doc: str) -> Any:
    return property(lambda table: table._array(name), doc=doc)


def frame_of(rsid: Any, chrom: Any, pos: Any, genotype: Any) -> Any:
    """The data frame of these arrays, which become its own."""
    import pandas

    columns = {
        "chrom": pandas.Series(chrom, dtype=object),
        "pos": pos,
        "genotype": pandas.Series(genotype, dtype=object),
    }
    frame = pandas.DataFrame(columns, copy=False)
    frame.index = pandas.Index(rsid, dtype=object, name="rsid")
    return frame


class Table:
    """The rows of an export as columns. Constant; a sequence of Call, for those who look at single rows.

    The columns are read-only arrays over the memory that the library filled, without a copy: NumPy arrays, or
    memoryviews where NumPy is not installed. Each keeps the rows alive, however long it lives.
    """

    __slots__ = ("__weakref__", "_rejects", "_rows", "verdict")

    verdict: Verdict
    """All that is known of the file."""

    def __init__(self, rows: _native.Rows, verdict: Verdict) -> None:
        self._rows = rows
        self.verdict = verdict
        self._rejects = Rejects(rows, verdict.rejected)

    position = _column("position", "uint32: as written, from 1; 0 where the vendor could not place the marker.")
    id_number = _column("id_number", "uint32: the number in the marker's name, where id_kind is 0, 1 or 2.")
    id_kind = _column("id_kind", "uint8: 0 rs<number>, 1 i<number>, 2 VGXS<number>, 3 another name: see strings().")
    contig = _column("contig", "uint8: codes of CHROMS. 26, PAR, is the vendor's label of pseudo-autosomal rows.")
    genotype = _column("genotype", "uint8: codes of GENOTYPES: first allele in the low four bits, second above.")
    line = _column("line", "uint32: the row's line in the text, from 1.")

    def column(self, name: str) -> _native.Column:
        """One of these columns as an object with the buffer protocol, for memoryview() and the like."""
        return self._rows.column(name)

    def _array(self, name: str) -> Any:
        numpy, column = _numpy(), self._rows.column(name)
        return numpy.asarray(column) if numpy else memoryview(column)

    def strings(self, name: str, missing: Any = None) -> Any:
        """ "rsid", "chrom" or "genotype" as str, missing for a no-call: a new object array; without NumPy a list."""
        numpy = _numpy()
        if not numpy:
            return self._rows.list(name, missing)
        array = numpy.empty(len(self._rows), dtype=object)
        self._rows.fill(name, array, missing)
        return array

    @property
    def rejects(self) -> Rejects:
        """The rows that are not in the table, each with its reason."""
        return self._rejects

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> Call:
        i = _row(index, len(self._rows))
        get = self._rows.column
        genotype = GENOTYPES[get("genotype")[i]] or None
        return Call(self._rows.id(i), CHROMS[get("contig")[i]], get("position")[i], genotype)

    def __iter__(self) -> Iterator[Call]:
        get = self._rows.column
        columns = get("contig"), get("position"), get("genotype")
        for i in range(len(self._rows)):
            contig, position, genotype = (column[i] for column in columns)
            yield Call(self._rows.id(i), CHROMS[contig], position, GENOTYPES[genotype] or None)

    def __repr__(self) -> str:
        return "<dtcgeno.Table: %d rows, %d rejected, %s, %s>" % (
            len(self),
            len(self._rejects),
            self.verdict.vendor_title,
            self.verdict.build,
        )

    def find(self, rsid: str) -> Optional[int]:
        """The number of the first row of that name, or None. The first search makes an index."""
        return self._rows.find_id(rsid)

    def find_position(self, chrom: Union[str, int], pos: int) -> Optional[int]:
        """The number of the first row there, or None: chrom as "7", "X", "chrX", "NC_000023.10", or "PAR"."""
        name = str(chrom)
        contig = CHROMS.index(name) if name in CHROMS else _native.contig(name)
        return self._rows.find_position(contig, pos) if contig and 0 < pos < 1 << 32 else None

    def to_pandas(self) -> Any:
        """A new pandas.DataFrame, as users of the snps library know it: index rsid (object); columns chrom (object: "1"
        to "22", "X", "Y", "MT", "PAR", and "0" for what is not placed), pos (uint32), genotype (object, NaN for a
        no-call). Every row of the table, in its order; the frame is the caller's to change.
        """
        import numpy

        texts = self.strings("rsid"), self.strings("chrom"), self.strings("genotype", numpy.nan)
        return frame_of(texts[0], texts[1], numpy.array(self.position), texts[2])

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """Arrow's PyCapsule interface: rsid, chrom, pos, genotype (null for a no-call) for polars.DataFrame(table),
        pyarrow.table(table) and the like. Positions are not copied. Another schema is not made: the consumer casts.
        """
        return self._rows.arrow_stream()

    def __arrow_c_schema__(self) -> Any:
        """The schema of that stream."""
        return _native.arrow_schema()
