"""Whose certificate it is: the RUC, wherever its issuer wrote it."""

import re

from cryptography import x509

from app import der

_PRIVATE_ARC = "1.3.6.1.4.1."  # every accredited issuer has its own number below
_RUC_END, _CEDULA_END = ".3.11", ".3.1"
_ORGANIZATION_IDENTIFIER = x509.ObjectIdentifier("2.5.4.97")
_NATURAL_PERSON_DIGITS = "012345"  # third digit of a RUC that is a cédula and 001


def ruc_of(certificate: x509.Certificate, expected: str) -> str | None:
    """The 13 digits of the holder's RUC, or None when the certificate does not tell.

    Looked for in the extension ending in .3.11, then in organizationIdentifier (UANATACA: five letters, dash,
    RUC), then cédula and 001. A cédula speaks only about natural persons: where ``expected`` is a
    company's RUC it is its representative's and tells nothing.
    """
    found = _extension(certificate, _RUC_END, 13) or _subject(certificate, _ORGANIZATION_IDENTIFIER, 13)
    if found or expected[2:3] not in _NATURAL_PERSON_DIGITS:
        return found
    cedula = _extension(certificate, _CEDULA_END, 10) or _subject(certificate, x509.NameOID.SERIAL_NUMBER, 10)
    return f"{cedula}001" if cedula else None


def _extension(certificate: x509.Certificate, end: str, digits: int) -> str | None:
    for extension in certificate.extensions:
        oid, value = extension.oid.dotted_string, extension.value
        if (
            oid.startswith(_PRIVATE_ARC)
            and oid.endswith(end)
            and isinstance(value, x509.UnrecognizedExtension)
        ):
            text = (der.text(value.value) or "").strip()
            if re.fullmatch(rf"[0-9]{{{digits}}}", text):
                return text
    return None


def _subject(certificate: x509.Certificate, oid: x509.ObjectIdentifier, digits: int) -> str | None:
    for attribute in certificate.subject.get_attributes_for_oid(oid):
        if match := re.fullmatch(rf"[A-Z]{{5}}-([0-9]{{{digits}}})", str(attribute.value).strip()):
            return match[1]
    return None
