"""Reads what the SRI said: elements are matched on local names, so neither order nor namespace matters."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypedDict

from lxml import etree

from app.access_key import is_valid
from app.ecuador import ECUADOR
from app.errors import Unavailable
from app.sri.codes import ABOUT_THE_QUESTION, ALREADY_HELD, RETRY
from app.sri.gateway import (
    Authorized,
    InProcess,
    Message,
    NotFound,
    Received,
    Reception,
    Rejected,
    Returned,
    TryAgain,
    UnknownWord,
    Verdict,
)

RAW_CAP: Final = 1024 * 1024
"""Bytes of an HTTP body that are kept for the record."""

_AUTHORIZED: Final = frozenset({"AUTORIZADO", "AUT"})
_REJECTED: Final = frozenset({"NO AUTORIZADO", "RECHAZADO", "RECHAZADA", "NAT"})
_OF_THE_QUESTION: Final = frozenset({"RECHAZADO", "RECHAZADA"})
"""With a code about the question (80) these words say nothing of the document."""
_IN_PROCESS: Final = frozenset({"EN PROCESO", "EN PROCESAMIENTO", "PPR"})


class _Common(TypedDict):
    messages: tuple[Message, ...]
    http_status: int
    raw: bytes


@dataclass(frozen=True)
class Reply:
    """One SOAP envelope as it came: the parsed root, the HTTP status, and the body for the record."""

    root: etree._Element
    status: int
    body: bytes

    def answer(self, name: str) -> etree._Element:
        """The element with this local name; raises ``Unavailable`` (``not_soap``) when there is none."""
        found = next(_named(self.root, name), None)
        if found is None:
            raise self.unusable("not_soap", f"no {name} in the answer")
        return found

    def common(self, node: etree._Element) -> _Common:
        """The fields every answer has, with all messages below ``node``."""
        return {"messages": _messages(node), "http_status": self.status, "raw": self.body[:RAW_CAP]}

    def unusable(self, kind: str, detail: str) -> Unavailable:
        """The error for an envelope that says nothing to rely on."""
        return Unavailable(kind, detail, http_status=self.status, raw=self.body[:RAW_CAP])


def read_reception(reply: Reply, sent: bytes) -> Reception:
    """The answer to validarComprobante about the document ``sent``.

    43 or 70 outrank the word DEVUELTA (rules of ficha section 11: the SRI holds the key), then 50.
    Raises ``Unavailable``: ``not_soap``, ``no_estado``, ``wrong_key`` (of another document).
    """
    node = reply.answer("RespuestaRecepcionComprobante")
    word = _word(node)
    if not word:
        raise reply.unusable("no_estado", "a reception without estado")
    for key in map(_stripped, _named(node, "claveAcceso")):
        if is_valid(key) and key.encode() not in sent:  # it may also be "N/A" or missing
            raise reply.unusable("wrong_key", f"answered about {key}, which is not in what was sent")
    common = reply.common(node)
    codes = {message.code for message in common["messages"]}
    if word == "RECIBIDA" or (word == "DEVUELTA" and codes & ALREADY_HELD):
        return Received(**common)
    if word != "DEVUELTA":
        return UnknownWord(**common, word=word)
    return TryAgain(**common) if codes & RETRY else Returned(**common)


def read_verdict(reply: Reply, access_key: str) -> Verdict:
    """The answer to autorizacionComprobante about ``access_key``.

    Of several ``autorizacion`` the authorized one counts, otherwise the newest (ficha 5.11).
    Raises ``Unavailable``: ``not_soap``, ``wrong_key`` (of another document), ``wrong_environment``, ``no_estado``,
    ``no_verdict``.
    """
    node = reply.answer("RespuestaAutorizacionComprobante")
    asked = _text(node, "claveAccesoConsultada")
    if asked != access_key:
        raise reply.unusable("wrong_key", f"asked for {access_key}, answered about {asked or 'nothing'}")
    verdicts = list(_named(node, "autorizacion"))
    if any(_of_other_environment(item, access_key) for item in verdicts):
        raise reply.unusable(
            "wrong_environment", "answered about the other ambiente: its address is the other's"
        )
    if verdicts:
        return _verdict(reply, _deciding(verdicts))
    if _text(node, "numeroComprobantes") == "0":
        return NotFound(**reply.common(node))
    raise reply.unusable("no_verdict", "neither an autorizacion nor numeroComprobantes 0")


def _of_other_environment(item: etree._Element, access_key: str) -> bool:
    """Whether an ``autorizacion`` names the ambiente that the key is not of; anything else it says is let be."""
    other = "PRODUC" if access_key[23] == "1" else "PRUEBA"
    return _text(item, "ambiente").upper().startswith(other)


def _deciding(verdicts: list[etree._Element]) -> etree._Element:
    authorized = [item for item in verdicts if _word(item) in _AUTHORIZED]
    # Without a date it is still being decided: it must outrank an older, dated refusal.
    undated = datetime.max.replace(tzinfo=UTC)
    return max(reversed(authorized or verdicts), key=lambda item: _moment(item) or undated)


def _verdict(reply: Reply, node: etree._Element) -> Verdict:
    word, common = _word(node), reply.common(node)
    at, comprobante = _moment(node), _text(node, "comprobante", strip=False).encode()
    comprobante = comprobante if comprobante.strip() else b""
    if not word:
        raise reply.unusable("no_estado", "an autorizacion without estado")
    if word in _AUTHORIZED:
        number = _text(node, "numeroAutorizacion")
        return Authorized(**common, number=number, at=at, comprobante=comprobante)
    codes = {message.code for message in common["messages"]}
    if word in _OF_THE_QUESTION and codes and codes <= ABOUT_THE_QUESTION:
        return UnknownWord(**common, word=f"{word} {' '.join(sorted(codes))}")
    if word in _REJECTED:
        return Rejected(**common, at=at, comprobante=comprobante)
    if word in _IN_PROCESS:
        return InProcess(**common)
    return UnknownWord(**common, word=word)


def _messages(node: etree._Element) -> tuple[Message, ...]:
    # A mensaje holds a mensaje: the outer one is in mensajes, the inner one is its text.
    inner = {child for item in _named(node, "mensaje") for child in item}
    outer = (item for item in _named(node, "mensaje") if item not in inner and (len(item) or _stripped(item)))
    return tuple(
        Message(
            code=_text(item, "identificador"),
            text=_text(item, "mensaje") if len(item) else _stripped(item),
            detail=_text(item, "informacionAdicional"),
            kind=_text(item, "tipo"),
        )
        for item in outer
    )


def _moment(node: etree._Element) -> datetime | None:
    written = _text(node, "fechaAutorizacion")
    for read in (datetime.fromisoformat, _day_first):
        try:
            moment = read(written)
            return (moment if moment.tzinfo else moment.replace(tzinfo=ECUADOR)).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None


def _day_first(written: str) -> datetime:
    return datetime.strptime(written, "%d/%m/%Y %H:%M:%S").replace(tzinfo=ECUADOR)


def _word(node: etree._Element) -> str:
    return re.sub(r"\s+", " ", _text(node, "estado")).upper()


def _text(node: etree._Element, name: str, *, strip: bool = True) -> str:
    child = next((item for item in _elements(node) if _local(item) == name), None)
    text = "" if child is None else child.text or ""
    return text.strip() if strip else text


def _named(node: etree._Element, name: str) -> Iterator[etree._Element]:
    return (item for item in _elements(node.iter()) if _local(item) == name)


def _stripped(node: etree._Element) -> str:
    return (node.text or "").strip()


def _elements(nodes: Any) -> Iterator[etree._Element]:
    return (node for node in nodes if isinstance(node.tag, str))


def _local(node: etree._Element) -> str:
    return etree.QName(node).localname
