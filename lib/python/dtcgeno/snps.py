"""What scripts call most on an object of the snps library (https://pypi.org/project/snps), over libdtcgeno:

    from dtcgeno import SNPs        # was: from snps import SNPs

The frames have the same index, columns and types, the same rows in the same order, and the same words. What differs
is what libdtcgeno knows better: a file that is damaged, incomplete or changed raises dtcgeno.InputError or LimitError
and is no empty or shorter frame; rows without a meaning are in rejected; sex and build are the verdict's, which looks
at more markers. Vendors that libdtcgeno does not read are refused. What needs downloads (remap, assign_par_snps) or
another vendor's files (merge) is not here.
"""

from typing import Any, Dict, List, Tuple

from ._native import pars
from ._read import read
from ._source import Source
from ._table import CHROMS, Rejects, Table, frame_of

_X, _Y, _MT, _PAR = (CHROMS.index(name) for name in ("X", "Y", "MT", "PAR"))
_MISSING = 7  # dtc_allele: no call


class SNPs:
    """An export as users of snps know it. Needs pandas.

    file is a path, bytes or a binary file object; "" makes an empty object. deduplicate keeps the first row of a name
    and puts the others into duplicate; deduplicate_XY_chrom writes a man's X and Y outside the pseudo-autosomal regions
    with one letter and puts his heterozygous rows there into discrepant_XY; deduplicate_MT_chrom does so for MT, with
    heterozygous_MT. The other arguments of snps mean nothing here and are taken as they come, but assign_par_snps,
    which raises NotImplementedError.
    """

    def __init__(
        self,
        file: Source = "",
        only_detect_source: bool = False,
        assign_par_snps: bool = False,
        output_dir: str = "output",
        resources_dir: str = "resources",
        deduplicate: bool = True,
        deduplicate_XY_chrom: bool = True,
        deduplicate_MT_chrom: bool = True,
        parallelize: bool = False,
        processes: Any = None,
        rsids: Any = (),
    ) -> None:
        if assign_par_snps:
            raise NotImplementedError("assign_par_snps asks a server on the net, which dtcgeno does not")
        self._verdict: Any = None
        self._rejected: Any = None
        table = None
        if not (isinstance(file, (str, bytes)) and not file):
            table = read(file, sort=True)
            self._verdict = table.verdict
            self._rejected = table.rejects
        if only_detect_source:
            table = None
        parts = _parts(table, deduplicate, deduplicate_XY_chrom, deduplicate_MT_chrom)
        self._snps, self._duplicate, self._discrepant_XY, self._heterozygous_MT = parts

    def __repr__(self) -> str:
        return "<dtcgeno.SNPs: %d rows, %s>" % (len(self._snps), self.source or "no source")

    @property
    def snps(self) -> Any:
        """The rows: index rsid; chrom, pos, genotype."""
        return self._snps

    @property
    def duplicate(self) -> Any:
        """Rows whose name stood before."""
        return self._duplicate

    @property
    def discrepant_XY(self) -> Any:
        """A man's heterozygous rows of X and Y outside the pseudo-autosomal regions."""
        return self._discrepant_XY

    @property
    def heterozygous_MT(self) -> Any:
        """Heterozygous rows of MT."""
        return self._heterozygous_MT

    @property
    def rejected(self) -> Rejects:
        """Rows without a meaning, which snps does not tell of: dtcgeno.Rejects."""
        rejects: Rejects = self._rejected if self._rejected is not None else ()
        return rejects

    @property
    def verdict(self) -> Any:
        """The dtcgeno.Verdict of the file; None for an empty object."""
        return self._verdict

    @property
    def source(self) -> str:
        """ "23andMe", "AncestryDNA", "MyHeritage"; "" for an empty object."""
        return self._verdict.vendor_title or "" if self._verdict else ""

    @property
    def build(self) -> int:
        """36, 37 or 38; 37 where it is not detected; 0 for an empty object."""
        if not self._verdict:
            return 0
        return {"NCBI36": 36, "GRCh37": 37, "GRCh38": 38}.get(self._verdict.build, 37)

    @property
    def build_detected(self) -> bool:
        """Whether header or markers tell the build."""
        return bool(self._verdict) and self._verdict.build != "unknown"

    @property
    def assembly(self) -> str:
        """ "NCBI36", "GRCh37", "GRCh38"; "" for an empty object."""
        return {36: "NCBI36", 37: "GRCh37", 38: "GRCh38"}.get(self.build, "")

    @property
    def sex(self) -> str:
        """ "Male", "Female", or "" where the calls do not tell."""
        return {"male": "Male", "female": "Female"}.get(self._verdict.sex, "") if self._verdict else ""

    @property
    def phased(self) -> bool:
        """False: exports are not."""
        return False

    @property
    def valid(self) -> bool:
        """Whether there are rows."""
        return not self._snps.empty

    @property
    def count(self) -> int:
        """How many rows snps has."""
        return len(self._snps)

    def get_count(self, chrom: str = "") -> int:
        """How many rows of one chromosome; of all without one."""
        return int((self._snps["chrom"] == chrom).sum()) if chrom else self.count

    @property
    def chromosomes(self) -> List[str]:
        """The chromosomes there are rows of, in the frame's order."""
        return list(self._snps["chrom"].unique())

    @property
    def chromosomes_summary(self) -> str:
        """The same for people: "1-22, X, MT"."""
        numbers = [int(name) for name in self.chromosomes if name.isdigit()]
        ranges: List[List[int]] = []
        for number in numbers:
            if ranges and ranges[-1][1] == number - 1:
                ranges[-1][1] = number
            else:
                ranges.append([number, number])
        words = ["%d-%d" % (a, b) if a != b else str(a) for a, b in ranges]
        return ", ".join(words + [name for name in self.chromosomes if not name.isdigit()])

    @property
    def summary(self) -> Dict[str, Any]:
        """All of this as a dict; empty where there are no rows."""
        if not self.valid:
            return {}
        names = ("source", "assembly", "build", "build_detected", "count", "sex")
        return {**{name: getattr(self, name) for name in names}, "chromosomes": self.chromosomes_summary}

    def _where(self, mask: Any, chrom: str) -> Any:
        return self._snps[mask & (self._snps["chrom"] == chrom) if chrom else mask]

    def _letters(self) -> Tuple[Any, Any, Any]:
        genotype = self._snps["genotype"]
        return genotype.str.len() == 2, genotype.str[0], genotype.str[1]

    def heterozygous(self, chrom: str = "") -> Any:
        """Rows of two letters that differ, of one chromosome or of all."""
        two, first, second = self._letters()
        return self._where(two & (first != second), chrom)

    def homozygous(self, chrom: str = "") -> Any:
        """Rows of two equal letters, of one chromosome or of all."""
        two, first, second = self._letters()
        return self._where(two & (first == second), chrom)

    def notnull(self, chrom: str = "") -> Any:
        """Rows with a call, of one chromosome or of all."""
        return self._where(self._snps["genotype"].notnull(), chrom)


def _snps_order(table: Table) -> Any:
    """Rows of a sorted table in the order of snps: PAR before MT, which comes last; else as they are."""
    import numpy

    order = numpy.arange(len(table))
    contig = numpy.asarray(table.contig)
    mt, par = numpy.searchsorted(contig, [_MT, _PAR])
    return numpy.concatenate([order[:mt], order[par:], order[mt:par]])


def _repeats(table: Table, order: Any) -> Any:
    """For each row in that order whether its name stood before."""
    import pandas

    kind, number = table.id_kind, table.id_number
    key = kind.astype("uint64") << 32 | number
    numbers: Dict[str, int] = {}
    for i in (kind == 3).nonzero()[0]:  # such a number is where the name stands: equal names get an equal one
        key[i] = 3 << 32 | numbers.setdefault(table[int(i)].rsid, len(numbers))
    return pandas.Series(key[order]).duplicated().to_numpy()


def _outside(table: Table, order: Any) -> Any:
    """For each row in that order whether it is of X or Y, outside the pseudo-autosomal regions."""
    contig, position = table.contig[order], table.position[order]
    outside = (contig == _X) | (contig == _Y)
    for x_from, x_to, y_from, y_to in pars(table.verdict.build if table.verdict.build != "unknown" else "GRCh37"):
        outside &= ~((contig == _X) & (position >= x_from) & (position <= x_to))
        outside &= ~((contig == _Y) & (position >= y_from) & (position <= y_to))
    return outside


def _parts(table: Any, deduplicate: bool, deduplicate_xy: bool, deduplicate_mt: bool) -> Tuple[Any, Any, Any, Any]:
    """The frames: rows, rows of names that stood before, a man's heterozygous X and Y, heterozygous MT."""
    import numpy

    if table is None:
        nothing = [numpy.empty(0, dtype=object) for _ in range(3)]
        empty = frame_of(nothing[0], nothing[1], numpy.empty(0, dtype="uint32"), nothing[2])
        return empty, empty.copy(), empty.copy(), empty.copy()
    order = _snps_order(table)
    genotype = table.genotype[order]
    first, second = genotype & 15, genotype >> 4
    two = (second != 0) & (first != _MISSING)
    differ = two & (first != second)
    nowhere = numpy.zeros(len(order), dtype=bool)
    duplicate = _repeats(table, order) if deduplicate else nowhere
    single = _outside(table, order) if deduplicate_xy and table.verdict.sex == "male" else nowhere
    mt = table.contig[order] == _MT if deduplicate_mt else nowhere
    discrepant, heterozygous_mt = single & differ & ~duplicate, mt & differ & ~duplicate
    letters = table.strings("genotype", numpy.nan)
    shorten = order[(single | mt) & two & ~differ & ~duplicate]
    letters[shorten] = [text[0] for text in letters[shorten]]
    arrays = table.strings("rsid"), table.strings("chrom"), numpy.array(table.position), letters

    def part(rows: Any) -> Any:
        return frame_of(*(array[rows] for array in arrays))

    parts = part(order[duplicate]), part(order[discrepant]), part(order[heterozygous_mt])
    kept = order[~(duplicate | discrepant | heterozygous_mt)]
    in_place = len(kept) == len(table) and (kept[1:] > kept[:-1]).all()
    return (frame_of(*arrays) if in_place else part(kept), *parts)
