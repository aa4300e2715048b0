"""Where bytes come from: a path, bytes, a file object."""

import contextlib
import os
from typing import BinaryIO, Iterator, Optional, Tuple, Union

from ._errors import error_of_system

Path = Union[str, "os.PathLike[str]", "os.PathLike[bytes]"]
Source = Union[Path, bytes, bytearray, memoryview, BinaryIO]
_FILE_BYTES, _UNPACKED_BYTES = 26214400, 268435456  # dtc_limits, where the caller moves none


def largest(container: str, max_size: Optional[int], max_unpacked: Optional[int]) -> int:
    """How many bytes a source may have at most: bare text counts as unpacked."""
    size = _FILE_BYTES if max_size is None else max_size
    unpacked = _UNPACKED_BYTES if max_unpacked is None else max_unpacked
    return max(size, unpacked) if container == "any" else size


def _read_whole(stream: BinaryIO, limit: int) -> bytes:
    """What the stream still has; a byte more than the limit is enough to be refused."""
    pieces, wanted = [], limit + 1
    while wanted > 0:
        piece = stream.read(min(wanted, 1 << 20))
        if piece is None:
            raise BlockingIOError("the file object would block")
        if not isinstance(piece, (bytes, bytearray, memoryview)):
            raise TypeError("the file object gives text: open it in binary mode")
        if not piece:
            break
        pieces.append(bytes(piece))
        wanted -= len(piece)
    return b"".join(pieces)


@contextlib.contextmanager
def opened(source: Source, most: int) -> Iterator[Tuple[Union[bytes, int], Optional[str]]]:
    """What dtcgeno._native takes, bytes or a descriptor, and the file's name where the source was a path. A file object
    is read no further than a byte beyond most."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        # Only bytes stay as they are while the GIL is released.
        yield source if type(source) is bytes else bytes(source), None
    elif isinstance(source, (str, os.PathLike)):
        path = os.fspath(source)
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOCTTY)
        except OSError as error:
            raise error_of_system(error) from error
        try:
            yield descriptor, os.fsencode(path).decode("utf-8", "replace")
        finally:
            os.close(descriptor)
    elif hasattr(source, "read"):
        yield _read_whole(source, most), None
    else:
        raise TypeError("expected a path, bytes or a binary file object, not %s" % type(source).__name__)
