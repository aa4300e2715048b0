"""What is known of an export, whether it is accepted or refused."""

import json
from typing import Any, Dict, List, Optional, Tuple


class Verdict:
    """A verdict: true where the file is accepted.

    Its attributes are the keys of `genotype-validate --json` (genotype-validate(1) lists them), and summary (the line
    for people), vendor_title, file_bytes, unpacked_bytes, rejected, byte. Constant.
    """

    verdict: str
    reason: Optional[str]
    code: str
    message: str
    fault: Optional[str]
    expectation: Optional[str]
    advice: Optional[str]
    line: Optional[int]
    column: Optional[int]
    vendor: Optional[str]
    format: Optional[str]
    array: Optional[str]
    build: str
    build_evidence: Dict[str, Any]
    sex: str
    x_copies: Optional[int]
    y_present: Optional[bool]
    sex_evidence: Dict[str, Any]
    par_frame: Optional[str]
    rows: int
    called: int
    no_calls: int
    call_rate: Optional[float]
    heterozygous: int
    indels: int
    duplicate_positions: int
    contigs: Dict[str, int]
    warnings: List[Dict[str, Any]]
    summary: str
    vendor_title: Optional[str]
    file_bytes: int
    unpacked_bytes: int
    rejected: int
    byte: int

    __slots__ = ("_json", "_native", "_values")

    def __init__(self, native: Dict[str, Any], file: Optional[str] = None) -> None:
        text = native["json"]
        if file is not None:  # as the program writes it: behind all else
            name = json.dumps(file, ensure_ascii=False).replace("\x7f", "\\u007f")
            text = "%s,\"file\":%s}" % (text[:-1], name)
        put = object.__setattr__
        put(self, "_native", native)
        put(self, "_json", text)
        put(self, "_values", json.loads(text))

    @property
    def accepted(self) -> bool:
        """Whether the file is accepted; bool(verdict) is the same."""
        return bool(self._native["code"] == "ok")

    def __bool__(self) -> bool:
        return self.accepted

    def __getattr__(self, name: str) -> Any:
        if name not in Verdict.__slots__:  # else it is not there yet
            if name in self._values:
                return self._values[name]
            if name in ("summary", "vendor_title", "file_bytes", "unpacked_bytes", "rejected", "byte"):
                return self._native[name]
        raise AttributeError("a verdict has no %r" % name)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("a verdict is constant")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("a verdict is constant")

    def __dir__(self) -> List[str]:
        return sorted(set(super().__dir__()) | set(self._values))

    def __eq__(self, other: object) -> bool:
        return self._json == other._json if isinstance(other, Verdict) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._json)

    def __repr__(self) -> str:
        return "<dtcgeno.Verdict %s>" % self._native["summary"]

    def __reduce__(self) -> Tuple[Any, ...]:
        return Verdict, (self._native, self._values.get("file"))

    def to_dict(self) -> Dict[str, Any]:
        """What `genotype-validate --json` prints, as a new dict; "file" only where the source was a path."""
        values: Dict[str, Any] = json.loads(self._json)
        return values

    def to_json(self) -> str:
        """What `genotype-validate --json` prints, on one line, without its end."""
        return self._json
