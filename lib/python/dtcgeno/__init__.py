"""Raw genotype exports of 23andMe, AncestryDNA and MyHeritage: validated, read as columns, converted to VCF or BCF.

    verdict = dtcgeno.validate("export.zip")     # may this upload be accepted? Constant memory.
    table = dtcgeno.read("export.zip")           # columns without copies: NumPy, the buffer protocol, Arrow
    frame = table.to_pandas()                    # index rsid; chrom, pos, genotype
    report = dtcgeno.convert("export.zip", "me.vcf.gz", reference="GRCh37.fa", sites="GRCh37.sites.bcf")

Everywhere: a source is a path, the file's bytes, or a binary file object, which is read from where it stands. What is
refused is a verdict where one was asked for, and an exception of InputError or LimitError where rows were. The GIL is
released while a file is read, and no object is changed once it is made: any thread may use any of them.

NumPy and pandas are imported when they are needed, and only then.
"""

from ._convert import Conversion, convert
from ._errors import (
    ArgumentError,
    Error,
    ForbiddenError,
    InputError,
    InternalError,
    LimitError,
    NotFoundError,
    OutOfMemory,
    ReadError,
)
from ._native import version as _library_version
from ._read import identify, read, validate
from ._table import CHROMS, GENOTYPES, Call, Reject, Rejects, Table
from ._verdict import Verdict
from .snps import SNPs

__version__: str = _library_version()
__all__ = [
    "ArgumentError",
    "CHROMS",
    "Call",
    "Conversion",
    "Error",
    "ForbiddenError",
    "GENOTYPES",
    "InputError",
    "InternalError",
    "LimitError",
    "NotFoundError",
    "OutOfMemory",
    "ReadError",
    "Reject",
    "Rejects",
    "SNPs",
    "Table",
    "Verdict",
    "convert",
    "identify",
    "read",
    "validate",
]
