"""The exceptions: a class for each class of status."""

import errno
import os
from typing import Any, Optional, Tuple


class Error(Exception):
    """What dtcgeno raises. Its text holds no name, marker or genotype of the export: it may be logged.

    reason is the coarse, stable word ("file_modified"), code the exact one ("position-not-number"); line, column
    (from 1) and byte (from 0) tell where in the unpacked text, 0 where they mean nothing. expectation says what should
    have stood there, advice what a person can do. verdict is the dtcgeno.Verdict, or None where no file was judged.
    """

    reason: str = "internal_error"
    code: str = "internal"
    line: int = 0
    column: int = 0
    byte: int = 0
    expectation: str = ""
    advice: str = ""
    verdict: Any = None

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self._details = details
        for name, value in details.items():
            setattr(self, name, value)

    def __reduce__(self) -> Tuple[Any, ...]:
        return _rebuilt, (type(self), self.args[0], self._details)


class InputError(Error, ValueError):
    """The file is not what is accepted: trying again changes nothing."""


class LimitError(Error, ValueError):
    """The file is over a limit that the caller set, or did not move."""


class ReadError(Error, OSError):
    """The system failed to open, read or write: trying again makes sense. errno tells why, filename which file: its
    name, often that of a person, is not in the text."""

    def __str__(self) -> str:
        return str(self.args[0])


class NotFoundError(ReadError, FileNotFoundError):
    """There is no such file."""


class ForbiddenError(ReadError, PermissionError):
    """The system does not allow it."""


class ArgumentError(Error, ValueError):
    """The arguments do not fit each other, or the files they name: a reference of another assembly, a missing chain."""

    code = "invalid-argument"


class InternalError(Error, RuntimeError):
    """A fault of ours, or a program that is not there."""


class OutOfMemory(InternalError, MemoryError):
    """Memory ran out."""


def _rebuilt(kind: Any, message: str, details: Any) -> Error:
    error: Error = kind(message, **details)
    return error


def error_of(values: Any, verdict: Any) -> Error:
    """The exception for a refusal or a trouble, from the dict that dtcgeno._native gives."""
    kinds = {1: InputError, 2: LimitError, 3: ReadError}
    kind = OutOfMemory if values["code"] == "out-of-memory" else kinds.get(values["class"], InternalError)
    details = {name: values[name] for name in ("reason", "code", "line", "column", "byte", "expectation")}
    if values["errno"]:
        details["errno"] = values["errno"]
    message = values["summary"] if kind in (InputError, LimitError) else values["fault"]
    if values["errno"]:
        message += ": " + os.strerror(values["errno"])
    if values["line"]:
        message = "line %d, column %d: %s" % (values["line"], values["column"], message)
    return kind(message, advice=verdict.advice or "", verdict=verdict, **details)


def error_of_system(error: OSError, doing: str = "open") -> ReadError:
    """The exception for a file that cannot be opened. Its text does not repeat the file's name; filename does."""
    kinds = {errno.ENOENT: NotFoundError, errno.EACCES: ForbiddenError, errno.EPERM: ForbiddenError}
    number: Optional[int] = error.errno
    return kinds.get(number or 0, ReadError)(
        "cannot %s the file: %s" % (doing, error.strerror or type(error).__name__),
        code="io-" + doing,
        errno=number,
        strerror=error.strerror,
        filename=error.filename,
    )
