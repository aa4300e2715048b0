"""convert, by the program genotype-convert: a process of its own, which gives up all rights but those to its files."""

import json
import os
import shutil
import subprocess
import tempfile
from typing import Any, Dict, List, Optional, Sequence, Union

from . import _native
from ._errors import ArgumentError, Error, InputError, InternalError, LimitError, ReadError, error_of_system
from ._source import Path, Source, largest, opened

_REFUSED, _USAGE = 1, 2  # exit statuses
_LIMIT = 2  # dtc_class


class Conversion:
    """What became of an export's rows: rows == written + merged + the sum of rejected."""

    __slots__ = ("output", "report")

    output: str
    """The path of the VCF or BCF."""
    report: Dict[str, Any]
    """What `genotype-convert --report` writes: the verdict's keys, then those of the conversion."""

    def __init__(self, output: str, report: Dict[str, Any]) -> None:
        self.output = output
        self.report = report

    @property
    def rows(self) -> int:
        """Rows of the export."""
        return int(self.report["rows"])

    @property
    def written(self) -> int:
        """Rows with a record of their own."""
        return int(self.report["written"])

    @property
    def merged(self) -> int:
        """Rows in another row's record."""
        return int(self.report["merged"])

    @property
    def rejected(self) -> Dict[str, int]:
        """Rows that are in no record, by reason (genotype-convert(1))."""
        return dict(self.report["rejected"])

    @property
    def records(self) -> int:
        """Records of the output."""
        return int(self.report["records"])

    @property
    def warnings(self) -> List[Dict[str, Any]]:
        """What a person should know: the verdict's warnings and those of the conversion."""
        return list(self.report["warnings"])

    def __repr__(self) -> str:
        counts = self.rows, self.written, self.merged, sum(self.rejected.values())
        return "<dtcgeno.Conversion: %d rows, %d written, %d merged, %d rejected>" % counts


def _program(wanted: Optional[Path]) -> str:
    """The program that was installed with this package, else the first on PATH."""
    if wanted is not None:
        return os.fsdecode(wanted)
    head, tail = os.path.split(os.path.dirname(os.path.abspath(__file__)))
    while tail and tail not in ("lib", "lib64"):
        head, tail = os.path.split(head)
    beside = os.path.join(head, "bin", "genotype-convert")
    if tail and os.access(beside, os.X_OK):
        return beside
    found = shutil.which("genotype-convert")
    if not found:
        raise InternalError("genotype-convert is not installed: Debian's package is dtcgeno-tools", code="not-found")
    return found


def _name(path: Path) -> str:
    """A path that no program takes for an option or for standard input."""
    text = os.fsdecode(path)
    return os.path.join(os.curdir, text) if text.startswith("-") else text


def _options(values: Dict[str, Any]) -> List[str]:
    """Those that are given, as the program's."""
    words: List[str] = []
    for option, value in values.items():
        if value is True:
            words.append(option)
        elif value is not None and value is not False:
            words += [option, str(value)]
    return words


def _refusal(report: Dict[str, Any], last: str) -> Error:
    code = report.get("code") or ""
    kind = LimitError if _native.status_class(code) == _LIMIT else InputError
    return kind(
        report.get("message") or last,
        reason=report.get("reason") or "",
        code=code,
        line=report.get("line") or 0,
        column=report.get("column") or 0,
        expectation=report.get("expectation") or "",
        advice=report.get("advice") or "",
    )


def _failure(status: int, report: Dict[str, Any], printed: str) -> Error:
    last = (printed.strip().splitlines() or ["genotype-convert said nothing"])[-1]
    if status == _REFUSED:
        return _refusal(report, last)
    if status == _USAGE:
        return ArgumentError(last)
    if status < 0:
        return InternalError("genotype-convert was ended by signal %d" % -status)
    return ReadError(last)


def convert(
    export: Source,
    out: Path,
    *,
    reference: Optional[Path] = None,
    sites: Optional[Path] = None,
    chain: Union[None, Path, Sequence[Path]] = None,
    assembly: Optional[str] = None,
    assemblies: Optional[Path] = None,
    output_type: Optional[str] = None,
    index: Union[None, bool, str] = None,
    sample: Optional[str] = None,
    sex: Optional[str] = None,
    chr_prefix: Optional[str] = None,
    profile: Optional[str] = None,
    drop_no_calls: bool = False,
    variants_only: bool = False,
    strict: bool = False,
    fast: bool = False,
    min_rows: Optional[int] = None,
    rejects: Optional[Path] = None,
    report_html: Optional[Path] = None,
    options: Sequence[str] = (),
    program: Optional[Path] = None,
) -> Conversion:
    """The export as a correct VCF or BCF at out, which is there only when it is whole.

    At least one of reference (FASTA or .2bit) and sites (a table of genotype-sites) is needed; chain, one or several,
    where assembly is not the export's. index: "csi", "tbi", or True for csi. sex: "male" or "female" where the
    evidence is not to decide. Everything else is named as the options of genotype-convert(1), which explains them;
    options takes further ones as words. program: which genotype-convert, instead of the one beside this package or on
    PATH.

    Raises InputError or LimitError where the export is refused, ArgumentError where the files do not fit, ReadError
    where the system fails, InternalError where the program is not there or breaks.
    """
    chains = [] if chain is None else [chain] if isinstance(chain, (str, os.PathLike)) else list(chain)
    files = {"-f": reference, "-T": sites, "--assemblies": assemblies, "--rejects": rejects}
    files["--report-html"] = report_html
    words = [_program(program), "-q", "-o", _name(out)]
    words += _options({option: None if path is None else _name(path) for option, path in files.items()})
    words += [word for path in chains for word in ("--chain", _name(path))]
    words += _options(
        {
            "--assembly": assembly,
            "-O": output_type,
            "-s": sample,
            "--sex": sex,
            "--chr-prefix": chr_prefix,
            "--profile": profile,
            "--drop-no-calls": drop_no_calls,
            "--variants-only": variants_only,
            "--strict": strict,
            "--fast": fast,
            "--min-rows": min_rows,
        }
    )
    if index:
        words.append("-W" if index is True else "-W=" + index)
    words += options
    data: Optional[bytes] = None
    if isinstance(export, (str, os.PathLike)):
        try:
            os.stat(export)  # the program tells it in words only
        except OSError as error:
            raise error_of_system(error) from None
        words.append(_name(export))
    else:
        with opened(export, largest("any", None, None)) as (whole, _):
            assert isinstance(whole, bytes)
            data = whole
        words.append("-")
    with tempfile.TemporaryDirectory(prefix="dtcgeno.") as folder:
        report_path = os.path.join(folder, "report.json")
        words[1:1] = ["--report", report_path]
        try:
            run = subprocess.run(
                words,
                input=data,
                stdin=subprocess.DEVNULL if data is None else None,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                check=False,
            )
        except OSError as error:
            raise InternalError("genotype-convert cannot be started: %s" % error.strerror, code="not-found") from error
        report: Dict[str, Any] = {}
        if os.path.exists(report_path):
            with open(report_path, encoding="utf-8") as file:
                report = json.load(file)
    if run.returncode != 0:
        raise _failure(run.returncode, report, run.stderr.decode("utf-8", "replace"))
    return Conversion(os.fsdecode(out), report)
