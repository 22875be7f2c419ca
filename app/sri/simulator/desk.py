"""Answers the two services: the script's faults around the office's judgement, the witness looking on."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from app import access_key
from app.sri.codes import describe
from app.sri.gateway import Message
from app.sri.simulator.envelopes import (
    Authorization,
    AuthorizationAnswer,
    Unreadable,
    decode_document,
    read_question,
    write_authorization,
    write_fault,
    write_reception,
)
from app.sri.simulator.script import Entry, Fault, Script, Service, Subject
from app.sri.simulator.tax_office import IN_PROCESS, NOT_AUTHORIZED, TaxOffice
from app.sri.simulator.waits import Wait, draw
from app.sri.simulator.wire import HTML, Manner, Reply
from app.sri.simulator.witness import Witness

UNKNOWN_WORD: Final = "PENDIENTE DE REVISIÓN"

# As the SRI's firewall and front end write them: neither is well-formed XML.
_REJECTED_PAGE: Final = (
    b"<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. "
    b"Please consult with your administrator.<br><br>Your support ID is: 0</body></html>"
)
_UNAVAILABLE_PAGE: Final = (
    b"<html><head><title>503 Service Unavailable</title></head><body><h1>Servicio no disponible<br></h1>"
    b"Estamos en mantenimiento.</body></html>"
)
_UNAVAILABLE: Final = Reply(503, _UNAVAILABLE_PAGE, HTML)
_UNHEARD: Final = {
    Fault.MAINTENANCE: _UNAVAILABLE,
    Fault.HTTP_503: _UNAVAILABLE,
    Fault.HTTP_200: Reply(200, _REJECTED_PAGE, HTML),
    Fault.SOAP_FAULT: Reply(500, write_fault("Unmarshalling Error")),
    Fault.DROP_BEFORE: Reply(503, b"", manner=Manner.NOTHING),
}
_KEY: Final = re.compile(rb"<claveAcceso>\s*(\d{49})\s*</claveAcceso>")


@dataclass(frozen=True)
class Desk:
    """Where a call becomes an answer; ``latency_s`` passes before each, drawn anew."""

    office: TaxOffice
    script: Script
    witness: Witness
    latency_s: Wait

    def call(self, service: Service, body: bytes) -> Reply:
        """The answer to one SOAP request, whatever the request is."""
        latency_s = draw(self.latency_s)
        try:
            subject, document = _question(service, body)
        except Unreadable as refusal:
            self._note(Subject(service), "Fault")
            return Reply(500, write_fault(str(refusal)), wait_s=latency_s)
        fault = self._fault(subject)
        kind = fault.fault if fault else None
        digest = hashlib.sha256(document).digest() if document else b""
        if kind in _UNHEARD:
            self._note(subject, fault=kind, digest=digest)
            return replace(_UNHEARD[kind], wait_s=latency_s)
        if service is Service.RECEPTION:
            envelope = self._receive(subject, document, digest, kind)
        else:
            envelope = self._answer(subject, kind)
        return _delivery(envelope, fault, latency_s)

    def closed(self) -> Reply | None:
        """The page that answers everything during a maintenance window."""
        return _UNAVAILABLE if self.script.in_maintenance() else None

    def _fault(self, subject: Subject) -> Entry | None:
        if self.script.in_maintenance():
            return Entry(None, fault=Fault.MAINTENANCE)
        return self.script.fault(subject)

    def _receive(self, subject: Subject, document: bytes, digest: bytes, fault: Fault | None) -> bytes:
        answer = self.office.receive(subject, document)
        self._note(subject, answer.estado, answer.messages, fault, digest)
        return write_reception(
            replace(answer, estado=UNKNOWN_WORD) if fault is Fault.UNKNOWN_WORD else answer
        )

    def _answer(self, subject: Subject, fault: Fault | None) -> bytes:
        answer = self.office.answer(subject)
        verdict = next(iter(answer.authorizations), Authorization("0", subject.access_key))
        self._note(subject, verdict.estado, verdict.messages, fault)
        return write_authorization(_twisted(answer, fault))

    def _note(
        self,
        subject: Subject,
        estado: str = "",
        messages: Sequence[Message] = (),
        fault: Fault | None = None,
        digest: bytes = b"",
    ) -> None:
        codes = [message.code for message in messages]
        at = self.office.clock()
        self.witness.record(at, subject, digest=digest, estado=estado, codes=codes, fault=fault)


def _question(service: Service, body: bytes) -> tuple[Subject, bytes]:
    text = read_question(service, body)
    if service is Service.AUTHORIZATION:
        return Subject(service, text.strip()), b""
    document = decode_document(text)
    found = _KEY.search(document)
    return Subject(service, found[1].decode() if found else ""), document


def _delivery(envelope: bytes, fault: Entry | None, latency_s: float) -> Reply:
    reply = Reply(200, envelope, wait_s=latency_s)
    match fault.fault if fault else None:
        case Fault.ACCEPT_THEN_DROP:
            return replace(reply, manner=Manner.NOTHING)
        case Fault.TRUNCATED:
            return replace(reply, manner=Manner.HALF)
        case Fault.EMPTY:
            return replace(reply, body=b"")
        case Fault.STALL if fault:
            return replace(reply, wait_s=latency_s + fault.seconds)
        case Fault.DRIP if fault:
            return replace(reply, manner=Manner.DRIP, pause_s=fault.seconds)
    return reply


def _twisted(answer: AuthorizationAnswer, fault: Fault | None) -> AuthorizationAnswer:
    key = answer.access_key
    match fault:
        case Fault.UNKNOWN_WORD:
            return replace(answer, authorizations=(Authorization(UNKNOWN_WORD, key),))
        case Fault.IN_PROCESS:
            return replace(answer, authorizations=(Authorization(IN_PROCESS, key),))
        case Fault.WRONG_KEY:
            other = _neighbour(key)
            return AuthorizationAnswer(
                other, tuple(replace(v, access_key=other) for v in answer.authorizations)
            )
        case Fault.OTHER_ENVIRONMENT:
            return replace(
                answer, authorizations=tuple(replace(v, misplaced=True) for v in answer.authorizations)
            )
        case Fault.TWO_VERDICTS:
            return replace(
                answer, authorizations=(*map(_older_refusal, answer.authorizations), *answer.authorizations)
            )
    return answer


def _older_refusal(verdict: Authorization) -> Authorization:
    at: datetime | None = verdict.at and verdict.at - timedelta(minutes=10)
    refusal = Message("39", describe("39").text, kind="ERROR")
    return replace(verdict, estado=NOT_AUTHORIZED, at=at, messages=(refusal,))


def _neighbour(key: str) -> str:
    """The key of the next number."""
    if not access_key.is_valid(key):
        return "0" * access_key.LENGTH
    body = f"{key[:30]}{(int(key[30:39]) + 1) % 10**9:09d}{key[39:48]}"
    return body + access_key.check_digit(body)
