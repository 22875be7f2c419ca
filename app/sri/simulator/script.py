"""What the simulator must answer against its own judgement: codes by RUC and number, and faults by name.

A script is a JSON list; every entry is an object with either ``code`` or ``fault``:

    {"ruc": "1790016919001", "number": "001-001-000000003", "code": "52", "stage": "autorizacion", "detail": "…"}
    {"fault": "accept_then_drop", "stage": "recepcion", "times": 2}
    {"fault": "maintenance", "seconds": 30}

``ruc``, ``number``  whom it concerns; absent or "*" means all (number as printed: 001-001-000000003)
``stage``            "recepcion" or "autorizacion"; absent: a code's own stage, a fault's first call of either kind
``code``, ``detail`` an SRI code, and its informacionAdicional; 43 and 70 take the document in first
``times``            how often; absent: a code always, a fault once
``each``             true: ``times`` counts per access key instead of in all
``seconds``          how long ``stall``, ``maintenance`` and ``refuse`` last (these two begin at once, for everybody),
                     and the pause between two bytes of ``drip``

The entries are tried in order; a fault and a code may meet in one call.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from app.errors import Misconfigured
from app.sri.codes import CATALOGUE, Stage


class Service(StrEnum):
    """The two services, by the words of the script and the log."""

    RECEPTION = "recepcion"
    AUTHORIZATION = "autorizacion"


class Fault(StrEnum):
    """Everything that can go wrong on purpose."""

    REFUSE = "refuse"  # the port is closed for `seconds`
    MAINTENANCE = "maintenance"  # 503 for everything for `seconds`
    DROP_BEFORE = "drop_before"  # the request is read and forgotten, the connection closed
    HTTP_503 = "http_503"  # an HTML page instead of a service
    HTTP_200 = "http_200"  # the firewall's "Request Rejected", with status 200
    SOAP_FAULT = "soap_fault"  # Unmarshalling Error
    ACCEPT_THEN_DROP = "accept_then_drop"  # the request counts, its answer is lost
    STALL = "stall"  # the request counts, its answer comes after `seconds`
    DRIP = "drip"  # the request counts, the answer comes byte by byte
    TRUNCATED = "truncated"  # the request counts, half of the answer comes
    EMPTY = "empty"  # the request counts, 200 without a body
    WRONG_KEY = "wrong_key"  # an answer about another document
    UNKNOWN_WORD = "unknown_word"  # an estado nobody knows
    IN_PROCESS = "in_process"  # EN PROCESO
    TWO_VERDICTS = "two_verdicts"  # an older NO AUTORIZADO beside the real verdict
    OTHER_ENVIRONMENT = "other_environment"  # the verdict as if given in the other ambiente


ONLY_AUTHORIZATION: Final = frozenset(
    {Fault.WRONG_KEY, Fault.IN_PROCESS, Fault.TWO_VERDICTS, Fault.OTHER_ENVIRONMENT}
)
WINDOWS: Final = frozenset({Fault.REFUSE, Fault.MAINTENANCE})
_SECONDS: Final = {Fault.REFUSE: 1.0, Fault.MAINTENANCE: 10.0, Fault.STALL: 60.0, Fault.DRIP: 0.2}
_LONGEST_S: Final = 86_400


@dataclass(frozen=True)
class Subject:
    """Whom a call is about, as its access key says; all empty when there is no key to be found."""

    service: Service
    access_key: str = ""

    @property
    def ruc(self) -> str:
        """13 digits."""
        return self.access_key[10:23]

    @property
    def number(self) -> str:
        """001-002-000000003."""
        key = self.access_key
        return f"{key[24:27]}-{key[27:30]}-{key[30:39]}" if key else ""


@dataclass(frozen=True)
class Entry:
    """One line of a script, complete and checked."""

    stage: Service | None
    ruc: str = "*"
    number: str = "*"
    code: str = ""
    detail: str = ""
    fault: Fault | None = None
    times: int | None = None
    each: bool = False
    seconds: float = 0.0

    def concerns(self, subject: Subject) -> bool:
        """True when this call is meant."""
        return (
            self.stage in (None, subject.service)
            and self.ruc in ("*", subject.ruc)
            and self.number in ("*", subject.number)
        )


class Script:
    """The entries in force and how often each was used; thread safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[Entry] = []
        self._used: Counter[tuple[int, str]] = Counter()
        self._maintenance_until = 0.0

    def add(self, entries: Sequence[Entry]) -> None:
        """Put more entries in force, after those already there; a maintenance window opens at once."""
        with self._lock:
            for entry in entries:
                if entry.fault is Fault.MAINTENANCE:
                    self._maintenance_until = time.monotonic() + entry.seconds
                elif entry.fault not in WINDOWS:
                    self._entries.append(entry)

    def clear(self) -> None:
        """Forget all entries and windows."""
        with self._lock:
            self._entries.clear()
            self._used.clear()
            self._maintenance_until = 0.0

    def in_maintenance(self) -> bool:
        """True while a maintenance window is open."""
        return time.monotonic() < self._maintenance_until

    def code(self, subject: Subject) -> Entry | None:
        """Use up the first entry with a code for this call."""
        return self._take(subject, faults=False)

    def fault(self, subject: Subject) -> Entry | None:
        """Use up the first fault for this call."""
        return self._take(subject, faults=True)

    def _take(self, subject: Subject, *, faults: bool) -> Entry | None:
        if not self._entries:
            return None
        with self._lock:
            for place, entry in enumerate(self._entries):
                if (entry.fault is not None) is not faults or not entry.concerns(subject):
                    continue
                counted = (place, subject.access_key if entry.each else "")
                if entry.times is None or self._used[counted] < entry.times:
                    self._used[counted] += 1
                    return entry
        return None


def read_script(path: Path) -> tuple[Entry, ...]:
    """The entries of a script file. Raises ``Misconfigured`` naming the entry and what is wrong with it."""
    try:
        return parse_script(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise Misconfigured(f"script {path}: {error}") from error


def parse_script(raw: object) -> tuple[Entry, ...]:
    """The entries of a script already read from JSON; complete ones stay. Raises ``Misconfigured``."""
    if not isinstance(raw, list):
        raise Misconfigured("script: expected a list of entries")
    return tuple(_entry(place, item) for place, item in enumerate(raw, start=1))


def _entry(place: int, raw: object) -> Entry:
    if isinstance(raw, Entry):
        return raw
    known = {field.name for field in fields(Entry)}
    if not isinstance(raw, Mapping) or not set(raw) <= known:
        raise Misconfigured(f"script entry {place}: expected an object with {', '.join(sorted(known))}")
    try:
        return _complete(raw)
    except (TypeError, ValueError) as error:
        raise Misconfigured(f"script entry {place}: {error}") from error


def _complete(raw: Mapping[str, Any]) -> Entry:
    code, fault = str(raw.get("code", "")), Fault(raw["fault"]) if "fault" in raw else None
    if bool(code) is (fault is not None):
        raise ValueError("either code or fault")
    times = raw.get("times", None if code else 1)
    stage = Service(raw["stage"]) if "stage" in raw else _own_stage(code, fault)
    if fault in ONLY_AUTHORIZATION and stage is not Service.AUTHORIZATION:
        raise ValueError(f"{fault} belongs to the stage autorizacion")
    seconds = float(raw.get("seconds", _SECONDS.get(fault, 0.0) if fault else 0.0))
    if not 0 <= seconds <= _LONGEST_S:
        raise ValueError(f"seconds: a number from 0 to {_LONGEST_S}")
    return Entry(
        stage=stage,
        ruc=str(raw.get("ruc", "*")),
        number=str(raw.get("number", "*")),
        code=code,
        detail=str(raw.get("detail", "")),
        fault=fault,
        times=None if times is None else int(times),
        each=bool(raw.get("each", False)),
        seconds=seconds,
    )


def _own_stage(code: str, fault: Fault | None) -> Service | None:
    if fault is not None:
        return Service.AUTHORIZATION if fault in ONLY_AUTHORIZATION else None
    row = CATALOGUE.get(code)
    at_reception = row is not None and Stage.RECEPTION in row.stages
    return Service.RECEPTION if at_reception else Service.AUTHORIZATION
