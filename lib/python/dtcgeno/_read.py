"""validate, identify, read."""

import os
from typing import Any, Optional, Tuple

from . import _native
from ._errors import error_of, error_of_system
from ._source import Source, largest, opened
from ._table import Table
from ._verdict import Verdict

_CONTAINERS = {"zip": 0, "any": 1}
_POLICIES = {"refuse": 0, "reject": 1}
_HEAD_BYTES = 131072  # more than the longest header: 100 lines of 1,000 bytes
_JUDGED = (0, 1, 2)  # accepted, refused, over a limit: all else is trouble and no verdict


def _choice(name: str, value: str, choices: Any) -> int:
    if value not in choices:
        raise ValueError("%s is %s, not %r" % (name, " or ".join(map(repr, choices)), value))
    number: int = choices[value]
    return number


def _limit(name: str, value: Optional[int], least: int) -> Optional[int]:
    if value is None:
        return None
    if not isinstance(value, int) or not least <= value < 1 << 64:
        raise ValueError("%s is a whole number of at least %d" % (name, least))
    return value


def _arguments(policy: str, container: str, strict: bool, fast: bool, limits: Tuple[Optional[int], ...]) -> Any:
    names = (("max_size", 1), ("max_unpacked", 1), ("max_rows", 1), ("min_rows", 0))
    checked = [_limit(name, value, least) for (name, least), value in zip(names, limits)]
    return [
        _choice("policy", policy, _POLICIES),
        _choice("container", container, _CONTAINERS),
        int(bool(strict)),
        int(bool(fast)),
        *checked,
    ]


def validate(
    source: Source,
    *,
    container: str = "zip",
    strict: bool = False,
    min_rows: Optional[int] = None,
    max_rows: Optional[int] = None,
    max_size: Optional[int] = None,
    max_unpacked: Optional[int] = None,
    fast: bool = False,
) -> Verdict:
    """May this upload be accepted? The verdict, which is true where it may. Memory does not grow with a path's file.

    container: "zip", the vendor's zip and nothing else, or "any", its text and text in gzip as well. strict refuses
    what was zipped or saved again, and build 36. Limits and their defaults are those of genotype-validate(1): at least
    10,000 and at most 5,000,000 rows, 26,214,400 bytes, 268,435,456 bytes unpacked. fast inflates by libdtcgeno's own
    decoder instead of zlib's: the same verdicts, sooner.

    A refusal is no exception. ReadError is raised where the system fails to open or read, InternalError where we do.
    """
    limits = (max_size, max_unpacked, max_rows, min_rows)
    arguments = _arguments("refuse", container, strict, fast, limits)
    with opened(source, largest(container, max_size, max_unpacked)) as (data, name):
        values = _native.validate(data, *arguments)
    verdict = Verdict(values, name)
    if values["class"] not in _JUDGED:
        raise error_of(values, verdict)
    return verdict


def identify(source: Source) -> Verdict:
    """Whose export is it, by its header alone? vendor, format, array and build_evidence["header"] of the verdict tell;
    its code is "ok" where the header is that of an export we read. The first 128 KiB of a text are enough: bytes of
    them, too. Rows are not looked at, and what is wrong behind the header does not count.
    """
    arguments = _arguments("reject", "any", False, False, (None,) * 4)
    with opened(source, largest("any", None, None)) as (data, name):
        values = _native.identify(_head(data) if isinstance(data, int) else data, *arguments)
        if values["code"] == "text-is-archive":
            values = _native.identify_archive(data, *arguments)
    verdict = Verdict(values, name)
    if values["class"] not in _JUDGED:
        raise error_of(values, verdict)
    return verdict


def _head(descriptor: int) -> bytes:
    """The first bytes; the descriptor stays where it is."""
    try:
        return os.pread(descriptor, _HEAD_BYTES, 0)
    except OSError as error:
        raise error_of_system(error, "read") from error


def read(
    source: Source,
    *,
    container: str = "any",
    policy: str = "reject",
    strict: bool = False,
    sort: bool = False,
    min_rows: Optional[int] = None,
    max_rows: Optional[int] = None,
    max_size: Optional[int] = None,
    max_unpacked: Optional[int] = None,
    fast: bool = False,
) -> Table:
    """The genotype table of an export, 15 bytes a row, in the file's order; sort: by chromosome and position.

    policy "reject" keeps a row without a meaning out of the table, and in table.rejects; "refuse" refuses the file for
    it, as validate() does. Nothing else is left out: len(table) + len(table.rejects) == table.verdict.rows. At least 1
    row under "reject", 10,000 under "refuse"; container, strict, fast and the other limits as for validate().

    Raises InputError or LimitError with reason, code, line, column and the verdict where the file is refused, ReadError
    where the system fails, InternalError where we do.
    """
    limits = (max_size, max_unpacked, max_rows, min_rows)
    arguments = _arguments(policy, container, strict, fast, limits)
    with opened(source, largest(container, max_size, max_unpacked)) as (data, name):
        rows, values = _native.load((data, *arguments), bool(sort))
    verdict = Verdict(values, name)
    if rows is None:
        raise error_of(values, verdict)
    return Table(rows, verdict)
