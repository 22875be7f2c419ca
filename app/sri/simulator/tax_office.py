"""What the simulated SRI holds and how it decides: first failure only, in the SRI's own order of checks."""

import hashlib
import os
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from app import access_key
from app.documents.base import Inspection
from app.ecuador import ECUADOR
from app.sri.codes import ALREADY_HELD
from app.sri.gateway import Message
from app.sri.simulator import checks
from app.sri.simulator.checks import message
from app.sri.simulator.envelopes import Authorization, AuthorizationAnswer, ReceptionAnswer
from app.sri.simulator.script import Entry, Script, Service, Subject
from app.sri.simulator.taxpayers import EMPTY, Register
from app.sri.simulator.waits import Wait, draw

AUTHORIZED: Final = "AUTORIZADO"
NOT_AUTHORIZED: Final = "NO AUTORIZADO"
IN_PROCESS: Final = "EN PROCESO"

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Policy:
    """How strict and how quick the office is."""

    verify_share: float = 1.0  # 0 to 1, of the documents whose signature is verified
    decide_after_s: Wait = 0.0  # from RECIBIDA to the verdict
    max_age_days: int = 0  # older is refused with 65; 0 = any age
    says_in_process: bool = False  # until the verdict; otherwise numeroComprobantes is 0


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict on one version of a document."""

    estado: str
    messages: tuple[Message, ...]
    at: datetime


@dataclass(slots=True)
class Holding:
    """One document that was RECIBIDA; ``flaws`` wait for the verdict."""

    place: tuple[int, int]
    sha256: bytes
    decides_at: datetime
    flaws: tuple[Message, ...]
    decision: Decision | None = None


@dataclass
class TaxOffice:
    """Every document received; thread safe. The documents rest on disk, so that memory stays small."""

    script: Script
    policy: Policy
    clock: Clock
    taxpayers: Register = field(default_factory=lambda: EMPTY)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _deciding: threading.Lock = field(default_factory=threading.Lock)
    _holdings: dict[str, Holding] = field(default_factory=dict)
    _numbers: dict[str, str] = field(default_factory=dict)
    _shelf: "_Shelf" = field(default_factory=lambda: _Shelf())

    def receive(self, subject: Subject, document: bytes) -> ReceptionAnswer:
        """validarComprobante: RECIBIDA, or DEVUELTA with the first thing that is wrong."""
        inspection = checks.inspect(document)
        if isinstance(inspection, Message):
            return ReceptionAnswer("DEVUELTA", subject.access_key or "N/A", (inspection,))
        key, scripted = inspection.access_key, self.script.code(subject)
        if scripted and scripted.code not in ALREADY_HELD:
            return ReceptionAnswer("DEVUELTA", key, (_scripted(scripted),))
        refusal = self._admit(inspection, document)
        if refusal is None and scripted is None:
            return ReceptionAnswer("RECIBIDA")
        return ReceptionAnswer("DEVUELTA", key, (refusal or _scripted(scripted),))  # type: ignore[arg-type]

    def answer(self, subject: Subject) -> AuthorizationAnswer:
        """autorizacionComprobante: nothing while it is unknown or undecided, then always the same verdict."""
        key = subject.access_key
        if not access_key.is_valid(key):
            verdict = Authorization("RECHAZADA", key, messages=(message("80"),))
            return AuthorizationAnswer(key, (verdict,))
        holding = self._holdings.get(key)
        decision = holding and self._decide(holding, subject)
        if not holding or not decision:
            undecided = holding and self.policy.says_in_process
            return AuthorizationAnswer(key, (Authorization(IN_PROCESS, key),) if undecided else ())
        document = self._shelf.read(holding.place)
        verdict = Authorization(decision.estado, key, decision.at, document, decision.messages)
        return AuthorizationAnswer(key, (verdict,))

    def holds(self, key: str) -> bool:
        """True once this key was RECIBIDA."""
        return key in self._holdings

    def clear(self) -> None:
        """Forget every document."""
        with self._lock:
            self._holdings.clear()
            self._numbers.clear()
            self._shelf.close()
            self._shelf = _Shelf()

    def close(self) -> None:
        """Let go of the documents; the office is closed for good."""
        self._shelf.close()

    def _admit(self, inspection: Inspection, document: bytes) -> Message | None:
        key, number = inspection.access_key, inspection.access_key[8:39]
        earlier = self._holdings.get(key)
        if earlier:
            self._decide(earlier, Subject(Service.AUTHORIZATION, key))
        today = self.clock().astimezone(ECUADOR).date()
        refused = checks.dates(inspection, today, self.policy.max_age_days)
        flaws = checks.flaws(inspection)
        with self._lock:
            held = self._holdings.get(key)
            if held and not (held.decision and held.decision.estado == NOT_AUTHORIZED):
                return message("43" if held.decision else "70")
            if self._numbers.get(number, key) != key:
                return message("45")
            if refused:
                return refused
            digest = hashlib.sha256(document).digest()
            decides_at = self.clock() + timedelta(seconds=draw(self.policy.decide_after_s))
            self._holdings[key] = Holding(self._shelf.add(document), digest, decides_at, flaws)
            self._numbers[number] = key
        return None

    def _decide(self, holding: Holding, subject: Subject) -> Decision | None:
        if holding.decision is None and self.clock() >= holding.decides_at:
            with self._deciding:  # once: a script's code must not be used up twice
                if holding.decision is None:
                    holding.decision = self._decision(holding, self._why_not(holding, subject), subject)
        return holding.decision

    def _decision(self, holding: Holding, wrong: Message | None, subject: Subject) -> Decision:
        remarks = tuple(flaw for flaw in holding.flaws if flaw.kind == "ADVERTENCIA")
        if wrong and wrong.kind == "ERROR":
            return Decision(NOT_AUTHORIZED, (wrong,), self.clock())
        pruebas = (message("60"),) if subject.access_key[23] == "1" else ()
        return Decision(AUTHORIZED, (*pruebas, *remarks, *((wrong,) if wrong else ())), self.clock())

    def _why_not(self, holding: Holding, subject: Subject) -> Message | None:
        """The first failure in the SRI's order: script, taxpayer, shape of the key, signature, content."""
        if scripted := self.script.code(subject):
            return _scripted(scripted)
        standing = self.taxpayers.get(subject.ruc)
        if standing and (refusal := standing.refusal(subject.access_key)):
            return message(*refusal)
        errors = [flaw for flaw in holding.flaws if flaw.kind == "ERROR"]
        if shape := next((flaw for flaw in errors if flaw.code == checks.KEY_SHAPE), None):
            return shape
        if int.from_bytes(holding.sha256[:4]) < self.policy.verify_share * 2**32:
            refused = checks.signature(self._shelf.read(holding.place), subject.ruc)
            if refused:
                return refused
        return next(iter(errors), None)


class _Shelf:
    """Bytes on disk, by place."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115, the shelf lives as long as the office
        self._end = 0

    def add(self, document: bytes) -> tuple[int, int]:
        """Keep ``document``; the caller holds the office's lock."""
        place = (self._end, len(document))
        os.pwrite(self._file.fileno(), document, self._end)
        self._end += len(document)
        return place

    def close(self) -> None:
        """Give the disk back."""
        self._file.close()

    def read(self, place: tuple[int, int]) -> bytes:
        """The bytes kept at ``place``."""
        start, length = place
        return os.pread(self._file.fileno(), length, start)


def _scripted(entry: Entry) -> Message:
    return message(entry.code, entry.detail)
