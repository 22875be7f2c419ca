"""The few DER values cryptography hands over still encoded: strings in extensions, unusual names."""

import re
from typing import NamedTuple

from cryptography import x509
from cryptography.x509.oid import NameOID

# The attributes RFC 2253 has a short name for; Java, and with it the SRI, writes all others as OID=#hex.
_NAMED = frozenset(
    {
        NameOID.COMMON_NAME,
        NameOID.LOCALITY_NAME,
        NameOID.STATE_OR_PROVINCE_NAME,
        NameOID.ORGANIZATION_NAME,
        NameOID.ORGANIZATIONAL_UNIT_NAME,
        NameOID.COUNTRY_NAME,
        NameOID.STREET_ADDRESS,
        NameOID.DOMAIN_COMPONENT,
        NameOID.USER_ID,
    }
)
_HEX = re.compile(r"(?<![^,+])([0-9.]+)=#((?:[0-9a-f]{2})+)")
_PEOPLES = {
    "2.5.4.4": "SN",
    "2.5.4.5": "serialNumber",
    "2.5.4.12": "title",
    "2.5.4.42": "GN",
    "2.5.4.97": "organizationIdentifier",
    "1.2.840.113549.1.9.1": "email",
}
_ENCODINGS = {0x0C: "utf-8", 0x13: "ascii", 0x12: "ascii", 0x16: "ascii", 0x14: "latin-1", 0x1E: "utf-16-be"}


class Element(NamedTuple):
    """One DER element: its tag, its content, and what follows it."""

    tag: int
    content: bytes
    rest: bytes


def first(der: bytes) -> Element:
    """The first element of ``der``; one-byte tags and definite lengths only.

    Raises ``ValueError`` when the bytes end too early.
    """
    if len(der) < 2:
        raise ValueError("DER ends before a length")
    size, start = der[1], 2
    if size & 0x80:
        start = 2 + (size & 0x7F)
        size = int.from_bytes(der[2:start])
    if len(der) < start + size:
        raise ValueError("DER ends before its content")
    return Element(der[0], der[start : start + size], der[start + size :])


def text(der: bytes) -> str | None:
    """The text of a DER string of any kind, or None when ``der`` is not exactly one string."""
    try:
        element = first(der)
        return None if element.rest else element.content.decode(_ENCODINGS[element.tag])
    except (ValueError, KeyError):
        return None


def rfc2253(name: x509.Name) -> str:
    """A distinguished name as signatures carry it: last attribute first, unnamed OIDs in hex DER.

    Real UANATACA signatures show ``2.5.4.97=#0c0f5641…`` where cryptography's text has ``2.5.4.97=VATES-…``.
    """
    return ",".join("+".join(_attribute(a) for a in rdn) for rdn in reversed(name.rdns))


def readable(name: str) -> str:
    """``rfc2253`` for people: values in hex DER as the text they are, attributes by a name where they have one."""
    return _HEX.sub(_decoded, name)


def _decoded(found: re.Match[str]) -> str:
    value = text(bytes.fromhex(found[2]))
    return found[0] if value is None else f"{_PEOPLES.get(found[1], found[1])}={value}"


def _attribute(attribute: x509.NameAttribute[str | bytes]) -> str:
    if attribute.oid in _NAMED:
        return attribute.rfc4514_string()
    one_rdn = first(x509.Name([attribute]).public_bytes()).content  # SEQUENCE > SET > SEQUENCE > OID, value
    value = first(first(first(one_rdn).content).content).rest
    return f"{attribute.oid.dotted_string}=#{value.hex()}"
