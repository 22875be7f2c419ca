"""What the simulated SRI looks at in a document, in its order, and the message each fault earns."""

from base64 import b64decode
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from cryptography import x509
from lxml import etree

from app import access_key, signing
from app.certificate_holder import ruc_of
from app.documents.base import Inspection
from app.documents.registry import by_root
from app.errors import Invalid, Problem
from app.signature_check import DS
from app.sri.codes import Stage, describe
from app.sri.gateway import Message
from app.sri.simulator.envelopes import safe_parser

MAX_SIZE: Final = 320 * 1024
UNREADABLE: Final = "ARCHIVO NO CUMPLE ESTRUCTURA XML"
KEY_SHAPE: Final = "58"
"""Judged before the signature; every other flaw of the content after it."""
_ANOTHERS_CERTIFICATE: Final = "No existe el RUC en el certificado digital"


def inspect(document: bytes) -> Inspection | Message:
    """Size and structure: what a document says of itself, or the 49, 26 or 35 it is returned with."""
    if not document:
        return message("49")
    if len(document) > MAX_SIZE:
        return message("26")
    try:
        root = etree.fromstring(document, safe_parser())
        inspection = by_root(etree.QName(root).localname).inspect(document)
    except (etree.XMLSyntaxError, ValueError) as error:
        return message("35", str(error), UNREADABLE)
    except Invalid as refusal:
        return message("35", _detail(refusal.problems[:1]), UNREADABLE)
    if inspection.structure:
        return message("35", _detail(inspection.structure[:1]))
    if not access_key.is_valid(inspection.access_key):
        return message("35", "La clave de acceso no tiene un dígito verificador válido")
    return inspection


def dates(inspection: Inspection, today: date, max_age_days: int) -> Message | None:
    """65 for a date in the future or too old, else whatever reception refuses of the content (67)."""
    issued = inspection.issue_date
    if issued and (issued > today or (max_age_days and issued < today - timedelta(days=max_age_days))):
        return message("65")
    at_reception = (p for p in inspection.business if Stage.RECEPTION in describe(p.code).stages)
    return next((message(problem.code, _detail((problem,))) for problem in at_reception), None)


def flaws(inspection: Inspection) -> tuple[Message, ...]:
    """What the verdict will find in the content: refusals and remarks."""
    late = {Stage.AUTHORIZATION, Stage.WARNING}
    return tuple(
        message(p.code, _detail((p,))) for p in inspection.business if late & describe(p.code).stages
    )


def signature(document: bytes, ruc: str) -> Message | None:
    """39 when the signature does not hold, or its certificate carries the RUC of another than the issuer."""
    try:
        signing.verify(document)
    except signing.BadSignature as error:
        return message("39", f"La firma es inválida [{error}]")
    written = etree.fromstring(document, safe_parser()).findtext(f".//{{{DS}}}X509Certificate") or ""
    return None if _may_sign_for(ruc, written) else message("39", _ANOTHERS_CERTIFICATE)


@lru_cache(maxsize=1024)  # most documents share theirs, and 100,000 of them are kept
def message(code: str, detail: str = "", text: str = "") -> Message:
    """A message of the SRI with the text of its manual unless another is given."""
    row = describe(code)
    kind = "ADVERTENCIA" if row.stages == {Stage.WARNING} else "ERROR"
    return Message(code, text or row.text, detail, kind)


@lru_cache(maxsize=1024)
def _may_sign_for(ruc: str, certificate: str) -> bool:
    holder = ruc_of(x509.load_der_x509_certificate(b64decode(certificate)), ruc)
    return holder in (None, ruc)


def _detail(problems: tuple[Problem, ...]) -> str:
    return "; ".join(f"{problem.field}: {problem.rule.es}" for problem in problems)
