"""The simulator's own record of who sent what, and its verdict on whether anything was sent that must not be."""

import threading
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from app import access_key
from app.sri.codes import ALREADY_HELD
from app.sri.simulator.script import Fault, Service, Subject

_WRONG_DATE: Final = "65"  # the one refusal after which a number needs another key
_RETRY: Final = "50"
_HEARD: Final = frozenset({None, Fault.STALL, Fault.DRIP, Fault.TWO_VERDICTS})


@dataclass(frozen=True)
class Call:
    """One call. ``answer`` is the office's estado and codes, "0" for no verdict, empty when it never heard."""

    at: str  # ISO 8601, UTC
    service: str
    ruc: str
    number: str
    access_key: str
    sha256: str  # of the document's bytes; empty for a query
    answer: str
    fault: str


@dataclass(frozen=True)
class Documents:
    """Access keys by what became of them; the received are all that ever were RECIBIDA."""

    received: int
    authorized: int
    rejected: int


@dataclass(frozen=True)
class Polls:
    """Queries per access key, of the keys that were asked about."""

    max: int
    mean: float


@dataclass(frozen=True)
class Report:
    """The verdict; ``violations`` are sentences, none when all went well."""

    documents: Documents
    calls: int
    polls: Polls
    peak_calls_per_second: dict[str, int]  # by RUC
    violations: list[str]


@dataclass(slots=True)
class _Known:
    """What was seen of one access key."""

    key: str
    digest: bytes = b""
    refused: bool = False  # the sender was told no about ``digest``
    misdated: bool = False  # that no was 65
    received: bool = False
    verdict: str = ""
    polls: int = 0


@dataclass(slots=True)
class _Pace:
    second: int = 0
    calls: int = 0
    peak: int = 0


class _Log:
    """Every call, a column for each fact; texts are kept once."""

    def __init__(self) -> None:
        self._times = array("d")
        self._about: list[_Known] = []
        self._digests: list[bytes] = []
        self._said = array("I")
        self._texts: dict[tuple[str, str, str], int] = {}

    def __len__(self) -> int:
        return len(self._times)

    def add(self, at: float, known: _Known, digest: bytes, text: tuple[str, str, str]) -> None:
        self._times.append(at)
        self._about.append(known)
        self._digests.append(known.digest if digest == known.digest else digest)
        self._said.append(self._texts.setdefault(text, len(self._texts)))

    def read(self, part: slice) -> list[tuple[float, _Known, bytes, tuple[str, str, str]]]:
        texts = list(self._texts)
        said = [texts[place] for place in self._said[part]]
        return list(zip(self._times[part], self._about[part], self._digests[part], said, strict=True))


class Witness:
    """Sees every call; thread safe. A call costs some 30 bytes of memory, a document some 600."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forget()

    def record(
        self,
        at: datetime,
        subject: Subject,
        *,
        digest: bytes = b"",
        estado: str = "",
        codes: Sequence[str] = (),
        fault: Fault | None = None,
    ) -> None:
        """Note one call: ``estado`` and ``codes`` are the office's, ``fault`` is what became of its answer."""
        key = subject.access_key
        if key not in self._known and not access_key.is_valid(key):
            key = ""
        text = (subject.service.value, " ".join((estado, *codes)), fault.value if fault else "")
        with self._lock:
            known = self._known.get(key) or self._known.setdefault(key, _Known(key))
            if key:
                self._count(subject.ruc, int(at.timestamp()))
                if subject.service is Service.RECEPTION:
                    self._submitted(known, digest, subject)
                else:
                    known.polls += 1
                _answered(known, estado, codes, heard=fault in _HEARD)
            self._log.add(at.timestamp(), known, digest, text)

    def log(self, since: int = 0, most: int | None = None) -> list[Call]:
        """The calls from place ``since`` on, in the order they were answered, at most ``most``."""
        with self._lock:
            rows = self._log.read(slice(since, None if most is None else since + most))
        return [_call(*row) for row in rows]

    def report(self) -> Report:
        """The verdict so far."""
        with self._lock:
            keys = [known for known in self._known.values() if known.key]
            polls = [known.polls for known in keys if known.polls]
            return Report(
                Documents(
                    received=sum(known.received for known in keys),
                    authorized=sum(known.verdict == "AUTORIZADO" for known in keys),
                    rejected=sum(known.verdict == "NO AUTORIZADO" for known in keys),
                ),
                len(self._log),
                Polls(max(polls, default=0), round(sum(polls) / len(polls), 2) if polls else 0.0),
                {ruc: pace.peak for ruc, pace in self._paces.items()},
                list(self._violations),
            )

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._forget()

    def _forget(self) -> None:
        self._log = _Log()
        self._known: dict[str, _Known] = {}
        self._numbers: dict[str, _Known] = {}  # by what of a key names a number: the last key it came under
        self._paces: dict[str, _Pace] = {}
        self._violations: list[str] = []

    def _count(self, ruc: str, second: int) -> None:
        pace = self._paces.get(ruc) or self._paces.setdefault(ruc, _Pace())
        pace.calls = pace.calls + 1 if second == pace.second else 1
        pace.second, pace.peak = second, max(pace.peak, pace.calls)

    def _submitted(self, known: _Known, digest: bytes, subject: Subject) -> None:
        key = known.key
        if known.digest and known.digest != digest and not known.refused:
            versions = f"sha256 {known.digest.hex()[:12]}…, then {digest.hex()[:12]}…"
            self._violations.append(f"access key {key} came with other bytes, unrefused: {versions}")
        if known.digest != digest:
            known.digest, known.refused = digest, False
        earlier = self._numbers.get(key[8:39], known)
        if earlier is not known and not earlier.misdated:
            whose = f"number {subject.number} of RUC {subject.ruc} (type {key[8:10]}, ambiente {key[23]})"
            self._violations.append(f"{whose} came under two access keys: {earlier.key}, then {key}")
        self._numbers[key[8:39]] = known


def _call(at: float, known: _Known, digest: bytes, text: tuple[str, str, str]) -> Call:
    service, answer, fault = text
    about = Subject(Service(service), known.key)
    moment = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
    return Call(moment, service, about.ruc, about.number, about.access_key, digest.hex(), answer, fault)


def _answered(known: _Known, estado: str, codes: Sequence[str], *, heard: bool) -> None:
    match estado:
        case "AUTORIZADO" | "NO AUTORIZADO":
            known.verdict = estado
            known.refused = known.refused or (heard and estado == "NO AUTORIZADO")
        case "RECIBIDA":
            known.received, known.refused, known.misdated, known.verdict = True, False, False, ""
        case "DEVUELTA" if ALREADY_HELD.intersection(codes):
            known.received, known.refused, known.misdated = True, False, False
        case "DEVUELTA" if heard and _RETRY not in codes:
            known.refused, known.misdated = True, _WRONG_DATE in codes
