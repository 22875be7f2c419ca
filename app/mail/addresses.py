"""The buyer's e-mail addresses, as the issuer wrote them into the authorized comprobante."""

import re
import unicodedata
from dataclasses import dataclass

from lxml import etree

MOST = 10
"""Addresses of one document that are served; more are a mistake or an abuse."""
_FIELD = re.compile(r"correo|e-?mail|^mail")
# The issuer's own people are written there too, by some billing systems.
_NOT_THE_BUYERS = re.compile(r"emisor|vendedor|proveedor|asesor")
_SEPARATORS = re.compile(r"[\s;,]+")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True)
class Found:
    """What a comprobante says: distinct addresses in their order, and what was meant as one and is none."""

    valid: tuple[str, ...]
    invalid: tuple[str, ...]


def of_buyer(xml: bytes) -> Found:
    """The addresses in the additional fields named like «correo», «Email» or «e-mail», several by ``;`` or ``,``.

    None in what is no XML: of that no RIDE is made either, which is where a person is asked.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(xml.strip(), parser)
    except etree.XMLSyntaxError:
        return Found((), ())
    fields = root.iterfind("infoAdicional/campoAdicional")
    written = (
        word
        for field in fields
        if _means_mail(field.get("nombre", ""))
        for word in _SEPARATORS.split(field.text or "")
        if word.strip("-.")
    )
    valid: dict[str, None] = {}
    invalid: dict[str, None] = {}
    for word in written:
        address = normal(word)
        (invalid if address is None else valid)[address or word[:254]] = None
    return Found(tuple(valid)[:MOST], tuple(invalid)[:MOST])


def normal(word: str) -> str | None:
    """``word`` in the one form in which an address is kept (its domain lower case, in ASCII); None when it is none.

    Whatever is accepted is safe in a mail header and in an SMTP command.
    """
    local, at, domain = word.strip().strip("<>").rpartition("@")
    if not at or len(local) > 64 or not _LOCAL.fullmatch(local):
        return None
    try:
        ascii_domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    labels = ascii_domain.split(".")
    good = len(labels) > 1 and len(ascii_domain) <= 189 and all(_LABEL.fullmatch(label) for label in labels)
    return f"{local}@{ascii_domain}" if good and not labels[-1].isdigit() else None


def _means_mail(name: str) -> bool:
    plain = "".join(
        char for char in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(char)
    )
    return bool(_FIELD.search(plain.strip())) and not _NOT_THE_BUYERS.search(plain)
